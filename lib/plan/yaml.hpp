// A tree of values as YAML text, which reads back as the same tree.
#pragma once

#include <string>

#include "plan/document.hpp"

namespace shortfall {

// A map by lines; a list, and a map that holds nothing but single values and fits a line, within one.
std::string yaml_of(const Node& node);

}  // namespace shortfall
