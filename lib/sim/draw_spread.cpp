#include "sim/draw_spread.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {

// The variance of the means is that of the draws, and of the blocks about them: `within` (draws − 1)/all. What is chosen varies less than what it is
// chosen from by the sum of the parts' squares, which also says how many independent draws the mean is worth.
DrawSpread draw_spread(const std::vector<double>& means, const std::vector<double>& blocks, double within) {
  double all = 0, sum = 0;
  for (std::size_t k = 0; k < means.size(); ++k) all += blocks[k], sum += blocks[k] * means[k];
  DrawSpread out;
  out.mean = sum / all;
  double squares = 0, parts = 0;
  for (std::size_t k = 0; k < means.size(); ++k) {
    const double part = blocks[k] / all;
    squares += part * (means[k] - out.mean) * (means[k] - out.mean), parts += part * part;
  }
  if (!(parts < 1)) return out;
  const double variance = squares / (1 - parts), of_blocks = within * (static_cast<double>(means.size()) - 1) / all / (1 - parts);
  out.spread = std::sqrt(variance);
  out.knowledge = std::sqrt(std::max(0.0, variance - of_blocks));
  out.of_choice = out.knowledge * out.knowledge * parts;
  return out;
}

}  // namespace shortfall
