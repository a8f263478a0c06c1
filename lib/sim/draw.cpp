#include "sim/draw.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

#include "model/quantile.hpp"
#include "sim/logarithm.hpp"
#include "sim/threefry.hpp"
#include "sim/vectors.hpp"

namespace shortfall {
namespace {

constexpr int quarter = block_trials / 4;
using RandomWords = Column<std::uint32_t>;

// The words of a block's 64 counters: first those that are each counter's first word, then the second words, the third and the fourth.
SHORTFALL_STAGE void draw_words(const Words& key, std::uint64_t block, RandomWords& words) {
  vectors::threefry_words<quarter>(key, block * quarter, words.data());
}

// Two normals from each pair of words, by polynomials of least worst error: within 1.5e-6 of the pair's radius of exact arithmetic.
template <class QuarterOfWords>
[[gnu::always_inline]] inline void box_muller(const QuarterOfWords& radius_words, const QuarterOfWords& angle_words, Eigen::Index at,
                                              Floats& normals) {
  using Quarter = Eigen::Array<float, quarter, 1>;
  const Quarter signed_radius = of_each(
      [](std::uint32_t radius_word, std::uint32_t angle_word) {
        // u = x / 2^31 with x from 1 to 2^31; −2 ln u = 2 ln 2 (31 − e) − 2 ln(1 + f), x = 2^e (1 + f), f in [√½ − 1, √2 − 1].
        const float x = static_cast<float>(static_cast<std::int32_t>(radius_word >> 1 | 1));
        const std::int32_t bits = std::bit_cast<std::int32_t>(x) - 0x3f3504f3;
        const float e = static_cast<float>(bits >> 23);
        const float f = std::bit_cast<float>((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
        const float squared = (31.0f - e) * 1.38629436f - 2.0f * log_near_1(f);
        const float radius = std::sqrt(squared > 0.0f ? squared : 0.0f);
        // The angle's last bit says which half of the circle.
        return std::bit_cast<float>(std::bit_cast<std::uint32_t>(radius) ^ angle_word << 31);
      },
      radius_words, angle_words);
  // Half turns, in (−½, ½).
  const Quarter s = of_each([](std::uint32_t word) { return static_cast<float>(static_cast<std::int32_t>(word | 1)) * 0x1p-32f; }, angle_words);
  const Quarter q = s * s;
  normals.segment<quarter>(at) = signed_radius * ((((0.219682424f * q - 1.33187297f) * q + 4.05841079f) * q - 4.9347928f) * q + 0.999999953f);
  normals.segment<quarter>(at + quarter) = signed_radius * ((((-0.554657102f * q + 2.54190898f) * q - 5.1671443f) * q + 3.14158201f) * s);
}

SHORTFALL_STAGE void to_normals(const RandomWords& words, Floats& normals) {
  box_muller(words.segment<quarter>(0), words.segment<quarter>(quarter), 0, normals);
  box_muller(words.segment<quarter>(2 * quarter), words.segment<quarter>(3 * quarter), 2 * quarter, normals);
}

// Φ⁻¹((k + u)/256) for u from 0 to 1, as a cubic in u for each stratum k; the four strata at either end by a finer table, as it falls without bound.
class Strata {
 public:
  static constexpr std::size_t ends = 4;
  Floats coefficients[4];  // of 1, u, u², u³; [stratum]

  Strata() {
    const auto through_thirds = [](double a, double b, double c, double d, auto&& set) {
      set(0, a), set(1, -5.5 * a + 9 * b - 4.5 * c + d), set(2, 9 * a - 22.5 * b + 18 * c - 4.5 * d),
          set(3, -4.5 * a + 13.5 * b - 13.5 * c + 4.5 * d);
    };
    for (Floats& c : coefficients) c.setZero();
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

  // Φ⁻¹(v/256) for v from 2^-32 to 4.
  float in_tail(float v) const {
    constexpr float most = 0x1.fffffep+1f;
    const std::int32_t bits = std::bit_cast<std::int32_t>(v < most ? v : most);
    const float(&c)[4] = tail_[(bits >> 19) - (127 + first_octave) * cells_per_octave];
    const float t = static_cast<float>(bits & 0x7ffff) * 0x1p-19f;
    return ((c[3] * t + c[2]) * t + c[1]) * t + c[0];
  }

 private:
  static double below(double v) { return normal_score({v / block_trials, 1 - v / block_trials}); }
  // Cells that shrink with v, sixteen to each doubling.
  static constexpr int first_octave = -32, octaves = 34, cells_per_octave = 16;
  float tail_[octaves * cells_per_octave][4];
};

const Strata& strata() {
  static const Strata tables;
  return tables;
}

// The system's luck is in all others.
Stream slicing_stream() {
  static const Stream stream = stream_of("factor:system");
  return stream;
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
  // One byte of a word chooses a permutation, the next moves it on.
  const std::uint8_t* chosen(std::uint32_t word) const { return back[word & 0xff] + ((0 - (word >> 8)) & (slices - 1)); }
};

const Permutations& permutations() {
  static const Permutations all;
  return all;
}

// Sixteen words that order a stream's strata in a block. The third word of the counter sets them apart from the draws' own.
using OrderWords = Eigen::Array<std::uint32_t, static_cast<int>(slices), 1>;
SHORTFALL_STAGE void draw_order_words(const Words& key, std::uint64_t block, OrderWords& out) {
  const auto low = static_cast<std::uint32_t>(block), high = static_cast<std::uint32_t>(block >> 32);
  for (std::uint32_t i = 0; i < 4; ++i) {
    const Words w = threefry<12>({low, high, 1, i}, key);
    for (std::size_t k = 0; k < 4; ++k) out[static_cast<Eigen::Index>(4 * k + i)] = w[k];
  }
}

// Which stratum each trial has. The hypercube is sliced (Qian 2012) by the system's factor: the 16 trials of a slice have that factor in one
// sixteenth of its distribution, and every other stream's normals in each of its sixteenths once; so what the system's luck and any other do
// together is balanced too, not only what each does by itself. Stratum 16 c + t lies in sixteenth c; trial 16 s + j in slice s. For each sixteenth a
// permutation says which t each slice has of it, for each slice another which sixteenth each j has.
SHORTFALL_STAGE void order_trials(const Permutations& permutations, const OrderWords& word, Column<std::uint8_t>& stratum) {
  const std::uint8_t *within[slices], *order[slices];
  for (std::size_t k = 0; k < slices; ++k) within[k] = permutations.chosen(word[k]), order[k] = permutations.chosen(word[k] >> 16);
  vectors::order_strata(within, order, stratum.data());
}

// The same of the system's factor itself: a sixteenth for each slice, in any order within it.
void order_slices(const Permutations& permutations, const OrderWords& word, Column<std::uint8_t>& stratum) {
  const std::uint8_t* sixteenth = permutations.chosen(word[0] >> 16);
  for (std::size_t s = 0; s < slices; ++s)
    for (std::size_t j = 0; j < per_slice; ++j)
      stratum[per_slice * s + j] = static_cast<std::uint8_t>(per_slice * sixteenth[s] + permutations.chosen(word[sixteenth[s]])[j]);
}

// The normal of each stratum, a word's place within it: u in (0, 1).
SHORTFALL_STAGE void to_stratified_normals(const Strata& strata, const RandomWords& words, Floats& normals) {
  const Floats u = of_each([](std::uint32_t word) { return static_cast<float>(static_cast<std::int32_t>(word >> 1 | 1)) * 0x1p-31f; }, words);
  const Floats(&c)[4] = strata.coefficients;
  normals = ((c[3] * u + c[2]) * u + c[1]) * u + c[0];
  // The upper end mirrors the lower.
  for (std::size_t k = 0; k < Strata::ends; ++k) {
    normals[k] = strata.in_tail(static_cast<float>(k) + u[k]);
    normals[block_trials - 1 - k] = -strata.in_tail(static_cast<float>(k) + u[block_trials - 1 - k]);
  }
}

SHORTFALL_STAGE void put_in_order(const Floats& by_stratum, const Column<std::uint8_t>& stratum, Floats& normals) {
#pragma GCC unroll 16
  for (std::size_t i = 0; i < block_trials; ++i) normals[i] = by_stratum[stratum[i]];
}

void draw_latin_hypercube(const Words& key, std::uint64_t block, bool slicing, Floats& normals) {
  RandomWords words;
  draw_words(key, block, words);
  Floats by_stratum;
  to_stratified_normals(strata(), words, by_stratum);
  OrderWords order;
  draw_order_words(key, block, order);
  Column<std::uint8_t> stratum;
  if (slicing)
    order_slices(permutations(), order, stratum);
  else
    order_trials(permutations(), order, stratum);
  put_in_order(by_stratum, stratum, normals);
}

}  // namespace

void draw_normals(std::uint64_t seed, Stream stream, std::uint64_t block, Sampling sampling, Floats& normals) {
  const Words key = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), static_cast<std::uint32_t>(stream),
                     static_cast<std::uint32_t>(stream >> 32)};
  if (sampling == Sampling::latin_hypercube) return draw_latin_hypercube(key, block, stream == slicing_stream(), normals);
  RandomWords words;
  draw_words(key, block, words);
  to_normals(words, normals);
}

void Draws::start(std::uint64_t block) {
  static std::atomic<std::uint64_t> occasions = 0;
  block_ = block;
  occasion_ = occasions.fetch_add(1, std::memory_order_relaxed) + 1;
  if (updated_) updated_->start(block);
}

const Floats& Draws::normals(Stream stream) {
  const TimedStage draw(timings_, TrialStage::draw);
  if (updated_) {
    const DrawnNormals drawn = [this](Stream of, Floats& out) { draw_normals(seed_, of, block_, sampling_, out); };
    if (const Floats* updated = updated_->normals(stream, drawn)) return *updated;
  }
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

DrawsOfModels::DrawsOfModels(const std::vector<const Update*>& updates, std::uint64_t seed, Draws::Keep keep, Sampling sampling) {
  std::vector<const Update*> distinct;
  for (const Update* update : updates) {
    const auto at = std::find(distinct.begin(), distinct.end(), update);
    place_.push_back(static_cast<std::size_t>(at - distinct.begin()));
    if (at != distinct.end()) continue;
    distinct.push_back(update);
    all_.push_back(std::make_unique<Draws>(seed, keep, sampling, update));
  }
}

void DrawsOfModels::start(std::uint64_t block) {
  for (const std::unique_ptr<Draws>& draws : all_) draws->start(block);
}

void DrawsOfModels::time(Timings* timings) {
  for (const std::unique_ptr<Draws>& draws : all_) draws->time(timings);
}

}  // namespace shortfall
