// e^x without a branch or a call, so that the compiler takes several at once, and every machine gives the same bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace shortfall {

// Within 2e-7 of itself, for x within ±85, beyond which it is that of the end: e^x = 2^n e^r with |r| ≤ ln(2)/2, by the series of e^r.
[[gnu::always_inline]] inline float exponential(float x) {
  x = std::min(std::max(x, -85.0f), 85.0f);
  const std::int32_t n = static_cast<std::int32_t>(x * 1.44269504f + 192.5f) - 192;  // rounded, as the sum is above 0
  const float r = (x - static_cast<float>(n) * 0.693359375f) + static_cast<float>(n) * 2.12194440e-4f;
  const float series = 1 + r * (1 + r * (0.5f + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r * (1.0f / 720))))));
  return series * std::bit_cast<float>((n + 127) << 23);
}

}  // namespace shortfall
