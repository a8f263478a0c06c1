#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "plan/calendar.hpp"
#include "plan/number.hpp"
#include "store/failure.hpp"

namespace shortfall {

void add_input_options(const Command& command, InputOptions& options) {
  command.option("PLAN", options.plans, "A system's folder, a system.yaml, or plan files").required();
  command.option("--set", options.edits, "PATH=VALUE: change a value of the plans, as in midshire-acute.reserves=5 (repeatable)")
      .type_name("PATH=VALUE")
      .repeatable();
  add_outside_option(command, options);
}

void add_outside_option(const Command& command, InputOptions& options) {
  command.flag("--allow-outside", options.allow_outside, "Let a system's organisations: name files outside its folder");
}

namespace {

// The format that a file's name asks for; empty: none.
std::string format_of(const std::string& file) {
  static constexpr std::pair<std::string_view, const char*> ends[] = {
      {".json", "json"}, {".csv", "csv"},  {".md", "markdown"}, {".markdown", "markdown"}, {".html", "html"},
      {".htm", "html"},  {".txt", "text"}, {".xml", "junit"},   {".sarif", "sarif"},       {".xlsx", "xlsx"}};
  for (const auto& [end, format] : ends)
    if (file.ends_with(end)) return format;
  return {};
}

}  // namespace

void add_output_options(const Command& command, OutputOptions& options, const std::vector<std::string>& formats) {
  command
      .option(
          "--format", [&options](const std::string& format) { options.format = format, options.format_given = true; },
          "What to print; else the name of --output says it: .json, .csv, .md, .html, .txt")
      .one_of(formats)
      .show_default(options.format)
      .group("Output");
  const Rule known{[&options, formats](std::string& file) {
                     const std::string format = format_of(file);
                     if (options.format_given || format.empty() || std::find(formats.begin(), formats.end(), format) != formats.end())
                       return std::string();
                     return fmt::format("'{}' asks for {}, which this command does not have (it has {}); say --format to write another into it", file,
                                        format, fmt::join(formats, ", "));
                   },
                   ""};
  command
      .option(
          "--output",
          [&options](const std::string& file) {
            options.file = file;
            if (const std::string format = format_of(file); !options.format_given && !format.empty()) options.format = format;
          },
          "Write the result to a file, whole or not at all")
      .type_name("FILE")
      .check(known)
      .group("Output");
  command.option("--color", options.colour, "Colours and bars: auto on a terminal, unless NO_COLOR is set")
      .one_of({"auto", "always", "never"})
      .show_default()
      .group("Output");
  command.flag("--quiet", options.quiet, "No progress bar, no notes").group("Output");
}

Rule a_count(std::uint64_t low, std::uint64_t high) {
  return {[=](std::string& text) { return wrong_count(text, low, high); }, "COUNT"};
}

// Trials are simulated in whole blocks: a count is rounded up to them.
Rule a_count_of_trials(std::uint64_t low, std::uint64_t high, std::uint64_t* asked) {
  return {[=, count = a_count(low, high)](std::string& text) {
            std::string wrong = count(text);
            if (!wrong.empty()) return wrong;
            const std::uint64_t trials = std::stoull(text);
            if (asked != nullptr) *asked = trials;
            text = std::to_string(whole_blocks(trials));
            return wrong;
          },
          "COUNT"};
}

Rule a_number(double low, double high) {
  return {[=](std::string& text) { return wrong_number(text, low, high); }, "NUMBER"};
}

Rule a_fraction(double low, double high) {
  return {[=](std::string& text) {
            const auto value = parse_fraction(text);
            if (!value || *value < low || *value > high) return std::string("'") + text + "' is not a fraction in range, like 0.005 or 0.5%";
            return std::string();
          },
          "FRACTION"};
}

std::optional<double> parse_points(std::string_view text) {
  if (!text.ends_with("pp")) return {};
  text.remove_suffix(2);
  const auto value = parse_number(text);
  return value && *value >= 0 && *value <= 100 ? std::optional<double>(*value / 100) : std::nullopt;
}

int month_of(const char* option, const std::string& text) {
  const std::optional<int> month = parse_month(text);
  if (!month) throw BadInput({{whole_file(option), Code::bad_month, fmt::format("'{}' is not a month like 2025-03", printable(text, 60))}});
  return *month;
}

Rule levels_of_quantiles() {
  return {[](std::string& text) {
            return parse_levels(text).empty() ? fmt::format("'{}' are not per cents like 1:99 or 5,50,95, rising, at most 1,000", text)
                                              : std::string();
          },
          "LEVELS"};
}

Rule a_number_of_points() {
  return {
      [](std::string& text) { return parse_points(text) ? std::string() : fmt::format("'{}' is not a number of percentage points like 1pp", text); },
      "POINTS"};
}

void add_sampling_options(const Command& command, RunOptions& run, std::vector<std::string>& given, std::uint64_t least) {
  command.option("--trials", run.trials, "Futures to simulate, in whole blocks of 256")
      .transform(a_count_of_trials(least, most_trials, &run.trials_asked))
      .show_default()
      .group("Simulation");
  command.option("--seed", run.seed, "Another seed, other futures")
      .transform(a_count(0, std::numeric_limits<std::uint64_t>::max()))
      .show_default()
      .group("Simulation");
  command.option("--threads", run.threads, "Threads (0: one a core); the result is the same for any number")
      .transform(a_count(0, 1024))
      .show_default()
      .group("Simulation");
  command.option("--optimism", run.optimism, "0: every scheme goes as planned; 1: as such plans have gone; above 1: a stress")
      .check(a_number(0, 10))
      .show_default()
      .group("Simulation");
  command
      .option(
          "--sampling", [&run](const std::string& how) { run.sampling = how == "plain" ? SamplingChoice::plain : SamplingChoice::automatic; },
          "auto: futures spread evenly, and in 'run' pressures integrated where the plan allows it; plain: independent futures")
      .one_of({"auto", "plain"})
      .show_default("auto")
      .group("Simulation");
  command.option("--given", given, "FACTOR=pNN: hold a shared factor at a quantile, as in system=p5 (bad luck); repeatable")
      .type_name("FACTOR=pNN")
      .repeatable()
      .group("Simulation");
}

Option knowledge_option(const Command& command, KnowledgeSaid& said, const std::string& help) {
  Option out = command.option(
      "--knowledge", [&said](const std::string& how) { said = how == "on"; }, help);
  out.one_of({"on", "off"}).show_default("on");
  return out;
}

void add_knowledge_option(const Command& command, KnowledgeSaid& said) {
  knowledge_option(command, said,
                   "on: also how far the answer is known, as the reference classes rest on few records; off: the classes as written (so too, unless "
                   "said, with --actuals)")
      .group("Simulation");
}

bool draws_knowledge(KnowledgeSaid said, bool with_actuals) { return said.value_or(!with_actuals); }

bool draws_knowledge(KnowledgeSaid said, const Plans& judged, bool with_actuals) {
  const auto& gates = judged.system.gates;
  const auto known = std::find_if(gates.begin(), gates.end(), [](const Gate& g) { return g.known; });
  if (known == gates.end()) return draws_knowledge(said, with_actuals);
  if (!said.value_or(true))
    throw BadInput({{known->place, Code::command_line,
                     fmt::format("gate '{}': cannot be judged with --knowledge off (it asks how far the answer is known); leave the option out",
                                 known->expression)}});
  return true;
}

void add_simulation_options(const Command& command, RunOptions& run, std::vector<std::string>& given, std::uint64_t least, const std::string& until) {
  add_sampling_options(command, run, given, least);
  if (until.empty()) return;
  command.option("--max-trials", run.max_trials, "The most futures, " + until)
      .transform(a_count_of_trials(1, most_trials, nullptr))
      .show_default()
      .group("Simulation");
}

}  // namespace shortfall
