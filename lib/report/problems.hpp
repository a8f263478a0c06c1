// What `validate` found, for people and for scripts.
#pragma once

#include <string>

#include "base/problem.hpp"

namespace shortfall {

std::string problems_text(const Problems& problems);  // a line each
// {"schema": "shortfall/problems/1", "errors": n, "warnings": n, "problems": [{"file", "line", "column", "severity", "message"}]}
std::string problems_json(const Problems& problems);

}  // namespace shortfall
