#include "sim/scheme.hpp"

#include <algorithm>
#include <cassert>

#include "sim/deliver.hpp"
#include "sim/outcome.hpp"

namespace shortfall {
namespace {

bool drawn(const Marginal& marginal) { return marginal.kind != Marginal::Kind::certain; }

// The scores of a scheme's share, delay and overrun: what they have in common with all luck of its kind, and the scheme's own normals, weighed by the
// rows of its Cholesky factor. A normal is drawn when it is first asked for.
class SchemeScores {
 public:
  SchemeScores(const Model& model, const Schedule& schedule, std::size_t scheme, Draws& draws, LuckColumns& luck)
      : model_(model), scheme_(model.schemes[scheme]), own_(schedule.own_luck[scheme].cholesky), draws_(draws), luck_(luck) {
    add_up(schedule.sums, schedule.scheme[scheme], luck, common_);
    if (const float constant = schedule.own_luck[scheme].constant; constant != 0) common_ += constant;
    if (scheme_.scheme_stream != 0 && !scheme_.scheme_held_at) add_loading(common_, draws.normals(scheme_.scheme_stream), scheme_.scheme_weight);
  }

  void share(Floats& out) { score(model_, luck_, common_, own_(0, 0), own_(0, 0) > 0 ? &share_normal() : nullptr, out); }
  void delay(Floats& out) {
    weigh_both(1, out);
    to_normal(out);
  }
  void overrun(Floats& out) {
    weigh_both(2, out);
    if (own_(2, 2) > 0) add_loading(out, draws_.normals(scheme_.overrun_stream), own_(2, 2));
    to_normal(out);
  }

 private:
  const Floats& share_normal() { return *(share_ == nullptr ? share_ = &draws_.normals(scheme_.share_stream) : share_); }
  const Floats& delay_normal() { return *(delay_ == nullptr ? delay_ = &draws_.normals(scheme_.delay_stream) : delay_); }
  void weigh_both(int row, Floats& out) {
    const float by_share = own_(row, 0), by_delay = own_(row, 1);
    if (by_share > 0) share_normal();
    if (by_delay > 0) delay_normal();
    if (by_share > 0 && by_delay > 0)
      combine(common_, *share_, by_share, *delay_, by_delay, out);
    else if (by_share > 0 || by_delay > 0)
      combine(common_, *(by_share > 0 ? share_ : delay_), by_share + by_delay, out);
    else
      out = common_;
  }
  void to_normal(Floats& out) const {
    if (model_.student_t) mix_student_t(*model_.student_t, luck_.mixing, out);
  }

  const Model& model_;
  const SchemeModel& scheme_;
  const Eigen::Matrix3f& own_;
  Draws& draws_;
  LuckColumns& luck_;
  Floats common_;
  const Floats *share_ = nullptr, *delay_ = nullptr;  // where `draws_` keeps them
};

}  // namespace

void draw_factors(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck) {
  luck.factor.resize(model.factors.size());
  for (std::size_t f = 0; f < luck.factor.size(); ++f)
    if (const Factor& factor = model.factors[f]; factor.held_at)
      luck.factor[f].setConstant(*factor.held_at);
    else
      luck.factor[f] = draws.normals(factor.stream);
  if (model.student_t) look_up(model.student_t->mixing, draws.normals(model.student_t->stream), luck.mixing);
  luck.beginning.resize(schedule.sums.beginnings().size());
  luck.known.assign(luck.beginning.size(), false);
}

void score(const Model& model, const LuckColumns& luck, const Floats& common, float own_weight, const Floats* own, Floats& out) {
  assert(own_weight == 0 || own != nullptr);
  if (own_weight > 0)
    combine(common, *own, own_weight, out);
  else
    out = common;
  if (model.student_t) mix_student_t(*model.student_t, luck.mixing, out);
}

void staff_teams(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck, std::vector<Floats>& stretch) {
  const std::size_t years = schedule.years;
  stretch.resize(model.teams.size() * years);
  for (std::size_t k = 0; k < model.teams.size(); ++k) {
    const TeamModel& team = model.teams[k];
    if (std::all_of(team.effort.begin(), team.effort.end(), [](double e) { return e == 0; })) continue;
    Floats common, of_team, staffing;
    if (drawn(team.staffing)) {
      add_up(schedule.sums, schedule.team[k], luck, common);
      score(model, luck, common, team.luck.own_weight, team.luck.own_weight > 0 ? &draws.normals(team.stream) : nullptr, of_team);
    }
    outcome(team.staffing, of_team, staffing);
    for (std::size_t y = 0; y < years; ++y)
      if (team.effort[y] > 0) stretch_of(staffing, team.wte[y], team.effort[y], stretch[k * years + y]);
  }
}

void draw_outcome(const Model& model, const Schedule& schedule, std::size_t scheme, Draws& draws, LuckColumns& luck, Timings* timings,
                  SchemeOutcome& out, Flags* drops) {
  const TimedStage luck_stage(timings, TrialStage::luck);
  Floats of_scheme;
  // Look-ups are a stage of their own.
  const auto look_up_outcome = [&](const auto& table, auto& value) {
    const TimedStage outcome_stage(timings, TrialStage::outcome);
    outcome(table, of_scheme, value);
  };
  const SchemeModel& s = model.schemes[scheme];
  const bool costs = !s.cost_rows.empty();
  const std::size_t draw = draws.draw_of(model);
  const Marginal &share = draws.tables().marginal(model, s.share, draw),
                 &overrun = costs ? draws.tables().marginal(model, s.overrun, draw) : model.marginals[s.overrun];
  const Months& delay = draws.tables().months(model, s.delay, draw);
  const bool draws_overrun = costs && drawn(overrun), draws_delay = !delay.thresholds().empty();
  std::optional<SchemeScores> scores;
  if (drawn(share) || draws_delay || draws_overrun) scores.emplace(model, schedule, scheme, draws, luck);
  if (drawn(share)) scores->share(of_scheme);
  look_up_outcome(share, out.share);
  // A scheme that drops out costs nothing; on the dial's way from the plan, a part of its cost.
  Flags dropped;
  if ((costs || drops != nullptr) && drawn(share)) drops_out(share, of_scheme, dropped);
  if ((costs || drops != nullptr) && !drawn(share)) dropped.setConstant(share.never_starts());
  if (drops != nullptr) *drops = dropped;
  if (draws_delay) scores->delay(of_scheme);
  look_up_outcome(delay, out.months);
  if (!costs) return;
  if (draws_overrun) scores->overrun(of_scheme);
  look_up_outcome(overrun, out.overrun);
  out.overrun = (dropped != 0).select(overrun.dropped, out.overrun);
}

void bind_staff(const Schedule& schedule, const SchemeModel& scheme, const std::vector<Floats>& stretch, SchemeOutcome& out) {
  if (scheme.effort.empty()) return;
  Floats mean = Floats::Ones();
  double total = 0;
  for (const TeamEffort& e : scheme.effort)
    for (const double wte : e.wte) total += wte;
  for (const TeamEffort& e : scheme.effort)
    for (std::size_t y = 0; y < schedule.years; ++y)
      if (e.wte[y] > 0) fall_short(mean, stretch[e.team * schedule.years + y], static_cast<float>(e.wte[y] / total));
  scale_positive(out.share, mean);
}

void bind_consultation(const Model& model, const Schedule& schedule, std::size_t scheme, SchemeOutcome& out) {
  if (const std::vector<std::int32_t>& wait = schedule.wait[scheme]; !wait.empty()) wait_out(wait, out.months);
  // Harm is not late, whatever a saving would have waited for.
  if (model.schemes[scheme].may_harm && !model.harm_waits) come_at_once(out.share, out.months);
}

void bind_outcome(const Model& model, const Schedule& schedule, std::size_t scheme, const std::vector<Floats>& stretch, const Memo& memo,
                  const MemoPlaces& places, SchemeOutcome& out) {
  bind_staff(schedule, model.schemes[scheme], stretch, out);
  bind_needs(
      model.schemes[scheme],
      [&](std::uint32_t j) -> const SchemeOutcome& {
        const auto place = static_cast<std::size_t>(places.outcome[j]);
        assert(places.outcome[j] >= 0 && memo.outcomes.known[place]);
        return memo.outcomes.at[place];
      },
      out);
  bind_consultation(model, schedule, scheme, out);
}

}  // namespace shortfall
