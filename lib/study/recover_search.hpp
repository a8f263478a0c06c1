// Which set of options is best, on one half of the futures: all sets where there are few enough, else greedy and swaps.
#pragma once

#include "study/recover_sets.hpp"

namespace shortfall::recover_parts {

// All sets are tried where they come to at most so many plans.
inline constexpr std::size_t most_plans = 4096;
inline constexpr std::size_t most_enumerated = 12;

struct Choice {
  SetFigures figures;    // of every set that was tried, on the half that chooses; nothing done comes first
  std::size_t best = 0;  // the best that can be afforded, of `figures.sets`
  std::size_t kept = 0;  // the same without what does not surely add to it
  bool all_sets = true;
  std::optional<double> bound;  // of the aim
};

Choice choose(const Plant& plant, Trials trials, const std::function<void(double)>& progress, Problems& problems);

bool affordable(const Recovery& recovery, Set set);
// What an option cannot be without, itself included; and what cannot be without it.
Set with_needs(const Recovery& recovery, Set set);
Set without(const Recovery& recovery, Set set, std::size_t option);

// A bound on the aim of all affordable sets, were the money that each option brings to add up, future by future; and the set that would be best then.
// None for aims that are no figure of margins alone.
struct Bound {
  double aim = 0;
  Set set = 0;
};
std::optional<Bound> bound_of(const Plant& plant, Trials trials, Problems& problems);

}  // namespace shortfall::recover_parts
