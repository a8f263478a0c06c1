// "# shortfall: allow CODE reason": a comment in a plan by which its owners accept a warning that stands on its line, or on the line below it.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "plan/assemble.hpp"

namespace shortfall {

struct AllowedProblem {
  Problem problem;
  std::string reason;
};

struct Allowed {
  Problems left;  // what nobody has allowed, and allowances that allow nothing; sorted
  std::vector<AllowedProblem> allowed;
};

// Errors are never allowed. An allowance without a reason, or of a code that is not known or not met there, is a warning of its own.
Allowed allow(const Problems& problems, const std::vector<Source>& sources);

}  // namespace shortfall
