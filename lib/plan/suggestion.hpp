// "did you mean": the nearest of the words that would have been right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

// "; did you mean 'needs'?", or nothing when no candidate is near (a third of its letters, at most 3, by Damerau's optimal string alignment).
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace shortfall
