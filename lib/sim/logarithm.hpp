// The natural logarithm of the kernel: the C library's differs between machines, and no stage calls it.
#pragma once

namespace shortfall {

// ln(1 + f) for f in [√½ − 1, √2 − 1], least worst error there: within 1.2e-6 of exact arithmetic, relative to the logarithm. Its halves are
// worked out side by side (Estrin 1960), so that neither waits for the other.
[[gnu::always_inline]] inline float log_near_1(float f) {
  const float squared = f * f;
  const float low = (0.333145082f * f - 0.500011146f) * f + 1.00000095f;
  const float high = (0.118961088f * f - 0.186678603f) * squared + (0.204963312f * f - 0.249097437f);
  return (high * (squared * f) + low) * f;
}

}  // namespace shortfall
