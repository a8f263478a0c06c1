// What scores say of forecasts whose outcomes share luck: a test's figures come from the forecast's own futures, whole systems at a time.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "history/backtest.hpp"
#include "report/backtest_words.hpp"

using namespace shortfall;

namespace {

// A system of so many organisations that all deliver the same share: in each of `futures` futures another, evenly from 0 to 1 of plan. A part of its
// futures, those of the least shares, fails.
FrozenForecast alike(std::size_t organisations, std::size_t futures, double failing, Measured::Kind kind) {
  FrozenForecast f;
  f.system = "s", f.years = {Year{"2017/18", 2017}};
  const auto rows = static_cast<Eigen::Index>(futures);
  f.futures.values.resize(rows, static_cast<Eigen::Index>(organisations));
  for (std::size_t o = 0; o < organisations; ++o) {
    f.organisations.push_back({"o" + std::to_string(o), ""});
    f.futures.measured.push_back({kind, o, std::nullopt});
    f.futures.planned.push_back(1), f.planned_saving.push_back(1), f.class_means.push_back(0.8);
    for (Eigen::Index i = 0; i < rows; ++i) {
      const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(futures);
      f.futures.values(i, static_cast<Eigen::Index>(o)) = kind == Measured::Kind::failed ? (share < failing ? 1 : 0) : share;
    }
  }
  return f;
}

// The outcomes of its organisations, in order: shares, or whether they failed.
BacktestCase turned_out(FrozenForecast forecast, const std::vector<double>& outcomes) {
  BacktestCase out;
  out.name = "case";
  for (std::size_t o = 0; o < outcomes.size(); ++o) {
    SubjectOutturn outturn{forecast.organisations[o].id, {}};
    if (forecast.futures.measured[o].kind == Measured::Kind::failed)
      outturn.outturn.failed = outcomes[o] > 0;
    else
      outturn.outturn.saving = outcomes[o];
    out.outturns.push_back(outturn);
  }
  out.frozen = std::move(forecast);
  return out;
}

BacktestResult scored(const std::vector<BacktestCase>& cases) {
  auto result = backtest(cases, {});
  REQUIRE(result.has_value());
  return *result;
}

// Of shares evenly from 0 to 1; of one organisation in each of so many systems.
BacktestResult in_systems_of_their_own(std::size_t systems, double outcome) {
  std::vector<BacktestCase> cases;
  for (std::size_t s = 0; s < systems; ++s) cases.push_back(turned_out(alike(1, 1000, 0, Measured::Kind::saving), {outcome}));
  return scored(cases);
}

// Four standard errors of a chance that 4,000 imagined outcomes tell.
double four_errors(double chance) { return 4 * std::sqrt(chance * (1 - chance) / 4000); }

}  // namespace

TEST_CASE("twenty outcomes that share all their luck are evidence as one is") {
  const BacktestResult result = scored({turned_out(alike(20, 1000, 0, Measured::Kind::saving), std::vector<double>(20, 0.97))});
  const BacktestResult one = in_systems_of_their_own(1, 0.97);
  for (const AmountSummary& s : {result.summaries.at(0), one.summaries.at(0)}) {
    CHECK(s.systems == 1);
    CHECK(s.p10_p90.within == 0);
    // A fifth of all futures lies outside P10 to P90, and there all twenty do; 0.03 lie beyond 0.97, and as many below 0.03 score as badly.
    CHECK(std::abs(s.p10_p90.tested.p - 2 * 0.2) < 2 * four_errors(0.2));
    CHECK(std::abs(s.p5_p95.tested.p - 2 * 0.1) < 2 * four_errors(0.1));
    CHECK(std::abs(s.pit_mean.p - 2 * 0.03) < 2 * four_errors(0.03));
    CHECK(std::abs(s.crps.p - 0.06) < four_errors(0.06));
    // ∫ (F − 1{x ≥ y})² dx of the even distribution from 0 to 1.
    CHECK(std::abs(s.crps.value - (0.97 * 0.97 - 0.97 + 1.0 / 3)) < 1e-5);
  }
}

TEST_CASE("twenty outcomes of systems that share no luck are evidence twenty times over") {
  const BacktestResult result = in_systems_of_their_own(20, 0.97);
  const AmountSummary& s = result.summaries.at(0);
  CHECK(s.systems == 20);
  // None of 4,000 imagined twenty is so far out: one more of them is.
  CHECK(s.p10_p90.tested.p == doctest::Approx(2.0 / 4001));
  CHECK(s.crps.p == doctest::Approx(1.0 / 4001));
}

TEST_CASE("failures that come together are evidence as one is") {
  const auto failing = [](std::size_t organisations) { return alike(organisations, 1000, 0.3, Measured::Kind::failed); };
  const BacktestResult together = scored({turned_out(failing(10), std::vector<double>(10, 1.0))});
  CHECK(std::abs(together.brier.score - 0.49) < 1e-12);
  CHECK(std::abs(together.brier_tested.p - 0.3) < four_errors(0.3));
  CHECK(failure_sentences(together).front() == "10 of 10 outcomes were failures; 3.0 were to be expected.");
  CHECK(failure_sentences(scored({turned_out(failing(1), {1})})).front() == "1 of 1 outcome was a failure; 0.3 were to be expected.");
  std::vector<BacktestCase> apart;
  for (int s = 0; s < 10; ++s) apart.push_back(turned_out(failing(1), {1}));
  CHECK(scored(apart).brier_tested.p == doctest::Approx(1.0 / 4001));  // 0.3 to the tenth is 6e-6
}

TEST_CASE("the energy score's chance is the part of futures that lie as far from the others") {
  // Of 512 futures evenly from 0 to 1 the mean distance from all others grows towards both ends.
  const auto chance = [](double outcome) {
    return scored({turned_out(alike(2, 512, 0, Measured::Kind::saving), {outcome, outcome})}).energy.at(0).p;
  };
  CHECK(chance(7) == doctest::Approx(1.0 / 513));
  CHECK(std::abs(chance(0.9) - 0.2) < 3.0 / 512);
  CHECK(std::abs(chance(0.5) - 1) < 3.0 / 512);
}

TEST_CASE("skill of one system has no range, as nothing says how systems differ") {
  const std::vector<double> outcomes = {0.9, 0.2, 0.5};
  const BacktestResult one = scored({turned_out(alike(3, 1000, 0, Measured::Kind::saving), outcomes)});
  const Skill& alone = one.summaries.at(0).skills.at(static_cast<std::size_t>(Naive::plan));
  CHECK(alone.systems == 1);
  CHECK(alone.low == alone.high);
  CHECK(alone.low == doctest::Approx(alone.crps - alone.naive));
  // The plan as stated is off by what was not delivered.
  CHECK(alone.naive == doctest::Approx((0.1 + 0.8 + 0.5) / 3));
  const std::vector<std::string> said = sentences(one.summaries.at(0), one);
  CHECK(said.front() == "1 system is too few to tell good forecasts from bad: read the rows, not the averages.");
  const auto against = std::find_if(said.begin(), said.end(), [](const std::string& s) { return s.starts_with("Against the plan as stated"); });
  REQUIRE(against != said.end());
  CHECK(*against ==
        "Against the plan as stated: our CRPS is 0.1667, its 0.4667 (64 % less error, over 3 outcomes): too few to tell which is better.");
  std::vector<BacktestCase> cases;
  for (const double outcome : outcomes) cases.push_back(turned_out(alike(1, 1000, 0, Measured::Kind::saving), {outcome}));
  const BacktestResult three = scored(cases);
  const Skill& apart = three.summaries.at(0).skills.at(static_cast<std::size_t>(Naive::plan));
  CHECK(apart.systems == 3);
  CHECK(apart.low < alone.low - 0.1);
  CHECK(apart.high > alone.high + 0.1);
}

TEST_CASE("a frozen forecast is read back with any seed that it may have been made with") {
  FrozenForecast f = alike(1, 4, 0, Measured::Kind::saving);
  f.as_at = *parse_month("2017-03"), f.program = "shortfall", f.currency = "£m";
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{2'000'000'000'001}, ~std::uint64_t{0}}) {
    f.seed = seed;
    const auto again = read_frozen_forecast(to_text(f), "f.yaml");
    REQUIRE(again);
    CHECK(again->seed == seed);
  }
  std::string text = to_text(f);
  const std::size_t at = text.find("seed: ") + 6;
  text.replace(at, text.find('\n', at) - at, "1e3");
  const auto bad = read_frozen_forecast(text, "f.yaml");
  REQUIRE_FALSE(bad);
  CHECK(to_text(bad.error().front()) == "f.yaml:4:9: error: seed is '1e3', not a whole number from 0 to 18446744073709551615");
}
