#include <fmt/format.h>

#include "store/spreadsheet/mapping.hpp"
#include "store/spreadsheet/yaml_text.hpp"

namespace shortfall {
namespace {

class MappingWriter {
 public:
  explicit MappingWriter(const Mapping& mapping) : m_(mapping) {}

  std::string text() {
    out_ = "mapping: 1\n";
    layout();
    amounts();
    who();
    columns();
    words();
    return std::move(out_);
  }

 private:
  // One line, with the guess's reason behind it.
  void line(std::string_view key, std::string_view value, std::string_view indent = "") {
    const auto comment = m_.comments.find(std::string(key));
    const std::string start = fmt::format("{}{}: {}", indent, key, value);
    if (comment == m_.comments.end())
      out_ += start + "\n";
    else if (start.size() + comment->second.size() < 110)
      out_ += fmt::format("{:<40}  # {}\n", start, comment->second);
    else
      out_ += yaml_comment(comment->second, indent) + start + "\n";
  }
  void text_line(std::string_view key, const std::string& value, std::string_view indent = "") {
    if (!value.empty()) line(key, yaml_text(value), indent);
  }

  void layout() {
    text_line("system", m_.system);
    text_line("title", m_.title);
    text_line("system_sheet", m_.system_sheet);
    if (!m_.sheets.empty()) line("sheets", yaml_list(m_.sheets));
    if (m_.transposed) line("schemes_are", "columns");
    if (!m_.heading_rows.empty()) line("headings", fmt::format("[{}]", fmt::join(m_.heading_rows, ", ")));
    if (m_.first_row > 0 || m_.last_row > 0)
      line("rows", fmt::format("{{{}{}{}}}", m_.first_row > 0 ? fmt::format("first: {}", m_.first_row) : "",
                               m_.first_row > 0 && m_.last_row > 0 ? ", " : "", m_.last_row > 0 ? fmt::format("last: {}", m_.last_row) : ""));
    if (m_.hidden != Mapping::HiddenRows::ask) line("hidden", m_.hidden == Mapping::HiddenRows::include ? "include" : "exclude");
  }

  void amounts() {
    line("number", fmt::format("\"{}\"", number_form_text(m_.number)));
    line("dates", m_.day_first ? "day-first" : "month-first");
    if (m_.unit) line("unit", yaml_text(unit_text(*m_.unit)));
    if (!m_.units.empty()) {
      line("units", "");
      for (const auto& [column, unit] : m_.units) out_ += fmt::format("  {}: {}\n", yaml_text(column), yaml_text(unit_text(unit)));
    }
    line("plans_in", yaml_text(unit_text(m_.plan_unit)));
    line("sign", m_.negative ? "negative" : "positive");
    line("basis", m_.year_on_year ? "year-on-year" : "in-year");
    line("years", list(m_.years));
  }

  void who() {
    static constexpr const char* words[] = {"nothing", "column", "section", "sheet", "file"};
    line("organisations_by", words[static_cast<std::size_t>(m_.separates)]);
    if (m_.organisations.empty()) return;
    line("organisations", "");
    // A line that ends in a colon needs no blank behind it.
    for (const Mapping::Finances& o : m_.organisations) {
      out_ += fmt::format("  {}:\n", o.id.value);
      text_line("name", o.name, "    ");
      text_line("title", o.title, "    ");
      text_line("kind", o.kind, "    ");
      // Not by text_line, whose comments are those of the mapping's own unit; the column's likewise.
      if (!o.unit.value.empty()) out_ += fmt::format("    unit: {}\n", yaml_text(o.unit.value));
      text_line("more", o.more, "    ");
      if (!o.years.empty()) line("years", list(o.years), "    ");
      for (const auto& [key, value] :
           {std::pair{"income", &o.income}, {"spend", &o.spend}, {"target", &o.target}, {"reserves", &o.reserves}, {"one_offs", &o.one_offs}})
        if (!value->value.empty()) line(key, finance(value->value), "    ");
    }
  }

  static std::string list(const std::vector<Year>& years) {
    std::string out;
    for (const Year& year : years) out += (out.empty() ? "" : ", ") + year.label;
    return "[" + out + "]";
  }

  static std::string finance(const std::string& value) {
    if (value.find('!') != std::string::npos) return yaml_text(value);
    if (value.find(' ') == std::string::npos) return value;
    std::string out;
    for (const char c : value) out += c == ' ' ? std::string(", ") : std::string(1, c);
    return "[" + out + "]";
  }

  void by_year(std::string_view key, const std::vector<std::pair<std::string, std::vector<Mapping::Column>>>& years) {
    if (years.empty()) return;
    line(key, "", "  ");
    for (const auto& [year, columns] : years)
      out_ += fmt::format("    {}: {}\n", year, columns.size() == 1 ? yaml_text(columns.front()) : yaml_list(columns));
  }

  void columns() {
    line("columns", "");
    text_line("id", m_.id, "  ");
    text_line("class", m_.reference_class, "  ");
    text_line("more", m_.more, "  ");
    text_line("ref", m_.ref, "  ");
    if (!m_.title_column.empty()) out_ += fmt::format("  title: {}\n", yaml_text(m_.title_column));
    text_line("organisation", m_.organisation, "  ");
    text_line("category", m_.category, "  ");
    text_line("stage", m_.stage, "  ");
    text_line("recurrent", m_.recurrent, "  ");
    if (!m_.unit_column.empty()) out_ += fmt::format("  unit: {}\n", yaml_text(m_.unit_column));
    text_line("starts", m_.starts, "  ");
    text_line("full_year", m_.full_year, "  ");
    text_line("part_year", m_.part_year, "  ");
    text_line("delay", m_.delay, "  ");
    by_year("saving", m_.saving);
    by_year("cost", m_.cost);
    text_line("forecast", m_.forecast, "  ");
    if (m_.about.empty()) return;
    line("about", "", "  ");
    for (const auto& [key, column] : m_.about) out_ += fmt::format("    {}: {}\n", key, yaml_text(column));
  }

  void words(std::string_view key, const Mapping::Words& words) {
    if (words.empty()) return;
    line(key, "");
    for (const auto& [word, meaning] : words) out_ += fmt::format("  {}: {}\n", yaml_text(word), yaml_text(meaning));
  }

  void words() {
    if (!m_.fill_down.empty()) line("fill_down", yaml_list(m_.fill_down));
    if (m_.sections_are_categories) line("sections", "category");
    words("stages", m_.stages);
    line("default_stage", name_of(m_.default_stage));
    words("classes", m_.classes);
    text_line("default_class", m_.default_class);
    words("amounts", m_.amounts);
    line("skip", yaml_list(m_.skip));
  }

  const Mapping& m_;
  std::string out_;
};

}  // namespace

std::string mapping_text(const Mapping& mapping) {
  std::string out = MappingWriter(mapping).text();
  // "key: " of a map that follows on the next lines.
  for (auto at = out.find(": \n"); at != std::string::npos; at = out.find(": \n", at)) out.erase(at + 1, 1);
  return out;
}

}  // namespace shortfall
