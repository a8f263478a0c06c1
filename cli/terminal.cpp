#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "cli/ranks.hpp"

namespace shortfall {

// Launchers of several processes give each a terminal of its own, which nobody sees.
bool is_terminal(int file) { return ranks() == nullptr && isatty(file) == 1; }

bool wants_colour(int file) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return is_terminal(file) && (no_color == nullptr || *no_color == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::size_t columns(int file) {
  winsize size{};
  return is_terminal(file) && ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

TextStyle text_style(const std::string& file) {
  if (!file.empty()) return {};
  return {.width = columns(STDOUT_FILENO), .colour = wants_colour(STDOUT_FILENO)};
}

}  // namespace shortfall
