// The sub-commands: each adds its words to the command line and, when chosen, does its work.
#pragma once

#include <functional>

#include "cli/command_line.hpp"
#include "cli/status.hpp"

namespace shortfall {

using Action = std::function<Status()>;

// Registers the sub-command; the action runs after the command line is read.
Action add_run(CommandLine& line);
Action add_validate(CommandLine& line);
Action add_compare(CommandLine& line);
Action add_explain(CommandLine& line);
Action add_pool(CommandLine& line);
Action add_reverse(CommandLine& line);
Action add_report(CommandLine& line);
Action add_recover(CommandLine& line);
Action add_sweep(CommandLine& line);
Action add_merge(CommandLine& line);
Action add_track(CommandLine& line);
Action add_backtest(CommandLine& line);
Action add_calibrate(CommandLine& line);
Action add_import(CommandLine& line);
Action add_help(CommandLine& line);
Action add_export(CommandLine& line);
Action add_schema(CommandLine& line);
Action add_completion(CommandLine& line);
Action add_init(CommandLine& line);

}  // namespace shortfall
