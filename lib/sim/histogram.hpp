// A quantity's distribution as counts in bins (sim/bins): merged in any order, by any number of threads, it is the same histogram.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/bins.hpp"
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
// most. The least value of all is exact either way, as shortfalls of 0 are.
enum class Atoms { exact, within_a_bin };

// Where a quantity's middle lies and how far it spreads, which the bins follow; any values will do, and close ones make bins that suit. `levels` are
// values near its P10, P50, P80, P90 and P95, where blocks are told apart.
inline constexpr std::array<double, 5> level_shares = {0.1, 0.5, 0.8, 0.9, 0.95};
struct Scale {
  double middle = 0, spread = 1;  // spread above 0
  std::optional<std::array<double, 5>> levels = {};
  Atoms atoms = Atoms::exact;
  // Values below it count as it: a margin that is not missed is a shortfall of 0, however large it is. Only the bins tell them apart, so that the
  // tail of what comes near to failing is known where nothing fails.
  double floor = -HUGE_VAL;
};

// The scale of values that a quantity came to: their median, and their interquartile range over that of a standard normal; where half of them are
// alike, their mean distance from the median; at least a millionth of `size`, so that sums of squares stay within their whole numbers.
Scale scale_of(std::vector<double>& values, double size);

class Histogram {
 public:
  // `draws`: of what is not known, if blocks are of different ones; whether those that fit what was seen come more often than others.
  explicit Histogram(Scale scale, std::size_t draws = 0, bool draws_chosen = false);
  // Of the first `rows` values, each with `shift` added.
  void add(const Doubles& column, std::size_t rows, double shift = 0, std::size_t draw = 0);
  void merge(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t blocks() const { return blocks_; }
  double mean() const;
  double standard_deviation() const;        // to the bins' width
  double standard_error_by_blocks() const;  // of the mean, by what the means of the blocks differ by; of at least two
  // The value that a share q of all lies at or below: with Atoms::exact linear within the bin's own least and most (so that a bin of one value gives
  // that value), else linear within the bin.
  double quantile(double q) const;
  // How far the quantile may be off for being linear within its bin: width² · slope/8, slope being the density's by the bins beside it, over the
  // density; the bin's whole extent where a value that many share seems to stand within it.
  double resolution(double q) const;
  // The trials above the floor, and how trials come near to it and beyond: values above the quantile at q, the floor aside, by their mean excess over
  // it; `trials` of them.
  std::uint64_t exceeding() const { return exceeding_; }
  double floor() const { return scale_.floor; }
  struct Excess {
    double threshold, mean, trials;
  };
  Excess excess_above(double q) const;
  // How much more the share of trials below a quantile varies than it would if trials were independent, by what the blocks differ by at the level
  // nearest to it; 1 where that cannot be told.
  double design_effect(double q) const;
  // The mean of the values above the quantile at q, the highest 1 − q of all (expected shortfall; Acerbi, Tasche 2002), and its standard error.
  struct Tail {
    double mean, standard_error;
  };
  Tail mean_above(double q) const;
  // The same standard error by what the blocks differ by, for q near 0.95: of the mean excess over the level near it, whose place hardly matters, as
  // the expected shortfall is least in its threshold (Rockafellar, Uryasev 2000). Infinite where it cannot be told.
  double tail_error_by_blocks(double q) const;

  // Degrees of freedom of the errors by blocks, those above and below: blocks less draws, as blocks are compared only with those of their own draw of
  // what is not known; blocks less 1 where nothing is drawn.
  double degrees_by_blocks() const { return static_cast<double>(blocks_) - static_cast<double>(std::max<std::size_t>(seen_draws(), 1)); }
  std::size_t draws() const { return by_draw_.size(); }
  // Of draws that are chosen errors are also for others that could have been.
  bool draws_chosen() const { return draws_chosen_; }
  // What draws came to: of each that has any trials, the mean, the share at or below the level nearest to q, and the mean excess that mean_above(q)
  // is made of; and the variance, within draws, of a single trial as if trials were independent.
  struct DrawMeans {
    std::vector<double> means, trials;
    double variance_within = 0;
  };
  DrawMeans draw_means() const;
  DrawMeans draw_shares(double q) const;
  DrawMeans draw_excesses(double q) const;

  // For archives. The scale is the same in all parts of one whole.
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f.same(self.scale_.middle);
    f.same(self.scale_.spread);
    f.same(self.scale_.floor);
    f.same(static_cast<std::uint64_t>(self.scale_.atoms));
    f(self.count_);
    f(self.blocks_);
    f(self.at_most_);
    f(self.at_most_squares_);
    f(self.block_squares_);
    f(self.counts_);
    f(self.extents_);
    f(self.all_);
    f(self.at_least_value_);
    f(self.exceeding_);
    f(self.excess_);
    f(self.excess_squares_);
    f(self.sum_);
    if (!self.by_draw_.empty()) f(self.by_draw_);
  }

 private:
  struct Extent {
    double least = HUGE_VAL, most = -HUGE_VAL;
    double middle() const { return (least + most) / 2; }
    void merge(const Extent& other) {
      least = std::min(least, other.least);
      most = std::max(most, other.most);
    }
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f(self.least);
      f(self.most);
    }
  };
  // A bin's trials, or those at the least value of all, which stand by themselves before the rest of its bin.
  struct Piece {
    std::int32_t bin;
    double count;
    bool least;
  };
  struct Place {
    Piece piece;
    Extent extent;
    double within;  // the part of the piece that lies below
  };
  struct Moments {
    double sum = 0, squares = 0;
  };
  struct DrawSums {
    std::uint64_t trials = 0;
    Sum part;  // from the middle, in spreads
    std::array<Sum, level_shares.size()> at_most;
    Sum excess;
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f(self.trials), f(self.part), f(self.at_most), f(self.excess);
    }
  };
  std::size_t seen_draws() const;
  // The variance of a trial by that of blocks' sums: all of them about one mean, or each draw's about its own.
  template <class Of>
  double variance_by_blocks(double squares, double mean, Of of) const;
  // The same for the mean of all trials, other draws that could have been chosen among its reasons.
  template <class Of>
  double variance_with_choice(double squares, double mean, Of of) const;
  template <class Of>
  DrawMeans by_draw(double squares, Of of) const;
  static std::size_t level_near(double q);
  void add_levels(const Doubles& column, std::size_t rows, double shift, std::size_t draw);
  void add_extents(const Doubles& column, std::size_t rows, double shift, const Integers& bin);
  double raw_quantile(double q) const;  // the floor aside
  Extent extent_of(const Piece& piece) const;
  Extent floored(const Extent& e) const;
  template <class ValueOf>
  Moments worst(double tail, ValueOf value_of) const;
  // Bins that are not empty, from the least upwards, as long as `see` returns true.
  template <class See>
  void each_piece(See see) const;
  Place place_of(double q) const;

  Scale scale_;
  double per_spread_;
  std::uint64_t count_ = 0, blocks_ = 0;
  bins::Row<std::uint64_t> counts_;
  bins::Row<Extent> extents_;         // with Atoms::exact
  Extent all_;                        // the least and most of all values
  std::uint64_t at_least_value_ = 0;  // of the trials, those at the least of all
  std::uint64_t exceeding_ = 0;       // those above the floor
  Sum excess_, excess_squares_;       // of a block's trials above the last level, in spreads; squares by its trials
  Sum sum_;
  std::array<Sum, level_shares.size()> at_most_, at_most_squares_;  // of a block's trials at or below each level; squares by its trials
  Sum block_squares_;                                               // of the blocks' sums from the middle in spreads, each by its trials
  std::vector<DrawSums> by_draw_;
  bool draws_chosen_ = false;
};

}  // namespace shortfall
