// What trials are counted into. All counts are whole numbers and all sums independent of order, so tallies of any division of the trials merge to
// the same tally. The words of the whole program are defined here:
//
//   shortfall    how far an organisation's cumulated margins fall below target at worst: max_y r_y with r_y = max(0, carry · r_(y−1) − margin_y) and
//                r_0 = 0, years counted from 1 and `carry` the part of a gap that goes into the next year; money in the plans' unit
//   fails        shortfall > reserves, by more than the grace of £1 in £m
//   alone        by an organisation's own margins and reserves, as if it helped nobody and nobody helped it ("several" liability)
//   together     under the agreement: a joint-and-several pool shares one fate; under mutual aid each stands on its margins after aid; else alone
//   joint        of two or more organisations in one and the same future, each judged alone
//   system       the sum of all margins, less any excess of the system's own target, against all reserves
//   swims        ok alone and together;  rescued: fails alone, ok together;  dragged under: ok alone, fails together;  sinks: fails both ways
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "sim/histogram.hpp"
#include "sim/method.hpp"
#include "sim/result.hpp"
#include "sim/update.hpp"

namespace shortfall {

// Which trials a quantity's range was seen in: the first 1,024 of the seed, whichever trials are then counted.
struct Scales {
  std::vector<Scale> shortfall, saving, position, pool_shortfall, pool_excess;
  Scale system_shortfall;
  std::vector<Scale> found, delivered_and_found;  // [organisation that finds anything elsewhere]
};
Scales pilot(const Model& model, std::uint64_t seed, const Update* update = nullptr);
// The same of what some simulator makes of each of its blocks.
inline constexpr std::size_t pilot_blocks = 4;
Scales pilot(const Model& model, const std::function<const BlockResult&(std::size_t block)>& simulate);

// How often something happens: the sum over the trials of its flags, or of its chances where pressures are integrated; and what the sums of the
// blocks differ by, for blocks are independent of each other even where their trials are not.
struct Frequency {
  Sum sum;
  Sum squares;                    // of the blocks' sums, each by its trials
  std::vector<Sum> by_draw = {};  // [draw] of what is not known; empty: nothing is drawn
  void add(double block_sum, std::size_t rows, std::size_t draw = 0) {
    sum.add(block_sum);
    squares.add(block_sum * block_sum / static_cast<double>(rows));
    if (!by_draw.empty()) by_draw[draw].add(block_sum);
  }
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.sum), f(self.squares);
    if (!self.by_draw.empty()) f(self.by_draw);
  }
};

struct Cells {
  Frequency swims, rescued, dragged_under, sinks;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.swims), f(self.rescued), f(self.dragged_under), f(self.sinks);
  }
};

// Who fails, under one rule, alone or together: by when each has, how many at once, and which pairs.
struct FailureTally {
  std::vector<Frequency> by_year;  // [organisation · years + year]: by the end of the year
  std::vector<Frequency> count;    // [k]: exactly k organisations fail
  std::vector<Sum> pairs;          // [i · organisations + j], i <= j; the diagonal is each by itself
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.by_year), f(self.count), f(self.pairs);
  }
};

struct OrganisationTally {
  Cells cells;
  Histogram shortfall, saving;
  std::vector<Histogram> position;  // [year]
  Sum last_year_saving;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.cells), f(self.shortfall), f(self.saving), f(self.position), f(self.last_year_saving);
  }
};

// What an organisation finds elsewhere over all years, the same with what its schemes save, and what it finds in each year.
struct FoundTally {
  Histogram found, delivered_and_found;
  std::vector<Sum> by_year;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.found), f(self.delivered_and_found), f(self.by_year);
  }
};

struct PoolTally {
  Frequency fails;
  Histogram shortfall;  // of the pool; under mutual aid, of its members after aid
  Histogram excess;     // beyond reserves, member by member
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.fails), f(self.shortfall), f(self.excess);
  }
};

struct SystemTally {
  Frequency fails;
  Histogram shortfall;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.fails), f(self.shortfall);
  }
};

class Tally {
 public:
  Tally(const Model& model, const Scales& scales, Method method = {});
  void add(const BlockResult& block, std::size_t rows);
  // All that is counted, for merging and for archives: what is added to a tally is added here.
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f.same(self.organisations), f.same(self.years);
    f(self.trials), f(self.blocks), f(self.organisation), f(self.found), f(self.alone), f(self.together), f(self.pools), f(self.system);
    if (!self.draw_trials.empty()) f(self.draw_trials);
  }

  Method method;
  std::uint64_t trials = 0, blocks = 0;
  std::size_t organisations, years;
  std::vector<std::uint64_t> draw_trials;  // [draw] of what is not known; empty: nothing is drawn
  bool draws_chosen = false;               // whether those that fit what was seen come more often than others
  std::vector<OrganisationTally> organisation;
  std::vector<FoundTally> found;  // of those that find anything elsewhere, in their order; which is whose, `place_of_finder` says
  FailureTally alone, together;
  std::vector<PoolTally> pools;
  SystemTally system;

  // The place in `found` of an organisation, or none where it finds nothing elsewhere.
  std::optional<std::size_t> place_of_finder(std::size_t organisation) const;

 private:
  template <class F>
  void each_frequency(F&& f);
  // What of the model is needed to count.
  struct Layout {
    std::vector<double> target;                       // [organisation · years + year]: position = target + margin
    std::vector<std::vector<std::uint32_t>> members;  // [pool]
    std::vector<bool> shares_fate;                    // [pool]
    std::vector<std::int32_t> pool;                   // [organisation]: its pool, or −1
    std::vector<std::size_t> finders;                 // the organisations that find anything elsewhere
  };
  void add_money(const BlockResult& block, std::size_t rows);
  void count_flags(const BlockResult& block, std::size_t rows);
  void sum_chances(const BlockResult& block, std::size_t rows);

  Layout layout_;
};

}  // namespace shortfall
