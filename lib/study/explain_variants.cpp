#include "study/explain_variants.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include "model/alter.hpp"
#include "study/compare.hpp"
#include "study/standing.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

// Models simulated together, on the same draws: as many as have this many schemes in all, as the memory they take goes with these.
constexpr std::size_t batch_schemes = 2000;
// With actuals more of them, as each batch brings the draws to what was seen anew.
constexpr std::size_t batch_schemes_seen = 8000;
constexpr std::size_t least_batch = driver_kinds + 2;  // those that are redrawn stand in the first, beside each other
// With actuals, each factor that is held has a luck of its own, which takes ten times as long as another plan on the same draws.
constexpr std::uint64_t most_learnt_trials = 50 * block_trials;

struct Variant {
  enum class Kind { scheme, factor, redrawn } kind = Kind::scheme;
  std::uint32_t owner = 0;          // of the scheme
  Scale system_scale, owner_scale;  // of their shortfalls, of a scheme
  std::function<Model()> model;
};

// What a variant came to, beside the base.
struct Outcome {
  Outcome(const Variant& v, std::size_t draws) : system_by_draw{{}, {}, std::vector<Sum>(draws)}, owner_by_draw(system_by_draw) {
    if (v.kind == Variant::Kind::scheme) shortfalls = {Histogram(v.system_scale), Histogram(v.owner_scale)};
  }
  Paired system, owner;
  Frequency system_by_draw, owner_by_draw;  // of a scheme, failures less the base's; of a factor, failures
  std::vector<Histogram> shortfalls;        // of the system, of the owner
  struct SectionChanges {
    SectionChange system, owner;
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f(self.system), f(self.owner);
    }
  };
  std::map<std::uint64_t, SectionChanges> changes;  // by section, of the contingencies
  std::map<std::uint64_t, PairSums> pairs;
  bool reached = true;  // whether there are futures to count

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.system), f(self.owner), f(self.system_by_draw), f(self.owner_by_draw), f(self.shortfalls), f(self.changes), f(self.pairs);
  }
};

// The base and a batch of variants.
class Batch {
 public:
  Batch(const Model& base, const std::vector<Variant>& variants)
      : base_(base), variants_(variants), base_section_(base.organisations.size() + 1), section_(2 * variants.size()), pairs_(variants.size()) {
    for (const Variant& v : variants) outcomes.emplace_back(v, base.draws);
    reserves_ = reserves_of(base);
  }

  // Model 0 is the base, model v + 1 the v-th variant.
  void add(std::size_t model, const BlockResult& result, std::size_t rows) {
    const auto append = [&](std::vector<double>& to, const Doubles& column) { to.insert(to.end(), column.data(), column.data() + rows); };
    if (model == 0) {
      base_result_ = &result;
      append(base_section_.back(), result.system_shortfall);
      for (std::size_t o = 0; o < result.organisations; ++o) append(base_section_[o], result.shortfall[o]);
      return;
    }
    const std::size_t v = model - 1;
    Outcome& out = outcomes[v];
    if (variants_[v].kind == Variant::Kind::redrawn) return add_redrawn(v, result.system_shortfall, rows);
    count(base_result_->system_fails, result.system_fails, rows, out.system);
    const double failed = static_cast<double>(count_of(result.system_fails, rows));
    if (variants_[v].kind == Variant::Kind::factor) return out.system_by_draw.add(failed, rows, result.draw);
    const std::uint32_t o = variants_[v].owner;
    const Flags &owner_before = fails_alone(*base_result_, o), &owner_after = fails_alone(result, o);
    count(owner_before, owner_after, rows, out.owner);
    out.system_by_draw.add(failed - static_cast<double>(count_of(base_result_->system_fails, rows)), rows, result.draw);
    out.owner_by_draw.add(static_cast<double>(count_of(owner_after, rows)) - static_cast<double>(count_of(owner_before, rows)), rows, result.draw);
    out.shortfalls[0].add(result.system_shortfall, rows);
    out.shortfalls[1].add(result.shortfall[o], rows);
    append(section_[2 * v], result.system_shortfall);
    append(section_[2 * v + 1], result.shortfall[o]);
  }

  void end_section(std::uint64_t section) {
    const std::uint64_t trials = base_section_.back().size();
    std::vector<double> before;
    for (std::size_t o = 0; o < base_section_.size(); ++o) {
      before.push_back(contingency_of(base_section_[o], o + 1 == base_section_.size() ? reserves_ : base_.organisations[o].reserves));
      base_section_[o].clear();
    }
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      if (variants_[v].kind == Variant::Kind::redrawn) outcomes[v].pairs[section] = std::exchange(pairs_[v], {});
      if (variants_[v].kind != Variant::Kind::scheme) continue;
      const std::uint32_t o = variants_[v].owner;
      const double system = contingency_of(section_[2 * v], reserves_), owner = contingency_of(section_[2 * v + 1], base_.organisations[o].reserves);
      outcomes[v].changes[section] = {{system - before.back(), trials}, {owner - before[o], trials}};
      section_[2 * v].clear();
      section_[2 * v + 1].clear();
    }
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.outcomes);
  }

  std::vector<Outcome> outcomes;

 private:
  // The first of them is the base with scheme factors that can be kept by themselves, the second has all draws made anew; these two count only beside
  // the others.
  void add_redrawn(std::size_t v, const Doubles& shortfall, std::size_t rows) {
    if (v < redrawn_.size())
      redrawn_[v] = shortfall;
    else
      pairs_[v].add(redrawn_[0], shortfall, redrawn_[1], rows);
  }

  const Model& base_;
  const std::vector<Variant>& variants_;
  const BlockResult* base_result_ = nullptr;  // of the block that is being counted
  std::array<Doubles, 2> redrawn_;
  double reserves_ = 0;
  std::vector<std::vector<double>> base_section_;  // [organisation], then the system: shortfalls
  std::vector<std::vector<double>> section_;       // [2 · variant]: of the system, of the owner
  std::vector<PairSums> pairs_;
};

// How many models are redrawn. With actuals none are, as what was seen ties all lucks together.
std::size_t redrawn_of(const Model& base, bool seen) { return seen ? 0 : 2 + driver_kinds_of(base); }

std::vector<Variant> variants_of(const Model& base, const Scales& scales, bool seen, std::vector<std::size_t>& factors) {
  std::vector<Variant> out;
  const auto altered = [&base](auto change) {
    return [&base, change] {
      Model model = base;
      change(model);
      return model;
    };
  };
  const auto add_redrawn = [&](auto change) { out.push_back({Variant::Kind::redrawn, 0, {}, {}, altered(change)}); };
  for (std::size_t k = 0; k < redrawn_of(base, seen); ++k)
    add_redrawn([k](Model& m) {
      if (k == 0) return separate_scheme_factors(m);
      redraw(m, k == 1 ? std::optional<DriverKind>() : static_cast<DriverKind>(k - 2));
    });
  for (std::size_t i = 0; i < base.schemes.size(); ++i) {
    const std::uint32_t owner = base.schemes[i].organisation;
    const auto add = [&](auto change) {
      out.push_back({Variant::Kind::scheme, owner, scales.system_shortfall, scales.shortfall[owner], altered(change)});
    };
    add([i](Model& m) { make_certain(m, i); });
    add([i](Model& m) { lose(m, i); });
    add([i](Model& m) { put_off(m, i, months_late); });
  }
  for (std::size_t f = 0; f < base.factors.size(); ++f) {
    if (base.factors[f].held_at) continue;
    factors.push_back(f);
    for (const double q : factor_quantiles) out.push_back({Variant::Kind::factor, 0, {}, {}, altered([f, q](Model& m) { hold_factor(m, f, q); })});
  }
  return out;
}

// What actuals leave to the base and to each of the variants; a factor that is held is another view of the world that they were seen in.
std::vector<LearntLuck> lucks_of(const std::vector<Variant>& variants, const std::vector<Model>& models, const RunOptions& options,
                                 const Learn& learn) {
  std::vector<LearntLuck> out;
  for (std::size_t v = 0; v < variants.size(); ++v)
    out.push_back(variants[v].kind == Variant::Kind::factor && learn ? learn(models[v], options.optimism) : options.seen->luck);
  return out;
}

// The change of a chance, and how far it is known: by what the draws differ by, both plans in the same world.
Estimate change_of(const Paired& paired, const Frequency& by_draw, const Counted& counted) {
  Estimate out = cautious_difference(paired, counted.trials);
  out.known = no_closer(known_amount_of(by_draw, counted, out.value), out);
  return out;
}

SchemeEffect effect_of(const Outcome& o, double reserves, double owner_reserves, const Estimate& system, const Estimate& owner,
                       const Counted& counted) {
  std::vector<SectionChange> of_system, of_owner;
  for (const auto& [section, change] : o.changes) {
    of_system.push_back(change.system);
    of_owner.push_back(change.owner);
  }
  const auto contingency = [](const Histogram& h, double of) { return std::max(0.0, h.quantile(sure) - of); };
  return {change_of(o.system, o.system_by_draw, counted), change_of(o.owner, o.owner_by_draw, counted),
          by_sections(contingency(o.shortfalls[0], reserves) - system.value, of_system),
          by_sections(contingency(o.shortfalls[1], owner_reserves) - owner.value, of_owner)};
}

// A batch on the same draws, each variant with the luck that actuals leave to it; those that have none are left out.
std::vector<Outcome> outcomes_of_batch(const Model& base, const std::vector<Variant>& batch, std::uint64_t trials, const RunOptions& options,
                                       const Learn& learn, std::function<void(std::uint64_t)> progress) {
  std::vector<Model> models;
  for (const Variant& v : batch) models.push_back(v.model());
  SimulateOptions simulate_options = paired_options(options);
  simulate_options.progress = std::move(progress);
  std::vector<LearntLuck> lucks;
  if (options.seen) lucks = lucks_of(batch, models, options, learn);
  std::vector<Variant> counted;
  std::vector<const Model*> pointers = {&base};
  if (options.seen) simulate_options.updates = {options.seen->luck.get()};
  for (std::size_t v = 0; v < batch.size(); ++v) {
    if (options.seen && !lucks[v]) continue;
    counted.push_back(batch[v]);
    pointers.push_back(&models[v]);
    if (options.seen) simulate_options.updates.push_back(lucks[v].get());
  }
  Batch total = record(pointers, {.first = 0, .count = trials}, simulate_options, Batch(base, counted));
  std::vector<Outcome> out;
  for (std::size_t v = 0, next = 0; v < batch.size(); ++v) {
    const bool reached = !options.seen || lucks[v];
    out.push_back(reached ? std::move(total.outcomes[next++]) : Outcome(batch[v], base.draws));
    out.back().reached = reached;
  }
  return out;
}

std::vector<Outcome> outcomes_of(const Model& base, const std::vector<Variant>& all, const RunOptions& options, const Learn& learn,
                                 ExplainResult& out) {
  out.factor_trials = options.seen && learn ? std::min(options.trials, most_learnt_trials) : options.trials;
  const std::size_t most_schemes = options.seen ? batch_schemes_seen : batch_schemes;
  const std::size_t batch = std::max(least_batch, most_schemes / std::max<std::size_t>(1, base.schemes.size()));
  std::vector<Outcome> outcomes;
  for (std::size_t first = 0; first < all.size();) {
    // A batch has as many trials for all.
    const auto trials_of = [&](const Variant& v) { return v.kind == Variant::Kind::factor ? out.factor_trials : options.trials; };
    std::size_t end = first;
    while (end < all.size() && end < first + batch && trials_of(all[end]) == trials_of(all[first])) ++end;
    const std::vector<Variant> some(all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(end));
    const std::uint64_t trials = trials_of(all[first]);
    std::function<void(std::uint64_t)> progress;
    if (options.progress)
      progress = [&](std::uint64_t done) { options.progress((options.trials * first + done * some.size()) / all.size(), options.trials); };
    std::vector<Outcome> counted = outcomes_of_batch(base, some, trials, options, learn, std::move(progress));
    std::move(counted.begin(), counted.end(), std::back_inserter(outcomes));
    first = end;
  }
  return outcomes;
}

}  // namespace

void explain_by_variants(const Model& base, const Tally& tally, const RunOptions& options, const Learn& learn, ExplainResult& out) {
  std::vector<std::size_t> factors;
  const std::vector<Variant> all = variants_of(base, pilot(base, options.seed, luck_of(options.seen)), options.seen != nullptr, factors);
  const std::vector<Outcome> outcomes = outcomes_of(base, all, options, learn, out);

  const double reserves = reserves_of(base);
  std::vector<std::vector<PairSums>> sections;
  const std::size_t redrawn = redrawn_of(base, options.seen != nullptr);
  for (std::size_t k = 2; k < redrawn; ++k) {  // the first two count only beside the others
    const Outcome& o = outcomes[k];
    sections.resize(o.pairs.size());
    std::size_t section = 0;
    for (const auto& [index, sums] : o.pairs) sections[section++].push_back(sums);
  }
  const Counted counted{tally.method, tally.trials, tally.blocks, tally.draw_trials};
  std::size_t next = redrawn;
  for (SchemeResult& s : out.schemes)
    for (SchemeEffect* effect : {&s.certain, &s.lost, &s.late})
      *effect = effect_of(outcomes[next++], reserves, base.organisations[s.organisation].reserves, out.system_contingency,
                          out.contingency[s.organisation], counted);
  for (const std::size_t f : factors) {
    FactorResult factor{base.factors[f].name, {}};
    for (std::size_t q = 0; q < std::size(factor_quantiles); ++q) {
      const Outcome& o = outcomes[next++];
      if (!o.reached) continue;
      Estimate fails = proportion(o.system.both + o.system.variant_only, out.factor_trials);
      fails.known = no_closer(known_chance_of(o.system_by_draw, counted, fails.value), fails);
      factor.fails.push_back(std::move(fails));
    }
    if (factor.fails.size() == std::size(factor_quantiles))
      out.factors.push_back(std::move(factor));
    else
      out.factors_not_told.push_back(std::move(factor.name));
  }
  VarianceShares shares = variance_shares(sections, base.draws > 0);
  if (!shares.shares.empty()) out.variance = std::move(shares);
}

}  // namespace shortfall
