// Results out: whole or not at all.
#pragma once

#include <string>

namespace shortfall {

// To the file (through a temporary one beside it, moved into place when all of it is on disk), or to standard output when `path` is empty.
// Throws MachineFailed with the reason.
void write_output(const std::string& text, const std::string& path, bool writes = true);

// What the program reads is not to be replaced by what it writes: an output of that path is refused, with BadInput.
void spare(const std::string& path);

// For a program that is about to end: deletes the file that is half-written, and from now on none is begun or moved into place; who would do so waits.
// Whether a whole file was moved into place before.
bool stop_writing_files();

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
  std::string path_, temporary_;  // an empty temporary_: written in place
  int file_ = -1;
};

}  // namespace shortfall
