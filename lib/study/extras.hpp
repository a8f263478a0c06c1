// What a run is asked to show beyond its result.
#pragma once

#include <vector>

#include "study/correlations.hpp"
#include "study/mechanisms.hpp"

namespace shortfall {

struct Extras {
  std::vector<MechanismResult> mechanisms;  // --mechanisms
  std::vector<Correlation> correlations;    // --verbose
  bool pairs = false;                       // --pairs: of however many organisations
};

}  // namespace shortfall
