// Distributions of any numbers, made from bytes without a text between: tables finite and within their limits, quantiles that never fall, months that
// never fall as luck gets worse.
#include <algorithm>
#include <cmath>
#include <optional>

#include "fuzz.hpp"
#include "model/marginal.hpp"
#include "model/quantile.hpp"
#include "sim/outcome.hpp"

using namespace shortfall;

namespace {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint8_t byte() { return at_ < size_ ? data_[at_++] : 0; }
  // A number as plans may write it: up to 1e12, any exponent down to the smallest.
  double number() {
    std::uint64_t bits = 0;
    for (int k = 0; k < 8; ++k) bits = bits << 8 | byte();
    double x = 0;
    std::memcpy(&x, &bits, sizeof x);
    if (!std::isfinite(x)) return 0;
    return std::abs(x) <= 1e12 ? x : std::fmod(x, 1e12);
  }
  std::optional<double> bound() { return byte() % 2 == 0 ? std::optional<double>() : number(); }

 private:
  const std::uint8_t* data_;
  std::size_t size_, at_ = 0;
};

Shape shape_of(Bytes& b) {
  switch (b.byte() % 10) {
    case 0:
      return Fixed{b.number()};
    case 1:
      return Uniform{b.number(), b.number()};
    case 2:
      return Triangular{b.number(), b.number(), b.number()};
    case 3:
      return Pert{b.number(), b.number(), b.number()};
    case 4:
      return ScaledBeta{b.number(), b.number(), b.number(), b.number()};
    case 5:
      return Normal{b.number(), b.number(), b.bound(), b.bound()};
    case 6:
      return Lognormal{b.number(), b.number(), b.bound()};
    case 7:
      return Metalog{b.number(), b.number(), b.number(), b.bound(), b.bound()};
    case 8: {
      Values v;
      const double weight = 1.0 / (1 + b.byte() % 5);
      for (double sum = 0; sum + weight / 2 < 1; sum += weight) v.values.push_back(b.number()), v.weights.push_back(weight);
      return v;
    }
    default: {
      Quantiles q{{0}, {b.number()}};
      for (int k = b.byte() % 5; k > 0; --k) q.levels.push_back(std::clamp(std::abs(b.number()), 0.0, 1.0)), q.values.push_back(b.number());
      q.levels.push_back(1), q.values.push_back(b.number());
      std::sort(q.levels.begin(), q.levels.end());
      std::sort(q.values.begin(), q.values.end());
      q.levels.front() = 0;
      for (std::size_t k = 1; k < q.levels.size(); ++k)
        if (q.levels[k] <= q.levels[k - 1]) return Fixed{1};
      return q;
    }
  }
}

// 256 scores over all that is ever drawn, rising.
Floats rising_scores() {
  Floats out;
  for (std::size_t i = 0; i < block_trials; ++i) out[i] = static_cast<float>(-8.2 + 16.4 * static_cast<double>(i) / (block_trials - 1));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const double dials[] = {0, 0.3, 1, 10};
  const double optimism = dials[bytes.byte() % 4];
  Distribution d;
  d.drops_out = bytes.byte() % 3 == 0 ? std::clamp(std::abs(bytes.number()), 0.0, 1.0) : 0;
  d.shape = shape_of(bytes);
  if (fault(d)) return 0;
  const Support s = support({d.shape, 0});
  double before = -HUGE_VAL;
  QuantileFunction quantile = quantile_function(d.shape);
  for (int k = -33; k <= 33; ++k) {
    const double x = quantile(normal_chance(k / 4.0));
    fuzz::must(!std::isnan(x), "a quantile that is no number");
    // Two that are infinite have no difference.
    fuzz::must(x >= before || x >= before - 1e-9 * std::max(1.0, std::abs(before)), "quantiles that fall");
    const double slack = 1e-9 * std::max({1.0, std::abs(x)});
    fuzz::must(x >= s.low - slack && x <= s.high + slack, "a quantile beyond its support");
    before = x;
  }
  const Floats scores = rising_scores();
  Floats value;
  outcome(share_marginal(d, optimism), scores, value);
  for (std::size_t i = 0; i < block_trials; ++i) fuzz::must(std::isfinite(value[i]), "a share that is not finite");
  if (s.low < 0) return 0;
  outcome(overrun_marginal(d, optimism), scores, value);
  for (std::size_t i = 0; i < block_trials; ++i) fuzz::must(std::isfinite(value[i]) && value[i] >= 0, "an overrun that is not finite, or pays");
  Integers months;
  outcome(delay_months({d.shape, 0}, optimism, 60), scores, months);
  for (std::size_t i = 0; i < block_trials; ++i) {
    fuzz::must(months[i] >= 0 && months[i] <= 60, "months that no plan has");
    if (i > 0) fuzz::must(months[i] <= months[i - 1], "months that rise with luck");
  }
  return 0;
}
