#include "plan/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace shortfall {
namespace {

constexpr std::size_t longest = 100;
using Row = std::array<std::uint8_t, longest + 1>;

// Insertions, deletions, substitutions and swaps of neighbours (Damerau 1964; optimal string alignment); any number above `most` when there are
// more than that: a word may be compared with every scheme of a large plan.
std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
  Row rows[3];
  Row *before = &rows[0], *previous = &rows[1], *row = &rows[2];
  const auto up = [](std::uint8_t n) { return static_cast<std::uint8_t>(n + 1); };
  for (std::size_t j = 0; j <= b.size(); ++j) (*previous)[j] = static_cast<std::uint8_t>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    (*row)[0] = static_cast<std::uint8_t>(i);
    std::uint8_t least = (*row)[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::uint8_t same = a[i - 1] == b[j - 1] ? (*previous)[j - 1] : up((*previous)[j - 1]);
      std::uint8_t d = std::min({up((*previous)[j]), up((*row)[j - 1]), same});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d = std::min(d, up((*before)[j - 2]));
      (*row)[j] = d;
      least = std::min(least, d);
    }
    // A swap passes over this row, but the row it comes from is at most 1 lower, and it costs 1.
    if (least > most) return most + 1;
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return (*previous)[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.size() > longest) return {};
  const std::string* nearest = nullptr;
  std::size_t least = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t most = std::min<std::size_t>(3, std::max(word.size(), candidate.size()) / 3);
    if (candidate.size() > longest || candidate.size() > word.size() + most || word.size() > candidate.size() + most) continue;
    const std::size_t d = distance(word, candidate, most);
    if (d <= most && (nearest == nullptr || d < least)) {
      nearest = &candidate;
      least = d;
    }
  }
  return nearest == nullptr ? std::string() : fmt::format("; did you mean '{}'?", *nearest);
}

}  // namespace shortfall
