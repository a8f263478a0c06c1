#include "study/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/draw_spread.hpp"
#include "sim/settle.hpp"
#include "sim/tally.hpp"
#include "study/known.hpp"

namespace shortfall {

namespace {

constexpr std::uint64_t few_blocks = 8;  // below which they do not say how much they differ by
constexpr double few = 30;               // of trials, below which a count of them is taken by its own distribution

Estimate wilson(double p, double n, std::uint64_t trials) {
  const double z2 = score95 * score95;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double reach = score95 / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  // At 0 and n of n the interval ends exactly there, which rounding would miss.
  return {p, p == 0 ? 0.0 : std::max(0.0, centre - reach), p == 1 ? 1.0 : std::min(1.0, centre + reach), trials};
}

// The 97.5 % point of Student's t over the normal's (Fisher, Cornish 1960): within 1 % from 6 degrees of freedom, 1e-4 from 20.
double student_over_normal(double degrees_of_freedom) {
  const double z2 = score95 * score95, n = degrees_of_freedom;
  return 1 + (z2 + 1) / (4 * n) + ((5 * z2 + 16) * z2 + 3) / (96 * n * n) + (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n);
}

// The most that a mean above the floor may well be by how trials come near to it (sim/histogram's excesses): margins are taken to fall off
// exponentially beyond the twentieth and the hundredth worst, at the rate of their mean excess there or, for what few trials say of it, above it; the
// larger of the two.
double most_by_tail(const Histogram& h) {
  constexpr double enough = 10, one_sided = 1.2815515655446004;
  double most = -1;
  for (const double q : {0.95, 0.99}) {
    const Histogram::Excess excess = h.excess_above(q);
    if (excess.trials < enough) continue;
    const double rate = excess.mean * (1 + one_sided / std::sqrt(excess.trials)), away = h.floor() - excess.threshold;
    most = std::max(most, rate > 0 ? (1 - q) * rate * std::exp(-std::max(0.0, away) / rate) : 0.0);
  }
  return most < 0 ? HUGE_VAL : most;
}

// The most by how often trials were seen above the floor, and how far.
double most_by_count(const Histogram& h, double seen_mean) {
  constexpr double tail = 0.99;
  const double n = static_cast<double>(h.count()), seen = static_cast<double>(h.exceeding());
  const double chance = wilson(seen / n, n, h.count()).high;
  const double of_tail = h.excess_above(n >= 1000 ? tail : 0.9).mean;
  const double amount = std::max(of_tail * 1.5, seen > 0 ? seen_mean / (seen / n) * (1 + 2 / std::sqrt(seen)) : 0.0);
  return chance * amount;
}

// A mean above the floor where few trials, or none, lie above it: from what the few allow to the lesser of both bounds. Money below the grace is
// none.
Estimate rare_mean(const Histogram& h) {
  const double mean = h.mean() - h.floor(), n = static_cast<double>(h.count()), seen = static_cast<double>(h.exceeding());
  // Amounts vary about as much as an exponential's, so that a sum of them is worth half as many.
  const double half = seen / 2, low = half < 1 ? 0 : mean * wilson(half / n, n, h.count()).low / (half / n);
  const double high = std::max(mean, std::min(most_by_tail(h), most_by_count(h, mean)));
  return {h.mean(), h.floor() + low, h.floor() + (high < grace ? 0 : high), h.count()};
}

// What draws' means come to, as blocks of 256 trials; `within` is the variance of a trial, as if trials were independent.
struct DrawnMeans {
  std::vector<double> means, blocks;
  double within = 0;
  bool chosen = false;  // whether those that fit what was seen come more often than others
  DrawnMeans() = default;
  DrawnMeans(Histogram::DrawMeans of, bool are_chosen) : means(std::move(of.means)), within(of.variance_within / block_trials), chosen(are_chosen) {
    for (const double n : of.trials) blocks.push_back(n / block_trials);
  }
  // The variance that the mean has because other draws could have been chosen.
  double of_choice() const { return chosen ? draw_spread(means, blocks, within).of_choice : 0; }
};

DrawnMeans draws_of(const Frequency& chance, const Counted& counted) {
  DrawnMeans out;
  out.chosen = counted.draws_chosen;
  double about = 0;
  for (std::size_t k = 0; k < counted.draw_trials.size(); ++k) {
    const double n = static_cast<double>(counted.draw_trials[k]), sum = chance.by_draw[k].value();
    if (n == 0) continue;
    out.means.push_back(sum / n), out.blocks.push_back(n / block_trials);
    about += sum * sum / n;
  }
  const double degrees = static_cast<double>(counted.blocks) - static_cast<double>(out.means.size());
  out.within = std::max(0.0, chance.squares.value() - about) / std::max(1.0, degrees) / block_trials;
  return out;
}

// Moved to stand about `value`, and with it.
KnownRange about(const Known& known, double value) {
  const double moved = value - known.mean;
  return {std::min(value, known.low + moved), std::max(value, known.high + moved)};
}

std::optional<KnownRange> known_range(const DrawnMeans& draws, double chance) {
  if (draws.means.size() < 2) return {};
  const KnownRange out = about(known_chance(draws.means, draws.blocks, draws.within, draws.chosen), chance);
  return KnownRange{std::max(0.0, out.low), std::min(1.0, out.high)};
}

bool rare(const Histogram& h) { return h.floor() > -HUGE_VAL && static_cast<double>(h.exceeding()) < few; }

}  // namespace

Estimate proportion(std::uint64_t count, std::uint64_t trials) {
  if (trials == 0) return {0, 0, 1, 0};
  return wilson(static_cast<double>(count) / static_cast<double>(trials), static_cast<double>(trials), trials);
}

Estimate chance_of(const Frequency& chance, const Counted& counted, std::optional<double> value) {
  if (counted.trials == 0) return {0, 0, 1, 0};
  const double n = static_cast<double>(counted.trials), blocks = static_cast<double>(counted.blocks), sum = chance.sum.value();
  const double p = std::clamp(value.value_or(sum) / n, 0.0, 1.0);
  const DrawnMeans draws = chance.by_draw.empty() ? DrawnMeans() : draws_of(chance, counted);
  if ((counted.method.plain() && !draws.chosen) || counted.blocks < few_blocks || p * n < few || (1 - p) * n < few) {
    Estimate out = wilson(p, n, counted.trials);
    out.known = no_closer(known_range(draws, p), out);
    return out;
  }
  const double degrees = draws.means.empty() ? blocks - 1 : std::max(1.0, blocks - static_cast<double>(draws.means.size()));
  const double variance = draws.means.empty() ? std::max(0.0, chance.squares.value() - sum * sum / n) / (blocks - 1)  // of a trial, as if independent
                                              : draws.within * block_trials + draws.of_choice() * n;
  const double t = student_over_normal(degrees);
  const double worth = variance > 0 ? p * (1 - p) / (variance * t * t) : HUGE_VAL;
  Estimate out = worth * n < 1e15 ? wilson(p, worth * n, counted.trials) : Estimate{p, p, p, counted.trials};
  out.low = std::max(0.0, std::min(out.low, p - 3 / n));
  out.high = std::min(1.0, std::max(out.high, p + 3 / n));
  out.known = no_closer(known_range(draws, p), out);
  return out;
}

std::optional<KnownRange> known_chance_of(const Frequency& chance, const Counted& of, double value) {
  if (chance.by_draw.empty()) return {};
  return known_range(draws_of(chance, of), value);
}

std::optional<KnownRange> known_amount_of(const Frequency& amount, const Counted& of, double value) {
  const DrawnMeans draws = draws_of(amount, of);
  if (draws.means.size() < 2) return {};
  return about(known_amount(draws.means, draws.blocks, draws.within, draws.chosen), value);
}

std::optional<KnownRange> no_closer(std::optional<KnownRange> known, const Estimate& simulated) {
  if (known && std::isfinite(simulated.low)) known->low = std::min(known->low, simulated.low);
  if (known && std::isfinite(simulated.high)) known->high = std::max(known->high, simulated.high);
  return known;
}

Estimate complement(const Estimate& e) {
  Estimate out{1 - e.value, 1 - e.high, 1 - e.low, e.trials};
  if (e.known) out.known = {1 - e.known->high, 1 - e.known->low};
  return out;
}

Estimate negated(const Estimate& e) {
  Estimate out{-e.value, -e.high, -e.low, e.trials};
  if (e.known) out.known = {-e.known->high, -e.known->low};
  return out;
}

Estimate chance_of(const Frequency& chance, const Tally& tally, std::optional<double> value) {
  return chance_of(chance, Counted{tally.method, tally.trials, tally.blocks, tally.draw_trials, tally.draws_chosen}, value);
}

namespace {

// Of an amount that is at least the histogram's floor, by what the draws' means differ by.
std::optional<KnownRange> known_range(const Histogram& h, const Histogram::DrawMeans& of, const Estimate& e) {
  const DrawnMeans draws(of, h.draws_chosen());
  if (draws.means.size() < 2) return {};
  const KnownRange out = about(known_amount(draws.means, draws.blocks, draws.within, draws.chosen), e.value);
  return no_closer(KnownRange{std::max(h.floor(), out.low), out.high}, e);
}

// Of a quantile: where the share of trials below its level may well be more, the quantile is one of a lower level.
std::optional<KnownRange> known_range_of_quantile(const Histogram& h, double q) {
  const DrawnMeans draws(h.draw_shares(q), h.draws_chosen());
  if (draws.means.size() < 2) return {};
  const Known share = known_chance(draws.means, draws.blocks, draws.within, draws.chosen);
  const double value = h.quantile(q);
  return KnownRange{std::min(value, h.quantile(std::max(0.0, q - (share.high - share.mean)))),
                    std::max(value, h.quantile(std::min(1.0, q + (share.mean - share.low))))};
}

Estimate simulated_mean_of(const Histogram& histogram, Method method) {
  const double mean = histogram.mean(), n = static_cast<double>(std::max<std::uint64_t>(histogram.count(), 1));
  if (histogram.count() >= 2 && rare(histogram)) return rare_mean(histogram);
  if (histogram.count() < 2) return {mean, -HUGE_VAL, HUGE_VAL, histogram.count()};
  const double error = (method.sampling == Sampling::plain && !histogram.draws_chosen()) || histogram.blocks() < few_blocks
                           ? histogram.standard_deviation() / std::sqrt(n)
                           : histogram.standard_error_by_blocks() * student_over_normal(std::max(1.0, histogram.degrees_by_blocks()));
  return {mean, mean - score95 * error, mean + score95 * error, histogram.count()};
}

Estimate simulated_quantile_of(const Histogram& histogram, double q, Method method) {
  const double n = static_cast<double>(std::max<std::uint64_t>(histogram.count(), 1));
  double reach = score95 * std::sqrt(q * (1 - q) / n);
  if ((method.sampling != Sampling::plain || histogram.draws_chosen()) && histogram.blocks() >= few_blocks)
    reach = std::max(3 / n, reach * std::sqrt(histogram.design_effect(q)) * student_over_normal(std::max(1.0, histogram.degrees_by_blocks())));
  // Beyond the first or the last trial nothing is known.
  constexpr double endless = std::numeric_limits<double>::infinity();
  const auto end = [&](double level, double way) {
    return std::max(histogram.floor(), histogram.quantile(level) + way * histogram.resolution(level));
  };
  const double least = q - reach <= 0 ? -endless : end(q - reach, -1), most = q + reach >= 1 ? endless : end(q + reach, 1);
  return {histogram.quantile(q), least, most, histogram.count()};
}

Estimate simulated_tail_mean_of(const Histogram& histogram, double q, Method method) {
  const Histogram::Tail tail = histogram.mean_above(q);
  constexpr double least = 10, endless = std::numeric_limits<double>::infinity();
  if ((1 - q) * static_cast<double>(histogram.count()) < least) return {tail.mean, -endless, endless, histogram.count()};
  if (rare(histogram)) {
    // All that lies above the floor is in the tail.
    const Estimate mean = rare_mean(histogram);
    const auto of_tail = [&](double x) { return histogram.floor() + (x - histogram.floor()) / (1 - q); };
    return {tail.mean, of_tail(mean.low), std::max(tail.mean, of_tail(mean.high)), histogram.count()};
  }
  double error = tail.standard_error;
  if ((method.sampling != Sampling::plain || histogram.draws_chosen()) && histogram.blocks() >= few_blocks) {
    const double by_blocks = histogram.tail_error_by_blocks(q) * student_over_normal(std::max(1.0, histogram.degrees_by_blocks()));
    error = histogram.draws_chosen() ? by_blocks : std::min(error, by_blocks);
  }
  return {tail.mean, tail.mean - score95 * error, tail.mean + score95 * error, histogram.count()};
}

}  // namespace

Estimate mean_of(const Histogram& histogram, Method method) {
  Estimate out = simulated_mean_of(histogram, method);
  if (histogram.draws() > 0) out.known = known_range(histogram, histogram.draw_means(), out);
  return out;
}

Estimate quantile_of(const Histogram& histogram, double q, Method method) {
  Estimate out = simulated_quantile_of(histogram, q, method);
  if (histogram.draws() > 0) out.known = no_closer(known_range_of_quantile(histogram, q), out);
  return out;
}

Estimate tail_mean_of(const Histogram& histogram, double q, Method method) {
  Estimate out = simulated_tail_mean_of(histogram, q, method);
  if (histogram.draws() > 0) out.known = known_range(histogram, histogram.draw_excesses(q), out);
  return out;
}

Estimate beyond(const Estimate& e, double reserves) {
  const auto left = [&](double x) { return std::max(0.0, x - reserves); };
  Estimate out{left(e.value), left(e.low), left(e.high), e.trials};
  if (e.known) out.known = {left(e.known->low), left(e.known->high)};
  return out;
}

}  // namespace shortfall
