#include "cli/ranks.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "cli/status.hpp"

namespace shortfall {
namespace {

std::unique_ptr<Ranks> joined;

const char* first_set(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  return nullptr;
}

// As Open MPI, and the PMI of other launchers, tell their processes.
bool started_together() {
  const char* size = first_set({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"});
  return size != nullptr ? std::atoi(size) > 1 : first_set({"PMIX_RANK"}) != nullptr;
}

volatile std::sig_atomic_t guarded = 0;

extern "C" void pass_on(int signal) {
  if (guarded != 0) kill(static_cast<pid_t>(guarded), signal);
}

}  // namespace

void guard_rank() {
  if (!started_together()) return;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw MachineFailed("cannot start a process");
  if (child == 0) {
    // So that an unfinished file is deleted; where the signal is ignored nothing else would end it.
    struct sigaction action {};
    sigaction(SIGTERM, nullptr, &action);
    prctl(PR_SET_PDEATHSIG, action.sa_handler == SIG_IGN ? SIGKILL : SIGTERM);
    if (getppid() != parent) _exit(static_cast<int>(Status::machine_failed));
    return;
  }
  guarded = child;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    action.sa_handler = pass_on;
    sigaction(signal, &action, nullptr);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  const char* rank = first_set({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"});
  const std::string line =
      fmt::format("shortfall: rank {} was killed (signal {}), so the job ends; a store keeps what was done, and the same command goes on\n",
                  rank == nullptr ? "?" : rank, WTERMSIG(status));
  [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
  _exit(static_cast<int>(Status::machine_failed));
}

namespace {

// Beside the program where it was built, in its library's folder where it was installed.
void* load_module() {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
  for (const fs::path& path : {folder / "shortfall-mpi.so", folder / SHORTFALL_MODULE_FOLDER / "shortfall-mpi.so"})
    if (fs::exists(path, code)) return dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  return nullptr;
}

}  // namespace

void join_ranks() {
  if (!started_together()) return;
  void* module = load_module();
  using Join = Ranks* (*)();
  const auto join = module == nullptr ? nullptr : reinterpret_cast<Join>(dlsym(module, "shortfall_join_ranks"));
  if (join == nullptr) {
    const char* why = dlerror();
    throw MachineFailed(
        fmt::format("started as one of several processes, but without MPI ({})", why == nullptr ? "the program was built without it" : why));
  }
  joined.reset(join());
  if (joined->count() == 1) joined.reset();
}

Ranks* ranks() { return joined.get(); }

bool is_first() { return rank_of(joined.get()) == 0; }

void leave_ranks() { joined.reset(); }

unsigned threads_for_a_rank() {
  if (!joined) return 0;
  cpu_set_t cores;
  const unsigned all = std::max(1u, std::thread::hardware_concurrency());
  unsigned mine = sched_getaffinity(0, sizeof cores, &cores) == 0 ? static_cast<unsigned>(CPU_COUNT(&cores)) : all;
  // A rank that is bound to no cores of its own shares them with the machine's others.
  const char* local = first_set({"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"});
  if (mine >= all && local != nullptr) mine = all / static_cast<unsigned>(std::max(1, std::atoi(local)));
  return std::max(1u, mine);
}

void spread_over_ranks(RunOptions& options) {
  options.ranks = ranks();
  if (options.threads == 0) options.threads = threads_for_a_rank();
}

}  // namespace shortfall
