// Runs the built program as a user would, and makes the files it reads.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace shortfall::test {

// The program under test: the one built beside the tests, or what the environment's SHORTFALL_PROGRAM names (a sanitizer's build, say).
std::string program();

struct Ran {
  int status = -1;  // the exit status; 128 + n when signal n ended it
  std::string out, err;
};

// `arguments` after the program's name. `environment` ("NAME=value") is added to this process's.
Ran run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {});

// The same through a shell, where "$@" is the program with its arguments: run_in_shell("exec \"$@\" > /dev/full", {"--help"}).
Ran run_in_shell(const std::string& script, const std::vector<std::string>& arguments);

// The result of `shortfall run ARGUMENTS --format json`; fails the test, showing the message, unless the exit status is 0.
nlohmann::json result(std::vector<std::string> arguments);

// A folder of its own, gone at the end of the test.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const;  // returns its path
  std::string path(const std::string& name = "") const;

 private:
  std::filesystem::path path_;
};

// The program left running, to be stopped by a signal.
class Running {
 public:
  explicit Running(const std::vector<std::string>& arguments);
  ~Running();  // kills it, if it still runs
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void work(std::chrono::milliseconds time) const;  // returns when it has taken so much of the processors, however busy they are with other things
  void signal(int number) const;
  Ran wait(std::chrono::milliseconds limit);  // kills it when the time is over: its status is then 128 + 9

 private:
  Folder folder_;
  pid_t pid_ = 0;
};

std::string text_of(const std::filesystem::path& path);  // the file's bytes

std::string scenario(const std::string& name);  // the path of scenarios/<name>

// A result without its bridge, which takes a look at the futures themselves: what is merged of shards has none.
std::string without_bridge(const std::string& result);

// That a document keeps to lib/report/schema/<name>.schema.json; that no line of a page takes more than so many of a terminal's cells.
void check_schema(const std::string& name, const std::string& document);
void check_width(const std::string& page, std::size_t columns);

}  // namespace shortfall::test
