#include "model/soundness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plan/fields.hpp"

namespace shortfall {
namespace {

// The largest outcome a table can give, whatever its sign; infinite where any of its numbers is not finite.
double largest(const Cubic& cubic) {
  const auto at = [&](double t) { return std::abs(cubic.of[0] + t * (cubic.of[1] + t * (cubic.of[2] + t * cubic.of[3]))); };
  const double most = std::max({at(0), at(1.0 / 3), at(2.0 / 3), at(1)});
  return std::isfinite(cubic.of[0] + cubic.of[1] + cubic.of[2] + cubic.of[3]) ? most : HUGE_VAL;
}

double largest(const Marginal& m) {
  double most = std::max(std::abs(m.value), std::abs(m.dropped));
  // Segment j lies between two thresholds: its ends are its extremes. No score is beyond ±40.
  for (std::size_t j = 0; j < m.first.size(); ++j) {
    const double from = j == 0 ? -40 : m.thresholds[j - 1], to = j == m.thresholds.size() ? 40 : m.thresholds[j];
    const auto at = [&](double score) { return std::abs(m.first[j] + m.slope[j] * 0.5 * std::erfc(-score / std::sqrt(2.0))); };
    if (!std::isfinite(m.first[j]) || !std::isfinite(m.slope[j])) return HUGE_VAL;
    if (from < to) most = std::max({most, at(from), at(to)});
  }
  if (m.curve)
    for (const Cubic& cubic : m.curve->cells) most = std::max(most, largest(cubic));
  if (m.conditional)
    for (const Cubic& cubic : m.conditional->cells)
      if (!std::isfinite(largest(cubic))) return HUGE_VAL;
  if (m.limited && std::isfinite(most)) most = std::min<double>(most, std::max(std::abs(m.least), std::abs(m.most)));
  return most;
}

bool finite(const Months& months) {
  return std::none_of(months.thresholds().begin(), months.thresholds().end(), [](float t) { return std::isnan(t); });
}

double sum_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0, [](double sum, double x) { return sum + std::abs(x); });
}

// What a scheme saves over the years when it is on time: the table's first row.
double planned(const SchemeModel& s, const SavingTable& table) {
  const auto from = s.saving.begin() + static_cast<std::ptrdiff_t>(table.window(0));
  return std::accumulate(from, from + static_cast<std::ptrdiff_t>(table.years), 0.0, [](double sum, double x) { return sum + std::abs(x); });
}

struct Checker {
  const Plans& plans;
  const Model& model;
  std::vector<double> outcomes = {};  // [marginal], the largest
  Problems problems = {};

  static Place place_of(const std::optional<PlacedDistribution>& own, const Scheme& s) {
    return own ? own->place : s.reference_class ? s.reference_class->place : s.id.place;
  }

  void unusable(const Place& place, const std::string& owner, const char* what) {
    report(problems, Code::unsound_numbers, place,
           fmt::format("the {} of '{}' has no finite value somewhere (its numbers are too large, too small or too close); write it more simply", what,
                       owner));
  }

  void money(const Place& place, const std::string& owner, const char* what, double amount, double times) {
    report(problems, Code::unsound_numbers, place,
           fmt::format("scheme '{}' can {} {:.3g} times its plan, {:.3g} in all (sums of more than {:.0e} lose their digits); give the distribution "
                       "a high:, or write money in a larger unit",
                       owner, what, times, amount * times, most_money));
  }

  void scheme(const Organisation& o, const Scheme& s, const SchemeModel& m) {
    const std::string name = o.id.value + "/" + s.id.value;
    const double share = outcomes[m.share], overrun = outcomes[m.overrun];
    if (!std::isfinite(share)) return unusable(place_of(s.delivery, s), name, "delivery");
    if (!std::isfinite(overrun)) return unusable(place_of(s.overrun, s), name, "overrun");
    if (!finite(model.months[m.delay])) return unusable(place_of(s.delay, s), name, "delay");
    double lands = 0, costs = 0;
    for (const Landing& l : m.lands) lands += std::abs(l.share);
    for (const auto& [organisation, row] : m.cost_rows) costs += sum_of(row);
    const double saving = planned(m, model.table()) * std::max(1.0, lands);
    if (saving * share > most_money) money(place_of(s.delivery, s), name, "save", saving, share);
    if (costs * overrun > most_money) money(place_of(s.overrun, s), name, "cost", costs, overrun);
  }

  void all() {
    for (const Marginal& m : model.marginals) outcomes.push_back(largest(m));
    std::size_t next = 0;
    for (const Organisation& o : plans.organisations)
      for (const Scheme& s : o.schemes) scheme(o, s, model.schemes[next++]);
    next = 0;
    const auto team = [&](const Team& t) {
      if (!std::isfinite(largest(model.teams[next].staffing))) unusable(t.place, model.teams[next].name, "staffing");
      ++next;
    };
    for (const Team& t : plans.system.teams) team(t);
    for (const Organisation& o : plans.organisations)
      for (const Team& t : o.teams) team(t);
  }
};

}  // namespace

Problems soundness(const Plans& plans, const Model& model) {
  Checker checker{plans, model};
  checker.all();
  return std::move(checker.problems);
}

}  // namespace shortfall
