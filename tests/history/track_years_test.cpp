// Years simulated from Midshire as it is, with its needs, teams and opportunities, tracked at months 3, 6 and 9: what is said of them against what
// became of them. $SHORTFALL_TRACKED_YEARS: how many, where a dozen are too few (a table is then printed).
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "history/scores.hpp"
#include "history/track.hpp"
#include "history/tracked_luck.hpp"
#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "plan/profile.hpp"
#include "sim/side_by_side.hpp"

namespace {
using namespace shortfall;

constexpr std::array<int, 3> tracked_months = {3, 6, 9};
constexpr double rounding = 0.005;

Plans midshire() {
  const std::filesystem::path folder = std::filesystem::path(SHORTFALL_SOURCE) / "scenarios/midshire";
  const auto read = [](const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return Source{path.string(), text.str()};
  };
  Sources sources;
  sources.system = read(folder / "system.yaml");
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".yaml" && entry.path().filename() != "system.yaml") sources.organisations.push_back(read(entry.path()));
  sources.reference = read(folder / "../reference/nhs-savings.yaml");
  const auto plans = assemble(sources);
  REQUIRE(plans);
  return *plans;
}

// What schemes were to save in the months so far, on time and so many months late; without what lapses, of a first year.
struct Planned {
  std::size_t organisation, scheme;
  CumulativeSaving saving;
  double to_date(int months, int late) const { return saving(months - late) - saving(-late); }
};

std::vector<Planned> planned_of(const Plans& plans) {
  std::vector<Planned> out;
  for (std::size_t o = 0; o < plans.organisations.size(); ++o)
    for (std::size_t s = 0; s < plans.organisations[o].schemes.size(); ++s)
      out.push_back({o, s, cumulative_saving(plans.organisations[o].schemes[s], plans.system.years)});
  return out;
}

// Simulated futures, of which any can be the truth.
struct Truths {
  std::vector<SchemeOutcome> outcomes;
  BlockSimulator::SchemeSavings savings;
  Flags fails;
};
Truths truths_of(const Model& model) {
  SideBySide alone({&model});
  Draws draws(4711, Draws::Keep::yes);
  draws.start(0);
  Truths out;
  std::vector<std::size_t> all(model.schemes.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  alone.first().sample(draws, all, out.outcomes);
  alone.first().savings(draws, 0, out.savings);
  out.fails = alone.first().simulate(draws).system_fails;
  return out;
}

// Saved by the end of a month in one future.
double saved(const Planned& planned, const Truths& truths, std::size_t i, Eigen::Index truth, int months) {
  const double share = static_cast<double>(truths.outcomes[i].share[truth]);
  const int late = truths.outcomes[i].months[truth];
  const double year = share * planned.to_date(12, late);
  const double left = year != 0 ? truths.savings.of_year[i][truth] / year : 1;  // by others' claims
  return left * share * planned.to_date(months, late);
}

struct Score {
  std::size_t count = 0, within = 0;
  double crps = 0;
  std::array<double, 3> naive{};
  void add(const Ensemble& said, double truth, double between, const NaiveOutturns& simple) {
    const double place = said.pit(truth).at(between);
    ++count, within += place >= 0.1 && place <= 0.9;
    crps += said.crps(truth);
    naive[0] += std::abs(simple.straight_line - truth), naive[1] += std::abs(simple.phased_index - truth),
        naive[2] += std::abs(simple.plan_to_go - truth);
  }
};
struct MonthScores {
  Score schemes, organisations, system;
  double said_to_fail = 0, failed = 0, brier = 0, to_date = 0;
};

class TrackedYears {
 public:
  TrackedYears() : plans_(midshire()), model_(compile(plans_, {})), planned_(planned_of(plans_)), truths_(truths_of(model_)) {}

  void track(Eigen::Index truth, std::size_t m) {
    const int months = tracked_months[m];
    Actuals actuals;
    actuals.months = {2017 * 12 + 3 + months - 1};
    for (std::size_t i = 0; i < planned_.size(); ++i) {
      const double planned = planned_[i].to_date(months, 0);
      if (planned == 0) continue;
      Actual a;
      a.as_at = actuals.months.front(), a.organisation = planned_[i].organisation, a.scheme = planned_[i].scheme, a.rounding = rounding;
      const double error = measured_error * std::abs(planned) * student_(random_) / std::sqrt(2.0);
      a.to_date = std::round((saved(planned_[i], truths_, i, truth, months) + error) / (2 * rounding)) * 2 * rounding;
      actuals.rows.push_back(a);
    }
    const auto luck = TrackedLuck::of(plans_, model_, actuals, actuals.months.front(), 1, 1);
    REQUIRE(luck);
    score(actuals, **luck, truth, months, scores[m]);
  }

  std::array<MonthScores, tracked_months.size()> scores;
  std::size_t schemes() const { return planned_.size(); }

 private:
  void score(const Actuals& actuals, const TrackedLuck& luck, Eigen::Index truth, int months, MonthScores& out) {
    constexpr std::size_t blocks = 8;
    const std::size_t n = planned_.size(), organisations = plans_.organisations.size();
    std::vector<std::vector<double>> said(n), of(organisations);
    std::vector<double> all;
    SideBySide alone({&model_});
    Draws draws(1 + static_cast<std::uint64_t>(truth), Draws::Keep::yes, Sampling::plain, &luck);
    BlockSimulator::SchemeSavings savings;
    double fails = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
      draws.start(b);
      alone.first().savings(draws, 0, savings);
      std::vector<Doubles> owned(organisations, Doubles::Zero());
      Doubles together = Doubles::Zero();
      for (std::size_t i = 0; i < n; ++i) {
        said[i].insert(said[i].end(), savings.of_year[i].begin(), savings.of_year[i].end());
        owned[planned_[i].organisation] += savings.of_year[i], together += savings.of_year[i];
      }
      for (std::size_t o = 0; o < organisations; ++o) of[o].insert(of[o].end(), owned[o].begin(), owned[o].end());
      all.insert(all.end(), together.begin(), together.end());
      fails += alone.first().simulate(draws).system_fails.cast<double>().mean() / blocks;
    }
    std::vector<double> true_of(organisations, 0.0);
    std::vector<NaiveOutturns> simple(organisations + 1);
    double true_of_all = 0;
    std::size_t row = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double planned = planned_[i].to_date(12, 0), to_date = planned_[i].to_date(months, 0), truth_of_it = truths_.savings.of_year[i][truth];
      NaiveOutturns one{planned, planned, planned, {}};
      if (to_date != 0) one = naive_outturns(*actuals.rows[row++].to_date, to_date, planned, months);
      if (planned != 0) out.schemes.add(Ensemble(said[i]), truth_of_it, uniform_(random_), one);
      for (const std::size_t o : {planned_[i].organisation, organisations})
        simple[o].straight_line += one.straight_line, simple[o].phased_index += one.phased_index, simple[o].plan_to_go += one.plan_to_go;
      true_of[planned_[i].organisation] += truth_of_it, true_of_all += truth_of_it;
    }
    for (std::size_t o = 0; o < organisations; ++o) out.organisations.add(Ensemble(of[o]), true_of[o], 0.5, simple[o]);
    out.system.add(Ensemble(all), true_of_all, 0.5, simple[organisations]);
    const bool failed = truths_.fails[truth] != 0;
    out.said_to_fail += fails, out.failed += failed, out.brier += (fails - failed) * (fails - failed);
  }

  Plans plans_;
  Model model_;
  std::vector<Planned> planned_;
  Truths truths_;
  std::mt19937_64 random_{20};
  std::student_t_distribution<double> student_{4};
  std::uniform_real_distribution<double> uniform_;
};

double within(const Score& s) { return static_cast<double>(s.within) / static_cast<double>(s.count); }
// The score of another month of the same things.
const Score& same(const MonthScores& other, const Score& score, const MonthScores& of) {
  return &score == &of.schemes ? other.schemes : &score == &of.organisations ? other.organisations : other.system;
}

void print(const char* what, const Score& s) {
  const double n = static_cast<double>(s.count), share = static_cast<double>(s.within) / n, reach = 2.576 * std::sqrt(0.16 / n);
  fmt::print("  {:14} {:6} within P10-P90 {:.3f} (.8 ± {:.3f})  CRPS {:.4f}  straight {:.4f} index {:.4f} to-go {:.4f}\n", what, s.count, share,
             reach, s.crps / n, s.naive[0] / n, s.naive[1] / n, s.naive[2] / n);
}

}  // namespace

TEST_SUITE("track") {
  TEST_CASE("Midshire's simulated years fall where tracking them says") {
    const char* const asked = std::getenv("SHORTFALL_TRACKED_YEARS");
    const int years = asked != nullptr ? std::min(256, std::atoi(asked)) : 12;
    CAPTURE(years);
    TrackedYears tracked;
    for (int y = 0; y < years; ++y)
      for (std::size_t m = 0; m < tracked_months.size(); ++m) tracked.track(y, m);
    for (std::size_t m = 0; m < tracked_months.size(); ++m) {
      const MonthScores& s = tracked.scores[m];
      if (asked != nullptr) {
        fmt::print("month {}: said to fail {:.3f}, failed {:.3f}, Brier {:.4f}\n", tracked_months[m], s.said_to_fail / years, s.failed / years,
                   s.brier / years);
        print("schemes", s.schemes), print("organisations", s.organisations), print("system", s.system);
      }
      INFO("month ", tracked_months[m]);
      // Of 256 years 81 to 82 % of schemes' outturns lie within P10 to P90, and 83 to 86 % of organisations': ranges are a little wide, as teams and
      // needs are seen as if nothing were known of them. A dozen years are 840 schemes, whose luck is partly shared.
      CHECK(within(s.schemes) > 0.74);
      CHECK(within(s.schemes) < 0.87);
      CHECK(within(s.organisations) > 0.68);
      CHECK(s.brier / years < 0.16);  // the base rate alone leaves 0.24
      for (const Score* score : {&s.schemes, &s.organisations, &s.system}) {
        for (const double naive : score->naive) CHECK(score->crps < naive);
        if (m > 0) CHECK(score->crps < same(tracked.scores[m - 1], *score, s).crps);
      }
    }
  }
}
