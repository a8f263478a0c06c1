#include "study/recover_sets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "model/quantile.hpp"
#include "sim/record.hpp"
#include "study/compare.hpp"
#include "study/student_t.hpp"
#include "study/vary.hpp"

namespace shortfall::recover_parts {
namespace {

// Models that are simulated together.
constexpr std::size_t batch_models = 128;

// The first model of a set, and which outcomes of its options each of its models is of.
struct Slot {
  Set set = 0;
  std::vector<State> states;
  double reserves = 0;  // of each state the model's own are asked for
  Yearly added_back;    // to the system's margins, by year
  double cost = 0;      // all of it, whoever pays
};

struct Batch {
  const Plant& plant;
  const Inquiry& inquiry;
  std::vector<Slot> slots;                            // [0]: nothing done
  std::vector<std::pair<std::size_t, State>> models;  // [model]: the slot, and what it is of
  std::vector<const Model*> pointers;
  std::vector<double> reserves;  // [model]: of the system
  std::vector<std::size_t> unsure;
  std::vector<float> thresholds;                                // [unsure]: below it the option succeeds
  std::vector<Stream> streams;                                  // [unsure]
  std::array<float, driver_bins> edges;                         // of the bins, from below
  std::size_t candidates = 0;                                   // those of the inquiry
  std::size_t draws = 0;                                        // of what is not known, where the inquiry asks how far anything is
  double unit = 1;                                              // of sums of money in each draw
  std::vector<std::pair<std::size_t, std::size_t>> pairs = {};  // of slots
};

class SetRecord {
 public:
  SetRecord(const Batch& batch, std::optional<Scale> scale)
      : means(batch.inquiry.drivers != nullptr && batch.inquiry.choice.empty() ? batch.inquiry.drivers->size() * batch.candidates * driver_bins : 0),
        batch_(&batch),
        flags_(batch.unsure.size()),
        net_(batch.candidates),
        values_(batch.plant.target().is_mean() ? 0 : batch.slots.size()),
        bins_(batch.inquiry.drivers == nullptr ? 0 : batch.inquiry.drivers->size()) {
    if (scale) values.assign(batch.slots.size(), Histogram(*scale, batch.draws));
    if (batch.draws > 0) {
      const Frequency none{{}, {}, std::vector<Sum>(batch.draws)};
      drawn.trials.resize(batch.draws);
      if (batch.plant.target().is_mean()) drawn.aim.assign(batch.slots.size(), none), drawn.aim_change.assign(batch.pairs.size(), none);
      drawn.loss_change.assign(batch.pairs.size(), none);
      block_aim_.resize(batch.slots.size()), block_loss_ = block_aim_;
    }
    open_ = {0, std::vector<double>(batch.slots.size(), 0.0), std::vector<double>(batch.slots.size(), 0.0),
             std::vector<double>(batch.inquiry.choice.size(), 0.0)};
    empty_ = open_;
  }

  void prepare(BlockSimulator&, Draws& draws) {
    for (std::size_t k = 0; k < flags_.size(); ++k) {
      const Floats& normals = draws.normals(batch_->streams[k]);
      flags_[k] = of_each([below = batch_->thresholds[k]](float z) -> std::uint8_t { return z < below; }, normals);
    }
    for (std::size_t d = 0; d < bins_.size(); ++d) place(draws, (*batch_->inquiry.drivers)[d], bins_[d]);
  }

  void add(std::size_t m, const BlockResult& result, std::size_t rows) {
    const auto& [s, state] = batch_->models[m];
    const Slot& slot = batch_->slots[s];
    const Model& model = *batch_->pointers[m];
    if (slot.states.size() == 1) {
      batch_->plant.target().value_of(result, model, batch_->reserves[m], aim_);
      loss_of(slot, model, batch_->reserves[m], result, loss_);
    } else {
      Doubles aim, loss;
      batch_->plant.target().value_of(result, model, batch_->reserves[m], aim);
      loss_of(slot, model, batch_->reserves[m], result, loss);
      for (std::size_t i = 0; i < rows; ++i)
        if (is_of(state, i)) aim_[i] = aim[i], loss_[i] = loss[i];
    }
    draw_ = result.draw;
    if (m + 1 == batch_->models.size() || batch_->models[m + 1].first != s) finish(s, slot, rows);
    if (m + 1 == batch_->models.size()) finish_block(rows);
  }

  void end_section(std::uint64_t section) {
    const auto n = static_cast<double>(open_.trials);
    for (std::size_t s = 0; s < open_.aim.size(); ++s) {
      open_.loss[s] /= n;
      if (values_.empty()) {
        open_.aim[s] /= n;
      } else {
        open_.aim[s] = batch_->plant.target().statistic_of(values_[s]);
        values_[s].clear();
      }
    }
    for (double& gain : open_.gain) gain /= n;
    sections[section] = std::exchange(open_, empty_);
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.sections), f(self.values), f(self.means), f(self.drawn);
  }

  std::map<std::uint64_t, SetSection> sections;
  std::vector<Histogram> values;
  std::vector<Sum> means;
  SetDraws drawn;

 private:
  bool is_of(const State& state, std::size_t trial) const {
    for (std::size_t k = 0; k < flags_.size(); ++k) {
      const Set option = bit(batch_->unsure[k]);
      if ((state.paid & option) != 0 && ((state.succeeding & option) != 0) != (flags_[k][trial] != 0)) return false;
    }
    return true;
  }

  void place(Draws& draws, const Driver& driver, std::array<std::uint8_t, block_trials>& bins) {
    Floats score = Floats::Zero();
    for (std::size_t f = 0; f < driver.factors.size(); ++f) {
      const Factor& factor = driver.factors[f];
      score += driver.luck.loadings[f].weight * draws.normals(factor.stream);
    }
    if (driver.stream != 0) score += driver.luck.own_weight * draws.normals(driver.stream);
    for (std::size_t i = 0; i < block_trials; ++i)
      bins[i] = static_cast<std::uint8_t>(std::upper_bound(batch_->edges.begin() + 1, batch_->edges.end(), score[static_cast<Eigen::Index>(i)]) -
                                          batch_->edges.begin() - 1);
  }

  // The system's shortfall beyond its reserves, were what the options cost paid by somebody else.
  void loss_of(const Slot& slot, const Model& model, double reserves, const BlockResult& result, Doubles& loss) {
    const bool costs = std::any_of(slot.added_back.begin(), slot.added_back.end(), [](double c) { return c != 0; });
    if (!costs) {
      loss = (result.system_shortfall - reserves).max(0.0);
      return;
    }
    if (members_.empty()) {
      members_.resize(result.organisations);
      std::iota(members_.begin(), members_.end(), 0u);
      pooled_.resize(result.years);
    }
    for (std::size_t y = 0; y < result.years; ++y)
      pool_margins(result.margins(), members_, slot.added_back[y] - model.system_excess[y], y, pooled_[y]);
    shortfall_of(pooled_, model.carry, loss);
    loss = (loss - reserves).max(0.0);
  }

  void finish(std::size_t s, const Slot& slot, std::size_t rows) {
    if (values_.empty())
      open_.aim[s] += sum_of(aim_, rows);
    else
      values_[s].insert(values_[s].end(), aim_.data(), aim_.data() + rows);
    if (!values.empty()) values[s].add(aim_, rows, 0, draw_);
    open_.loss[s] += sum_of(loss_, rows);
    if (batch_->draws > 0) block_aim_[s] = sum_of(aim_, rows), block_loss_[s] = sum_of(loss_, rows);
    if (s == 0) base_aim_ = aim_, base_loss_ = loss_, open_.trials += rows;
    if (s >= batch_->candidates) return;
    const auto& per_point = batch_->plant.recovery().per_point;
    if (per_point)
      net_[s] = (batch_->plant.target().higher_is_better ? -100 : 100) * *per_point * (base_aim_ - aim_) - slot.cost;
    else
      net_[s] = base_loss_ - loss_ - slot.cost;
  }

  void finish_draw(std::size_t rows) {
    ++drawn.blocks;
    drawn.trials[draw_] += rows;
    const double of_aim = batch_->plant.target().is_chance() ? 1 : batch_->unit;
    for (std::size_t s = 0; s < drawn.aim.size(); ++s) drawn.aim[s].add(block_aim_[s] / of_aim, rows, draw_);
    for (std::size_t p = 0; p < batch_->pairs.size(); ++p) {
      const auto& [set, from] = batch_->pairs[p];
      if (!drawn.aim_change.empty()) drawn.aim_change[p].add((block_aim_[set] - block_aim_[from]) / of_aim, rows, draw_);
      drawn.loss_change[p].add((block_loss_[set] - block_loss_[from]) / batch_->unit, rows, draw_);
    }
  }

  void finish_block(std::size_t rows) {
    if (batch_->draws > 0) finish_draw(rows);
    if (bins_.empty()) return;
    for (std::size_t d = 0; d < bins_.size(); ++d) {
      if (batch_->inquiry.choice.empty()) {
        for (std::size_t c = 0; c < batch_->candidates; ++c) {
          std::array<double, driver_bins> sums{};
          for (std::size_t i = 0; i < rows; ++i) sums[bins_[d][i]] += net_[c][static_cast<Eigen::Index>(i)];
          for (std::size_t b = 0; b < driver_bins; ++b) means[(d * batch_->candidates + c) * driver_bins + b].add(sums[b]);
        }
        continue;
      }
      const std::vector<std::uint8_t>& choice = batch_->inquiry.choice[d];
      double gain = 0;
      for (std::size_t i = 0; i < rows; ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        gain += net_[choice[bins_[d][i]]][at] - net_[batch_->inquiry.best_now][at];
      }
      open_.gain[d] += gain;
    }
  }

  const Batch* batch_;
  std::vector<Flags> flags_;
  Doubles aim_, loss_, base_aim_, base_loss_;
  std::vector<Doubles> net_;  // [candidate]
  std::vector<std::vector<double>> values_;
  std::vector<std::array<std::uint8_t, block_trials>> bins_;
  std::vector<std::uint32_t> members_;
  std::vector<Doubles> pooled_;
  std::size_t draw_ = 0;
  std::vector<double> block_aim_, block_loss_;  // [set]: sums of the block's trials
  SetSection open_, empty_;
};

Batch batch_of(const Plant& plant, const Inquiry& inquiry, const std::vector<Set>& sets, std::size_t first, std::size_t last) {
  Batch out{plant, inquiry, {}, {}, {}, {}, plant.unsure(), {}, {}, {}, inquiry.drivers == nullptr ? 0 : inquiry.candidates};
  const auto add = [&](Set set) {
    Slot slot{set, plant.states_of(set), 0, plant.margin_cost(set), plant.recovery().cost_of(set)};
    for (const State& state : slot.states) out.models.emplace_back(out.slots.size(), state);
    out.slots.push_back(std::move(slot));
  };
  add(0);
  for (std::size_t i = first; i < last; ++i) add(sets[i]);
  for (const std::size_t i : out.unsure) {
    const RecoveryOption& option = plant.recovery().options[i];
    out.streams.push_back(stream_of("option:" + option.id.value));
    out.thresholds.push_back(static_cast<float>(normal_score({option.succeeds, 1 - option.succeeds})));
  }
  if (!inquiry.pairs.empty() && plant.base().draws > 0) {
    out.draws = plant.base().draws;
    out.unit = pilot(plant.base(), plant.run().seed).system_shortfall.spread;
    const auto slot_of = [&](Set set) {
      return static_cast<std::size_t>(std::find_if(out.slots.begin(), out.slots.end(), [&](const Slot& s) { return s.set == set; }) -
                                      out.slots.begin());
    };
    for (const auto& [set, from] : inquiry.pairs) out.pairs.emplace_back(slot_of(set), slot_of(from));
  }
  for (std::size_t b = 0; b < driver_bins; ++b) {
    const double below = static_cast<double>(b) / driver_bins;
    out.edges[b] = b == 0 ? -std::numeric_limits<float>::infinity() : static_cast<float>(normal_score({below, 1 - below}));
  }
  return out;
}

// Where values of the aim stand, for histograms of them.
std::optional<Scale> scale_of(const Plant& plant) {
  const Target& target = plant.target();
  if (target.is_mean()) return {};
  const Scales scales = pilot(plant.base(), plant.run().seed);
  if (target.value == Target::Value::saving) return scales.saving[target.organisation];
  Scale out = target.of == Target::Of::system ? scales.system_shortfall : scales.shortfall[target.organisation];
  if (target.value == Target::Value::beyond_reserves) {
    const double reserves = target.of == Target::Of::system ? reserves_of(plant.base()) : plant.base().organisations[target.organisation].reserves;
    out.middle -= reserves;
    out.floor = -std::numeric_limits<double>::max();
    if (out.levels)
      for (double& level : *out.levels) level -= reserves;
  }
  return out;
}

void append(std::vector<double>& to, const std::vector<double>& from, std::size_t begin) {
  to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(begin), from.end());
}

}  // namespace

std::uint64_t SetFigures::trials() const {
  std::uint64_t out = 0;
  for (const auto& [at, section] : sections) out += section.trials;
  return out;
}

std::size_t SetFigures::index(Set set) const { return static_cast<std::size_t>(std::find(sets.begin(), sets.end(), set) - sets.begin()); }

SetFigures simulate_sets(const Plant& plant, std::vector<Set> sets, Trials trials, const Inquiry& inquiry,
                         const std::function<void(double)>& progress, Problems& problems) {
  const std::optional<Scale> scale = inquiry.whole_values ? scale_of(plant) : std::nullopt;
  SetFigures out;
  out.sets = std::move(sets);
  // The candidates of an inquiry stand side by side in one batch.
  const bool whole = inquiry.drivers != nullptr;
  for (std::size_t first = 1, last; problems.empty() && (first < out.sets.size() || out.sections.empty()); first = last) {
    std::size_t models = 1;
    for (last = first; last < out.sets.size() && (whole || last == first || models + plant.count_states(out.sets[last]) <= batch_models); ++last)
      models += plant.count_states(out.sets[last]);
    Batch batch = batch_of(plant, inquiry, out.sets, first, last);
    std::vector<State> states;
    for (const auto& [slot, state] : batch.models) states.push_back(state);
    const std::vector<Model> made = plant.models(states, problems);
    if (!problems.empty()) return out;
    batch.pointers = pointers_to(made);
    for (const Model& m : made) batch.reserves.push_back(reserves_of(m));
    SimulateOptions options = paired_options(plant.run());
    options.progress = {};
    const double begun = static_cast<double>(first - 1), more = static_cast<double>(last - first), all = static_cast<double>(out.sets.size());
    if (progress)
      options.progress = [&](std::uint64_t done) { progress((begun + more * static_cast<double>(done) / static_cast<double>(trials.count)) / all); };
    SetRecord record = shortfall::record(batch.pointers, trials, options, SetRecord(batch, scale));
    const std::size_t skipped = out.sections.empty() ? 0 : 1;
    for (auto& [at, section] : record.sections) {
      SetSection& all_of_it = out.sections[at];
      all_of_it.trials = section.trials;
      append(all_of_it.aim, section.aim, skipped);
      append(all_of_it.loss, section.loss, skipped);
      all_of_it.gain = std::move(section.gain);
    }
    for (std::size_t s = skipped; s < record.values.size(); ++s) out.values.push_back(std::move(record.values[s]));
    out.means = std::move(record.means);
    if (batch.draws > 0) out.pairs = inquiry.pairs, out.draws = std::move(record.drawn), out.draws.unit = batch.unit;
  }
  return out;
}

std::vector<double> Figures::aims(std::size_t set) const {
  std::vector<double> out;
  for (const auto& [at, section] : of.sections) out.push_back(section.aim[set]);
  return out;
}

std::vector<double> Figures::net_benefits(std::size_t set) const {
  const Recovery& recovery = plant.recovery();
  std::vector<double> out;
  const double cost = recovery.cost_of(of.sets[set]), sign = plant.target().higher_is_better ? -1 : 1;
  for (const auto& [at, section] : of.sections)
    out.push_back(
        (recovery.per_point ? sign * 100 * *recovery.per_point * (section.aim[0] - section.aim[set]) : section.loss[0] - section.loss[set]) - cost);
  return out;
}

std::size_t Figures::worlds() const { return plant.base().draws * block_trials / section_trials; }
double Figures::freedom() const { return section_freedom(of.sections.size(), worlds()); }

Estimate Figures::estimate(double value, const std::vector<double>& by_section) const {
  std::vector<SectionChange> sections;
  std::size_t i = 0;
  for (const auto& [at, section] : of.sections) sections.push_back({by_section[i++], section.trials});
  return by_sections(value, sections, worlds());
}

namespace {

double mean_over(const SetFigures& figures, const std::vector<double>& by_section) {
  double sum = 0, trials = 0;
  std::size_t i = 0;
  for (const auto& [at, section] : figures.sections) {
    sum += static_cast<double>(section.trials) * by_section[i++];
    trials += static_cast<double>(section.trials);
  }
  return sum / trials;
}

std::vector<double> less(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

// A chance that hardly any of so many trials show, or lack, is known to 3/trials at best.
Estimate no_narrower(Estimate e, double least, double low, double high) {
  e.low = std::max(low, std::min(e.low, e.value - least));
  e.high = std::min(high, std::max(e.high, e.value + least));
  return e;
}

}  // namespace

double Figures::whole_aim(std::size_t set) const {
  const Target& target = plant.target();
  if (target.is_mean() || of.values.empty()) return mean_over(of, aims(set));
  const Histogram& h = of.values[set];
  if (target.statistic == Target::Statistic::tail) return h.mean_above(target.q).mean;
  return target.value == Target::Value::beyond_reserves ? std::max(0.0, h.quantile(target.q)) : h.quantile(target.q);
}

Counted Figures::counted() const { return {paired_method(plant.run().sampling), of.trials(), of.draws.blocks, of.draws.trials}; }

namespace {

// A range of something in another unit; the factor may turn it round.
std::optional<KnownRange> times(const std::optional<KnownRange>& range, double factor, double more = 0) {
  if (!range) return {};
  const double a = factor * range->low + more, b = factor * range->high + more;
  return KnownRange{std::min(a, b), std::max(a, b)};
}

}  // namespace

std::optional<KnownRange> Figures::known_aim(std::size_t set, double value) const {
  if (of.draws.trials.empty()) return {};
  const Target& target = plant.target();
  if (target.is_chance()) return known_chance_of(of.draws.aim[set], counted(), value);
  const double unit = of.draws.unit;
  if (target.is_mean()) return times(known_amount_of(of.draws.aim[set], counted(), value / unit), unit);
  const Histogram& h = of.values[set];
  if (target.statistic == Target::Statistic::tail) return tail_mean_of(h, target.q).known;
  const Estimate e = quantile_of(h, target.q);
  return target.value == Target::Value::beyond_reserves ? beyond(e, 0).known : e.known;
}

std::optional<KnownRange> Figures::known_change(std::size_t set, std::size_t from, double value) const {
  const auto pair = std::find(of.pairs.begin(), of.pairs.end(), std::pair(of.sets[set], of.sets[from]));
  if (pair == of.pairs.end() || of.draws.aim_change.empty()) return {};
  const double unit = plant.target().is_chance() ? 1 : of.draws.unit;
  return times(known_amount_of(of.draws.aim_change[static_cast<std::size_t>(pair - of.pairs.begin())], counted(), value / unit), unit);
}

std::optional<KnownRange> Figures::known_net_benefit(std::size_t set, std::size_t from, double value) const {
  const auto pair = std::find(of.pairs.begin(), of.pairs.end(), std::pair(of.sets[set], of.sets[from]));
  if (pair == of.pairs.end()) return {};
  const Recovery& recovery = plant.recovery();
  const double cost = recovery.cost_of(of.sets[set]) - recovery.cost_of(of.sets[from]);
  if (recovery.per_point) {
    const double per = (plant.target().higher_is_better ? 100 : -100) * *recovery.per_point;
    return per == 0 ? std::nullopt : times(known_change(set, from, (value + cost) / per), per, -cost);
  }
  const double unit = of.draws.unit;
  return times(known_amount_of(of.draws.loss_change[static_cast<std::size_t>(pair - of.pairs.begin())], counted(), -(value + cost) / unit), -unit,
               -cost);
}

Estimate Figures::aim(std::size_t set) const {
  Estimate e = estimate(whole_aim(set), aims(set));
  if (plant.target().is_chance()) e = no_narrower(e, 3 / static_cast<double>(of.trials()), 0, 1);
  e.known = no_closer(known_aim(set, e.value), e);
  return e;
}

Estimate Figures::aim_change(std::size_t set, std::size_t from) const {
  const std::vector<double> by_section = less(aims(set), aims(from));
  Estimate e = estimate(whole_aim(set) - whole_aim(from), by_section);
  // A quantile is linear within its bin, of all futures; that of a section is not.
  e.low = std::min(e.low, mean_over(of, by_section));
  e.high = std::max(e.high, mean_over(of, by_section));
  const bool same = e.low == 0 && e.high == 0;
  if (plant.target().is_chance() && !same) e = no_narrower(e, 3 / static_cast<double>(of.trials()), -1, 1);
  e.known = no_closer(known_change(set, from, e.value), e);
  return e;
}

Estimate Figures::net_benefit(std::size_t set) const {
  const std::vector<double> all = net_benefits(set);
  Estimate e = estimate(mean_over(of, all), all);
  e.known = no_closer(known_net_benefit(set, 0, e.value), e);
  return e;
}

Estimate Figures::net_benefit_change(std::size_t set, std::size_t from) const {
  const std::vector<double> all = less(net_benefits(set), net_benefits(from));
  Estimate e = estimate(mean_over(of, all), all);
  e.known = no_closer(known_net_benefit(set, from, e.value), e);
  return e;
}


bool by_net_benefit(const Recovery& recovery) { return recovery.per_point || !recovery.budget; }

Estimate gain_over(const Figures& figures, std::size_t set, std::size_t from) {
  if (by_net_benefit(figures.plant.recovery())) return figures.net_benefit_change(set, from);
  const Estimate change = figures.aim_change(set, from);
  return figures.plant.target().higher_is_better ? change : negated(change);
}

double errors_above_0(const Estimate& e, double freedom) {
  const double reach = e.value - e.low;
  if (reach <= 0) return e.value > 0 ? std::numeric_limits<double>::infinity() : e.value < 0 ? -std::numeric_limits<double>::infinity() : 0;
  return e.value / (reach / student_t_reach95(freedom));
}

bool surely_above_0(const Estimate& e, double freedom) { return e.value > 0 && errors_above_0(e, freedom) > student_t_level(freedom, 0.99); }

}  // namespace shortfall::recover_parts
