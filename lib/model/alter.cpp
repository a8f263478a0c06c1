#include "study/what_if.hpp"

#include <algorithm>

namespace shortfall {
namespace {

std::uint32_t certain(Model& model, float share) {
  Marginal marginal;
  marginal.value = share;
  marginal.dropped = share;
  if (share == 0) marginal.drop_threshold = 1e30f;  // never starts
  model.marginals.push_back(std::move(marginal));
  return static_cast<std::uint32_t>(model.marginals.size() - 1);
}

std::uint32_t late(Model& model, Months months) {
  model.months.push_back(std::move(months));
  return static_cast<std::uint32_t>(model.months.size() - 1);
}

// A sum made anew, so that a team that nobody asks for is left with exactly 0.
void sum_efforts(Model& model) {
  for (TeamModel& t : model.teams) std::fill(t.effort.begin(), t.effort.end(), 0.0);
  for (const SchemeModel& s : model.schemes)
    for (const TeamEffort& e : s.effort)
      for (std::size_t y = 0; y < e.wte.size(); ++y) model.teams[e.team].effort[y] += e.wte[y];
}

}  // namespace

void lose(Model& model, std::size_t scheme) {
  SchemeModel& s = model.schemes[scheme];
  s.share = certain(model, 0);
  s.cost_rows.clear();
  if (!s.effort.empty()) {
    s.effort.clear();
    sum_efforts(model);
  }
}

void make_certain(Model& model, std::size_t scheme) {
  SchemeModel& s = model.schemes[scheme];
  s.share = s.overrun = certain(model, 1);
  s.delay = late(model, {});
  s.needs.clear();
  s.effort.clear();  // the teams' sums keep it
  s.consults = false;
}

void put_off(Model& model, std::size_t scheme, int months) {
  const auto most = static_cast<int>(12 * model.years.size());
  const Months& now = model.months[model.schemes[scheme].delay];
  if (now.thresholds().empty()) {
    model.schemes[scheme].delay = late(model, Months(std::min(now.certain() + months, most)));
    return;
  }
  std::vector<float> thresholds(static_cast<std::size_t>(months), 1e30f);
  thresholds.insert(thresholds.end(), now.thresholds().begin(), now.thresholds().end());
  if (thresholds.size() > static_cast<std::size_t>(most)) thresholds.resize(static_cast<std::size_t>(most));
  model.schemes[scheme].delay = late(model, Months(std::move(thresholds)));
}

}  // namespace shortfall
