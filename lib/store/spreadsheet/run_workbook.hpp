// The answer of `run`, and the plans it is about, as a workbook.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan/plan.hpp"
#include "store/spreadsheet/workbook.hpp"
#include "study/run.hpp"

namespace shortfall {

// `inputs`: each file's path and SHA-256; `edits`: what was set on the command line.
OutWorkbook run_workbook(const RunResult& result, const Plans& plans, const std::string& program,
                         const std::vector<std::pair<std::string, std::string>>& inputs, const std::vector<std::string>& edits);

}  // namespace shortfall
