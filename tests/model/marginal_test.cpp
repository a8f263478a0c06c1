// The tables that the simulation looks up, against the exact quantile functions.
#include "model/marginal.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/for_each.hpp"
#include "model/compile.hpp"
#include "model/quantile.hpp"
#include "sim/draw.hpp"
#include "sim/luck.hpp"
#include "sim/outcome.hpp"

using namespace shortfall;

namespace {

struct Named {
  std::string name;
  Shape shape;
};

// Every distribution of the format, with its corners: modes and means at an end, U-shaped betas, bounds of every kind.
const std::vector<Named>& smooth_shapes() {
  static const std::vector<Named> all = {
      {"triangular", Triangular{0, 0.5, 1}},
      {"triangular, skewed", Triangular{0, 0.3, 2}},
      {"triangular, mode low", Triangular{0, 0, 1}},
      {"triangular, mode high", Triangular{0.4, 1, 1}},
      {"triangular, mode near an end", Triangular{0, 0.02, 1}},
      {"pert", Pert{0.9, 1.1, 2.0}},
      {"pert, mode low", Pert{0, 0, 1}},
      {"beta", ScaledBeta{0.7, 0.2, 0, 1}},
      {"beta, narrow", ScaledBeta{0.5, 0.01, 0, 1}},
      {"beta, nearly uniform", ScaledBeta{0.5, 0.29, 0, 1}},
      {"beta, U-shaped", ScaledBeta{0.5, 0.4, 0, 1}},
      {"beta, J-shaped", ScaledBeta{0.9, 0.2, 0, 1}},
      {"normal", Normal{0.8, 0.2, {}, {}}},
      {"normal, bounded", Normal{0.8, 0.3, 0.0, 1.2}},
      {"normal, its upper tail alone", Normal{0.8, 0.3, 1.5, {}}},
      {"lognormal", Lognormal{1, 1.5, {}}},
      {"lognormal, wide", Lognormal{1, 3, {}}},
      {"lognormal, bounded", Lognormal{1, 1.5, 3.0}},
      {"metalog", Metalog{0.3, 0.6, 0.8, {}, {}}},
      {"metalog, nearly infeasible", Metalog{0.1, 0.2, 1.0, {}, {}}},
      {"metalog, low", Metalog{0.3, 0.6, 0.8, 0.0, {}}},
      {"metalog, high", Metalog{0.3, 0.6, 0.8, {}, 1.0}},
      {"metalog, both", Metalog{0.7, 0.85, 0.97, 0.0, 1.0}},
      {"metalog, overrun", Metalog{0.95, 1, 1.25, 0.5, 4.0}},
  };
  return all;
}
const std::vector<Named>& segmented_shapes() {
  static const std::vector<Named> all = {
      {"uniform", Uniform{0.2, 1.1}},
      {"values", Values{{0.1, 0.5, 1}, {0.2, 0.3, 0.5}}},
      {"quantiles", Quantiles{{0, 0.1, 0.5, 0.9, 1}, {0, 0.2, 0.6, 1, 1.3}}},
      {"quantiles, flat and steep", Quantiles{{0, 0.4, 0.8, 1}, {0, 0, 5, 14}}},
      {"quantiles, a cliff", Quantiles{{0, 0.99, 1}, {0, 0.1, 1}}},
  };
  return all;
}

// Calls check(score, value) for every score, a column at a time.
void each(const std::vector<float>& scores, const Marginal& marginal, const std::function<void(float, float)>& check) {
  for (std::size_t i = 0; i < scores.size(); i += block_trials) {
    Floats score, value;
    for (std::size_t k = 0; k < block_trials; ++k) score[k] = scores[std::min(i + k, scores.size() - 1)];
    outcome(marginal, score, value);
    for (std::size_t k = 0; k < block_trials; ++k) check(score[k], value[k]);
  }
}

// ±5 in steps off the knots, and ever closer to a threshold on either side, down to neighbouring numbers.
std::vector<float> dense(float threshold = 100) {
  std::vector<float> out;
  for (int k = -5 * 512; k < 5 * 512; ++k) out.push_back(static_cast<float>((k + 0.37) / 512));
  if (std::abs(threshold) > 5) return out;
  for (int k = 0; k < 500; ++k)
    for (const float side : {-1.0f, 1.0f}) out.push_back(threshold + side * static_cast<float>(std::exp2(-26 + k * 0.05)));
  out.push_back(threshold);
  out.push_back(std::nextafter(threshold, -100.0f));
  out.push_back(std::nextafter(threshold, 100.0f));
  out.erase(std::remove_if(out.begin(), out.end(), [](float x) { return std::abs(x) > 5; }), out.end());
  return out;
}

double range_of(const Shape& shape) { return quantile(shape, {0.99, 0.01}) - quantile(shape, {0.01, 0.99}); }

// U given that the scheme goes ahead: (Φ(x) − p)/(1 − p), where p is the chance below the threshold as single precision holds it, some 1e-8
// from the plan's.
Chance ahead(double x, double threshold) {
  const Chance u = normal_chance(x), p = normal_chance(threshold);
  return {(threshold > 0 ? p.above - u.above : u.below - p.below) / p.above, u.above / p.above};
}

// Of the table of Φ: a score plus 8 in single precision is off by 4.8e-7, times the density's 0.4; and single precision of the chance.
constexpr double table_of_chance = 2.5e-7;
constexpr double stated = 1e-5;  // model, section 3: of the range from P1 to P99, inside ±5

}  // namespace

TEST_CASE("a tabulated share is its quantile function to 1e-5 of its range, with and without a drop-out, at any dial") {
  for (const Named& n : smooth_shapes())
    for (const double p : {0.0, 0.05, 0.25, 0.5, 0.9})
      for (const double dial : {1.0, 0.4, 2.0}) {
        const Marginal m = share_marginal({n.shape, p}, dial);
        CHECK(m.kind == (p > 0 ? Marginal::Kind::dropping : Marginal::Kind::curve));
        if (p > 0) CHECK(std::abs(normal_chance(m.drop_threshold).below - p) <= 2e-8);  // half a unit of single precision, times the density
        const double range = dial * range_of(n.shape);
        double worst = 0, at = 0;
        std::size_t wrong_when_dropped = 0;
        each(dense(m.drop_threshold), m, [&](float score, float value) {
          if (score < m.drop_threshold) {
            // The plan's zero, moved by the dial, and nothing near it.
            wrong_when_dropped += value != static_cast<float>(1 - dial) ? 1 : 0;
            return;
          }
          const Chance u = p > 0 ? ahead(score, m.drop_threshold) : normal_chance(score);
          if (std::abs(normal_score(u)) > 5) return;
          const double exact = 1 + dial * (quantile(n.shape, u) - 1);
          if (std::abs(value - exact) > worst) worst = std::abs(value - exact), at = score;
        });
        INFO(n.name << ", drops out " << p << ", dial " << dial << ": off by " << worst / range << " of the range at " << at);
        CHECK(worst <= stated * range);
        CHECK(wrong_when_dropped == 0);
      }
}

TEST_CASE("a curve's cells are as wide as its shape allows, and a kink stands between two of them") {
  const auto cells_per_unit = [](const Shape& shape) { return share_marginal({shape, 0}, 1).curve->cells_per_unit; };
  CHECK(cells_per_unit(Pert{0.9, 1.1, 2.0}) <= 8);
  CHECK(cells_per_unit(Metalog{0.7, 0.85, 0.97, 0.0, 1.0}) <= 8);
  CHECK(cells_per_unit(Triangular{0, 0.3, 2}) <= 8);
  CHECK(cells_per_unit(ScaledBeta{0.5, 0.4, 0, 1}) >= cells_per_unit(ScaledBeta{0.7, 0.2, 0, 1}));
  for (const Named& n : smooth_shapes()) {
    CAPTURE(n.name);
    const std::shared_ptr<const Curve> curve = share_marginal({n.shape, 0}, 1).curve;
    const auto above = static_cast<float>(static_cast<std::int32_t>(curve->cells.size()) - curve->cells_below);
    CHECK(curve->origin - static_cast<float>(curve->cells_below) / curve->cells_per_unit <= -Curve::reach);
    CHECK(curve->origin + above / curve->cells_per_unit >= Curve::reach);
  }
  CHECK(std::abs(share_marginal({Triangular{0, 0.3, 2}, 0}, 1).curve->origin - normal_score({0.15, 0.85})) <= 1e-7);
}

TEST_CASE("a segmented share is its quantile function, with and without a drop-out") {
  for (const Named& n : segmented_shapes())
    for (const double p : {0.0, 0.05, 0.25, 0.5, 0.9})
      for (const double dial : {1.0, 0.4, 2.0}) {
        const Marginal m = share_marginal({n.shape, p}, dial);
        CHECK(m.kind == Marginal::Kind::segments);
        // A steep line multiplies the error of Φ: on a cliff like the last one's beyond the bound.
        double steepest = 0;
        for (const float slope : m.slope) steepest = std::max(steepest, std::abs(double{slope}));
        const double bound = std::max(stated * dial * range_of(n.shape), table_of_chance * steepest);
        double worst = 0;
        std::size_t wrong_when_dropped = 0;
        each(dense(m.drop_threshold), m, [&](float score, float value) {
          if (score < m.drop_threshold) {
            wrong_when_dropped += value != static_cast<float>(1 - dial) ? 1 : 0;
            return;
          }
          const double exact = 1 + dial * (quantile(n.shape, p > 0 ? ahead(score, m.drop_threshold) : normal_chance(score)) - 1);
          // At a step of `values` either side of the threshold in single precision will do; the next test looks there.
          for (const float t : m.thresholds)
            if (std::holds_alternative<Values>(n.shape) && std::abs(score - t) < 1e-6f) return;
          worst = std::max(worst, std::abs(value - exact));
        });
        INFO(n.name << ", drops out " << p << ", dial " << dial << ": off by " << worst << ", bound " << bound);
        CHECK(worst <= bound);
        CHECK(wrong_when_dropped == 0);
      }
}

TEST_CASE("a jump is a jump: no value between, one unit of single precision from the threshold on either side") {
  SUBCASE("steps of values, with and without a drop-out") {
    for (const double p : {0.0, 0.25, 0.9}) {
      const Marginal m = share_marginal({Values{{0.5, 0.1, 1}, {0.3, 0.2, 0.5}}, p}, 1);
      std::vector<float> steps = {0.1f, 0.5f, 1.0f};
      std::vector<double> sums = {0.2, 0.5};
      if (p > 0) {
        steps.insert(steps.begin(), 0.0f);
        sums = {p, p + (1 - p) * 0.2, p + (1 - p) * 0.5};
      }
      REQUIRE(m.thresholds.size() == sums.size());
      for (std::size_t k = 0; k < sums.size(); ++k) {
        CAPTURE(k);
        CHECK(std::abs(m.thresholds[k] - normal_score({sums[k], 1 - sums[k]})) <= 1.2e-7);  // single precision of scores below 2
        const float t = m.thresholds[k];
        each({std::nextafter(t, -9.0f), t}, m, [&](float score, float value) { CHECK(value == steps[score < t ? k : k + 1]); });
      }
      each(dense(m.thresholds[0]), m, [&](float, float value) { CHECK(std::count(steps.begin(), steps.end(), value) == 1); });
    }
  }
  SUBCASE("more steps than are searched one by one") {
    Values many;
    for (int k = 0; k < 200; ++k) many.values.push_back(k), many.weights.push_back(1 / 200.0);
    const Marginal m = share_marginal({many, 0}, 1);
    each(dense(), m, [&](float score, float value) {
      const double u = normal_chance(score).below * 200;
      if (std::abs(u - std::round(u)) > 1e-4) CHECK(value == std::floor(u));
    });
  }
  SUBCASE("a drop-out") {
    for (const Named& n : smooth_shapes())
      for (const double p : {0.05, 0.25, 0.5, 0.9}) {
        const Marginal m = share_marginal({n.shape, p}, 1);
        const float t = m.drop_threshold;
        const double least = quantile(n.shape, normal_chance(-5));
        each({std::nextafter(t, -9.0f), t, std::nextafter(t, 9.0f)}, m, [&](float score, float value) {
          INFO(n.name << ", drops out " << p);
          // Just above, the lowest of those that go ahead: below their 3e-7 quantile, and no lower than the table's end.
          if (score < t)
            CHECK(value == 0.0f);
          else
            CHECK(value <= least + stated * range_of(n.shape));
        });
        Floats score;
        Flags dropped;
        std::fill(score.begin(), score.end(), t);
        score[1] = std::nextafter(t, -9.0f);
        drops_out(m, score, dropped);
        CHECK(dropped[0] == 0);
        CHECK(dropped[1] == 1);
      }
  }
  SUBCASE("always and never") {
    Marginal m = share_marginal({Uniform{0.5, 1}, 1.0}, 1.5);
    each(dense(), m, [&](float, float value) { CHECK(value == -0.5f); });
    Floats score = Floats::Zero();
    Flags dropped;
    drops_out(m, score, dropped);
    CHECK(dropped[0] == 1);
    m = share_marginal({Uniform{0.5, 1}, 0.0}, 1);
    drops_out(m, score, dropped);
    CHECK(dropped[0] == 0);
  }
}

TEST_CASE("at the dial's zero every outcome is exactly the plan's") {
  for (const std::vector<Named>* shapes : {&smooth_shapes(), &segmented_shapes()})
    for (const Named& n : *shapes) {
      CAPTURE(n.name);
      for (const double p : {0.0, 0.25, 1.0}) each(dense(), share_marginal({n.shape, p}, 0), [&](float, float value) { CHECK(value == 1.0f); });
      each(dense(), overrun_marginal({n.shape, 0}, 0), [&](float, float value) { CHECK(value == 1.0f); });
      each(dense(), staffing_marginal({n.shape, 0}, 0), [&](float, float value) { CHECK(value == 1.0f); });
      const Months months = delay_months({n.shape, 0}, 0, 48);
      CHECK(months.certain() == 0);
      CHECK(months.thresholds().empty());
    }
}

TEST_CASE("an overrun falls as luck rises, is never below zero, and its corner at zero is sharp") {
  for (const Named& n : {Named{"metalog", Metalog{0.95, 1, 1.25, 0.5, 4.0}}, Named{"normal that reaches below zero", Normal{1, 0.5, {}, {}}},
                         Named{"uniform", Uniform{0.8, 1.7}}, Named{"lognormal", Lognormal{1.1, 1.5, {}}}})
    for (const double dial : {1.0, 0.4, 2.0}) {
      const Marginal m = overrun_marginal({n.shape, 0}, dial);
      double worst = 0;
      each(dense(), m, [&](float score, float value) {
        const Chance u = normal_chance(score);
        const double exact = std::max(0.0, 1 + dial * (std::max(0.0, quantile(n.shape, {u.above, u.below})) - 1));
        worst = std::max(worst, std::abs(value - exact));
      });
      INFO(n.name << ", dial " << dial << ": off by " << worst);
      CHECK(worst <= stated * dial * range_of(n.shape));
    }
}

TEST_CASE("staffing is kept between none and all after the dial, and its corners are sharp") {
  for (const Named& n : {Named{"metalog", Metalog{0.65, 0.82, 0.95, 0.0, 1.0}}, Named{"uniform", Uniform{0.2, 0.9}},
                         Named{"quantiles", Quantiles{{0, 0.5, 1}, {0, 0.8, 1}}}, Named{"values", Values{{0.2, 0.9}, {0.5, 0.5}}},
                         Named{"triangular", Triangular{0.4, 0.8, 1.0}}, Named{"normal that reaches beyond both", Normal{0.6, 0.3, {}, {}}}})
    for (const double dial : {0.4, 1.0, 1.5, 3.0}) {
      const Marginal m = staffing_marginal({n.shape, 0}, dial);
      double worst = 0;
      each(dense(), m, [&](float score, float value) {
        const double posts = std::clamp(quantile(n.shape, normal_chance(score)), 0.0, 1.0);
        worst = std::max(worst, std::abs(value - std::clamp(1 + dial * (posts - 1), 0.0, 1.0)));
      });
      INFO(n.name << ", dial " << dial << ": off by " << worst);
      CHECK(worst <= stated * dial * range_of(n.shape));
    }
  each(dense(), staffing_marginal({Fixed{0.5}, 0}, 3), [](float, float value) { CHECK(value == 0.0f); });
}

TEST_CASE("months late are the dialled delay rounded half up, once, and at most the plan's length") {
  for (const Named& n : {Named{"triangular", Triangular{0, 6, 18}}, Named{"metalog", Metalog{0.2, 1, 6, 0.0, 24.0}}, Named{"uniform", Uniform{0, 10}},
                         Named{"values", Values{{0, 2.5, 7.49, 40}, {0.25, 0.25, 0.25, 0.25}}}, Named{"lognormal", Lognormal{3, 9, {}}},
                         Named{"quantiles", Quantiles{{0, 0.4, 0.8, 1}, {0, 0, 5, 14}}}, Named{"never less than two", Uniform{2, 4}}})
    for (const double dial : {1.0, 0.3, 2.0}) {
      constexpr int most = 36;
      const Months m = delay_months({n.shape, 0}, dial, most);
      std::size_t wrong = 0, met = 0;
      const std::vector<float> scores = dense();
      for (std::size_t i = 0; i + block_trials <= scores.size(); i += block_trials) {
        Floats score;
        Integers months;
        std::copy_n(scores.begin() + static_cast<std::ptrdiff_t>(i), block_trials, score.data());
        outcome(m, score, months);
        for (std::size_t k = 0; k < block_trials; ++k) {
          const Chance u = normal_chance(score[k]);
          const double late = dial * quantile(n.shape, {u.above, u.below});
          // So near a half month that single precision of the score decides; the thresholds are looked at below.
          if (std::abs(late - 0.5 - std::round(late - 0.5)) < 1e-4 && !std::holds_alternative<Values>(n.shape)) continue;
          ++met;
          wrong += months[k] != std::min(most, static_cast<int>(std::floor(late + 0.5))) ? 1 : 0;
        }
      }
      INFO(n.name << ", dial " << dial);
      CHECK(wrong == 0);
      CHECK(met > scores.size() * 9 / 10);
    }
}

TEST_CASE("thresholds of months are exact") {
  // Uniform on 0 to 10: m + 1 months or more when 1 − U >= (m + ½)/10.
  const Months m = delay_months({Uniform{0, 10}, 0}, 1, 48);
  REQUIRE(m.thresholds().size() == 10);
  for (std::size_t k = 0; k < 10; ++k) {
    const double late = (static_cast<double>(k) + 0.5) / 10;
    CHECK(std::abs(m.thresholds()[k] - normal_score({1 - late, late})) <= 1.2e-7);  // single precision of scores below 2
    Floats score;
    Integers months;
    std::fill(score.begin(), score.end(), m.thresholds()[k]);
    score[1] = std::nextafter(m.thresholds()[k], -9.0f);
    outcome(m, score, months);
    CHECK(months[0] == static_cast<int>(k));
    CHECK(months[1] == static_cast<int>(k) + 1);
  }
}

TEST_CASE("a certain delay is rounded half up after the dial") {
  const auto months = [](double delay, double dial, int most) {
    Integers value;
    outcome(delay_months({Fixed{delay}, 0}, dial, most), Floats::Zero(), value);
    return value[17];
  };
  CHECK(months(2.5, 1, 48) == 3);
  CHECK(months(2.49, 1, 48) == 2);
  CHECK(months(0.5, 1, 48) == 1);
  CHECK(months(2.5, 2, 48) == 5);  // not 6: rounded once
  CHECK(months(2.4, 2, 48) == 5);  // 4.8, not 4
  CHECK(months(3, 0.5, 48) == 2);  // 1.5
  CHECK(months(100, 1, 48) == 48);
  CHECK(months(100, 0, 48) == 0);
}

TEST_CASE("no delay takes a score beyond the cap, nor goes below nought") {
  // All of it at the cap or beyond: 48 months whatever the score.
  const Months late = delay_months({Uniform{60, 90}, 0}, 1, 48);
  Floats score;
  Integers months;
  for (std::size_t k = 0; k < block_trials; ++k) score[k] = -8.0f + 16.0f * static_cast<float>(k) / block_trials;
  outcome(late, score, months);
  CHECK(*std::min_element(months.begin(), months.end()) == 48);
  CHECK(*std::max_element(months.begin(), months.end()) == 48);
  outcome(delay_months({Normal{0, 3, {}, {}}, 0}, 1, 48), score, months);
  CHECK(*std::min_element(months.begin(), months.end()) == 0);
  CHECK(*std::max_element(months.begin(), months.end()) >= 20);
}

TEST_CASE("the table of the normal distribution function") {
  double worst = 0;
  std::vector<float> scores = dense();
  for (float x = -9; x < 9; x += 0.0017f) scores.push_back(x);
  for (std::size_t i = 0; i + block_trials <= scores.size(); i += block_trials) {
    Floats score, value;
    std::copy_n(scores.begin() + static_cast<std::ptrdiff_t>(i), block_trials, score.data());
    look_up(normal_curve(), score, value);
    for (std::size_t k = 0; k < block_trials; ++k) worst = std::max(worst, std::abs(value[k] - normal_chance(score[k]).below));
  }
  CHECK(worst <= table_of_chance);
}

TEST_CASE("the student-t copula's way back to normal scores is exact to 2e-5") {
  for (const double nu : {2.0, 3.0, 4.0, 5.0, 10.0, 100.0, 1000.0}) {
    const Model::StudentT t{static_cast<float>(nu), 0, mixing_curve(nu), student_t_to_normal_curve(nu)};
    double worst = 0, at = 0;
    for (const float mixing : {1.0f, 0.3f, 0.9f, 2.0f, 10.0f}) {
      for (int first = -6 * 256; first < 6 * 256; first += static_cast<int>(block_trials)) {
        Floats mix, score;
        std::fill(mix.begin(), mix.end(), mixing);
        for (std::size_t k = 0; k < block_trials; ++k) score[k] = (static_cast<float>(first) + static_cast<float>(k) + 0.43f) / 256;
        const Floats before = score;
        mix_student_t(t, mix, score);
        for (std::size_t k = 0; k < block_trials; ++k) {
          const double exact = normal_score(student_t_chance(double{before[k]} * double{mixing}, nu));
          if (std::abs(exact) > 5) continue;
          if (std::abs(score[k] - exact) > worst) worst = std::abs(score[k] - exact), at = before[k];
        }
      }
    }
    INFO("degrees of freedom " << nu << ": off by " << worst << " at " << at);
    CHECK(worst <= 2e-5);
  }
}

TEST_CASE("the mixing of the student-t copula is sqrt(nu/W) with W chi-squared") {
  for (const double nu : {2.0, 5.0, 50.0}) {
    const Curve curve = mixing_curve(nu);
    double worst = 0;
    for (int k = 0; k < 4096; ++k) {
      Floats score, value;
      std::fill(score.begin(), score.end(), static_cast<float>((k - 2048 + 0.41) / 512));
      look_up(curve, score, value);
      const Chance u = normal_chance(score[0]);
      const double exact = std::sqrt(nu / chi_squared_quantile(u, nu));
      worst = std::max(worst, std::abs(value[0] / exact - 1));
    }
    CAPTURE(nu);
    CHECK(worst <= 1e-5);  // the bound of every table, here of the value itself
  }
}

TEST_CASE("tables that are shared are those that would be made alone") {
  Tables shared;
  for (const double dial : {0.5, 1.0})  // the second dial finds the quantiles of the first
    for (const Named& n : smooth_shapes())
      for (const double p : {0.0, 0.25}) {
        INFO(n.name << ", drops out " << p << ", dial " << dial);
        const Marginal m = share_marginal({n.shape, p}, dial, &shared), alone = share_marginal({n.shape, p}, dial);
        CHECK(m.curve->cells == alone.curve->cells);
        if (p > 0) CHECK(m.conditional->cells == alone.conditional->cells);
      }
  const Shape shape = Pert{0, 0.5, 1};
  const Marginal certain_start = share_marginal({shape, 0}, 1, &shared), half = share_marginal({shape, 0.5}, 1, &shared);
  CHECK(certain_start.curve == half.curve);
  CHECK(half.curve != share_marginal({shape, 0.5}, 2, &shared).curve);
  CHECK(half.conditional == share_marginal({Pert{0, 0.6, 1}, 0.5}, 1, &shared).conditional);
}

TEST_CASE("tables may be asked by several threads: a shape has one table") {
  Tables shared;
  std::vector<Marginal> made(64);
  for_each(made.size(), 4, [&](std::uint64_t i, unsigned) {
    made[i] = share_marginal({Pert{0, 0.1 * static_cast<double>(i % 4), 1}, 0.25}, 1, &shared);
  });
  for (std::size_t i = 0; i < made.size(); ++i) {
    CHECK(made[i] == made[i % 4]);
    CHECK(made[i].curve->cells == share_marginal({Pert{0, 0.1 * static_cast<double>(i % 4), 1}, 0.25}, 1).curve->cells);
  }
}

TEST_CASE("no cubic takes an outcome beyond what its distribution can be, however steep that is") {
  const auto least_of = [](const Marginal& m) {
    double least = HUGE_VAL;
    Floats score, value;
    for (int first = -8 * 256; first < 8 * 256; first += 256) {
      for (int k = 0; k < 256; ++k) score[k] = static_cast<float>(first + k) / 256;
      outcome(m, score, value);
      least = std::min(least, static_cast<double>(value.minCoeff()));
    }
    return least;
  };
  // From 1e-133 to 1e10 within a score or two: the cubic swings to -2e8 before it rises.
  const Distribution steep{Lognormal{2.2e-133, 1.58e10, std::nullopt}, 0};
  for (const double optimism : {0.3, 1.0, 10.0}) {
    CHECK(least_of(overrun_marginal(steep, optimism)) >= 0);
    CHECK(least_of(share_marginal(steep, optimism)) >= 1 - optimism - 1e-6);
  }
  CHECK(least_of(share_marginal({steep.shape, 0.25}, 1)) >= 0);
  // One that is wide, but no wider than its cells can follow, is not cut.
  CHECK(!share_marginal({Lognormal{1, 20, std::nullopt}, 0.25}, 1).limited);
}
