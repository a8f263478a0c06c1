#include "model/known_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "base/for_each.hpp"
#include "model/drawn_metalog.hpp"
#include "model/model.hpp"
#include "model/posterior.hpp"
#include "model/quantile.hpp"

namespace shortfall {
namespace {

double worth(const std::optional<RecordsBehind>& records, std::string_view grade) {
  if (records && records->prior > 0) return records->prior;
  return records && grade == "calibrated" ? 0 : prior_weight(grade);
}
double ended(const std::optional<RecordsBehind>& records) { return records ? records->all : 0; }
double went_ahead(const std::optional<RecordsBehind>& records) { return records ? records->went_ahead : 0; }

// What a chance is, as its records and its prior together are worth so many.
BetaPosterior chance_of(double chance, double records) { return {records * chance, records * (1 - chance)}; }

// A single value, or a few, has no shape to be unsure of.
bool has_shape(const Shape& shape) { return !std::holds_alternative<Fixed>(shape) && !std::holds_alternative<Values>(shape); }

// Conditionals at drop-out scores a quarter apart, and between them by the cubic through the four nearest: off by 1e-4 of a score at most.
constexpr double grid = 4;
constexpr std::int32_t octave_halvings = 2;
constexpr double rarest = 1e-7;  // below it nothing drops out
bool drops_some(double chance) { return chance > rarest && chance < 1 - rarest; }
int cell_of(double score) { return static_cast<int>(std::floor(score * grid)); }

using Conditionals = std::map<int, Conditional>;  // by the drop-out score in quarters

// Where a chance lies between those that are tabulated.
struct Between {
  const Conditional* four[4] = {};  // null: nothing drops out, or all does
  float weights[4] = {}, threshold = 0;

  Between() = default;
  Between(const Conditionals& made, double drops_out) {
    const double score = normal_score({drops_out, 1 - drops_out}), t = score * grid - cell_of(score);
    const double cubic[4] = {-t * (t - 1) * (t - 2) / 6, (t + 1) * (t - 1) * (t - 2) / 2, -(t + 1) * t * (t - 2) / 2, (t + 1) * t * (t - 1) / 6};
    threshold = static_cast<float>(score);
    for (int k = 0; k < 4; ++k) four[k] = &made.at(cell_of(score) + k - 1), weights[k] = static_cast<float>(cubic[k]);
  }
  std::shared_ptr<const Conditional> made() const {
    if (four[0] == nullptr) return nullptr;
    auto out = std::make_shared<Conditional>();
    out->threshold = threshold;
    out->octave_halvings = octave_halvings;
    out->cells.resize(four[0]->cells.size());
    const float *a = four[0]->cells[0].of, *b = four[1]->cells[0].of, *c = four[2]->cells[0].of, *d = four[3]->cells[0].of;
    float* to = out->cells[0].of;
    for (std::size_t i = 0; i < 4 * out->cells.size(); ++i) to[i] = (weights[0] * a[i] + weights[1] * b[i]) + (weights[2] * c[i] + weights[3] * d[i]);
    return out;
  }
};

}  // namespace

struct KnownTables::State {
  // A stage's chance and a class's own, which comes on top.
  struct Chances {
    std::string key;
    std::vector<double> drops_out;  // [draw]
    std::shared_ptr<const Drawn<Conditional>> drawn;
  };
  struct Share {
    const ReferenceClass* of;
    Stage stage;
    Distribution as_written;
    Chances* chances;  // null: none is unknown
    std::shared_ptr<const DrawnMarginal> made;
  };
  template <class Made>
  struct OfClass {
    const ReferenceClass* of;
    std::shared_ptr<const Made> made;
  };
  using Overrun = OfClass<DrawnMarginal>;
  using Delay = OfClass<Drawn<Months>>;

  const Reference& reference;
  KnowledgeDraws draws;
  double optimism;
  int most_months;
  Tables& tables;
  std::vector<Share> shares;
  std::vector<Overrun> overruns;
  std::vector<Delay> delays;
  std::map<std::string, Chances> chances;
  std::shared_ptr<Conditionals> conditionals = std::make_shared<Conditionals>();

  ClassPosterior posterior_of(const ReferenceClass& c, const Shape& shape) const {
    const Bounds bounds = bounds_of(shape);
    return class_posterior(nearest_feasible(fit_metalog(shape, bounds)), bounds, went_ahead(c.records), worth(c.records, c.grade));
  }
  std::uint64_t key_of(const char* what, const ReferenceClass& c, const Distribution& d, std::string_view more) const {
    const Bounds b = bounds_of(d.shape);
    std::string key = fmt::format("{} {} {} {} {} {} {} {} {} {}", what, c.id.value, draws.count, draws.seed, optimism, most_months,
                                  went_ahead(c.records), worth(c.records, c.grade), b.low.value_or(HUGE_VAL), b.high.value_or(HUGE_VAL));
    if (draws.choice) key += choice_of(c);
    const Coefficients a = has_shape(d.shape) ? fit_metalog(d.shape, b) : Coefficients(d.drops_out, 0, 0);
    return stream_of(fmt::format("{} {} {} {} {}", key, a[0], a[1], a[2], more));
  }
  std::vector<Coefficients> drawn(const ClassPosterior& posterior, const char* what, const ReferenceClass& c) const {
    const std::string name = fmt::format("{}:{}", what, c.id.value);
    if (!draws.choice) return posterior_draws(posterior, draws.count, draws.seed, name);
    return chosen(posterior_draws(posterior, draws.choice->of, draws.seed, name), draws.choice->classes, c.id.value, posterior.centre);
  }

  // Of all draws of something the ones that each draw takes.
  template <class Value, class Names, class Name>
  std::vector<Value> chosen(const std::vector<Value>& all, const Names& choices, const Name& name, const Value& as_written) const {
    std::vector<Value> out(draws.count, as_written);
    const auto which = choices.find(name);
    if (which == choices.end()) return out;
    for (std::size_t k = 0; k < out.size(); ++k)
      if (which->second[k] != KnowledgeDraws::as_written) out[k] = all[which->second[k]];
    return out;
  }
  template <class Names, class Name>
  static std::string choice_of(const Names& choices, const Name& name) {
    const auto which = choices.find(name);
    return which == choices.end() ? std::string(" as written") : fmt::format(" {}", fmt::join(which->second, ","));
  }
  std::string choice_of(const ReferenceClass& c) const { return choice_of(draws.choice->classes, c.id.value); }

  Chances* chances_of(const ReferenceClass& c, Stage stage) {
    const auto s = static_cast<std::size_t>(stage);
    const double of_stage = c.programme ? 0.0 : reference.drops_out[s], of_class = c.share.drops_out;
    const bool unknown_stage = of_stage > 0 && of_stage < 1;
    const bool unknown_class = of_class > 0 && of_class < 1;
    if (!unknown_stage && !unknown_class) return nullptr;
    const double stage_records = ended(reference.stage_records[s]) + worth(reference.stage_records[s], reference.stage_grades[s]);
    const double class_records = ended(c.records) + worth(c.records, c.grade);
    std::string key = fmt::format("{} {} {}", unknown_stage ? name_of(stage) : std::string_view(), of_stage, stage_records);
    key += fmt::format(" {} {} {}", unknown_class ? c.id.value : std::string(), of_class, unknown_class ? class_records : 0);
    if (draws.choice) key += choice_of(draws.choice->stages, stage) + choice_of(c);
    const auto [at, fresh] = chances.try_emplace(key);
    if (!fresh) return &at->second;
    const auto draw = [&](double chance, bool unknown, double records, const std::string& drawn_as, const auto& choices, const auto& name) {
      if (!unknown) return std::vector<double>(draws.count, chance);
      if (!draws.choice) return chance_of(chance, records).draws(draws.count, draws.seed, drawn_as);
      return chosen(chance_of(chance, records).draws(draws.choice->of, draws.seed, drawn_as), choices, name, chance);
    };
    static const KnowledgeDraws::Choice none;
    const KnowledgeDraws::Choice& choice = draws.choice ? *draws.choice : none;
    at->second.key = key;
    at->second.drops_out = draw(of_stage, unknown_stage, stage_records, fmt::format("stage:{}", name_of(stage)), choice.stages, stage);
    const std::vector<double> own = draw(of_class, unknown_class, class_records, fmt::format("drops_out:{}", c.id.value), choice.classes, c.id.value);
    for (std::size_t k = 0; k < own.size(); ++k) at->second.drops_out[k] += (1 - at->second.drops_out[k]) * own[k];
    return &at->second;
  }

  void make_conditionals(unsigned threads) {
    std::set<int> wanted;
    for (const auto& [key, c] : chances)
      for (const double p : c.drops_out)
        for (int k = -1; drops_some(p) && k <= 2; ++k) wanted.insert(cell_of(normal_score({p, 1 - p})) + k);
    std::vector<std::pair<double, Conditional*>> all;
    for (const int cell : wanted) all.emplace_back(cell / grid, &(*conditionals)[cell]);
    for_each(all.size(), threads,
             [&](std::uint64_t i, unsigned) { *all[i].second = tabulated_conditional(normal_chance(all[i].first).below, octave_halvings); });
    for (auto& [key, c] : chances) {
      std::vector<Between> between;
      for (const double p : c.drops_out) between.push_back(drops_some(p) ? Between(*conditionals, p) : Between());
      auto drawn = std::make_shared<Drawn<Conditional>>();
      drawn->key = stream_of(fmt::format("{} {} {}", key, draws.count, draws.seed));
      // The tables that it lies between live as long as it is asked for.
      drawn->make = [of = conditionals, between = std::move(between)](std::size_t draw) { return between[draw].made(); };
      c.drawn = std::move(drawn);
    }
  }

  std::shared_ptr<const Drawn<Curve>> curve(const char* what, const ReferenceClass& c, const Distribution& d) const {
    const ClassPosterior posterior = posterior_of(c, d.shape);
    auto made = std::make_shared<Drawn<Curve>>();
    made->key = key_of(what, c, d, "");
    made->make = [curves = DrawnCurves(posterior.centre, posterior.bounds, optimism), all = drawn(posterior, what, c)](std::size_t draw) {
      return std::make_shared<const Curve>(curves.of(all[draw]));
    };
    return made;
  }

  // A marginal as it is written, but for what is drawn.
  static Marginal without_curve(Marginal m) {
    m.thresholds.clear(), m.first.clear(), m.slope.clear();
    m.curve = nullptr, m.conditional = nullptr;
    m.kind = Marginal::Kind::curve;
    return m;
  }

  // All stages of a class at once.
  void make_shares(const ReferenceClass& c) {
    const bool shaped = has_shape(c.share.shape);
    const std::shared_ptr<const Drawn<Curve>> of_class = shaped ? curve("share", c, c.share) : nullptr;
    for (Share& s : shares) {
      // Where no chance is unknown, nothing drops out, or all does: then nothing is drawn.
      if (s.of != &c || (s.chances == nullptr && (!shaped || s.as_written.drops_out >= 1))) continue;
      auto made = std::make_shared<DrawnMarginal>();
      made->key = key_of("share", c, s.as_written, fmt::format("{} {}", s.as_written.drops_out, s.chances == nullptr ? "" : s.chances->key));
      made->as_written = share_marginal(s.as_written, optimism, &tables);
      if (shaped) made->as_written = without_curve(made->as_written), made->curve = of_class;
      if (s.chances != nullptr) make_drop_outs(s, shaped, *made);
      s.made = std::move(made);
    }
  }
  void make_drop_outs(const Share& s, bool shaped, DrawnMarginal& made) const {
    if (shaped) made.conditional = s.chances->drawn;
    const std::vector<double>& drops_out = s.chances->drops_out;
    if (shaped && std::all_of(drops_out.begin(), drops_out.end(), [](double p) { return p < 1 - rarest; })) return;
    for (const double p : drops_out)
      made.whole.push_back(shaped && p < 1 - rarest ? nullptr : std::make_shared<const Marginal>(share_marginal({s.as_written.shape, p}, optimism)));
  }

  void make_overruns(Overrun& o) const {
    if (!has_shape(o.of->overrun.shape)) return;
    auto made = std::make_shared<DrawnMarginal>();
    made->key = key_of("overrun", *o.of, o.of->overrun, "");
    made->as_written = without_curve(overrun_marginal(o.of->overrun, optimism, &tables));
    made->curve = curve("overrun", *o.of, o.of->overrun);
    o.made = std::move(made);
  }

  void make_delays(Delay& d) const {
    if (!has_shape(d.of->delay.shape)) return;
    const ClassPosterior posterior = posterior_of(*d.of, d.of->delay.shape);
    auto made = std::make_shared<Drawn<Months>>();
    made->key = key_of("delay", *d.of, d.of->delay, "");
    made->make = [delays = DrawnDelays(posterior.bounds, optimism, most_months), all = drawn(posterior, "delay", *d.of)](std::size_t draw) {
      return std::make_shared<const Months>(delays.of(all[draw]));
    };
    d.made = std::move(made);
  }

  void make(unsigned threads) {
    if (optimism == 0) return;  // all goes as the plan says, whatever is known
    for (Share& s : shares) s.chances = chances_of(*s.of, s.stage);
    make_conditionals(threads);
    std::vector<const ReferenceClass*> classes;
    for (const Share& s : shares)
      if (std::find(classes.begin(), classes.end(), s.of) == classes.end()) classes.push_back(s.of);
    for_each(classes.size(), threads, [&](std::uint64_t i, unsigned) { make_shares(*classes[i]); });
    for_each(overruns.size(), threads, [&](std::uint64_t i, unsigned) { make_overruns(overruns[i]); });
    for_each(delays.size(), threads, [&](std::uint64_t i, unsigned) { make_delays(delays[i]); });
  }
};

KnownTables::KnownTables(const Reference& reference, KnowledgeDraws draws, double optimism, int most_months, Tables& tables)
    : state_(new State{reference, draws, optimism, most_months, tables, {}, {}, {}, {}}) {}
KnownTables::~KnownTables() = default;

std::size_t KnownTables::add_share(const ReferenceClass& c, Stage stage, const Distribution& as_written) {
  std::vector<State::Share>& all = state_->shares;
  const auto at = std::find_if(all.begin(), all.end(), [&](const State::Share& s) { return s.of == &c && s.stage == stage; });
  if (at != all.end()) return static_cast<std::size_t>(at - all.begin());
  all.push_back({&c, stage, as_written, nullptr, nullptr});
  return all.size() - 1;
}

namespace {

// The place among `all` of a class's own, which is added where it is new.
template <class All>
std::size_t add_class(All& all, const ReferenceClass& c) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& x) { return x.of == &c; });
  if (at != all.end()) return static_cast<std::size_t>(at - all.begin());
  all.push_back({&c, nullptr});
  return all.size() - 1;
}

}  // namespace

std::size_t KnownTables::add_overrun(const ReferenceClass& c) { return add_class(state_->overruns, c); }
std::size_t KnownTables::add_delay(const ReferenceClass& c) { return add_class(state_->delays, c); }
void KnownTables::make(unsigned threads) { state_->make(threads); }

std::shared_ptr<const DrawnMarginal> KnownTables::share(std::size_t number) const { return state_->shares[number].made; }
std::shared_ptr<const DrawnMarginal> KnownTables::overrun(std::size_t number) const { return state_->overruns[number].made; }
std::shared_ptr<const Drawn<Months>> KnownTables::delay(std::size_t number) const { return state_->delays[number].made; }

}  // namespace shortfall
