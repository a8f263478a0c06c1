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
  constexpr std::size_t cells = 30;
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
  const auto filled = static_cast<std::size_t>(share * cells);
  std::string bar;
  for (std::size_t i = 0; i < cells; ++i) bar += i < filled ? "█" : "░";
  const std::string left = share > 0.02 ? fmt::format(", {:.0f} s left", seconds * (1 - share) / share) : "";
  std::fputs(fmt::format("\r{} {} of {} {}{}\x1b[K", bar, grouped(done), grouped(of), what_, left).c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

}  // namespace shortfall
