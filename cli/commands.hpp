// The sub-commands: each adds its words to the command line and, when chosen, does its work.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/status.hpp"

namespace shortfall {

using Action = std::function<Status()>;

// Registers the sub-command; the action runs after the command line is read.
Action add_run(CLI::App& program);
Action add_validate(CLI::App& program);
Action add_compare(CLI::App& program);
Action add_explain(CLI::App& program);
Action add_pool(CLI::App& program);
Action add_reverse(CLI::App& program);
Action add_sweep(CLI::App& program);
Action add_merge(CLI::App& program);

}  // namespace shortfall
