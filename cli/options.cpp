#include "cli/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <utility>

#include "plan/number.hpp"

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

void add_output_options(const Command& command, OutputOptions& options, const std::vector<std::string>& formats) {
  command.option("--format", options.format, "What to print").one_of(formats).show_default();
  command.option("--output", options.file, "Write the result to a file, whole or not at all").type_name("FILE");
  command.flag("--quiet", options.quiet, "No progress bar, no notes");
}

Rule a_count(std::uint64_t low, std::uint64_t high) {
  return {[=](std::string& text) {
            std::uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
              return fmt::format("'{}' is not a whole number from {} to {}", text, low, high);
            text = std::to_string(value);
            return std::string();
          },
          "COUNT"};
}

Rule a_number(double low, double high) {
  return {[=](std::string& text) {
            const auto value = parse_number(text);
            if (!value || *value < low || *value > high) return fmt::format("'{}' is not a number from {:g} to {:g}", text, low, high);
            return std::string();
          },
          "NUMBER"};
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

Rule a_number_of_points() {
  return {
      [](std::string& text) { return parse_points(text) ? std::string() : fmt::format("'{}' is not a number of percentage points like 1pp", text); },
      "POINTS"};
}

std::vector<Given> given_of(const std::vector<std::string>& texts, const Plans& plans) {
  auto given = parse_given(texts, plans);
  if (!given) throw BadInput(std::move(given.error()));
  return std::move(*given);
}

void add_sampling_options(const Command& command, RunOptions& run, std::vector<std::string>& given, std::uint64_t least) {
  command.option("--trials", run.trials, "Futures to simulate").transform(a_count(least, most_trials)).show_default();
  command.option("--seed", run.seed, "Another seed, other futures").transform(a_count(0, std::numeric_limits<std::uint64_t>::max())).show_default();
  command.option("--threads", run.threads, "Threads (0: one a core); the result is the same for any number")
      .transform(a_count(0, 1024))
      .show_default();
  command.option("--optimism", run.optimism, "0: every scheme goes as planned; 1: as such plans have gone; above 1: a stress")
      .check(a_number(0, 10))
      .show_default();
  command
      .option(
          "--sampling", [&run](const std::string& how) { run.sampling = how == "plain" ? SamplingChoice::plain : SamplingChoice::automatic; },
          "auto: futures spread evenly, and in 'run' pressures integrated where the plan allows it; plain: independent futures")
      .one_of({"auto", "plain"})
      .show_default("auto");
  command.option("--given", given, "FACTOR=pNN: hold a shared factor at a quantile, as in system=p5 (bad luck); repeatable")
      .type_name("FACTOR=pNN")
      .repeatable();
}

void add_simulation_options(const Command& command, RunOptions& run, std::vector<std::string>& given, std::uint64_t least, const std::string& until) {
  add_sampling_options(command, run, given, least);
  if (until.empty()) return;
  command.option("--max-trials", run.max_trials, "The most futures, " + until).transform(a_count(1, most_trials)).show_default();
}

}  // namespace shortfall
