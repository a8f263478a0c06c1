// What the sub-commands have in common: plans in, a question asked of them with a bar that shows how far it is, the answer out in the format asked
// for.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "plan/recovery.hpp"
#include "report/document.hpp"
#include "store/load.hpp"
#include "store/spreadsheet/workbook.hpp"

namespace shortfall {

// An answer in each of the formats that it has.
struct Forms {
  std::function<Document()> document;  // text, Markdown, HTML
  std::function<std::string()> json, csv, junit, github, sarif;
  std::function<OutWorkbook()> xlsx;
};
// A workbook is not for a terminal: BadInput where no file is named for it.
void needs_a_file(const OutputOptions& output);
long time_of_creation();  // of the workbooks that are written, in seconds since 1970
// The one asked for, to standard output or --output; by the first of several processes.
void print(const Forms& forms, const OutputOptions& output);

// The plans of the command line; the stresses asked for, and the processes and threads, go into the options.
Loaded loaded(const InputOptions& input, RunOptions& run, const std::vector<std::string>& given, const std::string& reference = {},
              KeyPlacesAre key_places = KeyPlacesAre::left_out);
Loaded loaded(Files files, RunOptions& run, const std::vector<std::string>& given);  // of files that have been read
// What could be done about the plans, by a file of options, which becomes one of the answer's inputs.
Recovery recovery_of(const std::string& path, const Plans& plans, const Documents& documents, Provenance& provenance);

template <class Ask>
auto answered(RunOptions& run, const OutputOptions& output, Ask ask) {
  Progress progress(output.quiet);
  run.progress = [&](std::uint64_t done, std::uint64_t of) { progress.show(done, of); };
  auto answer = ask();
  run.progress = {};
  return answer;
}

// What 'run' tells of the same plans, seed and futures: a figure that two commands print is one figure. All processes must ask for it.
RunResult told_by_run(const Plans& plans, RunOptions options);
// Whether the answer is for people: text, Markdown or HTML.
bool is_page(const OutputOptions& output);

Status status_of(const std::vector<GateResult>& gates);
void note(const std::string& text);  // on standard error

}  // namespace shortfall
