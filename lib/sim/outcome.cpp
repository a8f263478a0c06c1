#include "sim/outcome.hpp"

#include <algorithm>
#include <bit>

namespace shortfall {
namespace {

// value[i] = the cubic of row cell[i] at t[i], eight trials at a time: each row is one load, and the rows are turned into columns of coefficients.
[[gnu::always_inline]] inline void cubics(const Cubic* __restrict rows, const std::int32_t* __restrict cell, const float* __restrict t,
                                          float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; i += 8) {
    FourFloats row[8];
    for (std::size_t k = 0; k < 8; ++k) row[k] = vector_at<FourFloats>(rows[cell[i + k]].of).value;
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
    const EightFloats x = vector_at<EightFloats>(t + i).value;
    vector_at<EightFloats>(value + i).value = ((c3 * x + c2) * x + c1) * x + c0;
  }
}

// The score in cells is scaled by a power of two and taken whole from itself, so that nothing of it is rounded away.
SHORTFALL_STAGE void cubic(float origin, float cells_per_unit, std::int32_t cells_below, std::int32_t cells, const Cubic* __restrict rows,
                           const float* __restrict score, float* __restrict value) {
  alignas(64) std::int32_t cell[block_trials];
  alignas(64) float within[block_trials];
  const float below = static_cast<float>(cells_below), least = -below, most = static_cast<float>(cells - cells_below) - 0.001f;
  for (std::size_t i = 0; i < block_trials; ++i) {
    float x = (score[i] - origin) * cells_per_unit;
    x = x > least ? x : least;
    x = x < most ? x : most;
    cell[i] = static_cast<std::int32_t>(x + below);
    within[i] = x - static_cast<float>(cell[i] - cells_below);
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
  cubics(table.cells, cell, within, conditional);
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

// How many thresholds lie above a score (falling thresholds that it misses): first which of eight groups it falls to, by the thresholds that part
// them, then how many of its group's. The counts of 16 trials stay in registers while the thresholds go by.
SHORTFALL_STAGE void count_missed(const Months::Groups* groups, const float* __restrict score, std::int32_t* __restrict count) {
  const auto each = static_cast<std::int32_t>(groups->within.size());
  const std::array<float, 7> parts = groups->part;
  for (std::size_t i = 0; i < block_trials; i += 16) {
    const EightFloats low = vector_at<EightFloats>(score + i).value, high = vector_at<EightFloats>(score + i + 8).value;
    EightIntegers low_group{}, high_group{};
#pragma GCC unroll 7
    for (std::size_t g = 0; g < 7; ++g) {
      const EightFloats part = parts[g] - EightFloats{};
      low_group -= low < part;  // −1 where so
      high_group -= high < part;
    }
    EightIntegers low_count = low_group * (each + 1), high_count = high_group * (each + 1);
    for (std::int32_t j = 0; j < each; ++j) {
      const EightFloats within = vector_at<EightFloats>(&groups->within[j]).value;
      EightFloats low_threshold, high_threshold;
      pick(within, low_group, low_threshold);
      pick(within, high_group, high_threshold);
      low_count -= low < low_threshold;
      high_count -= high < high_threshold;
    }
    vector_at<EightIntegers>(count + i).value = low_count;
    vector_at<EightIntegers>(count + i + 8).value = high_count;
  }
}

// How many rising thresholds lie at or below a score.
SHORTFALL_STAGE void count_passed(const float* thresholds, std::size_t n, const float* __restrict score, std::int32_t* __restrict count) {
  for (std::size_t i = 0; i < block_trials; ++i) count[i] = 0;
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < block_trials; ++i) count[i] += score[i] >= thresholds[j] ? 1 : 0;
}

SHORTFALL_STAGE void line(const float* __restrict first, const float* __restrict slope, const std::int32_t* __restrict segment,
                          const float* __restrict chance, float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; ++i) value[i] = first[segment[i]] + slope[segment[i]] * chance[i];
}

// The same where a score is beyond few thresholds: each that it has passed chooses anew.
SHORTFALL_STAGE void choose_line(const float* thresholds, const float* first, const float* slope, std::size_t n, const float* __restrict score,
                                 const float* __restrict chance, float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; i += 16) {
    const EightFloats low = vector_at<EightFloats>(score + i).value, high = vector_at<EightFloats>(score + i + 8).value;
    EightFloats low_first = first[0] - EightFloats{}, low_slope = slope[0] - EightFloats{}, high_first = low_first, high_slope = low_slope;
    for (std::size_t j = 0; j < n; ++j) {
      const EightFloats threshold = thresholds[j] - EightFloats{}, next_first = first[j + 1] - EightFloats{},
                        next_slope = slope[j + 1] - EightFloats{};
      low_first = low >= threshold ? next_first : low_first;
      low_slope = low >= threshold ? next_slope : low_slope;
      high_first = high >= threshold ? next_first : high_first;
      high_slope = high >= threshold ? next_slope : high_slope;
    }
    vector_at<EightFloats>(value + i).value = low_first + low_slope * vector_at<EightFloats>(chance + i).value;
    vector_at<EightFloats>(value + i + 8).value = high_first + high_slope * vector_at<EightFloats>(chance + i + 8).value;
  }
}

void segments(const Marginal& m, const Floats& score, Floats& value) {
  constexpr std::size_t few = 12, some = 64;
  const std::size_t n = m.thresholds.size();
  Floats chance;
  look_up(normal_curve(), score, chance);
  if (n <= few) return choose_line(m.thresholds.data(), m.first.data(), m.slope.data(), n, score.data(), chance.data(), value.data());
  Integers segment;
  if (n <= some)
    count_passed(m.thresholds.data(), n, score.data(), segment.data());
  else
    for (std::size_t i = 0; i < block_trials; ++i)
      segment[i] = static_cast<std::int32_t>(std::upper_bound(m.thresholds.begin(), m.thresholds.end(), score[i]) - m.thresholds.begin());
  line(m.first.data(), m.slope.data(), segment.data(), chance.data(), value.data());
}

}  // namespace

void look_up(const Curve& curve, const Floats& score, Floats& value) {
  cubic(curve.origin, curve.cells_per_unit, curve.cells_below, static_cast<std::int32_t>(curve.cells.size()), curve.cells.data(), score.data(), value.data());
}

void outcome(const Marginal& marginal, const Floats& score, Floats& value) {
  if (marginal.kind == Marginal::Kind::certain) {
    std::fill(value.begin(), value.end(), marginal.value);
    return;
  }
  Floats turned;
  const Floats* used = &score;
  if (marginal.reversed) {
    negated(score.data(), turned.data());
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
      conditional_score(*marginal.conditional, used->data(), conditional.data());
      look_up(*marginal.curve, conditional, value);
      choose_dropped(marginal.drop_threshold, marginal.dropped, used->data(), value.data());
      break;
    }
  }
  if (marginal.limited) limit(marginal.least, marginal.most, value.data());
}

void outcome(const Months& months, const Floats& score, Integers& value) {
  if (months.thresholds().empty())
    std::fill(value.begin(), value.end(), months.certain());
  else
    count_missed(&months.groups(), score.data(), value.data());
}

void drops_out(const Marginal& marginal, const Floats& score, Flags& dropped) {
  for (std::size_t i = 0; i < block_trials; ++i) dropped[i] = score[i] < marginal.drop_threshold ? 1 : 0;
}

}  // namespace shortfall
