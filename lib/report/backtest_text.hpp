// A back-test for people: where each outcome stood in its forecast, then what that says of the forecasts.
#pragma once

#include <string>

#include "history/backtest.hpp"
#include "report/provenance.hpp"
#include "report/text.hpp"

namespace shortfall {

std::string backtest_text(const BacktestResult& result, const Provenance& provenance, const TextStyle& style);
// GitHub's and GitLab's Markdown. Nothing of the plans can become markup.
std::string backtest_markdown(const BacktestResult& result, const Provenance& provenance);

}  // namespace shortfall
