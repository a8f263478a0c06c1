// A quantity's distribution as counts in equal bins: merged in any order, by any number of threads, it is the same histogram.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/column.hpp"

namespace shortfall {

// A sum that does not depend on the order of its terms: each block's sum, rounded once to 2^-50, is added as a whole number.
class Sum {
 public:
  void add(double block_sum);
  void merge(const Sum& other) { units_ += other.units_; }
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

// The range that a quantity is expected to keep to. What lies beyond is counted too, with its own least, most and sum.
struct Scale {
  double low = 0, high = 1;
};

// Whether single values that many trials share ("nothing missing", "all of it dropped") must come out exactly: each bin then keeps its least and
// most.
enum class Atoms { exact, within_a_bin };

class Histogram {
 public:
  static constexpr std::size_t bins = 1024;  // the resolution: a 1024th of the scale

  explicit Histogram(Scale scale, Atoms atoms = Atoms::exact);
  // Of the first `rows` values, each with `shift` added.
  void add(const Doubles& column, std::size_t rows, double shift = 0);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  double mean() const;
  double standard_deviation() const;  // to the resolution
  // The value that a share q of all lies at or below: with Atoms::exact linear within the bin's own least and most (so that a bin of one value gives
  // that value), else linear within the bin.
  double quantile(double q) const;
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
  Atoms atoms_;
  double per_unit_;
  std::uint64_t count_ = 0;
  std::vector<std::uint64_t> counts_;  // [0] below the scale, [1..bins] within, [bins + 1] above
  std::vector<Extent> extents_;        // the same, with Atoms::exact
  Extent all_;                         // the least and most of all values
  Sum sum_, above_;
};

}  // namespace shortfall
