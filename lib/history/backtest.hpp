// Would it have foreseen what happened? Forecasts of plans as they stood beforehand, scored against their outcomes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/checked.hpp"
#include "history/forecast.hpp"
#include "history/frozen.hpp"
#include "history/scores.hpp"

namespace shortfall {

// What happened to one organisation, or to the system where it is none.
struct SubjectOutturn {
  std::string organisation;
  Outturn outturn;
};

// One system: its plans, or a forecast that was frozen. Outcomes of one system share luck; different systems are taken as independent.
struct BacktestCase {
  std::string name;
  std::optional<Plans> plans;
  std::optional<FrozenForecast> frozen;
  std::vector<SubjectOutturn> outturns;
};
std::vector<SubjectOutturn> outturns_of(const Plans& plans);

struct BacktestOptions {
  FuturesOptions futures;
  bool leave_out = true;  // a case out of the classes that have seen it
};

// What anybody could have forecast: the plan as stated, the delivered share of the year before, the mean of the plan's classes, and the sector's
// normal.
enum class Naive { plan, last_year, classes, sector };
inline constexpr std::size_t naive_count = 4;
inline constexpr std::array<std::string_view, naive_count> naive_names = {"plan", "last_year", "classes", "sector"};

// An amount, or a count of organisations, that turned out. Shares say 1 + (amount − planned)/unit: 1 is as planned.
struct AmountScore {
  std::string system, subject, currency, years, source;
  std::size_t case_index = 0;
  Measured measured;
  double planned = 0, unit = 1, outturn = 0;                    // amounts
  double share = 0;                                             // the outturn's
  double mean = 0, p5 = 0, p10 = 0, p50 = 0, p90 = 0, p95 = 0;  // the forecast's, as shares
  Ensemble::Pit pit_range = {0, 0};
  double pit = 0, crps = 0;
  std::array<std::optional<double>, naive_count> naive, naive_crps;  // as shares
  bool in_year = false;                                              // a figure from before the year's end
  std::vector<std::string> seen;
  bool left_out = false;
  bool within(double low, double high) const { return share >= low && share <= high; }
};

struct FailureScore {
  std::string system, subject;
  std::size_t case_index = 0;
  double chance = 0;
  bool failed = false;
};

// A figure beside the range that holds nine in ten of what it would be if the forecasts were right: by their own futures, drawn system by system.
struct Tested {
  double value = 0, low = 0, high = 0;
  double p = 1;  // two-sided; of a score, the chance of one so bad
};

struct Skill {
  std::size_t count = 0, systems = 0;  // outcomes that it could have forecast, and of how many systems
  double crps = 0, naive = 0;          // means over these
  double skill = 0;                    // 1 − crps/naive
  double low = 0, high = 0;            // of crps − naive: 95 %, systems drawn with replacement
};

struct Coverage {
  std::size_t within = 0;
  double nominal = 0;
  std::pair<std::size_t, std::size_t> binomial;  // nine in ten, were the outcomes independent
  Tested tested;                                 // as a share
};

struct AmountSummary {
  std::string name;  // "savings, outturns"
  std::vector<std::size_t> scores;
  std::size_t systems = 0;
  Tested crps, pit_mean, pit_variance;
  Coverage p10_p90, p5_p95;
  std::array<Skill, naive_count> skills;
};

struct EnergyScore {
  std::string system;
  std::size_t outcomes = 0;
  double score = 0, p = 1;
};

struct BacktestResult {
  std::uint64_t futures = 0, seed = 0;
  double optimism = 1;
  bool knowledge = false;  // whether forecasts know no more of the classes than their records tell
  std::vector<AmountScore> amounts;
  std::vector<FailureScore> failures;
  std::vector<AmountSummary> summaries;
  std::vector<EnergyScore> energy;  // of systems with two outcomes or more
  BrierScore brier;
  Tested brier_tested;
};

// Errors: a case without an outcome, an outcome of no organisation here, a saving where none was planned, a forecast made after its outcome.
Checked<BacktestResult> backtest(const std::vector<BacktestCase>& cases, const BacktestOptions& options);

}  // namespace shortfall
