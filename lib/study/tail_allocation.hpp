// Whose is the worst? The expected shortfall of a sum, shared among its parts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/histogram.hpp"
#include "study/estimate.hpp"

namespace shortfall {

// Below this many trials in the tail an allocation says little.
inline constexpr double thin_tail = 200;

struct TailShares {
  Estimate whole;               // the mean of the worst share of all trials
  std::vector<Estimate> parts;  // what each part comes to in those trials; they sum to the whole
  double trials = 0;            // in the tail
};

// Adds up a quantity and its parts by bins of the quantity; merged in any order, it is the same.
class TailAllocation {
 public:
  TailAllocation(Scale scale, std::size_t parts);

  // A trial of which the parts add up to the quantity. A trial of 0 has no parts and need only be counted.
  void add(double quantity, std::span<const double> parts);
  void count_nothing(std::uint64_t trials) { trials_ += trials; }

  // Euler's allocation of the expected shortfall (Tasche 1999): E[part | the quantity is among the worst 1 − q], with the bin that holds the quantile
  // taken in proportion. Standard errors as of the expected shortfall itself (Manistre, Hancock 2005), with the part's mean at the quantile in
  // the place of the quantile.
  TailShares above(double q) const;

  // For archives.
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f.same(self.scale_.middle), f.same(self.scale_.spread);
    f(self.trials_), f(self.bins_);
  }

 private:
  struct Bin {
    std::uint64_t count = 0;
    std::vector<Sum> sums, squares;  // of the quantity, then of the parts; none where nothing is counted
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f(self.count), f.any(self.sums), f.any(self.squares);
    }
  };
  Scale scale_;
  std::size_t parts_;
  std::uint64_t trials_ = 0;
  bins::Row<Bin> bins_;
};

}  // namespace shortfall
