#include "study/reverse.hpp"

#include <algorithm>
#include <cmath>

#include "model/compile.hpp"
#include "model/quantile.hpp"
#include "plan/measure.hpp"
#include "plan/profile.hpp"
#include "sim/agreement.hpp"
#include "sim/tally.hpp"
#include "study/standing.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

constexpr std::size_t scan_points = 13;

std::optional<std::size_t> place_of(const Model& model, const std::string& organisation) {
  for (std::size_t o = 0; o < model.organisations.size(); ++o)
    if (model.organisations[o].id == organisation) return o;
  return {};
}

// The trials in which what is asked about fails.
Flags failing(const BlockResult& result, const ChanceTarget& until, std::optional<std::size_t> organisation) {
  if (organisation)
    return until.measure == name_of(Family::fails, Figure::alone) ? fails_alone(result, *organisation) : fails_together(result, *organisation);
  if (until.subject == "system") return result.system_fails;
  Flags any = fails_alone(result, 0), all = any;
  for (std::size_t o = 1; o < result.organisations; ++o)
    for (std::size_t i = 0; i < block_trials; ++i) {
      any[i] |= fails_alone(result, o)[i];
      all[i] &= fails_alone(result, o)[i];
    }
  return until.subject == "any" ? any : all;
}

// How often each model fails, and each against the one before it.
class Failures {
 public:
  Failures(const ChanceTarget& until, std::optional<std::size_t> organisation, std::size_t models, std::size_t draws)
      : chances(models, Frequency{{}, {}, std::vector<Sum>(draws)}), steps(models), draw_trials(draws), until_(until), organisation_(organisation) {}

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    Flags before = Flags::Zero();
    if (!draw_trials.empty()) draw_trials[results[0]->draw] += rows;
    for (std::size_t m = 0; m < results.size(); ++m) {
      const Flags failed = failing(*results[m], until_, organisation_);
      chances[m].add(static_cast<double>(count_of(failed, rows)), rows, results[m]->draw);
      count(before, failed, rows, steps[m]);
      before = failed;
    }
  }
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.chances), f(self.steps);
    if (!self.draw_trials.empty()) f(self.draw_trials);
  }

  Estimate chance(std::size_t model, const ReverseOptions& options, std::uint64_t trials) const {
    return chance_of(chances[model], {paired_method(options.run.sampling), trials, (trials + block_trials - 1) / block_trials, draw_trials});
  }

  std::vector<Frequency> chances;
  std::vector<Paired> steps;
  std::vector<std::uint64_t> draw_trials;  // [draw] of what is not known

 private:
  const ChanceTarget& until_;
  std::optional<std::size_t> organisation_;
};

// Models side by side, each with the luck that actuals leave to it.
struct Turned {
  std::vector<Model> models;
  std::vector<LearntLuck> lucks;
  void add(Model model, LearntLuck luck) { models.push_back(std::move(model)), lucks.push_back(std::move(luck)); }
  // Adds all turns of the dial that are asked for, or none, where the futures that actuals leave to one of them cannot be reached.
  bool add(const Dial& dial, const std::vector<double>& turns, const MaybeSeen& seen) {
    const std::size_t before = models.size();
    for (const double x : turns) {
      Model model = dial.model(x);
      LearntLuck luck = !seen ? LearntLuck() : dial.luck ? dial.luck(model, x) : seen->luck;
      if (seen && !luck) {
        models.resize(before), lucks.resize(before);
        return false;
      }
      add(std::move(model), std::move(luck));
    }
    return true;
  }
};

Failures simulated(const Turned& turned, const ReverseOptions& options, std::uint64_t trials, std::function<void(std::uint64_t)> progress) {
  const std::vector<Model>& models = turned.models;
  SimulateOptions simulate_options = paired_options(options.run);
  for (const LearntLuck& luck : turned.lucks) simulate_options.updates.push_back(luck.get());
  simulate_options.progress = std::move(progress);
  return record(pointers_to(models), {.first = 0, .count = trials}, simulate_options,
                Failures(options.until, place_of(models.front(), options.until.subject), models.size(), models.front().draws));
}

struct Scanned {
  std::vector<DialPoint> points;
  bool monotone = true;
};

// All dials over their whole ranges, by a few trials. A step against the way of the whole range is one whose interval lies beyond 0. Dials that
// cannot be told are taken out.
std::vector<Scanned> scanned(std::vector<Dial>& dials, const ReverseOptions& options) {
  Turned turned;
  std::vector<Scanned> out;
  for (auto dial = dials.begin(); dial != dials.end();) {
    std::vector<double> turns;
    for (std::size_t k = 0; k < scan_points; ++k) {
      const DialRange& r = dial->range;
      const double x = r.from + (r.to - r.from) * static_cast<double>(k) / (scan_points - 1);
      turns.push_back(r.whole ? std::round(x) : x);
    }
    if (!turned.add(*dial, turns, options.run.seen)) {
      dial = dials.erase(dial);
      continue;
    }
    ++dial;
    Scanned& scan = out.emplace_back();
    for (const double x : turns) scan.points.push_back({x, {}});
  }
  if (turned.models.empty()) return out;  // there is nothing to turn
  const std::uint64_t trials = std::min(options.run.trials, scan_trials);
  const Failures failures = simulated(turned, options, trials, {});
  for (std::size_t d = 0; d < dials.size(); ++d) {
    for (std::size_t k = 0; k < scan_points; ++k) out[d].points[k].chance = failures.chance(d * scan_points + k, options, trials);
    const double way = out[d].points.back().chance.value - out[d].points.front().chance.value;
    for (std::size_t k = 1; k < scan_points; ++k) {
      const Estimate step = difference(failures.steps[d * scan_points + k], trials);
      if (way >= 0 ? step.high < 0 : step.low > 0) out[d].monotone = false;
    }
  }
  return out;
}

// The plans as they stand: how often they fail, what they save, and the reserves beyond today's that each trial would have needed: of the system or a
// pool as a whole, of one organisation, or of each.
class AsTheyStand {
 public:
  AsTheyStand(const Model& model, const ChanceTarget& until, Scale scale)
      : fails{{}, {}, std::vector<Sum>(model.draws)},
        needed(scale, scale.levels ? model.draws : 0),
        draw_trials(model.draws),
        model_(model),
        until_(until),
        organisation_(place_of(model, until.subject)) {
    reserves_ = reserves_of(model);
    if (organisation_ && until.measure == name_of(Family::fails, Figure::together))
      for (const PoolModel& p : model.pools)
        if (std::find(p.members.begin(), p.members.end(), *organisation_) != p.members.end()) pool_ = &p;
  }

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    const BlockResult& result = *results[0];
    if (!draw_trials.empty()) draw_trials[result.draw] += rows;
    fails.add(static_cast<double>(count_of(failing(result, until_, organisation_), rows)), rows, result.draw);
    for (const Doubles& s : result.saving) saving.add(sum_of(s, rows));
    need(result);
    needed.add(need_, rows, 0, result.draw);
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.fails), f(self.saving), f(self.needed);
    if (!self.draw_trials.empty()) f(self.draw_trials);
  }

  Frequency fails;
  Sum saving;
  Histogram needed;
  std::vector<std::uint64_t> draw_trials;  // [draw] of what is not known

 private:
  void less_reserves(const Doubles& shortfall, double reserves) {
    for (std::size_t i = 0; i < block_trials; ++i) need_[i] = shortfall[i] - reserves;
  }
  void need(const BlockResult& result) {
    if (pool_ != nullptr && pool_->aid) {
      shortfalls_under_aid(result, pool_->members, *pool_->aid, shortfalls_);
      const auto at = std::find(pool_->members.begin(), pool_->members.end(), *organisation_) - pool_->members.begin();
      return less_reserves(shortfalls_[static_cast<std::size_t>(at)], model_.organisations[*organisation_].reserves);
    }
    if (pool_ != nullptr) {
      shortfall_of_pool(result, pool_->members, shortfall_);
      return less_reserves(shortfall_, reserves_of(model_, pool_->members));
    }
    if (organisation_) return less_reserves(result.shortfall[*organisation_], model_.organisations[*organisation_].reserves);
    if (until_.subject == "system") return less_reserves(result.system_shortfall, reserves_);
    for (std::size_t o = 0; o < result.organisations; ++o)
      for (std::size_t i = 0; i < block_trials; ++i) {
        const double own = result.shortfall[o][i] - model_.organisations[o].reserves;
        need_[i] = o == 0 ? own : until_.subject == "any" ? std::max(need_[i], own) : std::min(need_[i], own);
      }
  }

  const Model& model_;
  const ChanceTarget& until_;
  std::optional<std::size_t> organisation_;
  const PoolModel* pool_ = nullptr;
  double reserves_ = 0;
  Doubles need_, shortfall_;
  std::vector<Doubles> shortfalls_;
};

AsTheyStand as_they_stand(const Model& model, const ReverseOptions& options) {
  SimulateOptions simulate_options = paired_options(options.run);
  simulate_options.progress = {};  // the search takes longer by far
  const auto seen = [&](std::uint64_t trials, Scale scale) {
    return record({&model}, {.first = 0, .count = trials}, simulate_options, AsTheyStand(model, options.until, scale));
  };
  // The first trials say where needs lie and how far they spread.
  const AsTheyStand pilot = seen(std::min(section_trials, options.run.trials), {});
  std::vector<double> needs;
  constexpr int levels = 200;
  for (int k = 0; k < levels; ++k) needs.push_back(pilot.needed.quantile((k + 0.5) / levels));
  Scale scale = scale_of(needs, std::max(std::abs(needs.front()), std::abs(needs.back())));
  if (options.run.sampling != SamplingChoice::plain || model.draws > 0) {
    scale.levels.emplace();
    for (std::size_t l = 0; l < level_shares.size(); ++l) (*scale.levels)[l] = pilot.needed.quantile(level_shares[l]);
    // Where blocks are told apart is where the answer is asked for.
    const double asked = 1 - options.until.level;
    const auto nearest =
        std::min_element(level_shares.begin(), level_shares.end(), [&](double a, double b) { return std::abs(a - asked) < std::abs(b - asked); });
    (*scale.levels)[static_cast<std::size_t>(nearest - level_shares.begin())] = pilot.needed.quantile(asked);
  }
  return seen(options.run.trials, scale);
}

// The most that can be taken away, nobody holding less than nothing: of all, of a pool's, of one organisation's, or the same of each.
double all_reserves(const Model& model, const ChanceTarget& until) {
  const std::optional<std::size_t> organisation = place_of(model, until.subject);
  if (until.subject == "any" || until.subject == "all") {
    double least = HUGE_VAL;
    for (const OrganisationModel& o : model.organisations) least = std::min(least, o.reserves);
    return least;
  }
  if (organisation) {
    if (until.measure == name_of(Family::fails, Figure::together))
      for (const PoolModel& pool : model.pools)
        if (!pool.aid && std::find(pool.members.begin(), pool.members.end(), *organisation) != pool.members.end())
          return reserves_of(model, pool.members);
    return model.organisations[*organisation].reserves;
  }
  return reserves_of(model);
}

// The reserves need no search: they are a quantile of what each trial needs.
DialResult reserve(const AsTheyStand& now, const Model& model, const ReverseOptions& options) {
  const ChanceTarget& until = options.until;
  DialResult out;
  out.name = "reserve";
  out.unit = "money";
  out.now = 0;
  out.rising = false;
  out.from = 0 - all_reserves(model, until);
  const Estimate need = quantile_of(now.needed, 1 - until.level, paired_method(options.run.sampling));
  out.answer = {std::max(need.value, out.from), std::max(need.low, out.from), std::max(need.high, out.from), need.trials};
  if (need.known) out.answer.known = {std::max(need.known->low, out.from), std::max(need.known->high, out.from)};
  out.to = HUGE_VAL;
  return out;
}

// With so much more of reserves: to the system or a pool, whoever holds it; to one organisation; or to each.
Model with_reserves(Model model, const ChanceTarget& until, double more) {
  const std::optional<std::size_t> organisation = place_of(model, until.subject);
  const bool each = until.subject == "any" || until.subject == "all";
  for (std::size_t o = 0; o < model.organisations.size(); ++o)
    if (each || o == organisation.value_or(0)) model.organisations[o].reserves += more;
  return model;
}

// Of a dial's turn in the unit that it is told in.
double told(const std::string& dial, double x) { return dial == "luck" ? normal_chance(x).below : x; }

const char* unit_of(const std::string& dial) { return dial == "share" ? "share" : dial == "delay" ? "months" : dial == "luck" ? "quantile" : ""; }

DialResult dial_result(const Dial& dial, const Scanned& scan, const Search& search) {
  DialResult out;
  out.name = dial.name;
  out.unit = unit_of(dial.name);
  out.from = told(dial.name, dial.range.from);
  out.to = told(dial.name, dial.range.to);
  out.outcome = search.outcome();
  out.rising = search.rising();
  out.monotone = scan.monotone;
  const Estimate& a = search.answer();
  if (out.outcome == Search::Outcome::found) out.answer = {told(dial.name, a.value), told(dial.name, a.low), told(dial.name, a.high), a.trials};
  out.chance = search.chance();
  for (const DialPoint& p : scan.points) out.scan.push_back({told(dial.name, p.x), p.chance});
  return out;
}

// What all searches ask for next. A dial that cannot be told is taken out of all three.
Turned wanted(std::vector<Dial>& all, std::vector<Scanned>& scans, std::vector<Search>& searches, const MaybeSeen& seen) {
  Turned out;
  for (std::size_t d = 0; d < all.size();) {
    const auto at = static_cast<std::ptrdiff_t>(d);
    if (out.add(all[d], searches[d].wanted(), seen))
      ++d;
    else
      all.erase(all.begin() + at), scans.erase(scans.begin() + at), searches.erase(searches.begin() + at);
  }
  return out;
}

}  // namespace

ReverseResult reverse(const Plans& plans, const ReverseOptions& options) {
  const Model base = compile(plans, compile_options(options.run));
  ReverseResult out;
  out.setting = setting_of(base, options.run);
  out.until = options.until;
  out.factor = options.factor;
  const AsTheyStand now = as_they_stand(base, options);
  out.now = chance_of(now.fails, {paired_method(options.run.sampling), options.run.trials, now.needed.blocks(), now.draw_trials});
  out.expected = now.saving.value() / static_cast<double>(options.run.trials);
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes)
      for (const double saving : planned_saving(s, plans.system.years)) out.planned += saving;
  DialResult reserves = reserve(now, base, options);

  std::vector<Dial> all = dials(plans, options.run, options.factor, options.learn);
  const std::size_t dials_of_plans = all.size();
  std::vector<Scanned> scans = scanned(all, options);
  std::vector<Search> searches;
  for (std::size_t d = 0; d < all.size(); ++d) searches.emplace_back(all[d].range, scans[d].points, options.until.level);
  // All searches a step at a time, so that what is drawn serves all.
  constexpr std::uint64_t usual_steps = 5;  // for the bar: what most plans take
  for (std::uint64_t step = 0;; ++step) {
    Turned turned = wanted(all, scans, searches, options.run.seen);
    if (turned.models.empty() && step > 0) break;
    // What the reserves come to, and none at all, beside the first step's on the same draws.
    if (step == 0)
      for (const double more : {reserves.answer.value, reserves.from})
        turned.add(with_reserves(base, options.until, more), options.run.seen ? options.run.seen->luck : LearntLuck());
    const auto progress = [&](std::uint64_t done) {
      const std::uint64_t steps = std::max(usual_steps, step + 1);
      if (options.run.progress) options.run.progress((step * options.run.trials + done) / steps, options.run.trials);
    };
    const Failures failures = simulated(turned, options, options.run.trials, progress);
    std::size_t next = 0;
    for (Search& search : searches) {
      std::vector<DialPoint> points;
      for (const double x : search.wanted()) points.push_back({x, failures.chance(next++, options, options.run.trials)});
      if (!points.empty()) search.learn(points);
    }
    if (step > 0) continue;
    reserves.chance = failures.chance(failures.chances.size() - 2, options, options.run.trials);
    const Estimate without = failures.chance(failures.chances.size() - 1, options, options.run.trials);
    if (without.high >= options.until.level) continue;
    reserves.outcome = Search::Outcome::always_below;
    reserves.chance = without;
  }
  out.luck_not_told = all.size() < dials_of_plans;
  for (std::size_t d = 0; d < all.size(); ++d) {
    out.dials.push_back(dial_result(all[d], scans[d], searches[d]));
    DialResult& dial = out.dials.back();
    if (dial.name == "optimism") dial.now = options.run.optimism;
    if (dial.name == "share" && out.planned > 0) dial.now = out.expected / out.planned;
    if (dial.name == "delay" && !options.run.seen) dial.now = expected_delay(plans, options.run);
  }
  out.dials.push_back(std::move(reserves));
  return out;
}

}  // namespace shortfall
