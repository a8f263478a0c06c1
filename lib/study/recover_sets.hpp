// Sets of options made into models, and what the same futures come to with each of them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/compile.hpp"
#include "model/marginal.hpp"
#include "plan/measure.hpp"
#include "plan/recovery.hpp"
#include "sim/record.hpp"
#include "sim/tally.hpp"
#include "study/recover.hpp"

namespace shortfall::recover_parts {

using Set = std::uint64_t;  // bit i: option i of the file
constexpr Set bit(std::size_t option) { return Set{1} << option; }

// What is to be made as good as it can be: a figure of one value for each future.
struct Target {
  enum class Of { system, any, all, organisation } of = Of::system;
  bool together = false;  // under the agreement, of organisations
  enum class Value { fails, shortfall, beyond_reserves, saving } value = Value::fails;
  enum class Statistic { mean, quantile, tail } statistic = Statistic::mean;
  double q = 0;
  std::size_t organisation = 0, year = 0;
  bool higher_is_better = false;

  bool is_chance() const { return value == Value::fails; }
  bool is_mean() const { return statistic == Statistic::mean; }
  void value_of(const BlockResult& result, const Model& model, double reserves, Doubles& out) const;
  // Of a section's values, which it puts in another order.
  double statistic_of(std::vector<double>& values) const;
};
Target target_of(const Aim& aim, const Model& model);

// Something that could be found out before the choice: a standard normal in each future.
struct Driver {
  std::string name;
  bool scheme = false;
  std::string title, organisation;  // of a scheme; its owner's id
  Luck luck;                        // of `factors`, and of `stream` where there is one
  Stream stream = 0;
  std::vector<Factor> factors;  // those of the luck's loadings, in their order; none is held
};
inline constexpr std::size_t driver_bins = 64;  // of equal chance

// One model for each outcome of the options of a set that may not succeed: `succeeding` ones of `paid` make their edits.
struct State {
  Set paid = 0, succeeding = 0;
};

class Plant {
 public:
  Plant(const Plans& plans, const Documents& documents, const Recovery& recovery, const RunOptions& run);

  const Model& base() const { return base_; }
  const Recovery& recovery() const { return recovery_; }
  const RunOptions& run() const { return run_; }
  const Target& target() const { return target_; }
  std::vector<State> states_of(Set set) const;
  std::size_t count_states(Set set) const;
  // Of each state, in order; a combination of options that no plan can hold is reported.
  std::vector<Model> models(const std::vector<State>& states, Problems& problems) const;
  // What a set costs its owners' margins in a year, its schemes' planned cost included.
  Yearly margin_cost(Set set) const;
  std::vector<std::size_t> unsure() const;                           // the options that may not succeed
  std::vector<Driver> drivers_of_options(Problems& problems) const;  // how each scheme that an option brings will go

 private:
  CompileOptions how(unsigned threads) const;
  Model model_of(const State& state, Problems& problems) const;

  const Documents& documents_;
  const Recovery& recovery_;
  const RunOptions& run_;
  // Of every model: what several deliver alike is then known to be alike, and no table is made twice.
  std::unique_ptr<Tables> tables_ = std::make_unique<Tables>();
  Model base_;
  Target target_;
};

// What a section of futures came to with each set: the aim's figure, and the mean loss, which is the system's shortfall beyond its reserves with what
// the options cost added back.
struct SetSection {
  std::uint64_t trials = 0;
  std::vector<double> aim, loss;  // [set]
  std::vector<double> gain;       // [driver]: what deciding by it would gain, on average
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.trials);
    f.any(self.aim), f.any(self.loss), f.any(self.gain);
  }
};

// What is asked of the futures beside the sets' own figures.
struct Inquiry {
  bool whole_values = false;  // an aim that is no mean is told of all futures together, not of sections alone
  const std::vector<Driver>* drivers = nullptr;
  std::size_t candidates = 0;                     // the first so many sets, among which is chosen
  std::vector<std::vector<std::uint8_t>> choice;  // [driver][bin]: which of them is then best; empty: their means are asked for
  std::size_t best_now = 0;                       // which of them is best without knowing
  std::vector<std::pair<Set, Set>> pairs = {};    // how far the first less the second is known, where anything is drawn of what is not known
};

// What sets and pairs of them came to in each draw of what is not known of the reference classes, sums of money in `unit`.
struct SetDraws {
  double unit = 1;
  std::uint64_t blocks = 0;
  std::vector<std::uint64_t> trials;               // [draw]; empty: nothing is drawn
  std::vector<Frequency> aim;                      // [set]; of aims that are means
  std::vector<Frequency> aim_change, loss_change;  // [pair]
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.blocks), f(self.trials), f(self.aim), f(self.aim_change), f(self.loss_change);
  }
};

struct SetFigures {
  std::vector<Set> sets;
  std::map<std::uint64_t, SetSection> sections;
  std::vector<Histogram> values;  // [set], of aims that are no means
  std::vector<Sum> means;         // [(driver · candidates + candidate) · driver_bins + bin]: the candidate's net benefit, summed
  std::vector<std::pair<Set, Set>> pairs;
  SetDraws draws;

  std::uint64_t trials() const;
  std::size_t index(Set set) const;
};

// The futures of `trials`, a whole number of sections, with each set; set 0 comes first.
SetFigures simulate_sets(const Plant& plant, std::vector<Set> sets, Trials trials, const Inquiry& inquiry,
                         const std::function<void(double)>& progress, Problems& problems);

// Figures of one set, or of one less another, with the intervals of sections. How far they are known is told where the inquiry asked for it.
struct Figures {
  const SetFigures& of;
  const Plant& plant;
  std::vector<double> aims(std::size_t set) const;          // [section]
  std::vector<double> net_benefits(std::size_t set) const;  // [section]
  Estimate aim(std::size_t set) const;
  Estimate aim_change(std::size_t set, std::size_t from) const;
  Estimate net_benefit(std::size_t set) const;
  Estimate net_benefit_change(std::size_t set, std::size_t from) const;
  Estimate estimate(double value, const std::vector<double>& by_section) const;
  double whole_aim(std::size_t set) const;
  double freedom() const;  // of the intervals

 private:
  std::size_t worlds() const;  // sections that are of different draws of what is not known; 0: nothing is drawn
  Counted counted() const;
  std::optional<KnownRange> known_aim(std::size_t set, double value) const;
  // The first less the second set's aim, and net benefit.
  std::optional<KnownRange> known_change(std::size_t set, std::size_t from, double value) const;
  std::optional<KnownRange> known_net_benefit(std::size_t set, std::size_t from, double value) const;
};
// Whether options are chosen by their net benefit: where there is a price of a point (`per_point`), or no budget.
bool by_net_benefit(const Recovery& recovery);
// How much better `set` is than `from`, both indices into the sets: by the net benefit where options are chosen by that, in money, else by the aim,
// in its unit; above 0 where it is better, whichever way the aim is better.
Estimate gain_over(const Figures& figures, std::size_t set, std::size_t from);

// How many standard errors the value stands above 0, and whether that is enough to be 99 % sure that the truth does, by so many degrees of freedom.
double errors_above_0(const Estimate& e, double freedom);
bool surely_above_0(const Estimate& e, double freedom);

}  // namespace shortfall::recover_parts
