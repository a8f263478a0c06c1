#include "history/backtest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "base/money.hpp"
#include "history/imagined.hpp"
#include "history/naive.hpp"
#include "plan/fields.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {

std::vector<SubjectOutturn> outturns_of(const Plans& plans) {
  std::vector<SubjectOutturn> out;
  for (const Organisation& o : plans.organisations)
    for (const Outturn& outturn : o.outturns) out.push_back({o.id.value, outturn});
  for (const Outturn& outturn : plans.system.outturns) out.push_back({"", outturn});
  return out;
}

namespace {

// Something that turned out, of one case.
struct TurnedOut {
  Measured measured;
  double amount = 0;
  const SubjectOutturn* from = nullptr;
};

// What of a forecast scoring needs, wherever it comes from.
struct Prepared {
  FrozenForecast forecast;
  std::vector<TurnedOut> turned_out;  // in the order of the forecast's measures
  std::vector<std::string> left_out;  // classes
};

std::string title_of(const FrozenForecast& f, std::optional<std::size_t> organisation) {
  if (organisation) return f.organisations[*organisation].title.empty() ? f.organisations[*organisation].id : f.organisations[*organisation].title;
  return f.title.empty() ? f.system : f.title;
}

class Preparer {
 public:
  Preparer(const BacktestCase& of, const BacktestOptions& options, Problems& problems) : case_(of), options_(options), problems_(problems) {}

  Prepared prepare() {
    Prepared out;
    if (case_.frozen) out.forecast = *case_.frozen;
    if (case_.plans) describe(*case_.plans, out.forecast);
    if (case_.outturns.empty()) error(whole_file(case_.name), "nothing says what happened (give the plan an outcome:, or --outcomes FILE)");
    for (const SubjectOutturn& o : case_.outturns) turn_out(o, out);
    if (has_errors(problems_)) return out;
    if (case_.plans) simulate(*case_.plans, out);
    if (case_.frozen) select(out);
    return out;
  }

 private:
  void error(const Place& place, std::string message) { report(problems_, Code::bad_outcome, place, std::move(message)); }

  static void describe(const Plans& plans, FrozenForecast& f) {
    f.system = plans.system.id.value, f.title = plans.system.title, f.currency = plans.system.currency, f.years = plans.system.years;
    for (const Organisation& o : plans.organisations) f.organisations.push_back({o.id.value, o.title});
  }

  void turn_out(const SubjectOutturn& o, Prepared& out) {
    const FrozenForecast& f = out.forecast;
    Measured measured;
    if (!o.organisation.empty()) {
      const auto found = std::find_if(f.organisations.begin(), f.organisations.end(), [&](const auto& s) { return s.id == o.organisation; });
      if (found == f.organisations.end()) {
        std::vector<std::string> ids;
        for (const auto& s : f.organisations) ids.push_back(s.id);
        return error(o.outturn.place, fmt::format("an outcome of '{}', which {} has no forecast of{}", printable(o.organisation, 60),
                                                  printable(case_.name), did_you_mean(o.organisation, ids)));
      }
      measured.organisation = static_cast<std::size_t>(found - f.organisations.begin());
    }
    if (o.outturn.year) {
      const auto found = std::find_if(f.years.begin(), f.years.end(), [&](const Year& y) { return y.label == o.outturn.year->value.label; });
      if (found == f.years.end())
        return error(o.outturn.year->place, fmt::format("the outcome is of {}, but the forecast is of {} to {}", o.outturn.year->value.label,
                                                        f.years.front().label, f.years.back().label));
      measured.year = static_cast<std::size_t>(found - f.years.begin());
    }
    if (case_.frozen) refuse_hindsight(o.outturn, f, measured);
    add_each(o, measured, out);
  }

  void refuse_hindsight(const Outturn& outturn, const FrozenForecast& f, const Measured& measured) {
    const int year_end = first_month(f.years[measured.year.value_or(f.years.size() - 1)]) + 11;
    const int known = outturn.published.value_or(outturn.as_at.value_or(year_end));
    if (f.as_at > known)
      error(outturn.place,
            fmt::format("the outcome was known in {}, but the forecast was made in {} (a forecast made after its outcome proves nothing)",
                        month_text(known), month_text(f.as_at)));
  }

  void add_each(const SubjectOutturn& o, Measured measured, Prepared& out) {
    using Kind = Measured::Kind;
    const auto add = [&](Kind kind, std::optional<double> amount) {
      if (!amount) return;
      measured.kind = kind;
      out.turned_out.push_back({measured, *amount, &o});
    };
    add(Kind::saving, o.outturn.saving);
    add(Kind::position, o.outturn.position);
    if (o.outturn.failed) add(Kind::failed, *o.outturn.failed ? 1.0 : 0.0);
    if (!o.outturn.organisations_failed) return;
    if (*o.outturn.organisations_failed > out.forecast.organisations.size())
      return error(o.outturn.place,
                   fmt::format("failed is {}, of {}", *o.outturn.organisations_failed, counted(out.forecast.organisations.size(), "organisation")));
    add(Kind::organisations_failed, static_cast<double>(*o.outturn.organisations_failed));
  }

  // The share of plan that an amount is: 1 is as planned.
  static double share_of(double amount, double planned, double unit) { return 1 + (amount - planned) / unit; }

  void simulate(Plans plans, Prepared& out) {
    std::vector<Measured> measured;
    for (const TurnedOut& t : out.turned_out) measured.push_back(t.measured);
    if (options_.leave_out) leave_out(plans, out);
    FrozenForecast& f = out.forecast;
    f.futures = futures_of(plans, measured, options_.futures);
    for (const Measured& m : measured) {
      f.planned_saving.push_back(planned_saving_of(plans, m));
      f.class_means.push_back(mean_of_classes(plans, m));
    }
  }

  void leave_out(Plans& plans, Prepared& out) {
    for (const TurnedOut& t : out.turned_out) {
      if (t.measured.kind != Measured::Kind::saving) continue;
      const double planned = planned_saving_of(plans, t.measured);
      if (planned <= 0) continue;
      for (const Id& seen : t.from->outturn.seen)
        for (ReferenceClass& c : plans.reference.classes) {
          if (c.id.value != seen.value) continue;
          c = without(c, t.amount / planned);
          if (std::find(out.left_out.begin(), out.left_out.end(), c.id.value) == out.left_out.end()) out.left_out.push_back(c.id.value);
        }
    }
  }

  // Of all that was frozen, what has turned out.
  void select(Prepared& out) {
    FrozenForecast& f = out.forecast;
    const Futures all = std::move(f.futures);
    const std::vector<double> planned_savings = std::move(f.planned_saving), class_means = std::move(f.class_means);
    f.futures = {{}, {}, Eigen::ArrayXXd(all.values.rows(), static_cast<Eigen::Index>(out.turned_out.size()))};
    f.planned_saving.clear(), f.class_means.clear();
    for (const TurnedOut& t : out.turned_out) {
      const auto at = static_cast<std::size_t>(std::find(all.measured.begin(), all.measured.end(), t.measured) - all.measured.begin());
      if (at == all.measured.size())
        return error(t.from->outturn.place, fmt::format("{} holds no forecast of this {}", printable(case_.name), name_of(t.measured.kind)));
      f.futures.values.col(static_cast<Eigen::Index>(f.futures.measured.size())) = all.values.col(static_cast<Eigen::Index>(at));
      f.futures.measured.push_back(t.measured);
      f.futures.planned.push_back(all.planned[at]);
      f.planned_saving.push_back(planned_savings[at]);
      f.class_means.push_back(class_means[at]);
    }
  }

  const BacktestCase& case_;
  const BacktestOptions& options_;
  Problems& problems_;
};

// Scores one case's outcomes, and keeps what the forecast's own futures would have scored.
class Scorer {
 public:
  Scorer(BacktestResult& result, ImaginedScores& imagined, Problems& problems, std::uint64_t seed)
      : result_(result), imagined_(imagined), problems_(problems), random_(seed) {}

  void score(const Prepared& of, std::size_t case_index) {
    const FrozenForecast& f = of.forecast;
    std::vector<std::size_t> amounts;
    for (std::size_t m = 0; m < of.turned_out.size(); ++m) {
      const TurnedOut& t = of.turned_out[m];
      const Eigen::ArrayXd values = f.futures.values.col(static_cast<Eigen::Index>(m));
      if (t.measured.kind == Measured::Kind::failed) {
        result_.failures.push_back({f.system, title_of(f, t.measured.organisation), case_index, values.mean(), t.amount > 0});
        imagined_.add_failure(case_index, values);
      } else if (score_amount(of, m, case_index, values)) {
        amounts.push_back(m);
      }
    }
    if (amounts.size() >= 2) score_together(of, amounts);
  }

 private:
  double unit_of(const FrozenForecast& f, std::size_t m) const {
    return f.futures.measured[m].kind == Measured::Kind::organisations_failed ? static_cast<double>(f.organisations.size()) : f.planned_saving[m];
  }

  // What a share of 1 stands for. Of a count of organisations: all of them.
  double planned_of(const FrozenForecast& f, std::size_t m) const {
    return f.futures.measured[m].kind == Measured::Kind::organisations_failed ? unit_of(f, m) : f.futures.planned[m];
  }

  bool score_amount(const Prepared& of, std::size_t m, std::size_t case_index, const Eigen::ArrayXd& values) {
    const FrozenForecast& f = of.forecast;
    const TurnedOut& t = of.turned_out[m];
    const double unit = unit_of(f, m), planned = planned_of(f, m);
    if (!(unit > 0)) {
      report(problems_, Code::bad_outcome, t.from->outturn.place, "no saving was planned there, so there is no share of plan to score");
      return false;
    }
    AmountScore s;
    s.system = f.system, s.subject = title_of(f, t.measured.organisation), s.currency = f.currency, s.source = t.from->outturn.source;
    s.years = t.measured.year       ? f.years[*t.measured.year].label
              : f.years.size() == 1 ? f.years.front().label
                                    : f.years.front().label + " to " + f.years.back().label;
    s.case_index = case_index, s.measured = t.measured, s.planned = planned, s.unit = unit, s.outturn = t.amount;
    s.share = 1 + (t.amount - planned) / unit;
    const Eigen::ArrayXd shares = 1 + (values - planned) / unit;
    const Ensemble ensemble(std::vector<double>(shares.data(), shares.data() + shares.size()));
    s.mean = ensemble.mean();
    s.p5 = ensemble.quantile(0.05), s.p10 = ensemble.quantile(0.1), s.p50 = ensemble.quantile(0.5);
    s.p90 = ensemble.quantile(0.9), s.p95 = ensemble.quantile(0.95);
    s.pit_range = ensemble.pit(s.share);
    s.pit = s.pit_range.at(uniform(random_));
    s.crps = ensemble.crps(s.share);
    const int year_end = first_month(f.years[t.measured.year.value_or(f.years.size() - 1)]) + 11;
    s.in_year = t.from->outturn.as_at && *t.from->outturn.as_at < year_end;
    for (const Id& id : t.from->outturn.seen) s.seen.push_back(id.value);
    s.left_out = std::any_of(s.seen.begin(), s.seen.end(),
                             [&](const std::string& id) { return std::find(of.left_out.begin(), of.left_out.end(), id) != of.left_out.end(); });
    forecast_naively(f, m, t, s);
    imagined_.add_amount(case_index, shares, ensemble, random_);
    result_.amounts.push_back(std::move(s));
    return true;
  }

  void forecast_naively(const FrozenForecast& f, std::size_t m, const TurnedOut& t, AmountScore& s) {
    const auto set = [&](Naive naive, double share, double sd) {
      s.naive[static_cast<std::size_t>(naive)] = share;
      s.naive_crps[static_cast<std::size_t>(naive)] = crps_normal(share, sd, s.share);
    };
    set(Naive::plan, 1 + (f.futures.planned[m] - s.planned) / s.unit, 0);
    if (t.measured.kind == Measured::Kind::organisations_failed) return;
    set(Naive::classes, f.class_means[m], 0);
    set(Naive::sector, sector_mean, sector_sd);
    const auto last = t.from->outturn.last_year ? t.from->outturn.last_year : year_before(f, t);
    if (last) set(Naive::last_year, *last, 0);
    if (t.measured.kind == Measured::Kind::saving && t.measured.year && !s.in_year)
      delivered_[{s.subject, t.measured.organisation ? f.organisations[*t.measured.organisation].id : f.system, f.years[*t.measured.year].starts}] =
          s.share;
  }

  // Where another case, or an earlier year of this, says what the same organisation delivered the year before.
  std::optional<double> year_before(const FrozenForecast& f, const TurnedOut& t) const {
    const Year& first = f.years[t.measured.year.value_or(0)];
    const auto found = delivered_.find(
        {title_of(f, t.measured.organisation), t.measured.organisation ? f.organisations[*t.measured.organisation].id : f.system, first.starts - 1});
    return found == delivered_.end() ? std::nullopt : std::optional(found->second);
  }

  void score_together(const Prepared& of, const std::vector<std::size_t>& amounts) {
    const FrozenForecast& f = of.forecast;
    const Eigen::Index rows = std::min<Eigen::Index>(f.futures.values.rows(), 512), columns = static_cast<Eigen::Index>(amounts.size());
    Eigen::ArrayXXd shares(rows, columns);
    Eigen::ArrayXd happened(columns);
    for (Eigen::Index k = 0; k < columns; ++k) {
      const std::size_t m = amounts[static_cast<std::size_t>(k)];
      const double unit = unit_of(f, m), planned = planned_of(f, m);
      shares.col(k) = 1 + (f.futures.values.col(static_cast<Eigen::Index>(m)).head(rows) - planned) / unit;
      happened[k] = 1 + (of.turned_out[m].amount - planned) / unit;
    }
    EnergyScore out{f.organisations.size() == 1 ? title_of(f, 0) : title_of(f, {}), amounts.size(), energy_score(shares, happened), 1};
    // Each future in turn as what happened; the distances between futures are in all alike.
    Eigen::ArrayXd mean_distance = Eigen::ArrayXd::Zero(rows);
    for (Eigen::Index i = 0; i < rows; ++i)
      for (Eigen::Index j = 0; j < i; ++j) {
        const double distance = std::sqrt((shares.row(i) - shares.row(j)).square().sum()) / static_cast<double>(rows);
        mean_distance[i] += distance, mean_distance[j] += distance;
      }
    double observed = 0;
    for (Eigen::Index i = 0; i < rows; ++i) observed += std::sqrt((shares.row(i).transpose() - happened).square().sum()) / static_cast<double>(rows);
    out.p = static_cast<double>((mean_distance >= observed).count() + 1) / static_cast<double>(rows + 1);
    result_.energy.push_back(out);
  }

  struct YearOfSubject {
    std::string title, id;
    int starts;
    auto operator<=>(const YearOfSubject&) const = default;
  };

  BacktestResult& result_;
  ImaginedScores& imagined_;
  Problems& problems_;
  std::mt19937_64 random_;
  std::map<YearOfSubject, double> delivered_;
};

}  // namespace

Checked<BacktestResult> backtest(const std::vector<BacktestCase>& cases, const BacktestOptions& options) {
  Problems problems;
  BacktestResult result;
  result.futures = options.futures.trials, result.seed = options.futures.seed, result.optimism = options.futures.optimism,
  result.knowledge = options.futures.knowledge;
  std::vector<Prepared> prepared;
  for (const BacktestCase& c : cases) prepared.push_back(Preparer(c, options, problems).prepare());
  if (has_errors(problems)) return tl::make_unexpected(sorted(std::move(problems)));
  // In order of time, so that a year is scored before the one that follows it.
  std::vector<std::size_t> order(cases.size());
  for (std::size_t c = 0; c < order.size(); ++c) order[c] = c;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return prepared[a].forecast.years.front().starts < prepared[b].forecast.years.front().starts;
  });
  ImaginedScores imagined;
  Scorer scorer(result, imagined, problems, options.futures.seed);
  for (const std::size_t c : order) scorer.score(prepared[c], c);
  if (has_errors(problems)) return tl::make_unexpected(sorted(std::move(problems)));
  summarise(imagined, cases.size(), options.futures.seed, result);
  return result;
}

}  // namespace shortfall
