// Futures one by one, and quantiles of any level, as tidy tables for analysts.
#pragma once

#include <string>
#include <vector>

#include "sim/result.hpp"
#include "study/extras.hpp"
#include "study/provenance.hpp"

namespace shortfall {

// A future a line. Columns: future (from 1); of each organisation ID.saving, ID.found, ID.margin.YEAR of each year, ID.shortfall, ID.fails.alone and
// ID.fails.together (0 or 1); system.shortfall, system.fails.
std::string futures_head(const std::vector<std::string>& organisations, const std::vector<std::string>& years);
std::string futures_lines(const BlockResult& block, std::uint64_t first);

// Rows of a run's CSV: measures named like "saving.p7", those left out that the run's own table has.
std::string csv(const std::vector<QuantileRow>& quantiles, const std::vector<double>& levels, const RunResult& result, const Provenance& provenance);

}  // namespace shortfall
