// Plans as a tracker that `import` reads back to the same plans: schemes a row each, what has no column of its own as lines of YAML, and the mapping.
// Amounts stand as the plans have them: where an organisation counts in a unit of its own, a column says what each row is in.
#pragma once

#include "plan/assemble.hpp"
#include "store/spreadsheet/workbook.hpp"

namespace shortfall {

inline constexpr std::string_view mapping_sheet = "Mapping";

// The plans' texts have been read before, so that they are known to be well formed. Errors: a currency that no mapping can name, a text that no cell
// can hold.
Checked<OutWorkbook> tracker_of(const Sources& sources, const Plans& plans);

}  // namespace shortfall
