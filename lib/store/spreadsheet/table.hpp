// A sheet seen as a table: headings over columns, rows of data beneath.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/spreadsheet/amount.hpp"
#include "store/spreadsheet/sheet.hpp"

namespace shortfall {

// The cell at that place, or the one that is shown there because it is merged with it.
const SheetCell* cell_at(const Sheet& sheet, int row, int column);

// The words of all heading rows over each column, from the top. A heading over several columns counts for each of them.
std::vector<std::string> headings_of(const Sheet& sheet, const std::vector<int>& rows);

// The lowest of them over each column, without what stands above it.
std::vector<std::string> lowest_headings(const Sheet& sheet, const std::vector<int>& rows);

// The unit that the headings over each column name, the lowest that names one; without a currency where only its thousands are named ("000s").
std::vector<std::optional<SheetUnit>> units_of_headings(const Sheet& sheet, const std::vector<int>& rows);

// All columns with that heading (in whatever letters and blanks), else the one of those letters ("D").
std::vector<int> columns_called(const std::vector<std::string>& headings, std::string_view name);

// The one of them; -1 where there is none, -2 where there are several.
int find_column(const std::vector<std::string>& headings, std::string_view name);

// How a mapping calls the column: by its heading where no other column has it, else by its letters.
std::string name_of_column(const std::vector<std::string>& headings, int column);

// Rows and columns exchanged. Addresses of its cells are those of the file.
Sheet transposed(const Sheet& sheet);

}  // namespace shortfall
