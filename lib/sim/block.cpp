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

BlockResult result_for(const Model& model, bool integrated) {
  BlockResult out;
  const std::size_t n = model.organisations.size(), years = model.years.size(), pools = model.pools.size();
  out.organisations = n;
  out.years = years;
  out.margin.resize(n * years);
  for (std::vector<Doubles>* each : {&out.shortfall, &out.worst_gap, &out.saving, &out.last_year_saving}) each->resize(n);
  if (std::any_of(model.organisations.begin(), model.organisations.end(), [](const OrganisationModel& o) { return o.finds(); }))
    out.found.assign(n * years, Doubles::Zero());
  for (const OrganisationModel& o : model.organisations) out.carry.push_back(o.carry);
  out.alone_by_year.resize(n * years);
  out.together_by_year.resize(n * years);
  out.pool_shortfall.resize(pools);
  out.pool_worst_gap.resize(pools);
  out.pool_excess.resize(pools);
  out.pool_fails.resize(pools);
  if (integrated) out.chances = FailureChances{std::vector<Doubles>(n * years), std::vector<Doubles>(pools * years), std::vector<Doubles>(n), {}};
  return out;
}

}  // namespace

BlockSimulator::BlockSimulator(const Model& model, PressureMethod pressure)
    : model_(model),
      own_schedule_(std::make_unique<const Schedule>(model)),
      own_memo_(std::make_unique<Memo>(std::vector{&model}, std::span(own_schedule_.get(), 1))),
      schedule_(*own_schedule_),
      memo_(*own_memo_),
      places_(memo_.places(0)),
      home_(schedule_.lanes),
      result_(result_for(model, pressure == PressureMethod::integrated)) {
  if (pressure == PressureMethod::integrated) integral_.emplace(model);
  landed_.resize(result_.found.size());
}

BlockSimulator::BlockSimulator(const Model& model, PressureMethod pressure, std::size_t m, const Schedule& schedule, Memo& memo)
    : model_(model),
      schedule_(schedule),
      memo_(memo),
      places_(memo.places(m)),
      home_(schedule.lanes),
      result_(result_for(model, pressure == PressureMethod::integrated)) {
  if (pressure == PressureMethod::integrated) integral_.emplace(model);
  landed_.resize(result_.found.size());
}

void BlockSimulator::start(Draws& draws) {
  const TimedStage stage(timings_, TrialStage::luck);
  if (occasion_ == draws.occasion()) return;
  occasion_ = draws.occasion();
  memo_.start(occasion_);
  draw_factors(model_, schedule_, draws, luck_);
  staff_teams(model_, schedule_, draws, luck_, stretch_);
  for (const std::uint32_t i : schedule_.early) outcome_of(i, draws);
}

// Stands until the next call.
const SchemeOutcome& BlockSimulator::outcome_of(std::size_t scheme, Draws& draws) {
  const std::int32_t place = places_.outcome[scheme];
  SchemeOutcome& out = place < 0 ? fresh_ : memo_.outcomes.at[at(place)];
  if (place >= 0 && memo_.outcomes.known[at(place)]) return out;
  draw_outcome(model_, schedule_, scheme, draws, luck_, timings_, out);
  bind_outcome(model_, schedule_, scheme, stretch_, memo_, places_, out);
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

// What its schemes bring an organisation, and others, where that is not known yet. In order of id whatever needs or claims what, so that the sums are
// the same sums.
void BlockSimulator::deliver(std::size_t o, Draws& draws) {
  const std::size_t years = schedule_.years;
  const std::int32_t place = places_.home[o];
  const bool known = place >= 0 && memo_.homes.known[at(place)];
  home_.start();
  for (std::size_t i = schedule_.first_scheme[o]; i < schedule_.first_scheme[o + 1]; ++i) {
    const SchemeModel& scheme = model_.schemes[i];
    const auto waits_for = [&](std::uint32_t other) { return other != o && !memo_.aways.known[at(places_.away[other])]; };
    std::vector<std::uint32_t> others;
    if (lands_elsewhere(scheme)) {
      for (const Landing& l : scheme.lands)
        if (waits_for(l.organisation)) others.push_back(l.organisation);
      for (const auto& [other, row] : scheme.cost_rows)
        if (waits_for(other) && std::find(others.begin(), others.end(), other) == others.end()) others.push_back(other);
    }
    if (known && others.empty()) continue;
    const SchemeOutcome& outcome = outcome_of(i, draws);
    const TimedStage stage(timings_, TrialStage::deliver);
    for (const std::uint32_t other : others) deliver_away(scheme, years, outcome, left_of(i), other, memo_.aways.at[at(places_.away[other])]);
    if (!known) deliver_at_home(scheme, years, outcome, left_of(i), home_);
  }
  const TimedStage stage(timings_, TrialStage::deliver);
  const std::span<Doubles> margin = std::span(result_.margin).subspan(o * years, years);
  const bool finds = model_.organisations[o].finds();
  const std::span<Doubles> landed = finds ? std::span(landed_).subspan(o * years, years) : std::span<Doubles>();
  if (place < 0) return bring_home(model_.organisations[o], home_, margin, landed, result_.saving[o], result_.last_year_saving[o]);
  HomeColumns& kept = memo_.homes.at[at(place)];
  if (!known) bring_home(model_.organisations[o], home_, kept.margin, kept.landed, kept.saving, kept.last_year_saving);
  memo_.homes.known[at(place)] = true;
  std::copy(kept.margin.begin(), kept.margin.end(), margin.begin());
  std::copy_n(kept.landed.begin(), landed.size(), landed.begin());
  result_.saving[o] = kept.saving;
  result_.last_year_saving[o] = kept.last_year_saving;
}

// All margins before pressure.
void BlockSimulator::land(Draws& draws) {
  share_opportunities();
  for (std::size_t o = 0; o < result_.organisations; ++o)
    if (places_.away[o] >= 0 && !memo_.aways.known[at(places_.away[o])]) memo_.aways.at[at(places_.away[o])].start();
  for (std::size_t o = 0; o < result_.organisations; ++o) deliver(o, draws);
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    if (places_.away[o] < 0) continue;
    memo_.aways.known[at(places_.away[o])] = true;
    const AwayRows& away = memo_.aways.at[at(places_.away[o])];
    add_years(std::span(result_.margin).subspan(o * schedule_.years, schedule_.years), away.money);
    if (!away.parts) continue;
    add_years(std::span(result_.margin).subspan(o * schedule_.years, schedule_.years), away.saves);
    add_years(std::span(landed_).subspan(o * schedule_.years, schedule_.years), away.saves);
  }
}

const BlockResult& BlockSimulator::simulate(Draws& draws) {
  start(draws);
  const TimedStage stage(timings_, TrialStage::settle);
  PressureIntegral* const integral = integral_ ? &*integral_ : nullptr;
  land(draws);
  {
    const TimedStage luck_stage(timings_, TrialStage::luck);
    press(model_, schedule_, draws, luck_, integral, result_.margin);
  }
  if (!result_.found.empty()) substitute(model_, schedule_, draws, luck_, landed_, result_.margin, result_.found);
  fund(model_, result_.margin);
  stand_alone(model_, result_);
  stand_together(model_, result_);
  stand_as_system(model_, result_);
  if (integral != nullptr) {
    const TimedStage integrate_stage(timings_, TrialStage::integrate);
    integrate(model_, *integral, result_);
  }
  return result_;
}

void BlockSimulator::sample(Draws& draws, const std::vector<std::size_t>& schemes, std::vector<SchemeOutcome>& outcomes) {
  start(draws);
  outcomes.resize(schemes.size());
  for (std::size_t k = 0; k < schemes.size(); ++k) outcomes[k] = outcome_of(schemes[k], draws);
}

void BlockSimulator::savings(Draws& draws, std::vector<Doubles>& saving) {
  start(draws);
  share_opportunities();
  saving.resize(model_.schemes.size());
  for (std::size_t i = 0; i < model_.schemes.size(); ++i) {
    saving[i].setZero();
    const Rows* rows = left_of(i);
    if (rows == nullptr) {
      home_.saves.setZero();
      add_alone(model_.schemes[i], schedule_.years, outcome_of(i, draws), 1, home_.saves);
      rows = &home_.saves;
    }
    add_total(saving[i], *rows, schedule_.years);
  }
}

}  // namespace shortfall
