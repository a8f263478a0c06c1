#include "cli/record_table.hpp"

#include <fmt/format.h>

#include "cli/ask.hpp"
#include "history/actuals.hpp"
#include "store/spreadsheet/dates.hpp"
#include "store/spreadsheet/sheet.hpp"

namespace shortfall {
namespace {

std::string text_of(const SheetCell& cell) {
  if (cell.kind == SheetCell::Kind::no_value) return "a formula whose value the file does not hold";
  if (cell.kind == SheetCell::Kind::text || cell.kind == SheetCell::Kind::error) return cell.text;
  if (cell.kind == SheetCell::Kind::number) return fmt::format("{}", cell.number);
  const Date date = date_of_serial(cell.number);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

RecordTable table_of(const SheetFile& file) {
  const Sheet* sheet = file.find("records");
  if (sheet == nullptr) sheet = file.find("actuals");
  for (const Sheet& s : file.sheets)
    if (sheet == nullptr && !s.hidden) sheet = &s;
  RecordTable out;
  if (sheet == nullptr) return out;
  for (const SheetRow& row : sheet->rows) {
    RecordRow& to = out.emplace_back(RecordRow{row.number, {}});
    for (const SheetCell& cell : row.cells) {
      while (static_cast<int>(to.cells.size()) < cell.column) to.cells.push_back({"", static_cast<int>(to.cells.size()) + 1});
      to.cells.push_back({text_of(cell), cell.column + 1});
    }
  }
  return out;
}

}  // namespace

RecordTable record_table(const std::string& bytes, const std::string& name) {
  if (bytes.starts_with("PK")) return table_of(good(read_sheets(bytes, name)));
  if (is_yaml_of_actuals(bytes)) return good(read_yaml_of_actuals(bytes, name));
  return good(read_record_csv(bytes, name));
}

}  // namespace shortfall
