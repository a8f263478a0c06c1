// Quantile functions of the distributions that a plan may name (lib/README.md, section 3), and the normal's own.
#pragma once

#include <functional>
#include <optional>

#include "plan/distribution.hpp"

namespace shortfall {

// A probability with its complement, each to full relative precision, so that neither tail is rounded away.
struct Chance {
  double below, above;  // sum to 1
};
Chance normal_chance(double score);  // Φ(score)
double normal_score(Chance chance);  // Φ⁻¹; infinite at 0 and 1
Chance student_t_chance(double x, double degrees_of_freedom);
double log_gamma(double x);  // ln |Γ(x)|, from any thread
double chi_squared_quantile(Chance chance, double degrees_of_freedom);

// The value below which the shape lies with that probability, drop-out aside. Infinite where an unbounded shape is asked for its end.
double quantile(const Shape& shape, Chance chance);

// The same for many chances: what does not depend on the chance is worked out once, and an inverse beta starts from the chance before.
using QuantileFunction = std::function<double(Chance)>;
QuantileFunction quantile_function(const Shape& shape);

// Where a smooth shape's quantile function has a corner in its slope's slope: at a triangular's mode.
std::optional<Chance> kink_of(const Shape& shape);

// PERT's shape parameters: alpha = 1 + 4 (mode − low)/(high − low), beta = 1 + 4 (high − mode)/(high − low) (Malcolm and others, 1959).
struct BetaShape {
  double alpha, beta;
};
BetaShape beta_shape(const Pert& pert);
BetaShape beta_shape(const ScaledBeta& beta);  // by its first two moments

}  // namespace shortfall
