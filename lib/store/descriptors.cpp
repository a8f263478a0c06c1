#include "store/descriptors.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>

namespace shortfall {
namespace {

namespace fs = std::filesystem;

std::optional<int> number_of(const std::string& text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0 ? std::optional<int>(number) : std::nullopt;
}

}  // namespace

void hold_standard_descriptors() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(file, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number is this one. Standard output opened for reading refuses what is written to it.
    [[maybe_unused]] const int opened = open("/dev/null", file == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
  std::signal(SIGXFSZ, SIG_IGN);
}

std::optional<int> own_descriptor(const std::string& path) {
  std::error_code code;
  const fs::path own = fs::canonical("/proc/self/fd", code);
  if (code) return {};
  fs::path at = path;
  for (int links = 0; links < 40; ++links) {
    const fs::path folder = fs::canonical(at.parent_path().empty() ? "." : at.parent_path(), code);
    if (code) return {};
    if (folder == own) return number_of(at.filename().string());
    if (!fs::is_symlink(fs::symlink_status(at, code))) return {};
    at = folder / fs::read_symlink(at, code);
  }
  return {};
}

bool write_all(int file, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = write(file, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      pollfd ready{file, POLLOUT, 0};
      poll(&ready, 1, -1);
      continue;
    }
    if (n <= 0) return false;
    at += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace shortfall
