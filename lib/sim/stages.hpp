// The stages of a block after delivery: pressure, funding, and how everybody stands. Each works on what the one before left in the margins or in the
// result, whose columns have their places already.
#pragma once

#include "sim/draw.hpp"
#include "sim/integrate.hpp"
#include "sim/result.hpp"
#include "sim/schedule.hpp"

namespace shortfall {

// Margins less the pressure of each year (lib/README.md, section 5); an integral, where there is one, sees the own normals.
void press(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck, PressureIntegral* integral, std::vector<Doubles>& margin);

// What is found elsewhere, once, in place of what has not landed: margins plus `found`, both [organisation · years + year].
void substitute(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck, const std::vector<Doubles>& landed,
                std::vector<Doubles>& margin, std::vector<Doubles>& found);

// Conditional funding and one-offs, year by year.
void fund(const Model& model, std::vector<Doubles>& margin);

// Each by its own margins and reserves; under the agreement; all margins against all reserves.
void stand_alone(const Model& model, BlockResult& result);
void stand_together(const Model& model, BlockResult& result);
void stand_as_system(const Model& model, BlockResult& result);

// The chances of all that, where pressures are integrated instead of sampled.
void integrate(const Model& model, PressureIntegral& integral, BlockResult& result);

}  // namespace shortfall
