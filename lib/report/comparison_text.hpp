// A comparison for people: the verdict first, then the edits that did it.
#pragma once

#include <string>

#include "report/text.hpp"
#include "study/compare.hpp"

namespace shortfall {

std::string comparison_text(const CompareResult& result, const TextStyle& style);

}  // namespace shortfall
