#include "model/drawn_metalog.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "model/exponential.hpp"
#include "model/quantile.hpp"

namespace shortfall {
namespace {

constexpr int reach = 6, most_cells = 8;
constexpr std::size_t most_knots = 6 * reach * most_cells + 1;

// ln(y/(1 − y)), and (y − ½) times it, at the thirds of cells over ±reach: what a metalog's line is made of.
struct Basis {
  std::vector<double> odds, bent;
  std::vector<float> odds_in_single, bent_in_single;
};
Basis basis_of(int cells_per_unit) {
  Basis out;
  for (int k = -3 * reach * cells_per_unit; k <= 3 * reach * cells_per_unit; ++k) {
    const Chance c = normal_chance(static_cast<double>(k) / (3 * cells_per_unit));
    out.odds.push_back(std::log(c.below / c.above));
    out.bent.push_back((c.below - c.above) / 2 * out.odds.back());
  }
  out.odds_in_single.assign(out.odds.begin(), out.odds.end());
  out.bent_in_single.assign(out.bent.begin(), out.bent.end());
  return out;
}
// Of 2, 4 or 8 cells per unit.
const Basis& basis(int cells_per_unit) {
  static const std::array<Basis, 3> made = {basis_of(2), basis_of(4), basis_of(8)};
  return made[cells_per_unit == 2 ? 0 : cells_per_unit == 4 ? 1 : 2];
}

// Whether cells that are `step` of the finest wide do: a cubic through thirds misses 0.0417 times the fourth difference. Draws are less smooth than
// the class that they are of, so a fifth of what is allowed.
bool smooth_enough(const std::vector<double>& v, std::size_t step, double range) {
  constexpr std::size_t beyond = 3 * (reach - 5) * most_cells;  // scores beyond ±5
  for (std::size_t k = beyond; k + 4 * step < v.size() - beyond; ++k) {
    const double missed = v[k] - 4 * v[k + step] + 6 * v[k + 2 * step] - 4 * v[k + 3 * step] + v[k + 4 * step];
    if (!(0.0417 * std::abs(missed) <= 2e-5 * std::max(range, std::abs(v[k + 2 * step])))) return false;
  }
  return true;
}

}  // namespace

DrawnCurves::DrawnCurves(const Coefficients& centre, const Bounds& bounds, double optimism) {
  const auto dialled = [&](double value) { return static_cast<float>(1 + optimism * (value - 1)); };
  base_ = dialled(bounds.low ? *bounds.low : bounds.high ? *bounds.high : 0);
  times_ = static_cast<float>(optimism);
  if (bounds.low && bounds.high)
    line_ = Line::between, times_ = static_cast<float>(optimism * (*bounds.high - *bounds.low));
  else if (bounds.low || bounds.high)
    line_ = Line::beyond, sign_ = bounds.low ? 1.0f : -1.0f, times_ *= sign_;
  std::vector<double> values;
  const Basis& at = basis(most_cells);
  for (std::size_t k = 0; k < at.odds.size(); ++k) values.push_back(off_line(centre[0] + centre[1] * at.odds[k] + centre[2] * at.bent[k], bounds));
  const double range = metalog_quantile(centre, bounds, 0.99) - metalog_quantile(centre, bounds, 0.01);
  while (cells_per_unit_ < most_cells && !smooth_enough(values, static_cast<std::size_t>(most_cells / cells_per_unit_), range)) cells_per_unit_ *= 2;
}

Curve DrawnCurves::of(const Coefficients& drawn) const {
  const Basis& at = basis(cells_per_unit_);
  const std::size_t knots = at.odds.size();
  const float *odds = at.odds_in_single.data(), *bent = at.bent_in_single.data();
  const auto a1 = static_cast<float>(drawn[0]), a2 = static_cast<float>(drawn[1]), a3 = static_cast<float>(drawn[2]);
  const float base = base_, times = times_, sign = line_ == Line::between ? -1.0f : sign_;
  float line[most_knots], value[most_knots];
  for (std::size_t k = 0; k < knots; ++k) line[k] = sign * (a1 + a2 * odds[k] + a3 * bent[k]);
  if (line_ == Line::free)
    for (std::size_t k = 0; k < knots; ++k) value[k] = base + times * line[k];
  else if (line_ == Line::between)
    for (std::size_t k = 0; k < knots; ++k) value[k] = base + times / (1 + exponential(line[k]));
  else
    for (std::size_t k = 0; k < knots; ++k) value[k] = base + times * exponential(line[k]);
  Curve out;
  out.cells_per_unit = static_cast<float>(cells_per_unit_);
  out.cells_below = reach * cells_per_unit_;
  out.cells.resize(knots / 3);
  for (std::size_t k = 0; k < knots; ++k) value[k] = std::min(std::max(value[k], -1e9f), 1e9f);
  for (std::size_t k = 0; k < out.cells.size(); ++k) {
    const float* v = value + 3 * k;
    const std::array<float, 4> c = cubic_through_thirds(v[0], v[1], v[2], v[3]);
    std::copy(c.begin(), c.end(), out.cells[k].of);
  }
  return out;
}

DrawnDelays::DrawnDelays(const Bounds& bounds, double optimism, int most) {
  for (int m = 0; m < most; ++m) {
    const double late = (m + 0.5) / optimism;
    if (bounds.high && late >= *bounds.high) break;
    if (bounds.low && late <= *bounds.low)
      ++always_;
    else
      later_.push_back(onto_line(late, bounds));
  }
}

Months DrawnDelays::of(const Coefficients& a) const {
  constexpr int cells_per_unit = 4;
  constexpr std::size_t cells = 2 * reach * cells_per_unit;
  const Basis& at = basis(cells_per_unit);
  const auto line = [&](std::size_t k) { return a[0] + a[1] * at.odds[k] + a[2] * at.bent[k]; };
  std::vector<float> thresholds(always_, above_every_score);
  thresholds.reserve(always_ + later_.size());
  std::size_t cell = 0;
  double start = line(0), end = line(3);
  std::array<double, 4> c = {};
  bool fresh = true;
  for (const double z : later_) {
    for (; z > end && ++cell < cells; fresh = true) start = end, end = line(3 * cell + 3);
    if (cell == cells) break;  // rarer than any score
    if (z < start) {
      thresholds.push_back(above_every_score);
      continue;
    }
    if (fresh) c = cubic_through_thirds(start, line(3 * cell + 1), line(3 * cell + 2), end), fresh = false;
    // Within the cell the line is all but straight: one of Newton's steps from its chord.
    double t = (z - start) / (end - start);
    t = std::clamp(t - (c[0] + t * (c[1] + t * (c[2] + t * c[3])) - z) / (c[1] + t * (2 * c[2] + 3 * t * c[3])), 0.0, 1.0);
    // The later, the lower the luck.
    thresholds.push_back(static_cast<float>(reach - (static_cast<double>(cell) + t) / cells_per_unit));
  }
  return Months(std::move(thresholds));
}

}  // namespace shortfall
