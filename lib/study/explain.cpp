#include "study/explain.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/compile.hpp"
#include "plan/profile.hpp"
#include "sim/agreement.hpp"
#include "sim/record.hpp"
#include "study/explain_variants.hpp"
#include "study/standing.hpp"

namespace shortfall {
namespace {

// Sums of a column over all trials, and over those that fail.
struct Moments {
  Sum sum, squares;
  void add(const Doubles& column, const Flags* failed, std::size_t rows) {
    Doubles one, two;
    for (std::size_t i = 0; i < rows; ++i) {
      one[i] = failed == nullptr || (*failed)[i] ? column[i] : 0;
      two[i] = one[i] * one[i];
    }
    sum.add(sum_of(one, rows));
    squares.add(sum_of(two, rows));
  }
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.sum), f(self.squares);
  }
  double mean(double n) const { return n > 0 ? sum.value() / n : 0; }
  double variance(double n) const { return n > 0 ? std::max(0.0, squares.value() / n - mean(n) * mean(n)) : 0; }
};

// The plans as they stand: who fails, what each scheme delivers, and whose the system's worst futures are.
class Portrait {
 public:
  Portrait(const Model& model, const Scales& scales, Method method)
      : tally(model, scales, method),
        tail(scales.system_shortfall, model.organisations.size() + 1),
        all(model.schemes.size()),
        failing(model.schemes.size()),
        model_(model) {}

  void prepare(BlockSimulator& simulator, Draws& draws) { simulator.savings(draws, saving_); }
  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    const BlockResult& result = *results.front();
    tally.add(result, rows);
    for (std::size_t i = 0; i < saving_.size(); ++i) {
      all[i].add(saving_[i], nullptr, rows);
      failing[i].add(saving_[i], &result.system_fails, rows);
    }
    for (std::size_t i = 0; i < rows; ++i) fall(result, i);
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.tally), f(self.tail), f(self.all), f(self.failing);
  }

  Tally tally;
  TailAllocation tail;
  std::vector<Moments> all, failing;  // [scheme]

 private:
  // The years of the largest cumulative fall, and what each organisation's margins add to it: the gradient of the shortfall by the size of each.
  void fall(const BlockResult& result, std::size_t trial) {
    const std::size_t n = result.organisations, years = result.years;
    double gap = 0, worst = 0;
    std::size_t since = 0, first = 0, end = 0;
    for (std::size_t y = 0; y < years; ++y) {
      double margin = -model_.system_excess[y];
      for (std::size_t o = 0; o < n; ++o) margin += result.margin[o * years + y][trial];
      gap = model_.carry * gap - margin;
      if (gap <= 0) {
        gap = 0;
        since = y + 1;
      } else if (gap > worst) {
        worst = gap;
        first = since;
        end = y + 1;
      }
    }
    if (worst == 0) return tail.count_nothing(1);
    parts_.assign(n + 1, 0.0);
    // What a year's margin still weighs at the end of the fall, of what is carried from year to year.
    double weight = 1;
    for (std::size_t y = end; y-- > first; weight *= model_.carry) {
      for (std::size_t o = 0; o < n; ++o) parts_[o] -= weight * result.margin[o * years + y][trial];
      parts_[n] += weight * model_.system_excess[y];
    }
    tail.add(worst, parts_);
  }

  const Model& model_;
  std::vector<Doubles> saving_;  // [scheme]
  std::vector<double> parts_;
};

Estimate mean_with(double mean, double variance_of_mean, std::uint64_t trials) {
  const double reach = score95 * std::sqrt(variance_of_mean);
  return {mean, mean - reach, mean + reach, trials};
}

void missing(const Portrait& portrait, std::size_t scheme, SchemeResult& out) {
  const std::uint64_t trials = portrait.tally.trials, fails = static_cast<std::uint64_t>(std::llround(portrait.tally.system.fails.sum.value()));
  const double n = static_cast<double>(trials), f = static_cast<double>(fails);
  const Moments &all = portrait.all[scheme], &failing = portrait.failing[scheme];
  out.missing = mean_with(out.planned - all.mean(n), all.variance(n) / n, trials);
  if (fails == 0) return;
  out.missing_in_failure = mean_with(out.planned - failing.mean(f), failing.variance(f) / f, fails);
  // The mean of all less that of those that fail, which are among all: variance (σ² + σ_f² (n/f − 2))/n by the two means' influence functions.
  const double variance = std::max(0.0, all.variance(n) + failing.variance(f) * (n / f - 2));
  out.missing_more = mean_with(all.mean(n) - failing.mean(f), variance / n, trials);
}

}  // namespace

ExplainResult explain(const Plans& plans, const RunOptions& options, const Bridge* known, const Learn& learn) {
  const Model base = compile(plans, compile_options(options));
  SimulateOptions simulate_options = paired_options(options);
  simulate_options.progress = {};  // the variants take longer by far
  const Portrait portrait = record({&base}, {.first = 0, .count = options.trials}, simulate_options,
                                   Portrait(base, pilot(base, options.seed, luck_of(options.seen)), simulate_options.method));
  const Tally& tally = portrait.tally;

  ExplainResult out;
  out.setting = setting_of(base, options);
  out.system_fails = chance_of(tally.system.fails, tally);
  for (std::size_t o = 0; o < base.organisations.size(); ++o) {
    out.fails.push_back(chance_of(tally.alone.by_year[(o + 1) * tally.years - 1], tally));
    out.contingency.push_back(beyond(quantile_of(tally.organisation[o].shortfall, sure, tally.method), base.organisations[o].reserves));
  }
  out.system_contingency = beyond(quantile_of(tally.system.shortfall, sure, tally.method), reserves_of(base));
  out.tail = portrait.tail.above(0.95);
  out.own_target = std::any_of(base.system_excess.begin(), base.system_excess.end(), [](double x) { return x > 0; });
  if (!out.own_target) out.tail.parts.pop_back();

  std::size_t i = 0;
  for (std::uint32_t o = 0; o < plans.organisations.size(); ++o)
    for (const Scheme& s : plans.organisations[o].schemes) {
      const Yearly saving = planned_saving(s, plans.system.years);
      SchemeResult scheme{o, s.id.value, s.title, std::accumulate(saving.begin(), saving.end(), 0.0), {}, {}, {}, {}, {}, {}};
      missing(portrait, i++, scheme);
      out.schemes.push_back(std::move(scheme));
    }
  out.bridge = known != nullptr ? *known : bridge(plans, options);
  explain_by_variants(base, tally, options, learn, out);
  std::stable_sort(out.schemes.begin(), out.schemes.end(), [](const SchemeResult& a, const SchemeResult& b) { return a.spread() > b.spread(); });
  std::stable_sort(out.factors.begin(), out.factors.end(), [](const FactorResult& a, const FactorResult& b) { return a.spread() > b.spread(); });
  return out;
}

}  // namespace shortfall
