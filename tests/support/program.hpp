// Runs the built program as a user would, and makes the files it reads.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace shortfall::test {

struct Ran {
  int status = -1;  // the exit status; 128 + n when signal n ended it
  std::string out, err;
};

// `arguments` after the program's name. `environment` ("NAME=value") is added to this process's.
Ran run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {});

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

std::string scenario(const std::string& name);  // the path of scenarios/<name>

}  // namespace shortfall::test
