#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plan/suggestion.hpp"
#include "store/spreadsheet/import_rows.hpp"
#include "store/spreadsheet/table.hpp"
#include "store/spreadsheet/words.hpp"
#include "store/spreadsheet/yaml_text.hpp"

namespace shortfall {

std::vector<int> SheetColumns::money() const {
  std::vector<int> out;
  const auto add = [&](int column) {
    if (column >= 0 && std::find(out.begin(), out.end(), column) == out.end()) out.push_back(column);
  };
  for (const auto* years : {&saving, &cost})
    for (const std::vector<int>& columns : *years)
      for (const int column : columns) add(column);
  for (const int column : {full_year, part_year, forecast}) add(column);
  return out;
}

std::optional<SheetUnit> SheetColumns::unit_of(int column, const Mapping& mapping) const {
  const auto c = static_cast<std::size_t>(column);
  return c < units.size() && units[c] ? units[c] : mapping.unit;
}

int SheetColumns::power_of(const CellAmount& amount, int column, const std::optional<SheetUnit>& row, const Mapping& mapping) const {
  if (amount.power) return *amount.power;
  const auto c = static_cast<std::size_t>(column);
  const bool own = c < units.size() && units[c];
  const std::optional<SheetUnit> meant = !own && row ? row : unit_of(column, mapping);
  return meant ? meant->power : 0;
}

SheetColumns find_columns(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, Problems& problems) {
  SheetColumns out;
  out.headings = headings_of(sheet, mapping.heading_rows);
  const std::string where = file.name + (sheet.name.empty() ? "" : "!" + sheet.name);
  const auto find = [&](const Mapping::Column& name) {
    if (name.empty()) return -1;
    const int column = find_column(out.headings, name);
    if (column == -2)
      problems.push_back(
          {whole_file(where), Code::bad_tracker, fmt::format("several columns are headed '{}'; name the one by its letters", printable(name, 60))});
    if (column == -1)
      problems.push_back({whole_file(where), Code::bad_tracker,
                          fmt::format("no column is headed '{}' in row {}{}", printable(name, 60), fmt::join(mapping.heading_rows, ", "),
                                      did_you_mean(name, out.headings))});
    return std::max(column, -1);
  };
  out.units.resize(out.headings.size());
  for (const auto& [name, unit] : mapping.units) {
    // Of several columns with one heading each is meant.
    const std::vector<int> called = columns_called(out.headings, name);
    if (called.empty()) find(name);
    for (const int column : called) out.units[static_cast<std::size_t>(column)] = unit;
  }
  out.id = find(mapping.id);
  out.reference_class = find(mapping.reference_class);
  out.more = find(mapping.more);
  out.ref = find(mapping.ref);
  out.title = find(mapping.title_column);
  out.organisation = find(mapping.organisation);
  out.category = find(mapping.category);
  out.stage = find(mapping.stage);
  out.recurrent = find(mapping.recurrent);
  out.unit = find(mapping.unit_column);
  out.starts = find(mapping.starts);
  out.full_year = find(mapping.full_year);
  out.part_year = find(mapping.part_year);
  out.delay = find(mapping.delay);
  out.forecast = find(mapping.forecast);
  for (const auto& [key, column] : mapping.about) out.about.emplace_back(key, find(column));
  for (const Mapping::Column& column : mapping.fill_down) out.fill_down.push_back(find(column));
  for (auto& [years, into] : {std::pair{&mapping.saving, &out.saving}, {&mapping.cost, &out.cost}}) {
    into->resize(years->empty() ? 0 : mapping.years.size());
    for (const auto& [label, columns] : *years)
      for (std::size_t y = 0; y < mapping.years.size(); ++y)
        if (mapping.years[y].label == label)
          for (const Mapping::Column& column : columns) (*into)[y].push_back(find(column));
  }
  return out;
}

Problems units_not_said(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns) {
  Problems out;
  // Each row says what it is in.
  if (!mapping.unit_column.empty()) return out;
  const std::vector<std::optional<SheetUnit>> named = units_of_headings(sheet, mapping.heading_rows);
  const SheetUnit read_in = mapping.unit.value_or(SheetUnit{mapping.plan_unit.symbol, 0});
  for (const int column : columns.money()) {
    const auto c = static_cast<std::size_t>(column);
    if (columns.units[c] || !named[c]) continue;
    SheetUnit heading = *named[c];
    // The sign of "A$ m" is found as "$", and its unit by its name; "thousands" are of any currency.
    if (heading.symbol != read_in.symbol && columns.headings[c].find(unit_text(read_in)) != std::string::npos) continue;
    if (read_in.symbol.find(heading.symbol) != std::string::npos) heading.symbol = read_in.symbol;
    if (heading == read_in) continue;
    int row = mapping.heading_rows.back();
    for (const int r : mapping.heading_rows)
      if (cell_at(sheet, r, column) != nullptr) row = r;
    const std::string name = yaml_text(name_of_column(columns.headings, column));
    const bool only_a_sign = heading.power == 0 && heading.symbol == read_in.symbol;
    out.push_back({whole_file(address_of(file, sheet, row, column)), only_a_sign ? Code::doubtful_import : Code::bad_tracker,
                   fmt::format("the heading '{}' names {}, but the mapping reads the column in {} ({}); say in the mapping which it is: units: "
                               "{{{}: {}}}, or {}",
                               printable(columns.headings[c], 60), unit_text(heading), unit_text(read_in),
                               mapping.unit ? "its unit:" : "it has no unit:", printable(name, 80), yaml_text(unit_text(heading)),
                               yaml_text(unit_text(read_in)))});
  }
  return out;
}

const std::string* meaning_of(const Mapping::Words& words, std::string_view word) {
  const std::string plain = plain_words(word);
  const auto at = std::find_if(words.begin(), words.end(), [&](const auto& w) { return plain_words(w.first) == plain; });
  return at == words.end() ? nullptr : &at->second;
}

CellAmount mapped_amount(const SheetCell* cell, const Mapping& mapping) {
  if (cell != nullptr && cell->kind == SheetCell::Kind::text && !mapping.amounts.empty())
    if (const std::string* meaning = meaning_of(mapping.amounts, cell->text)) return *meaning == "blank" ? CellAmount{} : parse_amount(*meaning, {});
  return amount_of(cell, mapping.number);
}

}  // namespace shortfall
