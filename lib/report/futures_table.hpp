// Futures one by one, and quantiles of any level, as tidy tables for analysts.
#pragma once

#include <string>
#include <vector>

#include "study/extras.hpp"
#include "study/provenance.hpp"

namespace shortfall {

// Rows of a run's CSV: measures named like "saving.p7", those left out that the run's own table has.
std::string csv(const std::vector<QuantileRow>& quantiles, const std::vector<double>& levels, const RunResult& result, const Provenance& provenance);

}  // namespace shortfall
