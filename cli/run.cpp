// How likely is failure, for each and for all?
#include "study/run.hpp"

#include <fmt/format.h>

#include <chrono>

#include "cli/actuals.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/freeze.hpp"
#include "cli/run_report.hpp"
#include "plan/assemble.hpp"
#include "plan/check.hpp"
#include "plan/number.hpp"
#include "plan/read.hpp"
#include "report/futures_table.hpp"
#include "report/views.hpp"
#include "store/output.hpp"
#include "store/shard_file.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  ActualsOptions actuals;
  RunOptions run;
  std::string precision, shard, freeze, reference, quantiles, draws;
  std::vector<std::string> given, gates;
  KnowledgeSaid knowledge;
  bool max_trials_given = false, format_given = false, sources = false, pairs = false, chart = false, bridge = false, mechanisms = false,
       verbose = false, timings = false;
};

Status shard_command(Words& words) {
  const auto refuse = [](const char* option, const char* why) { throw bad_input(option, why); };
  if (!words.precision.empty()) refuse("--precision", "needs the whole run; with --shard the number of futures is fixed by --trials");
  if (!words.gates.empty()) refuse("--gate", "is no part of a shard; write it under the plans' gates:, which 'shortfall merge' judges");
  if (!words.freeze.empty()) refuse("--freeze", "keeps the forecast of a whole run; leave --shard out");
  const std::pair<const char*, bool> of_a_whole_run[] = {
      {"--bridge", words.bridge},         {"--chart", words.chart},     {"--draws", !words.draws.empty()},
      {"--mechanisms", words.mechanisms}, {"--pairs", words.pairs},     {"--quantiles", !words.quantiles.empty()},
      {"--sources", words.sources},       {"--timings", words.timings}, {"--verbose", words.verbose}};
  for (const auto& [option, given] : of_a_whole_run)
    if (given) refuse(option, "is no part of a shard; leave it out");
  if (words.format_given) refuse("--format", "is for 'shortfall merge', which prints the result; leave it out");
  if (!words.actuals.file.empty()) refuse("--actuals", "is no part of a shard; ask for the whole run");
  if (words.output.file.empty()) refuse("--shard", "needs --output FILE, for 'shortfall merge' to read");
  spread_over_ranks(words.run);
  Files files = read_files(words.input.plans, words.input.outside(), words.reference);
  files.sources.edits = words.input.edits;
  const Plans plans = load(files).plans;
  words.run.knowledge = draws_knowledge(words.knowledge, plans);
  ShardFile shard{"shortfall " SHORTFALL_VERSION, *parse_shard(words.shard), std::move(files), words.given, words.run, {}};
  words.run.given = good(parse_given(words.given, plans));
  shard.tally = answered(words.run, words.output, [&] { return run_shard(plans, words.run, shard.shard); });
  write_output(to_text(shard), words.output.file, is_first());
  return Status::good;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// On standard error, so that results stay results.
void show_timings(const RunTimings& timings, double reading, double writing) {
  const auto line = [](std::string_view name, double seconds) { note(fmt::format("{:<26}{:>9.4f} s", name, seconds)); };
  line("reading and checking", reading);
  line("compiling", timings.compile);
  line("first look", timings.pilot);
  line("simulating", timings.simulate);
  line("results and writing", writing);
  double all = 0;
  for (std::size_t k = 0; k < trial_stage_names.size(); ++k) all += timings.stages.seconds(k);
  note("simulating, by stage, all threads together:");
  for (std::size_t k = 0; k < trial_stage_names.size(); ++k)
    note(fmt::format("  {:<24}{:>9.4f} s {:>5.1f} %", trial_stage_names[k], timings.stages.seconds(k),
                     all > 0 ? 100 * timings.stages.seconds(k) / all : 0));
}

Status sources_command(const Words& words) {
  Reference reference;
  if (words.input.plans.empty()) {
    Problems none;
    reference = read_reference(*parse_document(built_in_reference().text, built_in_reference().name), none);
  } else {
    reference = load(words.input.plans, words.input.edits, words.input.outside(), KeyPlacesAre::left_out, words.reference).plans.reference;
  }
  Forms forms;
  forms.document = [&] { return view_sources(reference); };
  print(forms, words.output);
  return Status::good;
}

// Every future, a line each, to a file.
void write_draws(const Plans& plans, const RunOptions& run, const std::string& file) {
  Output output(file, is_first());
  if (!is_first()) return;
  std::vector<std::string> ids, years;
  for (const Organisation& o : plans.organisations) ids.push_back(o.id.value);
  for (const Year& y : plans.system.years) years.push_back(y.label);
  output.write(futures_head(ids, years));
  each_block_of_futures(plans, run, futures_lines, [&](const std::string& lines) { output.write(lines); });
  output.finish();
}

Status run_command(Words& words) {
  const auto refuse = [](const char* option, const char* why) { throw bad_input(option, why); };
  if (words.output.format == "csv" && (words.mechanisms || words.verbose))
    refuse(words.mechanisms ? "--mechanisms" : "--verbose", "has no place in the CSV's table; ask for --format json or text");
  if (words.shard.empty()) needs_a_file(words.output);
  if (words.output.format == "xlsx" && (words.mechanisms || words.verbose))
    refuse(words.mechanisms ? "--mechanisms" : "--verbose", "has no place in the workbook; ask for --format json or text");
  if (words.bridge && words.output.format != "json") refuse("--bridge", "is for --format json; explain tells it in words");
  if (words.chart && !is_page(words.output)) refuse("--chart", "is for text, Markdown and HTML; leave --format out");
  if (!words.quantiles.empty() && words.output.format != "json" && words.output.format != "csv")
    refuse("--quantiles", "are for --format json or csv");
  if (!words.actuals.file.empty()) {
    if (!words.freeze.empty()) refuse("--freeze", "keeps a forecast that was made before anything was seen; leave --actuals out");
    if (words.mechanisms || words.verbose)
      refuse(words.mechanisms ? "--mechanisms" : "--verbose",
             words.mechanisms ? "takes a mechanism out of the plans that the actuals are of; leave --actuals out"
                              : "tells of the dependence as it is set, before anything was seen; leave --actuals out");
  }
  if (words.sources && words.output.format != "text" && words.output.format != "markdown" && words.output.format != "html")
    refuse("--sources", "is text, Markdown or HTML only; leave --format out");
  if (words.max_trials_given && words.run.max_trials < words.run.trials)
    refuse("--max-trials", "is below --trials; raise the one or lower the other");
  if (words.sources && words.shard.empty()) return sources_command(words);
  if (words.input.plans.empty()) throw bad_input("shortfall run", "no PLAN given (a system's folder, a system.yaml, or plan files)");
  if (!words.shard.empty()) return shard_command(words);
  const auto start = std::chrono::steady_clock::now();
  Loaded plans = loaded(words.input, words.run, words.given, words.reference);
  if (Problems problems = add_gates(words.gates, plans.plans); !problems.empty()) throw BadInput(std::move(problems));
  words.run.knowledge = draws_knowledge(words.knowledge, plans.plans, !words.actuals.file.empty());
  const double reading = seconds_since(start);
  RunTimings timings;
  if (words.timings) words.run.timings = &timings;
  if (!words.precision.empty()) words.run.precision = parse_fraction(words.precision);
  if (!words.freeze.empty())
    freeze_forecast(read_files(words.input.plans, words.input.outside(), words.reference).sources, words.input.edits, plans.plans, words.run,
                    words.actuals.as_at, words.freeze);
  else
    see(words.actuals, words.output, plans, words.run, Knowledge::allowed);
  Extras extras;
  extras.pairs = words.pairs, extras.charts = words.chart;
  const RunResult result = answered(words.run, words.output, [&] {
    RunResult out = run(plans.plans, words.run);
    words.run.knowledge_trials = words.run.trials;
    words.run.trials = out.trials;  // gates may have asked for more
    if (words.mechanisms) extras.mechanisms = mechanisms(plans.plans, words.run);
    if (words.chart || words.output.format == "html") extras.pictures = portray(plans.plans, words.run).pictures;
    if (!words.quantiles.empty()) extras.levels = parse_levels(words.quantiles);
    if (!words.quantiles.empty()) extras.quantiles = quantiles(plans.plans, words.run, extras.levels);
    if (!words.draws.empty()) write_draws(plans.plans, words.run, words.draws);
    if (words.bridge) extras.bridge = bridge(plans.plans, words.run);
    if (words.verbose) extras.correlations = telling_correlations(plans.plans, words.run);
    return out;
  });
  const auto simulated = std::chrono::steady_clock::now();
  print(result, extras, plans, words.output);
  if (words.timings) show_timings(timings, reading, seconds_since(simulated));
  notes(result, plans, words.output);
  return status_of(result.gates);
}

}  // namespace

Action add_run(CommandLine& line) {
  const Command command = line.add("run", "How likely is failure, for each and for all?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  command.option("PLAN").required(false);
  add_output_options(command, words->output, run_formats);
  add_simulation_options(command, words->run, words->given, 1, "where a gate or --precision asks for more");
  add_knowledge_option(command, words->knowledge);
  command.option("--precision", words->precision, "Go on until every chance is known to ± this").check(a_fraction(1e-6, 0.5));
  command
      .option("--gate", words->gates,
              "A limit beside the plans' own, as in 'system.fails <= 30%' or 'acute.fails.alone.by.2018/19 < 0.2' (repeatable)")
      .type_name("MEASURE <= LIMIT")
      .repeatable();
  command.option("--shard", words->shard, "I/N: only the I-th of N parts, written to --output for 'shortfall merge'")
      .type_name("I/N")
      .check({[](std::string& text) { return parse_shard(text) ? std::string() : fmt::format("'{}' is not a part like 3/64", text); }, "I/N"});
  command.option("--reference", words->reference, "Reference classes in place of the plans' own, as 'shortfall calibrate' writes them")
      .type_name("FILE");
  command.option("--freeze", words->freeze, "Also keep the forecast in this file, for 'shortfall backtest' to score when it is known what happened")
      .type_name("FILE");
  add_actuals_options(command, words->actuals,
                      "Actuals by what was known at the end of this month (default: the latest of the file); or the month in which a frozen forecast "
                      "was made (default: this one)");
  command.option("--quantiles", words->quantiles, "In JSON and CSV, quantiles of these per cents, as in 1:99, 10:90:20 or 5,50,95")
      .type_name("LEVELS")
      .check(levels_of_quantiles());
  command.option("--draws", words->draws, "Also write every simulated future, a line each: savings, margins, shortfalls, who fails")
      .type_name("FILE.csv");
  command.flag("--mechanisms", words->mechanisms, "What each mechanism costs: the same futures without it");
  command.flag("--bridge", words->bridge, "In JSON, from planned to expected savings, in money: what each mechanism takes");
  command.flag("--chart", words->chart, "Also draw how much may be missing, and the years against the target, in the terminal's signs");
  command.flag("--pairs", words->pairs, "In JSON, how often each two fail together, also of more than 64 organisations");
  command.flag("--verbose", words->verbose, "Also print the rank correlations that the dependence comes to");
  command.flag("--timings", words->timings, "Print on standard error where the time went");
  command.flag("--sources", words->sources, "Print the reference classes and where they come from, and stop");
  command.examples(
      "  shortfall run plans/ --gate 'system.fails <= 30%'        exits 1 where the gate is crossed\n"
      "  shortfall run acute.yaml --optimism 0 --output acute.md  as planned, as Markdown");
  return [words, command] {
    words->max_trials_given = command.is_given("--max-trials");
    words->format_given = command.is_given("--format");
    return run_command(*words);
  };
}

}  // namespace shortfall
