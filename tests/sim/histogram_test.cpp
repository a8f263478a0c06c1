// Quantities counted in bins: what a histogram answers, against the sorted sample itself.
#include "sim/histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "sim/draw.hpp"

using namespace shortfall;

namespace {

void add(Histogram& histogram, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); i += block_trials) {
    const std::size_t rows = std::min(block_trials, values.size() - i);
    Doubles column = Doubles::Zero();
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i), rows, column.data());
    // What lies behind the rows is no trial.
    std::fill(column.data() + rows, column.data() + block_trials, 1e9);
    histogram.add(column, rows);
  }
}

std::vector<double> normals(std::size_t blocks, std::uint64_t seed) {
  std::vector<double> out;
  Floats column;
  for (std::size_t b = 0; b < blocks; ++b) {
    draw_normals(seed, 5, b, Sampling::plain, column);
    out.insert(out.end(), column.begin(), column.end());
  }
  return out;
}

// The value that a share q of the sorted sample lies at or below.
double order_statistic(const std::vector<double>& sorted, double q) {
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

double worst_mean(std::vector<double> values, std::size_t worst) {
  std::sort(values.begin(), values.end(), std::greater<>());
  return std::accumulate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(worst), 0.0) / static_cast<double>(worst);
}

bool same(const Histogram& a, const Histogram& b) {
  bool same = a.count() == b.count() && a.mean() == b.mean() && a.standard_deviation() == b.standard_deviation();
  for (int i = 0; i <= 1000; ++i) {
    const double q = i / 1000.0;
    same = same && a.quantile(q) == b.quantile(q) && a.mean_above(q).mean == b.mean_above(q).mean &&
           a.mean_above(q).standard_error == b.mean_above(q).standard_error;
  }
  return same;
}

}  // namespace

TEST_CASE("a quantile lies within a bin of the sample's order statistic") {
  const std::vector<double> values = normals(200, 3);
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const Scale scale{0, 1};
  // The stated resolution: a 256th of the spread to a spread from the middle, twice that to three, a 64th of the distance beyond.
  const auto bin = [](double x) { return std::abs(x) < 1 ? 1.0 / 256 : std::abs(x) < 3 ? 2.0 / 256 : (1 + std::abs(x)) / 64; };
  Histogram histogram(scale);
  add(histogram, values);
  CHECK(histogram.count() == values.size());
  double worst = 0, before = -1e300;
  for (int i = 1; i < 2000; ++i) {
    const double q = i / 2000.0, x = histogram.quantile(q);
    worst = std::max(worst, std::abs(x - order_statistic(sorted, q)) / bin(x));
    CHECK(x >= before);
    before = x;
  }
  CHECK(worst <= 1);
  CHECK(histogram.quantile(0) == sorted.front());
  CHECK(histogram.quantile(1) == sorted.back());
}

TEST_CASE("mean and standard deviation are the sample's") {
  const std::vector<double> values = normals(200, 4);
  Histogram histogram({0, 1});
  add(histogram, values);
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double x : values) squares += (x - mean) * (x - mean);
  // Each of 200 block sums is rounded by up to 2^-51.
  CHECK(std::abs(histogram.mean() - mean) <= 200 * 0x1p-51 / n + 1e-15);
  // Values stand in the middle of what their bin holds: off by half a bin at most, so is their distance from the mean.
  CHECK(std::abs(histogram.standard_deviation() - std::sqrt(squares / (n - 1))) <= 2.0 / 256);
}

TEST_CASE("a value that many trials share is found exactly") {
  // 0 and 0.3 and 0.7 are no bin's edge or middle on this scale; a quarter, a half, and the rest.
  std::vector<double> values;
  for (int i = 0; i < 2560; ++i) values.push_back(i % 4 == 0 ? 0.0 : i % 4 == 1 ? 0.7 : 0.3);
  Histogram histogram({0.3, 0.4});
  add(histogram, values);
  for (const double q : {0.001, 0.1, 0.25}) CHECK(histogram.quantile(q) == 0.0);
  for (const double q : {0.2501, 0.5, 0.75}) CHECK(histogram.quantile(q) == 0.3);
  for (const double q : {0.7501, 0.9, 1.0}) CHECK(histogram.quantile(q) == 0.7);
  // The worst 60 %: all of 0.7 and 35 of the 50 % at 0.3.
  CHECK(std::abs(histogram.mean_above(0.4).mean - (0.25 * 0.7 + 0.35 * 0.3) / 0.6) <= 1e-14);  // rounding alone
  CHECK(histogram.mean_above(0.9).mean == doctest::Approx(0.7).epsilon(1e-14));
  CHECK(histogram.mean_above(0.9).standard_error <= 1e-7);  // the root of rounding alone
}

TEST_CASE("merged in any order, by any division, it is the same histogram") {
  std::vector<double> values = normals(64, 5);
  values.resize(values.size() - 100);  // the last block is not full
  for (double& x : values) x = x * x * x;
  const Scale scale{0.5, 0.3};
  Histogram whole(scale);
  add(whole, values);

  std::mt19937 shuffle(1);
  for (const std::size_t parts : {2u, 3u, 7u, 64u}) {
    std::vector<Histogram> pieces(parts, Histogram(scale));
    std::vector<std::size_t> blocks(64);
    std::iota(blocks.begin(), blocks.end(), std::size_t{0});
    std::shuffle(blocks.begin(), blocks.end(), shuffle);
    for (const std::size_t b : blocks) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(b * block_trials);
      const auto last = b == 63 ? values.end() : first + static_cast<std::ptrdiff_t>(block_trials);
      add(pieces[b % parts], {first, last});
    }
    std::shuffle(pieces.begin(), pieces.end(), shuffle);
    Histogram merged(scale);
    for (const Histogram& piece : pieces) merged.merge(piece);
    CAPTURE(parts);
    CHECK(same(merged, whole));
  }
}

TEST_CASE("a sum does not depend on the order of its terms") {
  // Sizes from 1e-3 to 1e12, of both signs: in double precision alone their order would show.
  std::vector<double> terms;
  std::mt19937_64 random(2);
  for (int i = 0; i < 1000; ++i) terms.push_back(std::ldexp(static_cast<double>(random() >> 11) - 0x1p52, -12 - static_cast<int>(random() % 50)));
  Sum first;
  for (const double t : terms) first.add(t);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(terms.begin(), terms.end(), random);
    Sum again, half;
    for (std::size_t i = 0; i < terms.size(); ++i) (i % 3 == 0 ? half : again).add(terms[i]);
    half.merge(again);
    CHECK(half.value() == first.value());
  }
  long double exact = 0;
  for (const double t : terms) exact += t;
  // A rounding of 2^-51 a term, and one of the whole.
  CHECK(std::abs(static_cast<double>(exact) - first.value()) <= 1000 * 0x1p-51 + std::abs(first.value()) * 0x1p-52);
}

TEST_CASE("expected shortfall is the mean of the worst, also where the threshold cuts a bin") {
  std::vector<double> values(10000);
  std::iota(values.begin(), values.end(), 1.0);
  std::shuffle(values.begin(), values.end(), std::mt19937(3));
  Histogram histogram({5000, 3700});
  add(histogram, values);
  // The mean of the worst k of 1..n is n − (k − 1)/2. Only in the bin of the threshold, some thirty values wide, is anything taken for evenly spread,
  // which these are: off by less than the distance of two values.
  for (const std::size_t worst : {10000u, 5000u, 2000u, 500u, 100u, 7u}) {
    CAPTURE(worst);
    const double q = 1 - static_cast<double>(worst) / 10000;
    CHECK(std::abs(histogram.mean_above(q).mean - (10000 - (static_cast<double>(worst) - 1) / 2)) <= 1);
  }
}

TEST_CASE("expected shortfall of a normal, and its standard error, are the exact ones") {
  const std::vector<double> values = normals(4096, 6);
  Histogram histogram({0, 1});
  add(histogram, values);
  const double n = static_cast<double>(values.size());
  // ES = φ(z)/(1 − q); Var(X | X > z) = 1 + z ES − ES²; the error by Manistre and Hancock (2005).
  const double z = 1.6448536269514722, tail = 0.05, es = std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846) / tail;
  const double error = std::sqrt((1 + z * es - es * es + (1 - tail) * (es - z) * (es - z)) / (n * tail));
  const Histogram::Tail found = histogram.mean_above(0.95);
  CHECK(std::abs(found.mean - es) <= 4 * error);
  // The variance of the tail's 52,000 values is known to about 2 %, its root to 1 %; a bin adds far less.
  CHECK(std::abs(found.standard_error / error - 1) <= 0.03);
  // The bins hardly matter: half a bin in the threshold's bin alone, which holds a hundredth of the tail.
  CHECK(std::abs(found.mean - worst_mean(values, static_cast<std::size_t>(std::lround(n * tail)))) <= 1.0 / 256 / 10);
}

TEST_CASE("shortfalls of nothing are exactly nothing, whether or not bins keep their extents") {
  std::vector<double> values = normals(64, 9);
  for (double& x : values) x = std::max(0.0, x);  // half of them
  for (const Atoms atoms : {Atoms::exact, Atoms::within_a_bin}) {
    Histogram histogram({0, 1, {}, atoms});
    add(histogram, values);
    CHECK(histogram.quantile(0.1) == 0);
    CHECK(histogram.quantile(0.45) == 0);
    CHECK(histogram.quantile(0.55) > 0);
    CHECK(histogram.quantile(0.55) < 0.3);
  }
}

TEST_CASE("what lies far from the middle is counted as finely for its size") {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(i < 20 ? -50.0 - i : i < 970 ? i / 1000.0 : 100.0 + i);
  Histogram histogram({0.48, 0.36});
  add(histogram, values);
  CHECK(histogram.count() == 1000);
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 1000;
  CHECK(std::abs(histogram.mean() - mean) <= 4 * 0x1p-51 / 1000 + 1e-12);  // four blocks' roundings, and those of sums near 3e4
  CHECK(histogram.quantile(0) == -69.0);
  CHECK(histogram.quantile(1) == 1099.0);
  // Between the least and the most of what lies beyond, in order.
  CHECK(histogram.quantile(0.01) <= -50.0);
  CHECK(histogram.quantile(0.01) >= -69.0);
  CHECK(histogram.quantile(0.98) >= 1070.0);
  CHECK(std::abs(histogram.quantile(0.5) - 0.499) <= 1.0 / 256);
  // The worst 5 %: thirty far away, in bins of their own, and twenty from 0.950 to 0.969 within a bin.
  const double worst = worst_mean(values, 50);
  CHECK(std::abs(histogram.mean_above(0.95).mean - worst) <= 0.003);
}

TEST_CASE("a histogram of nothing answers nothing, and of one value that value") {
  Histogram none({0, 1});
  CHECK(none.count() == 0);
  CHECK(none.mean() == 0);
  CHECK(none.quantile(0.5) == 0);
  CHECK(none.mean_above(0.95).mean == 0);
  Histogram one({0, 1});
  add(one, {0.3});
  CHECK(one.quantile(0.05) == 0.3);
  CHECK(one.quantile(0.95) == 0.3);
  CHECK(one.standard_deviation() == 0);
  CHECK(std::abs(one.mean_above(0.95).mean - 0.3) <= 1e-15);
}

TEST_CASE("bins meet without a gap, at every distance from the middle") {
  for (std::int32_t b = -1200; b < 1200; ++b) {
    CAPTURE(b);
    CHECK(bins::high_end(b) == bins::low_end(b + 1));
    const double low = bins::low_end(b), high = bins::high_end(b);
    CHECK(bins::bin_at((low + high) / 2) == b);
    // An end belongs to the bin that is farther from the middle; the middle itself to the one above.
    CHECK(bins::bin_at(b >= 0 ? low : high) == (b == -1 ? 0 : b));
  }
  CHECK(bins::bin_at(1e300) == bins::bin_at(bins::farthest));
}

TEST_CASE("quantiles of a heavy tail are off by less than a tenth of what a million trials leave unknown") {
  // A lognormal of median 1 and P90 20, on the scale of its quartiles.
  const double sigma = std::log(20.0) / 1.2815515655446004;
  std::vector<double> values = normals(4096, 11);
  for (double& x : values) x = std::exp(sigma * x);
  std::vector<double> first(values.begin(), values.begin() + 1024), sorted = values;
  Histogram histogram(scale_of(first, 0));
  add(histogram, values);
  std::sort(sorted.begin(), sorted.end());
  const double n = static_cast<double>(values.size());
  for (const auto& [q, z] : {std::pair(0.1, -1.2815515655), std::pair(0.5, 0.0), std::pair(0.8, 0.8416212336), std::pair(0.95, 1.6448536270),
                             std::pair(0.99, 2.3263478740)}) {
    CAPTURE(q);
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846) / (sigma * std::exp(sigma * z));
    const double error = std::sqrt(q * (1 - q) / n) / density;
    // Below the middle of so skewed a shape the density changes within a bin: there the resolution says how far it may be off. An order statistic
    // itself strays from its neighbours by an nth of the density.
    CHECK(std::abs(histogram.quantile(q) - order_statistic(sorted, q)) <= (q < 0.5 ? 1.5 * histogram.resolution(q) + error / 3 : error / 10));
    if (q >= 0.5) CHECK(histogram.resolution(q) <= error / 5);
  }
}

TEST_CASE("below its floor a value counts as the floor, and only the bins tell how far below it is") {
  std::vector<double> values = normals(64, 12), clipped = values;
  for (double& x : clipped) x = std::max(x, 0.5);
  Histogram histogram({0, 1, {}, Atoms::within_a_bin, 0.5}), plain({0, 1, {}, Atoms::within_a_bin});
  add(histogram, values);
  add(plain, clipped);
  CHECK(std::abs(histogram.mean() - plain.mean()) <= 64 * 0x1p-50);
  CHECK(histogram.quantile(0.3) == 0.5);
  CHECK(std::abs(histogram.quantile(0.9) - plain.quantile(0.9)) <= 1e-12);
  CHECK(std::abs(histogram.mean_above(0.95).mean - plain.mean_above(0.95).mean) <= 1e-12);
  CHECK(histogram.exceeding() == static_cast<std::uint64_t>(std::count_if(values.begin(), values.end(), [](double x) { return x > 0.5; })));
  // The mean excess of a standard normal over its P95, 2.0627 − 1.6449, by 819 trials of standard deviation 0.37.
  const Histogram::Excess excess = histogram.excess_above(0.95);
  CHECK(std::abs(excess.threshold - 1.6449) <= 4 * 0.0165);
  CHECK(std::abs(excess.mean - 0.4178) <= 4 * 0.37 / std::sqrt(819.0));
}

TEST_CASE("the scale of values that are mostly alike still tells the others apart") {
  std::vector<double> values(1000, 0.0);
  for (std::size_t i = 0; i < 50; ++i) values[i] = 3;
  const Scale scale = scale_of(values, 100);
  CHECK(scale.middle == 0);
  CHECK(scale.spread == doctest::Approx(0.15));
  std::vector<double> all_alike(1000, 7.0), none(1000, 0.0);
  CHECK(scale_of(all_alike, 100).spread == doctest::Approx(1e-4));
  CHECK(scale_of(none, 0).spread == 1);
}
