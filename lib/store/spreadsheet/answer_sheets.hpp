// Columns, cells and sheets that the workbooks of answers have in common.
#pragma once

#include <string>
#include <vector>

#include "store/spreadsheet/workbook.hpp"
#include "study/estimate.hpp"
#include "study/provenance.hpp"
#include "study/run.hpp"
#include "study/setting.hpp"

namespace shortfall {

using OutCells = std::vector<OutCell>;

OutColumn text_column(std::string title, double width = 30);
OutColumn count_column(std::string title);
OutColumn share_column(std::string title, int digits = 1);
OutColumn money_column(std::string title);

// A value and the ends of its interval: three columns, three cells.
void add_with_interval(std::vector<OutColumn>& columns, OutColumn column);
void add_with_interval(OutCells& row, const Estimate& estimate);

// A line of how an answer was asked for: "Money in £m; 10,240 simulated futures; seed 1; optimism 1".
std::string asked_line(const Setting& setting);

OutTable gates_table(const std::vector<GateResult>& gates);
// The files that were read; then, where there are any, the edits that --set made to what they say.
std::vector<OutTable> source_tables(const Provenance& provenance);

}  // namespace shortfall
