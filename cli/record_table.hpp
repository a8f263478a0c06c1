// Records of what was planned, delivered or seen so far, from CSV or a workbook.
#pragma once

#include <string>

#include "history/records.hpp"

namespace shortfall {

// A workbook's rows are those of the sheet named "records" or "actuals", else of its first that is not hidden; whether it is a workbook its bytes
// say, not its name. Actuals may be YAML, too, whose first key is `actuals:`. Throws BadInput with what cannot be read.
RecordTable record_table(const std::string& bytes, const std::string& name);

}  // namespace shortfall
