#include "history/calibrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/money.hpp"
#include "history/calibrate_checks.hpp"
#include "history/naive.hpp"
#include "model/posterior.hpp"
#include "model/quantile.hpp"

namespace shortfall {

ShareFigures figures_of(const Coefficients& a, const Bounds& bounds) {
  return {metalog_quantile(a, bounds, 0.1), metalog_quantile(a, bounds, 0.5), metalog_quantile(a, bounds, 0.9), metalog_mean(a, bounds)};
}

double left_of_plan(const Record& r, double months_late) {
  const int year = first_month(r.year), start = r.planned_start.value_or(year);
  if (start >= year + 12) return 1;
  const double planned = start <= year ? 12 : year + 12 - start;
  const double lost = start <= year ? months_late - (year - start) : months_late;
  return 1 - std::clamp(lost, 0.0, planned) / planned;
}

namespace {

// By the mean over the class's delays, as the program rounds them to months.
double expected_left(const Record& r, const Distribution& delay) {
  const QuantileFunction quantile = quantile_function(delay.shape);
  constexpr int points = 200;
  double sum = 0;
  for (int i = 0; i < points; ++i) {
    const double level = (i + 0.5) / points;
    sum += left_of_plan(r, std::floor(quantile({level, 1 - level}) + 0.5));
  }
  return sum / points;
}

ShareFigures figures_of(const Distribution& d) {
  const QuantileFunction q = quantile_function(d.shape);
  return {q({0.1, 0.9}), q({0.5, 0.5}), q({0.9, 0.1}), mean_of(d.shape)};
}

std::size_t distinct(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
}

// The prior's coefficients moved along the line to the values' mean: all that one or two records, or many of one value, can say.
Coefficients moved_to(const std::vector<double>& values, const Coefficients& prior, const Bounds& bounds) {
  const double range = bounds.low && bounds.high ? *bounds.high - *bounds.low : 1;
  double line = 0;
  for (const double v : values) {
    const double inside = std::clamp(v, bounds.low ? *bounds.low + 0.005 * range : v, bounds.high ? *bounds.high - 0.005 * range : v);
    line += onto_line(inside, bounds) / static_cast<double>(values.size());
  }
  double centre = 0;
  constexpr int points = 200;
  for (int i = 0; i < points; ++i) centre += metalog_basis((i + 0.5) / points).dot(prior) / points;
  Coefficients out = prior;
  out[0] += line - centre;
  return out;
}

// Values of which some are only known to be at least so much: these stand for what the fit so far holds beyond them, by five of its quantiles, and
// the fit is made again (expectation and maximisation in turn).
Coefficients fit_censored(const std::vector<Censored>& values, const Bounds& bounds, const Coefficients& prior, double prior_weight) {
  constexpr std::size_t parts = 5;
  const bool any = std::any_of(values.begin(), values.end(), [](const Censored& c) { return c.at_least; });
  Coefficients now = prior;
  for (int turn = 0; turn < (any ? 12 : 1); ++turn) {
    std::vector<double> sample;
    sample.reserve(values.size() * (any ? parts : 1));
    for (const Censored& c : values) {
      if (!any) sample.push_back(c.value);
      const double below = any && c.at_least ? metalog_chance_below(now, bounds, c.value) : 0;
      for (std::size_t k = 0; any && k < parts; ++k)
        sample.push_back(c.at_least ? metalog_quantile(now, bounds, std::min(1 - 1e-9, below + (1 - below) * (static_cast<double>(k) + 0.5) / parts))
                                    : c.value);
    }
    const Coefficients data = distinct(sample) < 3 ? moved_to(sample, prior, bounds) : nearest_feasible(fit_metalog(sample, bounds));
    now = blend(data, static_cast<double>(values.size()), prior, prior_weight);
  }
  return now;
}

SideCalibration calibrate_side(std::vector<Censored> values, const Distribution& prior, double prior_weight) {
  SideCalibration out;
  for (const Censored& c : values) ++(c.at_least ? out.at_least : out.ended);
  out.distribution = prior;
  if (out.ended == 0 || is_fixed(prior)) {
    out.before = out.after = figures_of(prior);
    return out;
  }
  const Bounds bounds = bounds_of(prior.shape);
  const Coefficients before = nearest_feasible(fit_metalog(prior.shape, bounds));
  const Coefficients after = fit_censored(values, bounds, before, prior_weight);
  out.held = false;
  out.distribution.shape = as_metalog(after, bounds);
  out.before = shortfall::figures_of(before, bounds), out.after = shortfall::figures_of(after, bounds);
  return out;
}

class ClassCalibrator {
 public:
  ClassCalibrator(const ReferenceClass& prior, std::vector<const Record*> records, const Records& all, const CalibrateOptions& options)
      : prior_(prior), records_(std::move(records)), all_(all), options_(options) {}

  ClassCalibration calibrate(const std::array<double, stage_count>& stages_before, const std::array<double, stage_count>& stages_after) {
    out_.id = prior_.id.value, out_.prior_grade = prior_.grade;
    out_.prior_weight = options_.prior_weight.value_or(prior_weight(prior_.grade));
    sides();
    collect_shares();
    drop_out(stages_before, stages_after);
    fit_share();
    own_lines();
    examine(records_, shares_, options_, out_);
    return std::move(out_);
  }

 private:
  void sides() {
    std::vector<Censored> delays, overruns;
    for (const Record* r : records_) {
      if (r->status == RecordStatus::dropped) continue;
      if (r->planned_start && r->started)
        delays.push_back({std::max(0.25, static_cast<double>(*r->started - *r->planned_start)), false});  // 0 stands for what rounds to it
      else if (r->planned_start && r->status == RecordStatus::running && *r->planned_start < all_.as_at)
        delays.push_back({static_cast<double>(all_.as_at - *r->planned_start), true});
      if (r->cost && r->planned_cost && *r->planned_cost > 0 && (r->status == RecordStatus::finished || *r->cost > 0))
        overruns.push_back({*r->cost / *r->planned_cost, r->status == RecordStatus::running});
    }
    out_.delay = calibrate_side(std::move(delays), prior_.delay, out_.prior_weight);
    out_.overrun = calibrate_side(std::move(overruns), prior_.overrun, out_.prior_weight);
  }

  // A record's share is what was delivered of what its delay left of the year's plan, so that no lateness is counted twice.
  void collect_shares() {
    out_.records = records_.size();
    std::map<int, double> left_by_start;  // where the delay is not known, by the months from the planned start to the year's
    for (const Record* r : records_) {
      if (r->status == RecordStatus::dropped) ++out_.dropped;
      if (r->status == RecordStatus::running) ++out_.running;
      if (r->status != RecordStatus::finished) continue;
      ++out_.went_ahead;
      double left;
      if (r->planned_start && r->started) {
        left = left_of_plan(*r, std::max(0, *r->started - *r->planned_start));
      } else {
        const int key = r->planned_start.value_or(first_month(r->year)) - first_month(r->year);
        const auto [found, is_new] = left_by_start.try_emplace(key, 1.0);
        if (is_new) found->second = expected_left(*r, out_.delay.distribution);
        left = found->second;
      }
      if (left < 1e-9) {
        ++out_.not_begun;
        continue;
      }
      shares_.push_back({*r->delivered / (r->planned * left), r->planned, r});
    }
    out_.shares = shares_.size();
  }

  // The class's own chance is what its drop-outs show beyond its schemes' stages.
  void drop_out(const std::array<double, stage_count>& before, const std::array<double, stage_count>& after) {
    double counted = 0;
    for (const Record* r : records_) {
      if (r->status == RecordStatus::running) continue;
      ++counted;
      const auto s = static_cast<std::size_t>(r->stage);
      out_.prior_chance += before[s] + (1 - before[s]) * prior_.share.drops_out;
      out_.stages_chance += after[s];
    }
    if (counted == 0) {
      out_.drops_out = out_.prior_chance = prior_.share.drops_out;
      out_.chance = BetaPosterior::of(out_.prior_chance, out_.prior_weight, 0, 0);
    } else {
      out_.prior_chance /= counted, out_.stages_chance /= counted;
      out_.chance = BetaPosterior::of(out_.prior_chance, out_.prior_weight, static_cast<double>(out_.dropped), counted);
      out_.drops_out = std::max(0.0, (out_.chance.mean() - out_.stages_chance) / (1 - out_.stages_chance));
    }
    out_.chance_range = {out_.chance.quantile(0.05), out_.chance.quantile(0.95)};
  }

  void fit_share() {
    out_.share = prior_.share;
    out_.share.drops_out = out_.drops_out;
    if (std::holds_alternative<Fixed>(prior_.share.shape)) {
      out_.before = out_.after = figures_of(prior_.share);
      out_.warnings.push_back("its share is one fixed number in the prior, which cannot be blended with records: it is held");
      return;
    }
    out_.bounds = bounds_of(prior_.share.shape);
    out_.prior = nearest_feasible(fit_metalog(prior_.share.shape, out_.bounds));
    out_.before = shortfall::figures_of(out_.prior, out_.bounds);
    std::vector<double> values;
    for (const SharedRecord& s : shares_) values.push_back(s.share);
    const double n = static_cast<double>(values.size());
    out_.data = out_.prior;
    if (!values.empty()) {
      out_.fitted = true;
      out_.shifted_only = distinct(values) < 3;
      const Coefficients own = out_.shifted_only ? moved_to(values, out_.prior, out_.bounds) : fit_metalog(values, out_.bounds);
      out_.data = nearest_feasible(own);
      out_.mended = out_.data != own;
    }
    const auto blended = [&](double weight) { return blend(out_.data, n, out_.prior, weight); };
    out_.blended = blended(out_.prior_weight);
    out_.after = shortfall::figures_of(out_.blended, out_.bounds);
    out_.half_prior = shortfall::figures_of(blended(out_.prior_weight / 2), out_.bounds);
    out_.twice_prior = shortfall::figures_of(blended(2 * out_.prior_weight), out_.bounds);
    out_.share.shape = as_metalog(out_.blended, out_.bounds);
    if (n > 0) out_.disagreement = disagreement(out_.data, n, out_.prior, out_.prior_weight, out_.blended);
    posterior_ranges(n);
  }

  void posterior_ranges(double n) {
    constexpr std::size_t draws = 512;
    std::vector<double> p50, mean;
    for (const Coefficients& a : posterior_draws(class_posterior(out_.blended, out_.bounds, n, out_.prior_weight), draws, options_.seed, out_.id)) {
      p50.push_back(metalog_quantile(a, out_.bounds, 0.5));
      mean.push_back(metalog_mean(a, out_.bounds));
    }
    const auto range = [](std::vector<double>& values) {
      std::sort(values.begin(), values.end());
      return Range{values[values.size() / 20], values[values.size() - 1 - values.size() / 20]};
    };
    out_.p50_range = range(p50), out_.mean_range = range(mean);
  }

  // Where organisations differ beyond chance, each is believed as far as its own record goes.
  void own_lines() {
    std::map<std::string, CredibilityGroup> groups;
    for (const SharedRecord& s : shares_) {
      CredibilityGroup& g = groups[s.record->organisation];
      g.values.push_back(s.share), g.weights.push_back(s.planned);
    }
    out_.groups = groups.size();
    const bool any_twice = std::any_of(groups.begin(), groups.end(), [](const auto& g) { return g.second.values.size() > 1; });
    if (groups.size() < 2 || !any_twice || !out_.fitted) return;
    std::vector<CredibilityGroup> list;
    for (const auto& [name, group] : groups) list.push_back(group);
    out_.credibility = credibility(list);
    constexpr std::size_t least_records = 5;
    constexpr double least_factor = 0.2;
    std::size_t g = 0;
    for (const auto& [name, group] : groups) {
      const Credibility& c = out_.credibility;
      if (group.values.size() >= least_records && c.factors[g] >= least_factor)
        out_.lines.push_back({name, group.values.size(), c.factors[g], c.group_means[g], c.estimates[g], moved_share(c.estimates[g] - c.mean)});
      ++g;
    }
  }

  // The class's share, moved along the line of its bounds until its mean is so much more.
  Distribution moved_share(double difference) const {
    double low = -20, high = 20;
    for (int i = 0; i < 60; ++i) {
      Coefficients a = out_.blended;
      a[0] += 0.5 * (low + high);
      (metalog_mean(a, out_.bounds) < out_.after.mean + difference ? low : high) = 0.5 * (low + high);
    }
    Coefficients a = out_.blended;
    a[0] += std::clamp(0.5 * (low + high), -4.0, 4.0);
    Distribution share = out_.share;
    share.shape = as_metalog(a, out_.bounds);
    return share;
  }

  const ReferenceClass& prior_;
  std::vector<const Record*> records_;
  const Records& all_;
  const CalibrateOptions& options_;
  std::vector<SharedRecord> shares_;
  ClassCalibration out_;
};

std::vector<StageCalibration> calibrate_stages(const Records& records, const Reference& prior, const CalibrateOptions& options,
                                               std::array<double, stage_count>& after) {
  std::array<std::size_t, stage_count> counted{}, dropped{};
  for (const Record& r : records.rows) {
    if (r.status == RecordStatus::running) continue;
    ++counted[static_cast<std::size_t>(r.stage)], dropped[static_cast<std::size_t>(r.stage)] += r.status == RecordStatus::dropped;
  }
  std::vector<StageCalibration> out;
  const double weight = options.prior_weight.value_or(prior_weight("judgement"));
  for (std::size_t s = 1; s < stage_count; ++s) {
    const auto chance = BetaPosterior::of(prior.drops_out[s], weight, static_cast<double>(dropped[s]), static_cast<double>(counted[s]));
    out.push_back({static_cast<Stage>(s), counted[s], dropped[s], prior.drops_out[s], chance});
    after[s] = chance.mean();
  }
  return out;
}

void put_in(const ClassCalibration& c, const ReferenceClass& prior, const std::string& period, std::vector<ReferenceClass>& classes) {
  ReferenceClass out = prior;
  out.share = c.share, out.delay = c.delay.distribution, out.overrun = c.overrun.distribution;
  out.grade = "calibrated";
  out.records = RecordsBehind{static_cast<double>(c.records - c.running), static_cast<double>(c.shares), c.prior_weight};
  out.period = period;
  out.source = fmt::format("{} of {}, {} of them dropped, blended with a prior worth {:g}: {}", counted(c.records, "record"), period, c.dropped,
                           c.prior_weight, prior.source);
  classes.push_back(out);
  for (const OrganisationLine& line : c.lines) {
    ReferenceClass own = out;
    own.id.value += "@" + line.organisation;
    own.share = line.share;
    own.records->went_ahead = static_cast<double>(line.records);
    own.source = fmt::format("{}'s own line, with credibility {:.2f}: {}", line.organisation, line.factor, out.source);
    classes.push_back(std::move(own));
  }
}

}  // namespace

Calibration calibrate(const Records& records, const Reference& prior, const CalibrateOptions& options) {
  Calibration out;
  out.records = records.rows.size(), out.as_at = records.as_at, out.prior_name = prior.name;
  std::set<std::string_view> organisations;
  std::map<std::string_view, std::vector<const Record*>> by_class;
  const Year *first = &records.rows.front().year, *last = first;
  for (const Record& r : records.rows) {
    organisations.insert(r.organisation);
    by_class[r.reference_class].push_back(&r);
    if (r.year.starts < first->starts) first = &r.year;
    if (r.year.starts > last->starts) last = &r.year;
  }
  out.organisations = organisations.size(), out.first_year = first->label, out.last_year = last->label;
  const std::string period = out.first_year == out.last_year ? out.first_year : out.first_year + " to " + out.last_year;
  std::array<double, stage_count> before{}, after{};
  for (std::size_t s = 0; s < stage_count; ++s) before[s] = after[s] = prior.drops_out[s];
  out.stages = calibrate_stages(records, prior, options, after);
  out.reference = prior;
  for (std::size_t s = 0; s < stage_count; ++s) out.reference.drops_out[s] = after[s];
  out.reference.classes.clear();
  for (const ReferenceClass& c : prior.classes) {
    const auto found = by_class.find(c.id.value);
    if (found == by_class.end()) {
      out.reference.classes.push_back(c);
      continue;
    }
    out.classes.push_back(ClassCalibrator(c, found->second, records, options).calibrate(before, after));
    put_in(out.classes.back(), c, period, out.reference.classes);
  }
  examine_all(records, out);
  return out;
}

}  // namespace shortfall
