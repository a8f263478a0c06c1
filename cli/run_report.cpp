#include "cli/run_report.hpp"

#include <fmt/format.h>
#include <cstdlib>

#include "base/money.hpp"
#include "plan/allowance.hpp"
#include "plan/optimism.hpp"
#include "report/ci.hpp"
#include "report/futures_table.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"
#include "store/spreadsheet/run_workbook.hpp"

namespace shortfall {

void print(const RunResult& result, const Extras& extras, const Loaded& loaded, const OutputOptions& output) {
  Forms forms;
  forms.document = [&] { return view_run(result, extras, grounds_of(loaded.plans), loaded.provenance); };
  forms.json = [&] { return json(result, extras, loaded.provenance); };
  forms.csv = [&] { return csv(result, loaded.provenance) + csv(extras.quantiles, extras.levels, result, loaded.provenance); };
  forms.junit = [&] { return junit(result); };
  forms.github = [&] { return github(result); };
  forms.xlsx = [&] {
    std::vector<std::pair<std::string, std::string>> inputs;
    for (const Input& input : loaded.provenance.inputs) inputs.emplace_back(input.path, input.sha256);
    return workbook_bytes(run_workbook(result, loaded.plans, loaded.provenance.program, inputs, loaded.provenance.edits), time_of_creation());
  };
  print(forms, output);
}

// The same workbook for the same answer: SOURCE_DATE_EPOCH where it is set, else the year 2000.
long time_of_creation() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  const long given = epoch == nullptr ? 0 : std::strtol(epoch, nullptr, 10);
  return given > 0 ? given : 946'684'800;
}

void notes(const RunResult& result, const Loaded& loaded, const OutputOptions& output) {
  if (output.quiet || !is_first()) return;
  if (result.precision && result.widest > *result.precision)
    note(fmt::format("note: after {} the widest interval is ±{:.2g} points, not ±{:.2g}; give more with --max-trials",
                     counted(result.trials, "future"), 100 * result.widest, 100 * *result.precision));
  const std::size_t signs = allow(signs_of_optimism(loaded.plans), loaded.sources).left.size();
  if (signs > 0 && output.format == "text")
    note(fmt::format("note: {} sign{} of optimism can be seen without simulating; 'shortfall validate' names them", signs, signs == 1 ? "" : "s"));
}

}  // namespace shortfall
