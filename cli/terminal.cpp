#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "cli/ranks.hpp"
#include "report/number_text.hpp"

namespace shortfall {

// Launchers of several processes give each a terminal of its own, which nobody sees.
bool is_terminal(int file) { return ranks() == nullptr && isatty(file) == 1; }

bool wants_colour(int file) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const char* forced = std::getenv("CLICOLOR_FORCE");
  if (forced != nullptr && *forced != '\0' && std::string_view(forced) != "0" && (no_color == nullptr || *no_color == '\0')) return true;
  return is_terminal(file) && (no_color == nullptr || *no_color == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::size_t columns(int file) {
  winsize size{};
  return is_terminal(file) && ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// Whether the locale says that no more than ASCII can be shown; where it says nothing, all can.
bool wants_ascii() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    std::string locale(value);
    for (char& c : locale) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return locale.find("utf-8") == std::string::npos && locale.find("utf8") == std::string::npos;
  }
  return false;
}

TextStyle style_of_messages() {
  return {.width = columns(STDERR_FILENO), .colour = wants_colour(STDERR_FILENO), .ascii = is_terminal(STDERR_FILENO) && wants_ascii()};
}

std::string shown_on(int file, const std::string& text) {
  if (!is_terminal(file)) return text;
  const std::size_t width = std::max<std::size_t>(columns(file), narrowest_page);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    out += wrapped(line, width, std::string(std::min(line.find_first_not_of(' '), line.size()) + 4, ' '));
    at = end + 1;
  }
  return out;
}

TextStyle text_style(const OutputOptions& output) {
  const bool always = output.colour == "always", never = output.colour == "never";
  if (!output.file.empty()) return {.colour = always};
  return {.width = columns(STDOUT_FILENO), .colour = always || (!never && wants_colour(STDOUT_FILENO)), .ascii = wants_ascii()};
}

}  // namespace shortfall
