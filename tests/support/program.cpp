#include "support/program.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <cwchar>
#include <fstream>
#include <iterator>
#include <regex>
#include <thread>
#include <utility>

extern char** environ;

namespace shortfall::test {
namespace {

// As the C library's wcwidth has it.
std::size_t cells_of(const std::string& line) {
  static const locale_t unicode = newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
  REQUIRE(unicode != nullptr);
  const locale_t before = uselocale(unicode);
  std::size_t cells = 0;
  std::mbstate_t state{};
  for (std::size_t at = 0; at < line.size();) {
    wchar_t c = 0;
    const std::size_t bytes = std::mbrtowc(&c, line.data() + at, line.size() - at, &state);
    if (bytes == 0 || bytes > line.size()) break;
    cells += static_cast<std::size_t>(std::max(0, wcwidth(c)));
    at += bytes;
  }
  uselocale(before);
  return cells;
}

// Longer than any test may take: what hangs is killed, and fails its test.
constexpr std::chrono::seconds whole_test{250};

// `words` with the program first; its output goes to files in `folder`.
pid_t started(const std::vector<std::string>& words, const std::vector<std::string>& environment, const Folder& folder) {
  std::vector<char*> argv, variables;
  for (const std::string& w : words) argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  for (const std::string& e : environment) variables.push_back(const_cast<char*>(e.c_str()));
  for (char** e = environ; *e != nullptr; ++e) variables.push_back(*e);
  variables.push_back(nullptr);

  const std::string out = folder.path("out"), err = folder.path("err");
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  REQUIRE(posix_spawn(&pid, argv.front(), &files, nullptr, argv.data(), variables.data()) == 0);
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

Ran waited(pid_t pid, std::chrono::milliseconds limit, const Folder& folder) {
  const auto end = std::chrono::steady_clock::now() + limit;
  int status = 0;
  pid_t ended = 0;
  while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
    if (std::chrono::steady_clock::now() > end) kill(pid, SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  REQUIRE(ended == pid);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text_of(folder.path("out")), text_of(folder.path("err"))};
}

}  // namespace

std::string text_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string program() {
  const char* other = std::getenv("SHORTFALL_PROGRAM");
  return other != nullptr ? other : SHORTFALL_PROGRAM;
}

Ran run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
  const Folder folder;
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), program());
  return waited(started(words, environment, folder), whole_test, folder);
}

Ran run_in_shell(const std::string& script, const std::vector<std::string>& arguments) {
  const Folder folder;
  std::vector<std::string> words = {"/bin/sh", "-c", script, "sh", program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return waited(started(words, {}, folder), whole_test, folder);
}

Running::Running(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), program());
  pid_ = started(words, {}, folder_);
}

Running::~Running() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Running::work(std::chrono::milliseconds time) const {
  clockid_t clock = 0;
  REQUIRE(clock_getcpuclockid(pid_, &clock) == 0);
  const auto end = std::chrono::steady_clock::now() + whole_test;
  timespec taken{};
  while (std::chrono::steady_clock::now() < end && clock_gettime(clock, &taken) == 0 &&
         std::chrono::seconds(taken.tv_sec) + std::chrono::nanoseconds(taken.tv_nsec) < time)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void Running::signal(int number) const { REQUIRE(kill(pid_, number) == 0); }

Ran Running::wait(std::chrono::milliseconds limit) { return waited(std::exchange(pid_, 0), limit, folder_); }

nlohmann::json result(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "run");
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran ran = run(arguments);
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  return nlohmann::json::parse(ran.out);
}

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "shortfall-test-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

std::string Folder::path(const std::string& name) const { return name.empty() ? path_.string() : (path_ / name).string(); }

std::string scenario(const std::string& name) { return std::string(SHORTFALL_SOURCE) + "/scenarios/" + name; }

std::string without_bridge(const std::string& result) {
  const std::size_t first = result.find("  \"bridge\": {"), end = result.find("\n  },\n", first == std::string::npos ? 0 : first),
                    last = result.find(",\n  \"bridge\": {"), close = result.find("\n  }\n", first == std::string::npos ? 0 : first);
  if (first == std::string::npos) return result;
  if (end != std::string::npos) return result.substr(0, first) + result.substr(end + 6);
  return result.substr(0, last) + result.substr(close + 4);
}

void check_schema(const std::string& name, const std::string& document) {
  const Folder folder;
  const std::string source = SHORTFALL_SOURCE;
  const Ran ran = run_in_shell("shift; exec \"$@\"", {source + "/tests/support/check-json", source + "/lib/report/schema/" + name + ".schema.json",
                                                      folder.write("document.json", document)});
  CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
}

// A place in a file is never broken, so that it can be copied and clicked: it may be wider than the page, on a line that holds nothing else.
void check_width(const std::string& page, std::size_t columns) {
  static const std::regex place(" *[(]?[^ ]+/[^ ]+:[0-9]+[).,]*");
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = std::min(page.find('\n', at), page.size());
    const std::string line = page.substr(at, end - at);
    if (cells_of(line) > columns) CHECK_MESSAGE(std::regex_match(line, place), line);
    at = end + 1;
  }
}

}  // namespace shortfall::test
