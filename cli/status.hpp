// What the program's exit status says (README, "Exit status").
#pragma once

#include "store/failure.hpp"

namespace shortfall {

enum class Status { good = 0, gate_crossed = 1, bad_input = 2, machine_failed = 3, gate_unclear = 4, interrupted = 130 };

}  // namespace shortfall
