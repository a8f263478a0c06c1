#include "sim/luck.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "sim/logarithm.hpp"
#include "sim/outcome.hpp"

namespace shortfall {
namespace {

// w = sign(x) sqrt(ν ln(1 + x²/ν)) (Wallace 1959).
SHORTFALL_STAGE void wallace(float degrees_of_freedom, const float* __restrict mixing, float* __restrict score) {
  const float inverse = 1.0f / degrees_of_freedom;
  for (std::size_t i = 0; i < block_trials; ++i) {
    const float x = score[i] * mixing[i];
    const float q = x * x * inverse;
    // ln(1 + q): 1 + q = 2^e (1 + f). For small q, f = q without rounding 1 + q first.
    const float sum = 1.0f + q;
    const std::int32_t bits = std::bit_cast<std::int32_t>(sum) - 0x3f3504f3;
    const std::int32_t exponent = bits >> 23;
    const float e = static_cast<float>(exponent);
    const float f = exponent == 0 ? q : std::bit_cast<float>((bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
    const float log = e * 0.693147181f + log_near_1(f);
    score[i] = std::copysign(std::sqrt(degrees_of_freedom * (log > 0.0f ? log : 0.0f)), x);
  }
}

SHORTFALL_STAGE void axpy(float weight, const float* __restrict x, float* __restrict sum) {
  for (std::size_t i = 0; i < block_trials; ++i) sum[i] += weight * x[i];
}

SHORTFALL_STAGE void scaled(const float* __restrict x, float weight, float* __restrict out) {
  for (std::size_t i = 0; i < block_trials; ++i) out[i] = weight * x[i];
}

SHORTFALL_STAGE void sum_of_both(const float* __restrict common, float weight, const float* __restrict own, float* __restrict score) {
  for (std::size_t i = 0; i < block_trials; ++i) score[i] = common[i] + weight * own[i];
}

SHORTFALL_STAGE void sum_of_two(const float* __restrict common, float first_weight, const float* __restrict first, float second_weight,
                                const float* __restrict second, float* __restrict score) {
  for (std::size_t i = 0; i < block_trials; ++i) score[i] = common[i] + first_weight * first[i] + second_weight * second[i];
}

}  // namespace

CommonLuck::Sum CommonLuck::sum_of(const Luck& luck) {
  Sum out;
  for (const Loading& l : luck.loadings) {
    if (out.then) {
      const auto [at, fresh] = index_.try_emplace({out.begins, out.then->factor, out.then->weight}, static_cast<std::int32_t>(beginnings_.size()));
      if (fresh) beginnings_.push_back({out.begins, *out.then, false, std::make_unique<Floats>()});
      out.begins = at->second;
    }
    out.then = l;
  }
  return out;
}

void CommonLuck::start(const std::vector<Floats>& factors) {
  factors_ = &factors;
  for (Beginning& b : beginnings_) b.known = false;
}

void CommonLuck::add_up(const Sum& sum, Floats& out) {
  if (!sum.then)
    std::fill(out.begin(), out.end(), 0.0f);
  else if (sum.begins < 0)
    scaled((*factors_)[sum.then->factor].data(), sum.then->weight, out.data());
  else
    sum_of_both(beginning(sum.begins).data(), sum.then->weight, (*factors_)[sum.then->factor].data(), out.data());
}

const Floats& CommonLuck::beginning(std::int32_t index) {
  Beginning& b = beginnings_[static_cast<std::size_t>(index)];
  if (!b.known) add_up({b.before, b.loading}, *b.sum);
  b.known = true;
  return *b.sum;
}

void add_loading(Floats& sum, const Floats& factor, float weight) { axpy(weight, factor.data(), sum.data()); }

void add_constant(Floats& sum, float amount) {
  sum += amount;
}

void combine(const Floats& common, const Floats& own, float weight, Floats& score) { sum_of_both(common.data(), weight, own.data(), score.data()); }

void combine(const Floats& common, const Floats& first, float first_weight, const Floats& second, float second_weight, Floats& score) {
  sum_of_two(common.data(), first_weight, first.data(), second_weight, second.data(), score.data());
}

void mix_student_t(const Model::StudentT& t, const Floats& mixing, Floats& score) {
  wallace(t.degrees_of_freedom, mixing.data(), score.data());
  Floats w = score;
  look_up(t.to_normal, w, score);
}

}  // namespace shortfall
