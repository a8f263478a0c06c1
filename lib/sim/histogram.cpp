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

}  // namespace

void Sum::add(double block_sum) { units_ += static_cast<__int128>(std::nearbyint(block_sum * units_per_one)); }

double Sum::value() const { return static_cast<double>(units_) / units_per_one; }

double sum_of(const Doubles& column, std::size_t rows) {
  double lanes[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= rows; i += 8)
    for (std::size_t k = 0; k < 8; ++k) lanes[k] += column.at[i + k];
  for (; i < rows; ++i) lanes[i % 8] += column.at[i];
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

Histogram::Histogram(Scale scale) : scale_(scale), per_unit_(bins / (scale.high - scale.low)), bins_(bins + 2) {}

void Histogram::add(const Doubles& column, std::size_t rows) {
  Integers bin;
  bin_numbers(column.at, scale_.low, per_unit_, bin.at);
  double above = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    const double value = column.at[i];
    Bin& b = bins_[static_cast<std::size_t>(bin.at[i])];
    b.least = b.count == 0 || value < b.least ? value : b.least;
    b.most = b.count == 0 || value > b.most ? value : b.most;
    ++b.count;
    if (bin.at[i] == static_cast<std::int32_t>(bins) + 1) above += value;
  }
  count_ += rows;
  sum_.add(sum_of(column, rows));
  above_.add(above);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t k = 0; k < bins_.size(); ++k) {
    const Bin& theirs = other.bins_[k];
    Bin& ours = bins_[k];
    if (theirs.count == 0) continue;
    ours.least = ours.count == 0 ? theirs.least : std::min(ours.least, theirs.least);
    ours.most = ours.count == 0 ? theirs.most : std::max(ours.most, theirs.most);
    ours.count += theirs.count;
  }
  count_ += other.count_;
  sum_.merge(other.sum_);
  above_.merge(other.above_);
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_.value() / static_cast<double>(count_); }

double Histogram::middle(std::size_t bin) const {
  const Bin& b = bins_[bin];
  if (bin == bins + 1 && b.count > 0) return above_.value() / static_cast<double>(b.count);
  return (b.least + b.most) / 2;
}

double Histogram::standard_deviation() const {
  if (count_ < 2) return 0;
  const double centre = mean();
  double squares = 0;
  for (std::size_t k = 0; k < bins_.size(); ++k)
    if (bins_[k].count > 0) squares += static_cast<double>(bins_[k].count) * (middle(k) - centre) * (middle(k) - centre);
  return std::sqrt(squares / static_cast<double>(count_ - 1));
}

double Histogram::quantile(double q) const {
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  double before = 0;
  const Bin* last = nullptr;
  for (const Bin& b : bins_) {
    if (b.count == 0) continue;
    const double here = static_cast<double>(b.count);
    if (before + here >= rank) return b.least + (b.most - b.least) * std::clamp((rank - before) / here, 0.0, 1.0);
    before += here;
    last = &b;
  }
  return last == nullptr ? 0 : last->most;
}

Histogram::Tail Histogram::mean_above(double q) const {
  const double n = static_cast<double>(count_), tail = (1 - q) * n, threshold = quantile(q);
  if (tail <= 0) return {threshold, 0};
  double taken = 0, sum = 0, squares = 0;
  for (std::size_t k = bins_.size(); k-- > 0 && taken < tail;) {
    const Bin& b = bins_[k];
    if (b.count == 0) continue;
    const double here = std::min(static_cast<double>(b.count), tail - taken);
    // Of the bin that holds the threshold, only what lies above it.
    const double value = static_cast<double>(b.count) > tail - taken ? (std::max(threshold, b.least) + b.most) / 2 : middle(k);
    sum += here * value;
    squares += here * value * value;
    taken += here;
  }
  const double mean = sum / tail, variance = std::max(0.0, squares / tail - mean * mean);
  // Var = (Var(X | X > threshold) + q (mean − threshold)²) / (n (1 − q)) (Manistre, Hancock 2005).
  return {mean, std::sqrt((variance + q * (mean - threshold) * (mean - threshold)) / tail)};
}

}  // namespace shortfall
