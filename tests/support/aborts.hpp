// Whether a call ends the process by a failed assert: tried in a child, whose complaint is not shown. Only where asserts are on.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

template <class Call>
bool aborts(Call call) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // the test's own handler would report it
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(2);
    call();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}
