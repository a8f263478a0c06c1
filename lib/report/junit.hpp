// A comparison's limits as JUnit XML, a test case for each gate and each allowed change: what CI systems show as test results.
#pragma once

#include <string>

#include "study/compare.hpp"

namespace shortfall {

// What is crossed is a failure, what is unclear an error.
std::string junit(const CompareResult& result);

}  // namespace shortfall
