// Quantile functions against published values, or against the equation that defines them. Values are to 1e-9 of themselves (reference cases).
#include "model/quantile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace shortfall;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double relative = 1e-9;  // what reference cases ask of an analytic function

Chance at(double level) { return {level, 1 - level}; }
bool near(double found, double exact) { return std::abs(found - exact) <= relative * std::abs(exact); }

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

const std::vector<double>& levels() {
  static const std::vector<double> all = {1e-9, 1e-4, 0.01, 0.1, 0.25, 0.4999, 0.5, 0.6, 0.75, 0.9, 0.99, 0.9999, 1 - 1e-9};
  return all;
}

// The mean of f(Q(u)) over u, as a sum over scores: for functions as smooth as these it converges faster than any power of the step.
template <class F>
double mean_over_chances(const Shape& shape, F f) {
  constexpr double step = 1.0 / 64;
  double sum = 0;
  for (int k = -9 * 64; k <= 9 * 64; ++k)
    sum += f(quantile(shape, normal_chance(k * step))) * std::exp(-0.5 * k * step * k * step) / std::sqrt(2 * 3.14159265358979323846) * step;
  return sum;
}

bool rises(const Metalog& m) {
  // Steps of 1/50 in ln(y/(1 − y)), which resolve the least slope to 1e-5 of it: it is flat there.
  double before = -infinity;
  for (int k = -1500; k <= 1500; ++k) {
    const double logit = k / 50.0, x = quantile(m, {1 / (1 + std::exp(-logit)), 1 / (1 + std::exp(logit))});
    if (x < before) return false;
    before = x;
  }
  return true;
}

// Keelin's T for the four variants, to make triplets from transformed ones.
struct Bounds {
  std::optional<double> low, high;
};
double untransformed(double z, const Bounds& b) {
  if (b.low && b.high) return (*b.low + *b.high * std::exp(z)) / (1 + std::exp(z));
  if (b.low) return *b.low + std::exp(z);
  if (b.high) return *b.high - std::exp(-z);
  return z;
}
const std::vector<Bounds>& variants() {
  static const std::vector<Bounds> all = {{{}, {}}, {-0.2, {}}, {{}, 1.4}, {-0.2, 1.4}};
  return all;
}

}  // namespace

TEST_CASE("the normal score is the published one, far into both tails") {
  // Φ⁻¹ in forty digits, rounded.
  CHECK(near(normal_score(at(0.001)), -3.0902323061678135));
  CHECK(near(normal_score(at(0.25)), -0.67448975019608174));
  CHECK(near(normal_score(at(0.9)), 1.2815515655446005));
  CHECK(near(normal_score(at(0.975)), 1.9599639845400542));
  CHECK(near(normal_score({1e-10, 1 - 1e-10}), -6.3613409024040562));
  CHECK(near(normal_score({1 - 1e-10, 1e-10}), 6.3613409024040562));
  CHECK(normal_score(at(0)) == -infinity);
  CHECK(normal_score(at(1)) == infinity);
  for (double x = -8; x <= 8; x += 0.1) {
    CAPTURE(x);
    CHECK(std::abs(normal_score(normal_chance(x)) - x) <= relative * std::max(1.0, std::abs(x)));
    CHECK(std::abs(normal_chance(x).below + normal_chance(x).above - 1) <= 1e-15);
  }
}

TEST_CASE("student's t and chi-squared agree with their closed forms") {
  // T_1 = ½ + atan(x)/π; T_2 = ½ + x/(2 sqrt(2 + x²)).
  for (const double x : {-30.0, -2.0, -0.1, 0.0, 0.7, 3.0, 12.0}) {
    CAPTURE(x);
    const double t1 = x < 0 ? std::atan(-1 / x) / 3.14159265358979323846 : 0.5 + std::atan(x) / 3.14159265358979323846;
    CHECK(near(student_t_chance(x, 1).below, t1));
    const double t2 = x < 0 ? 1 / (std::sqrt(2 + x * x) * (std::sqrt(2 + x * x) - x)) : 0.5 + x / (2 * std::sqrt(2 + x * x));
    CHECK(near(student_t_chance(x, 2).below, t2));
    CHECK(near(student_t_chance(-x, 2).above, t2));
  }
  // W ~ χ²_2 has 1 − exp(−w/2); χ²_1 is a normal's square.
  for (const double u : {1e-6, 0.1, 0.5, 0.9, 0.999999}) {
    CAPTURE(u);
    CHECK(near(chi_squared_quantile(at(u), 2), -2 * std::log1p(-u)));
    const double z = normal_score(at((1 + u) / 2));
    CHECK(near(chi_squared_quantile(at(u), 1), z * z));
  }
}

TEST_CASE("fixed and uniform") {
  for (const double u : levels()) {
    CHECK(quantile(Fixed{0.7}, at(u)) == 0.7);
    CHECK(near(quantile(Uniform{-2, 3}, at(u)), -2 + 5 * u));
  }
}

TEST_CASE("R10, one of the two: triangular quantiles solve the distribution function") {
  CHECK(near(quantile(Triangular{0, 0.5, 1}, at(0.125)), 0.25));
  CHECK(near(quantile(Triangular{0, 0.5, 1}, at(0.5)), 0.5));
  CHECK(near(quantile(Triangular{0, 0.5, 1}, at(0.875)), 0.75));
  for (const Triangular d : {Triangular{1, 2, 4}, Triangular{0, 6, 18}, Triangular{0, 0, 2}, Triangular{0.2, 1, 1}})
    for (const double u : levels()) {
      CAPTURE(u);
      const double x = quantile(d, at(u)), range = d.high - d.low;
      const bool left = x < d.mode;
      const double below = left ? (x - d.low) * (x - d.low) / (range * (d.mode - d.low)) : 1;
      const double above = left ? 1 : (d.high - x) * (d.high - x) / (range * (d.high - d.mode));
      // The smaller of the two chances is known to its last digits, unless x is near an end, where x itself has fewer left.
      CHECK(std::abs(left ? below - u : above - (1 - u)) <= relative * std::max(1e-6, left ? u : 1 - u));
    }
}

TEST_CASE("R11: PERT 2, 5, 14") {
  CHECK(near(quantile(Pert{2, 5, 14}, at(0.1)), 3.3468195025503027));
  CHECK(near(quantile(Pert{2, 5, 14}, at(0.5)), 5.7657220454683693));
  CHECK(near(quantile(Pert{2, 5, 14}, at(0.8)), 7.8823081156663322));
  CHECK(near(quantile(Pert{2, 5, 14}, at(0.9)), 9.0066844954343471));
  CHECK(quantile(Pert{2, 5, 14}, at(0)) == 2);
  CHECK(quantile(Pert{2, 5, 14}, at(1)) == 14);
  // With the mode at an end, 1 − (1 − x)^5.
  for (const double u : levels()) CHECK(near(quantile(Pert{0, 0, 1}, at(u)), -std::expm1(std::log1p(-u) / 5)));
}

TEST_CASE("PERT's mean is (low + 4 mode + high)/6") {
  for (const Pert d : {Pert{2, 5, 14}, Pert{0.9, 1.1, 2.0}, Pert{0, 0, 1}})
    CHECK(near(mean_over_chances(d, [](double x) { return x; }), (d.low + 4 * d.mode + d.high) / 6));
}

TEST_CASE("a beta by moments has the published quantiles") {
  // Mean 0.7, sd 0.2: alpha 2.975, beta 1.275; the inverse of the regularised incomplete beta in forty digits.
  const ScaledBeta d{0.7, 0.2, 0, 1};
  CHECK(near(beta_shape(d).alpha, 2.975));
  CHECK(near(beta_shape(d).beta, 1.275));
  CHECK(near(quantile(d, at(0.05)), 0.3213798855181658));
  CHECK(near(quantile(d, at(0.5)), 0.73338965396020629));
  CHECK(near(quantile(d, at(0.9)), 0.93762006153191331));
}

TEST_CASE("a beta with nearly all of its mass at both ends is told to the digits where it comes near its upper end") {
  // alpha 0.0541571, beta 0.01118: the median stands 1e-16 below 1. Its distribution function there is that of the other way round, of 1 − x.
  const ScaledBeta shape{0.82888755058439112, 0.36491197, 0, 1};
  const double sum = shape.mean * (1 - shape.mean) / (shape.sd * shape.sd) - 1, alpha = shape.mean * sum, beta = (1 - shape.mean) * sum;
  QuantileFunction quantile = quantile_function(Shape(shape));
  double before = 0;
  for (double score = -1; score <= -0.25; score += 0.05) {
    const Chance chance = normal_chance(score);
    const double x = quantile(chance);
    INFO(score);
    CHECK(x >= before);
    CHECK(boost::math::ibeta(beta, alpha, 1 - x) == doctest::Approx(chance.above).epsilon(1e-6));
    before = x;
  }
}

TEST_CASE("a beta with nearly all of its mass at its lower end does not fall below it") {
  // Of a range of 1 the median stands 1e-13 above 0, which is less than 1 − x is told to.
  QuantileFunction quantile = quantile_function(Shape(ScaledBeta{0.13296066822546929, 0.32182843, 0, 1}));
  double before = 0;
  for (double score = -1; score <= 1; score += 0.03125) {
    const double x = quantile(normal_chance(score));
    INFO(score);
    CHECK(x >= 0);
    CHECK(x >= before - 1e-15);
    before = x;
  }
}

TEST_CASE("a beta by moments has those moments") {
  for (const ScaledBeta d : {ScaledBeta{0.7, 0.2, 0, 1}, ScaledBeta{0.5, 0.1, 0, 1}, ScaledBeta{0.5, 0.4, 0, 1}, ScaledBeta{1.1, 0.3, -1, 2}}) {
    CAPTURE(d.sd);
    const double mean = mean_over_chances(d, [](double x) { return x; });
    const double variance = mean_over_chances(d, [&](double x) { return (x - d.mean) * (x - d.mean); });
    CHECK(near(mean, d.mean));
    CHECK(near(std::sqrt(variance), d.sd));
  }
}

TEST_CASE("a normal is mean + sd · score, and the truncated one has the published quantiles") {
  for (const double u : levels()) {
    CAPTURE(u);
    CHECK(std::abs(quantile(Normal{0.8, 0.3, {}, {}}, at(u)) - (0.8 + 0.3 * normal_score(at(u)))) <= 1e-15);
    // Between the bounds, (Φ(z) − Φ(z_low))/(Φ(z_high) − Φ(z_low)) = u.
    const double x = quantile(Normal{0.8, 0.3, 0.0, 1.2}, at(u));
    const double low = normal_cdf(-0.8 / 0.3), high = normal_cdf(0.4 / 0.3);
    CHECK(std::abs((normal_cdf((x - 0.8) / 0.3) - low) / (high - low) - u) <= relative * std::min(1.0, 1e3 * u));
    CHECK(x >= 0);
    CHECK(x <= 1.2);
  }
  // In forty digits; the second column cut at three sd above the mean, where 1 in 741 is left.
  const Normal middle{0.8, 0.3, 0.0, 1.2}, tail{0.8, 0.3, 1.7, {}};
  CHECK(near(quantile(middle, at(0.01)), 0.13105641229260531));
  CHECK(near(quantile(middle, at(0.5)), 0.76707935580679777));
  CHECK(near(quantile(middle, at(0.95)), 1.1289100450451217));
  CHECK(near(quantile(tail, at(0.01)), 1.7009179728263562));
  CHECK(near(quantile(tail, at(0.5)), 1.76154647617968));
  CHECK(near(quantile(tail, at(0.95)), 1.9451517450181097));
  CHECK(quantile(middle, at(0)) == 0.0);
  CHECK(quantile(middle, at(1)) == 1.2);
}

TEST_CASE("a lognormal has its median and P90, and the truncated one the published quantiles") {
  const Lognormal whole{1.2, 1.9, {}}, cut{1.2, 1.9, 2.1};
  CHECK(near(quantile(whole, at(0.5)), 1.2));
  CHECK(near(quantile(whole, at(0.9)), 1.9));
  CHECK(near(quantile(whole, at(0.1)), 1.2 * 1.2 / 1.9));
  CHECK(near(quantile(whole, at(0.01)), 0.52108161961982303));
  CHECK(near(quantile(whole, at(0.95)), 2.1643604556209988));
  CHECK(near(quantile(cut, at(0.01)), 0.51682986438780051));
  CHECK(near(quantile(cut, at(0.5)), 1.1684131595563026));
  CHECK(near(quantile(cut, at(0.95)), 1.87610122386361));
  CHECK(quantile(cut, at(1)) == 2.1);
}

TEST_CASE("R18: a metalog returns the three quantiles it was given, with no, one or two bounds") {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> anywhere(-0.1, 1.3);
  int tried = 0;
  while (tried < 400) {
    double p[3] = {anywhere(random), anywhere(random), anywhere(random)};
    std::sort(std::begin(p), std::end(p));
    const Bounds& b = variants()[static_cast<std::size_t>(tried % 4)];
    const Metalog m{p[0], p[1], p[2], b.low, b.high};
    if (fault({m, 0.0})) continue;
    ++tried;
    // Rounding alone: a few units in the last place of values of order 1.
    CHECK(std::abs(quantile(m, {0.1, 0.9}) - p[0]) <= 1e-14);
    CHECK(std::abs(quantile(m, {0.5, 0.5}) - p[1]) <= 1e-14);
    CHECK(std::abs(quantile(m, {0.9, 0.1}) - p[2]) <= 1e-14);
    CHECK(quantile(m, at(0)) == b.low.value_or(-infinity));
    CHECK(quantile(m, at(1)) == b.high.value_or(infinity));
  }
}

TEST_CASE("a metalog is Keelin's equation 6 between its three quantiles") {
  // P10, P50, P90 = −ln 9, 0, ln 9 make the logistic distribution itself, whose quantile is ln(y/(1 − y)).
  const double l = std::log(9.0);
  for (const double u : levels()) {
    CAPTURE(u);
    const double logit = std::log(u / (1 - u));
    CHECK(std::abs(quantile(Metalog{-l, 0, l, {}, {}}, at(u)) - logit) <= relative * std::max(1.0, std::abs(logit)));
    // With a lower bound, its exponential: the log-logistic distribution.
    CHECK(near(quantile(Metalog{1.0 / 9, 1, 9, 0.0, {}}, at(u)), u / (1 - u)));
    // With both, U itself.
    CHECK(near(quantile(Metalog{0.1, 0.5, 0.9, 0.0, 1.0}, at(u)), u));
    // With a skew: a3 (y − ½) ln(y/(1 − y)) moves P10 and P90 alike by 0.4 a3 ln 9.
    const double skewed = logit + 0.5 * (u - 0.5) * logit;
    CHECK(std::abs(quantile(Metalog{-0.8 * l, 0, 1.2 * l, {}, {}}, at(u)) - skewed) <= relative * std::max(1.0, std::abs(skewed)));
  }
}

TEST_CASE("a metalog is feasible exactly when its quantile function rises") {
  std::mt19937 random(2);
  std::uniform_real_distribution<double> anywhere(-0.15, 1.35);
  int accepted = 0, refused = 0;
  for (int i = 0; i < 4000; ++i) {
    double p[3] = {anywhere(random), anywhere(random), anywhere(random)};
    std::sort(std::begin(p), std::end(p));
    const Bounds& b = variants()[static_cast<std::size_t>(i % 4)];
    const Metalog m{p[0], p[1], p[2], b.low, b.high};
    const MetalogTerms terms = metalog_terms(m);
    // So near the limit the scan's steps cannot tell; the next test can.
    if (std::abs(std::abs(terms.a3) / terms.a2 - 1.667113) < 1e-3) continue;
    CAPTURE(p[0]);
    CAPTURE(p[1]);
    CAPTURE(p[2]);
    CHECK(feasible(terms) == rises(m));
    (feasible(terms) ? accepted : refused) += 1;
  }
  CHECK(accepted > 1000);
  CHECK(refused > 100);
}

TEST_CASE("the limit of feasible metalogs is where the slope first reaches zero") {
  // dM/dy = a2/(y(1 − y)) + a3 (ln(y/(1 − y)) + (y − ½)/(y(1 − y))): times y(1 − y), a2 + a3 g(y), g = (y − ½) + y(1 − y) ln(y/(1 − y)).
  const auto g = [](double y) { return y - 0.5 + y * (1 - y) * std::log(y / (1 - y)); };
  double most = 0;
  for (int k = 1; k < 1000000; ++k) most = std::max(most, g(k / 1e6));  // flat at its maximum: to 1e-12
  const double limit = 1 / most;
  for (const double sign : {-1.0, 1.0}) {
    // The constant in the code has seven digits, and errs towards refusing.
    CHECK(feasible({0, 1, sign * limit * (1 - 1e-6)}));
    CHECK_FALSE(feasible({0, 1, sign * limit * (1 + 1e-9)}));
    CHECK(feasible({0, 1e-3, sign * 1e-3 * limit * (1 - 1e-6)}));
    CHECK_FALSE(feasible({0, 1e-3, sign * 1e-3 * limit * (1 + 1e-9)}));
  }
  CHECK_FALSE(feasible({0, 0, 0}));
  CHECK_FALSE(feasible({0, -1, 0}));
  // Through whole plans' triplets, with every kind of bound: just inside has no fault, just outside has one.
  const double l = std::log(9.0);
  for (const Bounds& b : variants())
    for (const double sign : {-1.0, 1.0})
      for (const double off : {-1e-5, 1e-5}) {
        const double a3 = sign * limit * (1 + off), scale = 0.3, skew = 0.4 * a3 * l;
        const Metalog m{untransformed(scale * (-l + skew), b), untransformed(0, b), untransformed(scale * (l + skew), b), b.low, b.high};
        CAPTURE(a3);
        CHECK(fault({m, 0.0}).has_value() == (off > 0));
      }
}

TEST_CASE("values are a staircase with a step at each sum of weights") {
  // In any order in the plan; the second step, of weight 0, is never met.
  const Values d{{1.0, 0.0, 0.5, 0.25}, {0.25, 0.5, 0.25, 0.0}};
  CHECK(quantile(d, at(0)) == 0.0);
  CHECK(quantile(d, at(0.5)) == 0.0);
  CHECK(quantile(d, at(std::nextafter(0.5, 1.0))) == 0.5);
  CHECK(quantile(d, at(0.75)) == 0.5);
  CHECK(quantile(d, at(std::nextafter(0.75, 1.0))) == 1.0);
  CHECK(quantile(d, at(1)) == 1.0);
}

TEST_CASE("quantiles are joined by straight lines") {
  const Quantiles d{{0, 0.1, 0.5, 0.9, 1}, {-1, 0, 0.6, 0.6, 2}};
  CHECK(quantile(d, at(0)) == -1);
  CHECK(near(quantile(d, at(0.05)), -0.5));
  CHECK(std::abs(quantile(d, at(0.1))) <= 1e-15);
  CHECK(near(quantile(d, at(0.3)), 0.3));
  CHECK(near(quantile(d, at(0.5)), 0.6));
  CHECK(near(quantile(d, at(0.7)), 0.6));
  CHECK(near(quantile(d, at(0.95)), 1.3));
  CHECK(quantile(d, at(1)) == 2);
}
