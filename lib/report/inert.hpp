// Text that a CI system shows in its log, without what the system would take for a command of its own.
#pragma once

#include <string>

namespace shortfall {

// GitHub and Azure read "::error::…" at the start of a line, and "##[…]" and "##vso[…]" anywhere in it, as orders; TeamCity "##teamcity[…]". A title
// or a file name may hold them, so the second sign is written as one that looks alike and is as wide.
std::string inert(std::string text);

// The same of a JSON document, in whose strings the sign can be written in another way that means the same.
std::string inert_json(std::string text);

}  // namespace shortfall
