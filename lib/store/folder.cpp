#include "store/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "store/descriptors.hpp"
#include "store/failure.hpp"
#include "store/unfinished.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& path, const std::string& text) {
  std::ifstream stream(path, std::ios::binary);
  return stream && std::string(std::istreambuf_iterator<char>(stream), {}) == text;
}

[[noreturn]] void failed(const fs::path& path, int reason) {
  throw MachineFailed(fmt::format("cannot write into {}: {}", path.string(), std::strerror(reason)));
}

// As mkdir makes one.
fs::perms folder_mode() {
  const mode_t mask = umask(0);
  umask(mask);
  return fs::perms(0777 & ~mask);
}

bool write_whole(const fs::path& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return false;
  bool good = write_all(file, text);
  while (good && fsync(file) != 0) good = errno == EINTR;
  const int reason = errno;
  if (close(file) != 0 && good) return false;
  errno = reason;
  return good;
}

}  // namespace

void write_folder(const std::vector<Source>& files, const std::string& folder, Existing existing) {
  const fs::path target = fs::path(folder).lexically_normal() / "";
  const fs::path to = target.parent_path().empty() ? fs::path(".") : target.parent_path();
  std::error_code code;
  const bool there = fs::exists(to, code);
  if (there && !fs::is_directory(to, code))
    throw BadInput({{whole_file(folder), Code::command_line, "a file where a folder is to be written; name another with --to"}});
  Problems problems;
  for (const Source& file : files)
    if (there && existing == Existing::refused && fs::exists(to / file.name, code) && !holds(to / file.name, file.text))
      problems.push_back({whole_file((to / file.name).string()), Code::command_line,
                          "is there already and differs; replace it with --replace, or name another folder with --to"});
  if (!problems.empty()) throw BadInput(std::move(problems));
  std::string pattern = (there ? to / ".import-XXXXXX" : fs::path(to.string() + ".XXXXXX")).string();
  if (!there && to.has_parent_path()) fs::create_directories(to.parent_path(), code);
  Unfinished temporary(pattern, [](char* name) { return mkdtemp(name) != nullptr; });
  if (!temporary.is_made()) failed(to, errno);
  for (const Source& file : files)
    if (!write_whole(temporary.path() / file.name, file.text)) failed(to, errno);
  const bool moved = temporary.move_into_place([&] {
    if (there) {
      for (const Source& file : files)
        if (!code) fs::rename(temporary.path() / file.name, to / file.name, code);
    } else {
      fs::permissions(temporary.path(), folder_mode(), code);
      fs::rename(temporary.path(), to, code);
    }
    return !code;
  });
  if (!moved) failed(to, code.value());
}

}  // namespace shortfall
