// What ends the program early.
#pragma once

#include <stdexcept>

#include <vector>

#include "base/problem.hpp"
#include "plan/assemble.hpp"

namespace shortfall {

// The input or the command line is wrong.
struct BadInput : std::runtime_error {
  explicit BadInput(Problems p, std::vector<Source> texts = {})
      : std::runtime_error("bad input"), problems(std::move(p)), sources(std::move(texts)) {}
  Problems problems;
  std::vector<Source> sources;  // whose lines may be shown beside them
};

// The machine failed: disk, memory, a closed output.
struct MachineFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The value, or BadInput with what stands in its way.
template <class Checked>
auto good(Checked checked) {
  if (!checked) throw BadInput(std::move(checked.error()));
  return std::move(*checked);
}
inline BadInput bad_input(std::string where, std::string message) {
  return BadInput({{whole_file(std::move(where)), Code::command_line, std::move(message)}});
}

}  // namespace shortfall
