#include "study/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "model/compile.hpp"
#include "model/quantile.hpp"
#include "plan/profile.hpp"
#include "sim/agreement.hpp"
#include "sim/side_by_side.hpp"
#include "sim/simulate.hpp"
#include "study/measures.hpp"

namespace shortfall {
namespace {

// What the plans themselves come to: a single trial of them, in which nothing is uncertain.
struct Planned {
  std::vector<double> position;                  // [organisation · years + year]
  std::vector<double> saving, last_year_saving;  // [organisation]
};
Planned planned_by(const Plans& plans, std::uint64_t seed) {
  const Model model = as_planned(plans);
  SideBySide alone({&model});
  BlockSimulator& simulator = alone.first();
  Draws draws(seed, Draws::Keep::no);
  draws.start(0);
  const BlockResult& block = simulator.simulate(draws);
  Planned out;
  for (std::size_t o = 0; o < block.organisations; ++o) {
    for (std::size_t y = 0; y < block.years; ++y) out.position.push_back(block.margin[o * block.years + y][0] + model.organisations[o].target[y]);
    out.saving.push_back(block.saving[o][0]);
    out.last_year_saving.push_back(block.last_year_saving[o][0]);
  }
  return out;
}

ShortfallResult shortfall_result(const Histogram& h, Method method) {
  return {mean_of(h, method),          quantile_of(h, 0.5, method),  quantile_of(h, 0.8, method),
          quantile_of(h, 0.9, method), quantile_of(h, 0.95, method), tail_mean_of(h, 0.95, method)};
}

ContingencyResult contingency_result(const ShortfallResult& s, double reserves) {
  return {beyond(s.p50, reserves), beyond(s.p80, reserves), beyond(s.p90, reserves), beyond(s.p95, reserves)};
}

JointResult joint_result(const FailureTally& failures, const Tally& tally) {
  JointResult out;
  for (const Frequency& k : failures.count) out.count.push_back(chance_of(k, tally));
  const Estimate& none = out.count.front();
  out.any = complement(none);
  out.all = out.count.back();
  return out;
}

// Failing alone and failing together are known better than both at once, which is kept to what they allow, so that the four cells add up.
void swim_or_sink(const Tally& tally, std::size_t o, OrganisationResult& out) {
  const Cells& cells = tally.organisation[o].cells;
  const double n = static_cast<double>(tally.trials);
  const double alone = tally.alone.by_year[(o + 1) * tally.years - 1].sum.value();
  const double together = tally.together.by_year[(o + 1) * tally.years - 1].sum.value();
  const double sinks = std::clamp(cells.sinks.sum.value(), std::max(0.0, alone + together - n), std::min(alone, together));
  out.swims = chance_of(cells.swims, tally, n - alone - together + sinks);
  out.rescued = chance_of(cells.rescued, tally, alone - sinks);
  out.dragged_under = chance_of(cells.dragged_under, tally, together - sinks);
  out.sinks = chance_of(cells.sinks, tally, sinks);
}

MoneyResult money_result(const Histogram& h, Method method) {
  return {mean_of(h, method), quantile_of(h, 0.1, method), quantile_of(h, 0.5, method), quantile_of(h, 0.9, method)};
}

// What is found elsewhere, and that with what is delivered; where nothing is ever found, what is delivered alone.
void found_result(const Model& model, const Tally& tally, std::size_t o, OrganisationResult& out) {
  const std::optional<std::size_t> place = tally.place_of_finder(o);
  out.carry = model.organisations[o].carry;
  out.finds = place.has_value();
  out.found.by_year.assign(tally.years, 0.0);
  out.delivered_and_found = {out.saving.mean, out.saving.p10, out.saving.p50, out.saving.p90};
  const std::uint64_t n = tally.trials;
  for (Estimate* e : {&out.found.mean, &out.found.p10, &out.found.p50, &out.found.p90}) *e = {0, 0, 0, n};
  if (!out.finds) return;
  const FoundTally& found = tally.found[*place];
  static_cast<MoneyResult&>(out.found) = money_result(found.found, tally.method);
  out.delivered_and_found = money_result(found.delivered_and_found, tally.method);
  for (std::size_t y = 0; y < tally.years; ++y) out.found.by_year[y] = found.by_year[y].value() / static_cast<double>(n);
}

OrganisationResult organisation_result(const Model& model, const Tally& tally, const Planned& planned, std::size_t o) {
  const OrganisationModel& organisation = model.organisations[o];
  const OrganisationTally& counted = tally.organisation[o];
  const std::size_t years = tally.years;
  const std::uint64_t n = tally.trials;
  OrganisationResult out;
  out.id = organisation.id;
  out.title = organisation.title;
  out.reserves = organisation.reserves;
  for (std::size_t y = 0; y < years; ++y) {
    out.alone_by_year.push_back(chance_of(tally.alone.by_year[o * years + y], tally));
    out.together_by_year.push_back(chance_of(tally.together.by_year[o * years + y], tally));
    out.position.planned.push_back(planned.position[o * years + y]);
    out.position.mean.push_back(counted.position[y].mean());
    out.position.p10.push_back(counted.position[y].quantile(0.1));
    out.position.p90.push_back(counted.position[y].quantile(0.9));
  }
  out.alone = out.alone_by_year.back();
  out.together = out.together_by_year.back();
  swim_or_sink(tally, o, out);
  out.shortfall = shortfall_result(counted.shortfall, tally.method);
  out.contingency = contingency_result(out.shortfall, organisation.reserves);
  out.saving.planned = planned.saving[o];
  out.saving.planned_last_year = planned.last_year_saving[o];
  out.saving.mean = mean_of(counted.saving, tally.method);
  out.saving.p10 = quantile_of(counted.saving, 0.1, tally.method);
  out.saving.p50 = quantile_of(counted.saving, 0.5, tally.method);
  out.saving.p90 = quantile_of(counted.saving, 0.9, tally.method);
  found_result(model, tally, o, out);
  out.saving.mean_last_year = counted.last_year_saving.value() / static_cast<double>(n);
  return out;
}

void pair_results(const Tally& tally, RunResult& out) {
  const std::size_t n = tally.organisations;
  const double trials = static_cast<double>(tally.trials);
  const auto both = [&](std::size_t i, std::size_t j) { return tally.alone.pairs[std::min(i, j) * n + std::max(i, j)].value(); };
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> joint, given;
    for (std::size_t j = 0; j < n; ++j) {
      joint.push_back(both(i, j) / trials);
      given.push_back(both(j, j) == 0 ? std::numeric_limits<double>::quiet_NaN() : both(i, j) / both(j, j));
    }
    out.pairs_joint.push_back(std::move(joint));
    out.pairs_given.push_back(std::move(given));
  }
}

std::vector<ClassUsed> classes_used(const Plans& plans) {
  std::map<std::string, ClassUsed> used;
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes) {
      if (s.stage.value == Stage::delivered) continue;
      const ReferenceClass* c = s.delivery || !s.reference_class ? nullptr : plans.reference.find(s.reference_class->value, o.id.value);
      ClassUsed& entry = used[c == nullptr ? "" : c->id.value];
      if (c != nullptr) entry = {c->id.value, c->grade, c->source, entry.schemes, entry.planned};
      ++entry.schemes;
      for (const double saving : planned_saving(s, plans.system.years)) entry.planned += saving;
    }
  std::vector<ClassUsed> out;
  for (auto& [id, entry] : used) out.push_back(std::move(entry));
  std::stable_sort(out.begin(), out.end(), [](const ClassUsed& a, const ClassUsed& b) { return a.planned > b.planned; });
  return out;
}

double widest_half_width(const RunResult& r) {
  double widest = std::max({r.system_fails.half_width(), r.joint.any.half_width(), r.joint.all.half_width(), r.joint_together.any.half_width(),
                            r.joint_together.all.half_width()});
  const auto consider = [&](const std::vector<Estimate>& estimates) {
    for (const Estimate& e : estimates) widest = std::max(widest, e.half_width());
  };
  for (const OrganisationResult& o : r.organisations) {
    consider(o.alone_by_year);
    consider(o.together_by_year);
    consider({o.swims, o.rescued, o.dragged_under, o.sinks});
  }
  consider(r.joint.count);
  consider(r.joint_together.count);
  for (const PoolResult& p : r.pools) widest = std::max(widest, p.fails.half_width());
  return widest;
}

// A gate that says `known` is held to the range of what is known, which more futures do not narrow; without it, it cannot be judged.
GateResult gate_result(const Gate& gate, const Estimate& e, bool knowledge, double by) {
  GateResult out{gate, gate.known ? e : widened(e, by, is_chance(gate.measure)), Verdict::unclear};
  if (gate.known && !knowledge) return out;
  if (gate.known && e.known) out.value.low = e.known->low, out.value.high = e.known->high;
  out.verdict = judge(gate, out.value);
  return out;
}

RunResult result_of(const Plans& plans, const Model& model, const Tally& tally, const Planned& planned, const RunOptions& options) {
  RunResult out;
  out.system = model.id;
  out.title = model.title;
  out.currency = model.currency;
  out.trials = tally.trials;
  out.trials_asked = options.trials_asked == 0 ? options.trials : options.trials_asked;
  out.seed = options.seed;
  out.optimism = options.optimism;
  out.given = options.given;
  out.knowledge_draws = model.draws;
  out.seen = options.seen;
  out.sampling = tally.method.sampling == Sampling::plain ? "plain" : "latin-hypercube";
  out.pressure = tally.method.pressure == PressureMethod::sampled ? "sampled" : "integrated";
  out.precision = options.precision;
  out.years = model.years;
  out.schemes = model.schemes.size();
  for (std::size_t o = 0; o < model.organisations.size(); ++o) {
    out.organisations.push_back(organisation_result(model, tally, planned, o));
    out.contingency_alone_p80 += out.organisations.back().contingency.p80.value;
    out.planned_saving += out.organisations.back().saving.planned;
  }
  out.reserves = reserves_of(model);
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    PoolResult pool;
    const double reserves = reserves_of(model, model.pools[p].members);
    for (const std::uint32_t o : model.pools[p].members) pool.members.push_back(model.organisations[o].id);
    pool.reserves = model.pools[p].reserves;
    pool.aid = model.pools[p].aid;
    pool.fails = chance_of(tally.pools[p].fails, tally);
    pool.shortfall = shortfall_result(tally.pools[p].shortfall, tally.method);
    // Reserves of a pool with aid are its members' own, so what is missing is summed member by member.
    pool.contingency =
        pool.aid ? contingency_result(shortfall_result(tally.pools[p].excess, tally.method), 0) : contingency_result(pool.shortfall, reserves);
    out.pools.push_back(std::move(pool));
  }
  out.one_pool_of_all = model.pools.size() == 1 && !model.pools[0].aid && model.pools[0].members.size() == model.organisations.size();
  out.system_fails = chance_of(tally.system.fails, tally);
  out.system_shortfall = shortfall_result(tally.system.shortfall, tally.method);
  out.system_contingency = contingency_result(out.system_shortfall, out.reserves);
  out.contingency_agreed_p80 = out.contingency_alone_p80;
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    out.contingency_agreed_p80 += out.pools[p].contingency.p80.value;
    for (const std::uint32_t o : model.pools[p].members) out.contingency_agreed_p80 -= out.organisations[o].contingency.p80.value;
  }
  out.pooling_benefit_p80 = out.contingency_alone_p80 - out.contingency_agreed_p80;
  out.joint = joint_result(tally.alone, tally);
  out.joint_together = joint_result(tally.together, tally);
  pair_results(tally, out);
  out.reference = plans.reference.name;
  out.classes = classes_used(plans);
  out.dependence = plans.system.dependence;
  for (const Gate& gate : plans.system.gates)
    out.gates.push_back(gate_result(gate, measure(out, gate), out.knowledge_draws > 0, widening(looks(options.trials, options.max_trials))));
  out.widest = widest_half_width(out);
  return out;
}

}  // namespace

Method paired_method(SamplingChoice choice) { return {choice == SamplingChoice::plain ? Sampling::plain : Sampling::latin_hypercube}; }

KnowledgeDraws knowledge_draws(const RunOptions& options) {
  if (options.knowledge && options.seen && options.seen->draws.count > 0) return options.seen->draws;
  const std::uint64_t blocks = whole_blocks(std::min(options.trials, options.knowledge_trials.value_or(options.trials))) / block_trials;
  const bool drawn = options.knowledge && options.optimism > 0 && blocks / 2 >= least_knowledge_draws;
  return {drawn ? std::min<std::size_t>(most_knowledge_draws, blocks / 2) : 0, options.seed};
}

CompileOptions compile_options(const RunOptions& options) {
  return {.optimism = options.optimism, .given = options.given, .knowledge = knowledge_draws(options), .threads = options.threads};
}

SimulateOptions paired_options(const RunOptions& options) {
  SimulateOptions out{.seed = options.seed,
                      .method = paired_method(options.sampling),
                      .threads = options.threads,
                      .ranks = options.ranks,
                      .update = luck_of(options.seen)};
  if (options.progress) out.progress = [&options](std::uint64_t done) { options.progress(done, options.trials); };
  return out;
}

Method own_method(const Model& model, SamplingChoice choice, const Update* update) {
  return choice == SamplingChoice::plain ? Method{} : method_for(model, update);
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed:
      return "passed";
    case Verdict::crossed:
      return "crossed";
    case Verdict::unclear:
      return "unclear";
  }
  return "";
}

Estimate measure(const RunResult& result, const Gate& gate) {
  const MeasureOfYear found = find_measure(gate.measure);
  return *value_of(result, gate.subject, *found.measure, found.year);
}

std::uint64_t whole_blocks(std::uint64_t trials) { return (trials + block_trials - 1) / block_trials * block_trials; }

std::size_t looks(std::uint64_t trials, std::uint64_t most) {
  std::size_t n = 1;
  for (; trials < most; trials *= 2) ++n;
  return n;
}

double widening(std::size_t looks) {
  const double tail = 0.025 / static_cast<double>(looks);
  return -normal_score({tail, 1 - tail}) / score95;
}

Estimate widened(const Estimate& e, double by, bool chance) {
  const double low = e.value - by * (e.value - e.low), high = e.value + by * (e.high - e.value);
  return {e.value, chance ? std::max(0.0, low) : low, chance ? std::min(1.0, high) : high, e.trials, e.known};
}

Verdict judge(const Gate& gate, const Estimate& e) {
  const bool strict = gate.comparison == Comparison::below || gate.comparison == Comparison::above;
  const bool upper = gate.comparison == Comparison::at_most || gate.comparison == Comparison::below;
  // The end that is worst for the gate must still hold; the best end must already fail.
  const double worst = upper ? e.high : -e.low, best = upper ? e.low : -e.high, limit = upper ? gate.limit : -gate.limit;
  if (strict ? worst < limit : worst <= limit) return Verdict::passed;
  if (strict ? best >= limit : best > limit) return Verdict::crossed;
  return Verdict::unclear;
}

RunResult result_of(const Plans& plans, const Model& model, const Tally& tally, const RunOptions& options) {
  return result_of(plans, model, tally, planned_by(plans, options.seed), options);
}

RunResult run(const Plans& plans, const RunOptions& options) {
  RunTimings nobody_asked;
  RunTimings& timings = options.timings ? *options.timings : nobody_asked;
  const auto timed = [](double& seconds, auto work) {
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  };
  const Planned planned = timed(timings.compile, [&] { return planned_by(plans, options.seed); });
  const Model model = timed(timings.compile, [&] { return compile(plans, compile_options(options)); });
  const Scales scales = timed(timings.pilot, [&] { return pilot(model, options.seed, luck_of(options.seen)); });
  const std::uint64_t most = std::max(options.trials, options.max_trials);
  // Whole blocks are kept, so that more trials only add to them; what is over is counted at the end.
  const Method method = own_method(model, options.sampling, luck_of(options.seen));
  std::optional<Tally> whole;
  const auto add = [](std::optional<Tally>& sum, Tally more) {
    if (sum)
      merge(*sum, more);
    else
      sum = std::move(more);
  };
  for (std::uint64_t trials = options.trials;;) {
    const auto simulated = [&](std::uint64_t first, std::uint64_t count) {
      SimulateOptions simulate_options{
          .seed = options.seed, .method = method, .threads = options.threads, .ranks = options.ranks, .update = luck_of(options.seen)};
      if (options.progress) simulate_options.progress = [&, first](std::uint64_t done) { options.progress(first + done, trials); };
      if (options.timings) simulate_options.timings = &timings.stages;
      return timed(timings.simulate, [&] { return simulate(model, scales, {.first = first, .count = count}, simulate_options); });
    };
    const std::uint64_t over = trials % block_trials, before = whole ? whole->trials : 0;
    if (trials - over > before) add(whole, simulated(before, trials - over - before));
    std::optional<Tally> with_rest;
    if (over > 0) with_rest = whole, add(with_rest, simulated(trials - over, over));
    RunResult result = result_of(plans, model, with_rest ? *with_rest : *whole, planned, options);
    const bool unclear = std::any_of(result.gates.begin(), result.gates.end(), [](const GateResult& g) { return g.would_tell(); });
    const bool coarse = options.precision && result.widest > *options.precision;
    if (trials >= most || !(unclear || coarse)) return result;
    trials = std::min(most, 2 * trials);
  }
}

}  // namespace shortfall
