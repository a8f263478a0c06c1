#include "sim/draw.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "model/quantile.hpp"
#include "sim/logarithm.hpp"
#include "sim/threefry.hpp"

namespace shortfall {
namespace {

constexpr std::size_t quarter = block_trials / 4;

SHORTFALL_STAGE void words(const Words& key, std::uint64_t first_counter, std::uint32_t (*__restrict out)[quarter]) {
  const auto low = static_cast<std::uint32_t>(first_counter), high = static_cast<std::uint32_t>(first_counter >> 32);
  const EightWords lane = {0, 1, 2, 3, 4, 5, 6, 7};
  for (std::uint32_t i = 0; i < quarter; i += 16) {
    // A block's counters start at a multiple of 64, so their low words never carry.
    EightWords state[2][4] = {};
    for (std::uint32_t chain = 0; chain < 2; ++chain) state[chain][0] += lane + (low + i + 8 * chain), state[chain][1] += high;
    threefry<12>(state, key);
    for (std::size_t chain = 0; chain < 2; ++chain)
      for (std::size_t k = 0; k < 4; ++k) vector_at<EightWords>(out[k] + i + 8 * chain).value = state[chain][k];
  }
}

// Polynomials of least worst error: normals within 1.5e-6 of their radius of exact arithmetic.
SHORTFALL_STAGE void box_muller(const std::uint32_t* __restrict radius_words, const std::uint32_t* __restrict angle_words, float* __restrict first,
                                float* __restrict second) {
  for (std::size_t i = 0; i < quarter; ++i) {
    // u = x / 2^31 with x from 1 to 2^31; −2 ln u = 2 ln 2 (31 − e) − 2 ln(1 + f), x = 2^e (1 + f), f in [√½ − 1, √2 − 1].
    const float x = static_cast<float>(static_cast<std::int32_t>(radius_words[i] >> 1 | 1));
    const std::int32_t bits = std::bit_cast<std::int32_t>(x) - 0x3f3504f3;
    const float e = static_cast<float>(bits >> 23);
    const float f = std::bit_cast<float>((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
    const float squared = (31.0f - e) * 1.38629436f - 2.0f * log_near_1(f);
    const float radius = std::sqrt(squared > 0.0f ? squared : 0.0f);
    // Half turns s in (−½, ½); the word's last bit says which half of the circle.
    const float s = static_cast<float>(static_cast<std::int32_t>(angle_words[i] | 1)) * 0x1p-32f;
    const float q = s * s;
    const float sine = (((-0.554657102f * q + 2.54190898f) * q - 5.1671443f) * q + 3.14158201f) * s;
    const float cosine = (((0.219682424f * q - 1.33187297f) * q + 4.05841079f) * q - 4.9347928f) * q + 0.999999953f;
    const float signed_radius = std::bit_cast<float>(std::bit_cast<std::uint32_t>(radius) ^ angle_words[i] << 31);
    first[i] = signed_radius * cosine;
    second[i] = signed_radius * sine;
  }
}

// Φ⁻¹((k + u)/256) for u from 0 to 1, as a cubic in u for each stratum k; the four strata at either end by a finer table, as it falls without bound.
class Strata {
 public:
  static constexpr std::size_t ends = 4;
  alignas(64) float coefficients[4][block_trials] = {};  // of 1, u, u², u³

  Strata() {
    const auto through_thirds = [](double a, double b, double c, double d, auto&& set) {
      set(0, a), set(1, -5.5 * a + 9 * b - 4.5 * c + d), set(2, 9 * a - 22.5 * b + 18 * c - 4.5 * d),
          set(3, -4.5 * a + 13.5 * b - 13.5 * c + 4.5 * d);
    };
    for (std::size_t k = ends; k < block_trials - ends; ++k) {
      const auto at = [&](double u) { return below(static_cast<double>(k) + u); };
      through_thirds(at(0), at(1.0 / 3), at(2.0 / 3), at(1), [&](std::size_t c, double x) { coefficients[c][k] = static_cast<float>(x); });
    }
    for (int octave = 0; octave < octaves; ++octave)
      for (int cell = 0; cell < cells_per_octave; ++cell) {
        const double start = std::ldexp(1.0 + static_cast<double>(cell) / cells_per_octave, octave + first_octave);
        const double width = std::ldexp(1.0 / cells_per_octave, octave + first_octave);
        float(&row)[4] = tail[octave * cells_per_octave + cell];
        through_thirds(below(start), below(start + width / 3), below(start + 2 * width / 3), below(start + width),
                       [&](std::size_t c, double x) { row[c] = static_cast<float>(x); });
      }
  }

  // Φ⁻¹(v/256) for v from 2^-32 to 4: cells that shrink with v, sixteen to each doubling.
  static constexpr int first_octave = -32, octaves = 34, cells_per_octave = 16;
  alignas(64) float tail[octaves * cells_per_octave][4];

 private:
  static double below(double v) { return normal_score({v / block_trials, 1 - v / block_trials}); }
};

// The system's luck is in all others.
Stream slicing_stream() {
  static const Stream stream = stream_of("factor:system");
  return stream;
}

const Strata& strata() {
  static const Strata tables;
  return tables;
}

constexpr std::size_t slices = 16, per_slice = block_trials / slices;

// Permutations of 0 … 15, shuffled (Fisher, Yates 1938) once and for all: those of a stream and block are chosen among them, and moved on by a number
// of their own. `back[p]` is where each value came from, twice over: sixteen of it from −n on are p's moved on by n.
struct Permutations {
  std::uint8_t back[256][2 * slices];
  Permutations() {
    std::uint32_t next = 0;
    for (auto& places : back) {
      std::uint8_t permutation[slices];
      std::iota(std::begin(permutation), std::end(permutation), std::uint8_t{0});
      for (std::size_t left = slices; left > 1; --left)
        std::swap(permutation[left - 1], permutation[std::uint64_t{threefry<12>({next++, 0, 0, 0}, {0x51, 0x1c, 0xed, 0})[0]} * left >> 32]);
      for (std::size_t k = 0; k < slices; ++k) places[permutation[k]] = places[permutation[k] + slices] = static_cast<std::uint8_t>(k);
    }
  }
};

// The third word of the counter sets these words apart from the draws'.
SHORTFALL_STAGE void words_of_order(const Words& key, std::uint64_t block, std::uint32_t* __restrict out) {
  const auto low = static_cast<std::uint32_t>(block), high = static_cast<std::uint32_t>(block >> 32);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Words w = threefry<12>({low, high, 1, i}, key);
    out[i] = w[0];
    out[4 + i] = w[1];
    out[8 + i] = w[2];
    out[12 + i] = w[3];
  }
}

// One byte of a word chooses a permutation, the next moves it on.
[[gnu::always_inline]] inline const std::uint8_t* permutation(const std::uint8_t (*back)[2 * slices], std::uint32_t word) {
  return back[word & 0xff] + ((0 - (word >> 8)) & (slices - 1));
}

// Which stratum each trial has. The hypercube is sliced (Qian 2012) by the system's factor: the 16 trials of a slice have that factor in one
// sixteenth of its distribution, and every other stream's normals in each of its sixteenths once; so what the system's luck and any other do
// together is balanced too, not only what each does by itself. Stratum 16 c + t lies in sixteenth c; trial 16 s + j in slice s. For each sixteenth a
// permutation says which t each slice has of it, for each slice another which sixteenth each j has.
SHORTFALL_STAGE void strata_of_trials(const std::uint8_t (*__restrict back)[2 * slices], const std::uint32_t* __restrict word,
                                      std::uint8_t* __restrict stratum) {
  SixteenBytes within[slices];
  for (std::size_t c = 0; c < slices; ++c) within[c] = vector_at<SixteenBytes>(permutation(back, word[c])).value;
  // By slice instead of by sixteenth: rows 16 apart interleaved, four times over.
  for (int round = 0; round < 4; ++round) {
    SixteenBytes next[slices];
    for (std::size_t k = 0; k < slices / 2; ++k) {
      next[2 * k] = __builtin_shufflevector(within[k], within[k + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * k + 1] = __builtin_shufflevector(within[k], within[k + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (std::size_t k = 0; k < slices; ++k) within[k] = next[k];
  }
  const SixteenBytes first_stratum = {0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240};
  for (std::size_t s = 0; s < slices; ++s) {
    const SixteenBytes order = vector_at<SixteenBytes>(permutation(back, word[s] >> 16)).value;
    SixteenBytes strata;
    pick(within[s] + first_stratum, order, strata);
    vector_at<SixteenBytes>(stratum + slices * s).value = strata;
  }
}

// The same of the system's factor itself: a sixteenth for each slice, in any order within it.
void strata_of_slices(const std::uint8_t (*back)[2 * slices], const std::uint32_t* word, std::uint8_t* stratum) {
  const std::uint8_t* sixteenth = permutation(back, word[0] >> 16);
  for (std::size_t s = 0; s < slices; ++s) {
    const std::size_t c = sixteenth[s];
    for (std::size_t j = 0; j < per_slice; ++j) stratum[per_slice * s + j] = static_cast<std::uint8_t>(per_slice * c + permutation(back, word[c])[j]);
  }
}

// Where each stratum's normal lies within it, u in (0, 1), and the normal.
SHORTFALL_STAGE void stratified(const float (*__restrict coefficients)[block_trials], const std::uint32_t* __restrict word, float* __restrict within,
                                float* __restrict normal) {
  for (std::size_t k = 0; k < block_trials; ++k) {
    const float u = static_cast<float>(static_cast<std::int32_t>(word[k] >> 1 | 1)) * 0x1p-31f;
    within[k] = u;
    normal[k] = ((coefficients[3][k] * u + coefficients[2][k]) * u + coefficients[1][k]) * u + coefficients[0][k];
  }
}

// The same of the strata at either end, eight in all, by the mirrored tail.
SHORTFALL_STAGE void stratified_ends(const float (*__restrict tail)[4], const float* __restrict within, float* __restrict normal) {
  constexpr std::size_t n = 2 * Strata::ends;
  std::int32_t row[n];
  float t[n], value[n];
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t stratum = k < Strata::ends ? k : block_trials - n + k, from_end = k < Strata::ends ? k : n - 1 - k;
    const float v = static_cast<float>(from_end) + within[stratum], most = 0x1.fffffep+1f;
    const std::int32_t bits = std::bit_cast<std::int32_t>(v < most ? v : most);
    row[k] = (bits >> 19) - (127 + Strata::first_octave) * Strata::cells_per_octave;
    t[k] = static_cast<float>(bits & 0x7ffff) * 0x1p-19f;
  }
  for (std::size_t k = 0; k < n; ++k) {
    const float(&c)[4] = tail[row[k]];
    value[k] = ((c[3] * t[k] + c[2]) * t[k] + c[1]) * t[k] + c[0];
  }
  for (std::size_t k = 0; k < Strata::ends; ++k) normal[k] = value[k], normal[block_trials - 1 - k] = -value[n - 1 - k];
}

void draw_plain(const Words& key, std::uint64_t block, Floats& normals) {
  alignas(64) std::uint32_t w[4][quarter];
  words(key, block * quarter, w);
  box_muller(w[0], w[1], normals.data(), normals.data() + quarter);
  box_muller(w[2], w[3], normals.data() + 2 * quarter, normals.data() + 3 * quarter);
}

void draw_latin_hypercube(const Words& key, std::uint64_t block, bool slicing, Floats& normals) {
  alignas(64) std::uint32_t w[4][quarter];
  alignas(64) float within[block_trials], normal[block_trials];
  words(key, block * quarter, w);
  const Strata& tables = strata();
  stratified(tables.coefficients, w[0], within, normal);
  stratified_ends(tables.tail, within, normal);
  static const Permutations permutations;
  alignas(64) std::uint32_t order[slices];
  words_of_order(key, block, order);
  alignas(64) std::uint8_t stratum[block_trials];
  if (slicing)
    strata_of_slices(permutations.back, order, stratum);
  else
    strata_of_trials(permutations.back, order, stratum);
#pragma GCC unroll 16
  for (std::size_t i = 0; i < block_trials; ++i) normals[i] = normal[stratum[i]];
}

}  // namespace

void draw_normals(std::uint64_t seed, Stream stream, std::uint64_t block, Sampling sampling, Floats& normals) {
  const Words key = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), static_cast<std::uint32_t>(stream),
                     static_cast<std::uint32_t>(stream >> 32)};
  if (sampling == Sampling::plain)
    draw_plain(key, block, normals);
  else
    draw_latin_hypercube(key, block, stream == slicing_stream(), normals);
}

void Draws::start(std::uint64_t block) { block_ = block; }

const Floats& Draws::normals(Stream stream) {
  const Within draw(timings_, TrialStage::draw);
  if (keep_ == Keep::no) {
    Floats& scratch = scratch_[next_++ % scratch_.size()];
    draw_normals(seed_, stream, block_, sampling_, scratch);
    return scratch;
  }
  const auto [at, fresh] = kept_.try_emplace(stream);
  Kept& kept = at->second;
  if (fresh) kept.normals = std::make_unique<Floats>();
  if (fresh || kept.block != block_) draw_normals(seed_, stream, block_, sampling_, *kept.normals);
  kept.block = block_;
  return *kept.normals;
}

}  // namespace shortfall
