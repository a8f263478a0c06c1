#include "report/markdown_text.hpp"

#include "base/problem.hpp"

namespace shortfall {

std::string markdown_text(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : printable(text, most)) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '@':
        out += "&#64;";
        break;
      case '|':
        out += "&#124;";
        break;
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '#':
      case '~':
      case '!':
      case '$':
        out += '\\';
        out += c;
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace shortfall
