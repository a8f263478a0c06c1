#include "store/folder.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "store/failure.hpp"
#include "store/output.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

bool holds(const fs::path& path, const std::string& text) {
  std::ifstream stream(path, std::ios::binary);
  return stream && std::string(std::istreambuf_iterator<char>(stream), {}) == text;
}

// Goes with all that is in it, unless it has been moved to its place.
struct TemporaryFolder {
  fs::path path;
  ~TemporaryFolder() {
    std::error_code code;
    if (!path.empty()) fs::remove_all(path, code);
  }
};

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
  if (mkdtemp(pattern.data()) == nullptr) throw MachineFailed(fmt::format("cannot write into {}: {}", to.string(), std::strerror(errno)));
  TemporaryFolder temporary{pattern};
  for (const Source& file : files) write_output(file.text, (temporary.path / file.name).string());
  if (!there) {
    fs::permissions(temporary.path,
                    fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec, code);
    fs::rename(temporary.path, to, code);
  } else {
    for (const Source& file : files) {
      if (code) break;
      fs::rename(temporary.path / file.name, to / file.name, code);
    }
  }
  if (code) throw MachineFailed(fmt::format("cannot write into {}: {}", to.string(), code.message()));
}

}  // namespace shortfall
