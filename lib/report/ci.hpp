// What the systems read that check a change to the plans: notes beside the lines of a pull request, test results, and findings of a scanner.
#pragma once

#include <string>

#include "plan/allowance.hpp"
#include "study/compare.hpp"

namespace shortfall {

// GitHub's workflow commands. Paths must be relative to the repository's root, as they are when the program is run there. Errors for limits that are
// crossed, warnings for those that are unclear and for edits that do material harm, notices for the other edits.
std::string github(const Problems& problems);
std::string github(const RunResult& result);
std::string github(const CompareResult& result);

// JUnit XML, a test case for each gate and each limit on a change: what is crossed is a failure, what is unclear an error.
std::string junit(const RunResult& result);
std::string junit(const CompareResult& result);

// SARIF 2.1.0 (OASIS, 2020): the format in which code scanners hand their findings on.
std::string sarif(const Problems& problems, const std::vector<AllowedProblem>& allowed, const std::string& program, const std::string& version);

}  // namespace shortfall
