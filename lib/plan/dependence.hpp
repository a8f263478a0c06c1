// Shared factors by name: what `--given factor=p5` may hold at a quantile.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace shortfall {

// A factor held at a quantile of its luck in every trial: p5 is bad luck, as luck is better when higher.
struct Given {
  std::string factor;
  double quantile = 0.5;
};

// "system", "organisation/ID", "class/ID", "year/LABEL", "scheme/ORGANISATION/SCHEME", and the plan's own names: those whose share is above 0.
std::vector<std::string> factor_names(const Plans& plans);

// "system=p5" or "system=5%". Errors: not of that form, a quantile not between 0 and 100 %, a factor that is not there, one given twice.
Checked<std::vector<Given>> parse_given(const std::vector<std::string>& texts, const Plans& plans);

}  // namespace shortfall
