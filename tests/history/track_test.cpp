// Actuals and what they say: likelihoods, factors and the lucks of schemes, against exact values.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <Eigen/Core>
#include <random>

#include "history/factor_posterior.hpp"

#include "history/scheme_evidence.hpp"
#include "model/metalog_fit.hpp"
#include "model/quantile.hpp"

namespace {
using namespace shortfall;

constexpr double score_of_p90 = 1.2815515655446004;

Chance chance_at(double score) { return normal_chance(score); }

// Of bounds −0.3 and 1.3.
double metalog_share(const Coefficients& a, double y, double complement) {
  const double logit = std::log(y / complement);
  const double z = a[0] + a[1] * logit + a[2] * (y - 0.5) * logit;
  return (-0.3 + 1.3 * std::exp(z)) / (1 + std::exp(z));
}

// One of the six of the system that was worked out by other means: drops out in 25 %, delay lognormal with median 3 and P90 9 in whole months, share
// and delay with correlation 0.4 beyond the factors, saving one a month.
SeenScheme of_six(double seen) {
  SeenScheme s;
  const double all = std::sqrt(0.75), rho = 0.4;
  s.common_sd = std::sqrt(0.25);
  s.share_weight = all, s.delay_by_share = all * rho, s.delay_weight = all * std::sqrt(1 - rho * rho);
  const double threshold = normal_score({0.25, 0.75});
  s.drop_threshold = threshold;
  s.breaks = {threshold};
  s.share = [](const std::vector<double>& scores, std::vector<double>& shares) {
    const Coefficients a(1.02925377, 0.41212012, -0.07455021);
    for (std::size_t k = 0; k < scores.size(); ++k) {
      const Chance u = chance_at(scores[k]);
      shares[k] = u.below <= 0.25 ? 0 : metalog_share(a, (u.below - 0.25) / 0.75, u.above / 0.75);
    }
  };
  const double sigma = std::log(9.0 / 3.0) / score_of_p90;
  for (int m = 0; m < 12; ++m) s.late.push_back(-std::log((m + 0.5) / 3) / sigma);
  s.seen.push_back({seen, 0.3, {6, 5, 4, 3, 2, 1, 0}});
  s.error = ErrorShape::normal;
  s.harm_at_once = false;  // nor was it there
  return s;
}
}  // namespace

TEST_SUITE("track") {
  TEST_CASE("a normal share seen with a normal error is the textbook's posterior") {
    SeenScheme s;
    s.share = [](const std::vector<double>& scores, std::vector<double>& shares) {
      for (std::size_t k = 0; k < scores.size(); ++k) shares[k] = 0.8 + 0.15 * scores[k];
    };
    s.seen.push_back({0.55, 0.10, {1}});
    s.error = ErrorShape::normal;
    const SchemeEvidence evidence(s);
    // The normals of the prior, each in the middle of its 25,600th.
    double sum = 0, squares = 0, below = 0;
    constexpr int blocks = 100;
    for (int b = 0; b < blocks; ++b) {
      Floats share, delay = Floats::Zero(), c = Floats::Zero();
      for (int i = 0; i < 256; ++i) {
        const double u = (i * blocks + b + 0.5) / (256 * blocks);
        share[i] = static_cast<float>(normal_score({u, 1 - u}));
      }
      evidence.move(c, share, delay);
      for (int i = 0; i < 256; ++i) {
        const double value = 0.8 + 0.15 * static_cast<double>(share[i]);
        sum += value, squares += value * value, below += value < 0.6;
      }
    }
    const double n = 256 * blocks, mean = sum / n;
    CHECK(mean == doctest::Approx(0.62692308).epsilon(2e-5));
    CHECK(std::sqrt(squares / n - mean * mean) == doctest::Approx(0.08320503).epsilon(2e-3));
    CHECK(below / n == doctest::Approx(0.373130).epsilon(2e-3));
  }

  TEST_CASE("ten schemes that are seen at a score move their factor as conjugate normals do") {
    std::vector<NormalEvidence> seen(10, NormalEvidence{Eigen::VectorXd::Constant(1, 0.5), -1, 0.75});
    const FactorPosterior posterior(1, {}, seen);
    CHECK(posterior.mode()[0] == doctest::Approx(-1.53846154).epsilon(1e-8));
    CHECK(posterior.covariance()(0, 0) == doctest::Approx(0.23076923).epsilon(1e-7));
    // An eleventh that drops out with 25 % by itself.
    const double threshold = normal_score({0.25, 0.75});
    const double spread = std::sqrt(0.75 + 0.25 * posterior.covariance()(0, 0));
    CHECK(normal_chance((threshold - 0.5 * posterior.mode()[0]) / spread).below == doctest::Approx(0.54197796).epsilon(1e-7));
    // The same by a likelihood in a table, as schemes have theirs.
    std::vector<double> values;
    for (int k = -60; k <= 60; ++k) values.push_back(-10 * std::pow(-1 - k * 0.05, 2) / 1.5);
    const FactorPosterior tabulated(1, {{Eigen::VectorXd::Constant(1, 0.5), Spline(-3, 0.05, values)}}, {});
    CHECK(tabulated.mode()[0] == doctest::Approx(-1.53846154).epsilon(1e-6));
    CHECK(tabulated.covariance()(0, 0) == doctest::Approx(0.23076923).epsilon(1e-5));
  }

  TEST_CASE("a scheme's likelihood of its common luck has the digits that were worked out by other means") {
    const double expected[3][4] = {
        {3.8, -2.702881, -1.921568, -1.583421}, {0, -0.215246, -0.755840, -1.580972}, {6.4, -6.957974, -4.998038, -3.458169}};
    for (const auto& row : expected) {
      const SchemeEvidence evidence(of_six(row[0]));
      for (int k = 0; k < 3; ++k) {
        CHECK(std::abs(evidence.log_likelihood_at(-0.5 + 0.5 * k) - row[k + 1]) < 2e-5);
        CHECK(std::abs(evidence.log_likelihood().value(-0.5 + 0.5 * k) - row[k + 1]) < 5e-5);
      }
    }
  }

  TEST_CASE("a likelihood that was tabulated while no factor was held serves where one is") {
    const SchemeEvidence before(of_six(3.8));
    for (const double held : {-4.0, -1.645, 1.645, 4.0}) {
      SeenScheme scheme = of_six(3.8);
      scheme.common_mean = std::sqrt(0.15) * held, scheme.common_sd = std::sqrt(0.25 - 0.15);
      const SchemeEvidence anew(scheme);
      REQUIRE(before.serves(scheme.common_mean, scheme.common_sd));
      Floats share = Floats::LinSpaced(-3, 3), delay = share.reverse(), c;
      Floats share_anew = share, delay_anew = delay;
      for (int i = 0; i < 256; ++i) {
        const double at = scheme.common_mean + (-3 + 6 * ((37 * i) % 256) / 255.0) * scheme.common_sd;
        CHECK(std::abs(before.tabulated(at) - anew.log_likelihood_at(at)) < 1e-4);
        CHECK(std::abs(anew.tabulated(at) - anew.log_likelihood_at(at)) < 1e-4);
        c[i] = static_cast<float>(at);
      }
      before.move(c, share, delay);
      anew.move(c, share_anew, delay_anew);
      CHECK((share - share_anew).abs().maxCoeff() < 0.02f);
      CHECK((delay - delay_anew).abs().mean() < 0.01f);
    }
    CHECK(!before.serves(0, 0.7));
    CHECK(!before.serves(1.5, 0.45));
  }

  TEST_CASE("a share that rises from its least just above the drop-outs is told from them") {
    constexpr double drops_out = 0.5, sd = 0.05;
    const Coefficients a(1.0330, 0.2174, -0.0506);
    SeenScheme s;
    s.drop_threshold = 0;
    s.breaks = {0};
    s.share = [&](const std::vector<double>& scores, std::vector<double>& shares) {
      for (std::size_t k = 0; k < scores.size(); ++k) {
        const Chance u = chance_at(scores[k]);
        shares[k] = u.below <= drops_out ? 0 : metalog_share(a, (u.below - drops_out) / (1 - drops_out), u.above / (1 - drops_out));
      }
    };
    s.seen.push_back({0, sd, {1}});
    s.error = ErrorShape::normal;
    // Of those that go ahead, over the logarithm of their place: a few in ten thousand have a share near 0.
    const auto fits = [&](double share) { return std::exp(-share * share / (2 * sd * sd)); };
    double ahead = 0;
    constexpr int steps = 200'000;
    for (int k = 0; k < steps; ++k) {
      const double below = std::exp(-30 * (k + 0.5) / steps);
      ahead += below * 30 / steps * fits(metalog_share(a, below, 1 - below));
    }
    const double dropped = drops_out / (drops_out + (1 - drops_out) * ahead);
    CHECK(std::abs((1 - SchemeEvidence(s).chance_of_dropping(0)) / (1 - dropped) - 1) < 0.005);
  }

  // 2 organisations of 3 schemes each, of two classes: factors are the system, A, B, class 1, class 2.
  TEST_CASE("six schemes' actuals move their factors, their drop-outs and their year as worked out by other means") {
    const int organisation[6] = {1, 1, 1, 2, 2, 2}, reference_class[6] = {3, 3, 4, 3, 4, 4};
    const double seen[6] = {3.8, 2.0, 0, 6.4, 4.9, 5.5};
    std::vector<SchemeEvidence> schemes;
    std::vector<SharedEvidence> shared;
    for (int i = 0; i < 6; ++i) {
      schemes.emplace_back(of_six(seen[i]));
      Eigen::VectorXd weights = Eigen::VectorXd::Zero(5);
      weights[0] = std::sqrt(0.05), weights[organisation[i]] = std::sqrt(0.15), weights[reference_class[i]] = std::sqrt(0.05);
      shared.push_back({weights, schemes.back().log_likelihood()});
    }
    const FactorPosterior posterior(5, shared, {});
    const double mode[5] = {0.7029, -0.3121, 1.5295, 0.5928, 0.1100}, means[5] = {0.702, -0.315, 1.532, 0.595, 0.107};
    for (int f = 0; f < 5; ++f) CHECK(std::abs(posterior.mode()[f] - mode[f]) < 2e-4);

    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    std::chi_squared_distribution<double> chi_squared(7);
    constexpr int blocks = 2000, trials = 256, proposals = 4 * trials;
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(5);
    double dropped = 0, year = 0, squares = 0;
    std::vector<double> all_weights;
    const SeenScheme prior = of_six(0);
    std::vector<double> share(trials), scores(trials);
    for (int b = 0; b < blocks; ++b) {
      Eigen::MatrixXd factors = Eigen::MatrixXd::NullaryExpr(proposals, 5, [&] { return normal(random); });
      const Eigen::VectorXd mixing = Eigen::VectorXd::NullaryExpr(proposals, [&] { return std::sqrt(7 / chi_squared(random)); });
      Eigen::VectorXd log_weights;
      posterior.propose(factors, mixing, log_weights);
      all_weights.insert(all_weights.end(), log_weights.begin(), log_weights.end());
      const std::vector<std::uint32_t> chosen = resample(log_weights, trials, std::uniform_real_distribution<double>()(random));
      Doubles saved = Doubles::Zero();
      for (int i = 0; i < 6; ++i) {
        Floats c, own, delay;
        for (int k = 0; k < trials; ++k) {
          c[k] = static_cast<float>(shared[static_cast<std::size_t>(i)].weights.dot(factors.row(chosen[static_cast<std::size_t>(k)])));
          own[k] = static_cast<float>(normal(random)), delay[k] = static_cast<float>(normal(random));
        }
        schemes[static_cast<std::size_t>(i)].move(c, own, delay);
        for (int k = 0; k < trials; ++k)
          scores[static_cast<std::size_t>(k)] = static_cast<double>(c[k]) + prior.share_weight * static_cast<double>(own[k]);
        prior.share(scores, share);
        for (int k = 0; k < trials; ++k) {
          const double late =
              static_cast<double>(c[k]) + prior.delay_by_share * static_cast<double>(own[k]) + prior.delay_weight * static_cast<double>(delay[k]);
          int months = 0;
          while (months < 12 && late < prior.late[static_cast<std::size_t>(months)]) ++months;
          saved[k] += share[static_cast<std::size_t>(k)] * (12 - months);
          if (i == 2) dropped += scores[static_cast<std::size_t>(k)] < *prior.drop_threshold;
        }
      }
      for (const std::uint32_t k : chosen) sum += factors.row(k).transpose();
      year += saved.sum(), squares += saved.square().sum();
    }
    const double n = static_cast<double>(blocks) * trials;
    for (int f = 0; f < 5; ++f) CHECK(std::abs(sum[f] / n - means[f]) < 0.006);
    CHECK(std::abs(dropped / n - 0.6164) < 0.004);
    CHECK(std::abs(year / n - 53.051) < 0.03);
    CHECK(std::abs(std::sqrt(squares / n - year / n * (year / n)) - 2.572) < 0.02);
    const WeightsQuality quality = quality_of(all_weights);
    CHECK(quality.pareto_k < 0.5);
    CHECK(quality.effective > 0.5 * static_cast<double>(quality.proposals));
  }

  TEST_CASE("the shape of a Pareto tail is found, and is what heavy weights are told by") {
    std::mt19937_64 random(3);
    for (const double shape : {-0.2, 0.3, 0.9}) {
      std::vector<double> values;
      for (int k = 0; k < 20'000; ++k) {
        const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
        values.push_back((std::pow(u, -shape) - 1) / shape);
      }
      std::sort(values.begin(), values.end());
      CHECK(std::abs(pareto_shape(values) - shape) < 0.04);
    }
    // Weights 1/u^0.9 have a tail of that shape: not to be trusted.
    std::vector<double> log_weights;
    for (int k = 0; k < 100'000; ++k) log_weights.push_back(-0.9 * std::log((static_cast<double>(random() >> 11) + 0.5) * 0x1p-53));
    CHECK(!quality_of(log_weights).trustworthy());
    CHECK(quality_of(std::vector<double>(1000, 3.0)).trustworthy());
    CHECK(quality_of(std::vector<double>(1000, 3.0)).effective == doctest::Approx(1000));
  }

  TEST_CASE("resampling gives each proposal its weight's share of trials, but for less than one") {
    const Eigen::VectorXd log_weights = Eigen::Vector4d(std::log(0.1), std::log(0.4), -HUGE_VAL, std::log(0.5));
    for (const double offset : {0.0, 0.3, 0.999}) {
      std::array<int, 4> count{};
      for (const std::uint32_t k : resample(log_weights, 256, offset)) ++count[k];
      CHECK(count[2] == 0);
      for (const auto& [k, exact] : {std::pair{0, 25.6}, {1, 102.4}, {3, 128.0}}) CHECK(std::abs(count[static_cast<std::size_t>(k)] - exact) < 1);
    }
  }
}
