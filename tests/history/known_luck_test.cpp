// What the months so far say where not all is known of the reference classes: draws of these weighed by the chance of what was seen.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "history/known_luck.hpp"
#include "history/tracked.hpp"
#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "sim/draw_spread.hpp"
#include "sim/side_by_side.hpp"
#include "sim/tally.hpp"
#include "study/estimate.hpp"
#include "study/known.hpp"

namespace {
using namespace shortfall;

constexpr int june = 2017 * 12 + 5, september = 2017 * 12 + 8;

Plans plans_of(const std::string& dependence, const std::string& schemes, const std::string& reference = {}) {
  Sources sources;
  sources.system = {"system.yaml", "system: small\nyears: [2017/18, 2018/19]\ndependence: {shared: {" + dependence + "}}\n"};
  sources.organisations.push_back({"trust.yaml", "organisation: trust\nincome: 0\nspend: 0\ntarget: 0\nschemes:\n" + schemes});
  sources.reference = reference.empty() ? built_in_reference() : Source{"reference.yaml", reference};
  auto plans = assemble(sources);
  if (!plans)
    for (const Problem& p : plans.error()) MESSAGE(to_text(p));
  REQUIRE(plans);
  return *plans;
}

// Schemes of three classes and two stages, which share much of their luck, and what each had saved by September; each was to save 1.2 a year.
const std::string three_classes =
    "  s0: {class: transactional, stage: developed, saving: [1.2, 1.2]}\n"
    "  s1: {class: workforce, stage: in-progress, saving: [1.2, 1.2]}\n"
    "  s2: {class: workforce, stage: in-progress, saving: [1.2, 1.2]}\n"
    "  s3: {class: service-redesign, stage: in-progress, saving: [1.2, 1.2]}\n"
    "  s4: {class: workforce, stage: in-progress, saving: [1.2, 1.2]}\n";
const std::string much_shared = "system: 0.15, organisation: 0.2, class: 0.1, scheme: 0.3, year: 0.1";
constexpr double by_september[] = {0.55, 0.0, 0.21};  // of the others nothing is told
constexpr double error_sd = measured_error * 0.6, rounding = 0.005;

Actuals seen_by_september(std::size_t schemes = std::size(by_september)) {
  Actuals out;
  for (std::size_t i = 0; i < schemes; ++i) {
    Actual a;
    a.as_at = september, a.scheme = i, a.to_date = by_september[i], a.rounding = rounding;
    out.rows.push_back(a);
  }
  out.months = {september};
  return out;
}

// The density of what was seen in a future: errors are Student's t of 4 degrees of freedom.
double density(const std::vector<SchemeOutcome>& outcomes, Eigen::Index t, std::size_t schemes = std::size(by_september)) {
  double out = 1;
  for (std::size_t i = 0; i < schemes; ++i) {
    const double saved = static_cast<double>(outcomes[i].share[t]) * 0.1 * std::max(0, 6 - outcomes[i].months[t]);
    const double z = (by_september[i] - saved) * std::sqrt(2.0) / error_sd;
    out *= std::pow(1 + z * z / 4, -2.5) * std::sqrt(2.0) * 3 / 8 / error_sd;
  }
  return out;
}

std::vector<std::size_t> all_of(const Model& model) {
  std::vector<std::size_t> out(model.schemes.size());
  std::iota(out.begin(), out.end(), std::size_t{0});
  return out;
}

// Means of figures, with their standard errors.
struct Figures {
  std::vector<double> mean, error;
};
constexpr std::size_t figures = 4;  // whether s4, s1 and s2 drop out, and the year's saving
double figure(std::size_t f, const BlockSimulator::SchemeSavings& savings, Eigen::Index t) {
  if (f < 3) return savings.dropped[f == 0 ? 4 : f][t];
  double out = 0;
  for (const Doubles& of_year : savings.of_year) out += of_year[t];
  return out;
}

// Of whole futures, each block in a draw of its own, weighed by the density of what was seen: no table, no proposal, no choice of draws.
Figures by_importance(const Model& model, std::size_t blocks) {
  SideBySide alone({&model});
  Draws draws(99, Draws::Keep::yes);
  std::vector<SchemeOutcome> outcomes;
  BlockSimulator::SchemeSavings savings;
  std::vector<double> weights(blocks);
  std::vector<std::vector<double>> sums(figures, std::vector<double>(blocks));
  for (std::size_t b = 0; b < blocks; ++b) {
    draws.start(b);
    alone.first().sample(draws, all_of(model), outcomes);
    alone.first().savings(draws, 0, savings);
    for (Eigen::Index t = 0; t < static_cast<Eigen::Index>(block_trials); ++t) {
      const double weight = density(outcomes, t);
      weights[b] += weight;
      for (std::size_t f = 0; f < figures; ++f) sums[f][b] += weight * figure(f, savings, t);
    }
  }
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  Figures out;
  for (const std::vector<double>& of : sums) {
    const double mean = std::accumulate(of.begin(), of.end(), 0.0) / all;
    double squares = 0;
    for (std::size_t b = 0; b < blocks; ++b) squares += (of[b] - mean * weights[b]) * (of[b] - mean * weights[b]);
    out.mean.push_back(mean), out.error.push_back(std::sqrt(squares) / all);
  }
  return out;
}

Figures by_known_luck(const Model& model, const KnownLuck& luck, std::size_t blocks) {
  SideBySide alone({&model});
  Draws draws(7, Draws::Keep::yes, Sampling::plain, &luck);
  BlockSimulator::SchemeSavings savings;
  std::vector<double> of_draw(model.draws);
  std::vector<std::vector<double>> sums(figures, std::vector<double>(model.draws)), squares(sums);
  for (std::size_t b = 0; b < blocks; ++b) {
    draws.start(b);
    alone.first().savings(draws, 0, savings);
    const std::size_t draw = luck.draw(b, model.draws);
    ++of_draw[draw];
    for (std::size_t f = 0; f < figures; ++f) {
      double mean = 0;
      for (Eigen::Index t = 0; t < static_cast<Eigen::Index>(block_trials); ++t) mean += figure(f, savings, t) / block_trials;
      sums[f][draw] += mean, squares[f][draw] += mean * mean;
    }
  }
  Figures out;
  for (std::size_t f = 0; f < figures; ++f) {
    std::vector<double> means, counts;
    double about = 0, all = 0;
    for (std::size_t k = 0; k < of_draw.size(); ++k) {
      if (of_draw[k] == 0) continue;
      means.push_back(sums[f][k] / of_draw[k]), counts.push_back(of_draw[k]);
      about += squares[f][k] - sums[f][k] * means.back(), all += of_draw[k];
    }
    const double within = about / (all - static_cast<double>(means.size()));
    const DrawSpread spread = draw_spread(means, counts, within);
    out.mean.push_back(spread.mean), out.error.push_back(std::sqrt(within / all + spread.of_choice));
  }
  return out;
}

const std::string certain_stages = "stages: {delivered: 0, developed: 0, in-progress: 0, opportunity: 0, unidentified: 0}\n";
// Its chance of dropping out is Beta(4, 31): of 35 records, or of 25 and a prior worth 10.
const std::string one_unknown_chance = certain_stages +
                                       "classes:\n  made:\n    share: {fixed: 1, drops_out: 11.4285714285714286%}\n    grade: calibrated\n"
                                       "    records: {all: 25, went_ahead: 20, prior: 10}\n    source: a test's\n";

}  // namespace

TEST_SUITE("track") {
  TEST_CASE("the mean of a luck's weights is the chance of what was seen, whether they are for moving futures or for weighing draws") {
    const Plans plans = plans_of(much_shared, three_classes);
    const Model model = compile(plans, {});
    SideBySide alone({&model});
    Draws draws(3, Draws::Keep::yes);
    std::vector<SchemeOutcome> outcomes;
    double sum = 0, squares = 0;
    constexpr std::size_t blocks = 4096, count = blocks * block_trials, schemes = 2;
    for (std::size_t b = 0; b < blocks; ++b) {
      draws.start(b);
      alone.first().sample(draws, all_of(model), outcomes);
      for (Eigen::Index t = 0; t < static_cast<Eigen::Index>(block_trials); ++t) {
        const double chance = density(outcomes, t, schemes);
        sum += chance, squares += chance * chance;
      }
    }
    const double error = std::sqrt(squares) / sum;  // of the mean, as a share of it
    CHECK(error < 0.02);
    const Actuals actuals = seen_by_september(schemes);
    for (const EvidenceFor purpose : {EvidenceFor::moving, EvidenceFor::moving_in_draw, EvidenceFor::weighing}) {
      const auto luck = TrackedLuck::of(plans, model, actuals, september, 1, 1, nullptr, purpose);
      REQUIRE(luck);
      double mean = 0;
      const std::vector<double> logs = (*luck)->log_weights(1, 40);
      for (const double l : logs) mean += std::exp(l) / static_cast<double>(logs.size());
      INFO(mean, " and ", sum / count);
      CHECK(std::abs(mean / (sum / count) - 1) < 3 * error + 0.003);
    }
  }

  TEST_CASE("three classes and two stages of which not all is known, and shared luck: what importance sampling over draws and futures says") {
    const Plans plans = plans_of(much_shared, three_classes);
    constexpr std::size_t blocks = 16384;
    const Figures exact = by_importance(compile(plans, {.knowledge = {blocks, 99}}), blocks);
    const Actuals actuals = seen_by_september();
    const std::vector<Given> given;
    const auto luck = KnownLuck::of({plans, actuals, september, 1, given, 1, 1}, 256);
    REQUIRE(luck);
    const Model model = compile(plans, {.knowledge = (*luck)->draws()});
    const Figures known = by_known_luck(model, **luck, 1024), prior = by_importance(compile(plans, {}), 4096);
    double moved = 0;
    for (std::size_t f = 0; f < figures; ++f) {
      INFO("figure ", f, ": ", known.mean[f], " ± ", known.error[f], " and ", exact.mean[f], " ± ", exact.error[f], "; as written ", prior.mean[f]);
      CHECK(std::abs(known.mean[f] - exact.mean[f]) < 3 * std::hypot(known.error[f], exact.error[f]));
      moved = std::max(moved, std::abs(exact.mean[f] - prior.mean[f]) / std::hypot(known.error[f], exact.error[f]));
    }
    CHECK(moved > 5);  // what is not known changes what is learnt, by more than would go unnoticed here
    CHECK((*luck)->quality().draws.effective > 128);
    CHECK((*luck)->quality().both().trustworthy());
  }

  TEST_CASE("of four more schemes of a class with a chance Beta(4, 31), 8 of 20 having dropped out, so many drop out as the beta-binomial says") {
    std::string schemes;
    Actuals actuals;
    for (std::size_t i = 0; i < 24; ++i) {
      schemes += fmt::format("  s{:02}: {{class: made, stage: developed, saving: [1, 1]}}\n", i);
      if (i >= 20) continue;
      Actual a;
      a.as_at = june, a.scheme = i, a.status = i < 8 ? ActualStatus::dropped : ActualStatus::delivered;
      actuals.rows.push_back(a);
    }
    actuals.months = {june};
    const Plans plans = plans_of("system: 0, organisation: 0, class: 0, scheme: 0, year: 0", schemes, one_unknown_chance);
    const std::vector<Given> given;
    const auto luck = KnownLuck::of({plans, actuals, june, 1, given, 1, 1}, 256);
    REQUIRE(luck);
    const Model model = compile(plans, {.knowledge = (*luck)->draws()});
    SideBySide alone({&model});
    Draws draws(1, Draws::Keep::yes, Sampling::plain, luck->get());
    BlockSimulator::SchemeSavings savings;
    constexpr std::size_t blocks = 4096;
    double count[5] = {}, seen_dropped = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      draws.start(b);
      alone.first().savings(draws, 0, savings);
      for (Eigen::Index t = 0; t < static_cast<Eigen::Index>(block_trials); ++t) {
        ++count[savings.dropped[20][t] + savings.dropped[21][t] + savings.dropped[22][t] + savings.dropped[23][t]];
        for (std::size_t i = 0; i < 20; ++i) seen_dropped += savings.dropped[i][t] == (i < 8 ? 1 : 0);
      }
    }
    constexpr double futures = blocks * block_trials;
    CHECK(seen_dropped == 20 * futures);
    const double a = 4 + 8, b = 31 + 12;
    const double choose[] = {1, 4, 6, 4, 1};
    for (int k = 0; k <= 4; ++k) {
      double chance = choose[k];
      for (int j = 0; j < 4; ++j) chance *= (j < k ? a + j : b + (j - k)) / (a + b + j);
      INFO(k, " of 4: ", count[k] / futures, " and ", chance);
      CHECK(std::abs(count[k] / futures - chance) < 0.003);
    }
  }

  TEST_CASE("places are spread over the blocks: each comes once, and the first eighth of them leaves no gap above three times their distance") {
    for (std::size_t n = 1; n <= 256; ++n) {
      std::vector<std::size_t> all = golden_section_order(n);
      std::vector<std::size_t> first(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, n / 8)));
      std::sort(all.begin(), all.end());
      for (std::size_t k = 0; k < n; ++k) REQUIRE(all[k] == k);
      if (n < 128) continue;
      std::sort(first.begin(), first.end());
      for (std::size_t k = 1; k < first.size(); ++k) CHECK(first[k] - first[k - 1] <= 24);
      CHECK(first.front() + n - first.back() <= 24);
    }
  }

  TEST_CASE("a chance in draws that were chosen: its interval is also for others that could have been, its range by their blocks") {
    // The draws of the test below, in which blocks of one draw do not differ.
    Frequency chance{{}, {}, std::vector<Sum>(3)};
    const double shares[] = {0.2, 0.4, 0.6};
    const std::size_t blocks[] = {400, 200, 200};
    Counted counted{{Sampling::latin_hypercube}, 800 * block_trials, 800, {}, true};
    for (std::size_t k = 0; k < 3; ++k) {
      counted.draw_trials.push_back(blocks[k] * block_trials);
      for (std::size_t b = 0; b < blocks[k]; ++b) chance.add(shares[k] * block_trials, block_trials, k);
    }
    const Estimate chosen = chance_of(chance, counted);
    counted.draws_chosen = false;
    const Estimate alike = chance_of(chance, counted);
    CHECK(chosen.value == doctest::Approx(0.35));
    const double error = std::sqrt(0.0275 / 0.625 * 0.375);
    CHECK(chosen.half_width() == doctest::Approx(1.96 * error).epsilon(0.1));  // Wilson's is a little less
    CHECK(alike.half_width() < 0.01);
    REQUIRE(chosen.known);
    CHECK(chosen.known->low == doctest::Approx(known_chance({0.2, 0.4, 0.6}, {400, 200, 200}, 0, true).low));
    CHECK(chosen.known->low != doctest::Approx(alike.known->low));
  }

  TEST_CASE("draws that fit better come more often: their mean, its error, their spread and what is known by them are by their blocks") {
    // Three draws of 4, 2 and 2 blocks: mean 0.35, squares about it 0.5 · 0.0225 + 0.25 (0.0025 + 0.0625), over 1 − 3/8.
    const DrawSpread s = draw_spread({0.2, 0.4, 0.6}, {4, 2, 2}, 0.008);
    CHECK(s.mean == doctest::Approx(0.35));
    CHECK(s.spread * s.spread == doctest::Approx(0.0275 / 0.625));
    CHECK(s.knowledge * s.knowledge == doctest::Approx(0.0275 / 0.625 - 0.008 * 2 / 8 / 0.625));
    CHECK(s.of_choice == doctest::Approx(s.knowledge * s.knowledge * 0.375));
    // The middles of the draws' parts lie at 0.25, 0.625 and 0.875: P5 and P95 at the first and the last, drawn in towards the mean.
    const Known known = known_amount({0.2, 0.4, 0.6}, {4, 2, 2}, 0.008, true);
    CHECK(known.simulation_error * known.simulation_error == doctest::Approx(0.001 + s.of_choice));
    CHECK(known.low == doctest::Approx(0.35 - 0.15 * s.knowledge / s.spread));
    CHECK(known.high == doctest::Approx(0.35 + 0.25 * s.knowledge / s.spread));
    // As many blocks each: what draws that come alike are told by.
    const DrawSpread even = draw_spread({0.2, 0.4, 0.6}, {2, 2, 2}, 0.008);
    CHECK(even.knowledge * even.knowledge == doctest::Approx(0.04 - 0.008 / 2));
    CHECK(draw_spread({0.3}, {7}, 0.01).knowledge == 0);
  }
}
