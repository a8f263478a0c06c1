// A workbook as a grid of cells, whatever kind of file it was read from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/checked.hpp"

namespace shortfall {

// What one cell holds. Empty cells are not kept.
struct SheetCell {
  enum class Kind {
    text,
    number,
    date,      // `number` is a serial day of the 1900 calendar (45748 is 2025-04-01), whatever calendar the file has
    no_value,  // a formula whose value the file does not hold
    error      // `text` is "#REF!" and the like
  };
  int column = 0;  // counts from 0
  Kind kind = Kind::text;
  bool percent = false;  // a number that the sheet shows as a percentage
  double number = 0;
  std::string text;  // of text and errors
};

struct SheetRow {
  int number = 0;  // as the spreadsheet shows it, from 1
  bool hidden = false;
  std::vector<SheetCell> cells;  // by column
  const SheetCell* find(int column) const;
};

// Cells that are shown as one. Rows count from 1, columns from 0, both ends belong to it.
struct MergedRange {
  int first_row = 0, last_row = 0, first_column = 0, last_column = 0;
};

struct Sheet {
  std::string name;  // empty for CSV
  bool hidden = false;
  bool transposed = false;     // its rows are columns of the file's sheet
  std::vector<SheetRow> rows;  // those with at least one cell, in order
  std::vector<MergedRange> merged;
  std::vector<std::pair<int, int>> hidden_columns;  // first and last
  const SheetRow* find(int row) const;
  bool hides(int column) const;
};

struct SheetFile {
  std::string name;  // as the user calls it
  std::vector<Sheet> sheets;
  std::vector<std::string> notes;  // what was found out about the file: its separator, its characters
  const Sheet* find(std::string_view sheet) const;
};

// A file's name without its folder and its ending: "cip-tracker" of "plans/cip-tracker.xlsx"; a name that begins with its only point is kept whole.
std::string stem_of(const std::string& file);

// "B", "AA" of 1, 26.
std::string column_letters(int column);
// 1 of "B", -1 of what is no column; `text` has capital letters only.
int column_number(std::string_view text);

// "B17"; with column -1 the row alone, "17". As the file has it where the sheet is transposed: "Q2", "Q".
std::string cell_name(const Sheet& sheet, int row, int column);
// "tracker.xlsx!Schemes!B17"; "tracker.csv!B17" where the file has one unnamed sheet.
std::string address_of(const SheetFile& file, const Sheet& sheet, int row, int column);

// The most that is read of one file. A savings tracker has some hundred rows.
inline constexpr int most_sheet_rows = 1'048'576, most_sheet_columns = 16'384;
inline constexpr std::size_t most_sheet_cells = 2'500'000, most_filled_rows = 250'000;
inline constexpr std::size_t most_part_bytes = std::size_t{128} << 20;  // of one part of a workbook, unpacked
inline constexpr std::size_t most_text_bytes = std::size_t{64} << 20;   // of all cells together
inline constexpr std::size_t most_file_bytes = std::size_t{64} << 20;   // of a file as it lies on the disk

// By what the bytes are, not by the file's name. The text of both kinds is UTF-8 afterwards.
Checked<SheetFile> read_sheets(std::string_view bytes, const std::string& name);
Checked<SheetFile> read_xlsx(std::string_view bytes, const std::string& name);
// `separator` 0: found from the text, and said in the notes.
Checked<SheetFile> read_csv(std::string_view bytes, const std::string& name, char separator = 0);

}  // namespace shortfall
