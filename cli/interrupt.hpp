// Ctrl-C stops the program at once, prints nothing half-done and leaves nothing half-written.
#pragma once

#include <string>

namespace shortfall {

// From now on SIGINT ends the program with status 130, SIGTERM and SIGHUP with 143 and 129.
void stop_at_once_when_interrupted();

// A file to delete when that happens; an empty name: none.
void delete_when_interrupted(const std::string& path);

}  // namespace shortfall
