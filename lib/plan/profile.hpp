// When a scheme's planned saving arises (lib/README.md, section 4).
#pragma once

#include "plan/plan.hpp"

namespace shortfall {

// S(m), the planned saving up to the end of month m, for m = 0..12·years: a list of years is spread evenly over each year; a ramp saves
// full_year / 12 a month from its start, (j + ½)/ramp_months of that in its j-th month.
std::vector<double> cumulative_saving(const Scheme& scheme, const std::vector<Year>& years);

// What it saves in each year if all of it comes on time.
Yearly planned_saving(const Scheme& scheme, const std::vector<Year>& years);

// Its first month, counted from the plan's first: of a list, the first month of its first year that is not zero.
int start_month(const Scheme& scheme, const std::vector<Year>& years);

}  // namespace shortfall
