// Variants of a plan on the same draws, trial by trial: what every comparison is made of.
#pragma once

#include <string>
#include <vector>

#include "model/model.hpp"
#include "sim/simulate.hpp"
#include "study/estimate.hpp"

namespace shortfall {

// Trials in which something happens with the base only, with the variant only, and with both.
struct Paired {
  std::uint64_t base_only = 0, variant_only = 0, both = 0;
};

// P(variant) − P(base), by the paired trials: the variance is that of the difference of the two indicators, (b + v)/n − ((v − b)/n)², so what
// both share cancels; where no trial differs the difference is exactly 0, and so is its interval.
Estimate difference(const Paired& paired, std::uint64_t trials);

struct Variation {
  std::uint64_t trials = 0;
  Paired system;
  std::vector<Paired> alone, together;  // [organisation]
};

// Each variant against the base. All have the base's organisations and years; what one has drawn the others find.
std::vector<Variation> simulate_together(const Model& base, const std::vector<Model>& variants, Trials trials, const SimulateOptions& options);

}  // namespace shortfall
