// What stands between the savings that a plan counts on and those that are delivered, taken off one after the other in the model's order. Each step
// is what a scheme would save with all before it less what it would save with that one too, so that the steps of a trial add up.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/block.hpp"
#include "sim/histogram.hpp"

namespace shortfall {

enum class WaterfallStep { dropped_out, in_part, late, short_of_staff, needs, consultation, lapses, counted_twice };
inline constexpr std::size_t waterfall_steps = 8;

// Of one organisation's schemes, wherever they land, summed over all years and trials.
struct WaterfallSums {
  std::array<Sum, waterfall_steps> steps;  // below 0 where savings are lost
  Sum delivered, dearer, found;            // dearer: cost above plan; found: elsewhere, on its own books
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.steps), f(self.delivered), f(self.dearer), f(self.found);
  }
};

// A record (sim/record) of the steps, beside the block that is simulated of the same draws.
class Waterfall {
 public:
  explicit Waterfall(const Model& model);

  void prepare(BlockSimulator& simulator, Draws& draws);
  void add(const std::vector<const BlockResult*>& results, std::size_t rows);
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.sums), f(self.trials);
  }

  std::vector<WaterfallSums> sums;  // [organisation]
  std::uint64_t trials = 0;

  // What the schemes save as the model plans them.
  std::vector<double> planned() const;  // [organisation]

 private:
  // A scheme's savings over all years, delivered in full, by months late: without what lapses, and as they are.
  struct Totals {
    std::vector<double> lasting, all;
    double cost = 0;
  };
  void step(std::size_t organisation, WaterfallStep which, const Doubles& change);

  const Model* model_;
  Schedule schedule_;
  std::vector<Totals> totals_;        // [scheme]
  std::vector<std::uint32_t> order_;  // of the schemes: each after all that it needs
  LuckColumns luck_;
  std::vector<Floats> stretch_;
  std::vector<SchemeOutcome> outcomes_;                      // [scheme]
  std::vector<Doubles> before_;                              // [organisation]: what is saved before the next step
  std::vector<std::array<Doubles, waterfall_steps>> steps_;  // [organisation], of the block
  std::vector<Doubles> dearer_;                              // [organisation], of the block
};

}  // namespace shortfall
