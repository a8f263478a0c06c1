// What may be turned until a plan just holds: one number that makes another model of the plans.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "model/model.hpp"
#include "study/learn.hpp"
#include "study/run.hpp"
#include "study/search.hpp"

namespace shortfall {

// optimism: λ. share: every scheme delivers this share of its plan, on time and at cost, whatever it needs. delay: every scheme delivers in full and
// at cost, but so many months late. luck: a shared factor held at a quantile, all else as such plans go; the dial is its normal score, so that equal
// turns are equal luck. In all of them pressures, conditional funding and shared opportunities stay as they are.
struct Dial {
  std::string name;
  DialRange range;
  std::function<Model(double)> model;
  // What actuals leave to the model there; empty: what they leave to the plans as they stand. Of the dial of luck alone: a record that is turned to
  // next to none is one that actuals off the plan contradict, and nothing is to be learnt by it.
  std::function<LearntLuck(const Model&, double)> luck = {};
};

// Those that the plans have: a plan without schemes, or a factor that is held already, leaves some out. `learn`: from the actuals, where there are
// any.
std::vector<Dial> dials(const Plans& plans, const RunOptions& options, const std::string& factor, const Learn& learn = {});

// Months late on average over all schemes, weighted by what each plans to save, as such schemes have gone; without needs and consultations.
double expected_delay(const Plans& plans, const RunOptions& options);

}  // namespace shortfall
