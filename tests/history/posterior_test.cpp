#include "model/posterior.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <random>

#include "study/known.hpp"

using namespace shortfall;

namespace {
bool near(double a, double b, double within) { return std::abs(a - b) <= within; }
const Bounds bounds{-0.3, 1.3};
const Coefficients centre = {1.02925377, 0.41212012, -0.07455021};
}  // namespace

TEST_CASE("draws of a class have the posterior's moments, and its chance of dropping out") {
  const ClassPosterior posterior = class_posterior(centre, bounds, 20, 10);
  CHECK(posterior.degrees == 27);
  const auto draws = posterior_draws(posterior, 4096, 1, "workforce");
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  double chance = 0, all_three = 0;
  for (const Coefficients& a : draws) {
    mean += a / 4096;
    CHECK(is_feasible(a));
  }
  const BetaPosterior drops_out{4, 31};
  for (const double p : drops_out.draws(4096, 1, "workforce")) chance += p / 4096, all_three += std::pow(p, 3) / 4096;
  Eigen::Matrix3d covariance = Eigen::Matrix3d::Zero();
  for (const Coefficients& a : draws) covariance += (a - mean) * (a - mean).transpose() / 4096;
  CHECK((mean - centre).norm() < 0.01);
  const Eigen::Matrix3d expected = sampling_covariance(centre) / 30 * 27 / 25;          // of a t, times ν/(ν − 2)
  for (int i = 0; i < 3; ++i) CHECK(near(covariance(i, i) / expected(i, i), 1, 0.05));  // a normal's would be 0.926
  CHECK(near(chance, 4 / 35.0, 2e-4));
  CHECK(near(all_three, 0.00257400, 2e-5));  // not 0.00149271, the cube of the mean
  // Another class has another order, the same class the same draws.
  CHECK(drops_out.draws(64, 1, "workforce")[5] == drops_out.draws(64, 1, "workforce")[5]);
  CHECK(drops_out.draws(64, 1, "merger")[5] != drops_out.draws(64, 1, "workforce")[5]);
  CHECK(posterior_draws(posterior, 64, 1, "workforce")[5] == posterior_draws(posterior, 64, 1, "workforce")[5]);
  CHECK(posterior_draws(posterior, 64, 1, "merger")[5] != posterior_draws(posterior, 64, 1, "workforce")[5]);
}

TEST_CASE("records that disagree with the prior are told from those that do not") {
  CHECK(disagreement(centre, 30, centre, 20, centre) == 0);
  CHECK(disagreement(centre + Coefficients(1, 0, 0), 30, centre, 20, centre) > most_agreeing);
  CHECK(disagreement(centre + Coefficients(0.1, 0, 0), 30, centre, 20, centre) < most_agreeing);
  // Both are unsure: of 30 records and a prior worth 20 the variances 1/30 and 1/20 add up.
  const double of_thirty = disagreement(centre + Coefficients(0.1, 0, 0), 30, centre, 1e12, centre);
  CHECK(near(disagreement(centre + Coefficients(0.1, 0, 0), 30, centre, 20, centre) / of_thirty, (1 / 30.0) / (1 / 30.0 + 1 / 20.0), 1e-9));
}

TEST_CASE("a prior is worth 10, 20 or 40 records, by its grade") {
  CHECK(prior_weight("judgement") == 10);
  CHECK(prior_weight("derived") == 20);
  CHECK(prior_weight("evidence") == 40);
}

namespace {

// The pooled variance of blocks about their draw's mean; [draw][block].
double variance_within(const std::vector<std::vector<double>>& blocks_of_draws) {
  double squares = 0, degrees = 0;
  for (const std::vector<double>& blocks : blocks_of_draws) {
    const double mean = std::accumulate(blocks.begin(), blocks.end(), 0.0) / static_cast<double>(blocks.size());
    for (const double b : blocks) squares += (b - mean) * (b - mean);
    degrees += static_cast<double>(blocks.size()) - 1;
  }
  return degrees > 0 ? squares / degrees : 0;
}

}  // namespace

TEST_CASE("what is not known of an answer is told from what is not simulated") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  constexpr std::size_t draws = 128, each = 3;
  std::vector<double> means, blocks(draws, static_cast<double>(each));
  std::vector<std::vector<double>> of_draws;
  for (std::size_t k = 0; k < draws; ++k) {
    const double truth = 0.3 + 0.08 * normal(random);
    std::vector<double> seen;
    for (std::size_t b = 0; b < each; ++b) seen.push_back(truth + 0.03 * normal(random));
    means.push_back(std::accumulate(seen.begin(), seen.end(), 0.0) / each);
    of_draws.push_back(seen);
  }
  const double within = variance_within(of_draws);
  CHECK(near(std::sqrt(within), 0.03, 0.004));
  const Known known = known_chance(means, blocks, within);
  CHECK(near(known.knowledge, 0.08, 0.015));
  CHECK(near(known.simulation_error, 0.03 / std::sqrt(draws * each), 3e-4));
  CHECK(near(known.low, 0.3 - 1.645 * 0.08, 0.035));
  CHECK(near(known.high, 0.3 + 1.645 * 0.08, 0.035));
  // As much again by the blocks: what they differ by within a draw is taken off, and the range is of what is left.
  constexpr std::size_t many = 4096;
  std::vector<double> noisy;
  for (std::size_t k = 0; k < many; ++k) noisy.push_back(0.3 + 0.08 * normal(random) + 0.08 * normal(random));
  const std::vector<double> one_each(many, 1.0);
  for (const Known& told : {known_chance(noisy, one_each, 0.08 * 0.08), known_amount(noisy, one_each, 0.08 * 0.08)}) {
    CHECK(near(told.knowledge, 0.08, 0.006));  // 0.113 if it were not
    CHECK(near(told.high - told.low, 2 * 1.645 * 0.08, 0.02));
  }
  // Where draws agree but for the simulation's error, nothing is unknown.
  std::vector<double> flat(draws, 0.3);
  CHECK(known_chance(flat, blocks, 0.0009).knowledge == 0);
  CHECK(known_chance(flat, blocks, 0.0009).low == doctest::Approx(0.3));
}

TEST_CASE("a chance is known from P5 to P95 of the beta of its mean and spread, or of its draws where these reach further") {
  // Draws that are a beta's own quantiles, without error of simulation: the range is that beta's, by numerical integration.
  const BetaPosterior beta{20, 60};
  std::vector<double> draws;
  for (int k = 0; k < 1024; ++k) draws.push_back(beta.quantile((k + 0.5) / 1024));
  const std::vector<double> one_each(draws.size(), 1.0);
  const Known known = known_chance(draws, one_each, 0);
  CHECK(near(known.low, 0.1745253, 5e-4));
  CHECK(near(known.high, 0.3326218, 5e-4));
  CHECK(!known.shapes_differ);
  // One draw in ten far off: the beta of that mean and spread would end at 0.735.
  std::vector<double> apart(1000, 0.1);
  std::fill(apart.begin(), apart.begin() + 100, 0.9);
  const Known wide = known_chance(apart, std::vector<double>(apart.size(), 1.0), 0);
  CHECK(wide.shapes_differ);
  CHECK(near(wide.low, 0.1, 1e-3));
  CHECK(near(wide.high, 0.9, 1e-3));
}
