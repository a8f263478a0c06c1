// The plans as a tracker: a workbook that `import` reads back to the same plans.
#include <fmt/format.h>

#include <cstdio>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/run_report.hpp"
#include "store/load.hpp"
#include "store/output.hpp"
#include "store/spreadsheet/export.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  std::string file;
  bool quiet = false;
};

Status export_command(const Words& words) {
  if (words.file.empty()) throw bad_input("--output", "missing: name the workbook, like --output plans.xlsx");
  // Checked as a whole first: what is exported is well formed.
  const Plans plans = load(words.input.plans, {}, Outside::refused).plans;
  const Files files = read_files(words.input.plans, Outside::refused);
  const Checked<OutWorkbook> workbook = tracker_of(files.sources, plans);
  if (!workbook) throw BadInput(workbook.error());
  write_output(workbook_bytes(*workbook, time_of_creation()), words.file);
  if (plans.system.reference_file && !words.quiet)
    note(fmt::format("note: the system's reference classes ({}) are not in the workbook; name them again in the system.yaml that import writes",
                     plans.system.reference_file->value));
  return Status::good;
}

}  // namespace

Action add_export(CommandLine& line) {
  const Command command = line.add("export", "Plans as a workbook that import reads back");
  auto words = std::make_shared<Words>();
  command.option("PLAN", words->input.plans, "A system's folder, a system.yaml, or plan files").required();
  command.option("--output", words->file, "The workbook to write").type_name("FILE.xlsx");
  command.flag("--quiet", words->quiet, "No notes");
  command.examples(
      "  shortfall export plans/ --output plans.xlsx\n"
      "  shortfall export acute.yaml --output acute.xlsx");
  return [words] { return export_command(*words); };
}

}  // namespace shortfall
