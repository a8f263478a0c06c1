// Text as YAML, for the files that are written here.
#pragma once

#include <string>
#include <string_view>

#include "plan/document.hpp"

namespace shortfall {

// A scalar in double quotes.
std::string yaml_quoted(std::string_view text);
// A value on one line: what stands in a list or map comes out in brackets or braces.
std::string flow_text(const Node& node);

}  // namespace shortfall
