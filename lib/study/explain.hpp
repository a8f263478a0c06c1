// What drives the failures: which schemes, which shared luck, which organisations. The question of `shortfall explain`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/bridge.hpp"
#include "study/learn.hpp"
#include "study/setting.hpp"
#include "study/tail_allocation.hpp"
#include "study/variance_shares.hpp"

namespace shortfall {

// What a change of one scheme does, paired: less what it is as the plans stand. How far it is known is told of the chances.
struct SchemeEffect {
  Estimate system, owner;                          // P(fails); the owner's alone
  Estimate system_contingency, owner_contingency;  // reserves to add to be 80 % sure
};

struct SchemeResult {
  std::uint32_t organisation = 0;
  std::string id, title;
  double planned = 0;                // saving, all years
  SchemeEffect certain, lost, late;  // in full, on time and at cost; not at all; six months later than it would be
  // Planned less delivered, all years: in all futures, in those in which the system fails, and the second less the first.
  Estimate missing, missing_in_failure, missing_more;
  double spread() const { return lost.system.value - certain.system.value; }
};

// P(system fails) with a shared factor held at quantiles of its luck.
inline constexpr double factor_quantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};
struct FactorResult {
  std::string name;
  std::vector<Estimate> fails;  // at each of factor_quantiles
  double spread() const { return fails.front().value - fails.back().value; }
};

struct ExplainResult {
  Setting setting;
  Estimate system_fails, system_contingency;
  std::vector<Estimate> fails, contingency;   // [organisation], alone
  std::vector<SchemeResult> schemes;          // the widest spread first
  std::vector<FactorResult> factors;          // the widest spread first; the schemes' own factors are in their schemes
  std::uint64_t factor_trials = 0;            // of each of these: fewer than of all else where each learns anew from actuals
  std::vector<std::string> factors_not_told;  // as futures that fit both their luck and what was seen cannot be reached
  // The system's expected shortfall in its worst 5 % of futures, by organisation; last, where there is any, the excess of the system's own target.
  TailShares tail;
  bool own_target = false;                 // whether there is that last part
  Bridge bridge;                           // from planned to expected savings
  std::optional<VarianceShares> variance;  // of the system's shortfall; none where it does not vary
};

// The delay of "late".
inline constexpr int months_late = 6;

// `known`: the bridge of as many futures or more, where somebody has it already; else it is simulated. `learn`: from the actuals, where options.seen
// has any. Variance is then not shared out: lucks that were seen together are not independent.
ExplainResult explain(const Plans& plans, const RunOptions& options, const Bridge* known = nullptr, const Learn& learn = {});

}  // namespace shortfall
