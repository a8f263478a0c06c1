#include "plan/number_lists.hpp"

#include "base/character.hpp"

namespace shortfall {
namespace {

std::size_t past_spaces(std::string_view line, std::size_t at) {
  while (at < line.size() && line[at] == ' ') ++at;
  return at;
}

// Past the number, or what YAML takes as one word with it, that starts at `at`; `at` itself if none does.
std::size_t past_number(std::string_view line, std::size_t at) {
  std::size_t end = at < line.size() && line[at] == '-' ? at + 1 : at;
  if (end == line.size() || !is_digit(line[end])) return at;
  while (end < line.size() && (is_digit(line[end]) || line[end] == '.' || line[end] == 'e' || line[end] == '+' || line[end] == '-')) ++end;
  return end < line.size() && line[end] == '%' ? end + 1 : end;
}

// The place of the ] that ends a list whose numbers begin at `at`; npos where anything but plain numbers stands in it.
std::size_t end_of_list(std::string_view line, std::size_t at) {
  for (;; ++at) {
    const std::size_t begins = past_spaces(line, at), ends = past_number(line, begins);
    at = past_spaces(line, ends);
    if (ends == begins || at == line.size() || (line[at] != ',' && line[at] != ']')) return std::string_view::npos;
    if (line[at] == ']') return at;
  }
}

}  // namespace

WithoutNumbers without_numbers(std::string_view text) {
  WithoutNumbers out;
  out.text.reserve(text.size());
  for (int line = 0;; ++line) {
    const std::string_view here = text.substr(0, text.find('\n'));
    const std::size_t start = out.text.size(), comment = here.starts_with('#') ? 0 : here.find(" #");
    std::size_t copied = 0;
    for (std::size_t open = here.find('['); open < comment && open != std::string_view::npos; open = here.find('[', open + 1)) {
      const std::size_t close = end_of_list(here, open + 1);
      if (close == std::string_view::npos) continue;
      out.text += here.substr(copied, open + 1 - copied);
      out.lists.push_back({line, static_cast<int>(out.text.size() - start) - 1, static_cast<int>(open), here.substr(open + 1, close - open - 1)});
      copied = open = close;
    }
    out.text += here.substr(copied);
    if (here.size() == text.size()) return out;
    out.text += '\n';
    text.remove_prefix(here.size() + 1);
  }
}

}  // namespace shortfall
