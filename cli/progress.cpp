#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/ranks.hpp"
#include "cli/terminal.hpp"
#include "report/number_text.hpp"

namespace shortfall {

Progress::Progress(bool quiet, std::string what)
    : on_(!quiet && is_first() && is_terminal(STDERR_FILENO)), what_(std::move(what)), started_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(std::uint64_t done, std::uint64_t of) {
  using namespace std::chrono;
  const double seconds = duration<double>(steady_clock::now() - started_).count();
  // What is over in a moment needs no bar.
  if (!on_ || seconds < 0.3 || of == 0) return;
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
  const std::string left = share > 0.02 ? fmt::format(", {:.0f} s left", seconds * (1 - share) / share) : "";
  std::string words = fmt::format(" {} of {} {}{}", grouped(done), grouped(of), what_, left);
  // A line that wraps could not be wiped away. All of the words are ASCII.
  const std::size_t room = std::max<std::size_t>(columns(STDERR_FILENO), 2) - 1;
  words.resize(std::min(words.size(), room));
  const std::size_t cells = std::min<std::size_t>(30, room - words.size());
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(cells));
  std::string bar;
  for (std::size_t i = 0; i < cells; ++i) bar += i < filled ? "█" : "░";
  std::fputs(fmt::format("\r{}{}\x1b[K", bar, words).c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace shortfall
