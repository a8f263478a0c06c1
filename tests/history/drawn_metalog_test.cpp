#include "model/drawn_metalog.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "model/posterior.hpp"
#include "model/quantile.hpp"
#include "sim/outcome.hpp"

using namespace shortfall;

namespace {

Floats all(double score) { return Floats::Constant(static_cast<float>(score)); }

double looked_up(const Curve& curve, double score) {
  Floats value;
  look_up(curve, all(score), value);
  return value[0];
}
int looked_up(const Months& months, double score) {
  Integers value;
  outcome(months, all(score), value);
  return value[0];
}

double exact(const Coefficients& a, const Bounds& b, double score) {
  const Chance c = normal_chance(score);
  const double odds = std::log(c.below / c.above);
  return off_line(a[0] + a[1] * odds + a[2] * (c.below - c.above) / 2 * odds, b);
}

}  // namespace

TEST_CASE("a drawn curve is the metalog of its coefficients within 1e-4 of its range, whatever the bounds and the dial") {
  const Coefficients centre(1.02925377, 0.41212012, -0.07455021), cost(-0.5, 0.23, 0.11), free(0.9, 0.1, 0.02);
  struct Case {
    Coefficients centre;
    Bounds bounds;
    double within;
  };
  // What grows without bound is told by six digits of itself beyond P99.
  for (const Case& c : {Case{centre, {-0.3, 1.3}, 1e-4}, {cost, {0.5, {}}, 1e-3}, {-cost, {{}, 1.5}, 1e-3}, {free, {}, 1e-4}}) {
    const bool falls = c.centre[1] < 0;
    const Coefficients middle = falls ? Coefficients(c.centre[0], -c.centre[1], c.centre[2]) : c.centre;
    for (const double optimism : {1.0, 0.5, 1.7}) {
      const DrawnCurves curves(middle, c.bounds, optimism);
      for (const Coefficients& a : posterior_draws(class_posterior(middle, c.bounds, 20, 10), 64, 1, "made")) {
        const Curve curve = curves.of(a);
        const double range = exact(a, c.bounds, 2.3263) - exact(a, c.bounds, -2.3263);
        double worst = 0;
        for (double score = -5; score <= 5; score += 0.0137) {
          const double value = exact(a, c.bounds, score);
          const double missed = std::abs(looked_up(curve, score) - (1 + optimism * (value - 1)));
          worst = std::max(worst, missed / optimism / std::max(range, std::abs(value)));
        }
        CAPTURE(curves.cells_per_unit());
        CHECK(worst <= c.within);
      }
    }
  }
}

TEST_CASE("drawn delays are the metalog's months, rounded half up, but within 1e-4 of a score of their thresholds") {
  const Bounds bounds{0, 36};
  const Coefficients centre = fit_metalog(Metalog{0.2, 1, 5, 0, 36}, bounds);
  constexpr int most = 30;
  for (const double optimism : {1.0, 0.6, 2.0}) {
    const DrawnDelays delays(bounds, optimism, most);
    for (const Coefficients& a : posterior_draws(class_posterior(centre, bounds, 20, 10), 64, 1, "made")) {
      const Months months = delays.of(a);
      const auto rounded = [&](double score) { return std::min(most, static_cast<int>(std::floor(optimism * exact(a, bounds, -score) + 0.5))); };
      for (double score = -5; score <= 5; score += 0.0137) {
        const int late = looked_up(months, score);
        CHECK(late <= rounded(score - 1e-4));
        CHECK(late >= rounded(score + 1e-4));
      }
    }
  }
}

TEST_CASE("what is always late, or never, is so in every draw") {
  const Months always = DrawnDelays({3, 9}, 1, 48).of({0, 0.5, 0});
  CHECK(looked_up(always, 5.9) == 3);
  CHECK(looked_up(always, -5.9) <= 9);
  const Months never = DrawnDelays({0, 0.4}, 1, 48).of({0, 0.5, 0});
  CHECK(looked_up(never, -5.9) == 0);
}

TEST_CASE("a conditional of coarse cells is the fine one within 1e-5 of a score") {
  for (const double p : {0.02, 0.1, 0.3, 0.6, 0.9}) {
    const Conditional coarse = tabulated_conditional(p, 2), fine = tabulated_conditional(p);
    Marginal m;
    m.kind = Marginal::Kind::dropping;
    // The curve that gives the score itself.
    Curve identity;
    identity.cells_per_unit = 1, identity.cells_below = 8;
    for (int k = -8; k < 8; ++k) identity.cells.push_back({{static_cast<float>(k), 1, 0, 0}});
    m.curve = std::make_shared<const Curve>(identity);
    for (double score = normal_score({p, 1 - p}) + 1e-5; score < 5; score += 0.00317) {
      Floats by_coarse, by_fine;
      m.conditional = std::make_shared<const Conditional>(coarse), m.drop_threshold = coarse.threshold;
      outcome(m, all(score), by_coarse);
      m.conditional = std::make_shared<const Conditional>(fine);
      outcome(m, all(score), by_fine);
      CAPTURE(score);
      CHECK(std::abs(by_coarse[0] - by_fine[0]) <= 1e-5);
    }
  }
}
