#include "model/quantile.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
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
    // Newton's error after a step is of the order of its square; near x = 1, where it is the distance from there that bends, of its square over that.
    if (std::abs(next - y) < (next > -1e-3 ? -1e-7 * next : 1e-7)) return next;
    y = next;
  }
  return y;
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
    // Rounding may lead a little beyond the other end.
    return std::clamp(lower ? low_ + (high_ - low_) * std::exp(log_x) : high_ - (high_ - low_) * std::exp(log_x), low_, high_);
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

// A narrow or lopsided beta, of which log_inverse_incomplete_beta has not the digits: alpha + beta beyond this.
constexpr double narrow = 1e4;

// ln of the x at which a distribution function reaches the chance, from a start and a first step; `reached(x)` is the chance of less than x. The
// bracket doubles until it holds the root; then regula falsi by Illinois' rule, which needs no slope.
template <class Reached>
double log_inverse(const Reached& reached, Chance chance, double start, double first_step) {
  const bool lower = chance.below < chance.above;
  const double log_p = std::log(lower ? chance.below : chance.above);
  // Rises with y, whichever tail the chance is of.
  const auto error = [&](double y) {
    const Chance c = reached(std::exp(y));
    const double missed = std::log(lower ? c.below : c.above) - log_p;
    return std::clamp(lower ? missed : -missed, -1e6, 1e6);
  };
  constexpr double least = -700;  // below it x is 0
  double low = start, high = start, at_low = error(start), at_high = at_low;
  for (double step = first_step; at_low > 0 && low > least; step *= 2)
    high = low, at_high = at_low, low = std::max(low - step, least), at_low = error(low);
  if (at_low > 0) return -HUGE_VAL;
  for (double step = first_step; at_high < 0 && high < 0; step *= 2)
    low = high, at_low = at_high, high = std::min(high + step, 0.0), at_high = error(high);
  if (at_high < 0) return 0;
  int kept = 0;  // which end was kept, and how often in a row
  for (int i = 0; i < 100 && high - low > 1e-14 * std::abs(low); ++i) {
    double y = at_high == at_low ? (low + high) / 2 : (low * at_high - high * at_low) / (at_high - at_low);
    if (!(y > low && y < high)) y = (low + high) / 2;
    const double at_y = error(y);
    if (std::abs(at_y) < 1e-12) return y;
    if (at_y < 0) {
      low = y, at_low = at_y;
      if (kept == 1) at_high /= 2;
      kept = 1;
    } else {
      high = y, at_high = at_y;
      if (kept == -1) at_low /= 2;
      kept = -1;
    }
  }
  return (low + high) / 2;
}

// The quantile of a beta from 0 to 1 with alpha <= beta and alpha + beta > narrow.
double narrow_beta_quantile(BetaShape s, Chance chance) {
  const double n = s.alpha + s.beta, mean = s.alpha / n;
  if (s.alpha > 1e5) {
    // Cornish and Fisher's expansion to the second order: what it leaves out is below 1e-5 sd within five.
    const double z = normal_score(chance), sd = std::sqrt(mean * (s.beta / n) / (n + 1));
    const double skew = 2 * ((s.beta - s.alpha) / (n + 2)) * std::sqrt((n + 1) / s.alpha / s.beta);
    const double difference = (s.alpha - s.beta) / n;
    const double kurtosis = 6 * (difference * difference * (n + 1) / (s.alpha * (s.beta / n)) - (n + 2) / n) / ((n + 2) / n) / (n + 3);
    const double w = z + (z * z - 1) * skew / 6 + (z * z * z - 3 * z) * kurtosis / 24 - (2 * z * z * z - 5 * z) * skew * skew / 36;
    return std::clamp(mean + sd * w, 0.0, 1.0);
  }
  // The cube root of a gamma is nearly normal (Wilson, Hilferty 1931).
  const double root = std::max(1 - 1 / (9 * s.alpha) + normal_score(chance) / (3 * std::sqrt(s.alpha)), 0.01);
  const double start = std::min(std::log(mean) + 3 * std::log(root), std::log(0.999)), first_step = 0.01 / std::sqrt(s.alpha);
  // As the gamma's that it tends to (Wise 1950): −(beta + (alpha − 1)/2) ln(1 − x) is nearly a gamma of shape alpha.
  if (n > 1e10) {
    const double scale = s.beta + (s.alpha - 1) / 2;
    const double log_g = log_inverse(
        [&](double x) {
          return Chance{boost::math::gamma_p(s.alpha, scale * x, Policy()), boost::math::gamma_q(s.alpha, scale * x, Policy())};
        },
        chance, start, first_step);
    return -std::expm1(-std::exp(log_g));
  }
  return std::exp(log_inverse(
      [&](double x) {
        return Chance{boost::math::ibeta(s.alpha, s.beta, x, Policy()), boost::math::ibetac(s.alpha, s.beta, x, Policy())};
      },
      chance, start, first_step));
}

QuantileFunction function_of_beta(BetaShape shape, double mean, double low, double high) {
  const double sum = shape.alpha + shape.beta;
  // Of no width that a double could tell.
  if (!(sum < 1e30) || !(shape.alpha > 0 && shape.beta > 0)) return [=](Chance) { return mean; };
  if (sum <= narrow) return BetaQuantile(shape, low, high);
  const bool left = shape.alpha <= shape.beta;
  return [=](Chance c) {
    if (c.below <= 0) return low;
    if (c.above <= 0) return high;
    return left ? low + (high - low) * narrow_beta_quantile(shape, c)
                : high - (high - low) * narrow_beta_quantile({shape.beta, shape.alpha}, {c.above, c.below});
  };
}

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
QuantileFunction function_of(const ScaledBeta& d) { return function_of_beta(beta_shape(d), d.mean, d.low, d.high); }
QuantileFunction function_of(const Normal& d) {
  const double low = d.low.value_or(-infinity), high = d.high.value_or(infinity);
  return [=, score = TruncatedScore((low - d.mean) / d.sd, (high - d.mean) / d.sd)](Chance c) {
    return std::clamp(d.mean + d.sd * score(c), low, high);
  };
}
QuantileFunction function_of(const Lognormal& d) {
  const double mu = std::log(d.median), sigma = (std::log(d.p90) - mu) / score90, high = d.high.value_or(infinity);
  if (sigma == 0) return [=](Chance) { return std::min(d.median, high); };  // of no width that a double could tell
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

// std::lgamma writes the sign to a global, whichever thread asks.
double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

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
