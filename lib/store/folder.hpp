// A folder of files written together: all of them, or none.
#pragma once

#include <string>
#include <vector>

#include "plan/assemble.hpp"

namespace shortfall {

// Of files that are there already, equal ones are left alone. A different one is refused with BadInput, before anything is written, unless they are
// to be replaced. Throws MachineFailed with the reason where the disk fails.
enum class Existing { refused, replaced };
void write_folder(const std::vector<Source>& files, const std::string& folder, Existing existing);

}  // namespace shortfall
