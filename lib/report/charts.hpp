// The pictures of answers, each with a title that says what it shows and the table of its numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/backtest.hpp"
#include "report/document.hpp"
#include "study/explain.hpp"
#include "study/grounds.hpp"
#include "study/pooling.hpp"
#include "study/portray.hpp"
#include "study/reverse.hpp"

namespace shortfall {

// Income less spend year by year, P10 to P90, against the target: of all counted as one, and of an organisation.
Chart fan_chart(const RunResult& run, const Pictures& pictures);
Chart fan_chart(const RunResult& run, const OrganisationResult& organisation, const Yearly& target);

// In how many futures no more than so much is missing, with today's reserves and what makes 80 % sure.
Chart curve_chart(const RunResult& run, const Pictures& pictures);

// How often each fails where another does; of the likeliest to fail where they are many. None of a single organisation.
std::optional<Chart> joint_chart(const RunResult& run);
// Who swims and who sinks, alone and together.
std::optional<Chart> swim_or_sink_chart(const RunResult& run, const Grounds& grounds);
std::optional<Chart> swim_or_sink_chart(const PoolingResult& pooled, const Grounds& grounds);

// From what is planned to what is to be expected. The steps sum to the difference.
struct BridgeSteps {
  struct Step {
    std::string name;   // "dropped out"
    double amount = 0;  // below 0 where it takes away
  };
  double planned = 0, expected = 0;
  std::vector<Step> steps;
};
Chart bridge_chart(const BridgeSteps& bridge, const std::string& currency);

// Points of the chance to fail with a scheme certain, and lost.
std::optional<Chart> tornado_chart(const ExplainResult& explained, std::size_t most);

// How far optimism may be turned: the chance to fail by it.
std::optional<Chart> optimism_chart(const ReverseResult& reversed);

// Where outcomes stood within their forecasts: counted in fifths, and as the share of outcomes below each level of the forecasts.
std::optional<Chart> places_chart(const AmountSummary& summary, const BacktestResult& result);
std::optional<Chart> reliability_chart(const AmountSummary& summary, const BacktestResult& result);

// Cost against what it buys: options' sets, those that none beats at its cost joined by a line.
struct FrontierPoint {
  std::string name;
  double cost = 0;
  Estimate aim;  // a chance
  bool on_frontier = false;
  bool affordable = true;
};
// Its title is of what can be afforded, where anything can.
Chart frontier_chart(const std::vector<FrontierPoint>& points, const std::string& aim, const std::string& currency);

}  // namespace shortfall
