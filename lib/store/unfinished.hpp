// What is half written, under a name of its own until it is moved into place: a file or a folder.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace shortfall {

class Unfinished {
 public:
  // `make` makes it under that pattern's name (mkstemp's six X) and says whether it could; errno tells why not.
  Unfinished(const std::filesystem::path& pattern, const std::function<bool(char* pattern)>& make);
  ~Unfinished();  // deletes it and what is in it, unless it was moved
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  bool is_made() const { return made_; }
  const std::filesystem::path& path() const { return path_; }

  // `move` moves it, or all that is in it, and says whether it could. No signal ends the program in between.
  bool move_into_place(const std::function<bool()>& move);

 private:
  std::filesystem::path path_;
  bool made_ = false;
};

// For a program that is about to end: deletes what is half written, and from now on nothing is begun or moved into place; who would do so waits.
// Whether something whole was moved into place before.
bool stop_writing_files();

}  // namespace shortfall
