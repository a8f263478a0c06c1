// Whose the worst trials are, and which luck makes them: against exact values and against the trials themselves.
#include "study/tail_allocation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "sim/merge.hpp"
#include "study/variance_shares.hpp"

using namespace shortfall;

namespace {

struct Trial {
  double whole;
  std::vector<double> parts;
};

std::vector<Trial> made(std::size_t n) {
  std::mt19937_64 words(5);
  std::normal_distribution<double> normal;
  std::vector<Trial> out;
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<double> parts = {normal(words), 2 * normal(words) + 0.5, 3 * normal(words) - 1};
    out.push_back({parts[0] + parts[1] + parts[2], parts});
  }
  return out;
}

}  // namespace

TEST_CASE("the parts of an expected shortfall sum to it, and are the means over the worst trials themselves") {
  std::vector<Trial> trials = made(20'000);
  TailAllocation one({0, 3.7}, 3), other({0, 3.7}, 3);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    TailAllocation& to = i % 3 == 0 ? one : other;
    if (trials[i].whole > 0)
      to.add(trials[i].whole, trials[i].parts);
    else
      to.count_nothing(1);
  }
  merge(one, other);
  const TailShares tail = one.above(0.95);
  CHECK(tail.trials == doctest::Approx(1000).epsilon(1e-9));
  std::sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) { return a.whole > b.whole; });
  double sum = 0;
  for (std::size_t k = 0; k < 3; ++k) {
    double mean = 0;
    for (std::size_t i = 0; i < 1000; ++i) mean += trials[i].parts[k] / 1000;
    // Of the bin at the quantile, a 51st of the tail, a share is taken instead of the worst: its parts stray by some 3 sqrt(20) in 1,000.
    CHECK(std::abs(tail.parts[k].value - mean) <= 0.02);
    sum += tail.parts[k].value;
    CHECK(tail.parts[k].low < tail.parts[k].value);
  }
  CHECK(std::abs(sum - tail.whole.value) <= 1e-9);
}

TEST_CASE("a tail that hardly falls short counts the trials without any shortfall as nothing") {
  TailAllocation allocation({0, 3}, 2);
  allocation.count_nothing(980);
  for (int i = 0; i < 20; ++i) allocation.add(5, std::vector<double>{2, 3});
  // The worst 5 % are 50 trials, of which 20 fall short, by 5 each.
  const TailShares tail = allocation.above(0.95);
  CHECK(std::abs(tail.whole.value - 2) <= 1e-12);
  CHECK(std::abs(tail.parts[0].value - 0.8) <= 1e-12);
  CHECK(std::abs(tail.parts[1].value - 1.2) <= 1e-12);
}

TEST_CASE("the 95 % intervals of an allocation cover its true parts in about 95 of 100 samples") {
  // Independent normals of variances 1, 4, 9 around means 0: parts are 1/14, 4/14, 9/14 of sqrt(14) φ(z)/0.05.
  const double whole = std::sqrt(14.0) * std::exp(-1.6448536269514722 * 1.6448536269514722 / 2) / std::sqrt(2 * 3.141592653589793) / 0.05;
  const double exact[] = {whole / 14, whole * 4 / 14, whole * 9 / 14};
  std::mt19937_64 words(9);
  std::normal_distribution<double> normal;
  int covered = 0;
  for (int sample = 0; sample < 300; ++sample) {
    TailAllocation allocation({0, 3.7}, 3);
    for (int i = 0; i < 4000; ++i) {
      const std::vector<double> parts = {normal(words), 2 * normal(words), 3 * normal(words)};
      const double sum = parts[0] + parts[1] + parts[2];
      if (sum > 0)
        allocation.add(sum, parts);
      else
        allocation.count_nothing(1);
    }
    const TailShares tail = allocation.above(0.95);
    for (std::size_t k = 0; k < 3; ++k) covered += exact[k] >= tail.parts[k].low && exact[k] <= tail.parts[k].high ? 1 : 0;
  }
  // Of 900, which are not all independent: 95 % is 855; four standard deviations of 300 independent ones, as a share, are 5 points.
  CHECK(covered >= 810);
  CHECK(covered <= 893);
}

TEST_CASE("variance shares of a sum of independent normals are those of its variances, within their own errors") {
  // x = 2a + b + c/10 of which y redraws all but a, then all but b, then all but c.
  std::mt19937_64 words(3);
  std::normal_distribution<double> normal;
  const double weights[] = {2, 1, 0.1}, total = 4 + 1 + 0.01;
  std::vector<std::vector<PairSums>> sections;
  for (int section = 0; section < 60; ++section) {
    std::vector<PairSums> sums(3);
    for (int block = 0; block < 4; ++block) {
      Doubles x = Doubles::Zero(), y[3] = {x, x, x}, z = x;
      for (std::size_t i = 0; i < block_trials; ++i)
        for (std::size_t d = 0; d < 3; ++d) {
          const double own = weights[d] * normal(words), anew = weights[d] * normal(words);
          x[i] += own;
          z[i] += anew;
          for (std::size_t k = 0; k < 3; ++k) y[k][i] += k == d ? own : anew;
        }
      for (std::size_t k = 0; k < 3; ++k) sums[k].add(x, y[k], z, block_trials);
    }
    sections.push_back(std::move(sums));
  }
  const VarianceShares shares = variance_shares(sections, false);
  for (std::size_t k = 0; k < 3; ++k) {
    const double exact = weights[k] * weights[k] / total;
    INFO(k, ": exact ", exact, ", estimated ", shares.shares[k].value, " ± ", shares.shares[k].half_width());
    CHECK(std::abs(shares.shares[k].value - exact) <= 2 * shares.shares[k].half_width());
    CHECK(shares.shares[k].half_width() < 0.02);
  }
  CHECK(shares.shares[2].half_width() < 0.001);  // the way that is good for small ones
  CHECK(std::abs(shares.interactions.value) <= 2 * shares.interactions.half_width());
  // What never varies has no shares.
  Doubles same;
  std::fill(same.begin(), same.end(), 3.0);
  PairSums constant;
  constant.add(same, same, same, block_trials);
  CHECK(variance_shares({{constant}, {constant}}, false).shares.empty());
}
