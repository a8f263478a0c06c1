// Small systems, tracked, against importance sampling of whole futures by the likelihood of what was seen of them: no table, no proposal, no map.
// $SHORTFALL_FUTURES: how many futures each system is sampled with, where a million are too few; the largest difference is then printed.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "history/track.hpp"
#include "history/tracked_luck.hpp"
#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "sim/side_by_side.hpp"

namespace {
using namespace shortfall;

struct SmallSystem {
  Plans plans;
  std::vector<double> first_year;  // [scheme]: planned
};

SmallSystem small_system(std::mt19937_64& random, bool coupled) {
  static const char* const classes[] = {"transactional", "workforce", "service-redesign"};
  static const char* const stages[] = {"developed", "in-progress", "opportunity"};
  const int schemes = 2 + static_cast<int>(random() % 3);
  Sources sources;
  sources.system = {"system.yaml",
                    "system: small\nyears: [2017/18, 2018/19]\n"
                    "dependence: {shared: {system: 0.15, organisation: 0.2, class: 0, scheme: 0.3, year: 0.1}}\n"};
  std::string text = "organisation: trust\nincome: 0\nspend: 0\ntarget: 0\nschemes:\n";
  if (coupled)
    text = "organisation: trust\nincome: 0\nspend: 0\ntarget: 0\nteams:\n  pmo: {wte: 5, staffing: {triangular: [0.5, 0.8, 1.0]}}\nschemes:\n";
  SmallSystem out;
  for (int i = 0; i < schemes; ++i) {
    const double saving = 1 + static_cast<double>(random() % 20) / 10;
    out.first_year.push_back(saving);
    text += fmt::format("  s{}: {{class: {}, stage: {}, saving: [{}, {}]{}{}}}\n", i, classes[random() % 3], stages[random() % 3], saving, saving,
                        coupled && i > 0 ? ", needs: [s0]" : "", coupled && i == 0 ? ", effort: {pmo: [5, 0]}" : "");
  }
  sources.organisations.push_back({"trust.yaml", text});
  sources.reference = built_in_reference();
  auto plans = assemble(sources);
  if (!plans)
    for (const Problem& p : plans.error()) MESSAGE(to_text(p));
  REQUIRE(plans);
  out.plans = *plans;
  return out;
}

// What one future of another seed shows by month 6, to the penny.
std::vector<double> seen_of(const SmallSystem& system, const Model& model, std::uint64_t seed) {
  SideBySide alone({&model});
  Draws draws(seed, Draws::Keep::no);
  draws.start(0);
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < system.first_year.size(); ++i) all.push_back(i);
  std::vector<SchemeOutcome> outcomes;
  alone.first().sample(draws, all, outcomes);
  std::vector<double> out;
  for (const std::size_t i : all)
    out.push_back(std::round(100 * static_cast<double>(outcomes[i].share[0]) * system.first_year[i] / 12 * std::max(0, 6 - outcomes[i].months[0])) /
                  100);
  return out;
}

// Means with their standard errors: of the year's saving, and each scheme's chance of dropping out.
struct Figures {
  std::vector<double> mean, error;
};

Figures by_importance(const SmallSystem& system, const Model& model, const std::vector<double>& seen, const std::vector<double>& error,
                      std::size_t blocks) {
  SideBySide alone({&model});
  Draws draws(99, Draws::Keep::yes);
  const std::size_t n = seen.size(), figures = n + 1;
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < n; ++i) all.push_back(i);
  std::vector<SchemeOutcome> outcomes;
  BlockSimulator::SchemeSavings savings;
  double weights = 0;
  std::vector<double> sum(figures), squares(figures), both(figures);
  double weights_squared = 0;
  for (std::size_t b = 0; b < blocks; ++b) {
    draws.start(b);
    alone.first().sample(draws, all, outcomes);
    alone.first().savings(draws, 0, savings);
    for (Eigen::Index t = 0; t < static_cast<Eigen::Index>(block_trials); ++t) {
      double weight = 1, year = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double expected = static_cast<double>(outcomes[i].share[t]) * system.first_year[i] / 12 * std::max(0, 6 - outcomes[i].months[t]);
        const double z = (seen[i] - expected) * std::sqrt(2.0) / error[i];
        weight *= std::pow(1 + z * z / 4, -2.5);
        year += savings.of_year[i][t];
      }
      weights += weight, weights_squared += weight * weight;
      for (std::size_t f = 0; f < figures; ++f) {
        const double value = f == n ? year : static_cast<double>(savings.dropped[f][t]);
        sum[f] += weight * value, squares[f] += weight * weight * value * value, both[f] += weight * weight * value;
      }
    }
  }
  Figures out;
  for (std::size_t f = 0; f < figures; ++f) {
    const double mean = sum[f] / weights;
    out.mean.push_back(mean);
    out.error.push_back(std::sqrt(std::max(0.0, squares[f] - 2 * mean * both[f] + mean * mean * weights_squared)) / weights);
  }
  return out;
}

Figures by_tracking(const Model& model, const Update& update, std::size_t blocks) {
  SideBySide alone({&model});
  Draws draws(7, Draws::Keep::yes, Sampling::latin_hypercube, &update);
  BlockSimulator::SchemeSavings savings;
  const std::size_t n = model.schemes.size();
  std::vector<double> sum(n + 1), squares(n + 1);
  for (std::size_t b = 0; b < blocks; ++b) {
    draws.start(b);
    alone.first().savings(draws, 0, savings);
    Doubles year = Doubles::Zero();
    for (std::size_t i = 0; i < n; ++i) year += savings.of_year[i];
    for (std::size_t f = 0; f <= n; ++f) {
      const double mean = f == n ? year.mean() : savings.dropped[f].cast<double>().mean();
      sum[f] += mean, squares[f] += mean * mean;
    }
  }
  Figures out;
  const auto count = static_cast<double>(blocks);
  for (std::size_t f = 0; f <= n; ++f) {
    const double mean = sum[f] / count;
    out.mean.push_back(mean);
    out.error.push_back(std::sqrt(std::max(0.0, squares[f] / count - mean * mean) / count));
  }
  return out;
}

constexpr std::size_t sampled_blocks = 4096, tracked_blocks = 400;
const char* asked_futures() { return std::getenv("SHORTFALL_FUTURES"); }
std::size_t asked_blocks() {
  if (asked_futures() == nullptr) return sampled_blocks;
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::strtod(asked_futures(), nullptr)) / block_trials);
}

// The largest difference in standard errors, and in the figures' own terms.
struct Difference {
  double in_errors = 0, at_most = 0;
};
Difference difference_of(std::uint64_t seed, bool coupled, EvidenceFor purpose = EvidenceFor::moving) {
  std::mt19937_64 random(seed);
  const SmallSystem system = small_system(random, coupled);
  const Model model = compile(system.plans, {});
  const std::vector<double> seen = seen_of(system, model, 1000 + seed);
  Actuals actuals;
  std::vector<double> errors;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    Actual a;
    a.as_at = 2017 * 12 + 8, a.scheme = i, a.to_date = seen[i], a.rounding = 0.005;
    actuals.rows.push_back(a);
    const double planned = system.first_year[i] / 2;
    errors.push_back(std::max((std::abs(seen[i] - planned) <= 0.005 ? asserted_error : measured_error) * planned, 0.005));
  }
  actuals.months = {2017 * 12 + 8};
  const auto luck = TrackedLuck::of(system.plans, model, actuals, actuals.months.front(), 1, 1, nullptr, purpose);
  REQUIRE(luck);
  // The tracked futures are as many more as those that are sampled.
  const std::size_t blocks = asked_blocks();
  const Figures exact = by_importance(system, model, seen, errors, blocks),
                tracked = by_tracking(model, **luck, std::max(tracked_blocks, tracked_blocks * blocks / sampled_blocks));
  Difference out;
  for (std::size_t f = 0; f < exact.mean.size(); ++f) {
    INFO("system ", seed, " figure ", f, ": ", tracked.mean[f], " against ", exact.mean[f], " ± ", exact.error[f]);
    const double off = std::abs(tracked.mean[f] - exact.mean[f]);
    const double sampling = std::hypot(exact.error[f], tracked.error[f]), error = sampling + 5e-4;
    if (asked_futures() != nullptr && off > 3 * sampling)
      MESSAGE("system ", seed, " figure ", f, ": ", tracked.mean[f], " and ", exact.mean[f], " are ", off / sampling, " standard errors apart");
    if (!coupled) CHECK(off < 4 * error);
    out.in_errors = std::max(out.in_errors, off / error), out.at_most = std::max(out.at_most, f + 1 == exact.mean.size() ? 0 : off);
  }
  return out;
}

}  // namespace

TEST_SUITE("track") {
  TEST_CASE("twenty small systems come to what importance sampling of whole futures says") {
    double most = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) most = std::max(most, difference_of(seed, false).in_errors);
    if (asked_futures() != nullptr) MESSAGE("the largest difference is ", most, " standard errors");
  }

  TEST_CASE("and so they do by the coarser evidence that many draws of the reference classes are learnt by") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) difference_of(seed, false, EvidenceFor::moving_in_draw);
    CHECK(difference_of(1, true, EvidenceFor::moving_in_draw).at_most < 0.07);
  }

  TEST_CASE("where a team and needs tie schemes, the stated approximation is off by less than seven points of a chance") {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      INFO("system ", seed);
      CHECK(difference_of(seed, true).at_most < 0.07);
    }
  }

  TEST_CASE("naive forecasts: straight line, phased index and plan to go") {
    const NaiveOutturns n = naive_outturns(3.8, 0.36 * 12, 12, 6);
    CHECK(n.straight_line == doctest::Approx(7.6));
    CHECK(n.phased_index == doctest::Approx(10.555556));
    CHECK(n.plan_to_go == doctest::Approx(11.48));
    CHECK(naive_outturns(1, 0, 12, 6).phased_index == 13);
  }
}
