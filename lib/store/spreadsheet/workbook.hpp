// A workbook to be written: sheets of titled tables with typed cells, and charts of their columns. Whoever has an answer fills this; the writer knows
// nothing of what it says.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shortfall {

enum class CellForm { text, count, money, share, number, month };  // share: 0.412 is shown as 41.2 %; month: text

// The most that a cell's text takes, in bytes: a longer one is cut. (Excel's own limit is 32,767 characters.)
inline constexpr std::size_t most_cell_bytes = 32'000;

// A number where there is one, else a text; where that is empty, nothing.
struct OutCell {
  std::optional<double> number;
  std::string text;
  OutCell() = default;
  OutCell(std::string words) : text(std::move(words)) {}
  OutCell(const char* words) : text(words) {}
  OutCell(double value) : number(value) {}
};

struct OutColumn {
  std::string title;
  CellForm form = CellForm::text;
  int digits = 1;     // after the point, of money and numbers
  double width = 12;  // in characters
  bool heat = false;  // its cells are shaded by size
};

// A line for each named column, over the words of the first.
struct OutChart {
  enum class Kind { line, bar } kind = Kind::line;
  std::string title, x_title, y_title;
  std::vector<std::size_t> columns;
  std::size_t rows = 0;  // of the first so many rows; 0: of all
};

struct OutTable {
  std::string title;
  std::vector<std::string> notes;  // lines above the table
  std::vector<OutColumn> columns;
  std::vector<std::vector<OutCell>> rows;
  std::optional<OutChart> chart;
  bool filters = true;  // a table with filters; false: plain cells, for tables under one another
};

struct OutSheet {
  std::string name;  // at most 31 characters are kept; what a sheet's name may not hold is left out
  std::vector<OutTable> tables;
};

struct OutWorkbook {
  std::string title;
  std::vector<OutSheet> sheets;
};

// The bytes of an .xlsx file: the same for the same workbook. `created`: seconds since 1970. Text that begins with = + - or @ is text.
// Throws std::runtime_error where the machine fails.
std::string workbook_bytes(const OutWorkbook& workbook, long created);

}  // namespace shortfall
