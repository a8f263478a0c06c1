// What trials are counted into. All counts are whole numbers and all sums independent of order, so tallies of any division of the trials merge to
// the same tally. The words of the whole program are defined here:
//
//   shortfall    the largest cumulative fall below target over the years: max_y r_y, r_y = max(0, r_(y−1) − margin_y)
//   fails        shortfall > reserves, by more than the grace of £1 in £m
//   alone        by an organisation's own margins and reserves (several)
//   together     under the agreement: a joint-and-several pool shares one fate; under mutual aid each stands on its margins after aid; else alone
//   joint        of several organisations at once, each by its own, several, failure
//   system       the sum of all margins, less any excess of the system's own target, against all reserves
//   swims        ok alone and together;  rescued: fails alone, ok together;  dragged under: ok alone, fails together;  sinks: fails both ways
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "sim/block.hpp"
#include "sim/histogram.hpp"

namespace shortfall {

// Which trials a quantity's range was seen in: the first 1,024 of the seed, whichever trials are then counted.
struct Scales {
  std::vector<Scale> shortfall, saving, position, pool_shortfall, pool_excess;
  Scale system_shortfall;
};
Scales pilot(const Model& model, std::uint64_t seed);
// The same of what some simulator makes of each of its blocks.
inline constexpr std::size_t pilot_blocks = 4;
Scales pilot(const Model& model, const std::function<const BlockResult&(std::size_t block)>& simulate);

struct Cells {
  std::uint64_t swims = 0, rescued = 0, dragged_under = 0, sinks = 0;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.swims), f(self.rescued), f(self.dragged_under), f(self.sinks);
  }
};

// Joint failure of the organisations: how many fail at once, and which pairs.
struct Joint {
  std::vector<std::uint64_t> count;  // [k]: trials in which k organisations fail
  std::vector<std::uint64_t> pairs;  // [i · organisations + j], i <= j; the diagonal counts each alone
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.count), f(self.pairs);
  }
};

class Tally {
 public:
  Tally(const Model& model, const Scales& scales);
  void add(const BlockResult& block, std::size_t rows);
  void merge(const Tally& other);
  // All that is counted, for archives (sim/archive): what is added to a tally is added here.
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f.same(self.organisations), f.same(self.years);
    f(self.trials), f(self.alone_by_year), f(self.together_by_year), f(self.cells), f(self.alone), f(self.together);
    f(self.pool_fails), f(self.system_fails);
    f(self.shortfall), f(self.saving), f(self.position), f(self.pool_shortfall), f(self.pool_excess), f(self.system_shortfall);
    f(self.last_year_saving);
  }

  std::uint64_t trials = 0;
  std::size_t organisations, years;
  std::vector<std::uint64_t> alone_by_year, together_by_year;  // [organisation · years + year]
  std::vector<Cells> cells;                                    // [organisation]
  Joint alone, together;
  std::vector<std::uint64_t> pool_fails;  // [pool]
  std::uint64_t system_fails = 0;
  std::vector<Histogram> shortfall, saving, position, pool_shortfall, pool_excess;  // position: [organisation · years + year]
  Histogram system_shortfall;
  std::vector<Sum> last_year_saving;

 private:
  std::vector<double> target_;  // [organisation · years + year]: position = target + margin
};

}  // namespace shortfall
