#include "store/spreadsheet/sheet.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shortfall {

const SheetCell* SheetRow::find(int column) const {
  const auto at = std::lower_bound(cells.begin(), cells.end(), column, [](const SheetCell& cell, int c) { return cell.column < c; });
  return at != cells.end() && at->column == column ? &*at : nullptr;
}

const SheetRow* Sheet::find(int row) const {
  const auto at = std::lower_bound(rows.begin(), rows.end(), row, [](const SheetRow& r, int n) { return r.number < n; });
  return at != rows.end() && at->number == row ? &*at : nullptr;
}

bool Sheet::hides(int column) const {
  return std::any_of(hidden_columns.begin(), hidden_columns.end(),
                     [&](const auto& range) { return range.first <= column && column <= range.second; });
}

const Sheet* SheetFile::find(std::string_view sheet) const {
  const auto at = std::find_if(sheets.begin(), sheets.end(), [&](const Sheet& s) { return s.name == sheet; });
  return at == sheets.end() ? nullptr : &*at;
}

std::string stem_of(const std::string& file) {
  const std::string name = file.substr(file.rfind('/') == std::string::npos ? 0 : file.rfind('/') + 1);
  const auto point = name.rfind('.');
  return name.substr(0, point == std::string::npos || point == 0 ? name.size() : point);
}

std::string column_letters(int column) {
  std::string out;
  for (int n = column + 1; n > 0; n = (n - 1) / 26) out.insert(out.begin(), static_cast<char>('A' + (n - 1) % 26));
  return out;
}

int column_number(std::string_view text) {
  if (text.empty() || text.size() > 3) return -1;
  int n = 0;
  for (const char c : text) {
    if (c < 'A' || c > 'Z') return -1;
    n = 26 * n + (c - 'A' + 1);
  }
  return n <= most_sheet_columns ? n - 1 : -1;
}

std::string cell_name(const Sheet& sheet, int row, int column) {
  if (sheet.transposed) return column_letters(row - 1) + (column < 0 ? std::string() : std::to_string(column + 1));
  return (column < 0 ? std::string() : column_letters(column)) + std::to_string(row);
}

std::string address_of(const SheetFile& file, const Sheet& sheet, int row, int column) {
  return fmt::format("{}{}{}!{}", file.name, sheet.name.empty() ? "" : "!", sheet.name, cell_name(sheet, row, column));
}

Checked<SheetFile> read_sheets(std::string_view bytes, const std::string& name) {
  const auto refuse = [&](const char* why) { return tl::make_unexpected(Problems{{whole_file(name), Code::empty_file, why}}); };
  if (bytes.empty()) return refuse("empty (there is not one cell in it)");
  if (bytes.size() > most_file_bytes)
    return refuse("larger than 64 MiB (a savings tracker has some hundred rows); import its sheet of schemes alone");
  if (bytes.starts_with("\xd0\xcf\x11\xe0"))
    return refuse("an old Excel file, or one with a password (neither can be read); open it and save it as .xlsx without a password");
  if (bytes.starts_with("PK")) return read_xlsx(bytes, name);
  if (bytes.starts_with("%PDF")) return refuse("a PDF, not a spreadsheet; ask for the workbook it was printed from");
  if (bytes.starts_with("<html") || bytes.starts_with("<!DOCTYPE") || bytes.starts_with("<?xml"))
    return refuse("a web page or XML file, whatever its name says; open it in a spreadsheet program and save it as .xlsx");
  return read_csv(bytes, name);
}

}  // namespace shortfall
