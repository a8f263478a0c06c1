#include "cli/interrupt.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/problem.hpp"
#include "cli/ranks.hpp"
#include "store/output.hpp"

namespace shortfall {
namespace {

constexpr std::array ending_signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU};

struct Unfinished {
  std::mutex mutex;
  std::function<std::string()> words;
};

// Never destroyed, as the thread that waits for signals outlives main.
Unfinished& unfinished() {
  static Unfinished& all = *new Unfinished;
  return all;
}

void say(const std::string& text) {
  const std::string clear_line = isatty(STDERR_FILENO) != 0 ? "\r\x1b[K" : "", line = fmt::format("{}shortfall: {}\n", clear_line, printable(text));
  [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

[[noreturn]] void stop(int signal) {
  const std::lock_guard lock(unfinished().mutex);
  const bool written = stop_writing_files();
  const std::string words = unfinished().words ? unfinished().words() : "interrupted; what was done so far is lost, and nothing is written";
  if (ranks() == nullptr)
    say(written ? "interrupted, but the output is written" : words);  // of several processes the one that ends them has said why
  _exit(128 + signal);
}

// A thread that waits for them may do what a signal handler must not: take its time with a database.
void wait_for(sigset_t signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  // A second one does not wait for what the first one does.
  for (const int again : ending_signals)
    if (sigismember(&signals, again) == 1) std::signal(again, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  stop(signal);
}

}  // namespace

void stop_at_once_when_interrupted() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : ending_signals) {
    struct sigaction action {};
    sigaction(signal, nullptr, &action);
    if (action.sa_handler != SIG_IGN) sigaddset(&signals, signal);  // nohup
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  try {
    std::thread(wait_for, signals).detach();
  } catch (const std::system_error&) {  // no more threads: stopped all the same, without a word
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  }
}

LastWords::LastWords(std::function<std::string()> words) {
  const std::lock_guard lock(unfinished().mutex);
  unfinished().words = std::move(words);
}

LastWords::~LastWords() {
  const std::lock_guard lock(unfinished().mutex);
  unfinished().words = nullptr;
}

}  // namespace shortfall
