// When a scheme's planned saving arises (lib/README.md, section 4).
#pragma once

#include "plan/plan.hpp"

namespace shortfall {

// S(m), the planned saving from the plan's first month to the end of month m, up to m = 12·years. Of a scheme that starts before the plan it is below
// 0 where m is: what is saved from then to the plan's first month.
struct CumulativeSaving {
  int first = 0;           // the month before which nothing is saved: 0 or less
  std::vector<double> at;  // [m − first]
  double operator()(int month) const { return at[static_cast<std::size_t>(month < first ? 0 : month - first)]; }
};
// A list of years, months or quarters is spread evenly over each of them; a ramp saves full_year / 12 a month from its start to its end,
// (j + ½)/ramp_months of that in its j-th month.
CumulativeSaving cumulative_saving(const Scheme& scheme, const std::vector<Year>& years);

// What it saves in each year if all of it comes on time.
Yearly planned_saving(const Scheme& scheme, const std::vector<Year>& years);

// Its first month, counted from the plan's first: of a list, the first month of its first number that is not zero.
int start_month(const Scheme& scheme, const std::vector<Year>& years);

}  // namespace shortfall
