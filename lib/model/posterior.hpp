// How little is known of a class: its coefficients and its chance of dropping out as distributions, from which a simulation draws one for each of its
// blocks.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/metalog_fit.hpp"

namespace shortfall {

// A chance by records, d of N: Beta(n₀ q + d, n₀ (1 − q) + N − d).
struct BetaPosterior {
  double alpha = 0, beta = 0;
  static BetaPosterior of(double prior_chance, double prior_weight, double happened, double of_all) {
    return {prior_weight * prior_chance + happened, prior_weight * (1 - prior_chance) + of_all - happened};
  }
  double mean() const { return alpha / (alpha + beta); }
  double quantile(double level) const;
  // The middle of each of so many equal parts of its chance, in an order that is the name's and the seed's.
  std::vector<double> draws(std::size_t count, std::uint64_t seed, std::string_view name) const;
  // That all of so many new ones happen.
  double all_of(std::size_t n) const;
};

// Coefficients have Student's t of `degrees` about the centre.
struct ClassPosterior {
  Bounds bounds;
  Coefficients centre;
  Eigen::Matrix3d scale;
  double degrees = 1;
};

// How many records a class or stage is taken to be worth for its grade: judgement 10, derived 20, evidence and calibrated 40.
double prior_weight(std::string_view grade);

// Of n records that went ahead blended with a prior worth n₀: scale V(centre)/(n + n₀), n + n₀ − 3 degrees of freedom, at least 1;
// without a prior scale V(centre)/(n − 3).
ClassPosterior class_posterior(const Coefficients& centre, const Bounds& bounds, double went_ahead, double prior_weight);
// D² = Δᵀ [V (1/n + 1/n₀)]⁻¹ Δ of what data and prior differ by: above 7.81 in one of twenty cases in which they agree (χ² of 3 degrees of freedom).
double disagreement(const Coefficients& data, double n, const Coefficients& prior, double prior_weight, const Coefficients& centre);
inline constexpr double most_agreeing = 7.81;

// `count` draws, all feasible, by Latin hypercube over the posterior's coordinates (three normals and a χ²), in an order that is the name's and the
// seed's. Each coordinate is in the middle of its stratum: of ten draws, places at random within strata would move a mean chance by twice as much as
// the simulation's own error.
std::vector<Coefficients> posterior_draws(const ClassPosterior& posterior, std::size_t count, std::uint64_t seed, std::string_view name);

}  // namespace shortfall
