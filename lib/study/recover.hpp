// What to do about it, and what to find out first. The question of `shortfall recover`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/recovery.hpp"
#include "study/run.hpp"
#include "study/setting.hpp"

namespace shortfall {

// Trials of each half are sections of 1,024, ten at least.
inline constexpr std::uint64_t least_recovered = 20'480;
// Options that may not succeed: each doubles the plans that a set with it comes to.
inline constexpr std::size_t most_unsure = 6;

// A set of options, valued on the half of the futures that had no part in choosing it. Both halves have the same draws of what is not known of the
// reference classes, where these are drawn; how far the figures are known is told of sets, and of each option beside the rest.
struct SetOfOptions {
  std::vector<std::size_t> options;  // rising
  double cost = 0;                   // over the plan's years
  bool affordable = true;
  Estimate aim, aim_change;  // and less what it is without any option
  Estimate net_benefit;
};

struct OptionResult {
  Estimate alone, alone_net_benefit;        // with what it needs, less nothing done
  Estimate marginal, marginal_net_benefit;  // the chosen set with it less the same without it
  bool chosen = false, too_late = false, affordable = true;
  bool has_marginal = false;  // none where nothing is allowed with, or without, it
};

// What it is worth to know something before choosing: of a shared factor's luck, or of how a scheme will go.
struct InformationResult {
  std::string name;
  bool scheme = false;
  std::string title, organisation;  // of a scheme, which may have no title; its owner's id
  Estimate value;                   // money
};

enum class RecoverVerdict { worth_it, none_is_worth_it };

struct RecoverResult {
  Setting setting;
  Recovery recovery;
  bool aim_is_chance = true, aim_higher_is_better = false;
  std::uint64_t futures_to_choose = 0, futures_to_value = 0;
  bool all_sets = true;  // else greedy, and swaps
  std::uint64_t sets_tried = 0;
  std::optional<double> bound;  // of the aim, where not all sets were tried
  Estimate now;                 // the aim, with no option
  RecoverVerdict verdict = RecoverVerdict::worth_it;
  SetOfOptions chosen;
  std::vector<SetOfOptions> frontier;          // by rising cost, the aim better and better; nothing done comes first
  std::vector<SetOfOptions> alike;             // affordable sets that cannot be told apart from the chosen, the cheapest first
  std::vector<OptionResult> options;           // in the file's order
  std::vector<InformationResult> information;  // the most valuable first
  double noise = 0;                            // how many standard errors the best of that many equal sets looks better than it is
};

Checked<RecoverResult> recover(const Plans& plans, const Documents& documents, const Recovery& recovery, const RunOptions& options);

}  // namespace shortfall
