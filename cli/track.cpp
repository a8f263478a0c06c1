// What do the months so far say about the year and the plan?
#include "history/track.hpp"

#include <fmt/format.h>

#include "cli/actuals.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "plan/number.hpp"
#include "report/track.hpp"
#include "store/load.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  RunOptions run;
  ActualsOptions actuals;
  std::string quantiles;
  KnowledgeSaid knowledge;
  std::vector<std::string> given;
};

Status track_command(Words& words) {
  if (words.actuals.file.empty()) throw bad_input("--actuals", "needs a table of what has been saved so far, as in --actuals actuals.csv");
  if (!words.quantiles.empty() && words.output.format != "json") throw bad_input("--quantiles", "are for --format json");
  Loaded plans = loaded(words.input, words.run, words.given);
  words.run.knowledge = draws_knowledge(words.knowledge, plans.plans, true);
  const ActualsFile file(words.actuals);
  const Actuals actuals = file.of(plans.plans);
  TrackOptions options;
  options.as_at = file.as_at();
  if (!words.quantiles.empty()) options.levels = parse_levels(words.quantiles);
  plans.provenance.inputs.push_back(file.input());
  if (!words.output.quiet)
    for (const Problem& problem : actuals.warnings) note(to_text(problem));
  const TrackResult result = answered(words.run, words.output, [&] {
    options.run = words.run;
    return good(track(plans.plans, actuals, options));
  });
  Forms forms;
  forms.document = [&] { return view_track(result, plans.provenance); };
  forms.json = [&] { return json(result, plans.provenance); };
  forms.csv = [&] { return csv(result); };
  print(forms, words.output);
  return status_of(result.now.gates);
}

}  // namespace

Action add_track(CommandLine& line) {
  const Command command = line.add("track", "What do the months so far say about the year and the plan?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  add_actuals_options(command, words->actuals);
  command.option("--quantiles", words->quantiles, "In JSON, quantiles of each outturn at these per cents, as in 1:99, 10:90:20 or 5,50,95")
      .type_name("LEVELS")
      .check(levels_of_quantiles());
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv"});
  add_sampling_options(command, words->run, words->given, 2048);
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall track scenarios/midshire --actuals scenarios/tracking/midshire.csv\n"
      "  shortfall track plans/ --actuals actuals.csv --as-at 2017-09   as it stood then");
  return [words] { return track_command(*words); };
}

}  // namespace shortfall
