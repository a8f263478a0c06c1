#include "study/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/tally.hpp"

namespace shortfall {

namespace {

constexpr std::uint64_t few_blocks = 32;  // below which they do not say how much they differ by

Estimate wilson(double p, double n, std::uint64_t trials) {
  const double z2 = score95 * score95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double reach = score95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  // At 0 and n of n the interval ends exactly there, which rounding would miss.
  return {p, p == 0 ? 0.0 : std::max(0.0, centre - reach), p == 1 ? 1.0 : std::min(1.0, centre + reach), trials};
}

// The 97.5 % point of Student's t over the normal's (Fisher, Cornish 1960): within 1e-4 from 20 degrees of freedom.
double student_over_normal(double degrees_of_freedom) {
  const double z2 = score95 * score95, n = degrees_of_freedom;
  return 1 + (z2 + 1) / (4 * n) + ((5 * z2 + 16) * z2 + 3) / (96 * n * n);
}

}  // namespace

Estimate proportion(std::uint64_t count, std::uint64_t trials) {
  if (trials == 0) return {0, 0, 1, 0};
  return wilson(static_cast<double>(count) / static_cast<double>(trials), static_cast<double>(trials), trials);
}

Estimate chance_of(const Frequency& chance, const Tally& tally, std::optional<double> value) {
  constexpr double few = 30;
  if (tally.trials == 0) return {0, 0, 1, 0};
  const double n = static_cast<double>(tally.trials), blocks = static_cast<double>(tally.blocks), sum = chance.sum.value();
  const double p = std::clamp(value.value_or(sum) / n, 0.0, 1.0);
  if (tally.method.plain() || tally.blocks < few_blocks || p * n < few || (1 - p) * n < few) return wilson(p, n, tally.trials);
  const double variance = std::max(0.0, chance.squares.value() - sum * sum / n) / (blocks - 1);  // of a trial, as if trials were independent
  const double t = student_over_normal(blocks - 1);
  const double worth = variance > 0 ? p * (1 - p) / (variance * t * t) : HUGE_VAL;
  Estimate out = worth * n < 1e15 ? wilson(p, worth * n, tally.trials) : Estimate{p, p, p, tally.trials};
  out.low = std::max(0.0, std::min(out.low, p - 3 / n));
  out.high = std::min(1.0, std::max(out.high, p + 3 / n));
  return out;
}

Estimate mean_of(const Histogram& histogram, Method method) {
  const double mean = histogram.mean(), n = static_cast<double>(std::max<std::uint64_t>(histogram.count(), 1));
  if (histogram.count() < 2) return {mean, -HUGE_VAL, HUGE_VAL, histogram.count()};
  const double error = method.sampling == Sampling::plain || histogram.blocks() < few_blocks
                           ? histogram.standard_deviation() / std::sqrt(n)
                           : histogram.standard_error_by_blocks() * student_over_normal(static_cast<double>(histogram.blocks() - 1));
  return {mean, mean - score95 * error, mean + score95 * error, histogram.count()};
}

Estimate quantile_of(const Histogram& histogram, double q, Method method) {
  const double n = static_cast<double>(std::max<std::uint64_t>(histogram.count(), 1));
  double reach = score95 * std::sqrt(q * (1 - q) / n);
  if (method.sampling != Sampling::plain && histogram.blocks() >= few_blocks)
    reach = std::max(3 / n, reach * std::sqrt(histogram.design_effect(q)) * student_over_normal(static_cast<double>(histogram.blocks() - 1)));
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
