// What a run is asked to show beyond its result.
#pragma once

#include <optional>
#include <vector>

#include "study/bridge.hpp"
#include "study/correlations.hpp"
#include "study/futures.hpp"
#include "study/mechanisms.hpp"

namespace shortfall {

struct Extras {
  std::vector<MechanismResult> mechanisms;  // --mechanisms
  std::vector<Correlation> correlations;    // --verbose
  std::optional<Bridge> bridge;             // of a run, for JSON
  std::vector<double> levels;               // --quantiles
  std::vector<QuantileRow> quantiles;
  bool pairs = false;                       // --pairs: of however many organisations
};

}  // namespace shortfall
