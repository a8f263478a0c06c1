// What a run is asked to show beyond its result.
#pragma once

#include <optional>
#include <vector>

#include "study/bridge.hpp"
#include "study/correlations.hpp"
#include "study/futures.hpp"
#include "study/mechanisms.hpp"
#include "study/portray.hpp"

namespace shortfall {

struct Extras {
  std::vector<MechanismResult> mechanisms;  // --mechanisms
  std::vector<Correlation> correlations;    // --verbose
  std::optional<Pictures> pictures;         // --chart, and on every page of HTML
  bool charts = false;                      // --chart: on a terminal, too
  std::optional<Bridge> bridge;             // of a run, for JSON
  std::vector<double> levels;               // --quantiles
  std::vector<QuantileRow> quantiles;
  bool pairs = false;  // --pairs: of however many organisations
};

}  // namespace shortfall
