#include "model/marginal.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "model/quantile.hpp"

namespace shortfall {
namespace {

using Function = std::function<double(double)>;

void put_cubic(double a, double b, double c, double d, Cubic& into) {
  const std::array<double, 4> cubic = cubic_through_thirds(a, b, c, d);
  std::transform(cubic.begin(), cubic.end(), into.of, [](double x) { return static_cast<float>(x); });
}

constexpr int widest = 4, finest = 32;  // cells per unit

// Where the cells of a curve begin and end, in cells from its origin: whole cells of the widest.
struct Extent {
  int first, last;
};
Extent extent(double origin, int cells_per_unit) {
  const int finer = cells_per_unit / widest;
  return {static_cast<int>(std::floor((-Curve::reach - origin) * widest)) * finer,
          static_cast<int>(std::ceil((Curve::reach - origin) * widest)) * finer};
}

// value(score) of rising scores.
template <class Value>
Knots knots_of(double origin, int cells_per_unit, Value&& value) {
  const Extent cells = extent(origin, cells_per_unit);
  Knots out{origin, cells_per_unit, {}};
  out.values.reserve(static_cast<std::size_t>(3 * (cells.last - cells.first) + 1));
  for (int k = 3 * cells.first; k <= 3 * cells.last; ++k) out.values.push_back(value(origin + static_cast<double>(k) / (3 * cells_per_unit)));
  return out;
}

Curve curve_through(const Knots& knots) {
  Curve curve;
  curve.origin = static_cast<float>(knots.origin);
  curve.cells_per_unit = static_cast<float>(knots.cells_per_unit);
  curve.cells_below = -extent(knots.origin, knots.cells_per_unit).first;
  curve.cells.resize(knots.values.size() / 3);
  for (std::size_t k = 0; k < curve.cells.size(); ++k) {
    const double* v = &knots.values[3 * k];
    put_cubic(v[0], v[1], v[2], v[3], curve.cells[k]);
  }
  return curve;
}

Curve tabulated(const Function& f) { return curve_through(knots_of(0, finest, f)); }

// Whether cells of `step` times the knots' width do: a cubic through thirds misses a fourth derivative d by 5.1e-4 d (width of the cell)⁴, which is
// 0.0417 times the fourth difference of the knots. Differences across a kink at the origin say nothing.
bool smooth_enough(const Knots& knots, std::size_t step, double range, bool kinked) {
  constexpr double tolerance = 1e-6;
  const std::vector<double>& v = knots.values;
  const auto origin = static_cast<std::size_t>(-3 * extent(knots.origin, knots.cells_per_unit).first);
  for (std::size_t k = 0; k + 4 * step < v.size(); ++k) {
    if (kinked && k < origin && origin < k + 4 * step) continue;
    const double middle = v[k + 2 * step], missed = v[k] - 4 * v[k + step] + 6 * middle - 4 * v[k + 3 * step] + v[k + 4 * step];
    const double score = (static_cast<double>(k + 2 * step) - static_cast<double>(origin)) / (3 * knots.cells_per_unit) + knots.origin;
    // What is not finite is not smooth.
    if (!(0.0417 * std::abs(missed) <= tolerance * (std::abs(score) <= 5 ? range : std::max(range, std::abs(middle))))) return false;
  }
  return true;
}

// Cells of twice the width.
Knots every_other(const Knots& knots) {
  Knots out{knots.origin, knots.cells_per_unit / 2, {}};
  for (std::size_t k = 0; k < knots.values.size(); k += 2) out.values.push_back(knots.values[k]);
  return out;
}

Knots quantiles_at_knots(const Shape& shape) {
  const std::optional<Chance> kink = kink_of(shape);
  // A corner beyond all that is ever drawn is none.
  const double corner = kink ? normal_score(*kink) : 0.0, origin = std::abs(corner) < Curve::reach ? corner : 0.0;
  const double range = quantile(shape, {0.99, 0.01}) - quantile(shape, {0.01, 0.99});
  for (int cells_per_unit = 2 * widest;; cells_per_unit *= 2) {
    QuantileFunction inverse = quantile_function(shape);
    const Knots knots = knots_of(origin, cells_per_unit, [&](double score) { return inverse(normal_chance(score)); });
    if (cells_per_unit == finest) return knots;
    if (!smooth_enough(knots, 1, range, kink.has_value())) continue;
    return smooth_enough(knots, 2, range, kink.has_value()) ? every_other(knots) : knots;
  }
}

// Outcome = 1 + λ(value − 1), finite.
double dialled(double value, double optimism) { return optimism == 0 ? 1.0 : std::clamp(1 + optimism * (value - 1), -1e9, 1e9); }

// The limits of an outcome, after the dial.
struct Within {
  double least, most;
};
constexpr Within no_limits{-1e9, 1e9};

bool is_segmented(const Shape& shape) {
  return std::holds_alternative<Fixed>(shape) || std::holds_alternative<Uniform>(shape) || std::holds_alternative<Values>(shape) ||
         std::holds_alternative<Quantiles>(shape);
}

// Levels and values of a piecewise linear quantile function; a jump is a level given twice.
Quantiles as_quantiles(const Shape& shape) {
  if (const Fixed* d = std::get_if<Fixed>(&shape)) return {{0, 1}, {d->value, d->value}};
  if (const Uniform* d = std::get_if<Uniform>(&shape)) return {{0, 1}, {d->low, d->high}};
  if (const Quantiles* d = std::get_if<Quantiles>(&shape)) return *d;
  const Values& d = std::get<Values>(shape);
  std::vector<std::pair<double, double>> atoms;
  for (std::size_t i = 0; i < d.values.size(); ++i)
    if (d.weights[i] > 0) atoms.emplace_back(d.values[i], d.weights[i]);
  std::sort(atoms.begin(), atoms.end());
  Quantiles out;
  double sum = 0;
  for (const auto& [value, weight] : atoms) {
    out.levels.push_back(sum);
    out.values.push_back(value);
    sum += weight;
    out.levels.push_back(&value == &atoms.back().first ? 1.0 : sum);
    out.values.push_back(value);
  }
  return out;
}

void add_segment(Marginal& m, double begins_at_level, double first, double slope) {
  if (!m.first.empty()) m.thresholds.push_back(static_cast<float>(std::clamp(normal_score({begins_at_level, 1 - begins_at_level}), -1e6, 1e6)));
  m.first.push_back(static_cast<float>(first));
  m.slope.push_back(static_cast<float>(slope));
}

Marginal segmented(const Shape& shape, double drops_out, double dropped, double optimism, const Within& within) {
  Marginal m;
  m.kind = Marginal::Kind::segments;
  m.dropped = static_cast<float>(dropped);
  if (drops_out > 0) {
    add_segment(m, 0, dropped, 0);
    m.drop_threshold = static_cast<float>(normal_score({drops_out, 1 - drops_out}));
  }
  const Quantiles q = as_quantiles(shape);
  for (std::size_t k = 1; k < q.levels.size(); ++k) {
    if (q.levels[k] == q.levels[k - 1]) continue;
    // Between two levels, of all that goes ahead: value = first + slope · Φ.
    const double from = drops_out + (1 - drops_out) * q.levels[k - 1], to = drops_out + (1 - drops_out) * q.levels[k];
    const double low = dialled(q.values[k - 1], optimism), high = dialled(q.values[k], optimism);
    // Between levels that are as good as one there is no room for a slope.
    const double slope = to - from > 1e-12 ? (high - low) / (to - from) : 0;
    add_segment(m, from, low - slope * from, slope);
  }
  if (m.thresholds.empty() && m.slope.front() == 0) {
    m.kind = Marginal::Kind::certain;
    m.value = static_cast<float>(std::clamp<double>(m.first.front(), within.least, within.most));
  }
  return m;
}

Marginal unlimited(const Distribution& d, double dropped, double optimism, const Within& within, Tables& tables) {
  // At λ = 0 all goes as the plan says: nothing is uncertain, so nothing is drawn.
  if (dropped == 1 && dialled(2, optimism) == 1) {
    Marginal m;
    m.value = m.dropped = 1;
    return m;
  }
  if (d.drops_out >= 1) {
    Marginal m;
    m.value = m.dropped = static_cast<float>(dropped);
    m.drop_threshold = above_every_score;
    return m;
  }
  if (is_segmented(d.shape)) return segmented(d.shape, d.drops_out, dropped, optimism, within);
  Marginal m;
  m.kind = d.drops_out > 0 ? Marginal::Kind::dropping : Marginal::Kind::curve;
  m.dropped = static_cast<float>(dropped);
  m.curve = tables.curve(d.shape, optimism);
  if (d.drops_out > 0) {
    m.conditional = tables.conditional(d.drops_out);
    m.drop_threshold = m.conditional->threshold;
  }
  return m;
}

// The least and the most that a curve's cubics reach, which is beyond the values that they go through where these rise by many powers of ten at once.
std::pair<double, double> reached_by(const Curve& curve) {
  double least = HUGE_VAL, most = -HUGE_VAL;
  constexpr int parts = 12;
  for (const Cubic& cell : curve.cells)
    for (int k = 0; k <= parts; ++k) {
      const double t = static_cast<double>(k) / parts;
      const double value = static_cast<double>(cell.of[0]) +
                           t * (static_cast<double>(cell.of[1]) + t * (static_cast<double>(cell.of[2]) + t * static_cast<double>(cell.of[3])));
      least = std::min(least, value), most = std::max(most, value);
    }
  return {least, most};
}

// Holds a curve that leaves what the distribution can be, drop-outs among it, by more than rounding, to that.
void limit_curve(double low, double high, Marginal& m) {
  const auto [least, most] = reached_by(*m.curve);
  const auto slack = [](double bound) { return 1e-6 * std::max(1.0, std::abs(bound)); };
  const bool beyond = least < low - slack(low) || most > high + slack(high);
  m.limited = m.limited || beyond || least < static_cast<double>(m.least) || most > static_cast<double>(m.most);
  if (!beyond) return;
  m.least = std::max(m.least, static_cast<float>(low));
  m.most = std::min(m.most, static_cast<float>(high));
}

Marginal marginal(const Distribution& d, double dropped, double optimism, const Within& within, Tables* shared) {
  Tables own;
  Marginal m = unlimited(d, dropped, optimism, within, shared == nullptr ? own : *shared);
  const Support s = support(d);
  m.limited = dialled(s.low, optimism) < within.least || dialled(s.high, optimism) > within.most;
  m.least = static_cast<float>(within.least);
  m.most = static_cast<float>(within.most);
  if (m.curve != nullptr) limit_curve(dialled(s.low, optimism), dialled(s.high, optimism), m);
  return m;
}

// What `table` has of the key, else what `make` makes of it: without the lock, so that others need not wait. Where two threads made the same, both
// take the first.
template <class Table, class Key, class Make>
const typename Table::mapped_type& found_or_made(std::mutex& adding, Table& table, const Key& key, Make make) {
  {
    const std::lock_guard lock(adding);
    if (const auto at = table.find(key); at != table.end()) return at->second;
  }
  auto made = make();
  const std::lock_guard lock(adding);
  return table.try_emplace(key, std::move(made)).first->second;
}

}  // namespace

Conditional tabulated_conditional(double p, std::int32_t octave_halvings) {
  Conditional out;
  const int cells_per_octave = 1 << octave_halvings;
  out.octave_halvings = octave_halvings;
  out.cells.resize(static_cast<std::size_t>(Conditional::octaves * cells_per_octave));
  const double threshold = normal_score({p, 1 - p});
  out.threshold = static_cast<float>(threshold);
  const auto score = [&](double v) {
    const Chance c = normal_chance(threshold + v);
    // (Φ(z + v) − Φ(z)) / (1 − p): by the mean of the density where the difference would lose its digits.
    const double density = 0.3989422804014327 * std::exp(-0.5 * (threshold + v / 2) * (threshold + v / 2));
    const double ahead = v < 1e-4 ? density * v : threshold > 0 ? (1 - p) - c.above : c.below - p;
    return std::clamp(normal_score({ahead / (1 - p), c.above / (1 - p)}), -8.0, 8.0);
  };
  double at_start = score(std::ldexp(1.0, Conditional::first_octave));
  for (int k = 0; k < Conditional::octaves * cells_per_octave; ++k) {
    const int octave = k / cells_per_octave + Conditional::first_octave;
    const double start = std::ldexp(1.0 + double(k % cells_per_octave) / cells_per_octave, octave);
    const double width = std::ldexp(1.0 / cells_per_octave, octave);
    const double at_end = score(start + width);  // where the next cell starts, exactly
    put_cubic(at_start, score(start + width / 3), score(start + 2 * width / 3), at_end, out.cells[static_cast<std::size_t>(k)]);
    at_start = at_end;
  }
  return out;
}

std::shared_ptr<const Curve> Tables::curve(const Shape& shape, double optimism) {
  return found_or_made(adding_, curves_, std::pair(shape, optimism), [&] {
    Knots outcomes = found_or_made(adding_, quantiles_, shape, [&] { return quantiles_at_knots(shape); });
    for (double& x : outcomes.values) x = dialled(x, optimism);
    return std::make_shared<const Curve>(curve_through(outcomes));
  });
}

std::shared_ptr<const Conditional> Tables::conditional(double drops_out) {
  return found_or_made(adding_, conditionals_, drops_out, [&] { return std::make_shared<const Conditional>(tabulated_conditional(drops_out)); });
}

Marginal share_marginal(const Distribution& share, double optimism, Tables* shared) {
  return marginal(share, dialled(0, optimism), optimism, no_limits, shared);
}

Marginal overrun_marginal(const Distribution& overrun, double optimism, Tables* shared) {
  // Nobody is paid for what was never done: at λ > 1 a cost that was avoided is no income.
  const double least = std::max(0.0, dialled(0, optimism));
  Marginal m = marginal(overrun, least, optimism, {least, no_limits.most}, shared);
  m.reversed = true;
  return m;
}

Marginal staffing_marginal(const Distribution& staffing, double optimism, Tables* shared) {
  const double least = std::max(0.0, dialled(0, optimism));
  return marginal(staffing, least, optimism, {least, 1}, shared);
}

Months::Months(std::vector<float> thresholds) : thresholds_(std::move(thresholds)) {
  // Groups of `each` and the one after them, which parts them from the next.
  const std::size_t n = thresholds_.size(), each = n / 8;
  constexpr float none = -std::numeric_limits<float>::infinity();
  groups_.part.fill(none);
  groups_.within.resize(each);
  for (std::size_t g = 0; g < 8; ++g)
    for (std::size_t j = 0; j <= each; ++j) {
      const std::size_t k = g * (each + 1) + j;
      const float threshold = k < n ? thresholds_[k] : none;
      if (j < each)
        groups_.within[j].of[g] = threshold;
      else if (g < 7)
        groups_.part[g] = threshold;
    }
}

Months delay_months(const Distribution& delay, double optimism, int most) {
  const auto rounded = [&](double late) { return std::floor(std::min(optimism * std::max(0.0, late), 1e6) + 0.5); };
  // T >= m where λ Q(1 − U) >= m − ½: below the score whose U is 1 less the lowest level at which Q is so late.
  QuantileFunction quantile = quantile_function(delay.shape);
  const auto months = [&](double score) {
    const Chance c = normal_chance(score);
    return rounded(quantile({c.above, c.below}));
  };
  if (std::holds_alternative<Fixed>(delay.shape) || optimism == 0) return Months(static_cast<std::int32_t>(std::min<double>(most, months(0))));
  std::vector<float> thresholds;
  if (is_segmented(delay.shape)) {
    const Quantiles q = as_quantiles(delay.shape);
    std::size_t k = 0;
    for (int m = 1; m <= most; ++m) {
      while (k < q.values.size() && rounded(q.values[k]) < m) ++k;
      if (k == q.values.size()) break;
      double level = q.levels[k];
      if (k > 0 && q.levels[k - 1] < q.levels[k])
        level = q.levels[k - 1] +
                (q.levels[k] - q.levels[k - 1]) * std::max(0.0, ((m - 0.5) / optimism - q.values[k - 1]) / (q.values[k] - q.values[k - 1]));
      thresholds.push_back(static_cast<float>(std::clamp(normal_score({1 - level, level}), -1e30, 1e30)));
    }
    return Months(std::move(thresholds));
  }
  // By bisection, as Q never falls; what is later is met at no higher a score.
  constexpr double end = 9;
  double early = end;
  for (int m = 1; m <= most && months(-end) >= m; ++m) {
    if (months(end) >= m) {
      thresholds.push_back(above_every_score);
      continue;
    }
    double late = -end;
    for (int i = 0; i < 48 && early - late > 1e-9; ++i) {
      const double middle = (late + early) / 2;
      (months(middle) >= m ? late : early) = middle;
    }
    thresholds.push_back(static_cast<float>(late));
  }
  return Months(std::move(thresholds));
}

const Curve& normal_curve() {
  static const Curve curve = tabulated([](double score) { return normal_chance(score).below; });
  return curve;
}

Curve student_t_to_normal_curve(double degrees_of_freedom) {
  return tabulated([=](double w) {
    const double x = std::copysign(std::sqrt(degrees_of_freedom * std::expm1(w * w / degrees_of_freedom)), w);
    return std::clamp(normal_score(student_t_chance(x, degrees_of_freedom)), -8.0, 8.0);
  });
}

Curve mixing_curve(double degrees_of_freedom) {
  return tabulated([=](double score) {
    // Low scores make W small, so that all drivers swing wider.
    const Chance c = normal_chance(score);
    return std::sqrt(degrees_of_freedom / chi_squared_quantile({std::max(c.below, 1e-300), c.above}, degrees_of_freedom));
  });
}

}  // namespace shortfall
