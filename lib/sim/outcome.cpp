#include "sim/outcome.hpp"

#include <algorithm>
#include <bit>

namespace shortfall {
namespace {

SHORTFALL_STAGE void cubic(const float (*__restrict rows)[4], const float* __restrict score, float* __restrict value) {
  constexpr float last = Curve::cells - 0.001f;
  for (std::size_t i = 0; i < block_trials; ++i) {
    float cell = (score[i] + Curve::reach) * Curve::cells_per_unit;
    cell = cell > 0.0f ? cell : 0.0f;
    cell = cell < last ? cell : last;
    const auto k = static_cast<std::int32_t>(cell);
    const float t = cell - static_cast<float>(k);
    const float* c = rows[k];
    value[i] = ((c[3] * t + c[2]) * t + c[1]) * t + c[0];
  }
}

// The score within the part that goes ahead; where the scheme drops out the value is of no use to anyone.
SHORTFALL_STAGE void conditional_score(const Conditional& table, const float* __restrict score, float* __restrict conditional) {
  constexpr float least = 0x1p-24f, most = 15.999f;
  constexpr std::int32_t base = (127 + Conditional::first_octave) * Conditional::cells_per_octave;
  for (std::size_t i = 0; i < block_trials; ++i) {
    float v = score[i] - table.threshold;
    v = v > least ? v : least;
    v = v < most ? v : most;
    const std::int32_t bits = std::bit_cast<std::int32_t>(v);
    const std::int32_t k = (bits >> 19) - base;
    const float t = static_cast<float>(bits & 0x7ffff) * 0x1p-19f;
    const float* c = table.coefficients[k];
    conditional[i] = ((c[3] * t + c[2]) * t + c[1]) * t + c[0];
  }
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

// How many thresholds lie at or below (rising ones) the score.
SHORTFALL_STAGE void count_passed(const float* __restrict thresholds, std::size_t n, const float* __restrict score, std::int32_t* __restrict count) {
  for (std::size_t i = 0; i < block_trials; ++i) count[i] = 0;
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < block_trials; ++i) count[i] += score[i] >= thresholds[j] ? 1 : 0;
}

// How many thresholds lie above the score.
SHORTFALL_STAGE void count_missed(const float* __restrict thresholds, std::size_t n, const float* __restrict score, std::int32_t* __restrict count) {
  for (std::size_t i = 0; i < block_trials; ++i) count[i] = 0;
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < block_trials; ++i) count[i] += score[i] < thresholds[j] ? 1 : 0;
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
