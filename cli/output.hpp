// Results out: whole or not at all.
#pragma once

#include <string>

namespace shortfall {

// To the file (through a temporary one beside it, moved into place when all of it is on disk), or to standard output when `path` is empty.
// Throws MachineFailed with the reason.
void write_output(const std::string& text, const std::string& path);

}  // namespace shortfall
