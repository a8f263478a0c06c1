// Plans and options whose answers are known exactly, for the tests of recover.
#pragma once

#include <fmt/format.h>

#include <string>

namespace shortfall::test {

// Its shortfall is N(10, 8²), and it has reserves of 12.
inline const char* const recovered_plan =
    "organisation: one\nyears: [2017]\nincome: 100\nspend: 100\ntarget: 10\nreserves: 12\npressure: {sd: 8%}\n"
    "schemes: {s: {class: transactional, stage: delivered, saving: [0]}}\n";

// An option that costs and cuts so much, out of a budget.
inline std::string option(const std::string& id, double cost, double cut, const std::string& more = "") {
  return fmt::format("  {0}: {{cost: {1}, paid_from: budget, edits: {{one.adjustments.{0}: {2}}}{3}}}\n", id, cost, cut, more);
}
// Of a budget of 4 the best are the second and the third together, not the first, which is the best by itself.
inline std::string three_options() { return option("a", 3, 6) + option("b", 2, 3.8) + option("c", 2, 3.8); }

}  // namespace shortfall::test
