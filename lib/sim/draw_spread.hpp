// What draws of what is not known differ by, where those that fit what was seen come more often than others.
#pragma once

#include <vector>

namespace shortfall {

// Of draws' means, each by its part of all blocks. `within`: the variance of a single block's mean within draws.
struct DrawSpread {
  double mean = 0;
  double spread = 0;     // standard deviation of the draws' means
  double knowledge = 0;  // τ, of what the draws are of
  double of_choice = 0;  // variance of the mean, as other draws could have been chosen
};
DrawSpread draw_spread(const std::vector<double>& means, const std::vector<double>& blocks, double within);

}  // namespace shortfall
