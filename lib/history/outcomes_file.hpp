// What happened, in a file of its own: `outcomes:`, each organisation's under its id, and the system's under `system`.
#pragma once

#include <string_view>
#include <vector>

#include "base/checked.hpp"
#include "history/backtest.hpp"

namespace shortfall {

Checked<std::vector<SubjectOutturn>> read_outcomes_file(std::string_view text, const std::string& name);

}  // namespace shortfall
