// An answer is never a bare number: a value with the interval that 95 % of such intervals cover the truth with.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/method.hpp"

namespace shortfall {

class Histogram;
class Tally;
struct Frequency;

// From the 5th to the 95th percentile of what the answer would be if all were known that records could tell of the reference classes.
struct KnownRange {
  double low = 0, high = 0;
  bool operator==(const KnownRange&) const = default;
};

struct Estimate {
  double value = 0;
  double low = 0, high = 0;  // the 95 % interval of the simulation, which more trials narrow
  std::uint64_t trials = 0;
  std::optional<KnownRange> known = {};  // none: the classes were taken as they are written

  double half_width() const { return (high - low) / 2; }
  // Whether more records would tell it more closely than the futures do.
  bool little_known() const { return known && (known->low < low || known->high > high); }
};

// 1 − chance, its interval turned round.
Estimate complement(const Estimate& chance);
// −e, its interval turned round.
Estimate negated(const Estimate& e);

inline constexpr double score95 = 1.959963984540054;  // Φ⁻¹(0.975)

// `count` of `trials`: Wilson's score interval (Wilson 1927).
Estimate proportion(std::uint64_t count, std::uint64_t trials);

// A chance of the tally's. Plain sampling: as above. Else the trials of a block depend on each other, blocks do not: the variance of the blocks'
// means says how many independent trials the estimate is worth, n' = p (1 − p)/variance, and Wilson's interval is that of n' trials (Korn, Graubard
// 1998), with Student's t for the number of blocks; at least 3/trials to either side, as so rare a difference between blocks may have gone unseen.
// Where fewer than 30 trials are expected to show the thing, or to lack it, and of fewer than 8 blocks, n' is the number of trials, which neither
// way of sampling makes worse. `value` stands in for the sum where that is known better. Where blocks are of different draws of what is not known,
// the blocks' variance is that about their own draw's mean, and the range of what is known comes from what the draws differ by beyond it; it holds
// the simulation's own interval.
struct Counted {
  Method method;
  std::uint64_t trials = 0, blocks = 0;
  std::vector<std::uint64_t> draw_trials = {};  // [draw]
  bool draws_chosen = false;                    // whether those that fit what was seen come more often than others
};
Estimate chance_of(const Frequency& chance, const Counted& of, std::optional<double> value = {});
Estimate chance_of(const Frequency& chance, const Tally& tally, std::optional<double> value = {});

// The range of what is known alone: of a chance, and of the mean of an amount of each trial that is a count of both signs.
std::optional<KnownRange> known_chance_of(const Frequency& chance, const Counted& of, double value);
std::optional<KnownRange> known_amount_of(const Frequency& amount, const Counted& of, double value);

// What is known of a figure is told no closer than the futures can tell it: of few, what draws differ by may be lost in what blocks of one draw do,
// and would come out as nothing. An end that the simulation leaves open widens nothing.
std::optional<KnownRange> no_closer(std::optional<KnownRange> known, const Estimate& simulated);

// By the normal approximation: mean ± 1.96 standard errors, from the trials' standard deviation or, where they are not independent, from the blocks'
// means; without ends for a single trial. Of a shortfall of which fewer than 30 trials, or none, show any (and of tail_mean_of): up to the lesser of
// two bounds, the chance's upper end times how far trials go beyond, and an exponential tail of the margins that come nearest to failing, which every
// trial shows; down to what the few allow.
Estimate mean_of(const Histogram& histogram, Method method = {});

// By order statistics: the quantiles at q ± 1.96 sqrt(q (1 − q)/n'), n' the trials, or what they are worth by what the blocks differ by there;
// without end where that is beyond the first or last trial.
Estimate quantile_of(const Histogram& histogram, double q, Method method = {});

// The mean of the worst 1 − q of all, by its asymptotic standard error for independent trials or, where they are not, by what the blocks differ by;
// without ends where fewer than ten trials lie there.
Estimate tail_mean_of(const Histogram& histogram, double q, Method method = {});

// max(0, estimate − reserves), end by end: what would have to be added.
Estimate beyond(const Estimate& estimate, double reserves);

}  // namespace shortfall
