// Options that several sub-commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plan/number.hpp"

namespace shortfall {

struct InputOptions {
  std::vector<std::string> plans;
  std::vector<std::string> edits;
};

struct OutputOptions {
  std::string format = "text";
  std::string file;
  bool quiet = false;
};

inline void add_input_options(CLI::App& command, InputOptions& options) {
  command.add_option("PLAN", options.plans, "A system's folder, a system.yaml, or plan files")->required();
  command.add_option("--set", options.edits, "PATH=VALUE: change a value of the plans, as in midshire-acute.reserves=5 (repeatable)")
      ->type_name("PATH=VALUE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
}

inline void add_output_options(CLI::App& command, OutputOptions& options, const std::vector<std::string>& formats) {
  command.add_option("--format", options.format, "What to print")->check(CLI::IsMember(formats))->capture_default_str();
  command.add_option("--output", options.file, "Write the result to a file, whole or not at all")->type_name("FILE");
  command.add_flag("--quiet", options.quiet, "No progress bar, no notes");
}

// A fraction as plans write it: 0.005 or 0.5%.
inline CLI::Validator a_fraction(double low, double high) {
  return CLI::Validator(
      [=](std::string& text) {
        const auto value = parse_fraction(text);
        if (!value || *value < low || *value > high) return std::string("'") + text + "' is not a fraction in range, like 0.005 or 0.5%";
        return std::string();
      },
      "FRACTION");
}

}  // namespace shortfall
