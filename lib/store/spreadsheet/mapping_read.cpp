#include <fmt/format.h>

#include <algorithm>

#include "plan/document.hpp"
#include "plan/fields.hpp"
#include "plan/suggestion.hpp"
#include "store/spreadsheet/mapping.hpp"
#include "store/spreadsheet/vocabulary.hpp"

namespace shortfall {
namespace {

const std::vector<std::string>& separators() {
  static const std::vector<std::string> words = {"nothing", "column", "section", "sheet", "file"};
  return words;
}

class MappingReader {
 public:
  MappingReader(const Node& document, Problems& problems) : problems_(problems), fields_(document, "the mapping", problems) {}

  Mapping read() {
    if (const Node* form = fields_.required("mapping"); form != nullptr && form->text != "1")
      report(problems_, Code::bad_mapping, form->place, fmt::format("mapping is {}, but this program reads form 1", shown(*form)));
    layout();
    amounts();
    who();
    if (const Node* columns = fields_.required("columns")) read_columns(*columns);
    words();
    fields_.finish();
    return std::move(out_);
  }

 private:
  void layout() {
    out_.system = fields_.id("system").value_or(Id{}).value;
    out_.title = fields_.text("title", "");
    out_.system_sheet = fields_.text("system_sheet", "");
    if (const Node* sheets = fields_.optional("sheets")) out_.sheets = texts(*sheets, "sheets");
    out_.transposed = fields_.word("schemes_are", {"rows", "columns"}, 0) == 1;
    if (const Node* rows = fields_.optional("headings")) {
      if (rows->kind != Node::Kind::list || rows->items.size() > 4)
        report(problems_, Code::bad_mapping, rows->place, "headings needs a list of 1 to 4 rows like [4, 5]");
      for (const Node& row : rows->items) out_.heading_rows.push_back(row_number(row, "a heading row"));
    }
    if (const Node* rows = fields_.optional("rows")) {
      Fields ends(*rows, "rows", problems_);
      if (const Node* first = ends.optional("first")) out_.first_row = row_number(*first, "first");
      if (const Node* last = ends.optional("last")) out_.last_row = row_number(*last, "last");
      ends.finish();
    }
    out_.hidden = static_cast<Mapping::HiddenRows>(fields_.word("hidden", {"ask", "include", "exclude"}, 0));
  }

  void amounts() {
    if (const Node* number = fields_.optional("number")) {
      const auto form = parse_number_form(number->text);
      if (!form) report(problems_, Code::bad_mapping, number->place, fmt::format("number is {}, not '1,234.56' or '1.234,56'", shown(*number)));
      out_.number = form.value_or(NumberForm{});
    }
    out_.day_first = fields_.word("dates", {"day-first", "month-first"}, 0) == 0;
    if (const Node* node = fields_.optional("unit")) out_.unit = unit(*node, "unit");
    if (const Node* node = fields_.optional("plans_in")) out_.plan_unit = unit(*node, "plans_in");
    if (const Node* node = fields_.optional("units"))
      for (const Entry& entry : node->entries) out_.units[entry.key] = unit(entry.value, "a unit");
    out_.negative = fields_.word("sign", {"positive", "negative"}, 0) == 1;
    out_.year_on_year = fields_.word("basis", {"in-year", "year-on-year"}, 0) == 1;
    if (const Node* years = fields_.required("years")) read_years(*years, out_.years);
  }

  void read_years(const Node& node, std::vector<Year>& years) {
    for (const Node& item : node.items) {
      const auto year = parse_year(item.text);
      if (!year || (!years.empty() && (year->starts != years.back().starts + 1 || year->financial != years.back().financial)))
        return report(problems_, Code::bad_mapping, item.place,
                      fmt::format("{} is not the next year (years stand in order, like [2025/26, 2026/27])", shown(item)));
      years.push_back(*year);
    }
    if (years.empty()) report(problems_, Code::bad_year, node.place, "years needs a list of years like [2025/26, 2026/27]");
  }

  // An organisation's finances may be of more years than are imported, never of fewer.
  void years_of(const Node& node, Mapping::Finances& finances) {
    read_years(node, finances.years);
    for (const Year& year : out_.years)
      if (std::none_of(finances.years.begin(), finances.years.end(),
                       [&](const Year& y) { return y.starts == year.starts && y.financial == year.financial; }))
        return report(
            problems_, Code::bad_mapping, node.place,
            fmt::format("the years of '{}' leave {} out, which the mapping imports; give its finances of all years", finances.id.value, year.label));
  }

  void who() {
    out_.separates = static_cast<Mapping::Separates>(fields_.word("organisations_by", separators(), 0));
    const Node* organisations = fields_.optional("organisations");
    if (organisations == nullptr) return;
    Fields all(*organisations, "organisations", problems_);
    for (const Entry& entry : organisations->entries) {
      if (!is_id(entry.key)) {
        report(problems_, Code::bad_id, entry.place,
               fmt::format("'{}' is not an id (ids are up to 100 small letters, digits and hyphens)", printable(entry.key, 60)));
        continue;
      }
      Fields one(entry.value, fmt::format("organisation '{}'", entry.key), problems_);
      Mapping::Finances finances;
      finances.id = {entry.key, entry.place};
      finances.name = one.text("name", "");
      finances.title = one.text("title", "");
      finances.kind = one.text("kind", "");
      if (const Node* own = one.optional("unit")) finances.unit = {own->text, own->place};
      finances.more = one.text("more", "");
      if (const Node* years = one.optional("years")) years_of(*years, finances);
      for (auto& [key, into] : {std::pair{"income", &finances.income},
                                {"spend", &finances.spend},
                                {"target", &finances.target},
                                {"reserves", &finances.reserves},
                                {"one_offs", &finances.one_offs}})
        if (const Node* node = one.optional(key)) *into = {numbers_or_cells(*node, key), node->place};
      one.finish();
      out_.organisations.push_back(std::move(finances));
    }
  }

  void read_columns(const Node& node) {
    Fields columns(node, "columns", problems_);
    for (auto& [key, into] : {std::pair{"id", &out_.id},
                              {"class", &out_.reference_class},
                              {"more", &out_.more},
                              {"ref", &out_.ref},
                              {"title", &out_.title_column},
                              {"organisation", &out_.organisation},
                              {"category", &out_.category},
                              {"stage", &out_.stage},
                              {"recurrent", &out_.recurrent},
                              {"unit", &out_.unit_column},
                              {"starts", &out_.starts},
                              {"full_year", &out_.full_year},
                              {"part_year", &out_.part_year},
                              {"delay", &out_.delay},
                              {"forecast", &out_.forecast}})
      *into = columns.text(key, "");
    for (auto& [key, into] : {std::pair{"saving", &out_.saving}, {"cost", &out_.cost}})
      if (const Node* years = columns.optional(key)) *into = by_year(*years, key);
    if (const Node* about = columns.optional("about"))
      for (const Entry& entry : about->entries)
        if (const auto column = read_text(entry.value, entry.key, problems_)) out_.about.emplace_back(entry.key, *column);
    columns.finish();
    if (out_.title_column.empty()) report(problems_, Code::bad_mapping, node.place, "columns has no title (which column names the schemes?)");
    if (out_.saving.empty() && out_.full_year.empty())
      report(problems_, Code::bad_mapping, node.place, "columns has neither a saving nor a full_year (which columns hold the savings?)");
  }

  void words() {
    if (const Node* node = fields_.optional("fill_down")) out_.fill_down = texts(*node, "fill_down");
    out_.sections_are_categories = fields_.word("sections", {"ignore", "category"}, 0) == 1;
    for (auto& [key, into] : {std::pair{"stages", &out_.stages}, {"classes", &out_.classes}, {"amounts", &out_.amounts}})
      if (const Node* node = fields_.optional(key))
        for (const Entry& entry : node->entries)
          if (const auto word = read_text(entry.value, entry.key, problems_)) {
            if (into == &out_.stages && *word != "skip" && !stage_named(*word))
              report(problems_, Code::bad_mapping, entry.value.place, fmt::format("'{}' is no stage{}", *word, did_you_mean(*word, stage_names())));
            into->emplace_back(entry.key, *word);
          }
    out_.default_class = fields_.text("default_class", "");
    out_.default_stage = static_cast<Stage>(fields_.word("default_stage", stage_names(), static_cast<std::size_t>(Stage::in_progress)));
    if (const Node* skip = fields_.optional("skip"))
      out_.skip = texts(*skip, "skip");
    else
      out_.skip = words_of_totals();
  }

  static bool stage_named(const std::string& word) { return std::find(stage_names().begin(), stage_names().end(), word) != stage_names().end(); }

  int row_number(const Node& node, std::string_view what) {
    return static_cast<int>(read_number(node, what, problems_, {1, most_sheet_rows, ""}).value_or(1));
  }

  SheetUnit unit(const Node& node, std::string_view what) {
    const auto out = declared_unit(node.text);
    if (!out) report(problems_, Code::wrong_form, node.place, fmt::format("{} is {}, not a unit like £k, £m, £000 or €m", what, shown(node)));
    return out.value_or(SheetUnit{});
  }

  std::vector<std::string> texts(const Node& node, std::string_view what) {
    std::vector<std::string> out;
    if (node.kind != Node::Kind::list)
      report(problems_, Code::wrong_form, node.place, fmt::format("{} is {}, not a list like [a, b]", what, shown(node)));
    for (const Node& item : node.items)
      if (auto text = read_text(item, what, problems_)) out.push_back(std::move(*text));
    return out;
  }

  std::vector<std::pair<std::string, std::vector<std::string>>> by_year(const Node& node, std::string_view what) {
    std::vector<std::pair<std::string, std::vector<std::string>>> out;
    if (node.kind != Node::Kind::map)
      report(problems_, Code::wrong_form, node.place,
             fmt::format("{} is {}, not a map of years to columns like {{2025/26: Plan}}", what, shown(node)));
    for (const Entry& entry : node.entries) {
      const bool known = std::any_of(out_.years.begin(), out_.years.end(), [&](const Year& y) { return y.label == entry.key; });
      if (!known) report(problems_, Code::bad_year, entry.place, fmt::format("'{}' is none of the years of this mapping", printable(entry.key, 60)));
      if (entry.value.kind == Node::Kind::list)
        out.emplace_back(entry.key, texts(entry.value, what));
      else if (const auto column = read_text(entry.value, what, problems_))
        out.emplace_back(entry.key, std::vector<std::string>{*column});
    }
    return out;
  }

  // As one text; what it says is looked into when the cells are there.
  std::string numbers_or_cells(const Node& node, std::string_view what) {
    if (node.kind == Node::Kind::scalar) return node.text;
    std::string out;
    for (const Node& item : node.items) {
      const auto number = read_number(item, what, problems_);
      if (number) out += (out.empty() ? "" : " ") + item.text;
    }
    if (node.kind != Node::Kind::list)
      report(problems_, Code::wrong_form, node.place,
             fmt::format("{} is {}, not a number, a list of numbers or cells like Finances!C4:E4", what, shown(node)));
    return out;
  }

  Problems& problems_;
  Fields fields_;
  Mapping out_;
};

}  // namespace

Mapping read_mapping(std::string_view text, const std::string& name, Problems& problems) {
  const Checked<Node> document = parse_document(text, name);
  if (!document) {
    problems.insert(problems.end(), document.error().begin(), document.error().end());
    return {};
  }
  return MappingReader(*document, problems).read();
}

}  // namespace shortfall
