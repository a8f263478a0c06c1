#include "sim/block.hpp"

#include <algorithm>
#include <cassert>

#include "sim/scheme.hpp"
#include "sim/stages.hpp"

namespace shortfall {
namespace {

std::size_t at(std::int32_t place) {
  assert(place >= 0);
  return static_cast<std::size_t>(place);
}

BlockResult result_for(const Workspace::Shape& shape) {
  BlockResult out;
  const std::size_t n = shape.organisations, years = shape.years, pools = shape.pools;
  out.organisations = n;
  out.years = years;
  out.margin.resize(n * years);
  for (std::vector<Doubles>* each : {&out.shortfall, &out.worst_gap, &out.saving, &out.last_year_saving}) each->resize(n);
  if (std::find(shape.finding.begin(), shape.finding.end(), true) != shape.finding.end()) out.found.assign(n * years, Doubles::Zero());
  out.alone_by_year.resize(n * years);
  out.together_by_year.resize(n * years);
  out.pool_shortfall.resize(pools);
  out.pool_worst_gap.resize(pools);
  out.pool_excess.resize(pools);
  out.pool_fails.resize(pools);
  if (!shape.integrated) return out;
  FailureChances& chances = out.chances.emplace();
  chances.alone.resize(n * years);
  chances.pool.resize(pools * years);
  chances.both.resize(n);
  return out;
}

}  // namespace

Workspace::Shape shape_of(const Model& model, PressureMethod pressure) {
  Workspace::Shape out{model.organisations.size(), model.years.size(), model.pools.size(), {}, pressure == PressureMethod::integrated};
  for (const OrganisationModel& o : model.organisations) out.finding.push_back(o.finds());
  return out;
}

Workspace::Workspace(Shape of) : shape(std::move(of)), home(lanes_for(shape.years)), result(result_for(shape)) { landed.resize(result.found.size()); }

BlockSimulator::BlockSimulator(const Model& model, PressureMethod pressure, std::size_t m, const Schedule& schedule, Memo& memo, Workspace& workspace)
    : model_(model), schedule_(schedule), memo_(memo), places_(memo.places(m)), work_(workspace), lucks_(lucks_signature_of(model, schedule.sums)) {
  assert(work_.shape == shape_of(model, pressure));
  if (pressure == PressureMethod::integrated) integral_.emplace(model);
}

void BlockSimulator::start(Draws& draws) {
  const TimedStage stage(timings_, TrialStage::luck);
  memo_.start(draws.occasion());
  if (work_.occasion != draws.occasion() || work_.lucks != lucks_) {
    work_.occasion = draws.occasion();
    work_.lucks = lucks_;
    draw_factors(model_, schedule_, draws, work_.luck);
    staff_teams(model_, schedule_, draws, work_.luck, work_.stretch);
  }
  for (const std::uint32_t i : schedule_.early) outcome_of(i, draws);
}

// Stands until the next call.
const SchemeOutcome& BlockSimulator::outcome_of(std::size_t scheme, Draws& draws) {
  const std::int32_t place = places_.outcome[scheme];
  SchemeOutcome& out = place < 0 ? work_.fresh : memo_.outcomes.at[at(place)];
  if (place >= 0 && memo_.outcomes.known[at(place)]) return out;
  draw_outcome(model_, schedule_, scheme, draws, work_.luck, timings_, out);
  bind_outcome(model_, schedule_, scheme, work_.stretch, memo_, places_, out);
  if (place >= 0) memo_.outcomes.known[at(place)] = true;
  return out;
}

void BlockSimulator::share_opportunities() {
  const TimedStage stage(timings_, TrialStage::deliver);
  for (std::size_t k = 0; k < schedule_.claimants.size(); ++k) {
    const std::size_t place = at(places_.opportunity[k]);
    if (!memo_.claims.known[place]) share_opportunity(model_, schedule_, k, memo_, places_, memo_.claims.at[place]);
    memo_.claims.known[place] = true;
  }
}

// What a claimant of an opportunity is left with; null for a scheme that claims none.
const Rows* BlockSimulator::left_of(std::size_t scheme) const {
  const std::int32_t opportunity = model_.schemes[scheme].opportunity;
  return opportunity < 0 ? nullptr : &memo_.claims.at[at(places_.opportunity[static_cast<std::size_t>(opportunity)])][schedule_.claim[scheme]];
}

// What one of its owner's schemes brings others, where that is not known yet.
void BlockSimulator::deliver_to_others(std::size_t scheme, Draws& draws) {
  const auto waits = [&](std::uint32_t other) { return !memo_.aways.known[at(places_.away[other])]; };
  const std::vector<std::uint32_t>& others = schedule_.brings[scheme];
  if (std::none_of(others.begin(), others.end(), waits)) return;
  const SchemeOutcome& outcome = outcome_of(scheme, draws);
  const TimedStage stage(timings_, TrialStage::deliver);
  for (const std::uint32_t other : others)
    if (waits(other)) deliver_away(model_.schemes[scheme], model_.table(), outcome, left_of(scheme), other, memo_.aways.at[at(places_.away[other])]);
}

// What its schemes bring an organisation, and others, where that is not known yet. In order of id whatever needs or claims what, so that the sums are
// the same sums.
void BlockSimulator::deliver(std::size_t o, Draws& draws) {
  const std::size_t years = schedule_.years;
  const std::int32_t place = places_.home[o];
  const bool known = place >= 0 && memo_.homes.known[at(place)];
  for (const std::uint32_t i : schedule_.bringers[o]) deliver_to_others(i, draws);
  if (!known) {
    work_.home.start();
    for (std::size_t i = schedule_.first_scheme[o]; i < schedule_.first_scheme[o + 1]; ++i) {
      const SchemeOutcome& outcome = outcome_of(i, draws);
      const TimedStage stage(timings_, TrialStage::deliver);
      deliver_at_home(model_.schemes[i], model_.table(), outcome, left_of(i), work_.home);
    }
  }
  const TimedStage stage(timings_, TrialStage::deliver);
  const std::span<Doubles> margin = std::span(work_.result.margin).subspan(o * years, years);
  const bool finds = model_.organisations[o].finds();
  const std::span<Doubles> landed = finds ? std::span(work_.landed).subspan(o * years, years) : std::span<Doubles>();
  if (place < 0) return bring_home(model_.organisations[o], work_.home, margin, landed, work_.result.saving[o], work_.result.last_year_saving[o]);
  HomeColumns& kept = memo_.homes.at[at(place)];
  if (!known) bring_home(model_.organisations[o], work_.home, kept.margin, kept.landed, kept.saving, kept.last_year_saving);
  memo_.homes.known[at(place)] = true;
  std::copy(kept.margin.begin(), kept.margin.end(), margin.begin());
  std::copy_n(kept.landed.begin(), landed.size(), landed.begin());
  work_.result.saving[o] = kept.saving;
  work_.result.last_year_saving[o] = kept.last_year_saving;
}

// All margins before pressure.
void BlockSimulator::land(Draws& draws) {
  share_opportunities();
  for (std::size_t o = 0; o < work_.result.organisations; ++o)
    if (places_.away[o] >= 0 && !memo_.aways.known[at(places_.away[o])]) memo_.aways.at[at(places_.away[o])].start();
  for (std::size_t o = 0; o < work_.result.organisations; ++o) deliver(o, draws);
  for (std::size_t o = 0; o < work_.result.organisations; ++o) {
    if (places_.away[o] < 0) continue;
    memo_.aways.known[at(places_.away[o])] = true;
    const AwayRows& away = memo_.aways.at[at(places_.away[o])];
    add_years(std::span(work_.result.margin).subspan(o * schedule_.years, schedule_.years), away.money);
    if (!away.parts) continue;
    add_years(std::span(work_.result.margin).subspan(o * schedule_.years, schedule_.years), away.saves);
    add_years(std::span(work_.landed).subspan(o * schedule_.years, schedule_.years), away.saves);
  }
}

const BlockResult& BlockSimulator::simulate(Draws& draws) {
  start(draws);
  work_.result.draw = draws.draw_of(model_);
  const TimedStage stage(timings_, TrialStage::settle);
  work_.result.carry.clear();
  for (const OrganisationModel& o : model_.organisations) work_.result.carry.push_back(o.carry);
  PressureIntegral* const integral = integral_ ? &*integral_ : nullptr;
  land(draws);
  {
    const TimedStage luck_stage(timings_, TrialStage::luck);
    press(model_, schedule_, draws, work_.luck, integral, work_.result.margin);
  }
  if (!work_.result.found.empty()) substitute(model_, schedule_, draws, work_.luck, work_.landed, work_.result.margin, work_.result.found);
  fund(model_, work_.result.margin);
  stand_alone(model_, work_.result);
  stand_together(model_, work_.result);
  stand_as_system(model_, work_.result);
  if (integral != nullptr) {
    const TimedStage integrate_stage(timings_, TrialStage::integrate);
    integrate(model_, *integral, work_.result);
  }
  return work_.result;
}

void BlockSimulator::sample(Draws& draws, const std::vector<std::size_t>& schemes, std::vector<SchemeOutcome>& outcomes) {
  start(draws);
  outcomes.resize(schemes.size());
  for (std::size_t k = 0; k < schemes.size(); ++k) outcomes[k] = outcome_of(schemes[k], draws);
}

// What a scheme saves, a row a year. Stands until the next call.
const Rows& BlockSimulator::rows_of(std::size_t scheme, Draws& draws) {
  if (const Rows* rows = left_of(scheme)) return *rows;
  work_.home.saves.setZero();
  add_alone(model_.schemes[scheme], model_.table(), outcome_of(scheme, draws), 1, work_.home.saves);
  return work_.home.saves;
}

void BlockSimulator::savings(Draws& draws, std::vector<Doubles>& saving) {
  start(draws);
  share_opportunities();
  saving.resize(model_.schemes.size());
  for (std::size_t i = 0; i < model_.schemes.size(); ++i) {
    saving[i].setZero();
    add_total(saving[i], rows_of(i, draws), schedule_.years);
  }
}

void BlockSimulator::savings(Draws& draws, std::size_t year, SchemeSavings& out) {
  start(draws);
  share_opportunities();
  const std::size_t n = model_.schemes.size();
  out.all.resize(n), out.of_year.resize(n), out.dropped.resize(n);
  SchemeOutcome again;
  for (std::size_t i = 0; i < n; ++i) {
    out.all[i].setZero(), out.of_year[i].setZero();
    const Rows& rows = rows_of(i, draws);
    add_total(out.all[i], rows, schedule_.years);
    add_year(out.of_year[i], rows, year);
    out.dropped[i].setZero();
    if (model_.marginals[model_.schemes[i].share].may_drop_out())
      draw_outcome(model_, schedule_, i, draws, work_.luck, timings_, again, &out.dropped[i]);
  }
}

}  // namespace shortfall
