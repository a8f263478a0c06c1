// An answer is never a bare number: a value with the interval that 95 % of such intervals cover the truth with.
#pragma once

#include <cstdint>

#include "sim/histogram.hpp"

namespace shortfall {

struct Estimate {
  double value = 0, low = 0, high = 0;
  std::uint64_t trials = 0;

  double half_width() const { return (high - low) / 2; }
};

inline constexpr double score95 = 1.959963984540054;  // Φ⁻¹(0.975)

// `count` of `trials`: Wilson's score interval (Wilson 1927).
Estimate proportion(std::uint64_t count, std::uint64_t trials);

// By the normal approximation: mean ± 1.96 standard deviations / sqrt(trials), without ends for a single trial.
Estimate mean_of(const Histogram& histogram);

// By order statistics: the quantiles at q ± 1.96 sqrt(q (1 − q)/trials); without end where that is beyond the first or last trial.
Estimate quantile_of(const Histogram& histogram, double q);

// The mean of the worst 1 − q of all, by its asymptotic standard error; without ends where fewer than ten trials lie there.
Estimate tail_mean_of(const Histogram& histogram, double q);

// max(0, estimate − reserves), end by end: what would have to be added.
Estimate beyond(const Estimate& estimate, double reserves);

}  // namespace shortfall
