// Several models on the same draws, block by block; one a thread.
#pragma once

#include <memory>
#include <vector>

#include "sim/block.hpp"

namespace shortfall {

// The models stay where they are as long as this is used. Without pressures all are sampled.
class SideBySide {
 public:
  explicit SideBySide(const std::vector<const Model*>& models, const std::vector<PressureMethod>& pressures = {});

  void time(Timings* timings);
  BlockSimulator& first() { return *simulators_.front(); }
  // The block that `draws` was started at: the result of each model, until the next call.
  const std::vector<const BlockResult*>& simulate(Draws& draws);

 private:
  std::vector<Schedule> schedules_;
  Memo memo_;
  std::vector<std::unique_ptr<BlockSimulator>> simulators_;
  std::vector<const BlockResult*> results_;
};

}  // namespace shortfall
