// How much optimism can we afford? How far each dial may be turned until a chance is just met. The question of `shortfall reverse`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/gate.hpp"
#include "study/dial.hpp"
#include "study/setting.hpp"

namespace shortfall {

struct ReverseOptions {
  RunOptions run;
  ChanceTarget until;
  std::string factor = "system";  // of the dial of luck; empty: none of the plans' factors
  Learn learn = {};               // from the actuals, where run.seen has any
};

struct DialResult {
  std::string name;
  std::string unit;           // "" a number, "share", "months", "quantile", "money"
  double from = 0, to = 0;    // the range searched, in the dial's unit
  std::optional<double> now;  // where the plans stand as such plans have gone
  Search::Outcome outcome = Search::Outcome::found;
  Estimate answer;              // of found
  Estimate chance;              // at the answer, or at the end of the range that comes nearest
  bool rising = true;           // the chance rises with the dial
  bool monotone = true;         // over the whole range, as far as the scan can tell
  std::vector<DialPoint> scan;  // what was found on the way over the range, from fewer trials
};

struct ReverseResult {
  Setting setting;
  ChanceTarget until;
  Estimate now;  // the chance as the plans stand
  std::string factor;
  std::vector<DialResult> dials;     // optimism, share, delay, luck, reserve
  bool luck_not_told = false;        // as futures that fit both such luck and what was seen cannot be reached
  double planned = 0, expected = 0;  // saving, over all years and organisations
};

// The trials of the scan.
inline constexpr std::uint64_t scan_trials = 4096;

ReverseResult reverse(const Plans& plans, const ReverseOptions& options);

}  // namespace shortfall
