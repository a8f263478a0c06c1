#include "sim/outcome.hpp"

#include <algorithm>
#include <bit>

namespace shortfall {
namespace {

// value[i] = the cubic of row cell[i] at t[i], eight trials at a time: each row is one load, and the rows are turned into columns of coefficients.
[[gnu::always_inline]] inline void cubics(const float (*__restrict rows)[4], const std::int32_t* __restrict cell, const float* __restrict t,
                                          float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; i += 8) {
    FourFloats row[8];
    for (std::size_t k = 0; k < 8; ++k) row[k] = *reinterpret_cast<const FourFloats*>(rows[cell[i + k]]);
    const EightFloats a = __builtin_shufflevector(row[0], row[4], 0, 1, 2, 3, 4, 5, 6, 7),
                      b = __builtin_shufflevector(row[1], row[5], 0, 1, 2, 3, 4, 5, 6, 7);
    const EightFloats c = __builtin_shufflevector(row[2], row[6], 0, 1, 2, 3, 4, 5, 6, 7),
                      d = __builtin_shufflevector(row[3], row[7], 0, 1, 2, 3, 4, 5, 6, 7);
    const EightFloats ab01 = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13), cd01 = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
    const EightFloats ab23 = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15),
                      cd23 = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
    const EightFloats c0 = __builtin_shufflevector(ab01, cd01, 0, 1, 8, 9, 4, 5, 12, 13),
                      c1 = __builtin_shufflevector(ab01, cd01, 2, 3, 10, 11, 6, 7, 14, 15);
    const EightFloats c2 = __builtin_shufflevector(ab23, cd23, 0, 1, 8, 9, 4, 5, 12, 13),
                      c3 = __builtin_shufflevector(ab23, cd23, 2, 3, 10, 11, 6, 7, 14, 15);
    const EightFloats x = *reinterpret_cast<const EightFloats*>(t + i);
    *reinterpret_cast<EightFloats*>(value + i) = ((c3 * x + c2) * x + c1) * x + c0;
  }
}

SHORTFALL_STAGE void cubic(const float (*__restrict rows)[4], const float* __restrict score, float* __restrict value) {
  constexpr float last = Curve::cells - 0.001f;
  alignas(64) std::int32_t cell[block_trials];
  alignas(64) float within[block_trials];
  for (std::size_t i = 0; i < block_trials; ++i) {
    float x = (score[i] + Curve::reach) * Curve::cells_per_unit;
    x = x > 0.0f ? x : 0.0f;
    x = x < last ? x : last;
    cell[i] = static_cast<std::int32_t>(x);
    within[i] = x - static_cast<float>(cell[i]);
  }
  cubics(rows, cell, within, value);
}

// The score within the part that goes ahead; where the scheme drops out the value is of no use to anyone.
SHORTFALL_STAGE void conditional_score(const Conditional& table, const float* __restrict score, float* __restrict conditional) {
  constexpr float least = 0x1p-24f, most = 15.999f;
  constexpr std::int32_t base = (127 + Conditional::first_octave) * Conditional::cells_per_octave;
  const float threshold = table.threshold;
  alignas(64) std::int32_t cell[block_trials];
  alignas(64) float within[block_trials];
  for (std::size_t i = 0; i < block_trials; ++i) {
    float v = score[i] - threshold;
    v = v > least ? v : least;
    v = v < most ? v : most;
    const std::int32_t bits = std::bit_cast<std::int32_t>(v);
    cell[i] = (bits >> 19) - base;
    within[i] = static_cast<float>(bits & 0x7ffff) * 0x1p-19f;
  }
  cubics(table.coefficients, cell, within, conditional);
}

SHORTFALL_STAGE void choose_dropped(float threshold, float dropped, const float* __restrict score, float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; ++i) value[i] = score[i] < threshold ? dropped : value[i];
}

SHORTFALL_STAGE void limit(float least, float most, float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; ++i) {
    const float at_least = value[i] > least ? value[i] : least;
    value[i] = at_least < most ? at_least : most;
  }
}

SHORTFALL_STAGE void negated(const float* __restrict score, float* __restrict out) {
  for (std::size_t i = 0; i < block_trials; ++i) out[i] = -score[i];
}

// How many thresholds a score has passed (rising thresholds at or below it) or missed (those above it): the counts of 32 trials stay in registers
// while the thresholds go by.
enum class Count { passed, missed };
template <Count what>
[[gnu::always_inline]] inline void count_thresholds(const float* __restrict thresholds, std::size_t n, const float* __restrict score,
                                                    std::int32_t* __restrict count) {
  constexpr std::size_t vectors = 4;
  for (std::size_t i = 0; i < block_trials; i += 8 * vectors) {
    EightFloats scores[vectors];
    EightIntegers counts[vectors];
#pragma GCC unroll 4
    for (std::size_t k = 0; k < vectors; ++k) scores[k] = *reinterpret_cast<const EightFloats*>(score + i + 8 * k), counts[k] = EightIntegers{};
    for (std::size_t j = 0; j < n; ++j) {
      const EightFloats threshold = thresholds[j] - EightFloats{};
#pragma GCC unroll 4
      for (std::size_t k = 0; k < vectors; ++k) counts[k] -= what == Count::passed ? scores[k] >= threshold : scores[k] < threshold;  // −1 where so
    }
#pragma GCC unroll 4
    for (std::size_t k = 0; k < vectors; ++k) *reinterpret_cast<EightIntegers*>(count + i + 8 * k) = counts[k];
  }
}
SHORTFALL_STAGE void count_passed(const float* thresholds, std::size_t n, const float* score, std::int32_t* count) {
  count_thresholds<Count::passed>(thresholds, n, score, count);
}
SHORTFALL_STAGE void count_missed(const float* thresholds, std::size_t n, const float* score, std::int32_t* count) {
  count_thresholds<Count::missed>(thresholds, n, score, count);
}

SHORTFALL_STAGE void line(const float* __restrict first, const float* __restrict slope, const std::int32_t* __restrict segment,
                          const float* __restrict chance, float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; ++i) value[i] = first[segment[i]] + slope[segment[i]] * chance[i];
}

void segments(const Marginal& m, const Floats& score, Floats& value) {
  Integers segment;
  constexpr std::size_t few = 64;
  if (m.thresholds.size() <= few)
    count_passed(m.thresholds.data(), m.thresholds.size(), score.at, segment.at);
  else
    for (std::size_t i = 0; i < block_trials; ++i)
      segment.at[i] = static_cast<std::int32_t>(std::upper_bound(m.thresholds.begin(), m.thresholds.end(), score.at[i]) - m.thresholds.begin());
  Floats chance;
  look_up(normal_curve(), score, chance);
  line(m.first.data(), m.slope.data(), segment.at, chance.at, value.at);
}

}  // namespace

void look_up(const Curve& curve, const Floats& score, Floats& value) { cubic(curve.coefficients, score.at, value.at); }

void outcome(const Marginal& marginal, const Floats& score, Floats& value) {
  if (marginal.kind == Marginal::Kind::certain) {
    std::fill(std::begin(value.at), std::end(value.at), marginal.value);
    return;
  }
  Floats turned;
  const Floats* used = &score;
  if (marginal.reversed) {
    negated(score.at, turned.at);
    used = &turned;
  }
  switch (marginal.kind) {
    case Marginal::Kind::certain:
      break;
    case Marginal::Kind::segments:
      segments(marginal, *used, value);
      break;
    case Marginal::Kind::curve:
      look_up(*marginal.curve, *used, value);
      break;
    case Marginal::Kind::dropping: {
      Floats conditional;
      conditional_score(*marginal.conditional, used->at, conditional.at);
      look_up(*marginal.curve, conditional, value);
      choose_dropped(marginal.drop_threshold, marginal.dropped, used->at, value.at);
      break;
    }
  }
  if (marginal.limited) limit(marginal.least, marginal.most, value.at);
}

void outcome(const Months& months, const Floats& score, Integers& value) {
  if (months.thresholds.empty())
    std::fill(std::begin(value.at), std::end(value.at), months.certain);
  else
    count_missed(months.thresholds.data(), months.thresholds.size(), score.at, value.at);
}

void drops_out(const Marginal& marginal, const Floats& score, Flags& dropped) {
  for (std::size_t i = 0; i < block_trials; ++i) dropped.at[i] = score.at[i] < marginal.drop_threshold ? 1 : 0;
}

}  // namespace shortfall
