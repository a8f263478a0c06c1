#include "sim/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

constexpr double units_per_one = 0x1p50;

SHORTFALL_STAGE void bin_numbers(const double* __restrict value, double low, double per_unit, std::int32_t* __restrict bin) {
  constexpr double end = Histogram::bins;
  for (std::size_t i = 0; i < block_trials; ++i) {
    const double b = (value[i] - low) * per_unit;
    const double within = b < end ? b : end;
    bin[i] = b > 0 ? static_cast<std::int32_t>(within) + 1 : 0;
  }
}

// Sum, least and most in eight lanes, in a fixed order.
struct Lanes {
  double sum[8], least[8], most[8];
};
SHORTFALL_STAGE void summarise(const double* __restrict value, std::size_t rows, Lanes& out) {
  Lanes lanes;
  for (std::size_t k = 0; k < 8; ++k) lanes.sum[k] = 0, lanes.least[k] = lanes.most[k] = value[0];
  std::size_t i = 0;
  for (; i + 8 <= rows; i += 8)
    for (std::size_t k = 0; k < 8; ++k) {
      const double v = value[i + k];
      lanes.sum[k] += v;
      lanes.least[k] = v < lanes.least[k] ? v : lanes.least[k];
      lanes.most[k] = v > lanes.most[k] ? v : lanes.most[k];
    }
  for (std::size_t k = 0; i < rows; ++i, ++k) {
    lanes.sum[k] += value[i];
    lanes.least[k] = std::min(lanes.least[k], value[i]);
    lanes.most[k] = std::max(lanes.most[k], value[i]);
  }
  out = lanes;
}

double total(const double (&lanes)[8]) { return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7])); }

}  // namespace

void Sum::add(double block_sum) { units_ += static_cast<__int128>(std::nearbyint(block_sum * units_per_one)); }

double Sum::value() const { return static_cast<double>(units_) / units_per_one; }

double sum_of(const Doubles& column, std::size_t rows) {
  Lanes lanes;
  summarise(column.at, rows, lanes);
  return total(lanes.sum);
}

Histogram::Histogram(Scale scale, Atoms atoms)
    : scale_(scale), atoms_(atoms), per_unit_(bins / (scale.high - scale.low)), counts_(bins + 2), all_{HUGE_VAL, -HUGE_VAL} {
  if (atoms == Atoms::exact) extents_.assign(bins + 2, {HUGE_VAL, -HUGE_VAL});
}

void Histogram::add(const Doubles& column, std::size_t rows, double shift) {
  if (rows == 0) return;
  Doubles shifted;
  const double* values = column.at;
  if (shift != 0) {
    for (std::size_t i = 0; i < block_trials; ++i) shifted.at[i] = column.at[i] + shift;
    values = shifted.at;
  }
  Lanes lanes;
  summarise(values, rows, lanes);
  const double least = *std::min_element(lanes.least, lanes.least + 8), most = *std::max_element(lanes.most, lanes.most + 8);
  all_ = {std::min(all_.least, least), std::max(all_.most, most)};
  count_ += rows;
  sum_.add(total(lanes.sum));
  Integers bin;
  bin_numbers(values, scale_.low, per_unit_, bin.at);
  for (std::size_t i = 0; i < rows; ++i) ++counts_[static_cast<std::size_t>(bin.at[i])];
  if (atoms_ == Atoms::exact)
    for (std::size_t i = 0; i < rows; ++i) {
      Extent& e = extents_[static_cast<std::size_t>(bin.at[i])];
      e.least = values[i] < e.least ? values[i] : e.least;
      e.most = values[i] > e.most ? values[i] : e.most;
    }
  if (most < scale_.high) return;
  double above = 0;
  for (std::size_t i = 0; i < rows; ++i)
    if (bin.at[i] == static_cast<std::int32_t>(bins) + 1) above += values[i];
  above_.add(above);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t k = 0; k < counts_.size(); ++k) counts_[k] += other.counts_[k];
  for (std::size_t k = 0; k < extents_.size(); ++k)
    extents_[k] = {std::min(extents_[k].least, other.extents_[k].least), std::max(extents_[k].most, other.extents_[k].most)};
  all_ = {std::min(all_.least, other.all_.least), std::max(all_.most, other.all_.most)};
  count_ += other.count_;
  sum_.merge(other.sum_);
  above_.merge(other.above_);
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_.value() / static_cast<double>(count_); }

Histogram::Extent Histogram::extent(std::size_t bin) const {
  if (atoms_ == Atoms::exact) return extents_[bin];
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
