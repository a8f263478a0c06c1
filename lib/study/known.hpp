// How far an answer is known: what of its spread over draws of the reference classes is not the simulation's own.
#pragma once

#include <vector>

namespace shortfall {

// An answer's mean over all blocks, and how far it is known. Each draw has some blocks; `draw_means` and `blocks` are per draw, and `within` the
// variance of the means of single blocks that share a draw. Where draws that fit what was seen are `chosen`, each counts by its blocks.
struct Known {
  double mean = 0;
  double simulation_error = 0;  // standard error, by the variance within draws, and by which draws were chosen
  double knowledge = 0;         // τ: the standard deviation that knowing more would take away
  double low = 0, high = 0;     // P5 to P95
  bool shapes_differ = false;   // the beta's and the shrunk quantiles' differ by over 2 points: the wider of the two is given
};
// Of a chance: the beta of that mean and τ.
Known known_chance(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within, bool chosen = false);
// Of an amount: the draws' own quantiles, shrunk towards their mean to standard deviation τ.
Known known_amount(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within, bool chosen = false);

}  // namespace shortfall
