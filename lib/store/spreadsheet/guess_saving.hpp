// Which columns hold the savings and costs, of which years, in which unit.
#pragma once

#include "store/spreadsheet/guess_table.hpp"
#include "store/spreadsheet/mapping.hpp"

namespace shortfall {

// Into `mapping`. False, with an error that says what to write, where the tracker does not say enough.
bool guess_saving(const GuessedTable& table, const Sheet& sheet, const SheetFile& file, const std::vector<Year>& named_years, Mapping& mapping,
                  Problems& problems);

}  // namespace shortfall
