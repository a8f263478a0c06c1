// The line that a problem stands in, with a caret below the place, as compilers show it.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "plan/assemble.hpp"

namespace shortfall {

// "plan.yaml:11:12: error: no class 'transctional' […] [unknown-class]": one line.
std::string problem_line(const Problem& problem);

// Two lines, "   11 |     class: transctional" and "      |            ^~~~~~~~~~~~", at most `width` cells wide; none where the place is of no line
// of the sources. What could steer a terminal is shown as '?'.
std::vector<std::string> frame(const Place& place, const std::vector<Source>& sources, std::size_t width);

}  // namespace shortfall
