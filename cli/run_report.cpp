#include "cli/run_report.hpp"

#include <fmt/format.h>

#include "base/money.hpp"
#include "plan/allowance.hpp"
#include "plan/optimism.hpp"
#include "report/ci.hpp"
#include "report/futures_table.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {

void print(const RunResult& result, const Extras& extras, const Loaded& loaded, const OutputOptions& output) {
  Forms forms;
  forms.document = [&] { return view_run(result, extras, grounds_of(loaded.plans), loaded.provenance); };
  forms.json = [&] { return json(result, extras, loaded.provenance); };
  forms.csv = [&] { return csv(result, loaded.provenance) + csv(extras.quantiles, extras.levels, result, loaded.provenance); };
  forms.junit = [&] { return junit(result); };
  forms.github = [&] { return github(result); };
  forms.xlsx = [&] { return workbook_of(result, loaded.plans, loaded.provenance); };
  print(forms, output);
}

void notes(const RunResult& result, const Loaded& loaded, const OutputOptions& output) {
  if (output.quiet || !is_first()) return;
  if (result.precision && result.widest > *result.precision)
    note(fmt::format("note: after {} the widest interval is ±{:.2g} points, not ±{:.2g}; give more with --max-trials",
                     counted(result.trials, "future"), 100 * result.widest, 100 * *result.precision));
  const std::size_t warnings = allow(signs_of_optimism(loaded.plans), loaded.sources).left.size();
  if (warnings > 0 && output.format == "text")
    note(fmt::format("note: {} can be seen without simulating; 'shortfall validate' names {}", counted(warnings, "warning"),
                     warnings == 1 ? "it" : "them"));
}

}  // namespace shortfall
