// What the program's exit status says (README, "Exit status").
#pragma once

#include <stdexcept>

#include "base/problem.hpp"

namespace shortfall {

enum class Status { good = 0, gate_crossed = 1, bad_input = 2, machine_failed = 3, gate_unclear = 4, interrupted = 130 };

// The input or the command line is wrong.
struct BadInput : std::runtime_error {
  explicit BadInput(Problems p) : std::runtime_error("bad input"), problems(std::move(p)) {}
  Problems problems;
};

// The machine failed: disk, memory, a closed output.
struct MachineFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace shortfall
