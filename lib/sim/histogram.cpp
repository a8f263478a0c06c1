#include "sim/histogram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/draw_spread.hpp"

namespace shortfall {
namespace {

constexpr double units_per_one = 0x1p50;

__int128 saturated_sum(__int128 a, __int128 b) {
  __int128 sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  const __int128 most = static_cast<__int128>(1) << 126;
  return a > 0 ? most : -most;
}

SHORTFALL_STAGE void bin_numbers(const Doubles& value, double shift, double middle, double per_spread, Integers& bin) {
  bin = of_each([=](double x) { return bins::bin_at(((x + shift) - middle) * per_spread); }, value);
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

SHORTFALL_STAGE double count_at_most(const Doubles& value, std::size_t rows, double shift, double level) {
  const auto flags = (value + shift <= level).cast<std::int32_t>();
  return rows == block_trials ? flags.sum() : flags.head(static_cast<Eigen::Index>(rows)).sum();
}

// What values stand above a level, together: in eight lanes, in a fixed order.
SHORTFALL_STAGE double excess_of(const Doubles& value, std::size_t rows, double shift, double level) {
  Doubles excess = ((value + shift) - level).max(0.0);
  return lane_sum(excess, rows, 0);
}

// A count that is raised again at once waits for itself: the bin of the block's least value, often that of half of all, is counted in turns where it
// holds many.
void count_bins(const std::int32_t* bin, std::size_t rows, bool many, std::int32_t least, std::uint64_t* counts) {
  if (!many) {
    for (std::size_t i = 0; i < rows; ++i) ++counts[bin[i]];
    return;
  }
  constexpr std::size_t turns = 16;
  std::uint64_t in_turn[turns] = {};
  for (std::size_t i = 0; i < rows; ++i) ++*(bin[i] == least ? in_turn + i % turns : counts + bin[i]);
  for (const std::uint64_t count : in_turn) counts[least] += count;
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

Scale scale_of(std::vector<double>& values, double size) {
  Scale out;
  if (values.empty()) return out;
  // Each of the three is found among what the one before has left to its right.
  auto from = values.begin();
  const auto next_at = [&](double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
    std::nth_element(from, place, values.end());
    from = place;
    return *place;
  };
  const double p25 = next_at(0.25);
  out.middle = next_at(0.5);
  constexpr double normal_range = 1.349;  // from P25 to P75 of a standard normal
  out.spread = (next_at(0.75) - p25) / normal_range;
  if (out.spread <= 0) {
    std::sort(values.begin(), values.end());  // for a sum in one order
    out.spread = 0;
    for (const double v : values) out.spread += std::abs(v - out.middle) / static_cast<double>(values.size());
  }
  out.spread = std::max(out.spread, 1e-6 * std::max(std::abs(size), std::abs(out.middle)));
  if (!(out.spread > 0)) out.spread = 1;
  return out;
}

Histogram::Histogram(Scale scale, std::size_t draws, bool draws_chosen)
    : scale_(scale), per_spread_(1 / scale.spread), by_draw_(draws), draws_chosen_(draws_chosen) {}

void Histogram::add(const Doubles& column, std::size_t rows, double shift, std::size_t draw) {
  if (rows == 0) return;
  // Each block is of another draw than the one before it, whose sums lie elsewhere: they are fetched while the column is counted.
  if (!by_draw_.empty()) {
    __builtin_prefetch(&by_draw_[draw]);
    __builtin_prefetch(&by_draw_[draw].excess);
  }
  const auto [plain_sum, least, most] = summarise(column, rows, shift);
  const double n = static_cast<double>(rows);
  // Where it is the least of all, and so perhaps one that many share.
  const auto at_least = least <= all_.least ? static_cast<std::uint64_t>(count_at_most(column, rows, shift, least)) : 0;
  if (least < all_.least) at_least_value_ = 0;
  at_least_value_ += at_least;
  all_ = {std::min(all_.least, least), std::max(all_.most, most)};
  count_ += rows;
  ++blocks_;
  double sum = plain_sum;
  if (most <= scale_.floor) {
    sum = n * scale_.floor;
  } else if (least <= scale_.floor) {
    exceeding_ += rows - static_cast<std::uint64_t>(count_at_most(column, rows, shift, scale_.floor));
    sum = n * scale_.floor + excess_of(column, rows, shift, scale_.floor);
  } else {
    exceeding_ += rows;
  }
  const double part = (sum - n * scale_.middle) * per_spread_;
  sum_.add(sum);
  block_squares_.add(part * part / n);
  if (!by_draw_.empty()) {
    by_draw_[draw].trials += rows;
    by_draw_[draw].part.add(part);
  }
  if (scale_.levels) add_levels(column, rows, shift, draw);
  Integers bin;
  bin_numbers(column, shift, scale_.middle, per_spread_, bin);
  const std::int32_t first = bins::bin_at((least - scale_.middle) * per_spread_), last = bins::bin_at((most - scale_.middle) * per_spread_);
  counts_.reach(first, last);
  constexpr std::uint64_t many = 32;
  count_bins(bin.data(), rows, at_least > many, first, counts_.middle());
  if (scale_.atoms != Atoms::exact) return;
  extents_.reach(first, last);
  add_extents(column, rows, shift, bin);
}

void Histogram::add_levels(const Doubles& column, std::size_t rows, double shift, std::size_t draw) {
  const double n = static_cast<double>(rows);
  for (std::size_t l = 0; l < level_shares.size(); ++l) {
    const double count = count_at_most(column, rows, shift, (*scale_.levels)[l]);
    at_most_[l].add(count);
    at_most_squares_[l].add(count * count / n);
    if (!by_draw_.empty()) by_draw_[draw].at_most[l].add(count);
  }
  const double excess = excess_of(column, rows, shift, std::max(scale_.floor, scale_.levels->back())) * per_spread_;
  excess_.add(excess);
  excess_squares_.add(excess * excess / n);
  if (!by_draw_.empty()) by_draw_[draw].excess.add(excess);
}

std::size_t Histogram::seen_draws() const {
  return static_cast<std::size_t>(std::count_if(by_draw_.begin(), by_draw_.end(), [](const DrawSums& d) { return d.trials > 0; }));
}

template <class Of>
double Histogram::variance_by_blocks(double squares, double mean, Of of) const {
  double about = static_cast<double>(count_) * mean * mean;
  if (!by_draw_.empty()) {
    about = 0;
    for (const DrawSums& d : by_draw_)
      if (d.trials > 0) about += of(d) * of(d) / static_cast<double>(d.trials);
  }
  return std::max(0.0, squares - about) / std::max(1.0, degrees_by_blocks());
}

template <class Of>
double Histogram::variance_with_choice(double squares, double mean, Of of) const {
  const double within = variance_by_blocks(squares, mean, of);
  if (!draws_chosen_) return within;
  const DrawMeans draws = by_draw(squares, of);
  return within + draw_spread(draws.means, draws.trials, draws.variance_within).of_choice * static_cast<double>(count_);
}

template <class Of>
Histogram::DrawMeans Histogram::by_draw(double squares, Of of) const {
  DrawMeans out;
  for (const DrawSums& d : by_draw_)
    if (d.trials > 0) out.means.push_back(of(d) / static_cast<double>(d.trials)), out.trials.push_back(static_cast<double>(d.trials));
  out.variance_within = variance_by_blocks(squares, 0, of);
  return out;
}

std::size_t Histogram::level_near(double q) {
  std::size_t nearest = 0;
  for (std::size_t l = 1; l < level_shares.size(); ++l)
    if (std::abs(level_shares[l] - q) < std::abs(level_shares[nearest] - q)) nearest = l;
  return nearest;
}

Histogram::DrawMeans Histogram::draw_means() const {
  DrawMeans out = by_draw(block_squares_.value(), [](const DrawSums& d) { return d.part.value(); });
  for (double& m : out.means) m = scale_.middle + scale_.spread * m;
  out.variance_within *= scale_.spread * scale_.spread;
  return out;
}

Histogram::DrawMeans Histogram::draw_shares(double q) const {
  const std::size_t l = level_near(q);
  return by_draw(at_most_squares_[l].value(), [l](const DrawSums& d) { return d.at_most[l].value(); });
}

Histogram::DrawMeans Histogram::draw_excesses(double q) const {
  DrawMeans out = by_draw(excess_squares_.value(), [](const DrawSums& d) { return d.excess.value(); });
  const double scale = scale_.spread / (1 - q);
  for (double& m : out.means) m *= scale;
  out.variance_within *= scale * scale;
  return out;
}

void Histogram::add_extents(const Doubles& column, std::size_t rows, double shift, const Integers& bin) {
  Extent* const extents = extents_.middle();
  for (std::size_t i = 0; i < rows; ++i) {
    // Soon hardly ever: a store for each value would wait for the one before.
    Extent& e = extents[bin[i]];
    const double v = column[i] + shift;
    if (v < e.least) [[unlikely]]
      e.least = v;
    if (v > e.most) [[unlikely]]
      e.most = v;
  }
}

void Histogram::merge(const Histogram& other) {
  counts_.merge(other.counts_);
  extents_.merge(other.extents_);
  if (other.all_.least < all_.least) at_least_value_ = 0;
  if (other.all_.least <= all_.least) at_least_value_ += other.at_least_value_;
  all_.merge(other.all_);
  count_ += other.count_;
  blocks_ += other.blocks_;
  block_squares_.merge(other.block_squares_);
  for (std::size_t l = 0; l < level_shares.size(); ++l) {
    at_most_[l].merge(other.at_most_[l]);
    at_most_squares_[l].merge(other.at_most_squares_[l]);
  }
  excess_.merge(other.excess_);
  excess_squares_.merge(other.excess_squares_);
  exceeding_ += other.exceeding_;
  sum_.merge(other.sum_);
  for (std::size_t k = 0; k < by_draw_.size(); ++k) {
    DrawSums& ours = by_draw_[k];
    const DrawSums& theirs = other.by_draw_[k];
    ours.trials += theirs.trials;
    ours.part.merge(theirs.part);
    for (std::size_t l = 0; l < level_shares.size(); ++l) ours.at_most[l].merge(theirs.at_most[l]);
    ours.excess.merge(theirs.excess);
  }
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_.value() / static_cast<double>(count_); }

Histogram::Extent Histogram::extent_of(const Piece& piece) const {
  if (piece.least) return {all_.least, all_.least};
  if (const Extent* known = extents_.find(piece.bin); known != nullptr && known->least <= known->most) return *known;
  const auto value = [&](double z) { return std::clamp(scale_.middle + scale_.spread * z, all_.least, all_.most); };
  return {value(bins::low_end(piece.bin)), value(bins::high_end(piece.bin))};
}

template <class See>
void Histogram::each_piece(See see) const {
  if (count_ == 0) return;
  const std::int32_t least = bins::bin_at((all_.least - scale_.middle) * per_spread_);
  if (!see(Piece{least, static_cast<double>(at_least_value_), true})) return;
  for (std::int32_t b = std::max(least, counts_.begin()); b < counts_.end(); ++b) {
    const std::uint64_t count = counts_[b] - (b == least ? std::min(counts_[b], at_least_value_) : 0);
    if (count > 0 && !see(Piece{b, static_cast<double>(count), false})) return;
  }
}

double Histogram::standard_deviation() const {
  if (count_ < 2) return 0;
  const double centre = mean();
  double squares = 0;
  each_piece([&](const Piece& p) {
    const double off = floored(extent_of(p)).middle() - centre;
    squares += p.count * off * off;
    return true;
  });
  return std::sqrt(squares / static_cast<double>(count_ - 1));
}

double Histogram::standard_error_by_blocks() const {
  const double n = static_cast<double>(count_), part = (mean() - scale_.middle) * per_spread_;
  const double variance = variance_with_choice(block_squares_.value(), part, [](const DrawSums& d) { return d.part.value(); });
  return scale_.spread * std::sqrt(variance / n);
}

Histogram::Place Histogram::place_of(double q) const {
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  Piece last{0, 0, false};
  double up_to = 0;  // the trials of all pieces to the last, itself among them
  each_piece([&](const Piece& p) {
    last = p;
    up_to += p.count;
    return up_to < rank;
  });
  return {last, extent_of(last), std::clamp((rank - (up_to - last.count)) / last.count, 0.0, 1.0)};
}

double Histogram::quantile(double q) const {
  if (count_ == 0) return 0;
  return std::max(raw_quantile(q), scale_.floor);
}

double Histogram::raw_quantile(double q) const {
  const Place at = place_of(q);
  return at.extent.least + (at.extent.most - at.extent.least) * at.within;
}

double Histogram::resolution(double q) const {
  if (count_ == 0) return 0;
  const Place place = place_of(q);
  const Piece& here = place.piece;
  if (place.extent.most < scale_.floor) return 0;
  const double width = place.extent.most - place.extent.least;
  if (!(width > 0)) return 0;
  const double middle = (place.extent.least + place.extent.most) / 2;
  // Both neighbours' density and distance; what is empty has none.
  const auto beside = [&](std::int32_t bin, double& density, double& distance) {
    const std::uint64_t* count = counts_.find(bin);
    const double low = scale_.middle + scale_.spread * bins::low_end(bin), high = scale_.middle + scale_.spread * bins::high_end(bin);
    density = count == nullptr ? 0 : static_cast<double>(*count) / (high - low);
    distance = std::abs((low + high) / 2 - middle);
  };
  const double density = here.count / width;
  double before, after, to_before, to_after;
  beside(here.bin - 1, before, to_before);
  beside(here.bin + 1, after, to_after);
  constexpr double few = 30, many_times = 3;
  const double most = std::max(before, after);
  if (here.count > few && density > many_times * most + few / width) return width;
  const double slope = std::abs(after - before) / (to_before + to_after) / density;
  return std::min(width, width * width * slope / 8);
}

double Histogram::design_effect(double q) const {
  constexpr double few = 30;
  if (!scale_.levels || blocks_ < 2) return 1;
  const std::size_t nearest = level_near(q);
  const double n = static_cast<double>(count_), at_most = at_most_[nearest].value(), p = at_most / n;
  if (at_most < few || n - at_most < few) return 1;
  return variance_with_choice(at_most_squares_[nearest].value(), p, [nearest](const DrawSums& d) { return d.at_most[nearest].value(); }) /
         (p * (1 - p));
}

Histogram::Extent Histogram::floored(const Extent& e) const { return {std::max(e.least, scale_.floor), std::max(e.most, scale_.floor)}; }

// The sum and the sum of squares of the worst `tail` trials' values, by `value_of` each piece and the part of it that is among them.
template <class ValueOf>
Histogram::Moments Histogram::worst(double tail, ValueOf value_of) const {
  const double best = static_cast<double>(count_) - tail;
  double before = 0;
  Moments out;
  each_piece([&](const Piece& p) {
    before += p.count;
    const double above = std::min(p.count, before - best);
    if (above <= 0) return true;
    const double value = value_of(p, above < p.count);
    out.sum += above * value;
    out.squares += above * value * value;
    return true;
  });
  return out;
}

Histogram::Tail Histogram::mean_above(double q) const {
  const double n = static_cast<double>(count_), tail = (1 - q) * n, threshold = quantile(q);
  if (tail <= 0) return {threshold, 0};
  const Moments m = worst(tail, [&](const Piece& p, bool cut) {
    // Of the bin that holds the threshold, only what lies above it.
    const Extent e = floored(extent_of(p));
    return cut ? (std::max(threshold, e.least) + e.most) / 2 : e.middle();
  });
  const double mean = m.sum / tail, variance = std::max(0.0, m.squares / tail - mean * mean);
  // Var = (Var(X | X > threshold) + q (mean − threshold)²) / (n (1 − q)) (Manistre, Hancock 2005).
  return {mean, std::sqrt((variance + q * (mean - threshold) * (mean - threshold)) / tail)};
}

Histogram::Excess Histogram::excess_above(double q) const {
  const double tail = (1 - q) * static_cast<double>(count_), threshold = count_ == 0 ? 0 : raw_quantile(q);
  if (tail <= 0) return {threshold, 0, 0};
  const Moments m = worst(tail, [&](const Piece& p, bool cut) {
    const Extent e = extent_of(p);
    return (cut ? (std::max(threshold, e.least) + e.most) / 2 : e.middle()) - threshold;
  });
  return {threshold, m.sum / tail, tail};
}

double Histogram::tail_error_by_blocks(double q) const {
  if (!scale_.levels || blocks_ < 2) return HUGE_VAL;
  const double n = static_cast<double>(count_), mean = excess_.value() / n;
  const double variance = variance_with_choice(excess_squares_.value(), mean, [](const DrawSums& d) { return d.excess.value(); });
  return scale_.spread * std::sqrt(variance / n) / (1 - q);
}

}  // namespace shortfall
