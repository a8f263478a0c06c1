#include "study/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace shortfall {

Estimate proportion(std::uint64_t count, std::uint64_t trials) {
  if (trials == 0) return {0, 0, 1, 0};
  const double n = static_cast<double>(trials), p = static_cast<double>(count) / n, z2 = score95 * score95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double reach = score95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  // At 0 and n of n the interval ends exactly there, which rounding would miss.
  return {p, count == 0 ? 0.0 : std::max(0.0, centre - reach), count == trials ? 1.0 : std::min(1.0, centre + reach), trials};
}

Estimate mean_of(const Histogram& histogram) {
  const double mean = histogram.mean(), n = static_cast<double>(std::max<std::uint64_t>(histogram.count(), 1));
  const double reach = histogram.count() < 2 ? std::numeric_limits<double>::infinity() : score95 * histogram.standard_deviation() / std::sqrt(n);
  return {mean, mean - reach, mean + reach, histogram.count()};
}

Estimate quantile_of(const Histogram& histogram, double q) {
  const double n = static_cast<double>(std::max<std::uint64_t>(histogram.count(), 1));
  const double reach = score95 * std::sqrt(q * (1 - q) / n);
  // Beyond the first or the last trial nothing is known.
  constexpr double endless = std::numeric_limits<double>::infinity();
  const double least = q - reach <= 0 ? -endless : histogram.quantile(q - reach), most = q + reach >= 1 ? endless : histogram.quantile(q + reach);
  return {histogram.quantile(q), least, most, histogram.count()};
}

Estimate tail_mean_of(const Histogram& histogram, double q) {
  const Histogram::Tail tail = histogram.mean_above(q);
  constexpr double few = 10, endless = std::numeric_limits<double>::infinity();
  if ((1 - q) * static_cast<double>(histogram.count()) < few) return {tail.mean, -endless, endless, histogram.count()};
  return {tail.mean, tail.mean - score95 * tail.standard_error, tail.mean + score95 * tail.standard_error, histogram.count()};
}

Estimate beyond(const Estimate& e, double reserves) {
  return {std::max(0.0, e.value - reserves), std::max(0.0, e.low - reserves), std::max(0.0, e.high - reserves), e.trials};
}

}  // namespace shortfall
