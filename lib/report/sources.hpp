// The reference classes in words: what each assumes, how good the ground is, and where it comes from.
#pragma once

#include <string>

#include "plan/plan.hpp"

namespace shortfall {

std::string sources_text(const Reference& reference, std::size_t width);

// "P10 0.8, P50 0.95, P90 1.05, from 0 to 1.3": a distribution as a line.
std::string distribution_text(const Distribution& distribution);

}  // namespace shortfall
