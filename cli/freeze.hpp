// A forecast kept for the day when what it is of has happened.
#pragma once

#include <string>
#include <vector>

#include "plan/assemble.hpp"
#include "study/run.hpp"

namespace shortfall {

// Writes the plans' forecast to `file`, made in the month `as_at` ("2025-03"; empty: this one). Throws BadInput where it would be no forecast.
void freeze_forecast(Sources sources, const std::vector<std::string>& edits, const Plans& plans, const RunOptions& run, const std::string& as_at,
                     const std::string& file);

}  // namespace shortfall
