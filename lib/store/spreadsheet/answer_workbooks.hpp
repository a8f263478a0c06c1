// Answers as workbooks: numbers as numbers, a sheet for each table, native charts. A text that a person wrote comes as text.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "store/spreadsheet/workbook.hpp"
#include "study/compare.hpp"
#include "study/explain.hpp"
#include "study/measures.hpp"
#include "study/pooling.hpp"
#include "study/provenance.hpp"
#include "study/run.hpp"

namespace shortfall {

// And the plans that it is about.
OutWorkbook workbook_of(const RunResult& result, const Plans& plans, const Provenance& provenance);
// `verdict`: the sentence that stands first; `before`: where the old revision comes from.
OutWorkbook workbook_of(const CompareResult& result, const std::string& verdict, const Provenance& before, const Provenance& after);
OutWorkbook workbook_of(const ExplainResult& result, const Provenance& provenance);
OutWorkbook workbook_of(const PoolingResult& result, const Provenance& provenance);

// A sweep: a line for each point, and one for each of its measures. Only so many lines fit on a sheet.
inline constexpr std::size_t most_sheet_rows = 1'048'575;
OutWorkbook workbook_of(const std::vector<PointRecord>& points, const std::vector<std::string>& paths);

}  // namespace shortfall
