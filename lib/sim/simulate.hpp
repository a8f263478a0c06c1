// Which trials are simulated, and how; and the tally of one model's.
#pragma once

#include <functional>
#include <vector>

#include "base/ranks.hpp"
#include "model/model.hpp"
#include "sim/tally.hpp"
#include "sim/timings.hpp"
#include "sim/update.hpp"

namespace shortfall {

struct Trials {
  std::uint64_t first = 0;  // a multiple of the block's 256
  std::uint64_t count = 100'000;
};

// The most precise that a model allows: a Latin hypercube within each block, pressures integrated where they may be.
Method method_for(const Model& model, const Update* update = nullptr);

// Part `index` (from 0) of `parts` of so many units: the parts follow each other without gap and differ by at most a unit.
struct Units {
  std::uint64_t first = 0, count = 0;
};
Units part_of(std::uint64_t units, std::uint64_t index, std::uint64_t parts);
// The same of trials, whole blocks but the last.
Trials part_of(Trials all, std::uint64_t index, std::uint64_t parts);

struct SimulateOptions {
  std::uint64_t seed = 1;
  Method method = {};
  std::vector<PressureMethod> pressures = {};  // [model], where several models do not treat pressures alike; none: as the method says
  unsigned threads = 0;                        // 0: as many as the machine has
  Ranks* ranks = nullptr;                      // none: this process alone
  const Update* update = nullptr;              // what has been seen since the plan was made; none: nothing
  std::vector<const Update*> updates = {};     // [model], where several models have not the same; none: `update`
  Timings* timings = nullptr;                  // of all threads together, added to what is there
  // Called now and then, on the caller's thread, with the trials done so far.
  std::function<void(std::uint64_t)> progress = {};

  std::vector<PressureMethod> pressures_of(std::size_t models) const { return pressures.empty() ? std::vector(models, method.pressure) : pressures; }
  std::vector<const Update*> updates_of(std::size_t models) const { return updates.empty() ? std::vector(models, update) : updates; }
};

// The tally of those trials: the same bits for any number of threads. Throws std::bad_alloc when memory runs out.
Tally simulate(const Model& model, const Scales& scales, Trials trials, const SimulateOptions& options);

}  // namespace shortfall
