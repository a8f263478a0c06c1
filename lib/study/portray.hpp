// A run's answer with what pictures of it need, from one simulation: all organisations together year by year, and the whole distribution of what is
// missing.
#pragma once

#include <vector>

#include "study/run.hpp"

namespace shortfall {

struct Pictures {
  // All organisations counted as one.
  struct Year {
    double target = 0, planned = 0, mean = 0, p10 = 0, p90 = 0;  // of income less spend
    Estimate failed;                                             // by the year's end
  };
  std::vector<Year> years;
  // The system's shortfall stays at or below `value` in that share of all futures.
  struct CurvePoint {
    double share = 0, value = 0;
  };
  std::vector<CurvePoint> curve;
};

struct Portrayal {
  RunResult run;
  Pictures pictures;
};

// As many futures as options.trials, whatever gates ask for.
Portrayal portray(const Plans& plans, const RunOptions& options);

}  // namespace shortfall
