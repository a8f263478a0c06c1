// From the text of each file to what it says. Form only: whether names refer to something is for `check`.
#pragma once

#include "plan/document.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// Each appends what is wrong to `problems` and returns what could be read. Years of an organisation come from its own file, or else from `shared`.
System read_system(const Node& document, Problems& problems);
Organisation read_organisation(const Node& document, const std::vector<Year>& shared, Problems& problems);
Reference read_reference(const Node& document, Problems& problems);

// A distribution wherever one is expected: `support` is what its values must lie within ("a delay is never negative").
PlacedDistribution read_distribution(const Node& node, std::string_view what, Support support, Problems& problems);

}  // namespace shortfall
