// What `validate` found as SARIF 2.1.0 (OASIS, 2020): the format in which code scanners hand their findings on.
#pragma once

#include <string>

#include "base/problem.hpp"

namespace shortfall {

std::string sarif(const Problems& problems, const std::string& program, const std::string& version);

}  // namespace shortfall
