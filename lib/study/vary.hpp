// Variants of a plan on the same draws, trial by trial: what every comparison is made of.
#pragma once

#include <vector>

#include "model/model.hpp"
#include "sim/record.hpp"
#include "study/estimate.hpp"

namespace shortfall {

// Trials in which something happens with the base only, with the variant only, and with both.
struct Paired {
  std::uint64_t base_only = 0, variant_only = 0, both = 0;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.base_only), f(self.variant_only), f(self.both);
  }
};
void count(const Flags& base, const Flags& variant, std::size_t rows, Paired& paired);

// P(variant) − P(base), by the paired trials: the variance is that of the difference of the two indicators, (b + v)/n − ((v − b)/n)², so what
// both share cancels; where no trial differs the difference is exactly 0, and so is its interval.
Estimate difference(const Paired& paired, std::uint64_t trials);

// The same for variants that do differ, however few trials show it: half a trial is added to each of the four cells (Agresti, Min 2005), so that an
// interval is never [0, 0] for want of trials.
Estimate cautious_difference(const Paired& paired, std::uint64_t trials);

struct Variation {
  std::uint64_t trials = 0;
  Paired system;
  std::vector<Paired> alone, together;  // [organisation]
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.trials), f(self.system), f(self.alone), f(self.together);
  }
};

std::vector<const Model*> pointers_to(const std::vector<Model>& models);

// Each variant against the base. All have the base's organisations and years.
std::vector<Variation> simulate_together(const Model& base, const std::vector<Model>& variants, Trials trials, const SimulateOptions& options);

}  // namespace shortfall
