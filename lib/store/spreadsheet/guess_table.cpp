#include "store/spreadsheet/guess_table.hpp"

#include <algorithm>
#include <set>

#include "store/spreadsheet/dates.hpp"
#include "store/spreadsheet/table.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

constexpr std::size_t rows_looked_for_headings = 40, rows_looked_at_first = 60, rows_looked_at = 2000;

// What stands beneath a heading.
GuessedColumn looked_at(const Sheet& sheet, int column, int after_row, const std::string& heading, const std::string& lowest, std::size_t most,
                        const NumberForm& form) {
  GuessedColumn out;
  out.column = column;
  out.heading = heading;
  std::size_t numbers = 0, dates = 0, looked = 0;
  std::set<std::string> seen;
  for (const SheetRow& row : sheet.rows) {
    if (row.number <= after_row) continue;
    if (++looked > most) break;
    const SheetCell* cell = row.find(column);
    if (cell == nullptr) continue;
    ++out.filled;
    const std::string text = one_line(text_of(*cell));
    if (seen.insert(plain_words(text)).second) out.words.push_back(text);
    if (cell->kind == SheetCell::Kind::date || (cell->kind == SheetCell::Kind::text && parse_date(text, true))) {
      ++dates;
      continue;
    }
    const CellAmount amount = amount_of(cell, form);
    // Numbers that are written as in another country are still numbers: their rows will say so.
    const NumberForm other{form.thousands, form.point};
    if (amount.kind == CellAmount::Kind::wrong && cell->kind == SheetCell::Kind::text &&
        parse_amount(cell->text, other).kind == CellAmount::Kind::number)
      ++numbers;
    const bool is_amount = amount.kind == CellAmount::Kind::number || amount.kind == CellAmount::Kind::range;
    if (is_amount || amount.kind == CellAmount::Kind::words || cell->kind == SheetCell::Kind::no_value) ++numbers;
    if (is_amount) out.has_suffixes = out.has_suffixes || amount.power;
    if (is_amount && !amount.power) out.amounts.push_back(amount.middle());
  }
  out.distinct = seen.size();
  out.numbers = out.filled > 0 && 10 * numbers >= 6 * out.filled && dates < numbers;
  // A column of nothing but "TBC" has no numbers to be known by.
  const bool as_numbers = out.numbers && (!out.amounts.empty() || out.has_suffixes);
  // Of words the lowest heading says what they are ("Trust" beneath "Scheme"); of amounts all do ("2025/26" beneath "Cost").
  out.role = as_numbers ? role_of(heading, true) : role_of(lowest, false);
  if (out.role == Role::none && !as_numbers) out.role = role_of(heading, false);
  return out;
}

double score_of(const GuessedTable& table) {
  std::set<Role> roles;
  for (const GuessedColumn& c : table.columns)
    if (c.role != Role::none && c.role != Role::not_plan) roles.insert(c.role);
  const bool has_title = roles.contains(Role::title) || roles.contains(Role::description);
  const bool has_saving = roles.contains(Role::saving) || roles.contains(Role::full_year);
  if (!has_saving) return 0;
  return static_cast<double>(roles.size()) + (has_title ? 2 : 0) + 2;
}

bool has_amounts(const SheetRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const SheetCell& c) {
    const bool is_year = c.number >= 1990 && c.number <= 2100;
    if (c.kind == SheetCell::Kind::number) return !is_year;
    return c.kind == SheetCell::Kind::text && !year_in(c.text) && parse_amount(c.text, {}).kind == CellAmount::Kind::number && !parse_unit(c.text);
  });
}

}  // namespace

const GuessedColumn* GuessedTable::find(Role role) const {
  const auto at = std::find_if(columns.begin(), columns.end(), [&](const GuessedColumn& c) { return c.role == role; });
  return at == columns.end() ? nullptr : &*at;
}

GuessedTable guess_table(const Sheet& sheet, const NumberForm& form) {
  const auto table_under = [&](const std::vector<int>& rows, std::size_t most) {
    GuessedTable table;
    table.heading_rows = rows;
    const std::vector<std::string> headings = headings_of(sheet, rows), lowest = lowest_headings(sheet, rows);
    for (std::size_t c = 0; c < std::min<std::size_t>(headings.size(), 300); ++c)
      if (!sheet.hides(static_cast<int>(c)))
        table.columns.push_back(looked_at(sheet, static_cast<int>(c), rows.back(), headings[c], lowest[c], most, form));
    table.score = score_of(table);
    return table;
  };
  GuessedTable best;
  for (std::size_t i = 0; i < std::min(sheet.rows.size(), rows_looked_for_headings); ++i) {
    if (sheet.rows[i].cells.size() < 2 || has_amounts(sheet.rows[i])) continue;
    std::vector<int> rows;
    for (std::size_t more = 0; more < 3 && i + more < sheet.rows.size(); ++more) {
      const SheetRow& row = sheet.rows[i + more];
      if (more > 0 && (has_amounts(row) || row.number != rows.back() + 1)) break;
      rows.push_back(row.number);
      GuessedTable table = table_under(rows, rows_looked_at_first);
      // More rows must tell more to be headings.
      if (table.score > best.score + (more > 0 ? 0.5 : 0)) best = std::move(table);
    }
  }
  if (best.score == 0) return best;
  // A row of nothing but units beneath the headings belongs to them.
  const SheetRow* next = sheet.find(best.heading_rows.back() + 1);
  const auto is_unit = [](const SheetCell& cell) { return cell.kind == SheetCell::Kind::text && parse_unit(cell.text).has_value(); };
  if (next != nullptr && std::all_of(next->cells.begin(), next->cells.end(), is_unit)) best.heading_rows.push_back(next->number);
  return table_under(best.heading_rows, rows_looked_at);
}

}  // namespace shortfall
