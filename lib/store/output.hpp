// Results out: whole or not at all.
#pragma once

#include <optional>
#include <string>

#include "store/unfinished.hpp"

namespace shortfall {

// To the file (through a temporary one beside it, moved into place when all of it is on disk), or to standard output when `path` is empty.
// Throws MachineFailed with the reason.
void write_output(const std::string& text, const std::string& path, bool writes = true);

// What the program reads is not to be replaced by what it writes: an output of that path is refused, with BadInput.
void spare(const std::string& path);

// Of several processes the first writes, the others do not (`writes`). The same for what is written piece by piece: a file has all of it or stays as
// it was; standard output gets each piece at once.
class Output {
 public:
  explicit Output(const std::string& path, bool writes = true);
  ~Output();  // without finish(): nothing was written
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  void write(const std::string& text);
  void finish();

 private:
  std::string path_;
  std::optional<Unfinished> temporary_;  // none: written in place
  int file_ = -1;
};

}  // namespace shortfall
