// Variants of a plan on the same draws, trial by trial: what every comparison is made of.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/model.hpp"
#include "sim/archive.hpp"
#include "sim/simulate.hpp"
#include "study/estimate.hpp"

namespace shortfall {

// A run of consecutive trials that one observer sees whole: a sample by itself, by which quantiles of two variants are compared.
inline constexpr std::uint64_t section_trials = 4 * block_trials;

// Sees the trials of several models, each model on the same draws.
class Observer {
 public:
  virtual ~Observer() = default;
  // The first `rows` trials of a block; results[m] is that of the m-th model.
  virtual void see(const std::vector<const BlockResult*>& results, std::size_t rows) = 0;
  virtual void end_section(std::uint64_t /*section*/) {}
  // Whether the state can travel between ranks (base/ranks): then `read` makes a fresh observer what `write` was called on.
  virtual bool exchangeable() const { return false; }
  virtual void write(ArchiveWriter&) const {}
  virtual void read(ArchiveReader&) {}
};

// Simulates all models together, trials.first being a multiple of section_trials: what one has drawn the others find. Makes an observer a thread, and
// gives each to `merge` when there are no more trials; `merge` is never called twice at once, in no particular order.
void observe(const std::vector<const Model*>& models, Trials trials, const SimulateOptions& options,
             const std::function<std::unique_ptr<Observer>()>& make, const std::function<void(Observer&)>& merge);

// Trials in which something happens with the base only, with the variant only, and with both.
struct Paired {
  std::uint64_t base_only = 0, variant_only = 0, both = 0;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.base_only), f(self.variant_only), f(self.both);
  }
};
void count(const Flags& base, const Flags& variant, std::size_t rows, Paired& paired);
void merge(Paired& ours, const Paired& theirs);

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

// Each variant against the base. All have the base's organisations and years.
std::vector<Variation> simulate_together(const Model& base, const std::vector<Model>& variants, Trials trials, const SimulateOptions& options);

}  // namespace shortfall
