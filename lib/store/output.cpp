#include "store/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "store/descriptors.hpp"
#include "store/failure.hpp"

namespace shortfall {
namespace {

[[noreturn]] void failed(const std::string& what) { throw MachineFailed(fmt::format("cannot write {}: {}", what, std::strerror(errno))); }

// A device or a pipe cannot be replaced by a file; it is written to.
bool is_special(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

// What a symbolic link leads to is replaced, not the link, also where nothing is there yet.
std::string followed(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code code;
  fs::path at = path;
  for (int links = 0; links < 40 && fs::is_symlink(fs::symlink_status(at, code)); ++links) {
    const fs::path target = fs::read_symlink(at, code);
    at = target.is_absolute() ? target : at.parent_path() / target;
  }
  const fs::path folder = fs::canonical(at.parent_path().empty() ? "." : at.parent_path(), code);
  return code ? path : (folder / at.filename()).string();
}

bool synced(int file) {
  int result = 0;
  while ((result = fsync(file)) != 0 && errno == EINTR) continue;
  return result == 0;
}

std::set<std::string>& spared() {
  static std::set<std::string> paths;
  return paths;
}

}  // namespace

void spare(const std::string& path) { spared().insert(followed(path)); }

Output::Output(const std::string& given, bool writes) : path_(given) {
  if (!writes) return;
  if (given.empty() || given == "-") {
    path_ = "standard output";
    file_ = STDOUT_FILENO;
    return;
  }
  if (const auto own = own_descriptor(given)) {
    file_ = fcntl(*own, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (file_ < 0) failed(path_);
    return;
  }
  if (is_special(given)) {
    file_ = open(given.c_str(), O_WRONLY | O_CLOEXEC);
    if (file_ < 0) failed(path_);
    return;
  }
  path_ = followed(given);
  if (spared().contains(path_))
    throw BadInput({{whole_file(given), Code::command_line, "is one of the files that were read, and would be lost; name another for --output"}});
  temporary_.emplace(path_ + ".XXXXXX", [&](char* pattern) { return (file_ = mkostemp(pattern, O_CLOEXEC)) >= 0; });
  if (file_ < 0) failed(path_);
}

Output::~Output() {
  if (file_ >= 0 && file_ != STDOUT_FILENO) close(file_);
}

void Output::write(const std::string& text) {
  if (file_ >= 0 && !write_all(file_, text)) failed(path_);
}

void Output::finish() {
  if (file_ < 0 || file_ == STDOUT_FILENO) return;
  bool good = true;
  if (temporary_) {
    const mode_t mask = umask(0);
    umask(mask);
    struct stat existing {};
    const mode_t mode = stat(path_.c_str(), &existing) == 0 ? existing.st_mode & 07777 : 0666 & ~mask;
    good = fchmod(file_, mode) == 0 && synced(file_);
  }
  int reason = errno;
  if (close(std::exchange(file_, -1)) != 0 && good) good = false, reason = errno;
  if (temporary_ && good && !temporary_->move_into_place([&] { return rename(temporary_->path().c_str(), path_.c_str()) == 0; }))
    good = false, reason = errno;
  temporary_.reset();
  errno = reason;
  if (!good) failed(path_);
}

void write_output(const std::string& text, const std::string& path, bool writes) {
  Output output(path, writes);
  output.write(text);
  output.finish();
}

}  // namespace shortfall
