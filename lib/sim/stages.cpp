#include "sim/stages.hpp"

#include <algorithm>

#include "sim/outcome.hpp"
#include "sim/scheme.hpp"
#include "sim/settle.hpp"

namespace shortfall {
namespace {

YearRules rules_of(const OrganisationModel& o, std::size_t year) {
  return {o.conditional_funding[year], o.one_offs[year], o.tied_to_organisation, o.tied_to_system};
}

// Whether each trial's system is on target in a year, which funding that is tied to it asks for.
void system_on_target(const Model& model, const std::vector<Doubles>& margin, std::size_t year, Flags& reached) {
  const std::size_t years = model.years.size();
  double target = 0;
  Doubles sum = Doubles::Zero();
  for (std::size_t o = 0; o < model.organisations.size(); ++o) {
    add_before_funding(margin[o * years + year], rules_of(model.organisations[o], year), sum);
    target -= model.organisations[o].conditional_funding[year];
  }
  on_target(sum, target, reached);
}

// A pool that shares one fate.
void stand_as_pool(const Model& model, std::size_t pool, BlockResult& result) {
  const Members& members = model.pools[pool].members;
  const double reserves = reserves_of(model, members);
  std::vector<Doubles> pooled(result.years);
  std::vector<Flags> fails_by(result.years);
  pool_margins(result.margins(), members, pooled);
  stand(pooled, model.pools[pool].carry, reserves, result.pool_worst_gap[pool], fails_by);
  result.pool_shortfall[pool] = result.pool_worst_gap[pool].max(0.0);
  result.pool_excess[pool] = (result.pool_shortfall[pool] - reserves).max(0.0);
  result.pool_fails[pool] = fails_by.back();
  for (const std::uint32_t o : members) std::copy(fails_by.begin(), fails_by.end(), result.together_by_year.begin() + o * result.years);
}

// A pool whose members help each other, and fail one by one.
void stand_with_aid(const Model& model, std::size_t pool, BlockResult& result) {
  const Members& members = model.pools[pool].members;
  std::vector<Doubles> aided;
  aid_margins(result.margins(), members, *model.pools[pool].aid, aided);
  result.pool_shortfall[pool].setZero();
  result.pool_excess[pool].setZero();
  result.pool_fails[pool].setZero();
  Doubles shortfall;
  for (std::size_t k = 0; k < members.size(); ++k) {
    const double reserves = model.organisations[members[k]].reserves;
    const std::span<Flags> fails_by = std::span(result.together_by_year).subspan(members[k] * result.years, result.years);
    stand(std::span(aided).subspan(k * result.years, result.years), model.organisations[members[k]].carry, reserves, shortfall, fails_by);
    shortfall = shortfall.max(0.0);
    result.pool_fails[pool] = result.pool_fails[pool].max(fails_by.back());
    result.pool_shortfall[pool] += shortfall;
    result.pool_excess[pool] += (shortfall - reserves).max(0.0);
  }
}

bool one_pool_of_all(const Model& model) {
  return model.pools.size() == 1 && !model.pools[0].aid && model.pools[0].members.size() == model.organisations.size();
}

Members all_of(const Model& model) {
  Members out;
  for (std::uint32_t o = 0; o < model.organisations.size(); ++o) out.push_back(o);
  return out;
}

void system_margins(const Model& model, const BlockResult& result, std::span<Doubles> pooled) {
  const Members all = all_of(model);
  for (std::size_t y = 0; y < pooled.size(); ++y) pool_margins(result.margins(), all, -model.system_excess[y], y, pooled[y]);
}

}  // namespace

void press(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck, PressureIntegral* integral, std::vector<Doubles>& margin) {
  if (integral != nullptr) integral->start();
  const std::size_t years = schedule.years;
  Floats common, of_year, pressure;
  for (std::size_t o = 0; o < model.organisations.size(); ++o) {
    const OrganisationModel& organisation = model.organisations[o];
    if (organisation.pressure_sd == 0) continue;
    pressure.setZero();
    for (std::size_t y = 0; y < years; ++y) {
      const float own_weight = organisation.pressure_luck[y].own_weight;
      // Where years have nothing of their own in common, all of an organisation's are alike.
      const LuckSums::Sum& sum = schedule.pressure[o * years + y];
      if (y == 0 || !(sum == schedule.pressure[o * years + y - 1])) add_up(schedule.sums, sum, luck, common);
      const Floats* own = own_weight > 0 ? &draws.normals(organisation.pressure_stream[y]) : nullptr;
      if (integral != nullptr && own != nullptr) integral->see(o, y, *own);
      score(model, luck, common, own_weight, own, of_year);
      add_pressure(of_year, static_cast<float>(organisation.pressure_sd), static_cast<float>(organisation.persistence), organisation.spend[y],
                   pressure, margin[o * years + y]);
    }
  }
}

void substitute(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck, const std::vector<Doubles>& landed,
                std::vector<Doubles>& margin, std::vector<Doubles>& found) {
  const std::size_t years = schedule.years;
  Floats common, of_year, rate;
  for (std::size_t o = 0; o < model.organisations.size(); ++o) {
    const OrganisationModel& organisation = model.organisations[o];
    if (!organisation.finds()) continue;
    const Marginal& rates = model.marginals[organisation.substitute_rate];
    const float own_weight = organisation.substitute_luck.own_weight;
    const bool drawn = rates.kind != Marginal::Kind::certain;
    if (drawn) add_up(schedule.sums, schedule.substitute[o], luck, common);
    for (std::size_t y = 0; y < years; ++y) {
      if (drawn) score(model, luck, common, own_weight, own_weight > 0 ? &draws.normals(organisation.substitute_stream[y]) : nullptr, of_year);
      outcome(rates, of_year, rate);
      substitute(rate, organisation.planned_landing[y], landed[o * years + y], organisation.substitutes_most[y], rules_of(organisation, y),
                 margin[o * years + y], found[o * years + y]);
    }
  }
}

void fund(const Model& model, std::vector<Doubles>& margin) {
  const std::size_t years = model.years.size();
  const std::vector<OrganisationModel>& organisations = model.organisations;
  for (std::size_t y = 0; y < years; ++y) {
    const bool tied = std::any_of(organisations.begin(), organisations.end(),
                                  [&](const OrganisationModel& o) { return o.tied_to_system > 0 && o.conditional_funding[y] > 0; });
    Flags reached = Flags::Zero();
    if (tied) system_on_target(model, margin, y, reached);
    for (std::size_t o = 0; o < organisations.size(); ++o)
      if (const YearRules rules = rules_of(organisations[o], y); rules.any()) settle(rules, reached, margin[o * years + y]);
  }
}

void stand_alone(const Model& model, BlockResult& result) {
  for (std::size_t o = 0; o < result.organisations; ++o) {
    stand(result.margins().of(o), model.organisations[o].carry, model.organisations[o].reserves, result.worst_gap[o],
          std::span(result.alone_by_year).subspan(o * result.years, result.years));
    result.shortfall[o] = result.worst_gap[o].max(0.0);
  }
}

void stand_together(const Model& model, BlockResult& result) {
  // Who is in no pool stands alone.
  result.together_by_year = result.alone_by_year;
  for (std::size_t p = 0; p < model.pools.size(); ++p) (model.pools[p].aid ? stand_with_aid : stand_as_pool)(model, p, result);
}

void stand_as_system(const Model& model, BlockResult& result) {
  const bool has_own_target = std::any_of(model.system_excess.begin(), model.system_excess.end(), [](double x) { return x != 0; });
  if (one_pool_of_all(model) && !has_own_target) {
    // The one pool has just stood, by the same margins.
    result.system_worst_gap = result.pool_worst_gap[0];
  } else {
    std::vector<Doubles> pooled(result.years);
    system_margins(model, result, pooled);
    worst_gap_of(pooled, model.carry, result.system_worst_gap);
  }
  result.system_shortfall = result.system_worst_gap.max(0.0);
  fails(result.system_shortfall, reserves_of(model), result.system_fails);
}

void integrate(const Model& model, PressureIntegral& integral, BlockResult& result) {
  const std::size_t years = result.years;
  FailureChances& chances = *result.chances;
  for (std::size_t o = 0; o < result.organisations; ++o)
    integral.organisation_fails(o, result.margins().of(o), model.organisations[o].reserves, std::span(chances.alone).subspan(o * years, years));
  std::vector<Doubles> pooled(years);
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    const Members& members = model.pools[p].members;
    pool_margins(result.margins(), members, pooled);
    integral.pool_fails(p, pooled, reserves_of(model, members), std::span(chances.pool).subspan(p * years, years));
    for (std::size_t k = 0; k < members.size(); ++k)
      integral.both_fail(p, k, result.margins().of(members[k]), model.organisations[members[k]].reserves, chances.both[members[k]]);
  }
  system_margins(model, result, pooled);
  integral.system_fails(pooled, reserves_of(model), chances.system);
}

}  // namespace shortfall
