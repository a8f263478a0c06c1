#include "sim/block.hpp"

#include <algorithm>
#include <cmath>

#include "sim/deliver.hpp"
#include "sim/draw.hpp"
#include "sim/luck.hpp"
#include "sim/outcome.hpp"
#include "sim/settle.hpp"

namespace shortfall {
namespace {

// Months late once the blackouts have been waited out: a start inside a window moves to its end, and from there perhaps into the next.
std::vector<std::int32_t> waited(const SchemeModel& scheme, const std::vector<BlackoutModel>& blackouts, int most) {
  if (!scheme.consults || blackouts.empty()) return {};
  std::vector<std::int32_t> after(static_cast<std::size_t>(most) + 1);
  for (int late = 0; late <= most; ++late) {
    int start = scheme.start + late;
    for (const BlackoutModel& b : blackouts)
      if (start >= b.from && start < b.to) start = b.to;
    after[static_cast<std::size_t>(late)] = std::min(start - scheme.start, most);
  }
  return after;
}

bool drawn(const Marginal& marginal) { return marginal.kind != Marginal::Kind::certain; }

// A share whose drop-out is certain: below every score's threshold.
bool never_starts(const Marginal& share) { return share.drop_threshold > 1e29f; }

}  // namespace

BlockSimulator::BlockSimulator(const Model& model, Pressure pressure)
    : model_(model),
      years_(model.years.size()),
      home_(lanes_for(model.years.size()), block_trials),
      elsewhere_(lanes_for(model.years.size()), block_trials),
      spent_(lanes_for(model.years.size()), block_trials) {
  const std::size_t n = model.organisations.size(), by_year = n * years_;
  result_.organisations = n;
  result_.years = years_;
  result_.margin.resize(by_year);
  result_.shortfall.resize(n);
  result_.saving.resize(n);
  result_.last_year_saving.resize(n);
  result_.alone_by_year.resize(by_year);
  result_.together_by_year.resize(by_year);
  result_.pool_shortfall.resize(model.pools.size());
  result_.pool_excess.resize(model.pools.size());
  result_.pool_fails.resize(model.pools.size());
  if (pressure == Pressure::integrated) {
    integral_.emplace(model);
    result_.integrated = true;
    result_.chance_alone.resize(by_year);
    result_.chance_pool.resize(model.pools.size() * years_);
    result_.chance_both.resize(n);
  }
  for (const SchemeModel& s : model.schemes) {
    scheme_luck_.push_back(scheme_luck(s));
    scheme_common_.push_back(common_luck_.sum_of(s.luck));
  }
  for (const TeamModel& t : model.teams) team_common_.push_back(common_luck_.sum_of(t.luck));
  for (const OrganisationModel& o : model.organisations)
    for (std::size_t y = 0; y < years_; ++y)
      pressure_common_.push_back(o.pressure_sd == 0 ? CommonLuck::Sum{} : common_luck_.sum_of(o.pressure_luck[y]));
  factors_.resize(model.factors.size());
  for (std::size_t f = 0; f < model.factors.size(); ++f)
    if (model.factors[f].held_at) factors_[f].setConstant(*model.factors[f].held_at);
  stretch_.resize(model.teams.size() * years_);
  slot_.assign(model.schemes.size(), -1);
  early_.assign(model.needs_order.begin(), model.needs_order.end());
  const int most = static_cast<int>(12 * years_);
  for (std::size_t i = 0; i < model.schemes.size(); ++i) {
    wait_.push_back(waited(model.schemes[i], model.blackouts, most));
    if (model.schemes[i].opportunity < 0) continue;
    claimants_.push_back(i);
    if (std::find(early_.begin(), early_.end(), i) == early_.end()) early_.push_back(i);
  }
  is_early_.resize(model.schemes.size());
  for (const std::size_t i : early_) {
    is_early_[i] = true;
    keep_outcome(i);
  }
  const std::size_t lanes = lanes_for(years_);
  claimed_.assign(claimants_.size(), Rows(lanes, block_trials));
  claims_.assign(model.opportunities.size(), Rows(lanes, block_trials));
  away_slot_.assign(n, -1);
  const auto receives = [&](std::uint32_t organisation, std::uint32_t owner) {
    if (organisation == owner || away_slot_[organisation] >= 0) return;
    away_slot_[organisation] = static_cast<std::int32_t>(away_.size());
    away_.emplace_back(lanes, block_trials);
  };
  for (const SchemeModel& s : model.schemes) {
    for (const auto& [organisation, row] : s.cost_rows) receives(organisation, s.organisation);
    for (const Landing& l : s.lands) receives(l.organisation, s.organisation);
  }
  pooled_.resize(years_);
  std::size_t largest = 0;
  for (const PoolModel& pool : model.pools)
    if (pool.aid) largest = std::max(largest, pool.members.size());
  aided_.resize(largest * years_);
}

void BlockSimulator::start(Draws& draws) {
  const TimedStage luck(timings_, TrialStage::luck);
  draw_factors(draws);
  staff_teams(draws);
  for (const std::size_t i : early_)
    if (!outcome_is_shared(i)) outcome_of(model_.schemes[i], draws, kept_[static_cast<std::size_t>(slot_[i])]);
}

void BlockSimulator::keep_outcome(std::size_t scheme) {
  if (slot_[scheme] >= 0) return;
  slot_[scheme] = static_cast<std::int32_t>(kept_.size());
  kept_.emplace_back();
}

void BlockSimulator::keep() {
  for (std::size_t i = 0; i < model_.schemes.size(); ++i)
    if (!outcome_is_shared(i)) keep_outcome(i);
  delivered_.resize(result_.margin.size());
}

void BlockSimulator::stand_beside(BlockSimulator& other) {
  beside_ = &other;
  alike_ = likeness(other.model_, model_);
  other.keep();
}

const BlockSimulator::SchemeOutcome& BlockSimulator::kept_outcome(std::size_t scheme) const {
  return outcome_is_shared(scheme) ? beside_->kept_outcome(scheme) : kept_[static_cast<std::size_t>(slot_[scheme])];
}

// Stands until the next call.
const BlockSimulator::SchemeOutcome& BlockSimulator::outcome_now(std::size_t scheme, Draws& draws) {
  if (outcome_is_shared(scheme) || is_early_[scheme]) return kept_outcome(scheme);
  SchemeOutcome& out = slot_[scheme] >= 0 ? kept_[static_cast<std::size_t>(slot_[scheme])] : fresh_;
  outcome_of(model_.schemes[scheme], draws, out);
  return out;
}

void BlockSimulator::sample(Draws& draws, const std::vector<std::size_t>& schemes, std::vector<SchemeOutcome>& outcomes) {
  start(draws);
  outcomes.resize(schemes.size());
  for (std::size_t k = 0; k < schemes.size(); ++k) outcomes[k] = outcome_now(schemes[k], draws);
}

void BlockSimulator::savings(Draws& draws, std::vector<Doubles>& saving) {
  start(draws);
  claim();
  saving.resize(model_.schemes.size());
  for (std::size_t i = 0; i < model_.schemes.size(); ++i) {
    const SchemeModel& scheme = model_.schemes[i];
    saving[i].setZero();
    const Rows* rows = &home_;
    if (scheme.opportunity >= 0) {
      rows = &claimed(i);
    } else {
      const SchemeOutcome& outcome = outcome_now(i, draws);
      home_.setZero();
      add_alone(home_, scheme, outcome, 1);
    }
    add_total(saving[i], *rows, years_);
  }
}

const BlockResult& BlockSimulator::simulate(Draws& draws) {
  start(draws);
  const TimedStage settle(timings_, TrialStage::settle);
  claim();
  for (std::size_t o = 0; o < result_.organisations; ++o)
    if (Rows* rows = changed_away(o)) rows->setZero();
  // Delivered in order of id whatever needs or claims what, so that the sums are the same sums.
  std::size_t first = 0;
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    std::size_t end = first;
    while (end < model_.schemes.size() && model_.schemes[end].organisation == o) ++end;
    deliver_from(o, first, end, draws);
    first = end;
  }
  for (std::size_t k = 0; k < delivered_.size(); ++k) delivered_[k] = result_.margin[k];
  for (std::size_t o = 0; o < result_.organisations; ++o)
    if (const Rows* rows = away(o)) add_years(std::span(result_.margin).subspan(o * years_, years_), *rows);
  press(draws);
  settle_all();
  stand_alone();
  stand_together();
  stand_as_system();
  return result_;
}

BlockSimulator::SchemeLuck BlockSimulator::scheme_luck(const SchemeModel& scheme) {
  const double own = static_cast<double>(scheme.luck.own_weight) * static_cast<double>(scheme.luck.own_weight);
  const double common = static_cast<double>(scheme.scheme_weight) * static_cast<double>(scheme.scheme_weight);
  if (scheme.scheme_held_at || scheme.scheme_stream != 0 || common == 0) {
    const float constant = scheme.scheme_held_at ? scheme.scheme_weight * *scheme.scheme_held_at : 0.0f, alone = scheme.luck.own_weight;
    return {constant, alone, 0, alone, 0, 0, alone};
  }
  const double all = std::sqrt(own + common), rho = common / (own + common);
  const double by_delay = rho * std::sqrt((1 - rho) / (1 + rho));
  const auto f = [](double x) { return static_cast<float>(x); };
  return {0,
          f(all),
          f(all * rho),
          f(all * std::sqrt(1 - rho * rho)),
          f(all * rho),
          f(all * by_delay),
          f(all * std::sqrt(std::max(0.0, 1 - rho * rho - by_delay * by_delay)))};
}

void BlockSimulator::draw_factors(Draws& draws) {
  for (std::size_t f = 0; f < factors_.size(); ++f)
    if (!model_.factors[f].held_at) factors_[f] = draws.normals(model_.factors[f].stream);
  if (model_.student_t) {
    look_up(model_.student_t->mixing, draws.normals(model_.student_t->stream), mixing_);
  }
  common_luck_.start(factors_);
}

void BlockSimulator::score(const Floats& common, float own_weight, const Floats* own, Floats& out) {
  if (own_weight > 0)
    combine(common, *own, own_weight, out);
  else
    out = common;
  if (model_.student_t) mix_student_t(*model_.student_t, mixing_, out);
}

void BlockSimulator::staff_teams(Draws& draws) {
  for (std::size_t k = 0; k < model_.teams.size(); ++k) {
    const TeamModel& team = model_.teams[k];
    if (std::all_of(team.effort.begin(), team.effort.end(), [](double e) { return e == 0; })) continue;
    if (drawn(team.staffing)) {
      common_luck_.add_up(team_common_[k], common_);
      score(common_, team.luck.own_weight, team.luck.own_weight > 0 ? &draws.normals(team.stream) : nullptr, score_);
    }
    Floats staffing;
    outcome(team.staffing, score_, staffing);
    for (std::size_t y = 0; y < years_; ++y)
      if (team.effort[y] > 0) stretch_of(staffing, team.wte[y], team.effort[y], stretch_[k * years_ + y]);
  }
}

void BlockSimulator::outcome_of(const SchemeModel& scheme, Draws& draws, SchemeOutcome& out) {
  const TimedStage luck_stage(timings_, TrialStage::luck);
  // Look-ups are a stage of their own.
  const auto look_up_outcome = [&](const auto& table, auto& value) {
    const TimedStage outcomes(timings_, TrialStage::outcome);
    outcome(table, score_, value);
  };
  const Marginal& share = model_.marginals[scheme.share];
  const Marginal& overrun = model_.marginals[scheme.overrun];
  const Months& delay = model_.months[scheme.delay];
  const bool costs = !scheme.cost_rows.empty();
  const bool draws_overrun = costs && drawn(overrun), draws_delay = !delay.thresholds().empty();
  const auto index = static_cast<std::size_t>(&scheme - model_.schemes.data());
  const SchemeLuck& luck = scheme_luck_[index];
  if (drawn(share) || draws_delay || draws_overrun) {
    common_luck_.add_up(scheme_common_[index], common_);
    if (luck.constant != 0) common_ += luck.constant;
    if (scheme.scheme_stream != 0 && !scheme.scheme_held_at) add_loading(common_, draws.normals(scheme.scheme_stream), scheme.scheme_weight);
  }
  const Floats *share_normal = &common_, *delay_normal = &common_;  // where they weigh nothing
  const auto both = [&](float by_share, float by_delay) {
    if (by_share == 0)
      combine(common_, *delay_normal, by_delay, score_);
    else
      combine(common_, *share_normal, by_share, *delay_normal, by_delay, score_);
    if (model_.student_t) mix_student_t(*model_.student_t, mixing_, score_);
  };
  if ((drawn(share) && luck.share > 0) || (draws_delay && luck.delay_by_share > 0) || (draws_overrun && luck.overrun_by_share > 0))
    share_normal = &draws.normals(scheme.share_stream);
  if (drawn(share)) score(common_, luck.share, share_normal, score_);
  look_up_outcome(share, out.share);
  if (costs) {
    // A scheme that drops out costs nothing; on the dial's way from the plan, a part of its cost.
    if (drawn(share))
      drops_out(share, score_, dropped_);
    else
      dropped_.setConstant(std::uint8_t{never_starts(share)});
  }
  if ((draws_delay && luck.delay > 0) || (draws_overrun && luck.overrun_by_delay > 0)) delay_normal = &draws.normals(scheme.delay_stream);
  if (draws_delay) both(luck.delay_by_share, luck.delay);
  look_up_outcome(delay, out.months);
  if (costs) {
    if (draws_overrun) {
      both(luck.overrun_by_share, luck.overrun_by_delay);
      if (luck.overrun > 0) add_loading(score_, draws.normals(scheme.overrun_stream), luck.overrun);
    }
    look_up_outcome(overrun, out.overrun);
    out.overrun = (dropped_ != 0).select(overrun.dropped, out.overrun);
  }

  if (!scheme.effort.empty()) {
    Floats stretch;
    stretch.setConstant(1.0f);
    double total = 0;
    for (const TeamEffort& e : scheme.effort)
      for (const double wte : e.wte) total += wte;
    for (const TeamEffort& e : scheme.effort)
      for (std::size_t y = 0; y < years_; ++y)
        if (e.wte[y] > 0) fall_short(stretch, stretch_[e.team * years_ + y], static_cast<float>(e.wte[y] / total));
    scale_positive(out.share, stretch);
  }
  if (!scheme.needs.empty()) {
    Floats weakest;
    weakest.setConstant(1.0f);
    for (const std::uint32_t j : scheme.needs) {
      const SchemeOutcome& needed = kept_outcome(j);
      meet_need(needed.share, needed.months, weakest, out.months);
    }
    scale_positive(out.share, weakest);
  }
  const std::vector<std::int32_t>& wait = wait_[index];
  if (!wait.empty()) wait_out(wait, out.months);
}

std::size_t BlockSimulator::claimant(std::size_t scheme) const {
  return static_cast<std::size_t>(std::lower_bound(claimants_.begin(), claimants_.end(), scheme) - claimants_.begin());
}

bool BlockSimulator::claims_are_shared(std::size_t scheme) const {
  return beside_ != nullptr && alike_.opportunity[static_cast<std::size_t>(model_.schemes[scheme].opportunity)];
}

const Rows& BlockSimulator::claimed(std::size_t scheme) const {
  return claims_are_shared(scheme) ? beside_->claimed(scheme) : claimed_[claimant(scheme)];
}

const Rows* BlockSimulator::away(std::size_t o) const {
  if (beside_ != nullptr && alike_.away[o]) return beside_->away(o);
  return away_slot_[o] < 0 ? nullptr : &away_[static_cast<std::size_t>(away_slot_[o])];
}

Rows* BlockSimulator::changed_away(std::size_t o) {
  const bool shared = beside_ != nullptr && alike_.away[o];
  return shared || away_slot_[o] < 0 ? nullptr : &away_[static_cast<std::size_t>(away_slot_[o])];
}

// What its schemes bring an organisation and others, where that is not shared.
void BlockSimulator::deliver_from(std::size_t o, std::size_t first, std::size_t end, Draws& draws) {
  const bool home_is_shared = beside_ != nullptr && alike_.home[o];
  if (home_is_shared) {
    for (std::size_t y = 0; y < years_; ++y) result_.margin[o * years_ + y] = beside_->delivered_[o * years_ + y];
    result_.saving[o] = beside_->result_.saving[o];
    result_.last_year_saving[o] = beside_->result_.last_year_saving[o];
    for (std::size_t i = first; i < end; ++i)
      if (lands_on_changed(i)) deliver_away(i, kept_outcome(i));
    return;
  }
  home_.setZero();
  saves_elsewhere_ = spends_ = false;
  for (std::size_t i = first; i < end; ++i) {
    const SchemeOutcome& outcome = outcome_now(i, draws);
    if (lands_on_changed(i)) deliver_away(i, outcome);
    deliver_at_home(i, outcome);
  }
  add_pending();
  bring_home(o);
}

bool BlockSimulator::lands_on_changed(std::size_t index) {
  if (away_.empty()) return false;
  const SchemeModel& scheme = model_.schemes[index];
  const auto changed = [&](std::uint32_t o) { return o != scheme.organisation && changed_away(o) != nullptr; };
  return std::any_of(scheme.lands.begin(), scheme.lands.end(), [&](const Landing& l) { return changed(l.organisation); }) ||
         std::any_of(scheme.cost_rows.begin(), scheme.cost_rows.end(), [&](const auto& cost) { return changed(cost.first); });
}

void BlockSimulator::deliver_away(std::size_t index, const SchemeOutcome& outcome) {
  const TimedStage delivery(timings_, TrialStage::deliver);
  const SchemeModel& scheme = model_.schemes[index];
  const auto changed = [&](std::uint32_t o) { return o == scheme.organisation ? nullptr : changed_away(o); };
  for (const Landing& l : scheme.lands) {
    Rows* rows = changed(l.organisation);
    if (rows == nullptr) continue;
    if (scheme.opportunity >= 0)
      add_claimed(*rows, claimed(index), l.share, years_);
    else
      add_alone(*rows, scheme, outcome, l.share);
  }
  for (const auto& [organisation, row] : scheme.cost_rows)
    if (Rows* rows = changed(organisation)) add_row(*rows, outcome.overrun, row);
}

void BlockSimulator::deliver_at_home(std::size_t index, const SchemeOutcome& outcome) {
  const TimedStage delivery(timings_, TrialStage::deliver);
  const SchemeModel& scheme = model_.schemes[index];
  double at_home = 0;
  for (const Landing& l : scheme.lands)
    if (l.organisation == scheme.organisation) at_home += l.share;
  if (at_home != 1 && !saves_elsewhere_) {
    elsewhere_.setZero();
    saves_elsewhere_ = true;
  }
  if (scheme.opportunity >= 0) {
    const Rows& left = claimed(index);
    add_pending();
    if (at_home != 0) add_claimed(home_, left, at_home, years_);
    if (at_home != 1) add_claimed(elsewhere_, left, 1 - at_home, years_);
  } else {
    if (at_home != 1) add_alone(elsewhere_, scheme, outcome, 1 - at_home);
    place(SavingTable{years_}, scheme.saving.data(), outcome.share, outcome.months, at_home, pending_[pending_count_++]);
  }
  for (const auto& [organisation, row] : scheme.cost_rows) {
    if (organisation != scheme.organisation) continue;
    if (!spends_) spent_.setZero();
    spends_ = true;
    add_row(spent_, outcome.overrun, row);
  }
  if (pending_count_ == most_savings) add_pending();
}

void BlockSimulator::add_alone(Rows& rows, const SchemeModel& scheme, const SchemeOutcome& outcome, double weight) {
  place(SavingTable{years_}, scheme.saving.data(), outcome.share, outcome.months, weight, placed_);
  add_savings(rows, std::span(&placed_, 1));
}

void BlockSimulator::add_pending() {
  const TimedStage delivery(timings_, TrialStage::deliver);
  add_savings(home_, std::span(pending_).first(pending_count_));
  pending_count_ = 0;
}

void BlockSimulator::bring_home(std::size_t o) {
  const TimedStage delivery(timings_, TrialStage::deliver);
  Doubles* margin = &result_.margin[o * years_];
  set_years(model_.organisations[o].before_pressure, std::span(margin, years_), result_.saving[o], home_);
  if (spends_) add_years(std::span(margin, years_), spent_);
  if (saves_elsewhere_) add_total(result_.saving[o], elsewhere_, years_);
  result_.last_year_saving[o].setZero();
  add_year(result_.last_year_saving[o], home_, years_ - 1);
  if (saves_elsewhere_) add_year(result_.last_year_saving[o], elsewhere_, years_ - 1);
}

void BlockSimulator::claim() {
  if (claimants_.empty()) return;
  const TimedStage delivery(timings_, TrialStage::deliver);
  for (Rows& rows : claims_) rows.setZero();
  for (std::size_t k = 0; k < claimants_.size(); ++k) {
    if (claims_are_shared(claimants_[k])) continue;
    const SchemeModel& scheme = model_.schemes[claimants_[k]];
    const SchemeOutcome& outcome = kept_outcome(claimants_[k]);
    claimed_[k].setZero();
    add_alone(claimed_[k], scheme, outcome, 1);
    add_claims(claims_[static_cast<std::size_t>(scheme.opportunity)], claimed_[k], years_);
  }
  for (std::size_t k = 0; k < claimants_.size(); ++k) {
    if (claims_are_shared(claimants_[k])) continue;
    const auto opportunity = static_cast<std::size_t>(model_.schemes[claimants_[k]].opportunity);
    share_out(claims_[opportunity], model_.opportunities[opportunity], claimed_[k]);
  }
}

void BlockSimulator::press(Draws& draws) {
  const TimedStage luck_stage(timings_, TrialStage::luck);
  if (integral_) integral_->start();
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    const OrganisationModel& organisation = model_.organisations[o];
    if (organisation.pressure_sd == 0) continue;
    pressure_.setZero();
    for (std::size_t y = 0; y < years_; ++y) {
      const Luck& luck = organisation.pressure_luck[y];
      // Where years have nothing of their own in common, all of an organisation's are alike.
      const CommonLuck::Sum& common = pressure_common_[o * years_ + y];
      if (y == 0 || !(common == pressure_common_[o * years_ + y - 1])) common_luck_.add_up(common, common_);
      const Floats* own = luck.own_weight > 0 ? &draws.normals(organisation.pressure_stream[y]) : nullptr;
      if (integral_ && own != nullptr) integral_->see(o, y, *own);
      score(common_, luck.own_weight, own, score_);
      add_pressure(score_, static_cast<float>(organisation.pressure_sd), static_cast<float>(organisation.persistence), organisation.spend[y],
                   pressure_, result_.margin[o * years_ + y]);
    }
  }
}

void BlockSimulator::settle_all() {
  const std::vector<OrganisationModel>& organisations = model_.organisations;
  const auto rules = [&](std::size_t o, std::size_t y) {
    const OrganisationModel& org = organisations[o];
    return YearRules{org.conditional_funding[y], org.one_offs[y], org.tied_to_organisation, org.tied_to_system};
  };
  for (std::size_t y = 0; y < years_; ++y) {
    const bool tied = std::any_of(organisations.begin(), organisations.end(),
                                  [&](const OrganisationModel& o) { return o.tied_to_system > 0 && o.conditional_funding[y] > 0; });
    if (tied) {
      double target = 0;
      worst_.setZero();
      for (std::size_t o = 0; o < organisations.size(); ++o) {
        add_before_funding(result_.margin[o * years_ + y], rules(o, y), worst_);
        target -= organisations[o].conditional_funding[y];
      }
      on_target(worst_, target, reached_);
    }
    for (std::size_t o = 0; o < organisations.size(); ++o)
      if (const YearRules r = rules(o, y); r.any()) settle(r, reached_, result_.margin[o * years_ + y]);
  }
}

void BlockSimulator::stand_alone() {
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    gap_.setZero();
    Doubles& worst = result_.shortfall[o];
    worst.setZero();
    for (std::size_t y = 0; y < years_; ++y) {
      carry(result_.margin[o * years_ + y], gap_, worst);
      fails(worst, model_.organisations[o].reserves, result_.alone_by_year[o * years_ + y]);
    }
    if (integral_) {
      const TimedStage integration(timings_, TrialStage::integrate);
      integral_->organisation_fails(o, margins_of(o), model_.organisations[o].reserves, std::span(result_.chance_alone).subspan(o * years_, years_));
    }
  }
}

void BlockSimulator::stand_together() {
  // Who is in no pool stands alone.
  for (std::size_t i = 0; i < result_.alone_by_year.size(); ++i) result_.together_by_year[i] = result_.alone_by_year[i];
  for (std::size_t p = 0; p < model_.pools.size(); ++p) {
    const PoolModel& pool = model_.pools[p];
    Doubles& shortfall = result_.pool_shortfall[p];
    Doubles& excess = result_.pool_excess[p];
    shortfall.setZero();
    excess.setZero();
    if (!pool.aid) {
      double reserves = 0;
      for (const std::uint32_t o : pool.members) reserves += model_.organisations[o].reserves;
      gap_.setZero();
      for (std::size_t y = 0; y < years_; ++y) {
        pooled_[y].setZero();
        for (const std::uint32_t o : pool.members) pooled_[y] += result_.margin[o * years_ + y];
        carry(pooled_[y], gap_, shortfall);
        fails(shortfall, reserves, result_.pool_fails[p]);
        for (const std::uint32_t o : pool.members) result_.together_by_year[o * years_ + y] = result_.pool_fails[p];
      }
      excess = (shortfall - reserves).max(0.0);
      if (integral_) {
        const TimedStage integration(timings_, TrialStage::integrate);
        integral_->pool_fails(p, pooled_, reserves, std::span(result_.chance_pool).subspan(p * years_, years_));
        for (std::size_t k = 0; k < pool.members.size(); ++k) {
          const std::uint32_t o = pool.members[k];
          integral_->both_fail(p, k, margins_of(o), model_.organisations[o].reserves, result_.chance_both[o]);
        }
      }
      continue;
    }
    const std::size_t members = pool.members.size();
    for (std::size_t y = 0; y < years_; ++y) {
      for (std::size_t k = 0; k < members; ++k) aided_[y * members + k] = result_.margin[pool.members[k] * years_ + y];
      give_aid(*pool.aid, std::span(aided_).subspan(y * members, members));
    }
    result_.pool_fails[p].setZero();
    for (std::size_t k = 0; k < pool.members.size(); ++k) {
      const std::uint32_t o = pool.members[k];
      const double reserves = model_.organisations[o].reserves;
      gap_.setZero();
      worst_.setZero();
      for (std::size_t y = 0; y < years_; ++y) {
        carry(aided_[y * members + k], gap_, worst_);
        fails(worst_, reserves, result_.together_by_year[o * years_ + y]);
      }
      const Flags& failed = result_.together_by_year[o * years_ + years_ - 1];
      result_.pool_fails[p] = result_.pool_fails[p].max(failed);
      shortfall += worst_;
      excess += (worst_ - reserves).max(0.0);
    }
  }
}

void BlockSimulator::stand_as_system() {
  double reserves = 0;
  for (const OrganisationModel& o : model_.organisations) reserves += o.reserves;
  const bool has_own_target = std::any_of(model_.system_excess.begin(), model_.system_excess.end(), [](double x) { return x != 0; });
  if (model_.pools.size() == 1 && !model_.pools[0].aid && model_.pools[0].members.size() == result_.organisations && !has_own_target) {
    // The one pool has just stood, by the same margins.
    result_.system_shortfall = result_.pool_shortfall[0];
  } else {
    gap_.setZero();
    result_.system_shortfall.setZero();
    for (std::size_t y = 0; y < years_; ++y) {
      pooled_[y].setConstant(-model_.system_excess[y]);
      for (std::size_t o = 0; o < result_.organisations; ++o) pooled_[y] += result_.margin[o * years_ + y];
      carry(pooled_[y], gap_, result_.system_shortfall);
    }
  }
  fails(result_.system_shortfall, reserves, result_.system_fails);
  if (!integral_) return;
  const TimedStage integration(timings_, TrialStage::integrate);
  integral_->system_fails(pooled_, reserves, result_.chance_system);
}

}  // namespace shortfall
