#include "history/track.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "model/compile.hpp"
#include "plan/profile.hpp"
#include "sim/record.hpp"

namespace shortfall {
namespace {

// What is counted beside a run: savings of one year, scheme by scheme and together.
struct YearTally {
  std::vector<Histogram> scheme, organisation, plan;  // plan: of all years, [organisation]
  std::vector<Sum> dropped;                           // [scheme]
  Histogram system, system_plan;

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.scheme), f(self.organisation), f(self.plan), f(self.dropped), f(self.system), f(self.system_plan);
  }
};

// A block's savings, of the year and of all years, by who owns the schemes and of all.
struct OwnedSavings {
  std::vector<Doubles> year, all;  // [organisation]
  Doubles system_year = Doubles::Zero(), system_all = Doubles::Zero();
};
OwnedSavings by_owner(const Model& model, const BlockSimulator::SchemeSavings& savings) {
  const std::size_t n = model.organisations.size();
  OwnedSavings out;
  out.year.assign(n, Doubles::Zero()), out.all.assign(n, Doubles::Zero());
  for (std::size_t i = 0; i < model.schemes.size(); ++i) {
    const std::size_t o = model.schemes[i].organisation;
    out.year[o] += savings.of_year[i], out.all[o] += savings.all[i];
  }
  for (std::size_t o = 0; o < n; ++o) out.system_year += out.year[o], out.system_all += out.all[o];
  return out;
}

class TrackRecord {
 public:
  TrackRecord(const Model& model, std::size_t year, Tally counted, YearTally of_year)
      : tally(std::move(counted)), years(std::move(of_year)), model_(&model), year_(year) {}

  void prepare(BlockSimulator& simulator, Draws& draws) { simulator.savings(draws, year_, savings_); }

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    tally.add(*results.front(), rows);
    for (std::size_t i = 0; i < model_->schemes.size(); ++i) {
      years.scheme[i].add(savings_.of_year[i], rows);
      years.dropped[i].add(static_cast<double>(savings_.dropped[i].head(static_cast<Eigen::Index>(rows)).cast<int>().sum()));
    }
    const OwnedSavings owned = by_owner(*model_, savings_);
    for (std::size_t o = 0; o < owned.year.size(); ++o) years.organisation[o].add(owned.year[o], rows), years.plan[o].add(owned.all[o], rows);
    years.system.add(owned.system_year, rows), years.system_plan.add(owned.system_all, rows);
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.tally), f(self.years);
  }

  Tally tally;
  YearTally years;

 private:
  const Model* model_;
  std::size_t year_;
  BlockSimulator::SchemeSavings savings_;
};

// Bins by what the first blocks came to.
YearTally year_tally(const Model& model, std::size_t year, std::uint64_t seed, const Update* update) {
  SideBySide alone({&model});
  Draws draws(seed, Draws::Keep::yes, Sampling::plain, update);
  const std::size_t n = model.organisations.size(), schemes = model.schemes.size();
  std::vector<std::vector<double>> of_scheme(schemes), of_year(n), of_all(n);
  std::vector<double> system_year, system_all;
  BlockSimulator::SchemeSavings savings;
  const auto keep = [](const Doubles& column, std::vector<double>& values) { values.insert(values.end(), column.begin(), column.end()); };
  for (std::size_t b = 0; b < pilot_blocks; ++b) {
    draws.start(b);
    alone.first().savings(draws, year, savings);
    const OwnedSavings owned = by_owner(model, savings);
    for (std::size_t i = 0; i < schemes; ++i) keep(savings.of_year[i], of_scheme[i]);
    for (std::size_t o = 0; o < n; ++o) keep(owned.year[o], of_year[o]), keep(owned.all[o], of_all[o]);
    keep(owned.system_year, system_year), keep(owned.system_all, system_all);
  }
  const auto histograms = [](std::vector<std::vector<double>>& values) {
    std::vector<Histogram> out;
    for (std::vector<double>& v : values) out.emplace_back(scale_of(v, 1));
    return out;
  };
  return {histograms(of_scheme),
          histograms(of_year),
          histograms(of_all),
          std::vector<Sum>(schemes),
          Histogram(scale_of(system_year, 1)),
          Histogram(scale_of(system_all, 1))};
}

struct Simulated {
  RunResult run;
  YearTally years;
  std::uint64_t trials;
};

Simulated simulated(const Plans& plans, const Model& model, std::size_t year, RunOptions run, const Update* update) {
  run.trials = run.max_trials = whole_blocks(run.trials);
  const Method method = run.sampling == SamplingChoice::plain ? Method{} : method_for(model, update);
  SimulateOptions options{.seed = run.seed, .method = method, .threads = run.threads, .ranks = run.ranks, .update = update};
  if (run.progress) options.progress = [&run](std::uint64_t done) { run.progress(done, run.trials); };
  const TrackRecord empty(model, year, Tally(model, pilot(model, run.seed, update), method), year_tally(model, year, run.seed, update));
  TrackRecord counted = record({&model}, {.first = 0, .count = run.trials}, options, empty);
  return {result_of(plans, model, counted.tally, run), std::move(counted.years), run.trials};
}

OutturnRange range_of(const Histogram& h, const std::vector<double>& levels = {}) {
  OutturnRange out{h.mean(), h.quantile(0.1), h.quantile(0.5), h.quantile(0.9), {}};
  for (const double level : levels) out.quantiles.push_back(h.quantile(level));
  return out;
}

void add_naive(const NaiveOutturns& part, NaiveOutturns& sum) {
  sum.straight_line += part.straight_line;
  sum.phased_index += part.phased_index;
  sum.plan_to_go += part.plan_to_go;
}

// What the file says of a scheme by a month.
struct SeenOfScheme {
  const Actual* latest = nullptr;  // of the year
  double saved = 0;                // in the year, as far as it was ever told
  bool dropped = false;
};

class Tracker {
 public:
  Tracker(const Plans& plans, const Actuals& actuals, const TrackOptions& options, int as_at)
      : plans_(plans), actuals_(actuals), run_(options.run), levels_(options.levels), as_at_(as_at) {
    const int month = as_at - first_month(plans.system.years.front());
    year_ = static_cast<std::size_t>(month / 12), months_ = month % 12 + 1;
  }

  Checked<TrackResult> track() {
    const Model model = compile(plans_, compile_options(run_));
    auto now = tracked(plans_, model, actuals_, as_at_, run_);
    if (!now) return tl::make_unexpected(now.error());
    std::optional<int> last;
    for (const int m : actuals_.months)
      if (m < as_at_) last = m;
    const Simulated before_them = simulated(plans_, model, year_, run_, nullptr);
    const Model model_now = model_of(model, *now);
    const Simulated with_them = simulated(plans_, model_now, year_, run_, now->luck.get());
    TrackResult out;
    add_paths(path_of(model, nullptr), path_of(model_now, now->luck.get()), out);
    now->luck = nullptr;  // it may be large
    std::optional<Simulated> earlier;
    if (last) {
      const auto then = tracked(plans_, model, actuals_, *last, run_);
      if (!then) return tl::make_unexpected(then.error());
      const Model model_then = model_of(model, *then);
      earlier = simulated(plans_, model_then, year_, run_, then->luck.get());
      out.to_date_last = saved_by_now(path_of(model_then, then->luck.get()));
    }
    out.as_at = as_at_, out.last_as_at = last, out.year = plans_.system.years[year_].label, out.months = months_;
    out.before = before_them.run, out.now = with_them.run;
    if (earlier) out.last = earlier->run;
    out.quality = now->quality, out.effective_draws = now->effective_draws;
    out.seen = now->schemes.size();
    out.agreement_stated = plans_.system.pools.has_value();
    fill(before_them, with_them, earlier ? &*earlier : nullptr, out);
    for (const std::size_t i : now->schemes) out.schemes[i].seen = true;
    return out;
  }

 private:
  int months_of(const Actual& a) const { return std::min(12, a.as_at - first_month(plans_.system.years[year_]) + 1); }

  // What was known of the year's savings by the end of a month.
  std::vector<const Actual*> saved_by(int as_at) const {
    std::vector<const Actual*> out;
    for (const Actual* a : known_by(actuals_, as_at))
      if (a->scheme && a->year == year_ && a->to_date) out.push_back(a);
    return out;
  }
  static double sum_of(const std::vector<const Actual*>& actuals) {
    double out = 0;
    for (const Actual* a : actuals) out += *a->to_date;
    return out;
  }

  // By the draws that the luck is of, where it is of any.
  Model model_of(const Model& before, const Tracked& tracked) const {
    if (tracked.draws.count == 0) return before;
    CompileOptions how = compile_options(run_);
    how.knowledge = tracked.draws;
    return compile(plans_, how);
  }

  YearPath path_of(const Model& model, const Update* update) const {
    std::vector<std::size_t> first_scheme;
    std::size_t next = 0;
    for (const Organisation& o : plans_.organisations) first_scheme.push_back(next), next += o.schemes.size();
    std::vector<SeenMonth> seen;
    for (const Actual* a : saved_by(as_at_)) seen.push_back({first_scheme[a->organisation] + *a->scheme, months_of(*a)});
    return year_path(plans_, model, seen, {year_, run_.optimism, run_.seed, run_.threads}, update);
  }
  std::optional<SavedByNow> saved_by_now(const YearPath& path) const {
    const std::vector<const Actual*> actuals = saved_by(as_at_);
    if (actuals.empty()) return {};
    return SavedByNow{sum_of(actuals), path.expected_seen(), path.at_most(sum_of(actuals))};
  }
  void add_paths(const YearPath& before, const YearPath& now, TrackResult& out) const {
    out.planned_by_month.assign(12, 0.0);
    const int start = 12 * static_cast<int>(year_);
    for (const Organisation& o : plans_.organisations)
      for (const Scheme& s : o.schemes) {
        const CumulativeSaving planned = cumulative_saving(s, plans_.system.years);
        for (int m = 1; m <= 12; ++m) out.planned_by_month[static_cast<std::size_t>(m - 1)] += planned(start + m) - planned(start);
      }
    out.path_before = before.by_month, out.path = now.by_month;
    out.to_date_before = saved_by_now(before);
    const int first = first_month(plans_.system.years[year_]);
    for (const int m : actuals_.months)
      if (m >= first && m <= as_at_ && !saved_by(m).empty()) out.saved.emplace_back(m - first + 1, sum_of(saved_by(m)));
  }

  // By organisation and scheme within it. Whether it was dropped is what the luck takes it for: the latest year that tells decides.
  std::map<std::pair<std::size_t, std::size_t>, SeenOfScheme> seen_of_schemes() const {
    std::map<std::pair<std::size_t, std::size_t>, SeenOfScheme> out;
    for (const Actual* a : known_by(actuals_, as_at_)) {
      if (!a->scheme) continue;
      SeenOfScheme& one = out[{a->organisation, *a->scheme}];
      if (a->year == year_) one.latest = a;
      if (a->status && *a->status != ActualStatus::asserted) one.dropped = *a->status == ActualStatus::dropped;
    }
    // The row that says it was dropped need not say again what it had saved.
    for (const int m : actuals_.months)
      if (m <= as_at_)
        for (const Actual* a : saved_by(m)) out[{a->organisation, *a->scheme}].saved = *a->to_date;
    return out;
  }

  void fill(const Simulated& before, const Simulated& now, const Simulated* last, TrackResult& out) const {
    std::map<std::pair<std::size_t, std::size_t>, SeenOfScheme> seen = seen_of_schemes();
    std::size_t i = 0;
    out.system.id = "system", out.system.title = plans_.system.title;
    bool all_forecast = true;
    double owners = 0;
    for (std::size_t o = 0; o < plans_.organisations.size(); ++o) {
      const Organisation& organisation = plans_.organisations[o];
      TrackedTotal total;
      total.id = organisation.id.value, total.title = organisation.title;
      double owner = 0;
      bool forecast = !organisation.schemes.empty(), any = false;
      for (std::size_t s = 0; s < organisation.schemes.size(); ++s, ++i) {
        const SeenOfScheme& of = seen[{o, s}];
        TrackedSchemeResult line = scheme_line(organisation, s, of);
        line.before = range_of(before.years.scheme[i]), line.now = range_of(now.years.scheme[i], levels_);
        if (last != nullptr) line.last = range_of(last->years.scheme[i]);
        const auto n = static_cast<double>(now.trials);
        line.drops_out_before = before.years.dropped[i].value() / n, line.drops_out = now.years.dropped[i].value() / n;
        add(line, total);
        // Who says that a scheme was dropped need not give a forecast of it.
        any |= line.naive.owner.has_value(), forecast &= line.naive.owner.has_value() || of.dropped;
        owner += line.naive.owner.value_or(of.dropped ? of.saved : 0);
        for (const double saving : planned_saving(organisation.schemes[s], plans_.system.years)) total.plan += saving;
        out.schemes.push_back(std::move(line));
      }
      if (forecast && any) total.naive.owner = owner;
      all_forecast &= total.naive.owner.has_value(), owners += owner;
      total.before = range_of(before.years.organisation[o]), total.now = range_of(now.years.organisation[o], levels_);
      total.plan_before = range_of(before.years.plan[o]), total.plan_now = range_of(now.years.plan[o]);
      if (last != nullptr) total.last = range_of(last->years.organisation[o]);
      out.system.plan += total.plan;
      add_total(total, out.system);
      out.organisations.push_back(std::move(total));
    }
    if (all_forecast) out.system.naive.owner = owners;
    out.system.before = range_of(before.years.system), out.system.now = range_of(now.years.system, levels_);
    out.system.plan_before = range_of(before.years.system_plan), out.system.plan_now = range_of(now.years.system_plan);
    if (last != nullptr) out.system.last = range_of(last->years.system);
  }

  TrackedSchemeResult scheme_line(const Organisation& organisation, std::size_t s, const SeenOfScheme& of) const {
    const Scheme& scheme = organisation.schemes[s];
    const Actual* actual = of.latest;
    const int months = actual != nullptr ? months_of(*actual) : months_;
    const CumulativeSaving planned = cumulative_saving(scheme, plans_.system.years);
    const int first = 12 * static_cast<int>(year_);
    TrackedSchemeResult out;
    out.organisation = organisation.id.value, out.id = scheme.id.value, out.title = scheme.title;
    out.planned = planned(first + 12) - planned(first), out.planned_to_date = planned(first + months) - planned(first);
    const double without_actual = of.dropped ? of.saved : out.planned;
    out.naive = {without_actual, without_actual, without_actual, {}};
    if (actual == nullptr) return out;
    out.to_date = actual->to_date;
    if (actual->to_date && !of.dropped)
      out.naive = naive_outturns(*actual->to_date, actual->phased.value_or(out.planned_to_date), out.planned, months);
    out.naive.owner = actual->forecast;
    return out;
  }

  static void add(const TrackedSchemeResult& part, TrackedTotal& sum) {
    sum.planned += part.planned, sum.planned_to_date += part.planned_to_date;
    if (part.to_date) sum.to_date = sum.to_date.value_or(0) + *part.to_date;
    add_naive(part.naive, sum.naive);
  }
  static void add_total(const TrackedTotal& part, TrackedTotal& sum) {
    sum.planned += part.planned, sum.planned_to_date += part.planned_to_date;
    if (part.to_date) sum.to_date = sum.to_date.value_or(0) + *part.to_date;
    add_naive(part.naive, sum.naive);
  }

  const Plans& plans_;
  const Actuals& actuals_;
  const RunOptions& run_;
  const std::vector<double>& levels_;
  int as_at_, months_ = 0;
  std::size_t year_ = 0;
};

}  // namespace

NaiveOutturns naive_outturns(double to_date, double planned_to_date, double planned, int months) {
  NaiveOutturns out;
  out.straight_line = to_date * 12 / months;
  out.plan_to_go = to_date + (planned - planned_to_date);
  out.phased_index = planned_to_date != 0 ? to_date / planned_to_date * planned : out.plan_to_go;
  return out;
}

Checked<TrackResult> track(const Plans& plans, const Actuals& actuals, const TrackOptions& options) {
  const int as_at = options.as_at.value_or(actuals.months.empty() ? first_month(plans.system.years.front()) : actuals.months.back());
  return Tracker(plans, actuals, options, as_at).track();
}

}  // namespace shortfall
