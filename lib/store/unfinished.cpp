#include "store/unfinished.hpp"

#include <cerrno>
#include <mutex>
#include <set>
#include <system_error>

namespace shortfall {
namespace {

// All that is half written, and the lock under which it is made, moved into place or deleted: whoever ends the program sees each of these done or not
// begun. Never destroyed, as the thread that waits for signals outlives main.
struct All {
  std::mutex mutex;
  std::set<std::filesystem::path> paths;
  bool any_finished = false;
};
All& all() {
  static All& one = *new All;
  return one;
}

void remove_with_all(const std::filesystem::path& path) {
  std::error_code code;
  std::filesystem::remove_all(path, code);
}

}  // namespace

Unfinished::Unfinished(const std::filesystem::path& pattern, const std::function<bool(char*)>& make) {
  std::string name = pattern.string();
  const std::lock_guard lock(all().mutex);
  made_ = make(name.data());
  path_ = name;
  if (made_) all().paths.insert(path_);
}

Unfinished::~Unfinished() {
  if (!made_) return;
  const int reason = errno;
  const std::lock_guard lock(all().mutex);
  if (all().paths.erase(path_) > 0) remove_with_all(path_);
  errno = reason;
}

bool Unfinished::move_into_place(const std::function<bool()>& move) {
  const std::lock_guard lock(all().mutex);
  if (!move()) return false;
  all().any_finished = true;
  return true;
}

bool stop_writing_files() {
  all().mutex.lock();  // and never unlocked
  for (const auto& path : all().paths) remove_with_all(path);
  return all().any_finished;
}

}  // namespace shortfall
