#include "sim/luck.hpp"

#include <bit>
#include <cmath>

#include "sim/logarithm.hpp"
#include "sim/outcome.hpp"

namespace shortfall {
namespace {

SHORTFALL_STAGE void weigh(const Floats& factor, float weight, Floats& sum) { sum = weight * factor; }

// w = sign(x) sqrt(ν ln(1 + x²/ν)) (Wallace 1959).
SHORTFALL_STAGE void to_wallace_score(float degrees_of_freedom, const Floats& mixing, Floats& score) {
  const float inverse = 1.0f / degrees_of_freedom;
  score = of_each(
      [=](float normal, float mix) {
        const float x = normal * mix;
        const float q = x * x * inverse;
        // ln(1 + q): 1 + q = 2^e (1 + f). For small q, f = q without rounding 1 + q first.
        const float sum = 1.0f + q;
        const std::int32_t bits = std::bit_cast<std::int32_t>(sum) - 0x3f3504f3;
        const std::int32_t exponent = bits >> 23;
        const float f = exponent == 0 ? q : std::bit_cast<float>((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
        const float log = static_cast<float>(exponent) * 0.693147181f + log_near_1(f);
        return std::copysign(std::sqrt(degrees_of_freedom * (log > 0.0f ? log : 0.0f)), x);
      },
      score, mixing);
}

}  // namespace

LuckSums::Sum LuckSums::sum_of(const Luck& luck) {
  Sum out;
  for (const Loading& l : luck.loadings) {
    if (out.then) {
      const auto [at, fresh] = index_.try_emplace({out.begins, out.then->factor, out.then->weight}, static_cast<std::int32_t>(beginnings_.size()));
      if (fresh) beginnings_.push_back({out.begins, *out.then});
      out.begins = at->second;
    }
    out.then = l;
  }
  return out;
}

void add_up(const LuckSums& sums, const LuckSums::Sum& sum, LuckColumns& luck, Floats& out) {
  if (!sum.then) {
    out.setZero();
    return;
  }
  const Floats& last = luck.factor[sum.then->factor];
  if (sum.begins < 0) return weigh(last, sum.then->weight, out);
  const auto begins = static_cast<std::size_t>(sum.begins);
  Floats& beginning = luck.beginning[begins];
  if (!luck.known[begins]) add_up(sums, {sums.beginnings()[begins].before, sums.beginnings()[begins].loading}, luck, beginning);
  luck.known[begins] = true;
  combine(beginning, last, sum.then->weight, out);
}

SHORTFALL_STAGE void add_loading(Floats& sum, const Floats& factor, float weight) { sum += weight * factor; }

SHORTFALL_STAGE void combine(const Floats& common, const Floats& own, float weight, Floats& score) { score = common + weight * own; }

SHORTFALL_STAGE void combine(const Floats& common, const Floats& first, float first_weight, const Floats& second, float second_weight,
                             Floats& score) {
  score = common + first_weight * first + second_weight * second;
}

void mix_student_t(const Model::StudentT& t, const Floats& mixing, Floats& score) {
  to_wallace_score(t.degrees_of_freedom, mixing, score);
  const Floats wallace = score;
  look_up(t.to_normal, wallace, score);
}

}  // namespace shortfall
