#include "plan/stage_words.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace shortfall {
namespace {

bool is_word(char c) { return (c & 0x80) != 0 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

struct StageWord {
  std::string_view phrase;
  Stage stage;
};

const std::vector<StageWord>& stage_words() {
  using enum Stage;
  static const std::vector<StageWord> words = {{"blue", delivered},
                                               {"complete", delivered},
                                               {"completed", delivered},
                                               {"delivered", delivered},
                                               {"implemented", delivered},
                                               {"achieved", delivered},
                                               {"banked", delivered},
                                               {"green", developed},
                                               {"on track", developed},
                                               {"approved", developed},
                                               {"fully developed", developed},
                                               {"developed", developed},
                                               {"approved to implement", developed},
                                               {"in delivery", developed},
                                               {"live", developed},
                                               {"agreed", developed},
                                               {"amber", in_progress},
                                               {"yellow", in_progress},
                                               {"plans in progress", in_progress},
                                               {"in progress", in_progress},
                                               {"business case", in_progress},
                                               {"in development", in_progress},
                                               {"pid", in_progress},
                                               {"started", in_progress},
                                               {"planning", in_progress},
                                               {"under way", in_progress},
                                               {"underway", in_progress},
                                               {"some risk", in_progress},
                                               {"red", opportunity},
                                               {"opportunity", opportunity},
                                               {"idea", opportunity},
                                               {"pipeline", opportunity},
                                               {"at risk", opportunity},
                                               {"scoping", opportunity},
                                               {"concept", opportunity},
                                               {"not started", opportunity},
                                               {"on hold", opportunity},
                                               {"paused", opportunity},
                                               {"delayed", opportunity},
                                               {"off track", opportunity},
                                               {"proposed", opportunity},
                                               {"hopper", opportunity},
                                               {"black", unidentified},
                                               {"unidentified", unidentified},
                                               {"to be found", unidentified},
                                               {"to be identified", unidentified},
                                               {"gap", unidentified},
                                               {"stretch", unidentified},
                                               {"not identified", unidentified}};
  return words;
}

std::optional<Stage> stage_of_gateway(std::string_view s) {
  std::size_t digit = 0;
  for (const std::string_view prefix : {"gateway ", "gateway", "gate ", "stage ", "gw ", "gw", "g"})
    if (digit == 0 && s.starts_with(prefix)) digit = prefix.size();
  if (digit >= s.size() || s[digit] < '0' || s[digit] > '5' || (digit + 1 < s.size() && s[digit + 1] != ' ')) return {};
  static constexpr std::array<Stage, 6> stages = {Stage::opportunity, Stage::opportunity, Stage::in_progress,
                                                  Stage::developed,   Stage::developed,   Stage::delivered};
  return stages[static_cast<std::size_t>(s[digit] - '0')];
}

std::optional<Stage> stage_of_letters(std::string_view s) {
  std::optional<Stage> worst;
  for (const char c : s) {
    std::optional<Stage> one;
    if (c == 'b') one = Stage::delivered;
    if (c == 'g') one = Stage::developed;
    if (c == 'a' || c == 'y') one = Stage::in_progress;
    if (c == 'r') one = Stage::opportunity;
    if (c == ' ') continue;
    if (!one) return {};
    if (!worst || *one > *worst) worst = one;
  }
  return worst;
}

// Small letters and digits, all else as single blanks.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char small = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (is_word(small))
      out += small;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

bool has_phrase(std::string_view text, std::string_view phrase) {
  const bool open = phrase.ends_with('*');
  if (open) phrase.remove_suffix(1);
  for (auto at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
    const std::size_t end = at + phrase.size();
    if ((at == 0 || !is_word(text[at - 1])) && (open || end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

std::optional<Stage> stage_of_words(std::string_view s, bool risk) {
  if (s.size() <= 3)
    if (const auto stage = stage_of_letters(s)) return stage;
  if (const auto stage = stage_of_gateway(s)) return stage;
  const bool high = has_phrase(s, "high"), medium = has_phrase(s, "medium") || has_phrase(s, "med") || has_phrase(s, "moderate"),
             low = has_phrase(s, "low");
  if (high + medium + low > 0 && s.size() <= 20) {
    if (medium) return Stage::in_progress;
    return high == risk ? Stage::opportunity : Stage::developed;
  }
  std::optional<Stage> worst;
  for (const auto& [phrase, stage] : stage_words())
    if (has_phrase(s, phrase) && (!worst || stage > *worst)) worst = stage;
  // "Not approved", "undelivered": a denial that no phrase above has taken in.
  if (worst && has_phrase(s, "not") && *worst < Stage::opportunity) return Stage::opportunity;
  return worst;
}

std::string stage_hint(std::string_view written) {
  const std::optional<Stage> stage = written.size() > 60 ? std::nullopt : stage_of_words(plain(written), false);
  return stage ? fmt::format("; as a rating or gateway it stands for '{}'", name_of(*stage)) : std::string();
}

}  // namespace shortfall
