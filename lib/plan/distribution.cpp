#include "plan/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/money.hpp"

namespace shortfall {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

using Fault = std::optional<std::string>;

Fault fault_of_triple(double low, double mode, double high) {
  if (!(low <= mode && mode <= high)) return fmt::format("needs low <= mode <= high, not [{}, {}, {}]", low, mode, high);
  if (low == high) return fmt::format("low and high are both {}; write the number alone for a certain value", low);
  return {};
}

Fault fault_of(const Fixed&) { return {}; }
Fault fault_of(const Uniform& d) {
  if (!(d.low < d.high)) return fmt::format("needs low < high, not [{}, {}]", d.low, d.high);
  return {};
}
Fault fault_of(const Triangular& d) { return fault_of_triple(d.low, d.mode, d.high); }
Fault fault_of(const Pert& d) { return fault_of_triple(d.low, d.mode, d.high); }
Fault fault_of(const ScaledBeta& d) {
  if (!(d.low < d.mean && d.mean < d.high)) return fmt::format("needs low < mean < high, not {} < {} < {}", d.low, d.mean, d.high);
  const double limit = std::sqrt((d.mean - d.low) * (d.high - d.mean));
  if (!(d.sd > 0 && d.sd < limit)) return fmt::format("needs 0 < sd < {:.4g} (the most that mean, low and high allow), not {}", limit, d.sd);
  return {};
}
Fault fault_of(const Normal& d) {
  if (!(d.sd > 0)) return fmt::format("needs sd > 0, not {}; write the number alone for a certain value", d.sd);
  if (d.low && d.high && !(*d.low < *d.high)) return fmt::format("needs low < high, not {} and {}", *d.low, *d.high);
  const double reach = 6 * d.sd;
  if ((d.low && *d.low > d.mean + reach) || (d.high && *d.high < d.mean - reach))
    return std::string("the bounds leave out all but the far tail (six sd from the mean)");
  return {};
}
Fault fault_of(const Lognormal& d) {
  if (!(d.median > 0 && d.p90 > d.median)) return fmt::format("needs 0 < median < p90, not {} and {}", d.median, d.p90);
  if (d.high && !(*d.high > d.median)) return fmt::format("needs high > median, not {} and {}", *d.high, d.median);
  return {};
}
Fault fault_of(const Metalog& d) {
  if (!(d.p10 < d.p50 && d.p50 < d.p90)) return fmt::format("needs p10 < p50 < p90, not {}, {}, {}", d.p10, d.p50, d.p90);
  if (d.low && !(*d.low < d.p10)) return fmt::format("needs low < p10, not {} and {}", *d.low, d.p10);
  if (d.high && !(*d.high > d.p90)) return fmt::format("needs high > p90, not {} and {}", *d.high, d.p90);
  if (!feasible(metalog_terms(d)))
    return fmt::format(
        "no 3-term metalog has p10 {}, p50 {}, p90 {}{}{} (p50 lies too near one of the others); move p50, change the bounds, or use quantiles:",
        d.p10, d.p50, d.p90, d.low ? fmt::format(", low {}", *d.low) : "", d.high ? fmt::format(", high {}", *d.high) : "");
  return {};
}
Fault fault_of(const Values& d) {
  if (d.values.empty()) return std::string("needs at least one value");
  if (d.weights.size() != d.values.size())
    return fmt::format("{} but {}; give one weight a value", counted(d.values.size(), "value"), counted(d.weights.size(), "weight"));
  if (std::any_of(d.weights.begin(), d.weights.end(), [](double w) { return w < 0; })) return std::string("a weight is below 0");
  const double sum = std::accumulate(d.weights.begin(), d.weights.end(), 0.0);
  if (std::abs(sum - 1) > 1e-6) return fmt::format("the weights sum to {:.6g}, not to 1", sum);
  return {};
}
Fault fault_of(const Quantiles& d) {
  if (d.levels.size() < 2 || d.levels.front() != 0 || d.levels.back() != 1) return std::string("needs the quantiles at 0% and at 100%");
  for (std::size_t i = 1; i < d.levels.size(); ++i)
    if (d.values[i] < d.values[i - 1])
      return fmt::format("falls from {} at {:.6g}% to {} at {:.6g}%; quantiles never fall", d.values[i - 1], 100 * d.levels[i - 1], d.values[i],
                         100 * d.levels[i]);
  if (d.values.front() == d.values.back()) return fmt::format("every quantile is {}; write the number alone for a certain value", d.values.front());
  return {};
}

}  // namespace

Support support(const Distribution& distribution) {
  Support s = std::visit(Overloaded{
                             [](const Fixed& d) {
                               return Support{d.value, d.value};
                             },
                             [](const Normal& d) {
                               return Support{d.low.value_or(-infinity), d.high.value_or(infinity)};
                             },
                             [](const Lognormal& d) {
                               return Support{0.0, d.high.value_or(infinity)};
                             },
                             [](const Metalog& d) {
                               return Support{d.low.value_or(-infinity), d.high.value_or(infinity)};
                             },
                             [](const Values& d) {
                               const auto [low, high] = std::minmax_element(d.values.begin(), d.values.end());
                               return Support{*low, *high};
                             },
                             [](const Quantiles& d) {
                               return Support{d.values.front(), d.values.back()};
                             },
                             [](const auto& d) {
                               return Support{d.low, d.high};
                             },
                         },
                         distribution.shape);
  if (distribution.drops_out > 0) s = {std::min(s.low, 0.0), std::max(s.high, 0.0)};
  return s;
}

MetalogTerms metalog_terms(const Metalog& m) {
  const auto z = [&](double x) {
    if (m.low && m.high) return std::log((x - *m.low) / (*m.high - x));
    if (m.low) return std::log(x - *m.low);
    if (m.high) return -std::log(*m.high - x);
    return x;
  };
  const double logit90 = std::log(9.0);
  const double z10 = z(m.p10), z50 = z(m.p50), z90 = z(m.p90);
  return {z50, (z90 - z10) / (2 * logit90), (z90 - 2 * z50 + z10) / (0.8 * logit90)};
}

bool feasible(const MetalogTerms& terms) {
  // The maximum of (y − ½) + y(1 − y) ln(y/(1 − y)), where (2y − 1) ln(y/(1 − y)) = 2, is 0.59983…: y = 0.916778…
  constexpr double limit = 1.667113;
  return terms.a2 > 0 && std::abs(terms.a3) < limit * terms.a2;
}

std::optional<std::string> fault(const Distribution& distribution) {
  if (!(distribution.drops_out >= 0 && distribution.drops_out <= 1))
    return fmt::format("drops_out is {}, not a chance from 0 to 1", distribution.drops_out);
  return std::visit([](const auto& d) { return fault_of(d); }, distribution.shape);
}

}  // namespace shortfall
