// W with vector intrinsics, for this one shape of plan and one kind of processor: how fast can it be? The yardstick, not a model to copy.
// Philox4x32-10 (Salmon and others 2011), Box–Muller by polynomials, single precision, blocks of 256 trials, integer tallies.
//   usage: limit PARAMETERS TRIALS THREADS SEED       build: c++ -O3 -march=x86-64-v3 -std=c++20 limit.cpp -pthread
#include <immintrin.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <thread>

#include "parameters.hpp"

namespace {

using Floats = float __attribute__((vector_size(32)));
using Ints = std::int32_t __attribute__((vector_size(32)));
using Words = std::uint32_t __attribute__((vector_size(32)));
#define ALWAYS inline __attribute__((always_inline))

constexpr int block = 256, row = block + 16;  // rows a power of two apart would share cache sets
constexpr int cells = 512, bins = 4096;
constexpr float range = 12.8f, per_unit = cells / (2 * range);  // no score of 31 bits reaches the range's ends
constexpr float months_in_year = 12;

Floats all(float x) { return Floats{} + x; }
ALWAYS Floats load(const float* p) { return (Floats)_mm256_load_ps(p); }
ALWAYS void store(float* p, Floats x) { _mm256_store_ps(p, (__m256)x); }
ALWAYS Floats least(Floats a, Floats b) { return (Floats)_mm256_min_ps((__m256)a, (__m256)b); }
ALWAYS Floats most(Floats a, Floats b) { return (Floats)_mm256_max_ps((__m256)a, (__m256)b); }
ALWAYS Floats to_float(Ints x) { return (Floats)_mm256_cvtepi32_ps((__m256i)x); }

// ---- 32 trials' pairs of normals of one driver

ALWAYS void wide_product(Words x, std::uint32_t by, Words& high, Words& low) {
  const __m256i m = _mm256_set1_epi32(int(by)), even = _mm256_mul_epu32((__m256i)x, m), odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)x, 32), m);
  low = (Words)_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
  high = (Words)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}

ALWAYS void normals(std::uint64_t seed, std::uint32_t group, std::uint32_t driver, Floats x[4], Floats y[4]) {
  Words c[2][4];  // two chains at once hide each other's latency
  const Words lane = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int u = 0; u < 2; u++) c[u][0] = lane + (group * 16 + 8 * u), c[u][1] = Words{}, c[u][2] = Words{} + driver, c[u][3] = Words{};
  std::uint32_t k0 = std::uint32_t(seed), k1 = std::uint32_t(seed >> 32);
#pragma GCC unroll 10
  for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
#pragma GCC unroll 2
    for (int u = 0; u < 2; u++) {
      Words h0, l0, h1, l1;
      wide_product(c[u][0], 0xD2511F53u, h0, l0);
      wide_product(c[u][2], 0xCD9E8D57u, h1, l1);
      c[u][0] = h1 ^ c[u][1] ^ k0;
      c[u][1] = l1;
      c[u][2] = h0 ^ c[u][3] ^ k1;
      c[u][3] = l0;
    }
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) {
    const Words radius = c[j & 1][j & 2], angle = c[j & 1][(j & 2) + 1];
    // -2 log of the upper 31 bits as a number in (0, 1): exponent and a polynomial of the mantissa in [√½, √2)
    const Ints bits = (Ints)to_float((Ints)((radius >> 1) | 1)) - 0x3f3504f3;
    const Floats m = (Floats)((bits & 0x7fffff) + 0x3f3504f3) - 1.0f, e = to_float(bits >> 23);
    Floats p = all(-.28639439f);
    for (const float a : {.44660071f, -.50944967f, .66451752f, -.99970101f, 2.00002556f}) p = p * m + a;
    const Floats squared = most((42.975125195f - e * 1.3862943611f) - p * m, Floats{});
    // The angle within half a turn from 31 bits; the last bit, as the sign, turns it round.
    const Floats t = to_float((Ints)(angle | 1)) * float(M_PI / 4294967296.0), tt = t * t;
    Floats sine = all(-1.85243568e-4f), cosine = all(-1.27121e-3f);
    for (const float a : {8.3132587e-3f, -.166656827f, .999999246f}) sine = sine * tt + a;
    for (const float a : {.04148775f, -.49991244f, .9999933f}) cosine = cosine * tt + a;
    const Floats r = (Floats)((Words)(Floats)_mm256_sqrt_ps((__m256)squared) ^ (angle << 31));
    x[j] = r * cosine;
    y[j] = r * (sine * t);
  }
}

// ---- W, compiled: tables in the score, in units of cells

struct alignas(64) Compiled {
  float share[2 * cells];         // value and rise of a cell
  float limits[4][8], middle[3];  // of the months: four groups of five thresholds, the fifth ones parting the groups
  float now[years], later[years], latest[years];
  int category, first_year;
};

double below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double score_of(double u) {  // bisection: for tables only
  double low = -9, high = 9;
  for (int i = 0; i < 36; i++) (below((low + high) / 2) < u ? low : high) = (low + high) / 2;
  return (low + high) / 2;
}

// PERT by integrating its density once on a fine grid of its range: the chance at each point, then interpolated backwards.
std::vector<double> pert_table(double low, double mode, double high, const std::vector<double>& u) {
  constexpr int steps = 2000;
  const double a = 4 * (mode - low) / (high - low), b = 4 - a;
  std::vector<double> sum(steps + 1), values;
  for (int k = 0; k < steps; k++) {
    const double x = (k + .5) / steps;
    sum[k + 1] = sum[k] + std::pow(x, a) * std::pow(1 - x, b);
  }
  int k = 0;
  for (const double v : u) {
    while (k < steps - 1 && sum[k + 1] < v * sum[steps]) k++;
    values.push_back(low + (high - low) * (k + std::clamp((v * sum[steps] - sum[k]) / (sum[k + 1] - sum[k]), 0.0, 1.0)) / steps);
  }
  return values;
}

Compiled compiled(const Scheme& s, const std::vector<double>& u) {
  Compiled c{};
  const double low = s.q[0], mode = s.q[1], high = s.q[2];
  static const double knots[] = {0, 0.1, 0.5, 0.9, 1};
  std::vector<double> value;
  if (s.family == 0) value = pert_table(low, mode, high, u);
  const double kept = s.family == 2 ? below((std::log(high) - low) / mode) : 1;
  for (std::size_t k = 0; s.family && k < u.size(); k++) {
    const double v = u[k];
    if (s.family == 1)
      value.push_back(v < (mode - low) / (high - low) ? low + std::sqrt(v * (high - low) * (mode - low))
                                                      : high - std::sqrt((1 - v) * (high - low) * (high - mode)));
    else if (s.family == 2)
      value.push_back(std::exp(low + mode * score_of(v * kept)));
    else {
      const int j = v < .1 ? 0 : v < .5 ? 1 : v < .9 ? 2 : 3;
      value.push_back(s.q[j] + (s.q[j + 1] - s.q[j]) * (v - knots[j]) / (knots[j + 1] - knots[j]));
    }
  }
  for (int k = 0; k < cells; k++) c.share[2 * k] = float(value[k]), c.share[2 * k + 1] = float(value[k + 1] - value[k]);
  float limit[20];
  for (int k = 0; k < 20; k++) {
    const double x = k < 18 ? s.chance[k] : 1;
    limit[k] = x <= 1e-12 ? -1e9f : x >= 1 - 1e-12 ? 1e9f : float((score_of(x) + range) * per_unit);
  }
  for (int g = 0; g < 8; g++)
    for (int j = 0; j < 4; j++) c.limits[j][g] = limit[5 * (g & 3) + j];
  for (int g = 0; g < 3; g++) c.middle[g] = limit[5 * g + 4];
  c.category = s.category;
  c.first_year = years;
  for (int y = years - 1; y >= 0; y--) {
    c.now[y] = float(s.planned[y]);
    c.later[y] = y > 0 ? float(s.planned[y - 1]) : 0;
    c.latest[y] = y > 1 ? float(s.planned[y - 2]) : 0;
    if (s.planned[y] != 0) c.first_year = y;
  }
  return c;
}

// ---- one block

struct alignas(64) Columns {
  float of_owner[organisations][row], of_category[categories][row], system[row], share[row], late[row], saved[years][row], pool[years][row],
      peak[organisations + 1][row];
  std::int32_t failed[row];
};

ALWAYS Floats looked_up(const float* pairs, Floats at) {
  const Ints cell = (Ints)_mm256_cvttps_epi32((__m256)at);
  const Floats within = at - to_float(cell);
  alignas(32) std::uint32_t k[8];
  _mm256_store_si256((__m256i*)k, (__m256i)cell);
  const auto two = [&](int a, int b) {
    return _mm_loadh_pi(_mm_castpd_ps(_mm_load_sd((const double*)(pairs + 2 * k[a]))), (const __m64*)(pairs + 2 * k[b]));
  };
  const __m256 u = _mm256_set_m128(two(4, 5), two(0, 1)), v = _mm256_set_m128(two(6, 7), two(2, 3));
  return (Floats)_mm256_shuffle_ps(u, v, 0x88) + within * (Floats)_mm256_shuffle_ps(u, v, 0xDD);
}

ALWAYS Floats months_late(const Compiled& c, Floats at) {
  const Ints group = -((at > c.middle[0]) + (at > c.middle[1]) + (at > c.middle[2]));
  Ints more = {};
#pragma GCC unroll 4
  for (int j = 0; j < 4; j++) more += at > (Floats)_mm256_permutevar_ps(_mm256_load_ps(c.limits[j]), (__m256i)group);
  return to_float(group * 4 + group - more);
}

template <int first_year>
__attribute__((noinline)) void scheme(const Compiled& c, const Parameters& p, std::uint64_t seed, std::uint32_t group, std::uint32_t driver,
                                      const float* owner, Columns& w) {
  const float own = float(p.own) * per_unit;
  const float* category = w.of_category[c.category];
  for (int t = 0; t < block; t += 32) {
    Floats x[4], y[4];
    normals(seed, group + t / 32, driver, x, y);
    for (int j = 0; j < 4; j++) {
      const int i = t + 8 * j;
      const Floats together = load(owner + i) + load(category + i);
      store(w.share + i, x[j] * own + (together + range * per_unit));
      store(w.late + i, y[j] * own + (range * per_unit - together));
    }
  }
#pragma GCC unroll 2
  for (int i = 0; i < block; i += 8) {
    const Floats share = looked_up(c.share, load(w.share + i)), late = months_late(c, load(w.late + i)) * (1 / months_in_year);
    const Floats first = least(late, all(1)), second = share * (late - first), moved = share * first, stays = share - moved, next = moved - second;
#pragma GCC unroll 5
    for (int y = first_year; y < years; y++) {
      Floats sum = load(w.saved[y] + i) + stays * c.now[y];
      if (y > first_year) sum += next * c.later[y];
      if (y > first_year + 1) sum += second * c.latest[y];
      store(w.saved[y] + i, sum);
    }
  }
}

struct Tally {
  long masks[1 << organisations]{}, pool = 0;
  std::uint32_t histogram[organisations + 1][bins]{};
};
constexpr float widest[2] = {400, 2400};  // of the histograms: an organisation's, the pool's

struct Model {
  const Parameters& p;
  std::vector<Compiled> schemes;
};

void simulate(const Model& m, std::uint64_t seed, long number, int trials, Columns& w, Tally& tally, double* sums) {
  const Parameters& p = m.p;
  const std::uint32_t group = std::uint32_t(number * (block / 32));
  std::uint32_t driver = schemes;
  const auto column = [&](float* first, float* second, double scale) {
    for (int t = 0; t < block; t += 32) {
      Floats x[4], y[4];
      normals(seed, group + t / 32, driver, x, y);
      for (int j = 0; j < 4; j++) store(first + t + 8 * j, x[j] * float(scale)), store(second + t + 8 * j, y[j] * float(scale));
    }
    driver++;
  };
  for (int o = 0; o < organisations; o += 2) column(w.of_owner[o], w.of_owner[o + 1], p.organisation * per_unit);
  for (int c = 0; c < categories; c += 2) column(w.of_category[c], w.of_category[c + 1], p.category * per_unit);
  column(w.system, w.share, p.system * per_unit);
  std::memset(w.pool, 0, sizeof w.pool);
  std::memset(w.failed, 0, sizeof w.failed);
  for (int o = 0; o < organisations; o++) {
    float* owner = w.of_owner[o];
    for (int i = 0; i < block; i += 8) store(owner + i, load(owner + i) + load(w.system + i));
    std::memset(w.saved, 0, sizeof w.saved);
    constexpr std::array starting = {scheme<0>, scheme<1>, scheme<2>, scheme<3>, scheme<4>};
    for (int j = 0; j < schemes_each; j++) {
      const int i = o * schemes_each + j;
      if (m.schemes[i].first_year < years) starting[m.schemes[i].first_year](m.schemes[i], p, seed, group, std::uint32_t(i), owner, w);
    }
    for (int t = 0; t < block; t += 32) {
      Floats luck[6][4];
      for (int k = 0; k < 3; k++) normals(seed, group + t / 32, driver + k, luck[2 * k], luck[2 * k + 1]);
      for (int j = 0; j < 4; j++) {
        const int i = t + 8 * j;
        Floats eased = {}, fall = {}, peak = {};
        const Floats shared = load(owner + i) * float(p.sd / per_unit);
        for (int y = 0; y < years; y++) {
          eased = eased * float(p.persistence) + (luck[y][j] * float(p.sd * p.pressure_own) + shared);
          const Floats margin = load(w.saved[y] + i) + eased - float(p.organisations[o].gap[y]);
          store(w.pool[y] + i, load(w.pool[y] + i) + margin);
          fall = most(fall - margin, Floats{});
          peak = most(peak, fall);
        }
        store(w.peak[o] + i, peak);
        const Ints failed = (peak > float(p.organisations[o].reserves + grace)) & (1 << o);
        _mm256_store_si256((__m256i*)(w.failed + i), _mm256_or_si256(_mm256_load_si256((__m256i*)(w.failed + i)), (__m256i)failed));
      }
    }
    driver += 3;
  }
  for (int i = 0; i < block; i += 8) {
    Floats fall = {}, peak = {};
    for (int y = 0; y < years; y++) fall = most(fall - load(w.pool[y] + i), Floats{}), peak = most(peak, fall);
    store(w.peak[organisations] + i, peak);
  }
  for (int t = 0; t < trials; t++) tally.masks[w.failed[t]]++, tally.pool += w.peak[organisations][t] > float(p.all_reserves + grace);
  for (int o = 0; o <= organisations; o++) {
    double sum = 0;
    for (int t = 0; t < trials; t++) sum += w.peak[o][t];
    sums[o] = sum;
    alignas(32) std::int32_t bin[block];
    const float scale = bins / widest[o == organisations];
    for (int t = 0; t < block; t++) bin[t] = std::min(int(w.peak[o][t] * scale), bins - 1);
    for (int t = 0; t < trials; t++) tally.histogram[o][bin[t]]++;
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) return std::fprintf(stderr, "usage: limit PARAMETERS TRIALS THREADS SEED\n"), 2;
  const Parameters p = read_parameters(words[1]);
  const long trials = std::atol(words[2]), blocks = (trials + block - 1) / block;
  const int threads = std::atoi(words[3]);
  Model model{p, {}};
  std::vector<double> u;
  for (int k = 0; k <= cells; k++) u.push_back(below(-range + k / double(per_unit)));
  for (const Scheme& s : p.schemes) model.schemes.push_back(compiled(s, u));

  std::vector<std::unique_ptr<Tally>> tallies;
  std::vector<double> sums(blocks * (organisations + 1));
  std::atomic<long> next{0};
  std::vector<std::thread> running;
  for (int k = 0; k < threads; k++) {
    tallies.push_back(std::make_unique<Tally>());
    running.emplace_back([&, tally = tallies.back().get()] {
      const auto columns = std::make_unique<Columns>();
      for (long b; (b = next++) < blocks;)
        simulate(model, std::uint64_t(std::atol(words[4])), b, int(std::min<long>(block, trials - b * block)), *columns, *tally,
                 &sums[b * (organisations + 1)]);
    });
  }
  for (auto& thread : running) thread.join();
  Tally& sum = *tallies[0];
  for (int k = 1; k < threads; k++) {
    sum.pool += tallies[k]->pool;
    for (int m = 0; m < 1 << organisations; m++) sum.masks[m] += tallies[k]->masks[m];
    for (int o = 0; o <= organisations; o++)
      for (int b = 0; b < bins; b++) sum.histogram[o][b] += tallies[k]->histogram[o][b];
  }

  Result r;
  r.trials = trials;
  r.pool = double(sum.pool) / trials;
  for (int m = 0; m < 1 << organisations; m++) {
    const double chance = double(sum.masks[m]) / trials;
    r.count[__builtin_popcount(m)] += chance;
    for (int a = 0; a < organisations; a++)
      if (m >> a & 1) {
        r.fails[a] += chance;
        for (int b = 0; b < organisations; b++) r.both[a][b] += m >> b & 1 ? chance : 0;
      }
  }
  for (int o = 0; o <= organisations; o++) {
    for (long b = 0; b < blocks; b++) r.mean[o] += sums[b * (organisations + 1) + o] / trials;
    const double width = widest[o == organisations] / bins;
    double seen = 0, above = 0;
    for (int b = 0, k = 0; b < bins; b++) {
      const double here = sum.histogram[o][b];
      for (; k < 8 && seen + here >= probabilities[k] * trials; k++)
        r.quantiles[o][k] = (b + (here ? (probabilities[k] * trials - seen) / here : 0)) * width;
      seen += here;
      if (seen > probabilities[7] * trials) above += std::min(here, seen - probabilities[7] * trials) * (b + .5) * width;
    }
    r.tail[o] = above / (trials * (1 - probabilities[7]));
  }
  print(r);
}
