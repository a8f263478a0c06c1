// How little is known of a class: its coefficients and its chance of dropping out as distributions, from which a simulation draws one for each of its
// blocks; and what of an answer's spread comes from that.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "history/credibility.hpp"
#include "history/metalog_fit.hpp"

namespace shortfall {

// Coefficients have Student's t of `degrees` about the centre; the chance of dropping out has a beta.
struct ClassPosterior {
  Bounds bounds;
  Coefficients centre;
  Eigen::Matrix3d scale;
  double degrees = 1;
  std::optional<BetaPosterior> drops_out;  // none: it never does
};

// Of n records that went ahead blended with a prior worth n₀: scale V(centre)/(n + n₀), n + n₀ − 3 degrees of freedom, at least 1.
ClassPosterior class_posterior(const Coefficients& centre, const Bounds& bounds, double went_ahead, double prior_weight);
// D² = Δᵀ [V (1/n + 1/n₀)]⁻¹ Δ of what data and prior differ by: above 7.81 in one of twenty cases in which they agree (χ² of 3 degrees of freedom).
double disagreement(const Coefficients& data, double n, const Coefficients& prior, double prior_weight, const Coefficients& centre);
inline constexpr double most_agreeing = 7.81;

struct ClassDraw {
  Coefficients coefficients;  // feasible
  double drops_out = 0;
};
// `count` draws by Latin hypercube over the posterior's coordinates, in an order of the class's own: its name's, and the seed's.
std::vector<ClassDraw> posterior_draws(const ClassPosterior& posterior, std::size_t count, std::uint64_t seed, std::string_view name);

// An answer's mean over all blocks, and how far it is known. Each draw has some blocks; `draw_means` and `blocks` are per draw, and `within` the variance of
// the means of single blocks that share a draw.
struct Known {
  double mean = 0;
  double simulation_error = 0;       // standard error, by the variance within draws
  double knowledge = 0;              // τ: the standard deviation that knowing more would take away
  double low = 0, high = 0;          // P5 to P95
  bool shapes_differ = false;        // the beta's and the shrunk quantiles' differ by over 2 points: the wider of the two is given
};
// Of a chance: the beta of that mean and τ.
Known known_chance(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within);
// Of an amount: the draws' own quantiles, shrunk towards their mean to standard deviation τ.
Known known_amount(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within);
// The pooled variance of blocks about their draw's mean; [draw][block].
double variance_within(const std::vector<std::vector<double>>& blocks_of_draws);

}  // namespace shortfall
