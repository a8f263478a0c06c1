#include "study/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "model/compile.hpp"
#include "plan/profile.hpp"
#include "study/attribute.hpp"
#include "study/student_t.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

// The trials of a block in which something is so, a bit each.
using Mask = std::array<std::uint64_t, block_trials / 64>;

Mask mask_of(const Flags& flags) {
  Mask mask{};
  for (std::size_t i = 0; i < block_trials; ++i) mask[i / 64] |= std::uint64_t{flags[i]} << (i % 64);
  return mask;
}

Mask first_rows(std::size_t rows) {
  Mask mask{};
  for (std::size_t i = 0; i < rows; ++i) mask[i / 64] |= std::uint64_t{1} << (i % 64);
  return mask;
}

template <class Combine>
Mask combined(const Mask& a, const Mask& b, Combine combine) {
  Mask out;
  for (std::size_t w = 0; w < out.size(); ++w) out[w] = combine(a[w], b[w]);
  return out;
}
Mask both(const Mask& a, const Mask& b) {
  return combined(a, b, [](std::uint64_t x, std::uint64_t y) { return x & y; });
}
Mask first_only(const Mask& a, const Mask& b) {
  return combined(a, b, [](std::uint64_t x, std::uint64_t y) { return x & ~y; });
}

std::uint64_t size_of(const Mask& mask) {
  return std::accumulate(mask.begin(), mask.end(), std::uint64_t{0}, [](std::uint64_t n, std::uint64_t w) { return n + std::popcount(w); });
}

// What a block came to for one of the plans, as masks.
struct Fates {
  std::vector<Mask> alone_by_year, together_by_year, pools;  // [organisation · years + year], [pool]
  std::vector<Mask> alone, together;                         // [organisation], by the last year
  std::vector<Mask> alone_count, together_count;             // [k]: exactly k organisations fail
  Mask system;

  explicit Fates(const BlockResult& r) {
    for (const Flags& f : r.alone_by_year) alone_by_year.push_back(mask_of(f));
    for (const Flags& f : r.together_by_year) together_by_year.push_back(mask_of(f));
    for (const Flags& f : r.pool_fails) pools.push_back(mask_of(f));
    for (std::size_t o = 0; o < r.organisations; ++o) {
      alone.push_back(alone_by_year[(o + 1) * r.years - 1]);
      together.push_back(together_by_year[(o + 1) * r.years - 1]);
    }
    alone_count = counted(alone);
    together_count = counted(together);
    system = mask_of(r.system_fails);
  }

 private:
  static std::vector<Mask> counted(const std::vector<Mask>& fails) {
    Mask all;
    all.fill(~std::uint64_t{0});
    std::vector<Mask> count(fails.size() + 1);
    count[0] = all;
    // Who had failed k times moves on to k + 1.
    for (std::size_t o = 0; o < fails.size(); ++o)
      for (std::size_t k = o + 1; k-- > 0;) {
        const Mask moved = both(count[k], fails[o]);
        count[k + 1] = combined(count[k + 1], moved, [](std::uint64_t x, std::uint64_t y) { return x | y; });
        count[k] = first_only(count[k], fails[o]);
      }
    return count;
  }
};

using Happens = std::function<Mask(const Fates&)>;
using Amount = std::function<double(const Tally&)>;

struct Chance {
  MeasureChange measure;
  Happens before, after;
};
struct Money {
  MeasureChange measure;
  Amount before, after;
};

// Everything that is compared: what both plans have, by id.
class Measures {
 public:
  Measures(const Plans& old_plans, const Model& before, const Model& after, const CompareOptions& options)
      : before_(before), after_(after), options_(options), single_(before.organisations.size() == 1 && after.organisations.size() == 1) {
    for (const Organisation& o : old_plans.organisations)
      for (const Scheme& s : o.schemes)
        for (const double saving : planned_saving(s, old_plans.system.years)) saving_[o.id.value] += saving, whole_saving_ += saving;
    system();
    for (std::size_t o = 0; o < after.organisations.size(); ++o) {
      const std::size_t at = index(before.organisations, [&](const OrganisationModel& x) { return x.id == after.organisations[o].id; });
      if (at == before.organisations.size()) continue;
      both_.emplace_back(at, o);
      organisation(at, o);
    }
    for (std::size_t p = 0; p < after.pools.size(); ++p) {
      const std::size_t at = index(before.pools, [&](const PoolModel& x) { return members(before, x) == members(after, after.pools[p]); });
      if (at != before.pools.size()) pool(at, p);
    }
    counts();
    pairs();
  }

  std::vector<Chance> chances;
  std::vector<Money> money;

 private:
  template <class List, class Test>
  static std::size_t index(const List& list, Test test) {
    return static_cast<std::size_t>(std::find_if(list.begin(), list.end(), test) - list.begin());
  }
  static std::string members(const Model& model, const PoolModel& pool) {
    std::string out;
    for (const std::uint32_t o : pool.members) out += (out.empty() ? "" : "+") + model.organisations[o].id;
    return out;
  }

  void chance(const std::string& subject, std::string measure, Direction direction, bool headline, Happens before, Happens after) {
    MeasureChange m{subject, std::move(measure), true, direction, headline && (!single_ || subject == "system"), 0, 0, {}, options_.material, {}};
    chances.push_back({std::move(m), std::move(before), std::move(after)});
  }
  void amount(const std::string& subject, std::string measure, bool headline, Amount before, Amount after) {
    const auto own = saving_.find(subject);
    const double planned = own == saving_.end() || own->second == 0 ? whole_saving_ : own->second;
    const Direction direction = higher_is_better(measure) ? Direction::higher_is_better : Direction::higher_is_worse;
    MeasureChange m{subject,
                    std::move(measure),
                    false,
                    direction,
                    headline && (!single_ || subject == "system"),
                    0,
                    0,
                    {},
                    options_.material_money.value_or(0.01 * planned),
                    {}};
    money.push_back({std::move(m), std::move(before), std::move(after)});
  }

  // The measures of a shortfall, and of what it leaves uncovered by reserves.
  template <class Find>
  void shortfalls(const std::string& subject, Find shortfall, double reserves_before, double reserves_after, bool headline) {
    const auto add = [&](const std::string& name, auto value) {
      amount(
          subject, "shortfall." + name, false, [=](const Tally& t) { return value(shortfall(t, false)); },
          [=](const Tally& t) { return value(shortfall(t, true)); });
    };
    add("mean", [](const Histogram& h) { return h.mean(); });
    static constexpr std::pair<const char*, double> levels[] = {{"p50", 0.5}, {"p80", 0.8}, {"p90", 0.9}, {"p95", 0.95}};
    for (const auto& [name, q] : levels) add(name, [q = q](const Histogram& h) { return h.quantile(q); });
    add("es95", [](const Histogram& h) { return h.mean_above(0.95).mean; });
    contingencies(subject, shortfall, reserves_before, reserves_after, headline);
  }
  template <class Find>
  void contingencies(const std::string& subject, Find shortfall, double reserves_before, double reserves_after, bool headline) {
    static constexpr std::pair<const char*, double> levels[] = {{"p50", 0.5}, {"p80", 0.8}, {"p90", 0.9}, {"p95", 0.95}};
    for (const auto& [name, q] : levels) {
      const auto value = [=, q = q](const Tally& t, bool after, double reserves) {
        return std::max(0.0, shortfall(t, after).quantile(q) - reserves);
      };
      amount(
          subject, fmt::format("contingency.{}", name), headline && std::string_view(name) == "p80",
          [=](const Tally& t) { return value(t, false, reserves_before); }, [=](const Tally& t) { return value(t, true, reserves_after); });
    }
  }

  static double reserves(const Model& model) {
    return std::accumulate(model.organisations.begin(), model.organisations.end(), 0.0,
                           [](double sum, const OrganisationModel& o) { return sum + o.reserves; });
  }

  void system() {
    const Happens fails = [](const Fates& f) { return f.system; };
    chance("system", "fails", Direction::higher_is_worse, true, fails, fails);
    shortfalls(
        "system", [](const Tally& t, bool) -> const Histogram& { return t.system_shortfall; }, reserves(before_), reserves(after_), true);
  }

  void organisation(std::size_t a, std::size_t b) {
    const std::string& id = after_.organisations[b].id;
    const auto fate = [&](std::string measure, Direction direction, bool headline, auto of) {
      chance(
          id, std::move(measure), direction, headline, [=](const Fates& f) { return of(f, a); }, [=](const Fates& f) { return of(f, b); });
    };
    constexpr Direction bad = Direction::higher_is_worse;
    fate("fails.alone", bad, true, [](const Fates& f, std::size_t o) { return f.alone[o]; });
    fate("fails.together", bad, true, [](const Fates& f, std::size_t o) { return f.together[o]; });
    const std::size_t years_before = before_.years.size(), years_after = after_.years.size();
    for (std::size_t y = 0; y < years_after; ++y) {
      const std::size_t at = index(before_.years, [&](const std::string& label) { return label == after_.years[y]; });
      if (at == years_before) continue;
      const std::size_t i = a * years_before + at, j = b * years_after + y;
      chance(
          id, "fails.alone_by_year." + after_.years[y], bad, false, [i](const Fates& f) { return f.alone_by_year[i]; },
          [j](const Fates& f) { return f.alone_by_year[j]; });
      chance(
          id, "fails.together_by_year." + after_.years[y], bad, false, [i](const Fates& f) { return f.together_by_year[i]; },
          [j](const Fates& f) { return f.together_by_year[j]; });
    }
    fate("swim_sink.swims", Direction::higher_is_better, false, [](const Fates& f, std::size_t o) {
      return combined(f.alone[o], f.together[o], [](std::uint64_t x, std::uint64_t y) { return ~(x | y); });
    });
    fate("swim_sink.rescued", Direction::neither, false, [](const Fates& f, std::size_t o) { return first_only(f.alone[o], f.together[o]); });
    fate("swim_sink.dragged_under", bad, false, [](const Fates& f, std::size_t o) { return first_only(f.together[o], f.alone[o]); });
    fate("swim_sink.sinks", bad, false, [](const Fates& f, std::size_t o) { return both(f.alone[o], f.together[o]); });
    shortfalls(
        id, [a, b](const Tally& t, bool after) -> const Histogram& { return t.shortfall[after ? b : a]; }, before_.organisations[a].reserves,
        after_.organisations[b].reserves, true);
    const auto saving = [&](const char* name, auto value) {
      amount(
          id, fmt::format("saving.{}", name), false, [=](const Tally& t) { return value(t.saving[a]); },
          [=](const Tally& t) { return value(t.saving[b]); });
    };
    saving("mean", [](const Histogram& h) { return h.mean(); });
    saving("p10", [](const Histogram& h) { return h.quantile(0.1); });
    saving("p50", [](const Histogram& h) { return h.quantile(0.5); });
    saving("p90", [](const Histogram& h) { return h.quantile(0.9); });
  }

  void pool(std::size_t a, std::size_t b) {
    const std::string subject = "pool:" + members(after_, after_.pools[b]);
    chance(
        subject, "fails", Direction::higher_is_worse, false, [a](const Fates& f) { return f.pools[a]; }, [b](const Fates& f) { return f.pools[b]; });
    const PoolModel &x = before_.pools[a], &y = after_.pools[b];
    if (x.aid.has_value() != y.aid.has_value()) return;  // a sum of members' shortfalls is not the shortfall of a sum
    const auto sum = [](const Model& model, const PoolModel& pool) {
      double reserves = 0;
      for (const std::uint32_t o : pool.members) reserves += model.organisations[o].reserves;
      return reserves;
    };
    const auto excess = [a, b](const Tally& t, bool after) -> const Histogram& { return t.pool_excess[after ? b : a]; };
    const auto shortfall = [a, b](const Tally& t, bool after) -> const Histogram& { return t.pool_shortfall[after ? b : a]; };
    if (y.aid)
      contingencies(subject, excess, 0, 0, false);
    else
      contingencies(subject, shortfall, sum(before_, x), sum(after_, y), false);
  }

  void counts() {
    const bool same = before_.organisations.size() == after_.organisations.size();
    for (const bool together : {false, true}) {
      const auto counts = [together](const Fates& f) -> const std::vector<Mask>& { return together ? f.together_count : f.alone_count; };
      const std::string suffix = together ? ".together" : "";
      const Happens any = [counts](const Fates& f) { return combined(counts(f).front(), Mask{}, [](std::uint64_t x, std::uint64_t) { return ~x; }); };
      const Happens all = [counts](const Fates& f) { return counts(f).back(); };
      chance("any", "fails" + suffix, Direction::higher_is_worse, true, any, any);
      chance("all", "fails" + suffix, Direction::higher_is_worse, true, all, all);
      for (std::size_t k = 0; same && k <= after_.organisations.size(); ++k) {
        const Happens exactly = [counts, k](const Fates& f) { return counts(f)[k]; };
        const Direction direction = k == 0                             ? Direction::higher_is_better
                                    : k == after_.organisations.size() ? Direction::higher_is_worse
                                                                       : Direction::neither;
        chance("any", fmt::format("count{}.{}", suffix, k), direction, false, exactly, exactly);
      }
    }
  }

  void pairs() {
    for (std::size_t i = 0; i < both_.size(); ++i)
      for (std::size_t j = i + 1; j < both_.size(); ++j) {
        const auto [a, b] = both_[i];
        const auto [c, d] = both_[j];
        chance(
            fmt::format("pair:{}+{}", after_.organisations[b].id, after_.organisations[d].id), "fails", Direction::higher_is_worse, false,
            [a = a, c = c](const Fates& f) { return both(f.alone[a], f.alone[c]); },
            [b = b, d = d](const Fates& f) { return both(f.alone[b], f.alone[d]); });
      }
  }

  const Model &before_, &after_;
  const CompareOptions& options_;
  bool single_;  // one organisation: the system, any and all are itself
  double whole_saving_ = 0;
  std::map<std::string, double> saving_;                   // planned, of the old revision
  std::vector<std::pair<std::size_t, std::size_t>> both_;  // organisations of both plans: their places in each
};

// What some of the trials came to.
struct Pairs {
  Tally before, after;
  std::vector<Paired> chances;
  struct Section {
    std::uint64_t trials = 0;
    std::vector<double> changes;  // [money]
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f(self.trials), f.any(self.changes);
    }
  };
  std::map<std::uint64_t, Section> sections;  // by number, so that every sum over them is made in one order

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.before), f(self.after), f(self.chances), f(self.sections);
  }
};

class Pairing {
 public:
  Pairing(const Measures& measures, const Pairs& empty) : pairs(empty), measures_(measures), empty_(empty), section_(empty) {}

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    const Fates before(*results[0]), after(*results[1]);
    const Mask counted = first_rows(rows);
    for (std::size_t i = 0; i < measures_.chances.size(); ++i) {
      const Mask x = both(measures_.chances[i].before(before), counted), y = both(measures_.chances[i].after(after), counted);
      const std::uint64_t in_both = size_of(both(x, y));
      pairs.chances[i].both += in_both;
      pairs.chances[i].base_only += size_of(x) - in_both;
      pairs.chances[i].variant_only += size_of(y) - in_both;
    }
    section_.before.add(*results[0], rows);
    section_.after.add(*results[1], rows);
  }

  void end_section(std::uint64_t section) {
    Pairs::Section& out = pairs.sections[section];
    out.trials = section_.after.trials;
    for (const Money& m : measures_.money) out.changes.push_back(m.after(section_.after) - m.before(section_.before));
    pairs.before.merge(section_.before);
    pairs.after.merge(section_.after);
    section_.before = empty_.before;
    section_.after = empty_.after;
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.pairs);
  }

  Pairs pairs;

 private:
  const Measures& measures_;
  const Pairs& empty_;
  Pairs section_;
};

// `widened_by`: a verdict that may be looked for again and again with more trials needs a wider interval than 95 % (run.hpp).
std::vector<MeasureChange> changes(const Measures& measures, const Pairs& pairs, bool identical, double widened_by) {
  std::vector<MeasureChange> out;
  const std::uint64_t n = pairs.after.trials;
  for (std::size_t i = 0; i < measures.chances.size(); ++i) {
    MeasureChange m = measures.chances[i].measure;
    const Paired& p = pairs.chances[i];
    m.before = static_cast<double>(p.base_only + p.both) / static_cast<double>(n);
    m.after = static_cast<double>(p.variant_only + p.both) / static_cast<double>(n);
    m.change = identical ? difference(p, n) : cautious_difference(p, n);
    out.push_back(std::move(m));
  }
  for (std::size_t i = 0; i < measures.money.size(); ++i) {
    MeasureChange m = measures.money[i].measure;
    m.before = measures.money[i].before(pairs.before);
    m.after = measures.money[i].after(pairs.after);
    std::vector<SectionChange> sections;
    for (const auto& [number, section] : pairs.sections) sections.push_back({section.changes[i], section.trials});
    m.change = by_sections(m.after - m.before, sections);
    out.push_back(std::move(m));
  }
  for (MeasureChange& m : out) m.verdict = judge(widened(m.change, widened_by, false), m.material, m.direction, identical);
  return out;
}

}  // namespace

std::string_view name_of(ChangeVerdict verdict) {
  switch (verdict) {
    case ChangeVerdict::no_change:
      return "no change";
    case ChangeVerdict::better:
      return "better";
    case ChangeVerdict::worse:
      return "worse";
    case ChangeVerdict::changed:
      return "changed";
    case ChangeVerdict::no_material_change:
      return "no material change";
    case ChangeVerdict::unclear:
      return "unclear";
  }
  return "";
}

const MeasureChange* CompareResult::find(std::string_view subject, std::string_view measure) const {
  const auto at =
      std::find_if(measures.begin(), measures.end(), [&](const MeasureChange& m) { return m.subject == subject && m.measure == measure; });
  return at == measures.end() ? nullptr : &*at;
}

ChangeVerdict judge(const Estimate& change, double material, Direction direction, bool identical) {
  if (identical) return ChangeVerdict::no_change;
  if (change.low >= -material && change.high <= material) return ChangeVerdict::no_material_change;
  const bool rises = change.low > material, falls = change.high < -material;
  if (!rises && !falls) return ChangeVerdict::unclear;
  if (direction == Direction::neither) return ChangeVerdict::changed;
  return rises == (direction == Direction::higher_is_better) ? ChangeVerdict::better : ChangeVerdict::worse;
}

Verdict judge(const ChangeLimit& limit, const Estimate& change) {
  // A saving must change by at least the limit, anything else by at most.
  const bool at_least = higher_is_better(limit.measure);
  const double worst = at_least ? -change.low : change.high, best = at_least ? -change.high : change.low;
  const double most = at_least ? -limit.limit : limit.limit;
  // Sums such as 4.5 − 4.0 are a rounding away from what a plan means by +0.5.
  const double rounding = 1e-12 * std::max(1.0, std::abs(most));
  return worst <= most + rounding ? Verdict::passed : best > most + rounding ? Verdict::crossed : Verdict::unclear;
}

Estimate by_sections(double change, const std::vector<SectionChange>& sections) {
  std::uint64_t trials = 0;
  double squares = 0;
  for (const SectionChange& s : sections) {
    trials += s.trials;
    squares += static_cast<double>(s.trials) * (s.change - change) * (s.change - change);
  }
  if (sections.size() < 2) return {change, -std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(), trials};
  const double freedom = static_cast<double>(sections.size() - 1);
  const double reach = student_t_reach95(freedom) * std::sqrt(squares / freedom / static_cast<double>(trials));
  return {change, change - reach, change + reach, trials};
}

Problems comparable(const Plans& before, const Plans& after, const CompareOptions& options) {
  Problems problems;
  if (before.system.currency != after.system.currency)
    problems.push_back({after.system.id.place, Severity::error,
                        fmt::format("the old revision counts in {}, this one in {}; money of two kinds cannot be compared", before.system.currency,
                                    after.system.currency)});
  const auto known = [](const Plans& plans, const std::string& subject) {
    return subject == "system" || subject == "any" || subject == "all" || plans.find(subject) != nullptr;
  };
  for (const auto* limits : {&after.system.changes, &options.allowed})
    for (const ChangeLimit& limit : *limits) {
      const bool old_has = known(before, limit.subject), new_has = known(after, limit.subject);
      if (old_has && new_has) continue;
      problems.push_back({limit.place, Severity::error,
                          fmt::format("change '{}' is about '{}', which {}", limit.expression, limit.subject,
                                      old_has   ? "the new revision no longer has"
                                      : new_has ? "the old revision does not have, so that nothing changed; add the limit with the next revision"
                                                : "is no organisation of either revision")});
    }
  return problems;
}

CompareResult compare(const Plans& old_plans, const Plans& after, const CompareOptions& options) {
  CompareResult out;
  out.difference = difference(old_plans, after);
  out.material = options.material;
  out.material_money = options.material_money;
  const Plans& before = out.difference.before;
  out.identical = std::none_of(out.difference.changes.begin(), out.difference.changes.end(), [](const Change& c) { return c.counts; });

  const RunOptions& run = options.run;
  Tables tables;
  const Model model_before = compile(before, {.optimism = run.optimism, .given = run.given, .tables = &tables, .threads = run.threads});
  const Model model_after = compile(after, {.optimism = run.optimism, .given = run.given, .tables = &tables, .threads = run.threads});
  const Pairs empty{{model_before, pilot(model_before, run.seed)}, {model_after, pilot(model_after, run.seed)}, {}, {}};
  const Measures measures(before, model_before, model_after, options);
  Pairs whole = empty;
  whole.chances.resize(measures.chances.size());
  const Pairs none = whole;

  const std::uint64_t most = std::max(run.trials, run.max_trials);
  const double widened_by = widening(looks(std::max(run.trials, least_compared), most));
  for (std::uint64_t trials = std::max(run.trials, least_compared);;) {
    const auto simulated = [&](std::uint64_t first, std::uint64_t count) {
      SimulateOptions simulate_options = paired_options(run);
      if (run.progress) simulate_options.progress = [&, first](std::uint64_t done) { run.progress(first + done, trials); };
      return record({&model_before, &model_after}, {.first = first, .count = count}, simulate_options, Pairing(measures, none)).pairs;
    };
    // Whole sections are kept, so that more trials only add to them; what is over is counted at the end.
    const std::uint64_t over = trials % section_trials, kept = whole.after.trials;
    if (trials - over > kept) merge(whole, simulated(kept, trials - over - kept));
    Pairs all = whole;
    if (over > 0) merge(all, simulated(trials - over, over));

    out.measures = changes(measures, all, out.identical, widened_by);
    out.before = result_of(before, model_before, all.before, run);
    out.after = result_of(after, model_after, all.after, run);
    out.limits.clear();
    for (const auto* limits : {&after.system.changes, &options.allowed})
      for (const ChangeLimit& limit : *limits) {
        const Estimate change = widened(out.find(limit.subject, limit.measure)->change, widened_by, false);
        out.limits.push_back({limit, change, judge(limit, change)});
      }
    const bool unclear = std::any_of(out.measures.begin(), out.measures.end(),
                                     [](const MeasureChange& m) { return m.headline && m.verdict == ChangeVerdict::unclear; }) ||
                         std::any_of(out.limits.begin(), out.limits.end(), [](const auto& l) { return l.verdict == Verdict::unclear; }) ||
                         std::any_of(out.after.gates.begin(), out.after.gates.end(), [](const auto& g) { return g.verdict == Verdict::unclear; });
    if (trials >= most || !unclear) break;
    trials = std::min(most, 2 * trials);
  }
  if (options.effects && !out.identical) out.effects = attribute(out.difference, after, run, std::max(run.trials, least_compared));
  return out;
}

}  // namespace shortfall
