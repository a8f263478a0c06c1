// What two models deliver alike on the same draws, so that one may take it from the other (sim/block, stand_beside).
#pragma once

#include <vector>

#include "model/model.hpp"

namespace shortfall {

// true: the same in both, to the bit. What cannot be seen to be the same counts as different.
struct Likeness {
  std::vector<bool> outcome;      // [scheme]: share, months late and overrun
  std::vector<bool> opportunity;  // [opportunity]: what each of its claimants is left with
  std::vector<bool> home;         // [organisation]: what its own schemes save and cost there, on top of its income and spend
  std::vector<bool> away;         // [organisation]: what others' schemes save and cost there
};
Likeness likeness(const Model& one, const Model& other);

}  // namespace shortfall
