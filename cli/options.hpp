// Options that several sub-commands share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/status.hpp"
#include "store/load.hpp"
#include "study/run.hpp"

namespace shortfall {

struct InputOptions {
  std::vector<std::string> plans;
  std::vector<std::string> edits;
  bool allow_outside = false;
  Outside outside() const { return allow_outside ? Outside::allowed : Outside::refused; }
};

struct OutputOptions {
  std::string format = "text";
  std::string file;
  std::string colour = "auto";  // "always", "never"
  bool quiet = false;
  bool format_given = false;  // else an --output like x.json says it
};

void add_input_options(const Command& command, InputOptions& options);
void add_outside_option(const Command& command, InputOptions& options);
void add_output_options(const Command& command, OutputOptions& options, const std::vector<std::string>& formats);

// Digits and nothing else: CLI11 itself takes -1 for the largest number there is, and 010 for 8.
Rule a_count(std::uint64_t low, std::uint64_t high);
// A number as plans write it: no NaN, which CLI::Range lets pass.
Rule a_number(double low, double high);
// A fraction as plans write it: 0.005 or 0.5%.
Rule a_fraction(double low, double high);
// "1pp": percentage points, 0 to 100, as a fraction.
Rule a_number_of_points();
std::optional<double> parse_points(std::string_view text);
// "1:99", "10:90:20", "5,50,95": per cents, rising (plan/number's parse_levels).
Rule levels_of_quantiles();
// The month that an option names, as 2025-03; throws BadInput.
int month_of(const char* option, const std::string& text);

// What every simulation may be asked. `least`: the fewest trials that make sense.
void add_sampling_options(const Command& command, RunOptions& run, std::vector<std::string>& given, std::uint64_t least);
// Whether what is not known of the reference classes is drawn, as the command line says it; empty: it does not say.
using KnowledgeSaid = std::optional<bool>;
Option knowledge_option(const Command& command, KnowledgeSaid& said, const std::string& help);
void add_knowledge_option(const Command& command, KnowledgeSaid& said);  // of an answer
// Whether it is drawn: as said; else it is, but for a plan that is updated by actuals, which takes many times as long.
bool draws_knowledge(KnowledgeSaid said, bool with_actuals = false);
// The same where the plans' gates are judged: one that says `known` asks for it, and throws BadInput where it is said to be off.
bool draws_knowledge(KnowledgeSaid said, const Plans& judged, bool with_actuals = false);
// add_sampling_options and, unless `until` is empty, --max-trials, whose help ends in `until` ("while a verdict is unclear").
void add_simulation_options(const Command& command, RunOptions& run, std::vector<std::string>& given, std::uint64_t least, const std::string& until);

}  // namespace shortfall
