// Whether what the files say fits together. Checks report problems, never change values.
#pragma once

#include "plan/plan.hpp"

namespace shortfall {

// Names that refer to nothing, cycles, weights over 100 %, years that differ: what `compile` then takes for granted.
void check(const Plans& plans, Problems& problems);
// Whether a gate is about an organisation and a year that there are.
void check_gate(const Plans& plans, const Gate& gate, Problems& problems);
// Those of a command line, beside the plans' own; what is wrong with them.
Problems add_gates(const std::vector<std::string>& texts, Plans& plans);

}  // namespace shortfall
