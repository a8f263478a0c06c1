#include "store/spreadsheet/guess_saving.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "store/spreadsheet/dates.hpp"
#include "store/spreadsheet/table.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

class SavingGuesser {
 public:
  SavingGuesser(const GuessedTable& table, const Sheet& sheet, const SheetFile& file, const std::vector<Year>& named, Mapping& mapping,
                Problems& problems)
      : table_(table), sheet_(sheet), file_(file), named_(named), m_(mapping), problems_(problems) {
    named_units_ = units_of_headings(sheet_, table_.heading_rows);
  }

  bool guess() {
    full_and_part_year();
    if (!choose_years()) return false;
    savings();
    costs();
    if (m_.saving.empty() && m_.full_year.empty()) return error("no column with savings found; say which it is in a mapping, --map");
    unit();
    sign_and_basis();
    forecast();
    own_units();
    headed_alike();
    return true;
  }

 private:
  bool error(std::string message) {
    problems_.push_back({whole_file(file_.name), Code::bad_tracker, std::move(message)});
    return false;
  }

  std::vector<const GuessedColumn*> of(Role role) const {
    std::vector<const GuessedColumn*> out;
    for (const GuessedColumn& c : table_.columns)
      if (c.role == role && c.filled > 0) out.push_back(&c);
    return out;
  }

  void full_and_part_year() {
    if (const GuessedColumn* full = table_.find(Role::full_year)) m_.full_year = full->name;
    if (const GuessedColumn* part = table_.find(Role::part_year)) m_.part_year = part->name;
  }

  // A saving or cost's heading may name a year, a part of one, or neither.
  static std::optional<Year> year_of(const GuessedColumn& c) {
    if (const auto year = year_in(c.heading)) return year;
    const auto part = part_of_year_in(c.heading);
    return part ? part->year : std::nullopt;
  }

  bool choose_years() {
    std::map<int, Year> found;
    for (const GuessedColumn* c : of(Role::saving))
      if (const auto year = year_of(*c)) found.emplace(year->starts, *year);
    if (found.empty())
      for (const Role role : {Role::part_year, Role::full_year})
        for (const GuessedColumn* c : of(role))
          if (const auto year = year_of(*c); year && found.empty()) found.emplace(year->starts, *year);
    if (!named_.empty()) {
      m_.years = named_;
      m_.comments["years"] = "as named on the command line";
      return true;
    }
    const bool any_financial = std::any_of(found.begin(), found.end(), [](const auto& y) { return y.second.financial; });
    if (found.empty()) {
      const auto year = year_around();
      if (!year) return error("no heading, title, sheet or file name says which year the savings are of; name it with --years, like --years 2025/26");
      m_.years = {*year};
      return true;
    }
    for (auto& [starts, year] : found)
      if (any_financial && !year.financial) year = Year{fmt::format("{}/{:02}", starts, (starts + 1) % 100), starts, true};
    for (int starts = found.begin()->first; starts <= found.rbegin()->first; ++starts) {
      if (found.rbegin()->first - found.begin()->first > 30)
        return error("the headings name years more than 30 apart; say which are the plan's with --years");
      const auto at = found.find(starts);
      m_.years.push_back(at != found.end() ? at->second
                         : any_financial   ? Year{fmt::format("{}/{:02}", starts, (starts + 1) % 100), starts, true}
                                           : Year{std::to_string(starts), starts, false});
    }
    m_.comments["years"] = "as the headings name them";
    return true;
  }

  // From the rows above the headings, the sheet's name, the file's.
  std::optional<Year> year_around() {
    const auto say = [&](const Year& year, const char* where) {
      m_.comments["years"] = fmt::format("from {}", where);
      return std::optional(year);
    };
    for (const SheetRow& row : sheet_.rows) {
      if (row.number >= table_.heading_rows.front()) break;
      for (const SheetCell& cell : row.cells)
        if (const auto year = cell.kind == SheetCell::Kind::text ? year_in(cell.text) : std::nullopt) return say(*year, "the title above the table");
    }
    if (const auto year = year_in(sheet_.name)) return say(*year, "the sheet's name");
    const std::string name = file_.name.substr(file_.name.rfind('/') == std::string::npos ? 0 : file_.name.rfind('/') + 1);
    if (const auto year = year_in(name)) return say(*year, "the file's name");
    return {};
  }

  // The columns of one kind that make up each year: one column with the whole, else its months or quarters.
  std::vector<std::pair<std::string, std::vector<Mapping::Column>>> by_year(Role role) {
    std::map<std::string, std::pair<int, const GuessedColumn*>> whole;
    std::map<std::string, std::vector<const GuessedColumn*>> parts;
    for (const GuessedColumn* c : of(role)) {
      const auto named = year_of(*c);
      const auto year = std::find_if(m_.years.begin(), m_.years.end(), [&](const Year& y) { return named && y.starts == named->starts; });
      // What names no year is of the first; what names another is of none.
      if (named && year == m_.years.end()) continue;
      const std::string label = named ? year->label : m_.years.front().label;
      if (part_of_year_in(c->heading)) {
        parts[label].push_back(c);
        continue;
      }
      const int worth = preference_of(c->heading) + (named ? 3 : 0);
      auto& best = whole[label];
      if (best.second == nullptr || worth > best.first) best = {worth, c};
    }
    std::vector<std::pair<std::string, std::vector<Mapping::Column>>> out;
    for (const Year& year : m_.years) {
      const auto all = whole.find(year.label);
      const auto some = parts.find(year.label);
      std::vector<Mapping::Column> columns;
      if (all != whole.end())
        columns = {all->second.second->name};
      else if (some != parts.end())
        for (const GuessedColumn* c : some->second) columns.push_back(c->name);
      if (!columns.empty()) out.emplace_back(year.label, std::move(columns));
    }
    return out;
  }

  void savings() {
    m_.saving = by_year(Role::saving);
    if (!m_.full_year.empty() && m_.saving.size() > 1) m_.full_year.clear(), m_.part_year.clear();
    if (!m_.full_year.empty() && m_.saving.size() == 1 && m_.part_year.empty() && m_.saving.front().second.size() == 1)
      m_.part_year = m_.saving.front().second.front();
    if (!m_.full_year.empty()) m_.saving.clear();
    if (m_.full_year.empty() && !m_.part_year.empty() && m_.saving.empty()) m_.saving = {{m_.years.front().label, {m_.part_year}}};
    if (m_.full_year.empty()) m_.part_year.clear();
    std::set<std::string> candidates;
    for (const GuessedColumn* c : of(Role::saving)) candidates.insert(plain_words(c->heading));
    if (!m_.saving.empty() && candidates.size() > m_.saving.size() && m_.saving.front().second.size() == 1)
      m_.comments["saving"] = "of several columns with savings of a year: approved before planned before proposed, net before gross";
  }

  void costs() { m_.cost = by_year(Role::cost); }

  const GuessedColumn* column(const Mapping::Column& name) const {
    const auto at = std::find_if(table_.columns.begin(), table_.columns.end(), [&](const GuessedColumn& c) { return c.name == name; });
    return at == table_.columns.end() ? nullptr : &*at;
  }

  std::vector<const GuessedColumn*> money() const {
    std::vector<const GuessedColumn*> out;
    for (const auto& [year, columns] : m_.saving)
      for (const Mapping::Column& name : columns) out.push_back(column(name));
    for (const Mapping::Column& name : {m_.full_year, m_.part_year})
      if (!name.empty()) out.push_back(column(name));
    return out;
  }

  // What the headings over a column say that it is in. "Cost (thousands)" leaves the currency to the tracker's other amounts.
  std::optional<SheetUnit> named_unit(const GuessedColumn& c) const {
    std::optional<SheetUnit> unit = named_units_[static_cast<std::size_t>(c.column)];
    if (unit && unit->symbol.empty()) unit->symbol = m_.unit ? m_.unit->symbol : "£";
    return unit;
  }

  void unit() {
    const std::vector<const GuessedColumn*> columns = money();
    // A title is of the columns whose headings name no unit; where each names its own, it may as well be of something else.
    if (std::any_of(columns.begin(), columns.end(), [&](const GuessedColumn* c) { return !named_unit(*c); }))
      unit_of_titles(table_.heading_rows.front() - 1, 1);
    for (const GuessedColumn* c : columns)
      if (const auto unit = named_unit(*c); unit && !m_.unit) {
        m_.unit = unit;
        m_.comments["unit"] = "as the heading says";
      }
    if (!m_.unit) unit_of_titles(table_.heading_rows.back(), 0);
    if (!m_.unit) unit_by_size();
    m_.plan_unit = {m_.unit->symbol, 2};
  }

  // In the rows up to that one; as a power of a thousand that is no less.
  void unit_of_titles(int last, int least) {
    for (const SheetRow& row : sheet_.rows) {
      if (m_.unit || row.number > last) break;
      for (const SheetCell& cell : row.cells)
        if (const auto unit = cell.kind == SheetCell::Kind::text ? unit_in(cell.text) : std::nullopt; unit && unit->power >= least && !m_.unit) {
          m_.unit = unit;
          m_.comments["unit"] = "as a title or heading says";
        }
    }
  }

  // All columns that amounts are taken from, each with the mapping's key for it.
  std::vector<std::pair<std::string, const GuessedColumn*>> taken() const {
    std::vector<std::pair<std::string, const GuessedColumn*>> out;
    const auto add = [&](const char* key, const Mapping::Column& name) {
      if (!name.empty()) out.emplace_back(key, column(name));
    };
    for (const auto& [key, years] : {std::pair{"saving", &m_.saving}, {"cost", &m_.cost}})
      for (const auto& [year, columns] : *years)
        for (const Mapping::Column& name : columns) add(key, name);
    add("full_year", m_.full_year);
    add("part_year", m_.part_year);
    add("forecast", m_.forecast);
    return out;
  }

  void own_units() {
    for (const auto& [key, c] : taken())
      if (const auto own = named_unit(*c); own && *own != *m_.unit) m_.units[c->name] = *own;
    if (!m_.units.empty()) m_.comments["units"] = "columns whose own headings say so";
  }

  // Which of several columns of one heading is meant nothing in the tracker says.
  void headed_alike() {
    const auto columns_taken = taken();
    const auto is_taken = [&](const GuessedColumn& c) {
      return std::any_of(columns_taken.begin(), columns_taken.end(), [&](const auto& t) { return t.second == &c; });
    };
    std::vector<const GuessedColumn*> told;
    for (const auto& [key, c] : columns_taken) {
      std::vector<std::string> alike, of_them;
      if (std::find(told.begin(), told.end(), c) != told.end()) continue;
      for (const GuessedColumn& other : table_.columns) {
        if (other.role != c->role || other.filled == 0 || plain_words(other.heading) != plain_words(c->heading)) continue;
        alike.push_back(column_letters(other.column));
        if (is_taken(other)) of_them.push_back(alike.back()), told.push_back(&other);
      }
      if (alike.size() < 2) continue;
      const bool all = of_them.size() == alike.size();
      const std::string said =
          fmt::format("{} columns are headed '{}', {}; {}", alike.size() == 2 ? "two" : std::to_string(alike.size()), printable(c->heading, 60),
                      listed(alike), all ? "all are counted" : listed(of_them) + (of_them.size() == 1 ? " was taken" : " were taken"));
      std::string& comment = m_.comments[key];
      comment = said + (comment.empty() ? "" : "; ") + comment;
      problems_.push_back({whole_file(file_.name), Code::doubtful_import,
                           fmt::format("{}; if {} not the plan's, say which by its letter under {}: in the mapping", said,
                                       of_them.size() == 1 ? "it is" : "these are", key)});
    }
  }

  // "C and D", "C, D and E", "A, B, C, D, E, F, G, H and 5 more".
  static std::string listed(std::vector<std::string> names) {
    constexpr std::size_t most = 8;
    const std::size_t more = names.size() > most ? names.size() - most : 0;
    if (more > 0) names.resize(most), names.push_back(fmt::format("{} more", more));
    std::string out = names.front();
    for (std::size_t i = 1; i < names.size(); ++i) out += (i + 1 == names.size() ? " and " : ", ") + names[i];
    return out;
  }

  // Savings of one scheme are rarely below a thousand pounds or above some hundred millions.
  void unit_by_size() {
    std::vector<double> sizes;
    bool suffixes = false;
    for (const GuessedColumn* c : money()) {
      suffixes = suffixes || c->has_suffixes;
      for (const double amount : c->amounts)
        if (amount != 0) sizes.push_back(std::abs(amount));
    }
    m_.unit = SheetUnit{"£", 0};
    if (sizes.empty()) {
      m_.comments["unit"] = "each amount says its own";
      return;
    }
    std::nth_element(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2), sizes.end());
    const double middle = sizes[sizes.size() / 2];
    m_.unit->power = middle >= 2000 ? 0 : middle >= 8 ? 1 : 2;
    const std::string said =
        fmt::format("a guess by the size of the amounts (half of them are below {}): nothing in the tracker says it", decimal_text(middle));
    m_.comments["unit"] = said;
    problems_.push_back(
        {whole_file(file_.name), Code::doubtful_import, fmt::format("the amounts are taken to be in {}, {}", unit_text(*m_.unit), said)});
  }

  void sign_and_basis() {
    std::size_t positive = 0, negative = 0;
    for (const GuessedColumn* c : money())
      for (const double amount : c->amounts) positive += amount > 0, negative += amount < 0;
    m_.negative = negative > 2 * positive;
    if (m_.negative) m_.comments["sign"] = "most savings stand with a minus or in brackets";
    std::size_t ended = 0, all = 0;
    const std::vector<const GuessedColumn*> columns = money();
    if (columns.size() < 2 || m_.saving.size() != columns.size() || m_.saving.size() < 2) return;
    const std::size_t rows = columns.front()->amounts.size();
    for (const GuessedColumn* c : columns)
      if (c->amounts.size() != rows) return;
    for (std::size_t r = 0; r < rows; ++r) {
      const double first = columns.front()->amounts[r], last = columns.back()->amounts[r];
      all += first != 0;
      ended += first != 0 && last == 0;
    }
    if (all >= 5 && 10 * ended >= 6 * all && m_.recurrent.empty()) {
      m_.year_on_year = true;
      m_.comments["basis"] = "most savings stand in one year and not in the next: taken for what is new in each year";
      problems_.push_back({whole_file(file_.name), Code::doubtful_import,
                           "most savings stand in one year and not in the next, so each year's figure is taken for what is new in it (basis: "
                           "year-on-year); if it is the saving "
                           "of that year, say basis: in-year in the mapping"});
    }
  }

  void forecast() {
    for (const GuessedColumn* c : of(Role::forecast)) {
      const auto year = year_in(c->heading);
      const auto own = named_unit(*c);
      if (!m_.forecast.empty() || (year && year->starts != m_.years.front().starts)) continue;
      // A forecast in another currency tells nothing of the plan, and is no reason to refuse it.
      if (own && own->symbol != m_.unit->symbol) continue;
      m_.forecast = c->name;
      m_.comments["forecast"] = "only to tell what the tracker itself expects";
    }
  }

  const GuessedTable& table_;
  const Sheet& sheet_;
  const SheetFile& file_;
  const std::vector<Year>& named_;
  std::vector<std::optional<SheetUnit>> named_units_;  // by column
  Mapping& m_;
  Problems& problems_;
};

}  // namespace

bool guess_saving(const GuessedTable& table, const Sheet& sheet, const SheetFile& file, const std::vector<Year>& named_years, Mapping& mapping,
                  Problems& problems) {
  return SavingGuesser(table, sheet, file, named_years, mapping, problems).guess();
}

}  // namespace shortfall
