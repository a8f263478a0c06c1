#include "base/problem.hpp"

#include <fmt/format.h>
#include <utf8.h>

#include <algorithm>
#include <tuple>

namespace shortfall {

bool is_printable(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool reorders = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
  const bool breaks_lines = c == 0x2028 || c == 0x2029;
  // Spaces without width, soft hyphens, fillers, marks of music and of other layouts, and tags; not the joiners and selectors that scripts and emoji
  // need.
  const bool unseen = c == 0xad || c == 0x34f || c == 0x115f || c == 0x1160 || c == 0x180e || c == 0x200b || (c >= 0x2060 && c <= 0x206f) ||
                      c == 0x3164 || c == 0xfeff || c == 0xffa0 || (c >= 0xfff9 && c <= 0xfffb) || (c >= 0x1d173 && c <= 0x1d17a) ||
                      (c >= 0xe0000 && c <= 0xe0fff);
  return !(control || reorders || breaks_lines || unseen);
}

std::string printable(std::string_view text, std::size_t most) {
  std::string valid;
  utf8::replace_invalid(text.begin(), text.end(), std::back_inserter(valid));
  std::string out;
  std::size_t count = 0;
  for (auto it = valid.begin(); it != valid.end();) {
    if (count++ == most) return out + "…";
    const char32_t c = utf8::next(it, valid.end());
    if (is_printable(c))
      utf8::append(c, std::back_inserter(out));
    else
      out += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(c));
  }
  return out;
}

std::string to_text(const Problem& problem) {
  return fmt::format("{}: {}: {}", printable(to_text(problem.place)), name_of(problem.severity()), printable(problem.message, 2000));
}

bool has_errors(const Problems& problems) {
  return std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.severity() == Severity::error; });
}

Problems sorted(Problems problems) {
  std::vector<std::string> files;
  const auto rank = [&](const Problem& p) {
    const std::string name = p.place.file ? *p.place.file : std::string();
    const auto at = std::find(files.begin(), files.end(), name);
    if (at != files.end()) return at - files.begin();
    files.push_back(name);
    return static_cast<std::ptrdiff_t>(files.size()) - 1;
  };
  std::vector<std::tuple<std::ptrdiff_t, int, int, std::size_t>> keys;
  for (std::size_t i = 0; i < problems.size(); ++i) keys.emplace_back(rank(problems[i]), problems[i].place.line, problems[i].place.column, i);
  std::sort(keys.begin(), keys.end());
  Problems out;
  for (const auto& [file, line, column, i] : keys) {
    const bool repeated = !out.empty() && out.back().message == problems[i].message && out.back().place.line == line &&
                          out.back().place.column == column && to_text(out.back().place) == to_text(problems[i].place);
    if (!repeated) out.push_back(problems[i]);
  }
  return out;
}

}  // namespace shortfall
