// Whether a model's numbers can be added up: every table finite, and no scheme's money so large that sums lose their digits.
#pragma once

#include <stdexcept>

#include "model/model.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// The most that one scheme may bring or cost over the plan's years, in the system's unit. A sum holds 2^26 blocks of 256 trials of it.
inline constexpr double most_money = 1e15;

// Of plans that pass every check and still make a model of which nothing true can be said. `problems` name the schemes at their places.
struct Unsound : std::runtime_error {
  explicit Unsound(Problems p) : std::runtime_error("unsound model"), problems(std::move(p)) {}
  Problems problems;
};

// `model` has the schemes and teams of `plans`, in their order.
Problems soundness(const Plans& plans, const Model& model);

}  // namespace shortfall
