#include "model/alter.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "model/landing.hpp"
#include "model/quantile.hpp"

namespace shortfall {
namespace {

std::uint32_t certain(Model& model, float share) {
  Marginal marginal;
  marginal.value = share;
  marginal.dropped = share;
  if (share == 0) marginal.drop_threshold = above_every_score;  // it never starts
  model.marginals.push_back(std::move(marginal));
  return static_cast<std::uint32_t>(model.marginals.size() - 1);
}

std::uint32_t late(Model& model, Months months) {
  model.months.push_back(std::move(months));
  return static_cast<std::uint32_t>(model.months.size() - 1);
}

// Summed anew in the order of schemes, so that a team that nobody asks for is left with exactly 0.
void sum_efforts(Model& model) {
  for (TeamModel& t : model.teams) std::fill(t.effort.begin(), t.effort.end(), 0.0);
  for (const SchemeModel& s : model.schemes)
    for (const std::vector<TeamEffort>* efforts : {&s.effort, &s.effort_spared})
      for (const TeamEffort& e : *efforts)
        for (std::size_t y = 0; y < e.wte.size(); ++y) model.teams[e.team].effort[y] += e.wte[y];
}

// It asks its teams for as much as before, and no longer suffers when they are short.
void spare(SchemeModel& scheme) {
  scheme.effort_spared.insert(scheme.effort_spared.end(), std::make_move_iterator(scheme.effort.begin()),
                              std::make_move_iterator(scheme.effort.end()));
  scheme.effort.clear();
}

template <class Test>
bool any_scheme(const Model& m, Test test) {
  return std::any_of(m.schemes.begin(), m.schemes.end(), test);
}
template <class Test>
bool any_organisation(const Model& m, Test test) {
  return std::any_of(m.organisations.begin(), m.organisations.end(), test);
}

void remove_needs(Model& model) {
  for (SchemeModel& s : model.schemes) s.needs.clear();
  model.needs_order.clear();
}

void pay_conditional_funding(Model& model) {
  for (OrganisationModel& o : model.organisations)
    for (std::size_t y = 0; y < model.years.size(); ++y) o.before_pressure[y] += std::exchange(o.conditional_funding[y], 0.0);
}

// What is held at a quantile is a stress, not luck: it stays.
void make_independent(const Model& model, Luck& luck) {
  std::erase_if(luck.loadings, [&](const Loading& l) { return !model.factors[l.factor].held_at; });
  double held = 0;
  for (const Loading& l : luck.loadings) held += static_cast<double>(l.weight) * static_cast<double>(l.weight);
  luck.own_weight = static_cast<float>(std::sqrt(std::max(0.0, 1 - held)));
}

void make_independent(Model& model) {
  for (SchemeModel& s : model.schemes) {
    make_independent(model, s.luck);
    if (s.scheme_held_at)
      s.luck.own_weight = std::sqrt(std::max(0.0f, s.luck.own_weight * s.luck.own_weight - s.scheme_weight * s.scheme_weight));
    else
      s.scheme_weight = 0;
  }
  for (OrganisationModel& o : model.organisations)
    for (Luck& l : o.pressure_luck) make_independent(model, l);
  for (OrganisationModel& o : model.organisations)
    if (o.finds()) make_independent(model, o.substitute_luck);
  for (TeamModel& t : model.teams) make_independent(model, t.luck);
  model.student_t = nullptr;
}

// Whether anything could make it late.
bool may_wait(const Model& model, const SchemeModel& scheme) {
  const Months& late = model.months[scheme.delay];
  return scheme.consults || !scheme.needs.empty() || !late.thresholds().empty() || late.certain() > 0;
}

void let_all_last(Model& model) {
  for (SchemeModel& s : model.schemes)
    if (!s.saving_without_lapses.empty()) s.saving = std::exchange(s.saving_without_lapses, {});
}

bool depends(const Model& model) {
  const auto shares = [](const Luck& l) { return !l.loadings.empty(); };
  return model.student_t != nullptr || any_scheme(model, [&](const SchemeModel& s) { return shares(s.luck) || s.scheme_weight > 0; }) ||
         any_organisation(model, [&](const OrganisationModel& o) { return shares(o.pressure_luck.front()); });
}

}  // namespace

void lose(Model& model, std::size_t scheme) {
  SchemeModel& s = model.schemes[scheme];
  s.share = certain(model, 0);
  s.cost_rows.clear();
  if (s.effort.empty() && s.effort_spared.empty()) return;
  s.effort.clear();
  s.effort_spared.clear();
  sum_efforts(model);
}

void make_certain(Model& model, std::size_t scheme) {
  SchemeModel& s = model.schemes[scheme];
  s.share = s.overrun = certain(model, 1);
  s.delay = late(model, {});
  s.consults = false;
  spare(s);
  if (s.needs.empty()) return;
  s.needs.clear();
  model.needs_order = order_of_needs(model.schemes);
}

void put_off(Model& model, std::size_t scheme, int months) {
  const int most = model.table().latest();
  const auto later = [months, most](const Months& now) {
    if (now.thresholds().empty()) return Months(std::min(now.certain() + months, most));
    std::vector<float> thresholds(static_cast<std::size_t>(months), above_every_score);
    thresholds.insert(thresholds.end(), now.thresholds().begin(), now.thresholds().end());
    if (thresholds.size() > static_cast<std::size_t>(most)) thresholds.resize(static_cast<std::size_t>(most));
    return Months(std::move(thresholds));
  };
  const std::uint32_t before = model.schemes[scheme].delay;
  const std::uint32_t after = model.schemes[scheme].delay = late(model, later(model.months[before]));
  if (before >= model.drawn_months.size() || model.drawn_months[before] == nullptr) return;
  const std::shared_ptr<const Drawn<Months>> sooner = model.drawn_months[before];
  auto drawn = std::make_shared<Drawn<Months>>();
  drawn->key = sooner->key ^ stream_of("later") * static_cast<Stream>(months);
  drawn->make = [sooner, later](std::size_t draw) { return std::make_shared<const Months>(later(*sooner->make(draw))); };
  model.drawn_months.resize(after + 1);
  model.drawn_months[after] = std::move(drawn);
}

void make_all_alike(Model& model, double share, int months) {
  Marginal delivered, at_cost;
  delivered.value = delivered.dropped = static_cast<float>(share);
  at_cost.value = at_cost.dropped = 1;
  std::vector<Marginal> marginals = {delivered, at_cost};
  for (OrganisationModel& o : model.organisations) {
    if (!o.finds()) continue;
    marginals.push_back(model.marginals[o.substitute_rate]);
    o.substitute_rate = static_cast<std::uint32_t>(marginals.size() - 1);
  }
  model.marginals = std::move(marginals);
  model.months = {Months(months)};
  model.drawn_marginals.clear();
  model.drawn_months.clear();
  for (SchemeModel& s : model.schemes) {
    s.share = 0;
    s.overrun = 1;
    s.delay = 0;
    s.consults = false;
    s.effort.clear();
    s.effort_spared.clear();
  }
  remove_needs(model);
  sum_efforts(model);
  plan_landing(model);
}

void keep_to_plan(Model& model) {
  for (OrganisationModel& o : model.organisations) {
    o.pressure_sd = 0;
    find_nothing(o);
  }
  for (SchemeModel& s : model.schemes) {
    s.opportunity = -1;
    s.consults = false;
    s.effort.clear();
    s.effort_spared.clear();
  }
  remove_needs(model);
  model.teams.clear();
}

void hold_factor(Model& model, std::size_t factor, double quantile) {
  model.factors[factor].held_at = static_cast<float>(normal_score({quantile, 1 - quantile}));
}

void separate_scheme_factors(Model& model) {
  for (SchemeModel& s : model.schemes) s.scheme_stream = s.share_stream ^ stream_of("scheme factor");
}

void redraw(Model& model, std::optional<DriverKind> kept) {
  separate_scheme_factors(model);
  const auto anew = [&](Stream& stream, DriverKind of) {
    if (of != kept) stream ^= stream_of("redrawn");
  };
  for (Factor& f : model.factors) anew(f.stream, DriverKind::shared_factors);
  for (SchemeModel& s : model.schemes) {
    anew(s.scheme_stream, DriverKind::scheme_factors);
    anew(s.share_stream, DriverKind::shares);
    anew(s.delay_stream, DriverKind::delays);
    anew(s.overrun_stream, DriverKind::overruns);
  }
  for (TeamModel& t : model.teams) anew(t.stream, DriverKind::staffing);
  for (OrganisationModel& o : model.organisations) {
    for (Stream& s : o.pressure_stream) anew(s, DriverKind::pressures);
    for (Stream& s : o.substitute_stream) anew(s, DriverKind::substitutes);
  }
  if (!model.student_t) return;
  auto mixing = std::make_shared<Model::StudentT>(*model.student_t);
  anew(mixing->stream, DriverKind::shared_factors);
  model.student_t = std::move(mixing);
}

std::size_t driver_kinds_of(const Model& model) {
  return any_organisation(model, [](const OrganisationModel& o) { return o.finds(); }) ? driver_kinds : driver_kinds - 1;
}

bool uses(const Model& model, Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::needs:
      return !model.needs_order.empty();
    case Mechanism::shared_staff:
      return any_scheme(model, [](const SchemeModel& s) { return !s.effort.empty(); });
    case Mechanism::double_counting:
      return any_scheme(model, [](const SchemeModel& s) { return s.opportunity >= 0; });
    case Mechanism::blackouts:
      return !model.blackouts.empty() && any_scheme(model, [](const SchemeModel& s) { return s.consults; });
    case Mechanism::harm_at_once:
      return !model.harm_waits && any_scheme(model, [&](const SchemeModel& s) { return s.may_harm && may_wait(model, s); });
    case Mechanism::lapses:
      return any_scheme(model, [](const SchemeModel& s) { return !s.saving_without_lapses.empty(); });
    case Mechanism::substitutes:
      return driver_kinds_of(model) == driver_kinds;
    case Mechanism::conditional_funding:
      return any_organisation(model, [](const OrganisationModel& o) {
        return std::any_of(o.conditional_funding.begin(), o.conditional_funding.end(), [](double f) { return f > 0; });
      });
    case Mechanism::dependence:
      return depends(model);
    case Mechanism::agreement:
      return std::any_of(model.pools.begin(), model.pools.end(), [](const PoolModel& p) { return p.members.size() > 1; });
  }
  return false;
}

namespace {

void take_away(Model& model, Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::needs:
      return remove_needs(model);
    case Mechanism::shared_staff:
      for (SchemeModel& s : model.schemes) spare(s);
      return;
    case Mechanism::double_counting:
      for (SchemeModel& s : model.schemes) s.opportunity = -1;
      return;
    case Mechanism::blackouts:
      return model.blackouts.clear();
    case Mechanism::harm_at_once:
      model.harm_waits = true;
      return;
    case Mechanism::lapses:
      return let_all_last(model);
    case Mechanism::substitutes:
      for (OrganisationModel& o : model.organisations) find_nothing(o);
      return;
    case Mechanism::conditional_funding:
      return pay_conditional_funding(model);
    case Mechanism::dependence:
      return make_independent(model);
    case Mechanism::agreement:
      return model.pools.clear();
  }
}

}  // namespace

void remove(Model& model, Mechanism mechanism) {
  take_away(model, mechanism);
  plan_landing(model);
}

}  // namespace shortfall
