// How a run's result leaves the program, whether it was run whole or merged of shards.
#pragma once

#include "cli/ask.hpp"
#include "study/extras.hpp"

namespace shortfall {

inline const std::vector<std::string> run_formats = {"text", "markdown", "html", "json", "csv", "junit", "github", "xlsx"};

void print(const RunResult& result, const Extras& extras, const Loaded& loaded, const OutputOptions& output);
// On standard error: what a reader of the result should know, and a reader of the file should not stumble over.
void notes(const RunResult& result, const Loaded& loaded, const OutputOptions& output);

}  // namespace shortfall
