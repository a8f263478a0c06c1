// A back-test for machines: schema shortfall/backtest/1.
#pragma once

#include <string>

#include "history/backtest.hpp"
#include "report/provenance.hpp"

namespace shortfall {

std::string backtest_json(const BacktestResult& result, const Provenance& provenance);

}  // namespace shortfall
