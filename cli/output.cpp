#include "cli/output.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "cli/interrupt.hpp"
#include "cli/status.hpp"

namespace shortfall {
namespace {

[[noreturn]] void failed(const std::string& what) { throw MachineFailed(fmt::format("cannot write {}: {}", what, std::strerror(errno))); }

bool write_all(int file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = write(file, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

// A device or a pipe cannot be replaced by a file; it is written to.
bool is_special(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

// What a symbolic link leads to is replaced, not the link.
std::string followed(const std::string& path) {
  std::error_code code;
  const std::filesystem::path target = std::filesystem::canonical(path, code);
  return code ? path : target.string();
}

void write_in_place(const std::string& text, const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) failed(path);
  if (!write_all(file, text)) {
    const int reason = errno;
    close(file);
    errno = reason;
    failed(path);
  }
  if (close(file) != 0) failed(path);
}

}  // namespace

void write_output(const std::string& text, const std::string& given) {
  if (given.empty()) {
    if (!write_all(STDOUT_FILENO, text)) failed("standard output");
    return;
  }
  if (is_special(given)) return write_in_place(text, given);
  const std::string path = followed(given);

  std::vector<char> name(path.begin(), path.end());
  for (const char c : std::string(".XXXXXX")) name.push_back(c);
  name.push_back('\0');
  const int file = mkstemp(name.data());
  if (file < 0) failed(path);
  const std::string temporary = name.data();
  delete_when_interrupted(temporary);
  const mode_t mask = umask(0);
  umask(mask);
  struct stat existing {};
  const mode_t mode = stat(path.c_str(), &existing) == 0 ? existing.st_mode & 07777 : 0666 & ~mask;
  const bool good = write_all(file, text) && fchmod(file, mode) == 0 && fsync(file) == 0;
  int reason = errno;
  if (close(file) != 0 && good) reason = errno;
  if (!good || rename(temporary.c_str(), path.c_str()) != 0) {
    if (good) reason = errno;
    unlink(temporary.c_str());
    delete_when_interrupted("");
    errno = reason;
    failed(path);
  }
  delete_when_interrupted("");
}

}  // namespace shortfall
