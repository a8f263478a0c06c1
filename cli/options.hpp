// Options that several sub-commands share.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <CLI/CLI.hpp>
#include <cstdint>
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

// Digits and nothing else: CLI11 itself takes -1 for the largest number there is, and 010 for 8.
inline CLI::Validator a_count(std::uint64_t low, std::uint64_t high) {
  return CLI::Validator(
      [=](std::string& text) {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
          return fmt::format("'{}' is not a whole number from {} to {}", text, low, high);
        text = std::to_string(value);
        return std::string();
      },
      "COUNT");
}

// A number as plans write it: no NaN, which CLI::Range lets pass.
inline CLI::Validator a_number(double low, double high) {
  return CLI::Validator(
      [=](std::string& text) {
        const auto value = parse_number(text);
        if (!value || *value < low || *value > high) return fmt::format("'{}' is not a number from {:g} to {:g}", text, low, high);
        return std::string();
      },
      "NUMBER");
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
