#include "report/inert.hpp"

#include <string_view>

namespace shortfall {
namespace {

// After "##": a bracket, or a word and a bracket. A heading of Markdown has a blank.
bool is_order(std::string_view rest) {
  while (!rest.empty() && rest.front() >= 'a' && rest.front() <= 'z') rest.remove_prefix(1);
  return !rest.empty() && rest.front() == '[';
}

}  // namespace

std::string inert(std::string text) {
  constexpr std::string_view colon = "\uA789", sharp = "\u266F";
  if (text.find("::") == std::string::npos && text.find("##") == std::string::npos) return text;
  std::string out;
  bool at_start = true;  // of a line, or after blanks there
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
    out += c;
    if (c == ':' && next == ':' && at_start) {
      out += colon;
      ++i;
    } else if (c == '#' && next == '#' && is_order(std::string_view(text).substr(i + 2))) {
      out += sharp;
      ++i;
    }
    if (c == '\n' || c == '\r')
      at_start = true;
    else if (c != ' ' && c != '\t')
      at_start = false;
  }
  return out;
}

std::string inert_json(std::string text) {
  for (std::size_t at = 0; (at = text.find("##", at)) != std::string::npos; ++at)
    if (is_order(std::string_view(text).substr(at + 2))) text.replace(at, 2, "#\\u0023");
  return text;
}

}  // namespace shortfall
