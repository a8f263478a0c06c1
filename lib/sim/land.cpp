#include "sim/land.hpp"

namespace shortfall {

void HomeRows::start() {
  saves.setZero();
  any_elsewhere = any_programme = any_spent = false;
  pending_count = 0;
}

void HomeRows::add_pending() {
  add_savings(saves, std::span(pending).first(pending_count));
  pending_count = 0;
}

void add_alone(const SchemeModel& scheme, const SavingTable& shape, const SchemeOutcome& outcome, double weight, Rows& rows) {
  Savings savings;
  place(shape, scheme.saving.data(), outcome.share, outcome.months, weight, savings);
  add_savings(rows, std::span(&savings, 1));
}

void share_opportunity(const Model& model, const Schedule& schedule, std::size_t opportunity, const Memo& memo, const MemoPlaces& places,
                       std::vector<Rows>& left) {
  const std::vector<std::uint32_t>& claimants = schedule.claimants[opportunity];
  const SavingTable shape = model.table();
  Rows claims = Rows::Zero(static_cast<Eigen::Index>(schedule.lanes), block_trials);
  for (std::size_t k = 0; k < claimants.size(); ++k) {
    left[k].setZero();
    add_alone(model.schemes[claimants[k]], shape, memo.outcomes.at[static_cast<std::size_t>(places.outcome[claimants[k]])], 1, left[k]);
    add_claims(claims, left[k], schedule.years);
  }
  for (Rows& rows : left) share_out(claims, model.opportunities[opportunity], rows);
}

void deliver_at_home(const SchemeModel& scheme, const SavingTable& shape, const SchemeOutcome& outcome, const Rows* left, HomeRows& home) {
  double at_home = 0;
  for (const Landing& l : scheme.lands)
    if (l.organisation == scheme.organisation) at_home += l.share;
  if (at_home != 1 && !home.any_elsewhere) home.saves_elsewhere.setZero();
  home.any_elsewhere = home.any_elsewhere || at_home != 1;
  if (scheme.programme && !home.any_programme) home.programmes.setZero();
  home.any_programme = home.any_programme || scheme.programme;
  if (left != nullptr) {
    home.add_pending();
    if (at_home != 0) add_claimed(scheme.programme ? home.programmes : home.saves, *left, at_home, shape.years);
    if (at_home != 1) add_claimed(home.saves_elsewhere, *left, 1 - at_home, shape.years);
  } else {
    if (at_home != 1) add_alone(scheme, shape, outcome, 1 - at_home, home.saves_elsewhere);
    if (scheme.programme)
      add_alone(scheme, shape, outcome, at_home, home.programmes);
    else
      place(shape, scheme.saving.data(), outcome.share, outcome.months, at_home, home.pending[home.pending_count++]);
  }
  for (const auto& [organisation, row] : scheme.cost_rows) {
    if (organisation != scheme.organisation) continue;
    if (!home.any_spent) home.spends.setZero();
    home.any_spent = true;
    add_row(home.spends, outcome.overrun, row);
  }
  if (home.pending_count == most_savings) home.add_pending();
}

void deliver_away(const SchemeModel& scheme, const SavingTable& shape, const SchemeOutcome& outcome, const Rows* left, std::uint32_t organisation,
                  AwayRows& away) {
  Rows& saves = away.parts && !scheme.programme ? away.saves : away.money;
  for (const Landing& l : scheme.lands) {
    if (l.organisation != organisation) continue;
    if (left != nullptr)
      add_claimed(saves, *left, l.share, shape.years);
    else
      add_alone(scheme, shape, outcome, l.share, saves);
  }
  for (const auto& [where, row] : scheme.cost_rows)
    if (where == organisation) add_row(away.money, outcome.overrun, row);
}

void bring_home(const OrganisationModel& organisation, HomeRows& home, std::span<Doubles> margin, std::span<Doubles> landed, Doubles& saving,
                Doubles& last_year_saving) {
  home.add_pending();
  for (Doubles& year : landed) year.setZero();
  if (!landed.empty()) add_years(landed, home.saves);
  if (home.any_programme) home.saves += home.programmes;
  const std::size_t years = margin.size();
  set_years(organisation.before_pressure, margin, saving, home.saves);
  if (home.any_spent) add_years(margin, home.spends);
  if (home.any_elsewhere) add_total(saving, home.saves_elsewhere, years);
  last_year_saving.setZero();
  add_year(last_year_saving, home.saves, years - 1);
  if (home.any_elsewhere) add_year(last_year_saving, home.saves_elsewhere, years - 1);
}

}  // namespace shortfall
