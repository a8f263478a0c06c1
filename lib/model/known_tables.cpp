#include "model/known_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <Eigen/Core>
#include <map>
#include <set>
#include <string>

#include "base/for_each.hpp"
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

// ln(y/(1 − y)), and (y − 1/2) times it, where curves have their knots.
struct Basis {
  Eigen::ArrayXd odds, bent;
};
const Basis& basis() {
  static const Basis made = [] {
    const std::vector<double>& scores = coarse_scores();
    Basis out{Eigen::ArrayXd(scores.size()), Eigen::ArrayXd(scores.size())};
    for (std::size_t k = 0; k < scores.size(); ++k) {
      const Chance c = normal_chance(scores[k]);
      const auto at = static_cast<Eigen::Index>(k);
      out.odds[at] = std::log(c.below / c.above);
      out.bent[at] = (c.below - c.above) / 2 * out.odds[at];
    }
    return out;
  }();
  return made;
}

Curve curve_of(const Coefficients& a, const Bounds& b, double optimism) {
  const Basis& at = basis();
  Eigen::ArrayXd z = a[0] + a[1] * at.odds + a[2] * at.bent;
  if (b.low && b.high) {
    const Eigen::ArrayXd small = (-z.abs()).exp();
    z = (z > 0).select(*b.high + *b.low * small, *b.low + *b.high * small) / (1 + small);
  } else if (b.low) {
    z = *b.low + z.exp();
  } else if (b.high) {
    z = *b.high - (-z).exp();
  }
  return coarse_curve({z.begin(), z.end()}, optimism);
}

// The log odds at which the metalog reaches z on its line: by Newton's method, within a bracket.
double log_odds_at(const Coefficients& a, double z, double start) {
  double low = -45, high = 45, t = std::clamp(start, low, high);
  for (int i = 0; i < 60; ++i) {
    const double y = 1 / (1 + std::exp(-t)), error = a[0] + a[1] * t + a[2] * (y - 0.5) * t - z;
    (error > 0 ? high : low) = t;
    const double slope = a[1] + a[2] * ((y - 0.5) + t * y * (1 - y)), next = t - error / slope;
    if (std::abs(next - t) < 1e-7) return next;
    t = next > low && next < high ? next : (low + high) / 2;
  }
  return t;
}

Months months_of(const Coefficients& a, const Bounds& b, double optimism, int most) {
  std::vector<float> thresholds;
  double t = 0;
  for (int m = 1; m <= most; ++m) {
    const double late = (m - 0.5) / optimism;
    if (b.high && late >= *b.high) break;
    if (b.low && late <= *b.low) {
      thresholds.push_back(above_every_score);
      continue;
    }
    const double z = onto_line(late, b);
    t = log_odds_at(a, z, m == 1 ? (z - a[0]) / a[1] : t);
    if (t > 41) break;  // rarer than any score
    const double later = 1 / (1 + std::exp(t));
    thresholds.push_back(static_cast<float>(std::clamp(normal_score({later, 1 / (1 + std::exp(-t))}), -1e6, 1e6)));
  }
  return Months(std::move(thresholds));
}

// Conditionals at drop-out scores a quarter apart, and between them by the cubic through the four nearest: off by 1e-4 of a score at most.
constexpr double grid = 4;
constexpr double rarest = 1e-7;  // below it nothing drops out

int cell_of(double drops_out) { return static_cast<int>(std::floor(normal_score({drops_out, 1 - drops_out}) * grid)); }

std::shared_ptr<const Conditional> between(const std::map<int, Conditional>& made, double drops_out) {
  const double score = normal_score({drops_out, 1 - drops_out}), t = score * grid - cell_of(drops_out);
  const float weights[4] = {static_cast<float>(-t * (t - 1) * (t - 2) / 6), static_cast<float>((t + 1) * (t - 1) * (t - 2) / 2),
                            static_cast<float>(-(t + 1) * t * (t - 2) / 2), static_cast<float>((t + 1) * t * (t - 1) / 6)};
  const float* from[4];
  for (int k = 0; k < 4; ++k) from[k] = made.at(cell_of(drops_out) + k - 1).cells[0].of;
  auto out = std::make_shared<Conditional>();
  out->threshold = static_cast<float>(score);
  constexpr int numbers = 4 * Conditional::octaves * Conditional::cells_per_octave;
  float* to = out->cells[0].of;
  for (int i = 0; i < numbers; ++i) to[i] = (weights[0] * from[0][i] + weights[1] * from[1][i]) + (weights[2] * from[2][i] + weights[3] * from[3][i]);
  return out;
}

}  // namespace

struct KnownTables::State {
  // A stage's chance and a class's own, which comes on top.
  struct Chances {
    std::string key;
    std::vector<double> drops_out;                            // [draw]
    std::vector<std::shared_ptr<const Conditional>> between;  // [draw]; null where nothing drops out, or all
  };
  struct Share {
    const ReferenceClass* of;
    Stage stage;
    Distribution as_written;
    Chances* chances;  // null: none is unknown
    std::shared_ptr<const DrawnTables<Marginal>> made;
  };
  template <class Table>
  struct OfClass {
    const ReferenceClass* of;
    std::shared_ptr<const DrawnTables<Table>> made;
  };
  using Overrun = OfClass<Marginal>;
  using Delay = OfClass<Months>;

  const Reference& reference;
  KnowledgeDraws draws;
  double optimism;
  int most_months;
  std::vector<Share> shares;
  std::vector<Overrun> overruns;
  std::vector<Delay> delays;
  std::map<std::string, Chances> chances;
  std::map<int, Conditional> conditionals;  // by the drop-out score in quarters

  ClassPosterior posterior_of(const ReferenceClass& c, const Shape& shape) const {
    const Bounds bounds = bounds_of(shape);
    return class_posterior(nearest_feasible(fit_metalog(shape, bounds)), bounds, went_ahead(c.records), worth(c.records, c.grade));
  }
  std::uint64_t key_of(const char* what, const ReferenceClass& c, const Distribution& d, std::string_view more) const {
    const Bounds b = bounds_of(d.shape);
    std::string key = fmt::format("{} {} {} {} {} {} {} {} {} {}", what, c.id.value, draws.count, draws.seed, optimism, most_months,
                                  went_ahead(c.records), worth(c.records, c.grade), b.low.value_or(HUGE_VAL), b.high.value_or(HUGE_VAL));
    const Coefficients a = has_shape(d.shape) ? fit_metalog(d.shape, b) : Coefficients(d.drops_out, 0, 0);
    return stream_of(fmt::format("{} {} {} {} {}", key, a[0], a[1], a[2], more));
  }
  std::vector<Coefficients> drawn(const char* what, const ReferenceClass& c, const Shape& shape) const {
    return posterior_draws(posterior_of(c, shape), draws.count, draws.seed, fmt::format("{}:{}", what, c.id.value));
  }

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
    const auto [at, fresh] = chances.try_emplace(key);
    if (!fresh) return &at->second;
    const auto draw = [&](double chance, bool unknown, double records, std::string name) {
      return unknown ? chance_of(chance, records).draws(draws.count, draws.seed, name) : std::vector<double>(draws.count, chance);
    };
    at->second.key = key;
    at->second.drops_out = draw(of_stage, unknown_stage, stage_records, fmt::format("stage:{}", name_of(stage)));
    const std::vector<double> own = draw(of_class, unknown_class, class_records, fmt::format("drops_out:{}", c.id.value));
    for (std::size_t k = 0; k < own.size(); ++k) at->second.drops_out[k] += (1 - at->second.drops_out[k]) * own[k];
    return &at->second;
  }

  static bool drops_some(double chance) { return chance > rarest && chance < 1 - rarest; }

  void make_conditionals(unsigned threads) {
    std::set<int> wanted;
    for (const auto& [key, c] : chances)
      for (const double p : c.drops_out)
        for (int k = -1; drops_some(p) && k <= 2; ++k) wanted.insert(cell_of(p) + k);
    std::vector<Conditional*> all;
    std::vector<double> scores;
    for (const int cell : wanted) all.push_back(&conditionals[cell]), scores.push_back(cell / grid);
    for_each(all.size(), threads, [&](std::uint64_t i, unsigned) { *all[i] = tabulated_conditional(normal_chance(scores[i]).below); });
    std::vector<Chances*> each;
    for (auto& [key, c] : chances) each.push_back(&c);
    for_each(each.size(), threads, [&](std::uint64_t i, unsigned) {
      for (const double p : each[i]->drops_out) each[i]->between.push_back(drops_some(p) ? between(conditionals, p) : nullptr);
    });
  }

  std::vector<std::shared_ptr<const Curve>> curves(const char* what, const ReferenceClass& c, const Shape& shape) const {
    std::vector<std::shared_ptr<const Curve>> out;
    const Bounds bounds = bounds_of(shape);
    for (const Coefficients& a : drawn(what, c, shape)) out.push_back(std::make_shared<const Curve>(curve_of(a, bounds, optimism)));
    return out;
  }

  // As it is written but for the curve and what drops out.
  Marginal share_in(const Share& s, const Marginal& as_written, std::size_t draw, const std::shared_ptr<const Curve>& curve) const {
    const double p = s.chances == nullptr ? s.as_written.drops_out : s.chances->drops_out[draw];
    if (curve == nullptr || p >= 1 - rarest) return share_marginal({s.as_written.shape, p}, optimism);
    Marginal m = as_written;
    m.thresholds.clear(), m.first.clear(), m.slope.clear();
    m.curve = curve;
    m.kind = p > rarest ? Marginal::Kind::dropping : Marginal::Kind::curve;
    m.conditional = s.chances == nullptr ? as_written.conditional : s.chances->between[draw];
    m.drop_threshold = p > rarest ? m.conditional->threshold : -above_every_score;
    return m;
  }

  // All stages of a class at once.
  void make_shares(const ReferenceClass& c) {
    const bool shaped = has_shape(c.share.shape);
    const auto drawn_curves = shaped ? curves("share", c, c.share.shape) : std::vector<std::shared_ptr<const Curve>>(draws.count);
    for (Share& s : shares) {
      if (s.of != &c || (!shaped && s.chances == nullptr)) continue;
      auto made = std::make_shared<DrawnTables<Marginal>>();
      made->key = key_of("share", c, s.as_written, s.chances == nullptr ? "" : s.chances->key);
      const Marginal as_written = share_marginal(s.as_written, optimism);
      for (std::size_t k = 0; k < draws.count; ++k) made->of.push_back(share_in(s, as_written, k, drawn_curves[k]));
      s.made = std::move(made);
    }
  }

  void make_overruns(Overrun& o) const {
    if (!has_shape(o.of->overrun.shape)) return;
    auto made = std::make_shared<DrawnTables<Marginal>>();
    made->key = key_of("overrun", *o.of, o.of->overrun, "");
    Marginal m = overrun_marginal(o.of->overrun, optimism);
    m.kind = Marginal::Kind::curve;
    m.thresholds.clear(), m.first.clear(), m.slope.clear();
    for (const auto& curve : curves("overrun", *o.of, o.of->overrun.shape)) m.curve = curve, made->of.push_back(m);
    o.made = std::move(made);
  }

  void make_delays(Delay& d) const {
    if (!has_shape(d.of->delay.shape)) return;
    auto made = std::make_shared<DrawnTables<Months>>();
    made->key = key_of("delay", *d.of, d.of->delay, "");
    const Bounds bounds = bounds_of(d.of->delay.shape);
    for (const Coefficients& a : drawn("delay", *d.of, d.of->delay.shape)) made->of.push_back(months_of(a, bounds, optimism, most_months));
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

KnownTables::KnownTables(const Reference& reference, KnowledgeDraws draws, double optimism, int most_months)
    : state_(new State{reference, draws, optimism, most_months, {}, {}, {}, {}, {}}) {}
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

std::shared_ptr<const DrawnTables<Marginal>> KnownTables::share(std::size_t number) const { return state_->shares[number].made; }
std::shared_ptr<const DrawnTables<Marginal>> KnownTables::overrun(std::size_t number) const { return state_->overruns[number].made; }
std::shared_ptr<const DrawnTables<Months>> KnownTables::delay(std::size_t number) const { return state_->delays[number].made; }

}  // namespace shortfall
