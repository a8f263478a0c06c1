// What do the months so far say about the year and the plan?
#include "history/track.hpp"

#include <fmt/format.h>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/record_table.hpp"
#include "report/track.hpp"
#include "store/load.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  RunOptions run;
  std::string actuals, as_at;
  std::vector<std::string> given;
};

constexpr std::uintmax_t largest_actuals = 64u << 20;

Status track_command(Words& words) {
  if (words.actuals.empty()) throw bad_input("--actuals", "needs a table of what has been saved so far, as in --actuals actuals.csv");
  TrackOptions options;
  if (!words.as_at.empty() && !(options.as_at = parse_month(words.as_at)))
    throw BadInput({{whole_file("--as-at"), Code::bad_month, fmt::format("'{}' is not a month like 2017-09", printable(words.as_at, 60))}});
  Loaded plans = loaded(words.input, words.run, words.given);
  const std::string text = text_of_file(words.actuals, largest_actuals);
  const Actuals actuals = good(read_actuals(record_table(text, words.actuals), words.actuals, plans.plans));
  if (options.as_at && (actuals.months.empty() || *options.as_at < actuals.months.front()))
    throw bad_input("--as-at",
                    fmt::format("{} is before the first month of the actuals, {}", month_text(*options.as_at), month_text(actuals.months.front())));
  if (options.as_at && *options.as_at > actuals.months.back())
    throw bad_input("--as-at",
                    fmt::format("{} is after the last month of the actuals, {}", month_text(*options.as_at), month_text(actuals.months.back())));
  plans.provenance.inputs.push_back({words.actuals, sha256(text)});
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
  command
      .option("--actuals", words->actuals,
              "What has been saved so far, a table (CSV or XLSX): as_at, organisation, scheme, to_date, and more where known")
      .type_name("FILE");
  command.option("--as-at", words->as_at, "By what was known at the end of this month (default: the latest of the file)").type_name("MONTH");
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv"});
  add_sampling_options(command, words->run, words->given, 2048);
  command.examples(
      "  shortfall track scenarios/midshire --actuals scenarios/tracking/midshire.csv\n"
      "  shortfall track plans/ --actuals actuals.csv --as-at 2017-09   as it stood then");
  return [words] { return track_command(*words); };
}

}  // namespace shortfall
