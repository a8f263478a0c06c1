#include "sim/outcome.hpp"

#include <algorithm>
#include <bit>

#include "sim/vectors.hpp"

namespace shortfall {
namespace {

// The score within the part that goes ahead, from a score that lies above the threshold; below it the value is of no use to anyone.
SHORTFALL_STAGE void to_conditional_score(const Conditional& table, const Floats& score, Floats& conditional) {
  constexpr float least = 0x1p-24f, most = 15.999f;
  // A float's exponent is its octave, and the first bits of its fraction are its cell.
  const std::int32_t first_cell = (127 + Conditional::first_octave) << table.octave_halvings, rest = 23 - table.octave_halvings;
  const std::int32_t within_cell = (1 << rest) - 1;
  const float cells = std::bit_cast<float>((127 - rest) << 23);  // 2^-rest
  const float threshold = table.threshold;
  const Integers bits = of_each(
      [=](float x) {
        float above = x - threshold;
        above = above > least ? above : least;
        return std::bit_cast<std::int32_t>(above < most ? above : most);
      },
      score);
  const Integers cell = of_each([=](std::int32_t b) { return (b >> rest) - first_cell; }, bits);
  const Floats within = of_each([=](std::int32_t b) { return static_cast<float>(b & within_cell) * cells; }, bits);
  vectors::cubics(table.cells.data(), cell.data(), within.data(), conditional.data());
}

SHORTFALL_STAGE void drop(const Floats& score, float threshold, float dropped, Floats& value) { value = (score < threshold).select(dropped, value); }

SHORTFALL_STAGE void limit(float least, float most, Floats& value) {
  value = of_each(
      [=](float x) {
        const float at_least = x > least ? x : least;
        return at_least < most ? at_least : most;
      },
      value);
}

SHORTFALL_STAGE void miss(const Months::Groups& thresholds, const Floats& score, Integers& months) {
  vectors::count_missed(thresholds, score.data(), months.data());
}

// first + slope · chance of the segment that each score falls to, of few: each threshold that a score has passed chooses anew.
SHORTFALL_STAGE void choose_lines(const Marginal& m, const Floats& score, const Floats& chance, Floats& value) {
  Floats first = Floats::Constant(m.first[0]), slope = Floats::Constant(m.slope[0]);
  for (std::size_t j = 0; j < m.thresholds.size(); ++j) {
    const float threshold = m.thresholds[j], next_first = m.first[j + 1], next_slope = m.slope[j + 1];
    first = of_each([=](float x, float now) { return x >= threshold ? next_first : now; }, score, first);
    slope = of_each([=](float x, float now) { return x >= threshold ? next_slope : now; }, score, slope);
  }
  value = first + slope * chance;
}

// The same of many segments, each trial's found by itself.
void find_lines(const Marginal& m, const Floats& score, const Floats& chance, Floats& value) {
  value = of_each(
      [&](float x, float p) {
        const auto segment = static_cast<std::size_t>(std::upper_bound(m.thresholds.begin(), m.thresholds.end(), x) - m.thresholds.begin());
        return m.first[segment] + m.slope[segment] * p;
      },
      score, chance);
}

}  // namespace

SHORTFALL_STAGE void look_up(const Curve& curve, const Floats& score, Floats& value) {
  const float origin = curve.origin, cells_per_unit = curve.cells_per_unit, below = static_cast<float>(curve.cells_below);
  const float least = -below, most = static_cast<float>(static_cast<std::int32_t>(curve.cells.size()) - curve.cells_below) - 0.001f;
  // The score in cells is scaled by a power of two and taken whole from itself, so that nothing of it is rounded away.
  const auto in_cells = [=](float x) {
    const float cells = (x - origin) * cells_per_unit, at_least = cells > least ? cells : least;
    return at_least < most ? at_least : most;
  };
  const std::int32_t cells_below = curve.cells_below;
  const Integers cell = of_each([=](float x) { return static_cast<std::int32_t>(in_cells(x) + below); }, score);
  const Floats within = of_each([=](float x, std::int32_t c) { return in_cells(x) - static_cast<float>(c - cells_below); }, score, cell);
  vectors::cubics(curve.cells.data(), cell.data(), within.data(), value.data());
}

void outcome(const Marginal& marginal, const Floats& score, Floats& value) {
  if (marginal.kind == Marginal::Kind::certain) {
    value.setConstant(marginal.value);
    return;
  }
  Floats turned;
  if (marginal.reversed) turned = -score;
  const Floats& used = marginal.reversed ? turned : score;
  Floats between;
  switch (marginal.kind) {
    case Marginal::Kind::certain:
      break;
    case Marginal::Kind::segments: {
      constexpr std::size_t few = 24;
      look_up(normal_curve(), used, between);
      (marginal.thresholds.size() <= few ? choose_lines : find_lines)(marginal, used, between, value);
      break;
    }
    case Marginal::Kind::curve:
      look_up(*marginal.curve, used, value);
      break;
    case Marginal::Kind::dropping:
      to_conditional_score(*marginal.conditional, used, between);
      look_up(*marginal.curve, between, value);
      drop(used, marginal.drop_threshold, marginal.dropped, value);
      break;
  }
  if (marginal.limited) limit(marginal.least, marginal.most, value);
}

void outcome(const Months& months, const Floats& score, Integers& value) {
  if (months.thresholds().empty())
    value.setConstant(months.certain());
  else
    miss(months.groups(), score, value);
}

SHORTFALL_STAGE void drops_out(const Marginal& marginal, const Floats& score, Flags& dropped) {
  dropped = (score < marginal.drop_threshold).cast<std::uint8_t>();
}

}  // namespace shortfall
