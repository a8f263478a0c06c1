#include "study/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "model/compile.hpp"
#include "study/attribute.hpp"
#include "study/compare_measures.hpp"
#include "study/student_t.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

// What some of the trials came to.
struct Pairs {
  Tally before, after;
  std::vector<Paired> chances;
  std::vector<Frequency> differences;  // [chance]: with the new less with the old, by draw of what is not known; empty where nothing is drawn
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
    f(self.before), f(self.after), f(self.chances), f(self.differences), f(self.sections);
  }
};

// What the change might be, were all known: by what the draws differ by, both plans in the same world.
std::optional<KnownRange> known_change(const Pairs& pairs, std::size_t chance, double change) {
  if (pairs.differences.empty()) return {};
  return known_amount_of(pairs.differences[chance], {pairs.after.method, pairs.after.trials, pairs.after.blocks, pairs.after.draw_trials}, change);
}

class Pairing {
 public:
  Pairing(const Measures& measures, const Pairs& empty) : pairs(empty), measures_(measures), empty_(empty), section_(empty) {}

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    const Fates before(*results[0]), after(*results[1]);
    const Mask counted = first_rows(rows);
    for (std::size_t i = 0; i < measures_.chances.size(); ++i) {
      const Mask x = vectors::both(measures_.chances[i].before(before), counted), y = vectors::both(measures_.chances[i].after(after), counted);
      const int old_ones = vectors::count_of(x), new_ones = vectors::count_of(y), in_both = vectors::count_of(vectors::both(x, y));
      pairs.chances[i].both += static_cast<std::uint64_t>(in_both);
      pairs.chances[i].base_only += static_cast<std::uint64_t>(old_ones - in_both);
      pairs.chances[i].variant_only += static_cast<std::uint64_t>(new_ones - in_both);
      if (!pairs.differences.empty()) pairs.differences[i].add(new_ones - old_ones, rows, results[1]->draw);
    }
    section_.before.add(*results[0], rows);
    section_.after.add(*results[1], rows);
  }

  void end_section(std::uint64_t section) {
    Pairs::Section& out = pairs.sections[section];
    out.trials = section_.after.trials;
    for (const ComparedMoney& m : measures_.money) out.changes.push_back(m.after(section_.after) - m.before(section_.before));
    shortfall::merge(pairs.before, section_.before);
    shortfall::merge(pairs.after, section_.after);
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
    m.change.known = no_closer(known_change(pairs, i, m.change.value), m.change);
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

double section_freedom(std::size_t sections, std::size_t worlds) {
  return static_cast<double>(sections) - static_cast<double>(worlds == 0 ? 1 : std::min(worlds, sections));
}

Estimate by_sections(double change, const std::vector<SectionChange>& sections, std::size_t worlds) {
  const double freedom = section_freedom(sections.size(), worlds);
  if (worlds == 0 || freedom < 1) return by_sections(change, sections);
  std::vector<SectionChange> means(std::min(worlds, sections.size()));
  std::uint64_t trials = 0;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    SectionChange& mean = means[i % worlds];
    mean.trials += sections[i].trials, trials += sections[i].trials;
    mean.change += static_cast<double>(sections[i].trials) * sections[i].change;
  }
  double squares = 0;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const double off = sections[i].change - means[i % worlds].change / static_cast<double>(means[i % worlds].trials);
    squares += static_cast<double>(sections[i].trials) * off * off;
  }
  const double reach = student_t_reach95(freedom) * std::sqrt(squares / freedom / static_cast<double>(trials));
  return {change, change - reach, change + reach, trials};
}

Problems comparable(const Plans& before, const Plans& after, const CompareOptions& options) {
  Problems problems;
  if (before.system.currency != after.system.currency)
    problems.push_back({after.system.id.place, Code::different_plans,
                        fmt::format("the old revision counts in {}, this one in {}; money of two kinds cannot be compared", before.system.currency,
                                    after.system.currency)});
  const auto known = [](const Plans& plans, const std::string& subject) {
    return subject == "system" || subject == "any" || subject == "all" || plans.find(subject) != nullptr;
  };
  for (const auto* limits : {&after.system.changes, &options.allowed})
    for (const ChangeLimit& limit : *limits) {
      const bool old_has = known(before, limit.subject), new_has = known(after, limit.subject);
      if (old_has && new_has) continue;
      problems.push_back({limit.place, Code::different_plans,
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
  RunOptions at_least = run;
  at_least.trials = std::max(run.trials, least_compared);
  CompileOptions compiled = compile_options(at_least);
  compiled.tables = &tables;
  const Model model_before = compile(before, compiled), model_after = compile(after, compiled);
  const Pairs empty{{model_before, pilot(model_before, run.seed, luck_of(options.seen_before))},
                    {model_after, pilot(model_after, run.seed, luck_of(run.seen))},
                    {},
                    {},
                    {}};
  const Measures measures = measures_of(before, model_before, model_after, options);
  Pairs whole = empty;
  whole.chances.resize(measures.chances.size());
  if (model_after.draws > 0) whole.differences.assign(measures.chances.size(), Frequency{{}, {}, std::vector<Sum>(model_after.draws)});
  const Pairs none = whole;

  const std::uint64_t most = std::max(run.trials, run.max_trials);
  const double widened_by = widening(looks(std::max(run.trials, least_compared), most));
  for (std::uint64_t trials = std::max(run.trials, least_compared);;) {
    const auto simulated = [&](std::uint64_t first, std::uint64_t count) {
      SimulateOptions simulate_options = paired_options(run);
      if (run.seen || options.seen_before) simulate_options.updates = {luck_of(options.seen_before), luck_of(run.seen)};
      if (run.progress) simulate_options.progress = [&, first](std::uint64_t done) { run.progress(first + done, trials); };
      return record({&model_before, &model_after}, {.first = first, .count = count}, simulate_options, Pairing(measures, none)).pairs;
    };
    // Whole sections are kept, so that more trials only add to them; what is over is counted at the end.
    const std::uint64_t over = trials % section_trials, kept = whole.after.trials;
    if (trials - over > kept) merge(whole, simulated(kept, trials - over - kept));
    Pairs all = whole;
    if (over > 0) merge(all, simulated(trials - over, over));

    out.measures = changes(measures, all, out.identical, widened_by);
    RunOptions run_before = run;
    run_before.seen = options.seen_before;
    out.before = result_of(before, model_before, all.before, run_before);
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
                         std::any_of(out.after.gates.begin(), out.after.gates.end(), [](const auto& g) { return g.would_tell(); });
    if (trials >= most || !unclear) break;
    trials = std::min(most, 2 * trials);
  }
  if (options.effects && !out.identical) out.effects = attribute(out.difference, after, at_least, at_least.trials, options.seen_before);
  return out;
}

}  // namespace shortfall
