// What each mechanism that binds organisations and schemes together costs: the same futures without it.
#pragma once

#include <string>
#include <vector>

#include "study/run.hpp"

namespace shortfall {

struct MechanismResult {
  std::string name;                       // "conditional_funding"
  std::string without;                    // "were conditional funding paid whatever happens"
  Estimate system;                        // P(system fails) without it less P(system fails) with it, paired
  std::vector<Estimate> alone, together;  // [organisation]
};

// One for each mechanism the plans use, in the order of the model. Interval by paired trials.
std::vector<MechanismResult> mechanisms(const Plans& plans, const RunOptions& options);

}  // namespace shortfall
