// The three standard descriptors, and files that are really one of the process's own.
#pragma once

#include <optional>
#include <string>

namespace shortfall {

// Opens what a parent left closed, so that no file that is opened later takes the number of standard output: 0 and 2 as /dev/null, 1 as something
// that cannot be written to, as a closed output could not. A file that grows too large is an error of writing, not the end of the process.
void hold_standard_descriptors();

// The open descriptor that a path stands for: /dev/stdout, /dev/fd/3, /proc/self/fd/1. Opening such a path anew would start at a file's beginning.
std::optional<int> own_descriptor(const std::string& path);

// All of the text, also where the other side is slow and writing does not wait (O_NONBLOCK). Whether it was written; errno says why not.
bool write_all(int file, const std::string& text);

}  // namespace shortfall
