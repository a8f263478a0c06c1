// How an uncertain quantity is described in a plan, in the plan's own words; `model/quantile` turns it into numbers. Descriptions have an order,
// form first, then number by number, so that what was made for one is found for its equals.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace shortfall {

struct Fixed {
  double value;
  auto operator<=>(const Fixed&) const = default;
};
struct Uniform {
  double low, high;
  auto operator<=>(const Uniform&) const = default;
};
struct Triangular {
  double low, mode, high;
  auto operator<=>(const Triangular&) const = default;
};
struct Pert {
  double low, mode, high;
  auto operator<=>(const Pert&) const = default;
};  // scaled beta, weight 4 on the mode
struct ScaledBeta {
  double mean, sd, low, high;
  auto operator<=>(const ScaledBeta&) const = default;
};
struct Normal {
  double mean, sd;
  std::optional<double> low, high;
  auto operator<=>(const Normal&) const = default;
};  // mean and sd before truncation
struct Lognormal {
  double median, p90;
  std::optional<double> high;
  auto operator<=>(const Lognormal&) const = default;
};  // median and P90 before truncation
struct Metalog {
  double p10, p50, p90;
  std::optional<double> low, high;
  auto operator<=>(const Metalog&) const = default;
};  // 3 terms, bounded where a bound is given
struct Values {
  std::vector<double> values, weights;
  auto operator<=>(const Values&) const = default;
};  // weights sum to 1
struct Quantiles {
  std::vector<double> levels, values;
  auto operator<=>(const Quantiles&) const = default;
};  // levels from 0 to 1, linear between

using Shape = std::variant<Fixed, Uniform, Triangular, Pert, ScaledBeta, Normal, Lognormal, Metalog, Values, Quantiles>;

struct Distribution {
  Shape shape = Fixed{0.0};
  double drops_out = 0.0;  // chance of a share of 0, before the shape is asked at all
  auto operator<=>(const Distribution&) const = default;
};

inline bool is_fixed(const Distribution& d) { return std::holds_alternative<Fixed>(d.shape) && d.drops_out == 0.0; }

// The smallest and largest value it can take (infinite where it has no bound).
struct Support {
  double low, high;
};
Support support(const Distribution& distribution);

// The 3-term metalog Q(y) = T(a1 + a2 ln(y/(1−y)) + a3 (y − ½) ln(y/(1−y))), Keelin 2016, eq. 6 and 12–14: T is the identity, or the
// inverse of ln(x − low), −ln(high − x), ln((x − low)/(high − x)) where bounds are given. Its coefficients return P10, P50 and P90.
struct MetalogTerms {
  double a1, a2, a3;
};
MetalogTerms metalog_terms(const Metalog& m);

// Whether those terms give an increasing quantile function: |a3|/a2 below the reciprocal of the maximum of (y − ½) + y(1 − y) ln(y/(1 − y)).
bool feasible(const MetalogTerms& terms);

// What is wrong with its numbers ("needs low <= mode <= high"), or nothing.
std::optional<std::string> fault(const Distribution& distribution);

}  // namespace shortfall
