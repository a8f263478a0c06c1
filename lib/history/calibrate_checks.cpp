#include "history/calibrate_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>

#include "base/money.hpp"
#include "base/random.hpp"
#include "history/imagined.hpp"
#include "history/scores.hpp"
#include "model/posterior.hpp"

namespace shortfall {
namespace {

// A drop-out's atom at 0 and the share of the rest, as points of a quantile function. Negative shares lie below the atom.
std::vector<QuantilePoint> forecast_points(const Coefficients& a, const Bounds& bounds, double drops_out) {
  constexpr int levels = 100;
  std::vector<QuantilePoint> out;
  const double below = drops_out > 0 ? metalog_chance_below(a, bounds, 0) : 0;
  bool atom = drops_out == 0;
  const auto add_atom = [&] {
    out.push_back({(1 - drops_out) * below, 0}), out.push_back({(1 - drops_out) * below + drops_out, 0});
    atom = true;
  };
  for (int i = 0; i <= levels; ++i) {
    const double level = std::clamp(i / static_cast<double>(levels), 1e-4, 1 - 1e-4), value = metalog_quantile(a, bounds, level);
    if (!atom && level >= below) add_atom();
    const double whole = i == 0 ? 0 : i == levels ? 1 : i / static_cast<double>(levels);
    out.push_back({(1 - drops_out) * whole + (whole >= below && drops_out > 0 ? drops_out : 0), value});
  }
  if (!atom) add_atom();
  out.front().level = 0, out.back().level = 1;
  for (std::size_t i = 1; i < out.size(); ++i) out[i].value = std::max(out[i].value, out[i - 1].value);
  return out;
}

double chance_below(const Coefficients& a, const Bounds& bounds, double drops_out, double share, double between) {
  const double below = (1 - drops_out) * metalog_chance_below(a, bounds, share);
  return share > 0 ? below + drops_out : share == 0 ? below + between * drops_out : below;
}

// Every record, or each twentieth part, left out in turn: the rest with the prior forecast it.
class LeaveOut {
 public:
  LeaveOut(const std::vector<SharedRecord>& shares, ClassCalibration& of, std::uint64_t seed) : of_(of), random_(seed) {
    for (const SharedRecord& s : shares) outcomes_.push_back({s.share, false});
    for (std::size_t d = 0; d < of.dropped; ++d) outcomes_.push_back({0, true});
    // So that each part is a sample of all.
    shuffle(outcomes_, random_);
  }

  void score() {
    constexpr std::size_t most_single = 200, parts = 20, most_scored = 2000;
    const std::size_t n = outcomes_.size();
    if (n < 4 || !of_.fitted) return;
    of_.scores.by_parts = n > most_single;
    const std::size_t folds = of_.scores.by_parts ? parts : n, step = std::max<std::size_t>(1, n / most_scored);
    const std::vector<QuantilePoint> prior = forecast_points(of_.prior, of_.bounds, of_.prior_chance);
    for (std::size_t f = 0; f < folds; ++f) score_part(f * n / folds, (f + 1) * n / folds, step, prior);
    LeftOutScores& s = of_.scores;
    const double count = static_cast<double>(s.records);
    s.crps /= count, s.prior_crps /= count, s.pit_mean /= count;
  }

 private:
  struct Outcome {
    double share;
    bool dropped;
  };

  void score_part(std::size_t first, std::size_t last, std::size_t step, const std::vector<QuantilePoint>& prior) {
    std::vector<double> rest;
    double dropped = 0;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      if (i >= first && i < last) continue;
      if (outcomes_[i].dropped)
        dropped += 1;
      else
        rest.push_back(outcomes_[i].share);
    }
    const double chance = BetaPosterior::of(of_.prior_chance, of_.prior_weight, dropped, static_cast<double>(rest.size()) + dropped).mean();
    std::vector<double> sorted = rest;
    std::sort(sorted.begin(), sorted.end());
    const bool can_fit = sorted.size() >= 3 && sorted.front() < sorted.back() && !of_.shifted_only;
    const Coefficients data = can_fit ? nearest_feasible(fit_metalog(rest, of_.bounds)) : of_.prior;
    const Coefficients a = blend(data, can_fit ? static_cast<double>(rest.size()) : 0, of_.prior, of_.prior_weight);
    const std::vector<QuantilePoint> points = forecast_points(a, of_.bounds, chance);
    LeftOutScores& s = of_.scores;
    for (std::size_t i = first; i < last; i += step) {
      const double share = outcomes_[i].share, pit = chance_below(a, of_.bounds, chance, share, uniform(random_));
      ++s.records;
      s.crps += crps(points, share), s.prior_crps += crps(prior, share), s.pit_mean += pit;
      ++s.pit_fifths[std::min<std::size_t>(4, static_cast<std::size_t>(pit * 5))];
    }
  }

  ClassCalibration& of_;
  std::mt19937_64 random_;
  std::vector<Outcome> outcomes_;
};

// Whether organisations differ by more than chance deals: how large the sum of squares between them is among shufflings of the records.
std::optional<double> permutation_test(const std::vector<SharedRecord>& shares, std::uint64_t seed) {
  std::map<std::string_view, std::size_t> numbers;
  std::vector<std::size_t> group;
  std::vector<double> values, counts;
  for (const SharedRecord& s : shares) {
    const auto [found, is_new] = numbers.try_emplace(s.record->organisation, numbers.size());
    if (is_new) counts.push_back(0);
    group.push_back(found->second), values.push_back(s.share), ++counts[found->second];
  }
  if (numbers.size() < 2 || shares.size() < 8 || numbers.size() > shares.size() / 2) return {};
  std::vector<double> sums(numbers.size());
  const auto between = [&] {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) sums[group[i]] += values[i];
    double squares = 0;
    for (std::size_t g = 0; g < sums.size(); ++g) squares += sums[g] * sums[g] / counts[g];
    return squares;
  };
  const double seen = between();
  const std::size_t shuffles = std::clamp<std::size_t>(10'000'000 / values.size(), 99, 999);
  std::mt19937_64 random(seed);
  std::size_t as_large = 0;
  for (std::size_t r = 0; r < shuffles; ++r) {
    shuffle(values, random);
    as_large += between() >= seen - 1e-12;
  }
  return static_cast<double>(as_large + 1) / static_cast<double>(shuffles + 1);
}

void means(const std::vector<const Record*>& records, ClassCalibration& of) {
  double delivered = 0, planned = 0, shares = 0, count = 0;
  for (const Record* r : records) {
    if (r->status == RecordStatus::running) continue;
    const double got = r->delivered.value_or(0);
    delivered += got, planned += r->planned, shares += got / r->planned, count += 1;
    if (r->status == RecordStatus::dropped || !r->audited) continue;
    (*r->audited ? of.audited_mean : of.claimed_mean) += got / r->planned;
    ++(*r->audited ? of.audited : of.claimed);
  }
  of.by_count = count > 0 ? shares / count : 0, of.by_value = planned > 0 ? delivered / planned : 0;
  if (of.audited > 0) of.audited_mean /= static_cast<double>(of.audited);
  if (of.claimed > 0) of.claimed_mean /= static_cast<double>(of.claimed);
}

void warn_of_records(ClassCalibration& of) {
  const auto warn = [&](std::string text) { of.warnings.push_back(std::move(text)); };
  const double n = static_cast<double>(of.shares), ended = static_cast<double>(of.records - of.running);
  if (of.shares < 22)
    warn(fmt::format("{} that went ahead {} the worst tenth of such schemes altogether with a chance of {:.0f} %: the bad end is the prior's",
                     counted(of.shares, "record"), of.shares == 1 ? "misses" : "miss", 100 * std::pow(0.9, n)));
  if (of.shifted_only && of.fitted) warn("fewer than three different shares: they move the prior's range, and say nothing of its width");
  if (of.mended) warn("the records' own fit is no distribution (it would fall where it must rise); the nearest that is one stands for it");
  if (of.dropped == 0 && ended >= 10 && of.prior_chance > 0) {
    const double chance = std::pow(1 - of.prior_chance, ended);
    if (chance < 0.2)
      warn(fmt::format("none of {:.0f} dropped out, which has a chance of {} where {:.0f} % do: are those that were dropped still on the list?",
                       ended, chance < 0.01 ? std::string("under 1 %") : fmt::format("{:.0f} %", 100 * chance), 100 * of.prior_chance));
  }
  if (of.exactly_planned >= 3 && static_cast<double>(of.exactly_planned) > 0.2 * n)
    warn(fmt::format("{} of {} delivered exactly their plan: is that what was measured, or where the count was capped?", of.exactly_planned,
                     of.shares));
  if (of.beyond_bounds > 0)
    warn(fmt::format("{} of {} lie at or beyond the class's bounds and count as just within them", of.beyond_bounds, of.shares));
  if (of.disagreement > most_agreeing)
    warn(fmt::format("records and prior disagree (D² = {:.1f}, above {:.1f} in one of twenty that agree): the ranges given cover too little",
                     of.disagreement, most_agreeing));
  if (of.groups_p && *of.groups_p < 0.05)
    warn(fmt::format("its {} organisations differ by more than chance deals (p = {:.3f}): one line for all of them blurs them", of.groups,
                     *of.groups_p));
  if (of.audited >= 3 && of.claimed >= 3 && of.claimed_mean > of.audited_mean + 0.05)
    warn(
        fmt::format("{} audited records delivered {:.2f} of plan, {} only claimed {:.2f}", of.audited, of.audited_mean, of.claimed, of.claimed_mean));
  if (std::abs(of.by_count - of.by_value) > 0.1)
    warn(fmt::format("by value {:.2f} of plan was delivered, by count {:.2f}: large schemes do {} than small ones, and the share is by count",
                     of.by_value, of.by_count, of.by_value < of.by_count ? "worse" : "better"));
}

void ask_for(ClassCalibration& of) {
  if (of.delay.held)
    of.collect.push_back("planned_start and started: without them share and delay cannot be told apart, so the delay is the prior's");
  if (of.overrun.held) of.collect.push_back("planned_cost and cost: the overrun is the prior's");
  if (of.shares < 22)
    of.collect.push_back(fmt::format("{} that went ahead, for a record of the worst tenth", counted(22 - of.shares, "more scheme")));
  if (of.audited == 0) of.collect.push_back("which savings were audited: all are taken as claimed");
}

}  // namespace

void examine(const std::vector<const Record*>& records, const std::vector<SharedRecord>& shares, const CalibrateOptions& options,
             ClassCalibration& of) {
  means(records, of);
  for (const SharedRecord& s : shares) {
    of.exactly_planned += *s.record->delivered == s.record->planned;
    of.beyond_bounds += (of.bounds.low && s.share <= *of.bounds.low) || (of.bounds.high && s.share >= *of.bounds.high);
  }
  of.groups_p = permutation_test(shares, options.seed);
  LeaveOut(shares, of, options.seed).score();
  warn_of_records(of);
  ask_for(of);
}

void examine_all(const Records& records, Calibration& of) {
  const auto warn = [&](std::string text) { of.warnings.push_back(std::move(text)); };
  if (!records.have_status) warn("the records have no status: what delivered exactly 0 is taken as dropped, the rest as finished");
  if (std::none_of(records.rows.begin(), records.rows.end(), [](const Record& r) { return r.status == RecordStatus::dropped; }))
    warn("no record was dropped: lists of schemes often lose those that were, and then the chance of dropping out comes out too small");
  if (records.rows.size() < 10) warn(fmt::format("{} in all: the answer is the prior's, hardly moved", counted(records.rows.size(), "record")));
}

}  // namespace shortfall
