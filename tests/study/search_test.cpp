// Searches against functions whose passage is known.
#include "study/search.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

using namespace shortfall;

namespace {

constexpr std::uint64_t trials = 100'000;

// As if simulated without error: the nearest whole count.
Estimate exactly(double chance, std::uint64_t of) {
  return proportion(static_cast<std::uint64_t>(std::llround(chance * static_cast<double>(of))), of);
}

struct Done {
  Search search;
  int simulations = 0, rounds = 0;
};

Done searched(DialRange range, double level, const std::function<double(double)>& chance) {
  std::vector<DialPoint> scan;
  for (int k = 0; k <= 12; ++k) {
    double x = range.from + (range.to - range.from) * k / 12;
    if (range.whole) x = std::round(x);
    scan.push_back({x, exactly(chance(x), 4096)});
  }
  Done out{Search(range, scan, level)};
  while (!out.search.wanted().empty() && out.rounds < 100) {
    std::vector<DialPoint> points;
    for (const double x : out.search.wanted()) {
      CHECK(x >= range.from);
      CHECK(x <= range.to);
      points.push_back({x, exactly(chance(x), trials)});
    }
    out.simulations += static_cast<int>(points.size());
    ++out.rounds;
    out.search.learn(points);
  }
  return out;
}

}  // namespace

TEST_CASE("a search finds where a smooth chance passes a level, rising or falling, and the interval that a confidence interval of the chance makes") {
  for (const double sign : {1.0, -1.0}) {
    const auto chance = [&](double x) { return 0.5 * std::erfc(-sign * (x - 1.3) / 0.7 / std::sqrt(2.0)); };
    const Done done = searched({0, 3, false}, 0.2, chance);
    const double exact = 1.3 - sign * 0.7 * 0.8416212335729143;
    REQUIRE(done.search.outcome() == Search::Outcome::found);
    CHECK(done.search.rising() == (sign > 0));
    // A search stops when the chance at its bracket's ends cannot be told from the level: within 1.96 standard errors, here of 0.0013, over the slope
    // of 0.4.
    const double reach = 1.96 * std::sqrt(0.2 * 0.8 / trials) / 0.4;
    CHECK(std::abs(done.search.answer().value - exact) <= reach / 4);
    CHECK(std::abs(done.search.answer().low - (exact - reach)) <= reach / 4);
    CHECK(std::abs(done.search.answer().high - (exact + reach)) <= reach / 4);
    CHECK(done.search.chance().low <= 0.2);
    CHECK(done.search.chance().high >= 0.2);
    CHECK(done.simulations <= 12);
  }
}

TEST_CASE("a chance that jumps over the level is left on the side below") {
  const Done done = searched({0, 1.5, false}, 0.2, [](double x) { return x < 0.5 ? 1.0 : 0.0; });
  REQUIRE(done.search.outcome() == Search::Outcome::found);
  CHECK(done.search.answer().value >= 0.5);
  CHECK(done.search.answer().value <= 0.5 + 2e-5);  // a hundred-thousandth of the range
  CHECK(done.search.chance().value == 0);
}

TEST_CASE("of whole numbers the last below the level is the answer, and the interval goes as far as they cannot be told from it") {
  const Done done = searched({0, 48, true}, 0.2, [](double x) { return x / 100; });
  CHECK(done.search.answer().value == 20);  // 20 % is at the level, not above it
  CHECK(done.search.answer().low == 19);
  CHECK(done.search.answer().high == 20);
  const Done coarse = searched({0, 48, true}, 0.2, [](double x) { return x < 7 ? 0.1 : 0.9; });
  CHECK(coarse.search.answer().value == 6);
  CHECK(coarse.search.chance().value == 0.1);
}

TEST_CASE("a level that is nowhere met, or everywhere, is said to be so, after a look at the ends by all trials") {
  const Done above = searched({0, 1, false}, 0.2, [](double x) { return 0.3 + x / 2; });
  CHECK(above.search.outcome() == Search::Outcome::always_above);
  CHECK(above.search.chance().value == 0.3);
  const Done below = searched({0, 1, false}, 0.2, [](double x) { return x / 10; });
  CHECK(below.search.outcome() == Search::Outcome::always_below);
  CHECK(below.search.chance().value == 0.1);
  CHECK(below.simulations == 2);
}

TEST_CASE("where the chance passes the level more than once, the first passage is found") {
  const Done done = searched({0, 3, false}, 0.2, [](double x) { return 0.2 + 0.15 * std::sin(x * 3 - 1); });
  REQUIRE(done.search.outcome() == Search::Outcome::found);
  CHECK(std::abs(done.search.answer().value - 1.0 / 3) <= 0.01);  // 1.96 standard errors over the slope of 0.45
}

TEST_CASE("of few trials, which tell little, the interval goes as far as the range, and the search still ends soon") {
  const std::vector<DialPoint> scan = {{0, proportion(0, 5)}, {1, proportion(5, 5)}};
  Search search({0, 1, false}, scan, 0.5);
  int rounds = 0;
  while (!search.wanted().empty()) {
    std::vector<DialPoint> points;
    for (const double x : search.wanted()) points.push_back({x, proportion(x < 0.3 ? 2 : 3, 5)});
    search.learn(points);
    REQUIRE(++rounds < 60);
  }
  CHECK(search.answer().low == 0);
  CHECK(search.answer().high == 1);
}
