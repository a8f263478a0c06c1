#include "study/recover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/quantile.hpp"
#include "study/recover_information.hpp"
#include "study/recover_search.hpp"

namespace shortfall {
namespace {

using namespace recover_parts;

constexpr std::size_t most_alike = 5;

// Which sets are valued on the second half, and why.
struct Wanted {
  std::vector<Set> sets = {0};              // nothing done first, then the candidates, then the rest
  std::vector<std::pair<Set, Set>> pairs;   // of which the first less the second is told
  std::size_t candidates = 1;
  std::vector<Set> frontier, rivals;
  void add(Set set) {
    if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(set);
  }
};

// By rising cost, each better at the aim than all that cost no more.
std::vector<Set> frontier_of(const Figures& figures) {
  const Recovery& recovery = figures.plant.recovery();
  const double sign = figures.plant.target().higher_is_better ? -1 : 1;
  std::vector<std::size_t> order(figures.of.sets.size());
  std::vector<double> aim(order.size()), cost(order.size());
  for (std::size_t s = 0; s < order.size(); ++s) {
    order[s] = s;
    aim[s] = sign * figures.whole_aim(s);
    cost[s] = recovery.cost_of(figures.of.sets[s]);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return std::pair(cost[a], aim[a]) < std::pair(cost[b], aim[b]); });
  std::vector<Set> out = {0};
  double best = aim[0];
  std::size_t last = 0;
  for (const std::size_t s : order) {
    if (s == 0 || aim[s] >= best) continue;
    // A step that chance alone may have made is none.
    const Estimate change = figures.aim_change(s, last);
    if (!surely_above_0(figures.plant.target().higher_is_better ? change : negated(change), figures.freedom())) continue;
    best = aim[s];
    last = s;
    out.push_back(figures.of.sets[s]);
  }
  return out;
}

Wanted wanted_of(const Choice& choice, const Plant& plant) {
  const Figures figures{choice.figures, plant};
  const Recovery& recovery = plant.recovery();
  Wanted out;
  std::vector<std::pair<double, std::size_t>> by_money, by_gain;
  for (std::size_t s = 1; s < choice.figures.sets.size(); ++s) {
    if (!affordable(recovery, choice.figures.sets[s])) continue;
    by_money.emplace_back(-figures.net_benefit(s).value, s);
    by_gain.emplace_back(-gain_over(figures, s, 0).value, s);
  }
  std::sort(by_money.begin(), by_money.end());
  std::sort(by_gain.begin(), by_gain.end());
  for (std::size_t k = 0; k < by_money.size() && out.sets.size() < most_candidates; ++k) out.add(choice.figures.sets[by_money[k].second]);
  out.candidates = out.sets.size();
  const Set kept = choice.figures.sets[choice.kept];
  out.frontier = frontier_of(figures);
  for (const Set set : out.frontier) out.add(set);
  out.add(kept);
  for (std::size_t k = 0; k < by_gain.size() && out.rivals.size() < 2 * most_alike; ++k)
    if (const Set set = choice.figures.sets[by_gain[k].second]; set != kept) out.rivals.push_back(set), out.add(set);
  for (std::size_t i = 0; i < recovery.options.size(); ++i) {
    if (recovery.too_late(i)) continue;
    const Set with = with_needs(recovery, kept | bit(i)), rest = (kept & bit(i)) != 0 ? without(recovery, kept, i) : kept;
    for (const Set set : {with_needs(recovery, bit(i)), with, without(recovery, kept, i)})
      if (recovery.allows(set)) out.add(set);
    if (rest != 0 && recovery.allows(with) && recovery.allows(rest)) out.pairs.emplace_back(with, rest);
  }
  for (std::size_t s = 1; s < out.sets.size(); ++s) out.pairs.emplace_back(out.sets[s], 0);
  return out;
}

SetOfOptions set_of(const Figures& figures, Set set) {
  const std::size_t s = figures.of.index(set);
  SetOfOptions out;
  for (std::size_t i = 0; i < figures.plant.recovery().options.size(); ++i)
    if ((set & bit(i)) != 0) out.options.push_back(i);
  out.cost = figures.plant.recovery().cost_of(set);
  out.affordable = affordable(figures.plant.recovery(), set);
  out.aim = figures.aim(s);
  out.aim_change = figures.aim_change(s, 0);
  out.net_benefit = figures.net_benefit(s);
  return out;
}

OptionResult option_of(const Figures& figures, std::size_t i, Set kept) {
  const Recovery& recovery = figures.plant.recovery();
  OptionResult out;
  out.chosen = (kept & bit(i)) != 0;
  out.too_late = recovery.too_late(i);
  const Set alone = with_needs(recovery, bit(i));
  out.affordable = affordable(recovery, alone);
  const auto valued = [&](Set set) { return recovery.allows(set) && figures.of.index(set) < figures.of.sets.size(); };
  if (valued(alone)) {
    out.alone = figures.aim_change(figures.of.index(alone), 0);
    out.alone_net_benefit = figures.net_benefit(figures.of.index(alone));
  }
  const Set with = with_needs(recovery, kept | bit(i)), rest = out.chosen ? without(recovery, kept, i) : kept;
  out.has_marginal = valued(with) && valued(rest);
  if (!out.has_marginal) return out;
  out.marginal = figures.aim_change(figures.of.index(with), figures.of.index(rest));
  out.marginal_net_benefit = figures.net_benefit_change(figures.of.index(with), figures.of.index(rest));
  return out;
}

std::vector<SetOfOptions> alike_of(const Figures& figures, const std::vector<Set>& rivals, Set kept) {
  std::vector<SetOfOptions> out;
  const std::size_t chosen = figures.of.index(kept);
  for (const Set set : rivals) {
    const Estimate gain = gain_over(figures, figures.of.index(set), chosen);
    if (gain.low <= 0 && gain.high >= 0 && set != 0) out.push_back(set_of(figures, set));
  }
  std::stable_sort(out.begin(), out.end(), [](const SetOfOptions& a, const SetOfOptions& b) { return a.cost < b.cost; });
  if (out.size() > most_alike) out.resize(most_alike);
  return out;
}

std::vector<InformationResult> information_of(const Figures& figures, const std::vector<Driver>& drivers) {
  std::vector<InformationResult> out;
  for (std::size_t d = 0; d < drivers.size(); ++d) {
    std::vector<double> gains;
    double sum = 0;
    for (const auto& [at, section] : figures.of.sections) {
      gains.push_back(section.gain[d]);
      sum += section.gain[d] * static_cast<double>(section.trials);
    }
    Estimate e = figures.estimate(sum / static_cast<double>(figures.of.trials()), gains);
    // To know more is never worth less than nothing; what cannot be told from that is nothing.
    if (e.low <= 0) e.value = e.low = 0;
    e.high = std::max(0.0, e.high);
    out.push_back({drivers[d].name, drivers[d].scheme, drivers[d].title, drivers[d].organisation, e});
  }
  std::stable_sort(out.begin(), out.end(), [](const InformationResult& a, const InformationResult& b) { return a.value.value > b.value.value; });
  return out;
}

// The mean of the largest of so many standard normals: how much better than it is the best of equals looks, by Blom's approximation (1958).
double luck_of_the_best(std::size_t n) {
  if (n < 2) return 0;
  const double below = (static_cast<double>(n) - 0.375) / (static_cast<double>(n) + 0.25);
  return normal_score({below, 1 - below});
}

// What takes its share of the whole work, in order.
class Stages {
 public:
  explicit Stages(const RunOptions& options) : options_(options) {}
  std::function<void(double)> next(double share) {
    const double begun = done_;
    done_ += share;
    if (!options_.progress) return {};
    return [this, begun, share](double part) {
      options_.progress(static_cast<std::uint64_t>((begun + share * part) * static_cast<double>(options_.trials)), options_.trials);
    };
  }

 private:
  const RunOptions& options_;
  double done_ = 0;
};

Problems too_many_unsure(const Plant& plant) {
  const std::vector<std::size_t> unsure = plant.unsure();
  if (unsure.size() <= most_unsure) return {};
  return {{plant.recovery().options[unsure[most_unsure]].id.place, Code::bad_options,
           fmt::format("{} options may not succeed; at most {} can be told of together, as each doubles the plans that a set comes to (give them "
                       "schemes, which have a delivery risk of their own, in the place of succeeds:)",
                       unsure.size(), most_unsure)}};
}

}  // namespace

Checked<RecoverResult> recover(const Plans& plans, const Documents& documents, const Recovery& recovery, const RunOptions& options) {
  const std::uint64_t sections = (options.trials + section_trials - 1) / section_trials, half = (sections + 1) / 2 * section_trials;
  RunOptions asked = options;
  // Each half has every draw, in two blocks or more, and a whole number of sections has all of them once.
  asked.knowledge_trials = (options.trials - half) / (2 * section_trials) * (2 * section_trials);
  const Plant plant(plans, documents, recovery, asked);
  Problems problems = too_many_unsure(plant);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  const Trials first{.first = 0, .count = half}, second{.first = half, .count = options.trials - half};
  Stages stages(options);
  const Choice choice = choose(plant, first, stages.next(0.8), problems);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));

  const Wanted wanted = wanted_of(choice, plant);
  const std::vector<Driver> drivers = drivers_of(plant, plans, problems);
  Inquiry inquiry{.whole_values = false, .drivers = &drivers, .candidates = wanted.candidates, .choice = {}, .best_now = 0};
  const std::vector<Set> candidates(wanted.sets.begin(), wanted.sets.begin() + static_cast<std::ptrdiff_t>(wanted.candidates));
  const SetFigures means = simulate_sets(plant, candidates, first, inquiry, stages.next(0.1), problems);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  const Figures on_first{means, plant};
  for (std::size_t c = 1; c < candidates.size(); ++c)
    if (on_first.net_benefit(c).value > on_first.net_benefit(inquiry.best_now).value) inquiry.best_now = c;
  inquiry.choice = choices_of(means, drivers.size(), candidates.size(), inquiry.best_now);
  inquiry.whole_values = true;
  inquiry.pairs = wanted.pairs;
  const SetFigures valued = simulate_sets(plant, wanted.sets, second, inquiry, stages.next(0.1), problems);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));

  const Figures figures{valued, plant};
  const Set best = choice.figures.sets[choice.kept];
  const bool worth = best != 0 && surely_above_0(gain_over(figures, valued.index(best), 0), figures.freedom());
  const Set kept = worth ? best : 0;
  RecoverResult out;
  out.setting = setting_of(plant.base(), options);
  out.recovery = recovery;
  out.aim_is_chance = plant.target().is_chance();
  out.aim_higher_is_better = plant.target().higher_is_better;
  out.futures_to_choose = first.count;
  out.futures_to_value = second.count;
  out.all_sets = choice.all_sets;
  out.sets_tried = choice.figures.sets.size();
  out.bound = choice.bound;
  out.now = figures.aim(0);
  out.verdict = worth ? RecoverVerdict::worth_it : RecoverVerdict::none_is_worth_it;
  out.chosen = set_of(figures, kept);
  for (const Set set : wanted.frontier) out.frontier.push_back(set_of(figures, set));
  if (worth) out.alike = alike_of(figures, wanted.rivals, kept);
  for (std::size_t i = 0; i < recovery.options.size(); ++i) out.options.push_back(option_of(figures, i, kept));
  out.information = information_of(figures, drivers);
  out.noise = luck_of_the_best(choice.figures.sets.size() - 1);
  return out;
}

}  // namespace shortfall
