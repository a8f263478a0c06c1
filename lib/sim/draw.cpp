#include "sim/draw.hpp"

#include <bit>
#include <cmath>

#include "sim/logarithm.hpp"
#include "sim/threefry.hpp"

namespace shortfall {
namespace {

constexpr std::size_t quarter = block_trials / 4;

SHORTFALL_STAGE void words(const Words& key, std::uint64_t first_counter, std::uint32_t (*__restrict out)[quarter]) {
  const auto low = static_cast<std::uint32_t>(first_counter), high = static_cast<std::uint32_t>(first_counter >> 32);
  for (std::uint32_t i = 0; i < quarter; ++i) {
    // A block's counters start at a multiple of 64, so their low words never carry.
    const Words w = threefry<12>({low + i, high, 0, 0}, key);
    out[0][i] = w[0];
    out[1][i] = w[1];
    out[2][i] = w[2];
    out[3][i] = w[3];
  }
}

// Polynomials through the Chebyshev nodes of their interval; the normals they give are within 2e-6 of exact arithmetic.
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
    const float sine = ((((0.0776559123f * q - 0.598290411f) * q + 2.55007739f) * q - 5.16771008f) * q + 3.14159264f) * s;
    const float cosine = (((0.219682424f * q - 1.33187297f) * q + 4.05841079f) * q - 4.9347928f) * q + 0.999999953f;
    const float signed_radius = std::bit_cast<float>(std::bit_cast<std::uint32_t>(radius) ^ angle_words[i] << 31);
    first[i] = signed_radius * cosine;
    second[i] = signed_radius * sine;
  }
}

}  // namespace

void draw_normals(std::uint64_t seed, Stream stream, std::uint64_t block, Floats& normals) {
  const Words key = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32), static_cast<std::uint32_t>(stream),
                     static_cast<std::uint32_t>(stream >> 32)};
  alignas(64) std::uint32_t w[4][quarter];
  words(key, block * quarter, w);
  box_muller(w[0], w[1], normals.at, normals.at + quarter);
  box_muller(w[2], w[3], normals.at + 2 * quarter, normals.at + 3 * quarter);
}

void Draws::start(std::uint64_t block) { block_ = block; }

const Floats& Draws::normals(Stream stream) {
  if (keep_ == Keep::no) {
    draw_normals(seed_, stream, block_, scratch_);
    return scratch_;
  }
  const auto [at, fresh] = kept_.try_emplace(stream);
  Kept& kept = at->second;
  if (fresh) kept.normals = std::make_unique<Floats>();
  if (fresh || kept.block != block_) draw_normals(seed_, stream, block_, *kept.normals);
  kept.block = block_;
  return *kept.normals;
}

}  // namespace shortfall
