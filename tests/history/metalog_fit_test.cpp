#include "model/metalog_fit.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace shortfall;

namespace {
bool near(double a, double b, double within) { return std::abs(a - b) <= within; }
const Bounds bounds{-0.3, 1.3};
const std::vector<double> ten_shares = {0.21, 0.48, 0.62, 0.71, 0.80, 0.86, 0.93, 0.98, 1.02, 1.10};
}  // namespace

TEST_CASE("ten shares give the coefficients of least squares on the line of their bounds") {
  const Coefficients a = fit_metalog(ten_shares, bounds);
  CHECK(near(a[0], 0.89053672, 5e-9));
  CHECK(near(a[1], 0.46511659, 5e-9));
  CHECK(near(a[2], -0.22365064, 5e-9));
  const Metalog m = as_metalog(a, bounds);
  CHECK(near(m.p10, 0.36996639, 5e-9));
  CHECK(near(m.p50, 0.83440147, 5e-9));
  CHECK(near(m.p90, 1.05616783, 5e-9));
}

TEST_CASE("ten records and a prior worth twenty are averaged in their coefficients") {
  const Coefficients a = blend(fit_metalog(ten_shares, bounds), 10, {1.09861229, 0.38562188, 0}, 20);
  const Metalog m = as_metalog(a, bounds);
  CHECK(near(m.p10, 0.52327818, 5e-9));
  CHECK(near(m.p50, 0.87883391, 1e-8));
  CHECK(near(m.p90, 1.08619487, 5e-9));
  CHECK(near(metalog_mean(a, bounds), 0.83569378, 5e-9));
}

TEST_CASE("the covariance of a fit's coefficients is that of sample quantiles") {
  const Eigen::Matrix3d v = sampling_covariance({1.02925377, 0.41212012, -0.07455021});
  const double expected[3][3] = {{0.590125, -0.011532, -0.273430}, {-0.011532, 0.136769, -0.061779}, {-0.273430, -0.061779, 0.979282}};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) CHECK(near(v(i, j), expected[i][j], 5e-7));
}

TEST_CASE("a metalog that a plan writes is found again from its quantiles, and a shape of another form nearly") {
  const Coefficients a = {0.89053672, 0.46511659, -0.22365064};
  CHECK((fit_metalog(Shape(as_metalog(a, bounds)), bounds) - a).norm() < 1e-9);
  const Coefficients uniform = fit_metalog(Shape(Uniform{0.2, 1}), {0.2, 1});
  for (const double level : {0.1, 0.3, 0.5, 0.9}) CHECK(near(metalog_quantile(uniform, {0.2, 1}, level), 0.2 + 0.8 * level, 0.003));
}

TEST_CASE("coefficients that are no distribution become the nearest that are") {
  const Coefficients wrong = {0.5, 0.2, 0.9};
  REQUIRE_FALSE(is_feasible(wrong));
  const Coefficients mended = nearest_feasible(wrong);
  CHECK(is_feasible(mended));
  // No feasible one of a grid lies nearer, by the squares of their quantiles on the line.
  const auto distance = [&](const Coefficients& b) {
    double sum = 0;
    for (int i = 0; i < 200; ++i) sum += std::pow(metalog_basis((i + 0.5) / 200).dot(b - wrong), 2);
    return sum;
  };
  for (double a0 = 0; a0 < 1; a0 += 0.02)
    for (double a1 = 0.02; a1 < 1; a1 += 0.02)
      for (double a2 = -1; a2 < 1.5; a2 += 0.02) {
        const Coefficients b = {a0, a1, a2};
        if (is_feasible(b) && distance(b) < distance(mended) - 1e-6) FAIL("a nearer one");
      }
  CHECK((nearest_feasible({0.9, 0.4, -0.2}) - Coefficients(0.9, 0.4, -0.2)).norm() == 0);
  CHECK(is_feasible(nearest_feasible({0.1, -0.3, 0.1})));
}

TEST_CASE("the chance below a quantile is its level") {
  const Coefficients a = {0.89053672, 0.46511659, -0.22365064};
  for (const double level : {0.001, 0.2, 0.5, 0.97}) CHECK(near(metalog_chance_below(a, bounds, metalog_quantile(a, bounds, level)), level, 1e-12));
  CHECK(metalog_chance_below(a, bounds, -0.3) == 0);
  CHECK(metalog_chance_below(a, bounds, 1.4) == 1);
}
