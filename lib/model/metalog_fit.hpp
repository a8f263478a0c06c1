// Three-term metalogs (Keelin 2016) fitted to what was delivered, blended, and told apart. On the line that the bounds leave, the quantile function
// is M(y) = a1 + a2 L + a3 (y − 1/2) L with L = ln(y/(1 − y)): straight in its coefficients, so that fits can be averaged and the average of feasible
// ones is feasible.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "plan/distribution.hpp"

namespace shortfall {

struct Bounds {
  std::optional<double> low, high;
  bool operator==(const Bounds&) const = default;
};
// Onto the line and back: ln((x − low)/(high − x)), ln(x − low), −ln(high − x), or x itself.
double onto_line(double x, const Bounds& bounds);
double off_line(double z, const Bounds& bounds);

using Coefficients = Eigen::Vector3d;
Eigen::RowVector3d metalog_basis(double level);
double metalog_quantile(const Coefficients& a, const Bounds& bounds, double level);
double metalog_mean(const Coefficients& a, const Bounds& bounds);
// The chance of less than x: the level at which the quantile function reaches it.
double metalog_chance_below(const Coefficients& a, const Bounds& bounds, double x);

// Least squares on the line, the i-th of n sorted values standing at level (i − 1/2)/n. At least three different values. What lies at a bound or
// beyond is taken as half a hundredth of the range within it.
Coefficients fit_metalog(std::vector<double> values, const Bounds& bounds);
// Of any shape: by its quantiles at 0.05, 0.10 … 0.95; exact where it is a metalog of those bounds.
Coefficients fit_metalog(const Shape& shape, const Bounds& bounds);
Bounds bounds_of(const Shape& shape);

bool is_feasible(const Coefficients& a);
// The feasible coefficients whose quantiles on the line lie nearest, by squares at the levels of a fit.
Coefficients nearest_feasible(const Coefficients& a);

// n records' fit and a prior worth n₀ records.
Coefficients blend(const Coefficients& data, double n, const Coefficients& prior, double prior_weight);

// As a plan writes it. The coefficients are feasible.
Metalog as_metalog(const Coefficients& a, const Bounds& bounds);

// n times the covariance of the coefficients of a fit to n values of the distribution: V = H Σ Hᵀ, H = (YᵀY)⁻¹Yᵀ, where sample quantiles have
// Σ_ij = (min(p_i, p_j) − p_i p_j) M′(p_i) M′(p_j) at p = (i − 1/2)/200.
Eigen::Matrix3d sampling_covariance(const Coefficients& a);

}  // namespace shortfall
