// Several models on the same draws, block by block; one a thread.
#pragma once

#include <deque>
#include <vector>

#include "sim/block.hpp"

namespace shortfall {

class SideBySide {
 public:
  explicit SideBySide(const std::vector<const Model*>& models, const std::vector<BlockSimulator::Pressure>& pressures = {}) {
    for (std::size_t m = 0; m < models.size(); ++m)
      simulators_.emplace_back(*models[m], pressures.empty() ? BlockSimulator::Pressure::sampled : pressures[m]);
    for (std::size_t m = 1; m < models.size(); ++m) simulators_[m].stand_beside(simulators_.front());
    results_.resize(models.size());
  }

  void time(Timings* timings) {
    for (BlockSimulator& simulator : simulators_) simulator.time(timings);
  }
  BlockSimulator& first() { return simulators_.front(); }
  // The block that `draws` was started at: the result of each model, until the next call.
  const std::vector<const BlockResult*>& simulate(Draws& draws) {
    for (std::size_t m = 0; m < simulators_.size(); ++m) results_[m] = &simulators_[m].simulate(draws);
    return results_;
  }

 private:
  std::deque<BlockSimulator> simulators_;  // they stay where they are
  std::vector<const BlockResult*> results_;
};

}  // namespace shortfall
