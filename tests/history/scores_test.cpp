#include "history/scores.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "model/quantile.hpp"

using namespace shortfall;

namespace {
bool near(double a, double b, double within) { return std::abs(a - b) <= within; }
}  // namespace

TEST_CASE("the CRPS of a normal forecast is its closed form") {
  CHECK(near(crps_normal(0, 1, 0), 0.23369498, 5e-9));
  CHECK(near(crps_normal(0, 1, 1), 0.60244136, 5e-9));
  CHECK(near(crps_normal(0.9, 0.126, 1.1), 0.126 * crps_normal(0, 1, 0.2 / 0.126), 1e-15));
  CHECK(crps_normal(0.4, 0, 1) == 0.6);
}

TEST_CASE("the CRPS of a quantile function with an atom and a gap is exact") {
  const std::vector<QuantilePoint> drops_out = {{0, 0}, {0.2, 0}, {0.2, 0.5}, {1, 1}};
  CHECK(near(crps(drops_out, 0), 0.42666667, 5e-9));
  CHECK(near(crps(drops_out, 0.6), 0.08266667, 5e-9));
  CHECK(near(crps(drops_out, 0.9), 0.14266667, 5e-9));
  CHECK(near(crps(drops_out, -1), 1.42666667, 5e-9));
  CHECK(near(crps(drops_out, 2), crps(drops_out, 1) + 1, 1e-12));
}

TEST_CASE("a sample scores as its distribution does") {
  std::vector<double> values;
  std::vector<QuantilePoint> steps;
  constexpr int n = 2000;
  for (int i = 0; i < n; ++i) {
    const double level = (i + 0.5) / n;
    values.push_back(normal_score({level, 1 - level}));
    steps.push_back({i / static_cast<double>(n), values.back()}), steps.push_back({(i + 1) / static_cast<double>(n), values.back()});
  }
  const Ensemble ensemble(values);
  for (const double outcome : {-4.0, -1.0, 0.0, 0.3, 2.5}) {
    CHECK(near(ensemble.crps(outcome), crps(steps, outcome), 1e-12));  // the sample's own steps, exactly
    CHECK(near(ensemble.crps(outcome), crps_normal(0, 1, outcome), 1e-3));
  }
  CHECK(near(ensemble.quantile(0.9), 1.2815516, 1e-3));
}

TEST_CASE("the PIT of a drop-out covers the whole of its chance") {
  std::vector<double> values(200, 0.0);
  for (int i = 0; i < 800; ++i) values.push_back(0.5 + i / 1600.0);
  const Ensemble ensemble(values);
  CHECK(ensemble.pit(0).low == 0);
  CHECK(near(ensemble.pit(0).high, 201 / 1001.0, 1e-15));
  CHECK(near(ensemble.pit(0).at(0.5), 0.5 * 201 / 1001.0, 1e-15));
  CHECK(near(ensemble.pit(0.3).low, 200 / 1001.0, 1e-15));
  CHECK(ensemble.pit(2).high == 1);
}

TEST_CASE("Brier's score is miscalibration less discrimination plus uncertainty, by isotonic regression") {
  const BrierScore s = brier({{0.1, false}, {0.2, true}, {0.3, false}, {0.4, false}, {0.6, true}, {0.7, false}, {0.8, true}, {0.9, true}});
  CHECK(near(s.score, 0.2, 1e-12));
  CHECK(near(s.miscalibration, 0.05416667, 5e-9));
  CHECK(near(s.discrimination, 0.10416667, 5e-9));
  CHECK(near(s.uncertainty, 0.25, 1e-12));
  // Equal chances are one forecast: in whichever order they stand, nothing is told apart.
  const BrierScore flat = brier({{0.5, true}, {0.5, false}, {0.5, false}, {0.5, true}});
  CHECK(near(flat.discrimination, 0, 1e-15));
  CHECK(near(flat.score, 0.25, 1e-15));
  // Two of three at 0.2 and one of two at 0.5 are out of order by little: one block of three in five, which tells nothing apart.
  const BrierScore pooled = brier({{0.2, true}, {0.2, true}, {0.2, false}, {0.5, true}, {0.5, false}});
  CHECK(near(pooled.score, 0.364, 1e-12));
  CHECK(near(pooled.miscalibration, 0.124, 1e-12));
  CHECK(near(pooled.discrimination, 0, 1e-12));
  CHECK(brier({}).score == 0);
}

TEST_CASE("the energy score of one quantity is its CRPS, and tells a wrong dependence") {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  Eigen::ArrayXXd one(400, 1), together(400, 2), opposed(400, 2);
  std::vector<double> values;
  for (Eigen::Index i = 0; i < 400; ++i) {
    const double x = normal(random);
    one(i, 0) = x, values.push_back(x);
    together(i, 0) = x, together(i, 1) = x, opposed(i, 0) = x, opposed(i, 1) = -x;
  }
  const Ensemble ensemble(values);
  CHECK(near(energy_score(one, Eigen::ArrayXd::Constant(1, 0.7)), ensemble.crps(0.7), 1e-12));
  const Eigen::ArrayXd both_low = Eigen::ArrayXd::Constant(2, -1.5);
  CHECK(energy_score(together, both_low) < energy_score(opposed, both_low));
}

TEST_CASE("a binomial range leaves at most its tail on either side") {
  CHECK(binomial_range(10, 0.5, 0.9) == std::pair<std::size_t, std::size_t>(2, 8));  // P(X <= 1) = 0.0107, P(X <= 2) = 0.0547
  CHECK(binomial_range(15, 0.8, 0.9) == std::pair<std::size_t, std::size_t>(9, 14));
  CHECK(binomial_range(4, 1, 0.9) == std::pair<std::size_t, std::size_t>(4, 4));
}
