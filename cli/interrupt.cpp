#include "cli/interrupt.hpp"

#include <unistd.h>

#include <climits>
#include <csignal>
#include <cstring>

namespace shortfall {
namespace {

// A signal handler may touch little else.
char unfinished[PATH_MAX];
volatile std::sig_atomic_t has_unfinished = 0;

extern "C" void stop(int signal) {
  if (has_unfinished != 0) unlink(unfinished);
  if (isatty(STDERR_FILENO) != 0) {
    constexpr char clear_line[] = "\r\x1b[K";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, clear_line, sizeof clear_line - 1);
  }
  _exit(128 + signal);
}

}  // namespace

void stop_at_once_when_interrupted() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler == SIG_IGN) continue;  // nohup
    action.sa_handler = stop;
    sigfillset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
}

void delete_when_interrupted(const std::string& path) {
  has_unfinished = 0;
  if (path.empty() || path.size() >= sizeof unfinished) return;
  std::memcpy(unfinished, path.c_str(), path.size() + 1);
  has_unfinished = 1;
}

}  // namespace shortfall
