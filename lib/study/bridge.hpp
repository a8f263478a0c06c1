// From the savings that plans count on to those to be expected, in money: what each mechanism takes, in the model's order.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "sim/waterfall.hpp"
#include "study/run.hpp"

namespace shortfall {

struct BridgeStepName {
  std::string_view name;   // "dropped_out"
  std::string_view words;  // "dropped out"
};
// In their order.
std::span<const BridgeStepName> bridge_steps();

struct BridgeOf {
  double planned = 0;
  std::array<double, waterfall_steps> steps = {};  // by bridge_steps(); below 0 where savings are lost
  double expected = 0;                             // planned and all the steps
  double dearer = 0, found = 0;                    // beside it: cost above plan; what is found elsewhere, once
};

// Means of one simulation, over all years.
struct Bridge {
  BridgeOf system;
  std::vector<BridgeOf> organisations;
};

// Of the futures that `run` simulates with these options: what is expected is what it expects.
Bridge bridge(const Plans& plans, const RunOptions& options);

}  // namespace shortfall
