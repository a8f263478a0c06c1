#include "history/credibility.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace shortfall;

namespace {
bool near(double a, double b, double within) { return std::abs(a - b) <= within; }
}  // namespace

TEST_CASE("credibility of three groups is Bühlmann and Straub's") {
  const Credibility c = credibility({{{0.95, 0.90, 0.97}, {10, 12, 14}}, {{0.70, 0.82, 0.60}, {5, 6, 4}}, {{0.88, 0.80, 0.93}, {20, 18, 22}}});
  CHECK(near(c.within, 0.05343370, 5e-9));
  CHECK(near(c.between, 0.00623904, 5e-9));
  CHECK(near(c.mean, 0.85560130, 5e-9));
  const double z[] = {0.80781943, 0.63655306, 0.87508951}, estimates[] = {0.92467779, 0.77013262, 0.87199351};
  for (std::size_t g = 0; g < 3; ++g) {
    CHECK(near(c.factors[g], z[g], 5e-9));
    CHECK(near(c.estimates[g], estimates[g], 5e-9));
  }
}

TEST_CASE("groups that differ no more than their records do are believed together") {
  const Credibility c = credibility({{{0.5, 1.5}, {1, 1}}, {{0.6, 1.4}, {1, 1}}});
  CHECK(c.between == 0);
  CHECK(c.factors[0] == 0);
  CHECK(near(c.estimates[0], 1.0, 1e-15));
}

TEST_CASE("a prior of 5 % worth twenty records, and three of fifteen dropped") {
  const BetaPosterior b = BetaPosterior::of(0.05, 20, 3, 15);
  CHECK(near(b.mean(), 0.11428571, 5e-9));
  CHECK(near(b.quantile(0.05), 0.04119953, 5e-9));
  CHECK(near(b.quantile(0.95), 0.21253387, 5e-9));
  CHECK(near(b.all_of(3), 0.00257400, 5e-9));
}

TEST_CASE("delays that have not ended count as at least what they are") {
  const std::vector<Censored> delays = {{1, false}, {2, false}, {4, false}, {6, true}, {9, true}};
  CHECK(near(exponential_mean(delays), 7.3333, 5e-5));
  CHECK(near(exponential_mean({delays.begin(), delays.begin() + 3}), 2.3333, 5e-5));
}
