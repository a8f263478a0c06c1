// How a run's result leaves the program, whether it was run whole or merged of shards.
#pragma once

#include <string>

#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/status.hpp"
#include "report/extras.hpp"

namespace shortfall {

Status status_of(const RunResult& result);
long time_of_creation();  // of the workbooks that are written, in seconds since 1970
std::string reported(const RunResult& result, const Extras& extras, const Loaded& loaded, const OutputOptions& output);
void note(const std::string& text);  // on standard error
// On standard error: what a reader of the result should know, and a reader of the file should not stumble over.
void notes(const RunResult& result, const Loaded& loaded, const OutputOptions& output);

}  // namespace shortfall
