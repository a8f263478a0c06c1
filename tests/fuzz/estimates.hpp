// What every estimate must hold.
#pragma once

#include <algorithm>
#include <cmath>

#include "fuzz.hpp"
#include "study/estimate.hpp"

namespace shortfall::fuzz {

inline void must_hold(const Estimate& e, const char* what) {
  must(std::isfinite(e.value), what);
  must(!std::isnan(e.low) && !std::isnan(e.high), what);
  const double slack = 1e-9 * std::max({1.0, std::abs(e.value)});
  must(e.low <= e.value + slack && e.value <= e.high + slack, what,
       std::to_string(e.low) + " " + std::to_string(e.value) + " " + std::to_string(e.high));
}

inline void must_be_chance(const Estimate& e, const char* what) {
  must_hold(e, what);
  must(e.value >= 0 && e.value <= 1 && e.low >= 0 && e.high <= 1, what, std::to_string(e.value));
}

}  // namespace shortfall::fuzz
