// GitHub's workflow commands: notes that stand beside the changed lines of a pull request. Paths must be relative to the repository's root, as they
// are when the program is run there.
#pragma once

#include <string>

#include "base/problem.hpp"
#include "study/compare.hpp"

namespace shortfall {

std::string github(const Problems& problems);
// Errors for limits that are crossed, warnings for those that are unclear and for edits that do material harm, notices for the other edits.
std::string github(const CompareResult& result);

}  // namespace shortfall
