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

// A value for each bin between the farthest that were asked for, made by 64 at a time as they are first touched.
template <class T>
class Row {
 public:
  T& at(std::int32_t bin) {
    reach(bin, bin);
    return middle()[bin];
  }
  const T* find(std::int32_t bin) const { return bin >= begin() && bin < end() ? &(*this)[bin] : nullptr; }

  // Makes room for the bins from `least` to `most`. The value of any of them is then middle()[bin], until the next is made.
  void reach(std::int32_t least, std::int32_t most) {
    if (least < begin()) {
      const std::uint64_t more = rounded(static_cast<std::uint64_t>(begin() - least));
      values_.insert(values_.begin(), more, T());
      below_ += more;
    }
    if (most >= end()) values_.resize(values_.size() + rounded(static_cast<std::uint64_t>(most - end()) + 1));
  }
  T* middle() { return values_.data() + below(); }

  // The bins that there are: from begin() to before end().
  std::int32_t begin() const { return -static_cast<std::int32_t>(below()); }
  std::int32_t end() const { return static_cast<std::int32_t>(values_.size() - below()); }
  const T& operator[](std::int32_t bin) const { return values_[below() + static_cast<std::size_t>(static_cast<std::int64_t>(bin))]; }

  void merge(const Row& other) {
    if (other.values_.empty()) return;
    reach(other.begin(), other.end() - 1);
    T* const ours = middle();
    for (std::int32_t bin = other.begin(); bin < other.end(); ++bin) shortfall::merge(ours[bin], other[bin]);
  }

  // For archives.
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.below_);
    f.any(self.values_);
  }

 private:
  static std::uint64_t rounded(std::uint64_t bins) { return (bins + 63) / 64 * 64; }
  // An archive may say anything.
  std::size_t below() const { return std::min<std::size_t>(below_, values_.size()); }

  std::uint64_t below_ = 0;  // of the values, those of bins below 0
  std::vector<T> values_;
};

}  // namespace shortfall::bins
