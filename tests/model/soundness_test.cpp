// No number that is not finite passes from a distribution to a model, and no scheme's money is so large that sums lose it.
#include "model/soundness.hpp"

#include <doctest/doctest.h>

#include <boost/math/special_functions/beta.hpp>
#include <chrono>
#include <cmath>
#include <set>

#include "model/compile.hpp"
#include "model/quantile.hpp"
#include "plan/assemble.hpp"

using namespace shortfall;

namespace {

Checked<Plans> plans_with(const std::string& scheme) {
  Sources sources;
  sources.organisations = {{"plan.yaml",
                            "organisation: a\nyears: [2025]\nincome: 0\nspend: 0\ntarget: 0\nschemes:\n"
                            "  fine: {saving: [1], delivery: 1}\n  s: {" +
                                scheme + "}\n"}};
  sources.reference = built_in_reference();
  return assemble(sources);
}

std::string refused(const std::string& scheme) {
  const Checked<Plans> plans = plans_with(scheme);
  REQUIRE(plans);
  try {
    compile(*plans, {});
  } catch (const Unsound& error) {
    REQUIRE(error.problems.size() == 1);
    return to_text(error.problems.front());
  }
  return "";
}

std::vector<double> powers(int from, int to, int step) {
  std::vector<double> out;
  for (int k = from; k <= to; k += step) out.push_back(std::pow(10.0, k));
  return out;
}

// Every shape with numbers from the smallest that a plan may write to the largest.
std::vector<Shape> extreme_shapes() {
  const std::vector<double> sizes = {5e-324, 1e-300, 1e-16, 1e-3, 1, 20, 1e12};
  std::vector<Shape> out;
  for (const double a : sizes)
    for (const double b : sizes) {
      out.push_back(Uniform{a, a + b});
      out.push_back(Uniform{-b, a});
      for (const double mode : {a, a + b / 3, a + b}) out.push_back(Triangular{a, mode, a + b}), out.push_back(Pert{a, mode, a + b});
      for (const double mean : {a + b * 1e-12, a + b / 7, a + b / 2, a + b * 0.999999}) {
        for (const double sd : {1e-200, 1e-20, 1e-9, 1e-6, 1e-3, 0.3}) out.push_back(ScaledBeta{mean, sd * b, a, a + b});
        out.push_back(ScaledBeta{mean, 0.999999 * std::sqrt((mean - a) * (a + b - mean)), a, a + b});
      }
      for (const std::optional<double> low : {std::optional<double>(), std::optional<double>(a), std::optional<double>(-a), std::optional<double>(0)})
        for (const std::optional<double> high : {std::optional<double>(), std::optional<double>(a + b), std::optional<double>(2 * a)}) {
          out.push_back(Normal{a, b, low, high});
          out.push_back(Metalog{a, a + b / 2, a + b, low ? std::optional<double>(*low - b * 1e-9) : low, high});
        }
      for (const std::optional<double> high : {std::optional<double>(), std::optional<double>(a + b / 2), std::optional<double>(2 * (a + b))})
        out.push_back(Lognormal{a, a + b, high});
      out.push_back(Lognormal{a, std::nextafter(a, HUGE_VAL), {}});
      out.push_back(Values{{a, b, -a}, {0.5, 0.5, 0}});
      out.push_back(Values{{a, b}, {1 - 1e-15, 1e-15}});
      out.push_back(Quantiles{{0, 1e-320, 0.5, 0.5 + 1e-16, std::nextafter(1, 0), 1}, {-b, a, a, a + b, a + b, 2 * (a + b)}});
    }
  return out;
}

}  // namespace

TEST_CASE("a beta of any width has finite, rising quantiles, in milliseconds") {
  for (const double mean : {0.5, 0.3, 0.01, 1e-6, 1e-9, 1 - 1e-9})
    for (const double spread : powers(-30, -1, 1)) {
      const double sd = spread * std::min(mean, 1 - mean);
      CAPTURE(mean);
      CAPTURE(spread);
      const auto start = std::chrono::steady_clock::now();
      const QuantileFunction quantile = quantile_function(ScaledBeta{mean, sd, 0, 1});
      double before = 0, sum = 0, squares = 0;
      constexpr double step = 1.0 / 16;
      for (int k = -8 * 16; k <= 8 * 16; ++k) {
        const double x = quantile(normal_chance(k * step)),
                     density = std::exp(-0.5 * k * step * k * step) / std::sqrt(2 * 3.14159265358979324) * step;
        CHECK(x >= before * (1 - 1e-12));
        CHECK(x <= 1);
        before = x;
        sum += (x - mean) / sd * density;
        squares += (x - mean) / sd * ((x - mean) / sd) * density;
      }
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(500));
      // Its first two moments are those it was given, but for what a double near the mean cannot hold, and where it is as good as a point.
      const bool point = mean * (1 - mean) / (sd * sd) > 1e30;
      const double rounding = point ? 1 : 4e-16 * mean / sd;
      if (rounding < 0.1) CHECK(std::abs(sum) < 1e-5 + rounding);
      if (rounding < 0.1) CHECK(std::abs(squares - 1) < 1e-4 + 4 * rounding);
    }
}

TEST_CASE("the quantiles of narrow betas are where the incomplete beta says") {
  // About where one method ends and the next begins: alpha + beta = 1e4, alpha = 1e5, alpha + beta = 1e10.
  for (const BetaShape s : {BetaShape{4e3, 7e3},
                            {4e3, 5e3},
                            {9e4, 2e5},
                            {1.1e5, 2e5},
                            {2, 9e3},
                            {2, 2e4},
                            {50, 1e7},
                            {9e4, 9e7},
                            {1.1e5, 9e7},
                            {300, 9e9},
                            {300, 2e10}}) {
    const double n = s.alpha + s.beta, mean = s.alpha / n, sd = std::sqrt(mean * (s.beta / n) / (n + 1));
    const auto quantile = quantile_function(ScaledBeta{mean, sd, 0, 1});
    for (const double z : {-5.0, -3.0, -1.0, 0.0, 0.5, 2.0, 4.0}) {
      CAPTURE(s.alpha);
      CAPTURE(s.beta);
      CAPTURE(z);
      const Chance c = normal_chance(z);
      const double x = quantile(c),
                   reached = z < 0 ? boost::math::ibeta(s.alpha, s.beta, x) / c.below : boost::math::ibetac(s.alpha, s.beta, x) / c.above;
      // What is missed in the chance, as a part of a standard deviation: by the slope of the normal's own logarithm.
      CHECK(std::abs(std::log(reached)) / std::max(0.8, std::abs(z)) < 2e-5);
    }
  }
}

TEST_CASE("no table has a number that is not finite, however extreme the distribution") {
  std::size_t made = 0;
  for (const Shape& shape : extreme_shapes())
    for (const double drops_out : {0.0, 1e-300, 0.3, 1 - 1e-16}) {
      const Distribution d{shape, drops_out};
      if (fault(d)) continue;
      Plans plans = *plans_with("saving: [0], delivery: 1");
      Scheme& s = plans.organisations[0].schemes[1];
      s.delivery->distribution = d;
      if (support(d).low >= 0) s.overrun = s.delay = PlacedDistribution{{shape, 0}, {}};
      // Most money is 0 here, so that nothing but a number that is not finite can be wrong.
      Tables tables;
      for (const double optimism : {0.3, 10.0}) {
        const auto model = [&] { compile(plans, {.optimism = optimism, .tables = &tables}); };
        CHECK_NOTHROW_MESSAGE(model(), "shape ", shape.index(), " drops out ", drops_out);
      }
      ++made;
      if (made % 7 != 0) break;  // one in seven with every chance of dropping out
    }
  CHECK(made > 500);
}

TEST_CASE("money beyond what sums can hold is refused where it is written") {
  const std::string why = " (sums of more than 1e+15 lose their digits); give the distribution a high:, or write money in a larger unit";
  CHECK(refused("saving: [1e12], delivery: {lognormal: {median: 1e-9, p90: 20}}") ==
        "plan.yaml:8:33: error: scheme 'a/s' can save 1e+09 times its plan, 1e+21 in all" + why);
  CHECK(refused("saving: [1], cost: [1e12], delivery: 1, overrun: {lognormal: {median: 1e-9, p90: 20}}") ==
        "plan.yaml:8:56: error: scheme 'a/s' can cost 1e+09 times its plan, 1e+21 in all" + why);
  CHECK(refused("saving: [1e12], delivery: {lognormal: {median: 1e-9, p90: 20, high: 100}}") == "");
  CHECK(refused("saving: [1e12], delivery: 0.5") == "");
}
