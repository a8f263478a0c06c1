// The natural logarithm of the kernel: the C library's differs between machines, and no stage calls it.
#pragma once

namespace shortfall {

// ln(1 + f) for f in [√½ − 1, √2 − 1], through the Chebyshev nodes of that interval: within 2.3e-7 of exact arithmetic, relative to f.
[[gnu::always_inline]] inline float log_near_1(float f) {
  float p = -0.0989535074f;
  p = p * f + 0.161262479f;
  p = p * f - 0.172782061f;
  p = p * f + 0.199133479f;
  p = p * f - 0.24968907f;
  p = p * f + 0.33334606f;
  p = p * f - 0.500003751f;
  p = p * f + 0.999999968f;
  return p * f;
}

}  // namespace shortfall
