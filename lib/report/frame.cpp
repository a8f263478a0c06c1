#include "report/frame.hpp"

#include <fmt/format.h>
#include <utf8.h>

#include <algorithm>

#include "report/number_text.hpp"

namespace shortfall {
namespace {

std::string_view line_of(std::string_view text, int line) {
  for (; line > 1; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

// Its characters, each as it may be shown: one entry a column.
std::vector<std::string> shown_characters(std::string_view line) {
  std::string valid;
  utf8::replace_invalid(line.begin(), line.end(), std::back_inserter(valid));
  std::vector<std::string> out;
  for (auto at = valid.begin(); at != valid.end();) {
    const auto first = at;
    utf8::next(at, valid.end());
    const std::string one(first, at);
    out.push_back(one == "\t" ? " " : printable(one) == one ? one : "?");
  }
  return out;
}

// How many characters the thing at `first` has: a quoted text to its end, else what stands until a blank or what ends a value.
std::size_t length_at(const std::vector<std::string>& line, std::size_t first) {
  const std::string& opens = line[first];
  std::size_t end = first + 1;
  if (opens == "\"" || opens == "'") {
    while (end < line.size() && line[end] != opens) ++end;
    return std::min(end + 1, line.size()) - first;
  }
  if (opens == "[" || opens == "{") return 1;
  while (end < line.size() && std::string_view(" ,]}:").find(line[end]) == std::string_view::npos) ++end;
  return end - first;
}

}  // namespace

std::string problem_line(const Problem& problem) { return fmt::format("{} [{}]", to_text(problem), name_of(problem.code)); }

std::vector<std::string> frame(const Place& place, const std::vector<Source>& sources, std::size_t width) {
  if (!place.file || place.line < 1 || place.column < 1) return {};
  const auto source = std::find_if(sources.begin(), sources.end(), [&](const Source& s) { return s.name == *place.file; });
  if (source == sources.end()) return {};
  const std::vector<std::string> line = shown_characters(line_of(source->text, place.line));
  const auto at = static_cast<std::size_t>(place.column) - 1;
  if (at >= line.size()) return {};
  constexpr std::size_t margin = 8;  // "  123 | "
  const std::size_t room = std::max<std::size_t>(width, 30) - margin;
  // Of a long line, what stands about the place.
  const std::size_t first = line.size() <= room || at < room / 2 ? 0 : std::min(at - room / 2, line.size() - room);
  std::string text, below;
  const std::size_t end_of_mark = at + length_at(line, at);
  for (std::size_t k = first; k < line.size() && k < first + room; ++k) {
    text += line[k];
    const std::string sign = k < at || k >= end_of_mark ? " " : k == at ? "^" : "~";
    for (std::size_t cell = 0; cell < std::max<std::size_t>(width_of(line[k]), 1); ++cell) below += sign == "^" && cell > 0 ? "~" : sign;
  }
  below.erase(below.find_last_not_of(' ') + 1);
  return {fmt::format("{:>5} | {}", place.line, text), fmt::format("{:>5} | {}", "", below)};
}

}  // namespace shortfall
