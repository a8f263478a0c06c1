#include "study/recover_search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

namespace shortfall::recover_parts {
namespace {

// All sets that needs, exclusions and deadlines allow, where they are few enough.
std::optional<std::vector<Set>> enumerated(const Plant& plant) {
  const Recovery& recovery = plant.recovery();
  if (recovery.options.size() > most_enumerated) return {};
  std::vector<Set> out;
  std::size_t plans = 0;
  for (Set set = 0; set < bit(recovery.options.size()); ++set) {
    if (!recovery.allows(set)) continue;
    out.push_back(set);
    plans += plant.count_states(set);
  }
  if (plans > most_plans) return {};
  return out;
}

class Search {
 public:
  Search(const Plant& plant, Trials trials, const std::function<void(double)>& progress, Problems& problems)
      : plant_(plant), recovery_(plant.recovery()), trials_(trials), progress_(progress), problems_(problems) {
    figures.sets = {0};
  }

  SetFigures figures;

  // Every step takes the set that gains most, by money or by itself; then one option at a time goes in, out or in another's place.
  void run() {
    learn({0});
    climb(grow(false));
    climb(grow(true));
  }
  void try_from(Set set) {
    learn({set});
    climb(set);
  }

 private:
  bool known(Set set) const { return figures.index(set) < figures.sets.size() && seen_.count(set) != 0; }

  void learn(std::vector<Set> sets) {
    std::vector<Set> more = {0};
    for (const Set set : sets)
      if (set != 0 && seen_.insert(set).second) more.push_back(set);
    if (!problems_.empty() || (more.size() == 1 && !figures.sections.empty())) return;
    const bool first = figures.sections.empty();
    SetFigures found = simulate_sets(plant_, more, trials_, {}, {}, problems_);
    for (auto& [at, section] : found.sections) {
      SetSection& whole = figures.sections[at];
      whole.trials = section.trials;
      for (std::size_t s = first ? 0 : 1; s < more.size(); ++s) whole.aim.push_back(section.aim[s]), whole.loss.push_back(section.loss[s]);
    }
    figures.sets.insert(figures.sets.end(), more.begin() + 1, more.end());
    // How many sets it takes is not known before.
    if (progress_) progress_(1 - 1 / (1 + 0.02 * static_cast<double>(figures.sets.size())));
  }

  double gain(Set set, Set from) const { return gain_over({figures, plant_}, figures.index(set), figures.index(from)).value; }
  bool good(Set set) const { return recovery_.allows(set) && affordable(recovery_, set); }

  Set best_of(const std::vector<Set>& sets, Set from, bool by_money) {
    learn(sets);
    Set best = from;
    double most = 0;
    for (const Set set : sets) {
      if (!problems_.empty()) break;
      const double more = recovery_.cost_of(set) - recovery_.cost_of(from);
      const double score = gain(set, from) / (by_money ? std::max(more, 1e-9) : 1);
      if (score > most) most = score, best = set;
    }
    return best;
  }

  Set grow(bool by_money) {
    for (Set at = 0;;) {
      std::vector<Set> next;
      for (std::size_t i = 0; i < recovery_.options.size(); ++i)
        if (const Set set = with_needs(recovery_, at | bit(i)); set != at && good(set)) next.push_back(set);
      const Set better = best_of(next, at, by_money);
      if (better == at) return at;
      at = better;
    }
  }

  Set climb(Set at) {
    for (;;) {
      std::vector<Set> next;
      const auto take = [&](Set set) {
        if (set != at && good(set)) next.push_back(set);
      };
      for (std::size_t i = 0; i < recovery_.options.size(); ++i) {
        take((at & bit(i)) != 0 ? without(recovery_, at, i) : with_needs(recovery_, at | bit(i)));
        for (std::size_t j = 0; (at & bit(i)) != 0 && j < recovery_.options.size(); ++j)
          if ((at & bit(j)) == 0) take(with_needs(recovery_, without(recovery_, at, i) | bit(j)));
      }
      const Set better = best_of(next, at, false);
      if (better == at) return at;
      at = better;
    }
  }

  const Plant& plant_;
  const Recovery& recovery_;
  Trials trials_;
  const std::function<void(double)>& progress_;
  Problems& problems_;
  std::set<Set> seen_;
};

// The most that is gained over nothing done; of equals the cheapest.
std::size_t best_of(const Figures& figures) {
  const Recovery& recovery = figures.plant.recovery();
  std::size_t best = 0;
  double most = 0, cost = 0;
  for (std::size_t s = 1; s < figures.of.sets.size(); ++s) {
    const Set set = figures.of.sets[s];
    if (!affordable(recovery, set)) continue;
    const double gain = gain_over(figures, s, 0).value, costs = recovery.cost_of(set);
    if (gain > most + 1e-12 || (best != 0 && std::abs(gain - most) <= 1e-12 && costs < cost)) best = s, most = gain, cost = costs;
  }
  return best;
}

// An option stays where it is 99 % sure to add something; what adds least surely goes first.
std::size_t kept_of(const Figures& figures, std::size_t at) {
  const Recovery& recovery = figures.plant.recovery();
  for (;;) {
    std::size_t next = at;
    double least = 0;
    for (std::size_t i = 0; i < recovery.options.size(); ++i) {
      if ((figures.of.sets[at] & bit(i)) == 0) continue;
      const std::size_t s = figures.of.index(without(recovery, figures.of.sets[at], i));
      if (s == figures.of.sets.size()) continue;
      const Estimate gain = gain_over(figures, at, s);
      const double errors = errors_above_0(gain, figures.freedom());
      if (!surely_above_0(gain, figures.freedom()) && (next == at || errors < least)) next = s, least = errors;
    }
    if (next == at) return at;
    at = next;
  }
}

}  // namespace

bool affordable(const Recovery& recovery, Set set) {
  return !recovery.budget || recovery.cost_of(set) <= *recovery.budget + 1e-9 * std::max(1.0, *recovery.budget);
}

Set with_needs(const Recovery& recovery, Set set) {
  for (Set before = 0; before != set;) {
    before = set;
    for (std::size_t i = 0; i < recovery.options.size(); ++i)
      if ((set & bit(i)) != 0) set |= recovery.needs_mask[i];
  }
  return set;
}

Set without(const Recovery& recovery, Set set, std::size_t option) {
  set &= ~bit(option);
  for (Set before = ~set; before != set;) {
    before = set;
    for (std::size_t i = 0; i < recovery.options.size(); ++i)
      if ((set & bit(i)) != 0 && (recovery.needs_mask[i] & ~set) != 0) set &= ~bit(i);
  }
  return set;
}

Choice choose(const Plant& plant, Trials trials, const std::function<void(double)>& progress, Problems& problems) {
  Choice out;
  if (const auto all = enumerated(plant)) {
    out.figures = simulate_sets(plant, *all, trials, {}, progress, problems);
  } else {
    out.all_sets = false;
    Search search(plant, trials, progress, problems);
    search.run();
    const auto bound = problems.empty() ? bound_of(plant, trials, problems) : std::nullopt;
    if (bound) {
      search.try_from(bound->set);
      out.bound = bound->aim;
    }
    out.figures = std::move(search.figures);
  }
  if (!problems.empty()) return out;
  const Figures figures{out.figures, plant};
  out.best = best_of(figures);
  out.kept = kept_of(figures, out.best);
  return out;
}

}  // namespace shortfall::recover_parts
