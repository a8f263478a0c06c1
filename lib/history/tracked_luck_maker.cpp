#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/for_each.hpp"
#include "history/tracked_luck.hpp"
#include "history/year_path.hpp"
#include "model/landing.hpp"
#include "model/quantile.hpp"
#include "plan/profile.hpp"
#include "sim/deliver.hpp"
#include "sim/draw.hpp"
#include "sim/outcome.hpp"
#include "sim/schedule.hpp"

namespace shortfall {
namespace {

constexpr std::size_t needed_outcomes = 32;

// One score in the middle of each 256th of a normal's distribution.
const Floats& middles() {
  static const Floats all = [] {
    Floats out;
    for (std::size_t k = 0; k < block_trials; ++k) {
      const double u = (static_cast<double>(k) + 0.5) / block_trials;
      out[static_cast<Eigen::Index>(k)] = static_cast<float>(normal_score({u, 1 - u}));
    }
    return out;
  }();
  return all;
}

// A share's function of its score, by the simulation's own tables.
std::function<void(const std::vector<double>&, std::vector<double>&)> shares_by(const Marginal& marginal) {
  return [&marginal](const std::vector<double>& scores, std::vector<double>& shares) {
    Floats score, share;
    for (std::size_t first = 0; first < scores.size(); first += block_trials) {
      const std::size_t n = std::min(block_trials, scores.size() - first);
      score.setZero();
      for (std::size_t k = 0; k < n; ++k) score[static_cast<Eigen::Index>(k)] = static_cast<float>(scores[first + k]);
      outcome(marginal, score, share);
      for (std::size_t k = 0; k < n; ++k) shares[first + k] = static_cast<double>(share[static_cast<Eigen::Index>(k)]);
    }
  };
}

}  // namespace

double mean_outcome(const Marginal& marginal) {
  Floats value;
  outcome(marginal, middles(), value);
  return static_cast<double>(value.mean());
}

std::vector<double> mean_outcomes(const Model& model) {
  std::vector<double> out;
  for (const Marginal& m : model.marginals) out.push_back(mean_outcome(m));
  return out;
}

class TrackedLuckMaker {
 public:
  TrackedLuckMaker(const Plans& plans, const Model& model, const Actuals& actuals, int as_at, double optimism, const TrackedLuck* known,
                   EvidenceFor purpose, const std::vector<double>* only_at = nullptr)
      : plans_(plans),
        model_(model),
        schedule_(model),
        optimism_(optimism),
        purpose_(purpose),
        only_at_(only_at),
        first_month_(first_month(plans.system.years.front())) {
    std::size_t next = 0;
    for (const Organisation& o : plans.organisations) {
      first_scheme_.push_back(next);
      for (const Scheme& s : o.schemes) schemes_.push_back(&s), owners_.push_back(&o);
      next = schemes_.size();
    }
    by_scheme_.resize(schemes_.size());
    for (const Actual* a : known_by(actuals, as_at)) {
      if (a->scheme)
        by_scheme_[first_scheme_[a->organisation] + *a->scheme].push_back(a);
      else if (a->pressure_to_date && a->year == static_cast<std::size_t>((as_at - first_month_) / 12))
        pressures_.push_back(a);
    }
    for (const Actual& a : actuals.rows)
      if (a.as_at <= as_at && a.scheme) history_[first_scheme_[a.organisation] + *a.scheme].push_back(&a);
    needed_.resize(schemes_.size()), is_needed_.resize(schemes_.size());
    for (const SchemeModel& s : model.schemes)
      for (const std::uint32_t j : s.needs) is_needed_[j] = true;
    for (std::size_t i = 0; i < schemes_.size(); ++i) out_->common_.push_back(common_luck(i));
    find_known(known);
  }

  Checked<std::shared_ptr<const TrackedLuck>> make(unsigned threads) {
    auto evidence = evidence_of_all(threads);
    if (!evidence) return tl::make_unexpected(std::move(evidence.error()));
    for (std::size_t i = 0; i < evidence->size(); ++i)
      if ((*evidence)[i]) add_scheme(i, std::move((*evidence)[i]));
    std::vector<NormalEvidence> normal;
    std::vector<std::vector<Loading>> normal_loadings;
    for (const Actual* a : pressures_) add_pressure(*a, normal, normal_loadings);
    finish(std::move(normal), normal_loadings);
    return std::shared_ptr<const TrackedLuck>(std::move(out_));
  }

  using EvidenceOfAll = std::vector<std::shared_ptr<const SchemeEvidence>>;  // [scheme]; null where nothing says anything
  Checked<EvidenceOfAll> evidence_of_all(unsigned threads) {
    if (model_.student_t)
      problems_.push_back({whole_file("--actuals"), Code::command_line,
                           "cannot be brought together with a student-t copula (its mixing is shared by all that is drawn); use copula: gaussian"});
    if (!problems_.empty()) return tl::make_unexpected(problems_);
    EvidenceOfAll evidence(schemes_.size());
    std::vector<std::size_t> free;
    std::vector<SeenScheme> seen(schemes_.size());
    for (std::size_t i = 0; i < schemes_.size(); ++i) {
      if (!says_anything(i)) continue;
      evidence[i] = known_[i];
      if (evidence[i]) continue;
      seen[i] = seen_scheme(i);
      if (model_.schemes[i].needs.empty()) free.push_back(i);
    }
    if (!problems_.empty()) return tl::make_unexpected(sorted(std::move(problems_)));
    for_each(free.size(), threads,
             [&](std::uint64_t k, unsigned) { evidence[free[k]] = std::make_shared<const SchemeEvidence>(seen[free[k]], purpose_of(free[k])); });
    const std::vector<bool> wanted = wanted_outcomes(evidence);
    for (const std::uint32_t i : model_.needs_order) {
      if (!evidence[i] && says_anything(i)) {
        seen[i].needed = needed_by(i);
        evidence[i] = std::make_shared<const SchemeEvidence>(seen[i], purpose_of(i));
      }
      if (wanted[i]) needed_[i] = outcomes_of(i, evidence[i].get());
    }
    return evidence;
  }

 private:
  bool uncertain(std::size_t i) const {
    const SchemeModel& s = model_.schemes[i];
    return model_.marginals[s.share].kind != Marginal::Kind::certain || !model_.months[s.delay].thresholds().empty();
  }

  // What others need comes to outcomes that are moved.
  EvidenceFor purpose_of(std::size_t i) const { return is_needed_[i] && purpose_ != EvidenceFor::moving ? EvidenceFor::moving_in_draw : purpose_; }

  // Months of the plan up to the end of the one that it describes.
  int months_to(const Actual& a) const { return a.as_at - first_month_ + 1; }

  double planned_to_date(std::size_t i, const Actual& a) const { return windows(i, a).front(); }

  // What a share of 1 saves in the seen months, by months late.
  std::vector<double> windows(std::size_t i, const Actual& a) const {
    const int months = std::min(12, months_to(a) - 12 * static_cast<int>(a.year));
    return saved_by_lateness(plans_, *owners_[i], *schemes_[i], optimism_, a.year, months);
  }

  bool has_amount(std::size_t i, const Actual& a) const {
    if (!a.to_date) return false;
    const std::vector<double> planned = windows(i, a);
    return std::any_of(planned.begin(), planned.end(), [](double p) { return p != 0; });
  }

  bool says_anything(std::size_t i) const {
    if (by_scheme_[i].empty() || !uncertain(i)) return false;
    return std::any_of(by_scheme_[i].begin(), by_scheme_[i].end(),
                       [&](const Actual* a) { return (a->status && *a->status != ActualStatus::asserted) || has_amount(i, *a); });
  }

  // Said to be so, or to the digit what was planned, whenever it was told.
  bool asserted(std::size_t i) const {
    bool as_planned = true;
    for (const Actual* a : history_.at(i)) {
      if (a->status == ActualStatus::asserted) return true;
      if (a->to_date) as_planned &= std::abs(*a->to_date - planned_to_date(i, *a)) <= a->rounding;
    }
    return as_planned;
  }

  using CommonLuck = TrackedLuck::CommonLuck;
  CommonLuck common_luck(std::size_t i) const {
    double mean = static_cast<double>(schedule_.own_luck[i].constant), variance = 0;
    for (const Loading& l : model_.schemes[i].luck.loadings) {
      const auto weight = static_cast<double>(l.weight);
      if (const auto& held = model_.factors[l.factor].held_at)
        mean += weight * static_cast<double>(*held);
      else
        variance += weight * weight;
    }
    return {mean, std::sqrt(variance)};
  }

  // The evidence that other factors held do not change. What a scheme needs comes to outcomes that rest on that scheme's own common luck: where this
  // has changed, so has the evidence of what needs it.
  void find_known(const TrackedLuck* known) {
    known_.resize(schemes_.size());
    if (known == nullptr) return;
    for (const TrackedLuck::TrackedScheme& s : known->schemes_)
      if (const CommonLuck& common = out_->common_[s.index]; s.evidence->serves(common.mean, common.sd)) known_[s.index] = s.evidence;
    std::vector<bool> changed(schemes_.size());  // itself, or what it needs
    for (const std::uint32_t i : model_.needs_order) {
      const std::vector<std::uint32_t>& needs = model_.schemes[i].needs;
      const bool beside = std::any_of(needs.begin(), needs.end(), [&](std::uint32_t j) { return changed[j]; });
      if (beside) known_[i] = nullptr;
      changed[i] = beside || !(out_->common_[i] == known->common_[i]);
    }
  }

  // The schemes whose outcomes are asked for, by those that need them and are yet to be integrated.
  std::vector<bool> wanted_outcomes(const std::vector<std::shared_ptr<const SchemeEvidence>>& evidence) const {
    std::vector<bool> out(schemes_.size());
    for (auto i = model_.needs_order.rbegin(); i != model_.needs_order.rend(); ++i)
      if (out[*i] || (!evidence[*i] && says_anything(*i)))
        for (const std::uint32_t j : model_.schemes[*i].needs) out[j] = true;
    return out;
  }

  SeenScheme seen_scheme(std::size_t i) {
    const SchemeModel& s = model_.schemes[i];
    const Marginal& share = model_.marginals[s.share];
    SeenScheme out;
    const OwnLuck& own = schedule_.own_luck[i];
    const CommonLuck& common = out_->common_[i];
    out.common_mean = common.mean, out.common_sd = common.sd;
    out.share_weight = static_cast<double>(own.cholesky(0, 0));
    out.delay_by_share = static_cast<double>(own.cholesky(1, 0));
    out.delay_weight = static_cast<double>(own.cholesky(1, 1));
    if (!(out.share_weight > 1e-3))
      problems_.push_back(
          {schemes_[i]->id.place, Code::command_line,
           "--actuals: this scheme has no luck of its own (so one actual would say all of the factors); let dependence leave it some"});
    out.share = shares_by(share);
    for (const float t : share.thresholds) out.breaks.push_back(static_cast<double>(share.reversed ? -t : t));
    if (share.may_drop_out()) {
      out.drop_threshold = static_cast<double>(share.drop_threshold);
      if (!share.never_starts()) out.breaks.push_back(*out.drop_threshold);
    }
    std::sort(out.breaks.begin(), out.breaks.end());
    out.dropped_share = static_cast<double>(share.dropped);
    const Months& months = model_.months[s.delay];
    for (const float t : months.thresholds()) out.late.push_back(static_cast<double>(t));
    out.certain_months = static_cast<std::size_t>(std::max(0, months.certain()));
    out.wait = schedule_.wait[i];
    out.harm_at_once = s.may_harm && !model_.harm_waits;
    out.stretch = stretch_of_teams(s) * left_by_claims(i);
    if (purpose_of(i) == EvidenceFor::comparing) out.only_at = (*only_at_)[i];
    add_seen(i, out);
    return out;
  }

  void add_seen(std::size_t i, SeenScheme& out) {
    const double error = asserted(i) ? asserted_error : measured_error;
    for (const Actual* a : by_scheme_[i]) {
      if (a->status == ActualStatus::dropped || a->status == ActualStatus::delivered) out.known_dropped = a->status == ActualStatus::dropped;
      if (!has_amount(i, *a)) continue;
      const std::vector<double> planned = windows(i, *a);
      double size = 0;
      for (const double p : planned) size = std::max(size, std::abs(p));
      const double sd = std::max({error * std::abs(planned.front()), a->rounding, 1e-6 * size});
      out.seen.push_back({*a->to_date, sd, planned});
    }
    if (!out.known_dropped) return;
    const Place& place = by_scheme_[i].back()->place;
    if (*out.known_dropped && !out.drop_threshold)
      problems_.push_back({place, Code::bad_record, "dropped, and by its plan it cannot drop out; give it a stage that can"});
    if (!*out.known_dropped && out.drop_threshold && *out.drop_threshold > 1e29)
      problems_.push_back({place, Code::bad_record, "delivered, and by its plan it is certain to drop out; give it a stage that is not"});
  }

  // On average, as if teams were staffed at the mean.
  double stretch_of_teams(const SchemeModel& s) const {
    if (s.effort.empty()) return 1;
    double total = 0, short_of = 0;
    for (const TeamEffort& e : s.effort) {
      const TeamModel& team = model_.teams[e.team];
      Floats staffing, stretch;
      outcome(team.staffing, middles(), staffing);
      for (std::size_t y = 0; y < e.wte.size(); ++y) {
        if (!(e.wte[y] > 0)) continue;
        stretch_of(staffing, team.wte[y], team.effort[y], stretch);
        total += e.wte[y], short_of += e.wte[y] * (1 - static_cast<double>(stretch.mean()));
      }
    }
    return 1 - short_of / total;
  }

  // What is left to a claimant where all deliver what they are expected to, over the years.
  double left_by_claims(std::size_t i) const {
    const std::int32_t opportunity = model_.schemes[i].opportunity;
    if (opportunity < 0) return 1;
    const std::vector<double>& size = model_.opportunities[static_cast<std::size_t>(opportunity)];
    std::vector<double> claims(size.size(), 0.0);
    for (const std::uint32_t j : schedule_.claimants[static_cast<std::size_t>(opportunity)]) {
      const Yearly planned = planned_saving(*schemes_[j], plans_.system.years);
      const double share = mean_outcome(model_.marginals[model_.schemes[j].share]);
      for (std::size_t y = 0; y < size.size(); ++y) claims[y] += std::max(0.0, planned[y] * share);
    }
    const std::size_t now = by_scheme_[i].empty() ? 0 : by_scheme_[i].back()->year;
    return claims[now] > size[now] ? size[now] / claims[now] : 1;
  }

  // What a scheme came to by what is seen of itself and of those that it needs, by equally likely possibilities: for those that need it.
  std::vector<NeededOutcome> outcomes_of(std::uint32_t i, const SchemeEvidence* evidence) const {
    const SchemeModel& s = model_.schemes[i];
    const OwnLuck& own = schedule_.own_luck[i];
    const CommonLuck& luck = out_->common_[i];
    const std::string name = fmt::format("{}", s.share_stream);
    Floats common, share_normal, delay_normal, share, score;
    draw_normals(0, stream_of("needed-common:" + name), 0, Sampling::latin_hypercube, common);
    draw_normals(0, stream_of("needed-share:" + name), 0, Sampling::latin_hypercube, share_normal);
    draw_normals(0, stream_of("needed-delay:" + name), 0, Sampling::latin_hypercube, delay_normal);
    common = common * static_cast<float>(luck.sd);
    if (evidence != nullptr) {
      Eigen::VectorXd weights(common.size());
      for (Eigen::Index k = 0; k < common.size(); ++k) weights[k] = evidence->tabulated(luck.mean + static_cast<double>(common[k]));
      const std::vector<std::uint32_t> chosen = resample(weights, block_trials, 0.5);
      Floats kept;
      for (std::size_t k = 0; k < chosen.size(); ++k) kept[static_cast<Eigen::Index>(k)] = common[chosen[k]];
      common = kept + static_cast<float>(luck.mean);
      evidence->move(common, share_normal, delay_normal);
    } else {
      common += static_cast<float>(luck.mean);
    }
    score = common + own.cholesky(0, 0) * share_normal;
    outcome(model_.marginals[s.share], score, share);
    Integers months;
    score = common + own.cholesky(1, 0) * share_normal + own.cholesky(1, 1) * delay_normal;
    outcome(model_.months[s.delay], score, months);
    const std::vector<NeededOutcome> needed = needed_by(i);
    const double stretch = stretch_of_teams(s);
    const std::vector<std::int32_t>& wait = schedule_.wait[i];
    std::vector<NeededOutcome> out;
    for (std::size_t k = 0; k < needed_outcomes; ++k) {
      const auto trial = static_cast<Eigen::Index>(k * (block_trials / needed_outcomes));
      NeededOutcome o{static_cast<double>(share[trial]) * stretch, static_cast<std::size_t>(months[trial])};
      if (!needed.empty()) o.share *= needed[k].share, o.months = std::max(o.months, needed[k].months);
      if (!wait.empty()) o.months = static_cast<std::size_t>(wait[std::min(o.months, wait.size() - 1)]);
      o.share = std::clamp(o.share, 0.0, 1.0);
      out.push_back(o);
    }
    return out;
  }

  // The weakest share and the latest month of those that it needs, taken as independent of each other.
  std::vector<NeededOutcome> needed_by(std::uint32_t i) const {
    std::vector<NeededOutcome> out;
    std::size_t stride = 1;
    for (const std::uint32_t j : model_.schemes[i].needs) {
      if (out.empty()) out.assign(needed_outcomes, NeededOutcome{});
      for (std::size_t k = 0; k < needed_outcomes; ++k) {
        const NeededOutcome& one = needed_[j][k * stride % needed_outcomes];
        out[k].share = std::min(out[k].share, one.share), out[k].months = std::max(out[k].months, one.months);
      }
      stride += 2;
    }
    return out;
  }

  std::uint32_t factor(std::uint32_t of_model) {
    const auto [at, fresh] = factor_at_.try_emplace(of_model, static_cast<std::uint32_t>(out_->factor_names_.size()));
    if (fresh) {
      out_->factor_names_.push_back(model_.factors[of_model].name);
      out_->parts_[model_.factors[of_model].stream] = {TrackedLuck::Part::Kind::factor, at->second};
    }
    return at->second;
  }

  // Of factors that are not held; `constant` gets what the held ones add.
  std::vector<Loading> loadings_of(const Luck& luck, double* constant) {
    std::vector<Loading> out;
    for (const Loading& l : luck.loadings) {
      if (const auto& held = model_.factors[l.factor].held_at)
        *constant += static_cast<double>(l.weight) * static_cast<double>(*held);
      else
        out.push_back({factor(l.factor), l.weight});
    }
    return out;
  }

  void add_scheme(std::size_t i, std::shared_ptr<const SchemeEvidence> evidence) {
    const SchemeModel& s = model_.schemes[i];
    TrackedLuck::TrackedScheme t;
    t.index = static_cast<std::uint32_t>(i);
    t.share = s.share_stream, t.delay = s.delay_stream;
    double constant = static_cast<double>(schedule_.own_luck[i].constant);
    t.loadings = loadings_of(s.luck, &constant);
    t.constant = static_cast<float>(constant);
    t.evidence = std::move(evidence);
    out_->parts_[t.share] = {TrackedLuck::Part::Kind::share, out_->schemes_.size()};
    out_->parts_[t.delay] = {TrackedLuck::Part::Kind::delay, out_->schemes_.size()};
    out_->schemes_.push_back(std::move(t));
  }

  // Pressure arises over a year like a Brownian path whose end is the year's: what is seen after a part t of it tells of the year with a variance of
  // sd² (1 − t)/t, and as far as it is measured.
  void add_pressure(const Actual& a, std::vector<NormalEvidence>& normal, std::vector<std::vector<Loading>>& normal_loadings) {
    const OrganisationModel& o = model_.organisations[a.organisation];
    if (o.pressure_sd == 0 || !(o.spend[a.year] > 0)) return;
    const double part = (months_to(a) - 12 * static_cast<int>(a.year)) / 12.0, base = o.spend[a.year] * part;
    const double measured = std::max(measured_error * std::abs(*a.pressure_to_date), a.rounding) / base;
    const double noise = o.pressure_sd * o.pressure_sd * (1 - part) / part + measured * measured + 1e-12;
    double value = *a.pressure_to_date / base - plans_.organisations[a.organisation].pressure.mean[a.year], own = 0;
    TrackedLuck::TrackedPressure p;
    std::map<std::uint32_t, double> weights;
    std::vector<double> direction;
    for (std::size_t y = 0; y <= a.year; ++y) {
      const double reach = -o.pressure_sd * std::pow(o.persistence, static_cast<double>(a.year - y));
      double constant = 0;
      for (const Loading& l : loadings_of(o.pressure_luck[y], &constant)) weights[l.factor] += reach * static_cast<double>(l.weight);
      value -= reach * constant;
      direction.push_back(reach * static_cast<double>(o.pressure_luck[y].own_weight));
      own += direction.back() * direction.back();
      p.streams.push_back(o.pressure_stream[y]);
    }
    for (const auto& [f, weight] : weights) p.loadings.push_back({f, static_cast<float>(weight)});
    normal.push_back({{}, value, own + noise});
    normal_loadings.push_back(p.loadings);
    if (!(own > 0)) return;
    const double length = std::sqrt(own);
    for (const double d : direction) p.direction.push_back(static_cast<float>(d / length));
    p.value = static_cast<float>(value), p.gain = static_cast<float>(length / (own + noise)),
    p.sd = static_cast<float>(std::sqrt(noise / (own + noise)));
    for (std::size_t y = 0; y < p.streams.size(); ++y) out_->parts_[p.streams[y]] = {TrackedLuck::Part::Kind::pressure, out_->pressures_.size(), y};
    out_->pressures_.push_back(std::move(p));
  }

  Eigen::VectorXd weights_of(const std::vector<Loading>& loadings) const {
    Eigen::VectorXd out = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(out_->factor_names_.size()));
    for (const Loading& l : loadings) out[l.factor] += static_cast<double>(l.weight);
    return out;
  }

  // Schemes that load alike on the factors meet them in one number, and their likelihoods, where tabulated alike, add up. A table that was made while
  // other factors were held is over c − its own mean: `shift` more than what the factors that are not held bring.
  void finish(std::vector<NormalEvidence> normal, const std::vector<std::vector<Loading>>& normal_loadings) {
    struct Met {
      std::vector<std::pair<std::uint32_t, float>> weights;
      double shift, first, last;
      std::size_t points;
      auto operator<=>(const Met&) const = default;
    };
    std::map<Met, std::vector<const TrackedLuck::TrackedScheme*>> alike;
    for (const TrackedLuck::TrackedScheme& s : out_->schemes_) {
      const Spline& table = s.evidence->log_likelihood();
      Met key{{}, out_->common_[s.index].mean - s.evidence->common_mean(), table.first(), table.last(), table.values().size()};
      for (const Loading& l : s.loadings) key.weights.emplace_back(l.factor, l.weight);
      if (!key.weights.empty()) alike[key].push_back(&s);
    }
    std::vector<SharedEvidence> shared;
    for (const auto& [key, schemes] : alike) {
      const Spline& first = schemes.front()->evidence->log_likelihood();
      std::vector<double> values(first.values().size(), 0.0);
      for (const TrackedLuck::TrackedScheme* s : schemes)
        for (std::size_t k = 0; k < values.size(); ++k) values[k] += s->evidence->log_likelihood().values()[k];
      const double step = values.size() > 1 ? (first.last() - first.first()) / static_cast<double>(values.size() - 1) : 1;
      shared.push_back({weights_of(schemes.front()->loadings), Spline(first.first() - key.shift, step, std::move(values))});
    }
    out_->name_streams();
    for (std::size_t k = 0; k < normal.size(); ++k) normal[k].weights = weights_of(normal_loadings[k]);
    out_->posterior_ = std::make_unique<const FactorPosterior>(out_->factor_names_.size(), std::move(shared), std::move(normal));
  }

  const Plans& plans_;
  const Model& model_;
  Schedule schedule_;
  double optimism_;
  EvidenceFor purpose_;
  const std::vector<double>* only_at_;  // [scheme]; null: wherever
  int first_month_;
  std::vector<const Scheme*> schemes_;
  std::vector<const Organisation*> owners_;
  std::vector<std::size_t> first_scheme_;
  std::vector<std::vector<const Actual*>> by_scheme_;          // the latest of each year
  std::map<std::size_t, std::vector<const Actual*>> history_;  // all of them
  std::vector<const Actual*> pressures_;
  std::vector<std::vector<NeededOutcome>> needed_;
  std::vector<bool> is_needed_;
  std::vector<std::shared_ptr<const SchemeEvidence>> known_;  // [scheme]: with other factors held
  std::map<std::uint32_t, std::uint32_t> factor_at_;
  std::shared_ptr<TrackedLuck> out_ = std::make_shared<TrackedLuck>();
  Problems problems_;
};

Checked<std::shared_ptr<const TrackedLuck>> TrackedLuck::of(const Plans& plans, const Model& model, const Actuals& actuals, int as_at,
                                                            double optimism, unsigned threads, const TrackedLuck* known, EvidenceFor purpose) {
  return TrackedLuckMaker(plans, model, actuals, as_at, optimism, known, purpose).make(threads);
}

Checked<std::vector<double>> TrackedLuck::log_likelihoods(const Plans& plans, const Model& model, const Actuals& actuals, int as_at, double optimism,
                                                          const std::vector<double>& common) {
  const auto evidence = TrackedLuckMaker(plans, model, actuals, as_at, optimism, nullptr, EvidenceFor::comparing, &common).evidence_of_all(1);
  if (!evidence) return tl::make_unexpected(evidence.error());
  std::vector<double> out(common.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    if ((*evidence)[i]) out[i] = (*evidence)[i]->tabulated(common[i]);
  return out;
}

}  // namespace shortfall
