// A quantity's distribution as counts in equal bins: merged in any order, by any number of threads, it is the same histogram.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/column.hpp"

namespace shortfall {

// A sum that does not depend on the order of its terms: each block's sum, rounded once to 2^-50, is added as a whole number.
class Sum {
 public:
  void add(double block_sum);
  void merge(const Sum& other);
  double value() const;

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.units_);
  }

 private:
  __int128 units_ = 0;
};

// The sum of the first `rows` values, in a fixed order.
double sum_of(const Doubles& column, std::size_t rows);

// Whether single values that many trials share ("nothing missing", "all of it dropped") must come out exactly: each bin then keeps its least and
// most. Below the scale everything is exact where all of it is one value, as shortfalls of 0 are.
enum class Atoms { exact, within_a_bin };

// The range that a quantity is expected to keep to. What lies beyond is counted too, with its own least, most and sum. `levels` are values near its
// P10, P50, P80, P90 and P95, where blocks are told apart.
inline constexpr std::array<double, 5> level_shares = {0.1, 0.5, 0.8, 0.9, 0.95};
struct Scale {
  double low = 0, high = 1;
  std::optional<std::array<double, 5>> levels = {};
  Atoms atoms = Atoms::exact;
};

class Histogram {
 public:
  static constexpr std::size_t bins = 1024;  // the resolution: a 1024th of the scale

  explicit Histogram(Scale scale);
  // Of the first `rows` values, each with `shift` added.
  void add(const Doubles& column, std::size_t rows, double shift = 0);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t blocks() const { return blocks_; }
  double mean() const;
  double standard_deviation() const;        // to the resolution
  double standard_error_by_blocks() const;  // of the mean, by what the means of the blocks differ by; of at least two
  // The value that a share q of all lies at or below: with Atoms::exact linear within the bin's own least and most (so that a bin of one value gives
  // that value), else linear within the bin.
  double quantile(double q) const;
  // How much more the share of trials below a quantile varies than it would if trials were independent, by what the blocks differ by at the level
  // nearest to it; 1 where that cannot be told.
  double design_effect(double q) const;
  // The mean of the worst share `tail` of all (expected shortfall; Acerbi, Tasche 2002), and its standard error.
  struct Tail {
    double mean, standard_error;
  };
  Tail mean_above(double q) const;

  // For archives. The scale is the same in all parts of one whole.
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f.same(self.scale_.low);
    f.same(self.scale_.high);
    f(self.count_);
    f(self.blocks_);
    f(self.at_most_);
    f(self.at_most_squares_);
    f(self.block_squares_);
    f(self.counts_);
    f(self.extents_);
    f(self.all_);
    f(self.sum_);
    f(self.above_);
  }

 private:
  struct Extent {
    double least, most;
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f(self.least);
      f(self.most);
    }
  };
  Extent extent(std::size_t bin) const;  // of a bin that is not empty
  double middle(std::size_t bin) const;

  Scale scale_;
  double per_unit_;
  std::uint64_t count_ = 0, blocks_ = 0;
  std::vector<std::uint64_t> counts_;  // [0] below the scale, [1..bins] within, [bins + 1] above
  std::vector<Extent> extents_;        // the same, with Atoms::exact
  Extent all_;                         // the least and most of all values
  Sum sum_, above_;
  std::array<Sum, level_shares.size()> at_most_, at_most_squares_;  // of a block's trials at or below each level; squares by its trials
  Sum block_squares_;                                               // of the blocks' sums, each by its trials, in parts of the scale from its low end
};

}  // namespace shortfall
