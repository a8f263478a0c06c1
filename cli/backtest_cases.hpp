// Back-tests' cases from the paths of a command line.
#pragma once

#include <string>
#include <vector>

#include "history/backtest.hpp"
#include "plan/assemble.hpp"
#include "study/provenance.hpp"

namespace shortfall {

inline constexpr std::uintmax_t largest_forecast = 64u << 20;

// Systems, plans, folders of them, forecasts that were kept; what is read goes into the provenance.
struct BacktestCases {
  std::vector<BacktestCase> list;
  std::vector<Source> sources;  // of the plans, for the lines that problems stand in
};
BacktestCases backtest_cases(const std::vector<std::string>& paths, Provenance& provenance);

}  // namespace shortfall
