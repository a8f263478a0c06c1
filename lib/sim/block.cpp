#include "sim/block.hpp"

#include <algorithm>

#include "sim/deliver.hpp"
#include "sim/draw.hpp"
#include "sim/luck.hpp"
#include "sim/outcome.hpp"
#include "sim/settle.hpp"

namespace shortfall {
namespace {

template <class T>
void fill(Column<T>& column, T value) {
  std::fill(std::begin(column.at), std::end(column.at), value);
}

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

BlockSimulator::BlockSimulator(const Model& model) : model_(model), years_(model.years.size()), home_(lanes_for(model.years.size())) {
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
  factors_.resize(model.factors.size());
  for (std::size_t f = 0; f < model.factors.size(); ++f)
    if (model.factors[f].held_at) fill(factors_[f], *model.factors[f].held_at);
  stretch_.resize(model.teams.size() * years_);
  slot_.assign(model.schemes.size(), -1);
  for (const std::uint32_t i : model.needs_order) {
    slot_[i] = static_cast<std::int32_t>(kept_.size());
    kept_.emplace_back();
  }
  const int most = static_cast<int>(12 * years_);
  for (std::size_t i = 0; i < model.schemes.size(); ++i) {
    wait_.push_back(waited(model.schemes[i], model.blackouts, most));
    if (model.schemes[i].opportunity < 0) continue;
    claimants_.push_back(i);
    if (slot_[i] >= 0) continue;
    slot_[i] = static_cast<std::int32_t>(kept_.size());
    kept_.emplace_back();
    claims_only_.push_back(i);
  }
  const std::size_t lanes = lanes_for(years_);
  claimed_.assign(claimants_.size(), Rows(lanes));
  claims_.assign(model.opportunities.size(), Rows(lanes));
  away_slot_.assign(n, -1);
  const auto receives = [&](std::uint32_t organisation, std::uint32_t owner) {
    if (organisation == owner || away_slot_[organisation] >= 0) return;
    away_slot_[organisation] = static_cast<std::int32_t>(away_.size());
    away_.emplace_back(lanes);
  };
  for (const SchemeModel& s : model.schemes) {
    for (const auto& [organisation, table] : s.away) receives(organisation, s.organisation);
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
  draw_factors(draws);
  staff_teams(draws);
  for (const std::uint32_t i : model_.needs_order) outcome_of(model_.schemes[i], draws, kept_[static_cast<std::size_t>(slot_[i])]);
  for (const std::size_t i : claims_only_) outcome_of(model_.schemes[i], draws, kept_[static_cast<std::size_t>(slot_[i])]);
}

void BlockSimulator::sample(Draws& draws, const std::vector<std::size_t>& schemes, std::vector<SchemeOutcome>& outcomes) {
  start(draws);
  outcomes.resize(schemes.size());
  for (std::size_t k = 0; k < schemes.size(); ++k) {
    if (slot_[schemes[k]] >= 0)
      outcomes[k] = kept_[static_cast<std::size_t>(slot_[schemes[k]])];
    else
      outcome_of(model_.schemes[schemes[k]], draws, outcomes[k]);
  }
}

const BlockResult& BlockSimulator::simulate(Draws& draws) {
  start(draws);
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    for (std::size_t y = 0; y < years_; ++y) fill(result_.margin[o * years_ + y], model_.organisations[o].before_pressure[y]);
    fill(result_.saving[o], 0.0);
    fill(result_.last_year_saving[o], 0.0);
  }
  claim();
  for (Rows& rows : away_) rows.clear();
  // Delivered in order of id whatever needs or claims what, so that the sums are the same sums.
  std::size_t i = 0;
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    home_.clear();
    for (; i < model_.schemes.size() && model_.schemes[i].organisation == o; ++i) {
      if (slot_[i] >= 0) {
        deliver(i, kept_[static_cast<std::size_t>(slot_[i])]);
      } else {
        outcome_of(model_.schemes[i], draws, outcome_);
        deliver(i, outcome_);
      }
    }
    bring_home(o);
  }
  for (std::size_t o = 0; o < result_.organisations; ++o)
    if (away_slot_[o] >= 0)
      for (std::size_t y = 0; y < years_; ++y) add_lane(result_.margin[o * years_ + y], away_[static_cast<std::size_t>(away_slot_[o])], y);
  for (std::size_t k = 0; k < delivered_.size(); ++k) delivered_[k] = result_.margin[k];
  return settle_block(draws);
}

const BlockResult& BlockSimulator::simulate_as_delivered(const BlockSimulator& other, Draws& draws) {
  draw_factors(draws);
  result_.margin = other.delivered_;
  result_.saving = other.result_.saving;
  result_.last_year_saving = other.result_.last_year_saving;
  return settle_block(draws);
}

const BlockResult& BlockSimulator::settle_block(Draws& draws) {
  press(draws);
  settle_all();
  stand_alone();
  stand_together();
  stand_as_system();
  return result_;
}

void BlockSimulator::draw_factors(Draws& draws) {
  for (std::size_t f = 0; f < factors_.size(); ++f)
    if (!model_.factors[f].held_at) factors_[f] = draws.normals(model_.factors[f].stream);
  if (model_.student_t) {
    look_up(model_.student_t->mixing, draws.normals(model_.student_t->stream), mixing_);
  }
}

void BlockSimulator::common_luck(const Luck& luck, Floats& sum) const {
  clear(sum);
  for (const Loading& l : luck.loadings) add_loading(sum, factors_[l.factor], l.weight);
}

void BlockSimulator::score(const Floats& common, float own_weight, Stream stream, Draws& draws, Floats& out) {
  if (own_weight > 0) {
    combine(common, draws.normals(stream), own_weight, out);
  } else {
    out = common;
  }
  if (model_.student_t) mix_student_t(*model_.student_t, mixing_, out);
}

void BlockSimulator::staff_teams(Draws& draws) {
  for (std::size_t k = 0; k < model_.teams.size(); ++k) {
    const TeamModel& team = model_.teams[k];
    if (std::all_of(team.effort.begin(), team.effort.end(), [](double e) { return e == 0; })) continue;
    if (drawn(team.staffing)) {
      common_luck(team.luck, common_);
      score(common_, team.luck.own_weight, team.stream, draws, score_);
    }
    Floats staffing;
    outcome(team.staffing, score_, staffing);
    for (std::size_t y = 0; y < years_; ++y)
      if (team.effort[y] > 0) stretch_of(staffing, team.wte[y], team.effort[y], stretch_[k * years_ + y]);
  }
}

void BlockSimulator::outcome_of(const SchemeModel& scheme, Draws& draws, SchemeOutcome& out) {
  const Marginal& share = model_.marginals[scheme.share];
  const Marginal& overrun = model_.marginals[scheme.overrun];
  const Months& delay = model_.months[scheme.delay];
  const bool costs = !scheme.cost_rows.empty();
  const bool draws_overrun = costs && drawn(overrun), draws_delay = !delay.thresholds.empty();
  if (drawn(share) || draws_delay || draws_overrun) {
    common_luck(scheme.luck, common_);
    if (scheme.scheme_weight > 0) {
      if (scheme.scheme_held_at)
        add_constant(common_, scheme.scheme_weight * *scheme.scheme_held_at);
      else
        add_loading(common_, draws.normals(scheme.scheme_stream), scheme.scheme_weight);
    }
  }
  const float own_weight = scheme.luck.own_weight;
  if (drawn(share)) score(common_, own_weight, scheme.share_stream, draws, score_);
  outcome(share, score_, out.share);
  if (costs) {
    // A scheme that drops out costs nothing; on the dial's way from the plan, a part of its cost.
    Flags dropped{};
    if (drawn(share))
      drops_out(share, score_, dropped);
    else if (never_starts(share))
      fill(dropped, std::uint8_t{1});
    if (drawn(overrun)) score(common_, own_weight, scheme.overrun_stream, draws, score_);
    outcome(overrun, score_, out.overrun);
    for (std::size_t i = 0; i < block_trials; ++i) out.overrun.at[i] = dropped.at[i] ? overrun.dropped : out.overrun.at[i];
  }
  if (draws_delay) score(common_, own_weight, scheme.delay_stream, draws, score_);
  outcome(delay, score_, out.months);

  if (!scheme.effort.empty()) {
    Floats stretch;
    fill(stretch, 1.0f);
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
    fill(weakest, 1.0f);
    for (const std::uint32_t j : scheme.needs) {
      const SchemeOutcome& needed = kept_[static_cast<std::size_t>(slot_[j])];
      meet_need(needed.share, needed.months, weakest, out.months);
    }
    scale_positive(out.share, weakest);
  }
  const std::vector<std::int32_t>& wait = wait_[static_cast<std::size_t>(&scheme - model_.schemes.data())];
  if (!wait.empty()) wait_out(wait, out.months);
}

void BlockSimulator::deliver(std::size_t index, const SchemeOutcome& outcome) {
  const SchemeModel& scheme = model_.schemes[index];
  const auto rows_of = [&](std::uint32_t organisation) -> Rows& {
    return organisation == scheme.organisation ? home_ : away_[static_cast<std::size_t>(away_slot_[organisation])];
  };
  if (scheme.opportunity >= 0) {
    const auto claimant = static_cast<std::size_t>(std::lower_bound(claimants_.begin(), claimants_.end(), index) - claimants_.begin());
    bool at_home = false;
    for (const Landing& l : scheme.lands) {
      add_claimed(rows_of(l.organisation), claimed_[claimant], l.share, years_, l.organisation == scheme.organisation);
      at_home = at_home || l.organisation == scheme.organisation;
    }
    if (!at_home) add_claimed(home_, claimed_[claimant], 0, years_, true);
  } else {
    add_savings(home_, outcome.share, outcome.months, scheme.home);
    for (const auto& [organisation, table] : scheme.away) add_savings(rows_of(organisation), outcome.share, outcome.months, table);
  }
  for (const auto& [organisation, row] : scheme.cost_rows) add_row(rows_of(organisation), outcome.overrun, row);
}

void BlockSimulator::bring_home(std::size_t o) {
  for (std::size_t y = 0; y < years_; ++y) add_lane(result_.margin[o * years_ + y], home_, y);
  add_lane(result_.saving[o], home_, years_);
  add_lane(result_.last_year_saving[o], home_, years_ + 1);
}

void BlockSimulator::claim() {
  if (claimants_.empty()) return;
  for (Rows& rows : claims_) rows.clear();
  for (std::size_t k = 0; k < claimants_.size(); ++k) {
    const SchemeModel& scheme = model_.schemes[claimants_[k]];
    const SchemeOutcome& outcome = kept_[static_cast<std::size_t>(slot_[claimants_[k]])];
    claimed_[k].clear();
    add_savings(claimed_[k], outcome.share, outcome.months, scheme.bare);
    add_claims(claims_[static_cast<std::size_t>(scheme.opportunity)], claimed_[k], years_);
  }
  for (std::size_t k = 0; k < claimants_.size(); ++k) {
    const auto opportunity = static_cast<std::size_t>(model_.schemes[claimants_[k]].opportunity);
    share_out(claims_[opportunity], model_.opportunities[opportunity], claimed_[k], years_);
  }
}

void BlockSimulator::press(Draws& draws) {
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    const OrganisationModel& organisation = model_.organisations[o];
    if (organisation.pressure_sd == 0) continue;
    fill(pressure_, 0.0f);
    for (std::size_t y = 0; y < years_; ++y) {
      common_luck(organisation.pressure_luck[y], common_);
      score(common_, organisation.pressure_luck[y].own_weight, organisation.pressure_stream[y], draws, score_);
      add_pressure(score_, static_cast<float>(organisation.pressure_sd), static_cast<float>(organisation.persistence), organisation.spend[y],
                   pressure_, result_.margin[o * years_ + y]);
    }
  }
}

void BlockSimulator::settle_all() {
  const std::vector<OrganisationModel>& organisations = model_.organisations;
  const auto rules = [&](std::size_t o, std::size_t y) {
    const OrganisationModel& org = organisations[o];
    return YearRules{org.target[y], org.conditional_funding[y], org.one_offs[y], org.tied_to_organisation, org.tied_to_system};
  };
  for (std::size_t y = 0; y < years_; ++y) {
    const bool tied = std::any_of(organisations.begin(), organisations.end(),
                                  [&](const OrganisationModel& o) { return o.tied_to_system > 0 && o.conditional_funding[y] > 0; });
    if (tied) {
      double target = 0;
      fill(worst_, 0.0);
      for (std::size_t o = 0; o < organisations.size(); ++o) {
        add_before_funding(result_.margin[o * years_ + y], rules(o, y), worst_);
        target += organisations[o].target[y] - organisations[o].conditional_funding[y];
      }
      on_target(worst_, target, reached_);
    }
    for (std::size_t o = 0; o < organisations.size(); ++o) settle(rules(o, y), reached_, result_.margin[o * years_ + y]);
  }
}

void BlockSimulator::stand_alone() {
  for (std::size_t o = 0; o < result_.organisations; ++o) {
    fill(gap_, 0.0);
    Doubles& worst = result_.shortfall[o];
    fill(worst, 0.0);
    for (std::size_t y = 0; y < years_; ++y) {
      carry(result_.margin[o * years_ + y], gap_, worst);
      fails(worst, model_.organisations[o].reserves, result_.alone_by_year[o * years_ + y]);
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
    fill(shortfall, 0.0);
    fill(excess, 0.0);
    if (!pool.aid) {
      double reserves = 0;
      for (const std::uint32_t o : pool.members) reserves += model_.organisations[o].reserves;
      fill(gap_, 0.0);
      for (std::size_t y = 0; y < years_; ++y) {
        fill(pooled_[y], 0.0);
        for (const std::uint32_t o : pool.members) add_money(pooled_[y], result_.margin[o * years_ + y], 1);
        carry(pooled_[y], gap_, shortfall);
        fails(shortfall, reserves, result_.pool_fails[p]);
        for (const std::uint32_t o : pool.members) result_.together_by_year[o * years_ + y] = result_.pool_fails[p];
      }
      for (std::size_t i = 0; i < block_trials; ++i) excess.at[i] = std::max(0.0, shortfall.at[i] - reserves);
      continue;
    }
    for (std::size_t y = 0; y < years_; ++y) {
      std::vector<Doubles*> margins;
      for (std::size_t k = 0; k < pool.members.size(); ++k) {
        aided_[k * years_ + y] = result_.margin[pool.members[k] * years_ + y];
        margins.push_back(&aided_[k * years_ + y]);
      }
      give_aid(*pool.aid, margins.data(), margins.size());
    }
    fill(result_.pool_fails[p], std::uint8_t{0});
    for (std::size_t k = 0; k < pool.members.size(); ++k) {
      const std::uint32_t o = pool.members[k];
      const double reserves = model_.organisations[o].reserves;
      fill(gap_, 0.0);
      fill(worst_, 0.0);
      for (std::size_t y = 0; y < years_; ++y) {
        carry(aided_[k * years_ + y], gap_, worst_);
        fails(worst_, reserves, result_.together_by_year[o * years_ + y]);
      }
      const Flags& failed = result_.together_by_year[o * years_ + years_ - 1];
      for (std::size_t i = 0; i < block_trials; ++i) {
        result_.pool_fails[p].at[i] |= failed.at[i];
        shortfall.at[i] += worst_.at[i];
        excess.at[i] += std::max(0.0, worst_.at[i] - reserves);
      }
    }
  }
}

void BlockSimulator::stand_as_system() {
  double reserves = 0;
  for (const OrganisationModel& o : model_.organisations) reserves += o.reserves;
  fill(gap_, 0.0);
  fill(result_.system_shortfall, 0.0);
  for (std::size_t y = 0; y < years_; ++y) {
    fill(pooled_[y], -model_.system_excess[y]);
    for (std::size_t o = 0; o < result_.organisations; ++o) add_money(pooled_[y], result_.margin[o * years_ + y], 1);
    carry(pooled_[y], gap_, result_.system_shortfall);
  }
  fails(result_.system_shortfall, reserves, result_.system_fails);
}

}  // namespace shortfall
