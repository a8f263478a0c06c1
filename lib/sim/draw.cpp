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
      for (std::size_t k = 0; k < 4; ++k) *reinterpret_cast<EightWords*>(out[k] + i + 8 * chain) = state[chain][k];
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
        float(&row)[4] = tail_[octave * cells_per_octave + cell];
        through_thirds(below(start), below(start + width / 3), below(start + 2 * width / 3), below(start + width),
                       [&](std::size_t c, double x) { row[c] = static_cast<float>(x); });
      }
  }

  // The score below which v/256 of all lie, v from 2^-32 to 4.
  float lowest(float v) const {
    const std::int32_t bits = std::bit_cast<std::int32_t>(std::min(v, 0x1.fffffep+1f));
    const float(&row)[4] = tail_[(bits >> 19) - (127 + first_octave) * cells_per_octave];
    const float t = static_cast<float>(bits & 0x7ffff) * 0x1p-19f;
    return ((row[3] * t + row[2]) * t + row[1]) * t + row[0];
  }

 private:
  static constexpr int first_octave = -32, octaves = 34, cells_per_octave = 16;
  static double below(double v) { return normal_score({v / block_trials, 1 - v / block_trials}); }
  float tail_[octaves * cells_per_octave][4];
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

// Permutations of 0 … 15, shuffled (Fisher, Yates 1938) once and for all: those of a stream and block are chosen among them.
struct Permutations {
  std::uint8_t of[256][slices];
  Permutations() {
    std::uint32_t next = 0;
    for (auto& permutation : of) {
      std::iota(std::begin(permutation), std::end(permutation), std::uint8_t{0});
      for (std::size_t left = slices; left > 1; --left)
        std::swap(permutation[left - 1], permutation[std::uint64_t{threefry<12>({next++, 0, 0, 0}, {0x51, 0x1c, 0xed, 0})[0]} * left >> 32]);
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

// rows[a][b] = times · a permutation of b of its own for each a, moved on by a number of its own, + step · a. One byte of each word chooses it, one
// moves it.
SHORTFALL_STAGE void permute(const std::uint8_t (*__restrict permutations)[slices], const std::uint32_t* __restrict word, int shift,
                             std::uint8_t times, std::uint8_t step, std::uint8_t* __restrict rows) {
  for (std::size_t a = 0; a < slices; ++a) {
    const std::uint8_t* from = permutations[word[a] >> shift & 0xff];
    const auto by = static_cast<std::uint8_t>(word[a] >> (shift + 8)), more = static_cast<std::uint8_t>(step * a);
    for (std::size_t b = 0; b < slices; ++b) rows[a * slices + b] = static_cast<std::uint8_t>(((from[b] + by) & 15) * times + more);
  }
}

// Which trial each stratum falls to. The hypercube is sliced (Qian 2012) by the system's factor: the 16 trials of a slice have that factor in one
// sixteenth of its distribution, and every other stream's normals in each of its sixteenths once; so what the system's luck and any other do
// together is balanced too, not only what each does by itself. Stratum 16 c + t lies in sixteenth c; trial 16 s + j in slice s.
enum class Slices { made, kept };  // by the system's factor, by all others
template <Slices slices_are>
void assign_trials(const Words& key, std::uint64_t block, const float* __restrict normal, float* __restrict normals) {
  static const Permutations permutations;
  alignas(64) std::uint32_t word[slices];
  words_of_order(key, block, word);
  alignas(64) std::uint8_t first[slices * slices], second[slices * slices];
  if constexpr (slices_are == Slices::kept) {
    permute(permutations.of, word, 0, 16, 0, first);    // 16 s, of c and t
    permute(permutations.of, word, 16, 1, 16, second);  // 16 s + j, of s and c
    for (std::size_t c = 0; c < slices; ++c)
      for (std::size_t t = 0; t < per_slice; ++t) normals[second[first[slices * c + t] + c]] = normal[per_slice * c + t];
  } else {
    permute(permutations.of, word, 0, 1, 0, first);     // j, of c and t
    permute(permutations.of, word, 16, 16, 0, second);  // 16 s, of c
    for (std::size_t c = 0; c < slices; ++c)
      for (std::size_t t = 0; t < per_slice; ++t) normals[second[c] + first[slices * c + t]] = normal[per_slice * c + t];
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

void draw_plain(const Words& key, std::uint64_t block, Floats& normals) {
  alignas(64) std::uint32_t w[4][quarter];
  words(key, block * quarter, w);
  box_muller(w[0], w[1], normals.at, normals.at + quarter);
  box_muller(w[2], w[3], normals.at + 2 * quarter, normals.at + 3 * quarter);
}

void draw_latin_hypercube(const Words& key, std::uint64_t block, bool slicing, Floats& normals) {
  alignas(64) std::uint32_t w[4][quarter];
  alignas(64) float within[block_trials], normal[block_trials];
  words(key, block * quarter, w);
  const Strata& tables = strata();
  stratified(tables.coefficients, w[0], within, normal);
  for (std::size_t k = 0; k < Strata::ends; ++k) {
    const std::size_t mirrored = block_trials - 1 - k;
    normal[k] = tables.lowest(static_cast<float>(k) + within[k]);
    normal[mirrored] = -tables.lowest(static_cast<float>(k) + within[mirrored]);
  }
  if (slicing)
    assign_trials<Slices::made>(key, block, normal, normals.at);
  else
    assign_trials<Slices::kept>(key, block, normal, normals.at);
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
