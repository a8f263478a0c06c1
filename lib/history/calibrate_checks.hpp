// What an honest reader would ask of a calibration: how little it rests on, what its records may hide, and what they would have forecast.
#pragma once

#include <vector>

#include "history/calibrate.hpp"

namespace shortfall {

// A record that shows a share: of what its delay left of the plan.
struct SharedRecord {
  double share = 0, planned = 0;
  const Record* record = nullptr;
};

// Fills what is found into the class's calibration: means, audits, piles, groups, scores of records left out, warnings and what to collect.
void examine(const std::vector<const Record*>& records, const std::vector<SharedRecord>& shares, const CalibrateOptions& options,
             ClassCalibration& of);
void examine_all(const Records& records, Calibration& of);

}  // namespace shortfall
