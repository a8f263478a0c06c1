// How likely is failure, for each and for all?
#include "study/run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/terminal.hpp"
#include "plan/assemble.hpp"
#include "plan/optimism.hpp"
#include "plan/read.hpp"
#include "report/csv.hpp"
#include "report/json.hpp"
#include "report/number_text.hpp"
#include "report/sources.hpp"
#include "report/text.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  RunOptions run;
  std::string precision;
  std::vector<std::string> given;
  bool max_trials_given = false, sources = false, mechanisms = false, verbose = false, timings = false;
};

Status status_of(const RunResult& result) {
  Status status = Status::good;
  for (const GateResult& g : result.gates) {
    if (g.verdict == Verdict::crossed) return Status::gate_crossed;
    if (g.verdict == Verdict::unclear) status = Status::gate_unclear;
  }
  return status;
}

std::string reported(const RunResult& result, const Extras& extras, const Loaded& loaded, const OutputOptions& output) {
  if (output.format == "json") return json(result, extras, loaded.provenance);
  if (output.format == "csv") return csv(result, loaded.provenance);
  return text(result, extras, loaded.provenance, text_style(output.file));
}

// What a reader of the result should know, and a reader of the file should not stumble over.
void note(const std::string& text) { std::fputs((text + "\n").c_str(), stderr); }

void notes(const RunResult& result, const Loaded& loaded, const Words& words) {
  if (words.output.quiet) return;
  if (result.precision && result.widest > *result.precision)
    note(fmt::format("note: after {} futures the widest interval is ±{:.2g} points, not ±{:.2g}; give more with --max-trials", grouped(result.trials),
                     100 * result.widest, 100 * *result.precision));
  const std::size_t signs = signs_of_optimism(loaded.plans).size();
  if (signs > 0 && words.output.format == "text")
    note(fmt::format("note: {} sign{} of optimism can be seen without simulating; 'shortfall validate' names them", signs, signs == 1 ? "" : "s"));
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
    note(
        fmt::format("  {:<24}{:>9.4f} s {:>5.1f} %", trial_stage_names[k], timings.stages.seconds(k), all > 0 ? 100 * timings.stages.seconds(k) / all : 0));
}

Status run_command(Words& words) {
  const auto refuse = [](const char* option, const char* why) { throw BadInput({{whole_file(option), Severity::error, why}}); };
  if (words.output.format == "csv" && (words.mechanisms || words.verbose))
    refuse(words.mechanisms ? "--mechanisms" : "--verbose", "has no place in the CSV's table; ask for --format json or text");
  if (words.sources && words.output.format != "text") refuse("--sources", "is text only; leave --format out");
  if (words.max_trials_given && words.run.max_trials < words.run.trials)
    refuse("--max-trials", "is below --trials; raise the one or lower the other");
  if (words.sources) {
    Plans plans;
    if (words.input.plans.empty()) {
      Problems none;
      plans.reference = read_reference(*parse_document(built_in_reference().text, built_in_reference().name), none);
    } else {
      plans = load(words.input.plans, words.input.edits).plans;
    }
    write_output(sources_text(plans.reference, words.output.file.empty() ? std::min<std::size_t>(columns(STDOUT_FILENO), 120) : 80),
                 words.output.file);
    return Status::good;
  }
  if (words.input.plans.empty())
    throw BadInput({{whole_file("shortfall run"), Severity::error, "no PLAN given (a system's folder, a system.yaml, or plan files)"}});
  const auto start = std::chrono::steady_clock::now();
  const Loaded loaded = load(words.input.plans, words.input.edits);
  const double reading = seconds_since(start);
  RunTimings timings;
  if (words.timings) words.run.timings = &timings;
  if (!words.precision.empty()) words.run.precision = parse_fraction(words.precision);
  words.run.given = given_of(words.given, loaded.plans);
  RunResult result;
  Extras extras;
  {
    Progress progress(words.output.quiet);
    words.run.progress = [&](std::uint64_t done, std::uint64_t of) { progress.show(done, of); };
    result = run(loaded.plans, words.run);
    words.run.trials = result.trials;  // gates may have asked for more
    if (words.mechanisms) extras.mechanisms = mechanisms(loaded.plans, words.run);
    if (words.verbose) extras.correlations = telling_correlations(loaded.plans, words.run);
  }
  const auto simulated = std::chrono::steady_clock::now();
  write_output(reported(result, extras, loaded, words.output), words.output.file);
  if (words.timings) show_timings(timings, reading, seconds_since(simulated));
  notes(result, loaded, words);
  return status_of(result);
}

}  // namespace

Action add_run(CLI::App& program) {
  CLI::App* command = program.add_subcommand("run", "How likely is failure, for each and for all?");
  auto words = std::make_shared<Words>();
  add_input_options(*command, words->input);
  command->get_option("PLAN")->required(false);
  add_output_options(*command, words->output, {"text", "json", "csv"});
  add_simulation_options(*command, words->run, words->given, 1, "where a gate or --precision asks for more");
  command->add_option("--precision", words->precision, "Go on until every chance is known to ± this")->check(a_fraction(1e-6, 0.5));
  command->add_flag("--mechanisms", words->mechanisms, "What each mechanism costs: the same futures without it");
  command->add_flag("--verbose", words->verbose, "Also print the rank correlations that the dependence comes to");
  command->add_flag("--timings", words->timings, "Print on standard error where the time went");
  command->add_flag("--sources", words->sources, "Print the reference classes and where they come from, and stop");
  return [words, command] {
    words->max_trials_given = command->count("--max-trials") > 0;
    return run_command(*words);
  };
}

}  // namespace shortfall
