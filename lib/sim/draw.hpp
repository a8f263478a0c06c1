// The standard normal of a driver in a trial: a pure function of (seed, the driver's name, trial), whatever else is in the plan.
#pragma once

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// Trials 256·block … 256·block + 255 of the stream. Four normals come from each counter by two Box–Muller transforms (Box, Muller 1958): a fixed
// number of draws a value, never a rejection.
void draw_normals(std::uint64_t seed, Stream stream, std::uint64_t block, Floats& normals);

}  // namespace shortfall
