// The arithmetic of cooperation against games whose answers are known.
#include "study/game.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

using namespace shortfall;

namespace {

constexpr double rounding = 1e-12;

void check_values(const std::vector<double>& values, const std::vector<double>& exact) {
  REQUIRE(values.size() == exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(std::abs(values[i] - exact[i]) <= rounding);
}

template <class Worth>
std::vector<double> game(std::size_t players, Worth worth) {
  std::vector<double> out;
  for (Coalition s = 0; s < Coalition{1} << players; ++s) out.push_back(worth(s));
  return out;
}

Estimate known(double value) { return {value, value, value, 1000}; }
Estimate within(double value, double reach) { return {value, value - reach, value + reach, 1000}; }
// Two members with P(fails) as a game's matrix gives it.
Temptations payoffs(double stay, double i_leave, double others_leave, double alone) {
  return {known(i_leave - stay), known(alone - stay), known(alone - others_leave)};
}

}  // namespace

TEST_CASE("R17: Shapley's values of the glove game are 2/3, 1/6, 1/6") {
  check_values(shapley(game(3, [](Coalition s) { return (s & 1) != 0 && (s & 6) != 0 ? 1.0 : 0.0; }), 3), {2.0 / 3, 1.0 / 6, 1.0 / 6});
}

TEST_CASE("R17: Shapley's values of the airport game with costs 1, 2, 3 are 1/3, 5/6, 11/6") {
  check_values(shapley(game(3, [](Coalition s) { return (s & 4) != 0   ? 3.0
                                                        : (s & 2) != 0 ? 2.0
                                                        : (s & 1) != 0 ? 1.0
                                                                       : 0.0; }), 3),
               {1.0 / 3, 5.0 / 6, 11.0 / 6});
}

TEST_CASE("Shapley's values of twelve players add up to the whole, and a player that adds nothing gets nothing") {
  const std::vector<double> value = game(12, [](Coalition s) { return std::sqrt(static_cast<double>(s & 0x7ff)); });
  const std::vector<double> shares = shapley(value, 12);
  CHECK(std::abs(std::accumulate(shares.begin(), shares.end(), 0.0) - value.back()) <= 1e-10);  // a sum of 4,095 terms
  CHECK(std::abs(shares[11]) <= rounding);
}

TEST_CASE("the core of the airport game is not empty, that of the majority game is by a third") {
  const LeastCore airport = least_core(game(3, [](Coalition s) { return (s & 4) != 0 ? 3.0 : (s & 2) != 0 ? 2.0 : (s & 1) != 0 ? 1.0 : 0.0; }), 3);
  // Worst off is the player of cost 1, or those of 1 and 2: x1 − 1 and x1 + x2 − 2 and x3 − 3 with x1 + x2 + x3 = 3: −1/2 at x1 = 1/2.
  CHECK(std::abs(airport.excess + 0.5) <= rounding);
  // One or two players need 1, three need 2: each pair may pay at most 1, all pay 2, so that the pairs pay 4 in all and fall 1 short, 1/3 each.
  const std::vector<double> cost = game(3, [](Coalition s) { return s == 0 ? 0.0 : s == 7 ? 2.0 : 1.0; });
  const LeastCore majority = least_core(cost, 3);
  CHECK(std::abs(majority.excess - 1.0 / 3) <= rounding);
  check_values(majority.allocation, {2.0 / 3, 2.0 / 3, 2.0 / 3});
  REQUIRE(majority.claims.size() == 3);
  for (const LeastCore::Claim& c : majority.claims) CHECK(std::abs(c.weight - 1.0 / 3) <= rounding);
  CHECK(majority.claims[0].coalition == 3);
  CHECK(majority.claims[1].coalition == 5);
  CHECK(majority.claims[2].coalition == 6);
  CHECK(std::abs(majority.cover - 2.0 / 3) <= rounding);
}

TEST_CASE("the least core is feasible, tight and as its claims say, for games of up to twelve players") {
  for (std::size_t n = 1; n <= 12; ++n) {
    // A game without any structure: a fixed scatter of costs.
    const std::vector<double> cost =
        game(n, [](Coalition s) { return s == 0 ? 0.0 : std::fmod(static_cast<double>(s) * 0.6180339887, 1.0) + std::sqrt(static_cast<double>(s)); });
    const LeastCore core = least_core(cost, n);
    CHECK(std::abs(std::accumulate(core.allocation.begin(), core.allocation.end(), 0.0) - cost.back()) <= 1e-9);
    if (n == 1) continue;
    // Nobody pays more than the excess beyond its cost, and someone pays that: feasible. By the claims no smaller excess is: the least.
    CHECK(std::abs(strongest_objection(cost, core.allocation).excess - core.excess) <= 1e-9);
    double by_claims = core.cover * cost.back(), weights = 0;
    std::vector<double> covered(n, 0.0);
    for (const LeastCore::Claim& c : core.claims) {
      by_claims -= c.weight * cost[c.coalition];
      weights += c.weight;
      for (std::size_t i = 0; i < n; ++i) covered[i] += (c.coalition >> i & 1) != 0 ? c.weight : 0;
    }
    CHECK(std::abs(by_claims - core.excess) <= 1e-9);
    CHECK(std::abs(weights - 1) <= 1e-9);
    for (const double c : covered) CHECK(std::abs(c - core.cover) <= 1e-9);
  }
}

TEST_CASE("the strongest objection is the coalition that pays most beyond its cost") {
  const std::vector<double> cost = {0, 1, 1, 1, 1, 1, 1, 2};
  const Objection o = strongest_objection(cost, {1, 1, 0});
  CHECK(o.coalition == 3);
  CHECK(std::abs(o.excess - 1) <= rounding);
}

TEST_CASE("two-player games are told apart by their four payoffs") {
  const auto verdict = [](const Temptations& t) { return verdict_of({t, t}, 0.01); };
  CHECK(verdict(payoffs(0.32, 0.1, 0.8, 0.5)) == PoolVerdict::dilemma);
  CHECK(verdict(payoffs(0.125, 0.2, 0.45, 0.4)) == PoolVerdict::stag_hunt);
  CHECK(verdict(payoffs(0.1, 0.3, 0.3, 0.4)) == PoolVerdict::holds);  // it would not follow: it is no worse off staying
  CHECK(verdict(payoffs(0.3, 0.1, 0.2, 0.1)) == PoolVerdict::comes_apart);
  CHECK(verdict(payoffs(0.3, 0.3, 0.3, 0.3)) == PoolVerdict::indifferent);
  CHECK(verdict_of({payoffs(0.32, 0.1, 0.8, 0.5), payoffs(0.1, 0.3, 0.3, 0.4)}, 0.01) == PoolVerdict::some_tempted);
  CHECK(verdict_of({payoffs(0.32, 0.1, 0.8, 0.5), payoffs(0.3, 0.1, 0.2, 0.1)}, 0.01) == PoolVerdict::comes_apart);
}

TEST_CASE("noise is no dilemma: an interval that straddles a material change is too close to call") {
  const Temptations clear{within(-0.1, 0.02), within(0.1, 0.02), within(-0.1, 0.02)};
  const Temptations noisy{within(-0.02, 0.02), within(0.1, 0.02), within(-0.1, 0.02)};
  const Temptations perhaps_all_lose{within(-0.1, 0.02), within(0.02, 0.02), within(-0.1, 0.02)};
  CHECK(interest_of(clear, 0.01) == Interest::tempted);
  CHECK(interest_of(noisy, 0.01) == Interest::unclear);
  CHECK(interest_of(perhaps_all_lose, 0.01) == Interest::unclear);
  CHECK(verdict_of({clear, clear}, 0.01) == PoolVerdict::dilemma);
  CHECK(verdict_of({clear, noisy}, 0.01) == PoolVerdict::unclear);
  CHECK(verdict_of({clear, perhaps_all_lose}, 0.01) == PoolVerdict::unclear);
  // A change within the material one, however well known, is no temptation.
  CHECK(interest_of({within(-0.005, 0.001), within(0.1, 0.02), within(0, 0)}, 0.01) == Interest::indifferent);
}
