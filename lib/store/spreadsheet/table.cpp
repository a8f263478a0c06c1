#include "store/spreadsheet/table.hpp"

#include <algorithm>
#include <map>

#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

int last_column(const Sheet& sheet) {
  int last = -1;
  for (const SheetRow& row : sheet.rows)
    if (!row.cells.empty()) last = std::max(last, row.cells.back().column);
  return last;
}

// Files without merged cells (CSV) leave the columns empty over which a heading stands: it counts for them until the next one, where there is a
// heading beneath.
void fill_right(std::vector<std::string>& upper, const std::vector<std::string>& lower) {
  for (std::size_t c = 1; c < upper.size(); ++c)
    if (upper[c].empty() && !lower[c].empty()) upper[c] = upper[c - 1];
}

}  // namespace

const SheetCell* cell_at(const Sheet& sheet, int row, int column) {
  const SheetRow* here = sheet.find(row);
  if (const SheetCell* cell = here == nullptr ? nullptr : here->find(column)) return cell;
  for (const MergedRange& m : sheet.merged)
    if (m.first_row <= row && row <= m.last_row && m.first_column <= column && column <= m.last_column) {
      const SheetRow* first = sheet.find(m.first_row);
      return first == nullptr ? nullptr : first->find(m.first_column);
    }
  return nullptr;
}

std::vector<std::string> headings_of(const Sheet& sheet, const std::vector<int>& rows) {
  const std::size_t columns = static_cast<std::size_t>(last_column(sheet) + 1);
  std::vector<std::vector<std::string>> lines(rows.size(), std::vector<std::string>(columns));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < columns; ++c)
      if (const SheetCell* cell = cell_at(sheet, rows[r], static_cast<int>(c))) lines[r][c] = one_line(text_of(*cell));
  if (sheet.merged.empty())
    for (std::size_t r = 0; r + 1 < lines.size(); ++r) fill_right(lines[r], lines[r + 1]);
  std::vector<std::string> out(columns);
  for (std::size_t c = 0; c < columns; ++c)
    for (std::size_t r = 0; r < lines.size(); ++r)
      // A heading merged over two rows stands once.
      if (!lines[r][c].empty() && (r == 0 || lines[r][c] != lines[r - 1][c])) out[c] += (out[c].empty() ? "" : " ") + lines[r][c];
  return out;
}

std::vector<std::string> lowest_headings(const Sheet& sheet, const std::vector<int>& rows) {
  std::vector<std::string> out;
  for (const int row : rows) {
    const std::vector<std::string> here = headings_of(sheet, {row});
    out.resize(here.size());
    for (std::size_t c = 0; c < here.size(); ++c)
      if (!here[c].empty() && !parse_unit(here[c])) out[c] = here[c];
  }
  return out;
}

std::vector<std::optional<SheetUnit>> units_of_headings(const Sheet& sheet, const std::vector<int>& rows) {
  std::vector<std::optional<SheetUnit>> out;
  const auto add = [&](const std::vector<std::string>& headings) {
    out.resize(headings.size());
    for (std::size_t c = 0; c < headings.size(); ++c) {
      if (out[c]) continue;
      out[c] = unit_in(headings[c]);
      if (out[c] && headings[c].find(out[c]->symbol) == std::string::npos) out[c]->symbol.clear();
    }
  };
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) add(headings_of(sheet, {*row}));
  // A heading that stands over several columns, or a unit in two rows.
  add(headings_of(sheet, rows));
  return out;
}

std::vector<int> columns_called(const std::vector<std::string>& headings, std::string_view name) {
  const std::string wanted = plain_words(name);
  std::vector<int> found;
  for (std::size_t c = 0; c < headings.size(); ++c)
    if (!wanted.empty() && plain_words(headings[c]) == wanted) found.push_back(static_cast<int>(c));
  const int column = column_number(name);
  if (found.empty() && column >= 0 && static_cast<std::size_t>(column) < headings.size()) found.push_back(column);
  return found;
}

int find_column(const std::vector<std::string>& headings, std::string_view name) {
  const std::vector<int> found = columns_called(headings, name);
  return found.empty() ? -1 : found.size() == 1 ? found.front() : -2;
}

std::string name_of_column(const std::vector<std::string>& headings, int column) {
  const std::string& heading = headings[static_cast<std::size_t>(column)];
  return find_column(headings, heading) == column && !plain_words(heading).empty() ? heading : column_letters(column);
}

Sheet transposed(const Sheet& sheet) {
  Sheet out{sheet.name, sheet.hidden, true, {}, {}, {}};
  std::map<int, SheetRow> rows;
  for (const SheetRow& row : sheet.rows)
    for (const SheetCell& cell : row.cells) {
      SheetRow& into = rows[cell.column + 1];
      into.number = cell.column + 1;
      into.hidden = sheet.hides(cell.column);
      into.cells.push_back(cell);
      into.cells.back().column = row.number - 1;
    }
  for (auto& [number, row] : rows) out.rows.push_back(std::move(row));
  for (const MergedRange& m : sheet.merged) out.merged.push_back({m.first_column + 1, m.last_column + 1, m.first_row - 1, m.last_row - 1});
  for (const SheetRow& row : sheet.rows)
    if (row.hidden) out.hidden_columns.emplace_back(row.number - 1, row.number - 1);
  return out;
}

}  // namespace shortfall
