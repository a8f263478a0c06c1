#include "store/spreadsheet/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/money.hpp"
#include "plan/number.hpp"
#include "plan/suggestion.hpp"
#include "store/spreadsheet/import_rows.hpp"
#include "store/spreadsheet/import_scheme.hpp"
#include "store/spreadsheet/table.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {

std::size_t SheetAccount::count(Fate fate) const {
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const RowFate& r) { return r.fate == fate; }));
}

bool Imported::whole() const {
  return std::all_of(sheets.begin(), sheets.end(), [](const SheetAccount& s) {
    return s.count(Fate::not_understood) == 0 &&
           std::all_of(s.totals.begin(), s.totals.end(), [](const TotalCheck& t) { return t.agrees || !t.imported; });
  });
}

namespace {

// "H2" as its column, from 0, and its row, from 1; nothing where it is no cell.
std::optional<std::pair<int, int>> cell_at_name(std::string_view cell) {
  const auto digits = std::min(cell.find_first_of("0123456789"), cell.size());
  const int column = column_number(cell.substr(0, digits));
  const auto row = parse_number(cell.substr(digits));
  const bool whole = cell.find_first_not_of("0123456789", digits) == std::string_view::npos;
  if (column < 0 || !whole || !row || *row < 1 || *row > most_sheet_rows) return {};
  return std::pair(column, static_cast<int>(*row));
}

class Importer {
 public:
  Importer(const std::vector<SheetFile>& files, const Mapping& mapping) : files_(files), m_(mapping) {}

  Checked<Imported> all() {
    one_currency();
    for (const Mapping::Finances& o : m_.organisations) {
      ImportedOrganisation out;
      out.id = o.id.value;
      out.title = o.title;
      out.kind = o.kind;
      out.unit = unit_of(o.unit);
      finances(o, out);
      if (!o.more.empty())
        if (const SheetCell* cell = cell_named({o.more, o.id.place}, "more")) out.more = lines_of(cell->text);
      out_.organisations.push_back(std::move(out));
    }
    for (const SheetFile& file : files_)
      for (const Sheet& sheet : file.sheets)
        if (is_asked_for(file, sheet)) take(file, sheet);
    if (out_.sheets.empty() && problems_.empty())
      error(whole_file(files_.front().name),
            fmt::format("no sheet '{}' (sheets: in the mapping, or --sheet, names it); there is {}", fmt::join(m_.sheets, "', '"), sheet_names()));
    if (!problems_.empty()) return tl::make_unexpected(std::move(problems_));
    if (m_.system_sheet.empty()) drop_empty();
    system_lines();
    if (!problems_.empty()) return tl::make_unexpected(std::move(problems_));
    same_twice();
    return std::move(out_);
  }

 private:
  void error(const Place& place, std::string message) { problems_.push_back({place, Code::bad_tracker, std::move(message)}); }
  void warn(const Place& place, std::string message) { out_.warnings.push_back({place, Code::doubtful_import, std::move(message)}); }

  void one_currency() {
    const auto check = [&](const std::string& what, const SheetUnit& unit) {
      if (unit.symbol != m_.plan_unit.symbol)
        error(whole_file(files_.front().name),
              fmt::format("the mapping says that {} in {}, but that the plans are in {} (plans_in): one currency is not turned into another", what,
                          unit_text(unit), unit_text(m_.plan_unit)));
    };
    if (m_.unit) check("amounts are", *m_.unit);
    for (const auto& [column, unit] : m_.units) check(fmt::format("the column '{}' is", printable(column, 60)), unit);
  }

  // Of an organisation that does not count as the plans do.
  std::optional<SheetUnit> unit_of(const Placed<std::string>& given) {
    std::string text = given.value;
    if (text.find('!') != std::string::npos) {
      const SheetCell* cell = cell_named(given, "unit");
      text = cell == nullptr ? std::string() : one_line(text_of(*cell));
    }
    if (text.empty()) return {};
    const auto unit = declared_unit(text);
    if (!unit || unit->symbol != m_.plan_unit.symbol)
      error(given.place, fmt::format("unit is '{}', not a unit of {} like {} (the plans count in {})", printable(text, 60), m_.plan_unit.symbol,
                                     unit_text({m_.plan_unit.symbol, 1}), unit_text(m_.plan_unit)));
    return unit == m_.plan_unit ? std::nullopt : unit;
  }

  std::string sheet_names() const {
    std::vector<std::string> names;
    for (const Sheet& sheet : files_.front().sheets) names.push_back(printable(sheet.name, 40));
    return fmt::format("{}", fmt::join(names, ", "));
  }

  bool is_asked_for(const SheetFile& file, const Sheet& sheet) const {
    if (sheet.name.empty() || m_.sheets.empty()) return &sheet == &file.sheets.front();
    return std::find(m_.sheets.begin(), m_.sheets.end(), sheet.name) != m_.sheets.end();
  }

  void take(const SheetFile& file, const Sheet& original) {
    Sheet turned;
    if (m_.transposed) turned = transposed(original);
    const Sheet& sheet = m_.transposed ? turned : original;
    const SheetColumns columns = find_columns(file, sheet, m_, problems_);
    if (!problems_.empty()) return;
    for (Problem& problem : units_not_said(file, sheet, m_, columns))
      (problem.severity() == Severity::error ? problems_ : out_.warnings).push_back(std::move(problem));
    if (!problems_.empty()) return;
    const std::string name = file.name + (sheet.name.empty() ? "" : "!" + sheet.name);
    const int headings_end = m_.heading_rows.empty() ? 0 : m_.heading_rows.back();
    const auto hidden = std::count_if(sheet.rows.begin(), sheet.rows.end(), [&](const SheetRow& r) { return r.hidden && r.number > headings_end; });
    if (hidden > 0 && m_.hidden == Mapping::HiddenRows::ask)
      return error(whole_file(name), fmt::format("has {} (filtered out, or last year's?); say --hidden include or --hidden exclude",
                                                 counted(static_cast<std::size_t>(hidden), "hidden row")));
    SheetAccount account;
    account.name = name;
    std::vector<ReadRow> rows = read_rows(file, sheet, m_, columns, out_.warnings);
    for (ReadRow& row : rows)
      if (row.fate == Fate::imported) place(file, sheet, row);
    account.totals = check_totals(sheet, m_, columns, rows);
    forecast(sheet, columns, rows, account);
    for (ReadRow& row : rows) {
      account.rows.push_back({address_of(file, sheet, row.number, -1), row.number, row.fate, std::move(row.reason)});
      if (row.fate == Fate::imported) schemes_.at(row.organisation)->schemes.push_back(std::move(row.scheme));
    }
    out_.sheets.push_back(std::move(account));
  }

  // To the organisation that the row belongs to: afterwards row.organisation is its id.
  void place(const SheetFile& file, const Sheet& sheet, ReadRow& row) {
    std::string called = row.organisation;
    if (m_.separates == Mapping::Separates::sheet) called = sheet.name;
    if (m_.separates == Mapping::Separates::file) called = stem_of(file.name);
    ImportedOrganisation* owner = nullptr;
    if (m_.separates == Mapping::Separates::nothing && m_.organisations.size() == 1)
      owner = &out_.organisations.front();
    else
      for (std::size_t i = 0; i < m_.organisations.size() && owner == nullptr; ++i)
        if (is_called(m_.organisations[i], called)) owner = &out_.organisations[i];
    if (owner == nullptr) {
      row.fate = Fate::not_understood;
      row.reason = called.empty()
                       ? "no organisation"
                       : fmt::format("no organisation is called '{}' under organisations: in the mapping; add it there", printable(called, 60));
      return;
    }
    row.organisation = owner->id;
    schemes_[owner->id] = owner;
    count_as(*owner, row);
    row.scheme.id = unique_id(owner->id, row);  // an id of its own in the tracker is kept, if no other has it
  }

  int power_of(const ImportedOrganisation& o) const { return o.unit.value_or(m_.plan_unit).power; }

  // A row's amounts in the unit of its organisation's plan.
  void count_as(const ImportedOrganisation& owner, ReadRow& row) const {
    const int from = row.unit.value_or(m_.plan_unit).power, into = power_of(owner);
    for (Yearly* list : {&row.scheme.saving, &row.scheme.cost})
      for (double& amount : *list) amount = rescaled(amount, from, into);
    if (row.scheme.ramp) row.scheme.ramp->full_year = rescaled(row.scheme.ramp->full_year, from, into);
  }

  static bool is_called(const Mapping::Finances& o, const std::string& called) {
    const std::string plain = plain_words(called);
    return !plain.empty() && (plain == plain_words(o.name) || plain == plain_words(o.title) || plain == plain_words(o.id.value));
  }

  // From the title; where two schemes have one, from title and reference, else with a number.
  std::string unique_id(const std::string& owner, const ReadRow& row) {
    std::set<std::string>& taken = ids_[owner];
    std::string base = row.scheme.id.empty() ? id_from(row.scheme.title) : row.scheme.id;
    if (base.empty()) base = "scheme";
    std::string id = base;
    if (taken.contains(id))
      for (const auto& [key, text] : row.scheme.about)
        if (key == "ref" && !id_from(text).empty()) id = base + "-" + id_from(text);
    for (int n = 2; !taken.insert(id.substr(0, 100)).second; ++n) id = fmt::format("{}-{}", base, n);
    return id.substr(0, 100);
  }

  void forecast(const Sheet& sheet, const SheetColumns& columns, const std::vector<ReadRow>& rows, SheetAccount& account) const {
    if (columns.forecast < 0) return;
    double expected = 0, planned = 0;
    for (const ReadRow& row : rows) {
      if (row.fate != Fate::imported) continue;
      const SheetCell* cell = sheet.find(row.number)->find(columns.forecast);
      const CellAmount amount = mapped_amount(cell, m_);
      if (amount.kind != CellAmount::Kind::number || row.scheme.saving.empty()) continue;
      const double value = rescaled(amount.low, columns.power_of(amount, columns.forecast, row.unit, m_), m_.plan_unit.power);
      expected += m_.negative ? -value : value;
      planned += rescaled(row.scheme.saving.front(), power_of(*schemes_.at(row.organisation)), m_.plan_unit.power);
    }
    if (planned > 0) account.forecast = {expected, planned};
  }

  // A number, a list of them, or cells: of one for all years, or one for each.
  std::optional<Yearly> amounts(const ImportedOrganisation& of, const Placed<std::string>& given, std::size_t count, std::string_view what) {
    if (given.value.empty()) return {};
    Yearly out;
    if (given.value.find('!') != std::string::npos) {
      out = cells(of, given, what);
    } else {
      std::string_view rest = given.value;
      while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        const auto number = parse_number(rest.substr(0, end));
        if (!number) error(given.place, fmt::format("{} is '{}', neither numbers nor cells like Finances!C4:E4", what, printable(given.value, 60)));
        if (!number) return {};
        out.push_back(*number);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    if (out.size() == 1 && count > 1) out.assign(count, out.front());
    if (!out.empty() && out.size() != count)
      error(given.place, fmt::format("{} has {}, but {} needed (one for all years, or one for each)", what, counted(out.size(), "amount"),
                                     count == 1 ? "1 is" : fmt::format("{} are", count)));
    if (out.size() != count) return {};
    return out;
  }

  // One cell of another sheet; nothing where it is empty.
  const SheetCell* cell_named(const Placed<std::string>& given, std::string_view what) {
    const auto mark = given.value.rfind('!');
    const Sheet* sheet = mark == std::string::npos ? nullptr : files_.front().find(given.value.substr(0, mark));
    const auto at = mark == std::string::npos ? std::nullopt : cell_at_name(std::string_view(given.value).substr(mark + 1));
    if (sheet == nullptr || !at) {
      error(given.place, fmt::format("{} is '{}', not a cell like Organisations!H2", what, printable(given.value, 60)));
      return nullptr;
    }
    return cell_at(*sheet, at->second, at->first);
  }

  // Keys of system.yaml, each with its value in the next column.
  void system_lines() {
    if (m_.system_sheet.empty()) return;
    const Sheet* sheet = files_.front().find(m_.system_sheet);
    if (sheet == nullptr)
      return error(whole_file(files_.front().name),
                   fmt::format("no sheet '{}', which system_sheet: in the mapping names", printable(m_.system_sheet, 60)));
    for (const SheetRow& row : sheet->rows)
      if (row.number == 1) {
        continue;  // headings
      } else if (const SheetCell* key = row.find(0), *value = row.find(1); key != nullptr && value != nullptr)
        out_.system.push_back(text_of(*key) + ": " + text_of(*value));
  }

  // In what the organisation's plan counts in; where that is its own, its cells are in it, too.
  Yearly cells(const ImportedOrganisation& of, const Placed<std::string>& given, std::string_view what) {
    const auto mark = given.value.rfind('!'), colon = given.value.find(':', mark);
    const Sheet* sheet = files_.front().find(given.value.substr(0, mark));
    const std::string from = given.value.substr(mark + 1, colon == std::string::npos ? colon : colon - mark - 1),
                      to = colon == std::string::npos ? from : given.value.substr(colon + 1);
    const auto first = cell_at_name(from), last = cell_at_name(to);
    if (sheet == nullptr || !first || !last) {
      error(given.place, sheet == nullptr ? fmt::format("{} names the sheet '{}', which is not in {} ({})", what,
                                                        printable(given.value.substr(0, mark), 60), files_.front().name, sheet_names())
                                          : fmt::format("{} is '{}', not cells like Finances!C4:E4", what, printable(given.value, 60)));
      return {};
    }
    Yearly out;
    const int usual = of.unit ? of.unit->power : m_.unit ? m_.unit->power : 0;
    for (int row = first->second; row <= last->second && out.size() <= 50; ++row)
      for (int column = first->first; column <= last->first && out.size() <= 50; ++column) {
        const CellAmount amount = amount_of(cell_at(*sheet, row, column), m_.number);
        if (amount.kind != CellAmount::Kind::number)
          error(given.place, fmt::format("{} is in {}, which holds {}", what, address_of(files_.front(), *sheet, row, column),
                                         amount.why.empty() ? "no amount" : amount.why));
        out.push_back(rescaled(amount.low, amount.power.value_or(usual), power_of(of)));
      }
    return out;
  }

  void finances(const Mapping::Finances& o, ImportedOrganisation& out) {
    for (const auto& [given, into, what] : {std::tuple(&o.income, &out.income, "income"),
                                            {&o.spend, &out.spend, "spend"},
                                            {&o.target, &out.target, "target"},
                                            {&o.one_offs, &out.one_offs, "one_offs"}})
      if (const auto all = amounts(out, *given, o.years.empty() ? m_.years.size() : o.years.size(), what)) *into = of_our_years(o, *all);
    if (const auto reserves = amounts(out, o.reserves, 1, "reserves")) out.reserves = reserves->front();
    const int given = out.income.has_value() + out.spend.has_value() + out.target.has_value();
    if (given > 0 && given < 3 && problems_.empty())
      error(o.id.place, fmt::format("organisation '{}' has some of income, spend and target but not all; give all three, or none (then it fails "
                                    "where it delivers less than planned)",
                                    o.id.value));
    if (given == 0)
      warn(whole_file(files_.front().name),
           fmt::format(
               "'{}' has no income, spend and target: it fails where it delivers less than planned; give them under organisations: in the mapping",
               o.id.value));
  }

  // Of an organisation's years those that are imported.
  Yearly of_our_years(const Mapping::Finances& o, const Yearly& all) const {
    if (o.years.empty()) return all;
    Yearly out;
    for (const Year& year : m_.years)
      for (std::size_t y = 0; y < o.years.size(); ++y)
        if (o.years[y].starts == year.starts) out.push_back(all[y]);
    return out;
  }

  void drop_empty() {
    std::erase_if(out_.organisations, [&](const ImportedOrganisation& o) {
      if (o.schemes.empty()) warn(whole_file(files_.front().name), fmt::format("'{}' has no scheme in the tracker and is left out", o.id));
      return o.schemes.empty();
    });
  }

  void same_twice() {
    for (const ImportedOrganisation& o : out_.organisations) {
      std::map<std::pair<std::string, Yearly>, const ImportedScheme*> seen;
      for (const ImportedScheme& s : o.schemes) {
        const auto [at, fresh] = seen.emplace(std::pair(plain_words(s.title), s.saving), &s);
        const bool nothing = std::all_of(s.saving.begin(), s.saving.end(), [](double x) { return x == 0; });
        if (!fresh && !nothing && out_.warnings.size() < 400)
          warn(whole_file(s.address),
               fmt::format("the same name and amounts as in {}: the saving is counted twice, unless these are two schemes", at->second->address));
      }
    }
  }

  const std::vector<SheetFile>& files_;
  const Mapping& m_;
  Imported out_;
  Problems problems_;
  std::map<std::string, ImportedOrganisation*> schemes_;
  std::map<std::string, std::set<std::string>> ids_;
};

}  // namespace

Checked<Imported> import_sheets(const std::vector<SheetFile>& files, const Mapping& mapping) { return Importer(files, mapping).all(); }

}  // namespace shortfall
