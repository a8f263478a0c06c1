// What is wrong, or doubtful, in the user's input: a value with a place, collected so that one run reports them all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/code.hpp"
#include "base/place.hpp"

namespace shortfall {

// `message` reads: problem (why) suggestion.
struct Problem {
  Place place;
  Code code = Code::command_line;
  std::string message;
  Severity severity() const { return entry_of(code).severity; }
};

using Problems = std::vector<Problem>;

// "plan.yaml:12:14: error: message". Control characters of the input come out escaped, so that a hostile file cannot steer a terminal.
std::string to_text(const Problem& problem);

bool has_errors(const Problems& problems);

// By file as first met, then line, then column; equal problems once.
Problems sorted(Problems problems);

// Whether a character shows as itself, and neither steers a terminal, nor reorders or parts lines, nor is unseen.
bool is_printable(char32_t c);

// `text` with the characters that are not printable written as \u{…}; at most `most` characters, then "…".
std::string printable(std::string_view text, std::size_t most = 400);

}  // namespace shortfall
