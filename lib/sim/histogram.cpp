#include "sim/histogram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/vectors.hpp"

namespace shortfall {
namespace {

constexpr double units_per_one = 0x1p50;

__int128 saturated_sum(__int128 a, __int128 b) {
  __int128 sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  const __int128 most = static_cast<__int128>(1) << 126;
  return a > 0 ? most : -most;
}

// 0 below the scale, 1 to `bins` within it, one more above.
SHORTFALL_STAGE void bin_numbers(const Doubles& value, double shift, double low, double per_unit, Integers& bin) {
  constexpr double end = Histogram::bins;
  bin = of_each(
      [=](double x) {
        const double b = ((x + shift) - low) * per_unit;
        const double within = b < end ? b : end;
        return b > 0 ? static_cast<std::int32_t>(within) + 1 : 0;
      },
      value);
}

// The sum of the first `rows` values in eight lanes, each added up in order, then the lanes by two: one order whatever the machine's vectors.
[[gnu::always_inline]] inline double lane_sum(const Doubles& value, std::size_t rows, double shift) {
  Eigen::Array<double, 8, 1> lanes = Eigen::Array<double, 8, 1>::Zero();
  const auto n = static_cast<Eigen::Index>(rows);
  Eigen::Index i = 0;
  for (; i + 8 <= n; i += 8) lanes += value.segment<8>(i) + shift;
  for (Eigen::Index k = 0; i < n; ++i, ++k) lanes[k] += value[i] + shift;
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

// The least and the most, by halves: a minimum in order would wait for itself.
template <int n>
[[gnu::always_inline]] inline double least_of(const Eigen::Array<double, n, 1>& value) {
  if constexpr (n <= 8)
    return value.minCoeff();
  else
    return least_of<n / 2>(value.template head<n / 2>().min(value.template tail<n / 2>()));
}
template <int n>
[[gnu::always_inline]] inline double most_of(const Eigen::Array<double, n, 1>& value) {
  if constexpr (n <= 8)
    return value.maxCoeff();
  else
    return most_of<n / 2>(value.template head<n / 2>().max(value.template tail<n / 2>()));
}

struct Summary {
  double sum, least, most;
};
SHORTFALL_STAGE Summary summarise(const Doubles& value, std::size_t rows, double shift) {
  const double sum = lane_sum(value, rows, shift);
  if (rows == block_trials) return {sum, least_of<block_trials>(value) + shift, most_of<block_trials>(value) + shift};
  const auto first = value.head(static_cast<Eigen::Index>(rows));
  return {sum, first.minCoeff() + shift, first.maxCoeff() + shift};
}

SHORTFALL_STAGE double count_at_most(const Doubles& value, std::size_t rows, double level) {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < rows; ++i) count += value[i] <= level ? 1 : 0;
  return static_cast<double>(count);
}

}  // namespace

void Sum::add(double block_sum) {
  assert(std::isfinite(block_sum));
  const double units = block_sum * units_per_one;
  // Most fit 64 bits, which are much quicker to come by. What is beyond 2^126 stands at it.
  if (std::abs(units) < 0x1p62)
    units_ += std::llrint(units);
  else
    units_ = saturated_sum(units_, static_cast<__int128>(std::clamp(std::nearbyint(units), -0x1p126, 0x1p126)));
}

void Sum::merge(const Sum& other) { units_ = saturated_sum(units_, other.units_); }

double Sum::value() const { return static_cast<double>(units_) / units_per_one; }

SHORTFALL_STAGE double sum_of(const Doubles& column, std::size_t rows) { return lane_sum(column, rows, 0); }

Histogram::Histogram(Scale scale) : scale_(scale), per_unit_(bins / (scale.high - scale.low)), counts_(bins + 2), all_{HUGE_VAL, -HUGE_VAL} {
  if (scale.atoms == Atoms::exact) extents_.assign(bins + 2, {HUGE_VAL, -HUGE_VAL});
}

void Histogram::add(const Doubles& column, std::size_t rows, double shift) {
  if (rows == 0) return;
  const auto [sum, least, most] = summarise(column, rows, shift);
  all_ = {std::min(all_.least, least), std::max(all_.most, most)};
  count_ += rows;
  ++blocks_;
  const double n = static_cast<double>(rows), part = (sum - n * scale_.low) / (scale_.high - scale_.low);
  sum_.add(sum);
  block_squares_.add(part * part / n);
  if (scale_.levels)
    for (std::size_t l = 0; l < level_shares.size(); ++l) {
      const double count = count_at_most(column, rows, (*scale_.levels)[l]);
      at_most_[l].add(count);
      at_most_squares_[l].add(count * count / n);
    }
  Integers bin;
  bin_numbers(column, shift, scale_.low, per_unit_, bin);
  vectors::count_bins(bin.data(), rows, least <= scale_.low, counts_.data());
  if (scale_.atoms == Atoms::exact)
    for (std::size_t i = 0; i < rows; ++i) {
      // Soon hardly ever: a store for each value would wait for the one before.
      Extent& e = extents_[static_cast<std::size_t>(bin[i])];
      const double v = column[i] + shift;
      if (v < e.least) [[unlikely]]
        e.least = v;
      if (v > e.most) [[unlikely]]
        e.most = v;
    }
  if (most < scale_.high) return;
  double above = 0;
  for (std::size_t i = 0; i < rows; ++i)
    if (bin[i] == static_cast<std::int32_t>(bins) + 1) above += column[i] + shift;
  above_.add(above);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t k = 0; k < counts_.size(); ++k) counts_[k] += other.counts_[k];
  for (std::size_t k = 0; k < extents_.size(); ++k)
    extents_[k] = {std::min(extents_[k].least, other.extents_[k].least), std::max(extents_[k].most, other.extents_[k].most)};
  all_ = {std::min(all_.least, other.all_.least), std::max(all_.most, other.all_.most)};
  count_ += other.count_;
  blocks_ += other.blocks_;
  block_squares_.merge(other.block_squares_);
  for (std::size_t l = 0; l < level_shares.size(); ++l) {
    at_most_[l].merge(other.at_most_[l]);
    at_most_squares_[l].merge(other.at_most_squares_[l]);
  }
  sum_.merge(other.sum_);
  above_.merge(other.above_);
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_.value() / static_cast<double>(count_); }

Histogram::Extent Histogram::extent(std::size_t bin) const {
  if (scale_.atoms == Atoms::exact) return extents_[bin];
  const auto edge = [&](std::size_t k) { return std::clamp(scale_.low + static_cast<double>(k) / per_unit_, all_.least, all_.most); };
  return {bin == 0 ? all_.least : edge(bin - 1), bin == bins + 1 ? all_.most : edge(bin)};
}

double Histogram::middle(std::size_t bin) const {
  if (bin == bins + 1) return above_.value() / static_cast<double>(counts_[bin]);
  const Extent e = extent(bin);
  return (e.least + e.most) / 2;
}

double Histogram::standard_deviation() const {
  if (count_ < 2) return 0;
  const double centre = mean();
  double squares = 0;
  for (std::size_t k = 0; k < counts_.size(); ++k)
    if (counts_[k] > 0) squares += static_cast<double>(counts_[k]) * (middle(k) - centre) * (middle(k) - centre);
  return std::sqrt(squares / static_cast<double>(count_ - 1));
}

double Histogram::standard_error_by_blocks() const {
  const double n = static_cast<double>(count_), range = scale_.high - scale_.low, part = (mean() - scale_.low) / range;
  const double variance = std::max(0.0, block_squares_.value() - n * part * part) / static_cast<double>(blocks_ - 1);
  return range * std::sqrt(variance / n);
}

double Histogram::quantile(double q) const {
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  double before = 0;
  for (std::size_t k = 0; k < counts_.size(); ++k) {
    if (counts_[k] == 0) continue;
    const double here = static_cast<double>(counts_[k]);
    if (before + here >= rank) {
      const Extent e = extent(k);
      return e.least + (e.most - e.least) * std::clamp((rank - before) / here, 0.0, 1.0);
    }
    before += here;
  }
  return count_ == 0 ? 0 : all_.most;
}

double Histogram::design_effect(double q) const {
  constexpr double few = 30;
  if (!scale_.levels || blocks_ < 2) return 1;
  std::size_t nearest = 0;
  for (std::size_t l = 1; l < level_shares.size(); ++l)
    if (std::abs(level_shares[l] - q) < std::abs(level_shares[nearest] - q)) nearest = l;
  const double n = static_cast<double>(count_), at_most = at_most_[nearest].value(), p = at_most / n;
  if (at_most < few || n - at_most < few) return 1;
  return std::max(0.0, at_most_squares_[nearest].value() - n * p * p) / static_cast<double>(blocks_ - 1) / (p * (1 - p));
}

Histogram::Tail Histogram::mean_above(double q) const {
  const double n = static_cast<double>(count_), tail = (1 - q) * n, threshold = quantile(q);
  if (tail <= 0) return {threshold, 0};
  double taken = 0, sum = 0, squares = 0;
  for (std::size_t k = counts_.size(); k-- > 0 && taken < tail;) {
    if (counts_[k] == 0) continue;
    const double left = tail - taken, all = static_cast<double>(counts_[k]), here = std::min(all, left);
    // Of the bin that holds the threshold, only what lies above it.
    const Extent e = extent(k);
    const double value = all > left ? (std::max(threshold, e.least) + e.most) / 2 : middle(k);
    sum += here * value;
    squares += here * value * value;
    taken += here;
  }
  const double mean = sum / tail, variance = std::max(0.0, squares / tail - mean * mean);
  // Var = (Var(X | X > threshold) + q (mean − threshold)²) / (n (1 − q)) (Manistre, Hancock 2005).
  return {mean, std::sqrt((variance + q * (mean - threshold) * (mean - threshold)) / tail)};
}

}  // namespace shortfall
