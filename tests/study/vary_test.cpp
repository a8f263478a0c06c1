// Pairs of trials: what a change does, with the luck of both held the same.
#include "study/vary.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cmath>
#include <vector>

#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "study/correlations.hpp"
#include "study/sweep.hpp"

using namespace shortfall;

namespace {

// Fails exactly when its luck's U < p.
Plans threshold_plans(const std::string& p) {
  const auto plans =
      assemble({.system = {},
                .organisations = {{"plan.yaml", "organisation: one\nyears: [2017]\nincome: 0\nspend: 0\npressure: {sd: 0}\ntarget: " + p +
                                                    "\nschemes: {s: {delivery: {uniform: [0, 1]}, saving: [1]}}\n"}},
                .reference = built_in_reference(),
                .edits = {}});
  REQUIRE(plans);
  return *plans;
}
Model threshold_model(const std::string& p) { return compile(threshold_plans(p), {}); }

}  // namespace

TEST_CASE("R16: P = 0.30 and 0.25 driven by one U differ with a variance of 0.0475 a trial") {
  constexpr std::uint64_t n = 200'000;
  const std::vector<Variation> v = simulate_together(threshold_model("0.30"), {threshold_model("0.25")}, {.first = 0, .count = n}, {.seed = 3});
  const Estimate d = difference(v[0].system, n);
  // Whenever the variant fails so does the base: the difference is −1 in 5 % of trials, variance 0.05 − 0.05².
  CHECK(v[0].system.variant_only == 0);
  CHECK(std::abs(d.value + 0.05) <= 4 * std::sqrt(0.0475 / n));
  const double variance = std::pow(d.half_width() / score95, 2) * n;
  // The variance itself is known to about 4 · sqrt(0.05 · 0.95³ / n), the delta method on the proportion that differs.
  CHECK(std::abs(variance - 0.0475) <= 4 * std::sqrt(0.05 * std::pow(0.95, 3) / n));
}

TEST_CASE("identical plans differ by exactly 0, with the interval [0, 0]") {
  const Model model = threshold_model("0.30");
  const std::vector<Variation> v = simulate_together(model, {model}, {.first = 0, .count = 10'000}, {.seed = 1});
  const Estimate d = difference(v[0].system, v[0].trials);
  CHECK(d.value == 0);
  CHECK(d.low == 0);
  CHECK(d.high == 0);
  CHECK(v[0].system.both > 0);
}

TEST_CASE("a model simulated with others gives the trials that it gives by itself") {
  const Model model = threshold_model("0.30");
  const Tally tally = simulate(model, pilot(model, 5), {.first = 0, .count = 30'000}, {.seed = 5});
  const std::vector<Variation> v =
      simulate_together(threshold_model("0.5"), {threshold_model("0.9"), model}, {.first = 0, .count = 30'000}, {.seed = 5, .threads = 3});
  CHECK(v[1].system.both + v[1].system.variant_only == tally.system.fails.sum.value());
}

TEST_CASE("rank correlations: 1 for any increasing function, ties by their mean rank") {
  CHECK(rank_correlation({1, 2, 3, 4}, {1, 8, 27, 64}) == doctest::Approx(1).epsilon(1e-12));
  CHECK(rank_correlation({1, 2, 3, 4}, {4, 3, 2, 1}) == doctest::Approx(-1).epsilon(1e-12));
  // Ranks 1½, 1½, 3 against 1, 2, 3: 1.5 / sqrt(1.5 · 2).
  CHECK(rank_correlation({5, 5, 9}, {1, 2, 3}) == doctest::Approx(1.5 / std::sqrt(3.0)).epsilon(1e-12));
  CHECK(rank_correlation({1, 1, 1}, {1, 2, 3}) == 0);
}

TEST_CASE("a sweep makes and answers each of its points once, and never goes back in telling how far it is") {
  constexpr std::uint64_t count = 11;
  const Plans plans = threshold_plans("0.3");
  for (const unsigned threads : {1u, 8u}) {  // many points for the threads, and few
    std::vector<std::atomic<int>> made(count), taken(count);
    double last = 0;
    sweep(
        count, threads, nullptr,
        [&](std::uint64_t i) {
          ++made[i];
          SweepPoint point{plans, {}};
          point.options.trials = i % 3 == 0 ? 512 : 1024;
          return point;
        },
        [&](std::uint64_t i, const RunResult& result) {
          ++taken[i];
          CHECK(result.trials == (i % 3 == 0 ? 512 : 1024));
        },
        [&](double share) {
          CHECK(share >= last);
          CHECK(share <= 1);
          last = share;
        });
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(made[i] == 1);
      CHECK(taken[i] == 1);
    }
  }
}
