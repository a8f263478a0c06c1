#include "store/spreadsheet/guess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "store/spreadsheet/dates.hpp"
#include "store/spreadsheet/guess_saving.hpp"
#include "store/spreadsheet/guess_table.hpp"
#include "store/spreadsheet/table.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

class Guesser {
 public:
  Guesser(const std::vector<SheetFile>& files, const GuessHints& hints, Problems& problems)
      : file_(files.front()), files_(files), hints_(hints), problems_(problems) {}

  Mapping guess() {
    if (hints_.number) m_.number = *hints_.number;
    if (!choose_sheet()) return m_;
    name_columns();
    texts();
    dates();
    if (!guess_saving(table_, *sheet_, file_, hints_.years, m_, problems_)) return m_;
    organisations();
    stages();
    classes();
    fill_down();
    sections();
    m_.skip = words_of_totals();
    m_.comments["skip"] = "rows whose name has one of these words are sums of others";
    return m_;
  }

 private:
  void error(std::string message) { problems_.push_back({whole_file(file_.name), Code::bad_tracker, std::move(message)}); }

  bool choose_sheet() {
    std::vector<std::pair<const Sheet*, GuessedTable>> tables;
    for (const Sheet& sheet : file_.sheets) {
      if (sheet.rows.empty() || (sheet.hidden && hints_.sheet != sheet.name)) continue;
      if (!hints_.sheet.empty() && hints_.sheet != sheet.name) continue;
      GuessedTable upright = guess_table(sheet, m_.number);
      if (sheet.rows.size() <= 60) {
        const Sheet turned = transposed(sheet);
        GuessedTable other = guess_table(turned, m_.number);
        if (other.score > upright.score + 1) {
          other.score += 0.001;
          turned_.push_back(turned);
          turned_from_.push_back(&sheet);
          tables.emplace_back(&sheet, std::move(other));
          continue;
        }
      }
      if (upright.score > 0) tables.emplace_back(&sheet, std::move(upright));
    }
    if (tables.empty()) {
      error(
          hints_.sheet.empty()
              ? "no table of savings found (a row of headings like Scheme, Saving £k, RAG, with amounts beneath); say where it is in a mapping, --map"
              : fmt::format("no table of savings found on the sheet '{}'; say where it is in a mapping, --map", hints_.sheet));
      return false;
    }
    const auto better = [](const auto& a, const auto& b) { return a.second.score < b.second.score; };
    const auto best = std::max_element(tables.begin(), tables.end(), better);
    sheet_ = best->first;
    table_ = best->second;
    for (std::size_t i = 0; i < turned_.size(); ++i)
      if (turned_from_[i] == sheet_) sheet_ = &turned_[i], m_.transposed = true;
    if (m_.transposed) m_.comments["schemes_are"] = "headings stand at the left";
    return alike(tables, best->first);
  }

  // Other sheets with the same headings: an organisation each, or the same plan at other times.
  bool alike(const std::vector<std::pair<const Sheet*, GuessedTable>>& tables, const Sheet* best) {
    std::vector<std::string> same;
    bool times = false;
    for (const auto& [sheet, table] : tables) {
      std::size_t shared = 0;
      for (const GuessedColumn& a : table.columns)
        shared += std::any_of(table_.columns.begin(), table_.columns.end(),
                              [&](const GuessedColumn& b) { return !a.heading.empty() && plain_words(a.heading) == plain_words(b.heading); });
      if (sheet != best && 10 * shared < 8 * std::max(table.columns.size(), table_.columns.size())) continue;
      same.push_back(sheet->name);
      times = times || year_in(sheet->name) || part_of_year_in(sheet->name);
    }
    if (!sheet_->name.empty()) m_.sheets = same.size() > 1 && !times ? same : std::vector<std::string>{sheet_->name};
    if (same.size() > 1 && times) {
      error(fmt::format("the sheets {} have the same headings (the same plan at different times?); name one of them with --sheet",
                        fmt::join(same, ", ")));
      return false;
    }
    if (same.size() > 1) m_.separates = Mapping::Separates::sheet, m_.comments["organisations_by"] = "the sheets have the same headings";
    m_.heading_rows = table_.heading_rows;
    m_.comments["headings"] = "the row or rows with the most words that trackers use for headings";
    return true;
  }

  void name_columns() {
    std::vector<std::string> headings;
    for (const GuessedColumn& c : table_.columns) {
      headings.resize(static_cast<std::size_t>(c.column) + 1);
      headings.back() = c.heading;
    }
    for (GuessedColumn& c : table_.columns) c.name = name_of_column(headings, c.column);
  }

  void take(Role role, Mapping::Column& into) {
    if (const GuessedColumn* c = table_.find(role)) into = c->name;
  }

  void texts() {
    title();
    take(Role::ref, m_.ref);
    take(Role::recurrent, m_.recurrent);
    take(Role::starts, m_.starts);
    take(Role::delay, m_.delay);
    take(Role::category, m_.category);
    static const std::vector<std::pair<Role, const char*>> about = {
        {Role::owner, "owner"}, {Role::directorate, "directorate"}, {Role::qia, "qia"},
        {Role::ends, "ends"},   {Role::description, "description"}, {Role::notes, "notes"}};
    for (const auto& [role, key] : about) {
      int count = 0;
      for (const GuessedColumn& c : table_.columns)
        if (c.role == role && c.name != m_.title_column) m_.about.emplace_back(++count == 1 ? key : fmt::format("{}-{}", key, count), c.name);
    }
  }

  // Day or month first, by the dates that can be read in one way alone.
  void dates() {
    const GuessedColumn* c = table_.find(Role::starts);
    if (c == nullptr) return;
    std::size_t days = 0, months = 0;
    for (const std::string& word : c->words) {
      const bool day = parse_date(word, true).has_value(), month = parse_date(word, false).has_value();
      days += day && !month;
      months += month && !day;
    }
    m_.day_first = months == 0 || days > 0;
    if (!m_.day_first) m_.comments["dates"] = "some dates have no other reading";
  }

  void title() {
    const GuessedColumn* best = nullptr;
    double most = 0;
    for (const GuessedColumn& c : table_.columns) {
      const std::string h = plain_words(c.heading);
      double worth = c.role == Role::title                                     ? 4
                     : c.role == Role::description                             ? 2
                     : c.role == Role::none && !c.numbers                      ? 1
                     : c.role == Role::category || c.role == Role::directorate ? 0.5
                                                                               : 0;
      if (c.numbers || c.filled == 0 || worth == 0) continue;
      if (has_phrase(h, "name") || has_phrase(h, "title")) worth += 1;
      // A title tells schemes apart.
      worth += 3 * static_cast<double>(c.distinct) / static_cast<double>(std::max<std::size_t>(c.filled, 1));
      if (worth > most) best = &c, most = worth;
    }
    if (best != nullptr) m_.title_column = best->name;
    if (best == nullptr) error("no column with the schemes' names found; say which it is in a mapping, --map");
    if (best != nullptr && best->role == Role::none)
      m_.comments["columns"] = "the title's column has no telling heading: it is the one whose words differ most";
  }

  void organisations() {
    m_.system = id_from(stem_of(file_.name));
    if (m_.system.empty()) m_.system = "tracker";
    if (files_.size() > 1) {
      m_.separates = Mapping::Separates::file;
      for (const SheetFile& file : files_) add_organisation(stem_of(file.name));
      m_.system = "tracker";
    } else if (m_.separates == Mapping::Separates::sheet) {
      for (const std::string& name : m_.sheets) add_organisation(name);
    } else if (const GuessedColumn* c = table_.find(Role::organisation);
               c != nullptr && c->name != m_.title_column && c->distinct > 0 && c->distinct <= 100) {
      m_.separates = Mapping::Separates::column;
      m_.organisation = c->name;
      m_.comments["organisations_by"] = "each name in its column is an organisation of its own";
      for (const std::string& name : c->words)
        if (!is_total(name)) add_organisation(name);
    } else {
      add_organisation(stem_of(file_.name));
      m_.organisations.back().name.clear();
    }
    m_.comments["organisations"] =
        "give each its income, spend, target and reserves, as numbers or as cells like Finances!C4:E4; without them it fails where it delivers less "
        "than planned";
  }

  static bool is_total(const std::string& name) {
    const std::string plain = plain_words(name);
    return std::any_of(words_of_totals().begin(), words_of_totals().end(),
                       [&](const std::string& total) { return plain == total || plain.starts_with(total + " ") || plain.ends_with(" " + total); });
  }

  void add_organisation(const std::string& name) {
    Mapping::Finances o;
    o.id.value = id_from(name);
    if (o.id.value.empty() || o.id.value == "system" || o.id.value == "any" || o.id.value == "all")
      o.id.value = fmt::format("organisation-{}", m_.organisations.size() + 1);
    for (const Mapping::Finances& other : m_.organisations)
      if (other.id.value == o.id.value) return;
    o.name = o.title = one_line(name);
    if (o.title.size() > 200) o.title.clear();
    m_.organisations.push_back(std::move(o));
  }

  // Of several columns that may say it, the one most of whose words are stages.
  void stages() {
    const GuessedColumn* best = nullptr;
    double most = 0.3;
    for (const GuessedColumn& c : table_.columns) {
      if (c.role != Role::stage || c.filled == 0) continue;
      std::size_t known = 0;
      for (const std::string& word : c.words) known += stage_of(word, risk(c)).has_value() || is_cancelled(word);
      const double share = static_cast<double>(known) / static_cast<double>(c.words.size()) + 0.001 * static_cast<double>(known);
      if (share > most) best = &c, most = share;
    }
    int others = 0;
    for (const GuessedColumn& c : table_.columns)
      if (c.role == Role::stage && &c != best) m_.about.emplace_back(++others == 1 ? "status" : fmt::format("status-{}", others), c.name);
    m_.comments["default_stage"] = best == nullptr ? "no column with a stage, gateway or RAG was found" : "where the column is empty";
    if (best == nullptr) return;
    m_.stage = best->name;
    m_.about.emplace_back("rag", best->name);
    for (const std::string& word : best->words)
      if (is_cancelled(word))
        m_.stages.emplace_back(word, "skip");
      else if (const auto stage = stage_of(word, risk(*best)))
        m_.stages.emplace_back(word, std::string(name_of(*stage)));
    m_.comments["stages"] = "delivered, developed, in-progress, opportunity, unidentified, or skip to leave its rows out";
  }

  static bool risk(const GuessedColumn& c) { return has_phrase(plain_words(c.heading), "risk"); }

  void classes() {
    const GuessedColumn* c = table_.find(Role::category);
    if (c != nullptr && c->name == m_.title_column) m_.category.clear(), c = nullptr;
    if (c != nullptr && c->words.size() <= 200)
      for (const std::string& word : c->words)
        if (const auto guess = class_of(word)) m_.classes.emplace_back(word, guess->reference_class);
    m_.comments["classes"] = "how schemes of each category have gone before ('shortfall run --sources'); others go by the words of their titles";
    std::string all = plain_words(file_.name);
    for (const SheetRow& row : sheet_->rows) {
      if (row.number > m_.heading_rows.front()) break;
      for (const SheetCell& cell : row.cells) all += " " + plain_words(text_of(cell));
    }
    for (const Mapping::Finances& o : m_.organisations) all += " " + plain_words(o.name);
    const bool council = has_phrase(all, "council") || has_phrase(all, "borough"),
               commissioner = has_phrase(all, "ccg") || has_phrase(all, "qipp") || has_phrase(all, "icb");
    m_.default_class = council ? "council-savings" : commissioner ? "commissioner-programme" : "service-redesign";
    m_.comments["default_class"] = "of schemes whose words say nothing of how such schemes go";
  }

  void fill_down() {
    for (const Mapping::Column& name : {m_.organisation, m_.category}) {
      const auto c = std::find_if(table_.columns.begin(), table_.columns.end(), [&](const GuessedColumn& g) { return g.name == name; });
      const auto title =
          std::find_if(table_.columns.begin(), table_.columns.end(), [&](const GuessedColumn& g) { return g.name == m_.title_column; });
      if (name.empty() || c == table_.columns.end() || title == table_.columns.end()) continue;
      if (10 * c->filled <= 7 * title->filled && c->filled >= 1) m_.fill_down.push_back(name);
    }
    m_.comments["fill_down"] = "written once, for the rows beneath as well";
  }

  // Rows with a single text between rows of amounts.
  void sections() {
    if (!m_.category.empty()) return;
    std::size_t single = 0;
    for (const SheetRow& row : sheet_->rows)
      single += row.number > m_.heading_rows.back() && row.cells.size() == 1 && row.cells.front().kind == SheetCell::Kind::text &&
                row.cells.front().text.size() < 60;
    m_.sections_are_categories = single >= 2;
    m_.comments["sections"] = "rows with one text say what the schemes beneath are";
  }

  const SheetFile& file_;
  const std::vector<SheetFile>& files_;
  const GuessHints& hints_;
  Problems& problems_;
  const Sheet* sheet_ = nullptr;
  std::vector<Sheet> turned_;
  std::vector<const Sheet*> turned_from_;
  GuessedTable table_;
  Mapping m_;
};

}  // namespace

Mapping guess_mapping(const std::vector<SheetFile>& files, const GuessHints& hints, Problems& problems) {
  return Guesser(files, hints, problems).guess();
}

}  // namespace shortfall
