// Verdicts on a revision: right by exact chances and sums, with intervals that cover as often as they say.
#include "study/compare.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "study/vary.hpp"

using namespace shortfall;

namespace {

Plans plans_of(const std::vector<std::string>& organisations, const std::string& more = "") {
  Sources sources;
  sources.system =
      Source{"system.yaml", "system: s\nyears: [2017]\ndependence: {shared: {system: 0, organisation: 0, class: 0, scheme: 0, year: 0}}\n" + more};
  for (const std::string& text : organisations) sources.organisations.push_back({"plan.yaml", text});
  sources.reference = built_in_reference();
  auto plans = assemble(sources);
  REQUIRE(plans);
  return *plans;
}

std::string organisation(const std::string& id, const std::string& target, const std::string& schemes, const std::string& more = "") {
  return "organisation: " + id + "\nincome: 0\nspend: 0\npressure: {sd: 0}\ntarget: " + target + "\n" + more + "schemes:\n" + schemes;
}

const std::string unit = "  s: {delivery: {uniform: [0, 1]}, saving: [1]}\n";

// Fails exactly when its luck's U < p.
Plans threshold(const std::string& p) { return plans_of({organisation("one", p, unit)}); }

CompareOptions options(std::uint64_t seed, std::uint64_t trials = least_compared, std::uint64_t most = least_compared) {
  CompareOptions out;
  out.run.seed = seed;
  out.run.trials = trials;
  out.run.max_trials = most;
  out.run.threads = 2;
  out.run.sampling = SamplingChoice::plain;  // whose intervals cover as often as they say
  out.effects = false;
  return out;
}

bool covers(const Estimate& e, double truth) { return e.low <= truth && truth <= e.high; }

constexpr int seeds = 200;
// Of 200 intervals that each cover in 95 %, fewer than 180 or more than 197 do in one case of a hundred or so.
constexpr int fewest = 180, most = 197;

}  // namespace

TEST_CASE("200 seeds of a true change of +3 points: always worse, never better, and the interval covers as often as it says (long)") {
  const Plans before = threshold("0.30"), after = threshold("0.33");
  int covered = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const CompareResult r = compare(before, after, options(static_cast<std::uint64_t>(seed)));
    const MeasureChange& m = *r.find("system", "fails");
    covered += covers(m.change, 0.03);
    CHECK(m.verdict == ChangeVerdict::worse);
    CHECK(r.find("one", "fails.alone")->change.value == m.change.value);
  }
  CAPTURE(covered);
  CHECK(covered >= fewest);
  CHECK(covered <= most);
  // Intervals of a Latin hypercube's trials are those of independent ones: they cover as often or more.
  covered = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    CompareOptions evenly = options(static_cast<std::uint64_t>(seed));
    evenly.run.sampling = SamplingChoice::automatic;
    covered += covers(compare(before, after, evenly).find("system", "fails")->change, 0.03);
  }
  CHECK(covered >= fewest);
}

TEST_CASE("200 seeds of plans that differ by nothing that matters: no verdict but no material change (long)") {
  const Plans before = threshold("0.30"), after = threshold("0.3002");
  for (int seed = 1; seed <= seeds; ++seed) {
    const CompareResult r = compare(before, after, options(static_cast<std::uint64_t>(seed)));
    for (const MeasureChange& m : r.measures)
      if (m.headline) {
        CAPTURE(m.measure);
        CHECK(m.verdict == ChangeVerdict::no_material_change);
      }
  }
}

TEST_CASE("200 seeds: intervals of changes of quantiles, means and contingencies cover as often as they say (long)") {
  // Shortfall = 2 − (a U + V), U and V uniform and independent: below the bend the sum's distribution is s²/2 for a = 1 and s²/1.8 for a = 0.9.
  const std::string v = "  v: {delivery: {uniform: [0, 1]}, saving: [1]}\n";
  const Plans before = plans_of({organisation("one", "2", unit + v, "reserves: 1\n")});
  const Plans after = plans_of({organisation("one", "2", "  s: {delivery: {uniform: [0, 0.9]}, saving: [1]}\n" + v, "reserves: 1.1\n")});
  struct Case {
    const char* measure;
    double truth;
    int covered = 0;
  };
  // The mean of the worst 5 %: 2 less two thirds of the 5 % quantile of the sum.
  Case cases[] = {{"shortfall.mean", 0.05},
                  {"shortfall.p80", std::sqrt(0.4) - std::sqrt(0.36)},
                  {"shortfall.p95", std::sqrt(0.1) - std::sqrt(0.09)},
                  {"contingency.p80", std::sqrt(0.4) - std::sqrt(0.36) - 0.1},
                  {"shortfall.es95", 2.0 / 3 * (std::sqrt(0.1) - std::sqrt(0.09))},
                  {"saving.p10", std::sqrt(0.18) - std::sqrt(0.2)}};
  for (int seed = 1; seed <= seeds; ++seed) {
    // 40 sections.
    const CompareResult r = compare(before, after, options(static_cast<std::uint64_t>(seed), 40'960, 40'960));
    for (Case& c : cases) c.covered += covers(r.find("one", c.measure)->change, c.truth);
  }
  for (const Case& c : cases) {
    CAPTURE(c.measure);
    CAPTURE(c.covered);
    CHECK(c.covered >= fewest);
    CHECK(c.covered <= most);
  }
}

TEST_CASE("plans that do not differ change by exactly 0, with intervals [0, 0], in every measure") {
  const auto acute = [](const std::string& name, const std::string& was) {
    return organisation(
        "acute", "0.4",
        "  first: {class: workforce, saving: [0.5]}\n  " + name + ": {class: transactional, saving: [0.3], needs: [first]" + was + "}\n");
  };
  const std::string other = organisation("other", "0.2", "  x: {class: workforce, saving: [0.4], needs: [acute/second]}\n");
  std::string renamed = other;
  renamed.replace(renamed.find("second"), 6, "a-name");
  const Plans before = plans_of({acute("second", ""), other});
  for (const Plans& after : {plans_of({other, acute("second", "")}), plans_of({acute("a-name", ", was: second"), renamed})}) {
    const CompareResult r = compare(before, after, options(1));
    CHECK(r.identical);
    for (const MeasureChange& m : r.measures) {
      CAPTURE(m.measure);
      CHECK(m.before == m.after);
      CHECK(m.change.value == 0);
      CHECK(m.change.low == 0);
      CHECK(m.change.high == 0);
      CHECK(m.verdict == ChangeVerdict::no_change);
    }
  }
}

TEST_CASE("a difference that no trial shows is not called none") {
  // One of the plans can fail, in one future of ten million.
  const CompareResult r = compare(threshold("0"), threshold("0.0000001"), options(1));
  const MeasureChange& m = *r.find("system", "fails");
  CHECK(m.change.value == 0);
  CHECK(m.change.high > 0);
  CHECK(m.verdict == ChangeVerdict::no_material_change);
}

TEST_CASE("more trials are added while a verdict is unclear, without simulating the first again, up to the most") {
  // The change is just what is material: never clear.
  CompareOptions unclear = options(1, least_compared, 60'000);
  unclear.material = 0.03;
  std::uint64_t last = 0;
  bool again = false;
  unclear.run.threads = 1;
  unclear.run.progress = [&](std::uint64_t done, std::uint64_t) { again = again || done < last, last = done; };
  const CompareResult grown = compare(threshold("0.30"), threshold("0.33"), unclear);
  CHECK(grown.find("system", "fails")->verdict == ChangeVerdict::unclear);
  CHECK(grown.after.trials == 60'000);
  CHECK_FALSE(again);
  CompareOptions at_once = unclear;
  at_once.run.trials = 60'000;
  at_once.run.threads = 3;
  const CompareResult whole = compare(threshold("0.30"), threshold("0.33"), at_once);
  for (std::size_t i = 0; i < whole.measures.size(); ++i) {
    CHECK(grown.measures[i].change.value == whole.measures[i].change.value);
    CHECK(grown.measures[i].change.low == whole.measures[i].change.low);
  }
  // And a clear one needs no more.
  CHECK(compare(threshold("0.30"), threshold("0.40"), options(1, least_compared, 60'000)).after.trials == least_compared);
}

TEST_CASE("the figures are those of run") {
  const Plans before = threshold("0.30"), after = threshold("0.33");
  for (const SamplingChoice sampling : {SamplingChoice::automatic, SamplingChoice::plain}) {
    CompareOptions o = options(7, 30'000, 30'000);
    o.run.sampling = sampling;
    const CompareResult r = compare(before, after, o);
    const RunResult alone = run(after, o.run);
    CHECK(r.find("system", "fails")->after == alone.system_fails.value);
    CHECK(r.find("one", "contingency.p80")->after == alone.organisations[0].contingency.p80.value);
  }
}

TEST_CASE("organisations are matched by id; who is in one plan only is in no measure but the counts") {
  const std::string one = organisation("one", "0.3", unit), two = organisation("two", "0.1", unit), three = organisation("three", "0.2", unit);
  const CompareResult r = compare(plans_of({one, two}), plans_of({one, three}), options(1));
  CHECK(r.find("one", "fails.alone")->change.value == 0);  // its luck is its own
  CHECK(r.find("two", "fails.alone") == nullptr);
  CHECK(r.find("three", "fails.alone") == nullptr);
  // P(any) = 1 − 0.7 · 0.9 and 1 − 0.7 · 0.8; four sd of a paired difference whose trials differ in at most 0.7 · (0.1 + 0.2).
  CHECK(std::abs(r.find("any", "fails")->change.value - 0.07) <= 4 * std::sqrt(0.21 / least_compared));
}

TEST_CASE("limits on change: kept, crossed and unclear, by the whole interval; a saving may fall by no more than its limit") {
  const auto limit = [](const char* text) { return *parse_change_limit(text, {}); };
  const Estimate rise{0.03, 0.025, 0.035, 1000}, fall{-0.5, -0.6, -0.4, 1000};
  CHECK(judge(limit("system.fails +4pp"), rise) == Verdict::passed);
  CHECK(judge(limit("system.fails +3.5pp"), rise) == Verdict::passed);
  CHECK(judge(limit("system.fails +3pp"), rise) == Verdict::unclear);
  CHECK(judge(limit("system.fails +2pp"), rise) == Verdict::crossed);
  CHECK(judge(limit("system.fails -1pp"), rise) == Verdict::crossed);
  CHECK(judge(limit("a.saving.mean -1"), fall) == Verdict::passed);
  CHECK(judge(limit("a.saving.mean -0.5"), fall) == Verdict::unclear);
  CHECK(judge(limit("a.saving.mean -0.3"), fall) == Verdict::crossed);
  CHECK(judge(limit("a.contingency.p80 +0"), {0, 0, 0, 1000}) == Verdict::passed);
}

TEST_CASE("verdicts by the whole interval") {
  const auto verdict = [](double low, double high, Direction d = Direction::higher_is_worse) {
    return judge(Estimate{(low + high) / 2, low, high, 1}, 0.01, d, false);
  };
  CHECK(verdict(0.02, 0.03) == ChangeVerdict::worse);
  CHECK(verdict(0.02, 0.03, Direction::higher_is_better) == ChangeVerdict::better);
  CHECK(verdict(0.02, 0.03, Direction::neither) == ChangeVerdict::changed);
  CHECK(verdict(-0.03, -0.02) == ChangeVerdict::better);
  CHECK(verdict(-0.01, 0.01) == ChangeVerdict::no_material_change);
  CHECK(verdict(0.005, 0.02) == ChangeVerdict::unclear);
  CHECK(verdict(-0.02, 0.02) == ChangeVerdict::unclear);
}

TEST_CASE("sections: two of equal size that saw 1 and 3 leave 2 ± 12.7 · 1") {
  // Student's t with one degree of freedom: 12.7062; the mean's standard error is sqrt(((1 − 2)² + (3 − 2)²) / (2 · 1)) = 1.
  const Estimate e = by_sections(2, {{1, 1024}, {3, 1024}});
  CHECK(e.half_width() == doctest::Approx(12.7062).epsilon(1e-4));
}

TEST_CASE("a difference with half a trial in each cell: none of 1,000 is 0 ± 1.96 / 1,002") {
  const Estimate e = cautious_difference({0, 0, 300}, 1000);
  CHECK(e.value == 0);
  CHECK(e.high == doctest::Approx(score95 / 1002).epsilon(1e-9));
  CHECK(e.low == doctest::Approx(-score95 / 1002).epsilon(1e-9));
}

TEST_CASE("another currency, and limits on what only one revision has, stand in the way") {
  const std::string one = organisation("one", "0.3", unit), two = organisation("two", "0.1", unit);
  CompareOptions allowed = options(1);
  allowed.allowed.push_back(*parse_change_limit("two.fails.alone +1pp", whole_file("--allow")));
  CHECK(comparable(plans_of({one}), plans_of({one, two}), allowed).size() == 1);
  CHECK(comparable(plans_of({one, two}), plans_of({one}), allowed).size() == 1);
  CHECK(comparable(plans_of({one}), plans_of({one}), allowed).size() == 1);
  CHECK(comparable(plans_of({one, two}), plans_of({one, two}), allowed).empty());
  CHECK(comparable(plans_of({one}), plans_of({one}, "currency: €m\n"), options(1)).size() == 1);
}
