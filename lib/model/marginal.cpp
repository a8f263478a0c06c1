#include "model/marginal.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "model/quantile.hpp"

namespace shortfall {
namespace {

using Function = std::function<double(double)>;

// The cubic through four values: at t = −1, 0, 1, 2.
void cubic_through_neighbours(double before, double left, double right, double after, float* c) {
  c[0] = static_cast<float>(left);
  c[1] = static_cast<float>(-before / 3 - left / 2 + right - after / 6);
  c[2] = static_cast<float>(before / 2 - left + right / 2);
  c[3] = static_cast<float>(-before / 6 + left / 2 - right / 2 + after / 6);
}

// The cubic through four values: at t = 0, 1/3, 2/3, 1.
void cubic_through_thirds(double a, double b, double c3, double d, float* c) {
  c[0] = static_cast<float>(a);
  c[1] = static_cast<float>(-5.5 * a + 9 * b - 4.5 * c3 + d);
  c[2] = static_cast<float>(9 * a - 22.5 * b + 18 * c3 - 4.5 * d);
  c[3] = static_cast<float>(-4.5 * a + 13.5 * b - 13.5 * c3 + 4.5 * d);
}

// The scores at which a curve's function is worked out: the ends of its cells, and one beyond on either side.
constexpr std::size_t knot_count = Curve::cells + 3;
double knot_score(std::size_t k) { return (static_cast<double>(k) - 1) / double{Curve::cells_per_unit} - double{Curve::reach}; }

Curve curve_through(const std::vector<double>& knots) {
  Curve curve;
  for (std::size_t k = 0; k < Curve::cells; ++k) cubic_through_neighbours(knots[k], knots[k + 1], knots[k + 2], knots[k + 3], curve.coefficients[k]);
  return curve;
}

Curve tabulated(const Function& f) {
  std::vector<double> knots(knot_count);
  for (std::size_t k = 0; k < knot_count; ++k) knots[k] = f(knot_score(k));
  return curve_through(knots);
}

const std::array<Chance, knot_count>& knot_chances() {
  static const std::array<Chance, knot_count> chances = [] {
    std::array<Chance, knot_count> out;
    for (std::size_t k = 0; k < knot_count; ++k) out[k] = normal_chance(knot_score(k));
    return out;
  }();
  return chances;
}

std::vector<double> quantiles_at_knots(const Shape& shape) {
  QuantileFunction quantile = quantile_function(shape);
  std::vector<double> out;
  out.reserve(knot_count);
  for (const Chance& c : knot_chances()) out.push_back(quantile(c));
  return out;
}

Conditional tabulated_conditional(double p) {
  Conditional out;
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
  for (int octave = 0; octave < Conditional::octaves; ++octave)
    for (int cell = 0; cell < Conditional::cells_per_octave; ++cell) {
      const double start = std::ldexp(1.0 + double(cell) / Conditional::cells_per_octave, octave + Conditional::first_octave);
      const double width = std::ldexp(1.0 / Conditional::cells_per_octave, octave + Conditional::first_octave);
      const double at_end = score(start + width);  // where the next cell starts, exactly
      cubic_through_thirds(at_start, score(start + width / 3), score(start + 2 * width / 3), at_end,
                           out.coefficients[octave * Conditional::cells_per_octave + cell]);
      at_start = at_end;
    }
  return out;
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
    const double slope = (high - low) / (to - from);
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
    m.drop_threshold = 1e30f;
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

Marginal marginal(const Distribution& d, double dropped, double optimism, const Within& within, Tables* shared) {
  Tables own;
  Marginal m = unlimited(d, dropped, optimism, within, shared == nullptr ? own : *shared);
  const Support s = support(d);
  m.limited = dialled(s.low, optimism) < within.least || dialled(s.high, optimism) > within.most;
  m.least = static_cast<float>(within.least);
  m.most = static_cast<float>(within.most);
  return m;
}

}  // namespace

std::shared_ptr<const Curve> Tables::curve(const Shape& shape, double optimism) {
  std::shared_ptr<const Curve>& made = curves_[{shape, optimism}];
  if (made == nullptr) {
    const auto [at, fresh] = quantiles_.try_emplace(shape);
    if (fresh) at->second = quantiles_at_knots(shape);
    std::vector<double> outcomes = at->second;
    for (double& x : outcomes) x = dialled(x, optimism);
    made = std::make_shared<const Curve>(curve_through(outcomes));
  }
  return made;
}

std::shared_ptr<const Conditional> Tables::conditional(double drops_out) {
  std::shared_ptr<const Conditional>& made = conditionals_[drops_out];
  if (made == nullptr) made = std::make_shared<const Conditional>(tabulated_conditional(drops_out));
  return made;
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

Months delay_months(const Distribution& delay, double optimism, int most) {
  const auto rounded = [&](double late) { return std::floor(std::min(optimism * std::max(0.0, late), 1e6) + 0.5); };
  // T >= m where λ Q(1 − U) >= m − ½: below the score whose U is 1 less the lowest level at which Q is so late.
  QuantileFunction quantile = quantile_function(delay.shape);
  const auto months = [&](double score) {
    const Chance c = normal_chance(score);
    return rounded(quantile({c.above, c.below}));
  };
  Months out;
  if (std::holds_alternative<Fixed>(delay.shape) || optimism == 0) {
    out.certain = static_cast<std::int32_t>(std::min<double>(most, months(0)));
    return out;
  }
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
      out.thresholds.push_back(static_cast<float>(std::clamp(normal_score({1 - level, level}), -1e30, 1e30)));
    }
    return out;
  }
  // By bisection, as Q never falls; what is later is met at no higher a score.
  constexpr double end = 9;
  double early = end;
  for (int m = 1; m <= most && months(-end) >= m; ++m) {
    if (months(end) >= m) {
      out.thresholds.push_back(1e30f);
      continue;
    }
    double late = -end;
    for (int i = 0; i < 48 && early - late > 1e-9; ++i) {
      const double middle = (late + early) / 2;
      (months(middle) >= m ? late : early) = middle;
    }
    out.thresholds.push_back(static_cast<float>(late));
  }
  return out;
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
