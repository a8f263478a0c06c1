// Optimism that can be seen without simulating: what `validate` warns of.
#pragma once

#include "plan/plan.hpp"

namespace shortfall {

// Of checked plans; each warning stands at its place and names what it saw, in money.
Problems signs_of_optimism(const Plans& plans);

// Position of each organisation in each year if everything is delivered in full, on time and at cost, before conditional funding and one-off
// measures: income − spend (1 + mean pressure) + what lands − what it costs. [organisation][year]
std::vector<Yearly> planned_positions(const Plans& plans);

}  // namespace shortfall
