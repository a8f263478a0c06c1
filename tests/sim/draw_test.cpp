// The generator against its published known answers, and what it makes against the standard normal.
#include "sim/draw.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <vector>

#include "model/compile.hpp"
#include "model/quantile.hpp"
#include "sim/threefry.hpp"

using namespace shortfall;

namespace {

constexpr double pi = 3.14159265358979323846;

// Known answers: Random123 1.14, tests/kat_vectors, threefry4x32.
constexpr Words ones = {~0u, ~0u, ~0u, ~0u}, pi_counter = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                pi_key = {0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89};

constexpr std::size_t blocks = 32768, draws = blocks * block_trials;  // 8.4 million

const std::vector<float>& many() {
  static const std::vector<float> out = [] {
    std::vector<float> all(draws);
    Floats normals;
    for (std::size_t b = 0; b < blocks; ++b) {
      draw_normals(20170401, stream_of("share:midshire-acute/theatres"), b, Sampling::plain, normals);
      std::copy(normals.begin(), normals.end(), all.begin() + static_cast<std::ptrdiff_t>(b * block_trials));
    }
    return all;
  }();
  return out;
}

// Sum of the products of two columns of independent draws, in standard errors: each product has mean 0 and variance 1.
double correlation_in_errors(const float* a, const float* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += double{a[i]} * double{b[i]};
  return sum / std::sqrt(static_cast<double>(n));
}
// The same of the squares: (a² − 1)(b² − 1) has mean 0 and variance 4.
double correlation_of_squares_in_errors(const float* a, const float* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += (double{a[i]} * double{a[i]} - 1) * (double{b[i]} * double{b[i]} - 1);
  return sum / (2 * std::sqrt(static_cast<double>(n)));
}

std::vector<float> column(std::uint64_t seed, Stream stream, std::uint64_t first_block, std::size_t n) {
  std::vector<float> out;
  Floats normals;
  for (std::size_t b = 0; b < n; ++b) {
    draw_normals(seed, stream, first_block + b, Sampling::plain, normals);
    out.insert(out.end(), normals.begin(), normals.end());
  }
  return out;
}

}  // namespace

TEST_CASE("R15: Threefry4x32 gives the published words, for 13 and for 20 rounds") {
  CHECK(threefry<13>({0, 0, 0, 0}, {0, 0, 0, 0}) == Words{0x531c7e4f, 0x39491ee5, 0x2c855a92, 0x3d6abf9a});
  CHECK(threefry<13>(ones, ones) == Words{0xc4189358, 0x1c9cc83a, 0xd5881c67, 0x6a0a89e0});
  CHECK(threefry<13>(pi_counter, pi_key) == Words{0x4aa71d8f, 0x734738c2, 0x431fc6a8, 0xae6debf1});
  CHECK(threefry<20>({0, 0, 0, 0}, {0, 0, 0, 0}) == Words{0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8});
  CHECK(threefry<20>(ones, ones) == Words{0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732});
  CHECK(threefry<20>(pi_counter, pi_key) == Words{0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84});
}

TEST_CASE("normals are Box and Muller's of Threefry's words, to 1.5e-6 of their radius") {
  // The stated error of the polynomials in single precision. The radius's word counts as the single-precision number that it becomes.
  constexpr double bound = 1.5e-6;
  const std::uint64_t seed = 0x123456789abcdef0u;
  const Stream stream = stream_of("delay:eastwell-acute/length-of-stay");
  const Words key = {0x9abcdef0u, 0x12345678u, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)};
  double worst = 0;
  for (std::uint64_t b = 0; b < 20000; ++b) {
    // Every other block has counters beyond 32 bits.
    const std::uint64_t block = b % 2 == 0 ? b : (std::uint64_t{1} << 33) + b;
    Floats normals;
    draw_normals(seed, stream, block, Sampling::plain, normals);
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint64_t counter = 64 * block + i;
      const Words w = threefry<12>({static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0}, key);
      for (std::size_t pair = 0; pair < 2; ++pair) {
        const std::uint32_t radius_word = w[2 * pair], angle_word = w[2 * pair + 1];
        const double u = static_cast<double>(static_cast<float>(radius_word >> 1 | 1)) / 2147483648.0;
        const double radius = std::sqrt(-2 * std::log(u));
        // Half turns from −½ to ½, on the half of the circle that the last bit names.
        const double angle = pi * (static_cast<double>(static_cast<std::int32_t>(angle_word | 1)) / 4294967296.0 + (angle_word & 1));
        worst = std::max(worst, std::abs(normals[128 * pair + i] / radius - std::cos(angle)));
        worst = std::max(worst, std::abs(normals[128 * pair + 64 + i] / radius - std::sin(angle)));
      }
    }
  }
  CHECK(worst <= bound);
  CHECK(worst > 0);
}

TEST_CASE("normals have the normal's moments and tails, within 4.5 standard errors") {
  const std::vector<float>& x = many();
  const double n = static_cast<double>(draws);
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  for (const float v : x) {
    const double d = v, s = d * d;
    m1 += d, m2 += s, m3 += s * d, m4 += s * s;
  }
  m1 /= n, m2 /= n, m3 /= n, m4 /= n;
  // Variances of the mean of x, x², x³ and x⁴: 1, 3 − 1, 15 and 105 − 9, over n.
  CHECK(std::abs(m1) <= 4.5 * std::sqrt(1 / n));
  CHECK(std::abs(m2 - 1) <= 4.5 * std::sqrt(2 / n));
  CHECK(std::abs(m3) <= 4.5 * std::sqrt(15 / n));
  CHECK(std::abs(m4 - 3) <= 4.5 * std::sqrt(96 / n));
  for (const double reach : {1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5}) {
    CAPTURE(reach);
    const double chance = 0.5 * std::erfc(reach / std::sqrt(2.0));
    const double error = std::sqrt(chance * (1 - chance) / n);
    const auto above = static_cast<double>(std::count_if(x.begin(), x.end(), [&](float v) { return v > reach; }));
    const auto below = static_cast<double>(std::count_if(x.begin(), x.end(), [&](float v) { return v < -reach; }));
    CHECK(std::abs(above / n - chance) <= 4.5 * error);
    CHECK(std::abs(below / n - chance) <= 4.5 * error);
  }
}

TEST_CASE("neither the trials of a stream nor its Box-Muller partners go together") {
  const std::vector<float>& x = many();
  // 64, 128 and 192 are the distances of the four normals of one counter; 256 is the next block.
  for (const std::size_t lag : {1u, 2u, 3u, 4u, 63u, 64u, 65u, 128u, 192u, 255u, 256u, 512u}) {
    CAPTURE(lag);
    CHECK(std::abs(correlation_in_errors(x.data(), x.data() + lag, draws - lag)) <= 4.5);
    CHECK(std::abs(correlation_of_squares_in_errors(x.data(), x.data() + lag, draws - lag)) <= 4.5);
  }
}

TEST_CASE("streams and seeds are independent, however near their names") {
  constexpr std::size_t n = 4096;
  const Stream share = stream_of("share:a/b");
  const std::vector<float> base = column(1, share, 0, n);
  std::vector<std::vector<float>> others;
  for (const Stream s : {stream_of("share:a/c"), stream_of("delay:a/b"), stream_of("overrun:a/b"), share + 1, share ^ (Stream{1} << 63)})
    others.push_back(column(1, s, 0, n));
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{1} << 32, (std::uint64_t{1} << 63) + 1})
    others.push_back(column(seed, share, 0, n));
  others.push_back(column(1, share, n, n));                             // the trials that follow
  others.push_back(column(1, share, std::uint64_t{1} << 26, n));        // the counter's high word
  others.push_back(column(1, share, (std::uint64_t{1} << 57) + 0, n));  // and its last bits
  for (std::size_t k = 0; k < others.size(); ++k) {
    CAPTURE(k);
    const std::vector<float>& other = others[k];
    CHECK(std::abs(correlation_in_errors(base.data(), other.data(), base.size())) <= 4.5);
    CHECK(std::abs(correlation_of_squares_in_errors(base.data(), other.data(), base.size())) <= 4.5);
    // Independent draws in single precision agree by chance about once in 4 million: the density's mean, 0.28, times the spacing there, 1e-7 or less.
    std::size_t equal = 0;
    for (std::size_t i = 0; i < base.size(); ++i) equal += base[i] == other[i] ? 1 : 0;
    CHECK(equal <= 5);
  }
}

TEST_CASE("a draw is a function of seed, stream and block, and of nothing else") {
  Floats first, again, between;
  draw_normals(7, 11, 3, Sampling::plain, first);
  draw_normals(8, 12, 4, Sampling::plain, between);
  draw_normals(7, 11, 3, Sampling::plain, again);
  CHECK(std::memcmp(first.data(), again.data(), sizeof first) == 0);
  CHECK(std::memcmp(first.data(), between.data(), sizeof first) != 0);
}

TEST_CASE("a Latin hypercube has one normal in each 256th of the distribution, where its word says, to 3e-6") {
  // The stated error of the cubics in single precision.
  constexpr double bound = 3e-6;
  const std::uint64_t seed = 77;
  double worst = 0;
  for (const Stream stream : {stream_of("share:midshire-acute/theatres"), stream_of("factor:system")})
    for (std::uint64_t b = 0; b < 3000; ++b) {
      const std::uint64_t block = b % 2 == 0 ? b : (std::uint64_t{1} << 33) + b;
      Floats normals;
      draw_normals(seed, stream, block, Sampling::latin_hypercube, normals);
      std::sort(normals.begin(), normals.end());
      const Words key = {77, 0, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)};
      for (std::size_t i = 0; i < 64; ++i) {
        const std::uint64_t counter = 64 * block + i;
        const Words w = threefry<12>({static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0}, key);
        for (std::size_t part = 0; part < 4; ++part) {
          const std::size_t k = 64 * part + i;
          const double u = static_cast<double>(static_cast<float>(w[part] >> 1 | 1)) / 2147483648.0;
          // The last four count from the top, to keep their digits.
          const double below = static_cast<double>(k) + u, above = static_cast<double>(255 - k) + (k < 252 ? 1 - u : u);
          worst = std::max(worst, std::abs(normals[k] - normal_score({k < 252 ? below / 256 : 1 - above / 256, above / 256})));
        }
      }
    }
  CHECK(worst <= bound);
  CHECK(worst > 0);
}

TEST_CASE("a Latin hypercube is balanced against the system's factor, and other streams' orders go together by chance alone") {
  const auto sixteenths = [](Stream stream, std::uint64_t block) {
    Floats normals;
    draw_normals(3, stream, block, Sampling::latin_hypercube, normals);
    std::vector<std::size_t> out;
    for (const float x : normals) out.push_back(static_cast<std::size_t>(16 * normal_chance(x).below));
    return out;
  };
  const Stream system = stream_of("factor:system");
  const Stream streams[] = {stream_of("share:a/b"), stream_of("delay:a/b"), stream_of("factor:organisation/a")};
  constexpr std::uint64_t n = 4000;
  double chi_squared = 0;
  std::vector<std::size_t> together(256), places(256 * 16);
  for (std::uint64_t block = 0; block < n; ++block) {
    const std::vector<std::size_t> of_system = sixteenths(system, block);
    std::vector<std::vector<std::size_t>> of;
    for (const Stream s : streams) {
      of.push_back(sixteenths(s, block));
      std::vector<int> cells(256);
      for (std::size_t i = 0; i < block_trials; ++i) ++cells[16 * of_system[i] + of.back()[i]];
      REQUIRE(std::all_of(cells.begin(), cells.end(), [](int c) { return c == 1; }));
    }
    for (std::size_t i = 0; i < block_trials; ++i) ++together[16 * of[0][i] + of[1][i]], ++places[16 * i + of[2][i]];
  }
  // 256 cells of two streams: 225 degrees of freedom. A slice's pairs are drawn without repetition, so they vary by 16/15 of independent ones.
  for (const std::size_t count : together) chi_squared += std::pow(static_cast<double>(count) - n, 2) / n;
  CHECK(std::abs(chi_squared * 15 / 16 - 225) <= 4.5 * std::sqrt(2 * 225.0));
  // Every place of a block has every sixteenth as often: 256 × 15 degrees of freedom.
  chi_squared = 0;
  for (const std::size_t count : places) chi_squared += std::pow(static_cast<double>(count) - n / 16.0, 2) / (n / 16.0);
  CHECK(std::abs(chi_squared - 256 * 15) <= 4.5 * std::sqrt(2 * 256 * 15.0) + 256 * 15 / 15.0);
}
