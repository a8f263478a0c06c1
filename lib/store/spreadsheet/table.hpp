// A sheet seen as a table: headings over columns, rows of data beneath.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/spreadsheet/sheet.hpp"

namespace shortfall {

// The cell at that place, or the one that is shown there because it is merged with it.
const SheetCell* cell_at(const Sheet& sheet, int row, int column);

// The words of all heading rows over each column, from the top. A heading over several columns counts for each of them.
std::vector<std::string> headings_of(const Sheet& sheet, const std::vector<int>& rows);

// The lowest of them over each column, without what stands above it.
std::vector<std::string> lowest_headings(const Sheet& sheet, const std::vector<int>& rows);

// The column with that heading (in whatever letters and blanks), or of those letters ("D"); -1 where there is none, -2 where there are several.
int find_column(const std::vector<std::string>& headings, std::string_view name);

// Rows and columns exchanged. Addresses of its cells are those of the file.
Sheet transposed(const Sheet& sheet);

}  // namespace shortfall
