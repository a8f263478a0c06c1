// What the fuzz targets share: bytes into texts and numbers, and a check that ends the process with what is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "plan/assemble.hpp"

namespace shortfall::fuzz {

// An oracle: where `holds` is false the fuzzer has found a fault of the program.
inline void must(bool holds, const char* what, const std::string& shown = "") {
  if (holds) return;
  std::fprintf(stderr, "oracle: %s: %s\n", what, shown.c_str());
  std::abort();
}

// A file of several texts: parted by lines of "---".
inline std::vector<std::string> texts_of(std::string_view bytes) {
  std::vector<std::string> out(1);
  constexpr std::string_view parting = "\n---\n";
  for (std::size_t at = 0;;) {
    const std::size_t end = bytes.find(parting, at);
    out.back() = std::string(bytes.substr(at, end == std::string_view::npos ? end : end - at + 1));
    if (end == std::string_view::npos || out.size() == 8) return out;
    at = end + parting.size();
    out.emplace_back();
  }
}

// Plans of a system: the text that says "system:" is the system, one that says "classes:" its reference.
inline Sources sources_of(std::string_view bytes) {
  Sources sources;
  sources.reference = built_in_reference();
  for (std::string& text : texts_of(bytes)) {
    const auto has = [&](std::string_view key) { return text.starts_with(key) || text.find("\n" + std::string(key)) != std::string::npos; };
    if (has("system:") && !sources.system)
      sources.system = Source{"system.yaml", std::move(text)};
    else if (has("classes:"))
      sources.reference = Source{"classes.yaml", std::move(text)};
    else
      sources.organisations.push_back({"plan" + std::to_string(sources.organisations.size()) + ".yaml", std::move(text)});
  }
  return sources;
}

// Small enough that a fuzzer gets on: what a large plan takes longer for is nothing new.
inline bool small(const Plans& plans, std::size_t most_schemes = 40) {
  std::size_t schemes = 0;
  for (const Organisation& o : plans.organisations) schemes += o.schemes.size();
  return plans.organisations.size() <= 8 && schemes <= most_schemes && plans.system.years.size() <= 12;
}

inline void must_be_message(const Problem& problem) {
  must(!problem.message.empty(), "a problem without a message");
  for (const char c : to_text(problem)) must(static_cast<unsigned char>(c) >= 0x20, "a control character in a message", to_text(problem));
}

}  // namespace shortfall::fuzz
