// Plans with edits made in them, as files.
#pragma once

#include <string>
#include <vector>

#include "plan/assemble.hpp"

namespace shortfall {

// The files of one folder: the system's, its reference classes where it names some, and its plans, each by its own name; a text that no edit changes
// stays as it is. `what` stands as a comment at the head of those that are changed. Throws BadInput where the edits cannot be made.
std::vector<Source> written_plan(const Sources& sources, const Documents& documents, const std::vector<Edit>& edits, const std::string& what);

}  // namespace shortfall
