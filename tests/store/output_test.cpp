// What a program that is ended in the middle of its writing leaves behind. Each ending is a process of its own.
#include "store/output.hpp"

#include <doctest/doctest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "store/folder.hpp"

namespace fs = std::filesystem;

namespace {

// How many of the next calls of fsync a signal interrupts, and how many there were.
std::atomic<int> interruptions = 0, syncs = 0;

}  // namespace

// In the place of the C library's.
extern "C" int fsync(int file) {
  ++syncs;
  if (interruptions > 0) {
    --interruptions;
    errno = EINTR;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fsync, file));
}

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "output-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path(const std::string& name) const { return path_ / name; }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(path_)) all.push_back(entry.path().filename());
    return all;
  }

 private:
  fs::path path_;
};

// The status of a process that does that; it ends by _exit, as an interrupted one does, and destroys nothing.
int in_a_process(const std::function<void()>& work) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) work(), _exit(-1);
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// What another thread does in the time that an interrupted program takes for its last words; it may have to wait for ever.
void meanwhile(const std::function<void()>& work) {
  std::thread(work).detach();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a program that is ending begins no file") {
  const Folder folder;
  CHECK(in_a_process([&] {
          const bool written = shortfall::stop_writing_files();
          meanwhile([&] {
            shortfall::Output output(folder.path("new"));
            std::this_thread::sleep_for(std::chrono::hours(1));
          });
          _exit(written ? 1 : 0);
        }) == 0);
  CHECK(folder.names().empty());
}

TEST_CASE("a program that is ending deletes what it has half written, and moves none into place") {
  const Folder folder;
  std::ofstream(folder.path("old")) << "old";
  CHECK(in_a_process([&] {
          shortfall::Output output(folder.path("old"));
          output.write("new");
          const bool written = shortfall::stop_writing_files();
          meanwhile([&] { output.finish(); });
          _exit(written ? 1 : 0);
        }) == 0);
  CHECK(folder.names() == std::vector<std::string>{"old"});
  CHECK(text_of(folder.path("old")) == "old");
}

TEST_CASE("a folder of files is all there or not at all, however its writing is ended") {
  const Folder folder;
  const std::vector<shortfall::Source> files = {{"a.yaml", "a"}, {"b.yaml", "b"}};
  CHECK(in_a_process([&] {
          const bool written = shortfall::stop_writing_files();
          meanwhile([&] { shortfall::write_folder(files, folder.path("plans"), shortfall::Existing::refused); });
          _exit(written ? 1 : 0);
        }) == 0);
  CHECK(folder.names().empty());
  CHECK(in_a_process([&] {
          shortfall::write_folder(files, folder.path("plans"), shortfall::Existing::refused);
          _exit(shortfall::stop_writing_files() ? 1 : 0);
        }) == 1);
  CHECK(folder.names() == std::vector<std::string>{"plans"});
  CHECK(text_of(folder.path("plans/a.yaml")) + text_of(folder.path("plans/b.yaml")) == "ab");
  CHECK(in_a_process([&] {
          const shortfall::Unfinished half(folder.path(".import-XXXXXX"), [](char* name) { return mkdtemp(name) != nullptr; });
          std::ofstream(half.path() / "a.yaml") << "new";
          _exit(half.is_made() && !shortfall::stop_writing_files() ? 0 : 1);
        }) == 0);
  CHECK(folder.names() == std::vector<std::string>{"plans"});
}

TEST_CASE("a program that is ending knows that its output stands") {
  const Folder folder;
  CHECK(in_a_process([&] {
          shortfall::write_output("new", folder.path("whole"));
          _exit(shortfall::stop_writing_files() ? 1 : 0);
        }) == 1);
  CHECK(folder.names() == std::vector<std::string>{"whole"});
  CHECK(text_of(folder.path("whole")) == "new");
}

TEST_CASE("a signal while a file is brought to the disk is no failure of the disk") {
  const Folder folder;
  interruptions = 3;
  syncs = 0;
  shortfall::write_output("new", folder.path("whole"));
  CHECK(syncs == 4);
  CHECK(text_of(folder.path("whole")) == "new");
  interruptions = 2;
  syncs = 0;
  shortfall::write_folder({{"a.yaml", "a"}}, folder.path("plans"), shortfall::Existing::refused);
  CHECK(syncs == 3);
  CHECK(text_of(folder.path("plans/a.yaml")) == "a");
}
