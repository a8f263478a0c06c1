// Several models on the same draws, block by block; one a thread.
#pragma once

#include <memory>
#include <vector>

#include "sim/block.hpp"

namespace shortfall {

// Whether the results of a block are all kept until the next, or each only until the next model's (but for the first's, which is kept): columns that
// are used again at once stay in the cache, however many models there are.
enum class Results { kept, in_turn };

// The models stay where they are as long as this is used. Without pressures all are sampled. It cannot be moved, as its simulators point into it.
class SideBySide {
 public:
  SideBySide(SideBySide&&) = delete;
  explicit SideBySide(const std::vector<const Model*>& models, const std::vector<PressureMethod>& pressures = {}, Results results = Results::kept);

  void time(Timings* timings);
  BlockSimulator& first() { return *simulators_.front(); }
  // The block that `draws` was started at: the result of each model, until the next call. Results are kept.
  const std::vector<const BlockResult*>& simulate(Draws& draws);
  const std::vector<const BlockResult*>& simulate(DrawsOfModels& draws);
  // The same, one by one: see(m, result), where the result stands until `see` is called for the next model, and the first's until the last call.
  template <class See>
  void simulate_in_turn(Draws& draws, See&& see) {
    for (std::size_t m = 0; m < simulators_.size(); ++m) see(m, simulators_[m]->simulate(draws));
  }
  template <class See>
  void simulate_in_turn(DrawsOfModels& draws, See&& see) {
    for (std::size_t m = 0; m < simulators_.size(); ++m) see(m, simulators_[m]->simulate(draws.of(m)));
  }

 private:
  Workspace& workspace_of(const Model& model, PressureMethod pressure, bool shared);

  std::vector<Schedule> schedules_;
  Memo memo_;
  std::vector<std::unique_ptr<Workspace>> workspaces_;
  std::vector<std::unique_ptr<BlockSimulator>> simulators_;
  std::vector<const BlockResult*> results_;
};

}  // namespace shortfall
