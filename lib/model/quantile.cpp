#include "model/quantile.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace shortfall {
namespace {

// Double throughout (promotion to long double costs eight times as much), and infinities instead of exceptions at the ends.
using Policy = boost::math::policies::policy<
    boost::math::policies::promote_double<false>, boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::domain_error<boost::math::policies::ignore_error>, boost::math::policies::pole_error<boost::math::policies::ignore_error>>;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double score90 = 1.2815515655446004;  // Φ⁻¹(0.9)

// A chance of the part of a normal between two scores, as a score.
class TruncatedScore {
 public:
  TruncatedScore(double low_score, double high_score) : low_(normal_chance(low_score)), high_(normal_chance(high_score)) {}
  // Φ(low) + u (Φ(high) − Φ(low)), and its complement from the other end.
  double operator()(Chance chance) const {
    return normal_score({low_.below + chance.below * (high_.below - low_.below), high_.above + chance.above * (low_.above - high_.above)});
  }

 private:
  Chance low_, high_;
};

// ln of the x whose regularised incomplete beta I_x(alpha, beta) is p, for p up to a half: Newton's method on ln I in ln x, which is concave and
// nearly straight in the tail, kept within a bracket. (Boost's own inverse gives up in far tails.) `slope` comes out as d ln x / d ln p.
double log_inverse_incomplete_beta(double alpha, double beta, double log_complete, double p, double start, double& slope) {
  const double log_p = std::log(p);
  double low = -1e5, high = 0, y = start;
  for (int i = 0; i < 100; ++i) {
    const double x = std::exp(y);
    if (x == 0) return y;
    const double reached = boost::math::ibeta(alpha, beta, x, Policy()), error = std::log(reached) - log_p;
    if (error > 0)
      high = y;
    else
      low = y;
    // d ln I / d ln x = x · density / I.
    slope = reached / std::exp(alpha * y + (beta - 1) * std::log1p(-x) - log_complete);
    double next = y - error * slope;
    if (std::abs(next - y) <= 1e-13 * std::max(1.0, std::abs(y))) return next;
    if (!(next > low && next < high)) next = low > -1e5 ? (low + high) / 2 : y - 1;
    // Newton's error after a step is of the order of its square.
    if (std::abs(next - y) < 1e-7) return next;
    y = next;
  }
  return y;
}

// std::lgamma writes the sign to a global, whichever thread asks.
double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}
double log_complete_beta(BetaShape s) { return log_gamma(s.alpha) + log_gamma(s.beta) - log_gamma(s.alpha + s.beta); }

// The quantiles of a scaled beta, each search starting where the quantiles before, of the same half, point to.
class BetaQuantile {
 public:
  BetaQuantile(BetaShape shape, double low, double high) : shape_(shape), log_complete_(log_complete_beta(shape)), low_(low), high_(high) {}
  double operator()(Chance chance) {
    if (chance.below <= 0) return low_;
    if (chance.above <= 0) return high_;
    const bool lower = chance.below < chance.above;
    if (lower != lower_) known_ = 0;
    lower_ = lower;
    const auto [alpha, beta] = lower ? shape_ : BetaShape{shape_.beta, shape_.alpha};
    const double p = std::min(chance.below, chance.above), log_p = std::log(p);
    // Near 0, I_x = x^alpha / (alpha B).
    const double start = known_ == 0 ? (log_p + std::log(alpha) + log_complete_) / alpha : continued(log_p);
    double slope = last_.slope;
    const double log_x = log_inverse_incomplete_beta(alpha, beta, log_complete_, p, std::min(start, std::log(0.5)), slope);
    before_ = std::exchange(last_, {log_p, log_x, slope});
    known_ = std::min(known_ + 1, 2);
    return lower ? low_ + (high_ - low_) * std::exp(log_x) : high_ - (high_ - low_) * std::exp(log_x);
  }

 private:
  struct Point {
    double log_p = 0, log_x = 0, slope = 0;  // of ln x, or ln(1 − x) in the upper half, by the logarithm of the chance
  };

  // The cubic through the two points before; the tangent of the last where they are too far off for that.
  double continued(double log_p) const {
    const double h = last_.log_p - before_.log_p, t = log_p - last_.log_p;
    if (known_ < 2 || h == 0 || std::abs(t) > 1.5 * std::abs(h)) return last_.log_x + last_.slope * t;
    const double mean = (last_.log_x - before_.log_x) / h, bend = (last_.slope - mean) / h,
                 twist = (last_.slope - 2 * mean + before_.slope) / (h * h);
    return last_.log_x + t * (last_.slope + t * (bend + (t + h) * twist));
  }

  BetaShape shape_;
  double log_complete_, low_, high_;
  Point before_, last_;
  int known_ = 0;  // how many of the points are of the half
  bool lower_ = true;
};

QuantileFunction function_of(const Fixed& d) {
  return [=](Chance) { return d.value; };
}
QuantileFunction function_of(const Uniform& d) {
  return [=](Chance c) { return c.below < c.above ? d.low + (d.high - d.low) * c.below : d.high - (d.high - d.low) * c.above; };
}
QuantileFunction function_of(const Triangular& d) {
  return [=](Chance c) {
    const double range = d.high - d.low;
    if (c.below * range < d.mode - d.low) return d.low + std::sqrt(c.below * range * (d.mode - d.low));
    return d.high - std::sqrt(c.above * range * (d.high - d.mode));
  };
}
QuantileFunction function_of(const Pert& d) { return BetaQuantile(beta_shape(d), d.low, d.high); }
QuantileFunction function_of(const ScaledBeta& d) { return BetaQuantile(beta_shape(d), d.low, d.high); }
QuantileFunction function_of(const Normal& d) {
  const double low = d.low.value_or(-infinity), high = d.high.value_or(infinity);
  return [=, score = TruncatedScore((low - d.mean) / d.sd, (high - d.mean) / d.sd)](Chance c) {
    return std::clamp(d.mean + d.sd * score(c), low, high);
  };
}
QuantileFunction function_of(const Lognormal& d) {
  const double mu = std::log(d.median), sigma = (std::log(d.p90) - mu) / score90, high = d.high.value_or(infinity);
  return [=, score = TruncatedScore(-infinity, (std::log(high) - mu) / sigma)](Chance c) { return std::min(std::exp(mu + sigma * score(c)), high); };
}
QuantileFunction function_of(const Metalog& d) {
  return [=, t = metalog_terms(d)](Chance c) {
    if (c.below <= 0) return d.low.value_or(-infinity);
    if (c.above <= 0) return d.high.value_or(infinity);
    const double logit = std::log(c.below / c.above);
    const double m = t.a1 + t.a2 * logit + t.a3 * 0.5 * (c.below - c.above) * logit;
    if (d.low && d.high) return m > 0 ? (*d.low * std::exp(-m) + *d.high) / (1 + std::exp(-m)) : (*d.low + *d.high * std::exp(m)) / (1 + std::exp(m));
    if (d.low) return *d.low + std::exp(m);
    if (d.high) return *d.high - std::exp(-m);
    return m;
  };
}
QuantileFunction function_of(const Values& d) {
  std::vector<std::size_t> order(d.values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return d.values[a] < d.values[b]; });
  std::vector<double> levels, values;
  double sum = 0;
  for (const std::size_t i : order) {
    levels.push_back(sum += d.weights[i]);
    values.push_back(d.values[i]);
  }
  return [levels, values](Chance c) {
    const auto at = std::lower_bound(levels.begin(), levels.end(), c.below);
    return at == levels.end() ? values.back() : values[static_cast<std::size_t>(at - levels.begin())];
  };
}
QuantileFunction function_of(const Quantiles& d) {
  return [d](Chance c) {
    const auto above = std::upper_bound(d.levels.begin(), d.levels.end(), c.below);
    if (above == d.levels.end()) return d.values.back();
    const auto k = static_cast<std::size_t>(above - d.levels.begin());
    return d.values[k - 1] + (d.values[k] - d.values[k - 1]) * (c.below - d.levels[k - 1]) / (d.levels[k] - d.levels[k - 1]);
  };
}

}  // namespace

Chance normal_chance(double score) {
  constexpr double root_half = 0.70710678118654752440;
  return {0.5 * std::erfc(-score * root_half), 0.5 * std::erfc(score * root_half)};
}

double normal_score(Chance chance) {
  constexpr double root2 = 1.41421356237309504880;
  if (chance.below <= 0) return -infinity;
  if (chance.above <= 0) return infinity;
  return chance.below < chance.above ? -root2 * boost::math::erfc_inv(2 * chance.below, Policy())
                                     : root2 * boost::math::erfc_inv(2 * chance.above, Policy());
}

Chance student_t_chance(double x, double degrees_of_freedom) {
  const boost::math::students_t_distribution<double, Policy> t(degrees_of_freedom);
  return {boost::math::cdf(t, x), boost::math::cdf(boost::math::complement(t, x))};
}

double chi_squared_quantile(Chance chance, double degrees_of_freedom) {
  const boost::math::chi_squared_distribution<double, Policy> chi(degrees_of_freedom);
  return chance.below < chance.above ? boost::math::quantile(chi, chance.below) : boost::math::quantile(boost::math::complement(chi, chance.above));
}

BetaShape beta_shape(const Pert& pert) {
  const double range = pert.high - pert.low;
  return {1 + 4 * (pert.mode - pert.low) / range, 1 + 4 * (pert.high - pert.mode) / range};
}

BetaShape beta_shape(const ScaledBeta& beta) {
  const double range = beta.high - beta.low, mean = (beta.mean - beta.low) / range, variance = beta.sd * beta.sd / (range * range);
  const double weight = mean * (1 - mean) / variance - 1;
  return {mean * weight, (1 - mean) * weight};
}

QuantileFunction quantile_function(const Shape& shape) {
  return std::visit([](const auto& d) { return function_of(d); }, shape);
}

double quantile(const Shape& shape, Chance chance) { return quantile_function(shape)(chance); }

std::optional<Chance> kink_of(const Shape& shape) {
  const Triangular* d = std::get_if<Triangular>(&shape);
  if (d == nullptr || d->mode <= d->low || d->mode >= d->high) return {};
  return Chance{(d->mode - d->low) / (d->high - d->low), (d->high - d->mode) / (d->high - d->low)};
}

}  // namespace shortfall
