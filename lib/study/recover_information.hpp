// What it is worth to find something out before choosing: expected value of partial perfect information, by regression on the draws.
#pragma once

#include <functional>

#include "study/recover_sets.hpp"

namespace shortfall::recover_parts {

inline constexpr std::size_t most_candidates = 24;

// The shared factors of the plans, their large schemes (at least 2 % of all planned savings, and no more than the 24 largest), and the schemes that
// options bring.
std::vector<Driver> drivers_of(const Plant& plant, const Plans& plans, Problems& problems);

// Of the schemes of some plans those wanted; the model is that of the plans.
void add_drivers(const Plans& plans, const Model& model, const std::function<bool(const Organisation&, const Scheme&)>& wanted,
                 std::vector<Driver>& out);

// For each driver and bin, which of the candidates is best by their smoothed means; `best_now`: without knowing.
std::vector<std::vector<std::uint8_t>> choices_of(const SetFigures& figures, std::size_t drivers, std::size_t candidates, std::size_t best_now);

}  // namespace shortfall::recover_parts
