// Bins without end: of one width in the middle of what a quantity came to in its first trials, wider and wider away from it. A heavy tail finds bins
// as fine for its size as the middle has, and there is no range to leave.
//
// With z = (x − middle)/spread and t = 1 + |z|, a bin is the sign of z and the leading bits of t: 256 bins to each doubling of t in the first two
// (to |z| = 3), 64 beyond. So a bin is spread/256 wide to |z| = 1, twice that to |z| = 3, and at most a 64th of t farther out.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/merge.hpp"

namespace shortfall::bins {

inline constexpr float farthest = 0x1p60f;  // what lies farther is counted there
inline constexpr std::int32_t first_fine = 127 << 8, first_coarse = (127 << 6) - 384;
inline constexpr std::int32_t fine = 512;  // bins of the first two doublings

// The bin at z: from 0 upwards for z ≥ 0, from −1 downwards below. It never falls as z rises. Single precision decides between two bins, in which 32
// bits of t go through a vector where 64 would take two.
[[gnu::always_inline]] inline std::int32_t bin_at(double z) {
  const float distance = 1 + std::abs(static_cast<float>(z)), t = distance < farthest ? distance : farthest;
  const auto bits = std::bit_cast<std::int32_t>(t);
  const std::int32_t close = (bits >> 15) - first_fine, far = (bits >> 17) - first_coarse;
  const std::int32_t bin = close < fine ? close : far;
  return z < 0 ? ~bin : bin;
}

// Where bin `bin` ≥ 0 begins: |z|.
inline double begin_of(std::int32_t bin) {
  const std::int32_t bits = bin < fine ? (bin + first_fine) << 15 : (bin + first_coarse) << 17;
  return static_cast<double>(std::bit_cast<float>(bits)) - 1;
}

// The end of bin `bin` nearer to minus infinity, and the other: z.
inline double low_end(std::int32_t bin) { return bin >= 0 ? begin_of(bin) : -begin_of(~bin + 1); }
inline double high_end(std::int32_t bin) { return bin >= 0 ? begin_of(bin + 1) : -begin_of(~bin); }

// A value for each bin between the farthest that were asked for, made by doublings as they are first touched.
template <class T>
class Row {
 public:
  T& at(std::int32_t bin) {
    std::vector<T>& side = bin < 0 ? below_ : above_;
    const auto index = static_cast<std::size_t>(bin < 0 ? ~bin : bin);
    if (index >= side.size()) side.resize((index / doubling + 1) * doubling);
    return side[index];
  }
  const T* find(std::int32_t bin) const {
    const std::vector<T>& side = bin < 0 ? below_ : above_;
    const auto index = static_cast<std::size_t>(bin < 0 ? ~bin : bin);
    return index < side.size() ? &side[index] : nullptr;
  }
  // Makes room for all bins from `least` to `most`, whose values are then at data() + bin … only where one side holds both.
  void reach(std::int32_t least, std::int32_t most) { at(least), at(most); }
  T* above() { return above_.data(); }
  T* below() { return below_.data(); }

  // The bins that there are: from begin() to before end().
  std::int32_t begin() const { return -static_cast<std::int32_t>(below_.size()); }
  std::int32_t end() const { return static_cast<std::int32_t>(above_.size()); }
  const T& operator[](std::int32_t bin) const { return bin < 0 ? below_[static_cast<std::size_t>(~bin)] : above_[static_cast<std::size_t>(bin)]; }

  void merge(const Row& other) {
    for (std::int32_t bin = other.begin(); bin < other.end(); ++bin) shortfall::merge(at(bin), other[bin]);
  }

  // For archives.
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f.any(self.below_);
    f.any(self.above_);
  }

 private:
  static constexpr std::size_t doubling = 64;
  std::vector<T> below_, above_;  // away from the middle
};

}  // namespace shortfall::bins
