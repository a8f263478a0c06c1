// How far an answer is known: classes rest on few records, so that what they may truly be is drawn, a draw for each block of trials.
#include <doctest/doctest.h>

#include <cmath>

#include "model/compile.hpp"
#include "model/posterior.hpp"
#include "model/quantile.hpp"
#include "plan/assemble.hpp"
#include "study/compare.hpp"
#include "study/explain.hpp"
#include "study/reverse.hpp"
#include "study/run.hpp"
#include "study/shard.hpp"

using namespace shortfall;

namespace {

// The class of history.md's ten schemes: a metalog within −0.3 and 1.3 and a drop-out of Beta(4, 31); 30 records' worth of its share.
std::string reference() {
  const Coefficients a = {1.02925377, 0.41212012, -0.07455021};
  const Metalog m = as_metalog(a, {-0.3, 1.3});
  const auto number = [](double x) { return std::to_string(x * 1e6) + "e-6"; };
  const std::string behind = "    source: a test's\n    grade: calibrated\n    records: {all: 25, went_ahead: 20, prior: 10}\n";
  const std::string drops = "drops_out: 0.114285714285714286";
  return "stages: {delivered: 0, developed: 0, in-progress: 0, opportunity: 0, unidentified: 0}\nclasses:\n"
         "  ten:\n    share: {p10: " +
         number(m.p10) + ", p50: " + number(m.p50) + ", p90: " + number(m.p90) + ", low: -0.3, high: 1.3, " + drops + "}\n" + behind +
         "  certain:\n    share: {fixed: 1, " + drops + "}\n" + behind +
         "  late:\n    share: {fixed: 1}\n    delay: {p10: 1, p50: 4, p90: 9, low: 0, high: 36}\n" + behind;
}

// So many equal schemes of a class, of 1 each, which fail together to save the target.
Plans plans(int schemes, const std::string& of, double target, double common) {
  std::string text = "organisation: a\nyears: [2018/19]\nincome: [0]\nspend: [0]\ntarget: [" + std::to_string(target) +
                     "]\nreserves: 0\npressure: {sd: 0}\nschemes:\n";
  for (int i = 0; i < schemes; ++i) text += "  s" + std::to_string(i) + ": {class: " + of + ", stage: developed, saving: [1]}\n";
  Sources sources;
  sources.system =
      Source{"system.yaml", "system: s\nyears: [2018/19]\norganisations: [a.yaml]\ndependence: {shared: {system: 0, organisation: 0, class: " +
                                std::to_string(common) + ", scheme: 0, year: 0}}\n"};
  sources.organisations = {{"a.yaml", text}};
  sources.reference = {"reference.yaml", reference()};
  Checked<Plans> made = assemble(sources);
  REQUIRE(made);
  return *made;
}

RunOptions options(std::uint64_t trials, bool knowledge = true) {
  RunOptions out;
  out.trials = out.max_trials = trials;
  out.knowledge = knowledge;
  return out;
}

bool near(double a, double b, double within) { return std::abs(a - b) <= within; }

}  // namespace

TEST_CASE("three schemes of one class all drop out as often as Beta(4, 31) has all of three, not as the cube of its mean") {
  constexpr double all_three = 0.00257400, by_itself = 0.00149271;
  const RunResult known = run(plans(3, "certain", 0.5, 0), options(8'000'000 / 256 * 256));
  const double error = std::max((known.system_fails.high - known.system_fails.low) / 2 / score95, 1e-9);
  CHECK(known.knowledge_draws == 256);
  CHECK(error < 0.03 * all_three);
  CHECK(near(known.system_fails.value, all_three, 4 * error));
  CHECK(!near(known.system_fails.value, by_itself, 4 * error));
  CHECK(near(run(plans(3, "certain", 0.5, 0), options(1'024'000, false)).system_fails.value, by_itself, 1.5e-4));
}

TEST_CASE("ten schemes of a class that 30 records tell of fail with chance 0.2132, and it is known to lie from 0.075 to 0.390") {
  const Plans ten = plans(10, "ten", 5.9, 0.25);
  const RunResult off = run(ten, options(400'128, false)), on = run(ten, options(400'128));
  CHECK(near(off.system_fails.value, 0.2071, 0.004));
  CHECK(!off.system_fails.known);
  CHECK(near(on.system_fails.value, 0.2132, 0.01));
  REQUIRE(on.system_fails.known);
  CHECK(near(on.system_fails.known->low, 0.075, 0.015));
  CHECK(near(on.system_fails.known->high, 0.390, 0.015));
  // The simulation's own interval knows nothing of what the draws differ by.
  CHECK(on.system_fails.half_width() < 0.004);
}

TEST_CASE("how late a class is, is not known either") {
  // Ten schemes that miss nothing but months: to save less than 5.8 of 10 is to be 51 months late in all. By convolution of the months' chances, in
  // each of 1,500 draws from the class's posterior (30 records): 0.2901 as written, 0.3136 ± 0.005 on average, P5 to P95 0.040 to 0.679.
  const Plans ten = plans(10, "late", 5.8, 0);
  const RunResult off = run(ten, options(200'192, false)), on = run(ten, options(200'192));
  REQUIRE(on.system_fails.known);
  CHECK(near(off.system_fails.value, 0.2901, 0.004));
  CHECK(near(on.system_fails.value, 0.3136, 0.015));
  CHECK(near(on.system_fails.known->low, 0.040, 0.015));
  CHECK(near(on.system_fails.known->high, 0.679, 0.03));
}

TEST_CASE("the same bits for any number of threads and any parts") {
  const Plans ten = plans(10, "ten", 5.9, 0.25);
  RunOptions one = options(25'600);
  one.threads = 1;
  RunOptions three = one;
  three.threads = 3;
  const std::string whole = run_shard(ten, one, {1, 1});
  CHECK(run_shard(ten, three, {1, 1}) == whole);
  ShardSum sum(ten, one);
  for (std::uint64_t k = 1; k <= 7; ++k) REQUIRE(sum.add(run_shard(ten, one, {k, 7})));
  const RunResult parts = sum.result(), direct = run(ten, one);
  CHECK(parts.system_fails.value == direct.system_fails.value);
  CHECK(parts.system_fails.low == direct.system_fails.low);
  CHECK(parts.system_fails.known == direct.system_fails.known);
  CHECK(parts.system_contingency.p80.known == direct.system_contingency.p80.known);
}

TEST_CASE("two identical plans differ by exactly 0, whatever is not known") {
  const Plans ten = plans(10, "ten", 5.9, 0.25);
  CompareOptions asked;
  asked.run = options(20'480);
  const CompareResult result = compare(ten, ten, asked);
  const Estimate& change = result.find("system", "fails")->change;
  CHECK(change.value == 0);
  CHECK(change.low == 0);
  CHECK(change.high == 0);
  REQUIRE(change.known);
  CHECK(change.known->low == 0);
  CHECK(change.known->high == 0);
  // A change that both share in every draw is known far better than either.
  const CompareResult more = compare(ten, plans(10, "ten", 6.1, 0.25), asked);
  const Estimate& worse = more.find("system", "fails")->change;
  REQUIRE(worse.known);
  CHECK(worse.known->low > 0);
  CHECK(worse.known->high - worse.known->low < 0.5 * (more.after.system_fails.known->high - more.after.system_fails.known->low));
}

TEST_CASE("a gate that says known is held to what is known, others to the simulation alone") {
  Plans ten = plans(10, "ten", 5.9, 0.25);
  for (const char* gate : {"system.fails <= 30%", "system.fails <= 30% known", "system.fails <= 60% known", "system.fails <= 2% known"}) {
    const auto parsed = parse_gate(gate, {});
    REQUIRE(parsed);
    ten.system.gates.push_back(*parsed);
  }
  const RunResult on = run(ten, options(51'200));
  CHECK(on.gates[0].verdict == Verdict::passed);
  CHECK(on.gates[1].verdict == Verdict::unclear);
  CHECK(on.gates[2].verdict == Verdict::passed);
  CHECK(on.gates[3].verdict == Verdict::crossed);
  CHECK(!on.gates[1].would_tell());
  CHECK(run(ten, options(51'200, false)).gates[2].verdict == Verdict::unclear);
  CHECK(!parse_gate("a.position.mean.2018/19 >= 0 known", {}));
}

TEST_CASE("the reserves that it takes are known no better than the chance is") {
  ReverseOptions asked;
  asked.run = options(51'200);
  asked.until = *parse_chance_target("system.fails = 20%", {}, {"system", "any", "all", "a"});
  const ReverseResult result = reverse(plans(10, "ten", 5.9, 0.25), asked);
  const DialResult& reserve = result.dials.back();
  REQUIRE(reserve.name == "reserve");
  REQUIRE(reserve.answer.known);
  CHECK(reserve.answer.known->low < reserve.answer.low);
  CHECK(reserve.answer.known->high > reserve.answer.high);
}

TEST_CASE("of ten schemes that may drop out, two ninths of the variance is what is not known, the rest their own luck") {
  // Given its chance q, Beta(4, 31), the count of those that drop out varies by 10 q (1 − q); its mean varies by 100 Var(q). With v = m (1 − m),
  // Var(q) = v/36 and E[q (1 − q)] = 35 v/36: 100/(350 + 100).
  RunOptions asked = options(200'192);
  const ExplainResult result = explain(plans(10, "certain", 10, 0), asked);
  REQUIRE(result.variance);
  REQUIRE(result.variance->knowledge);
  const Estimate& unknown = *result.variance->knowledge;
  CHECK(near(unknown.value, 2.0 / 9, 0.012));  // 4 of its standard errors
  CHECK(unknown.half_width() < 0.03);
  const auto kind = static_cast<std::size_t>(DriverKind::shares);
  CHECK(near(result.variance->shares[kind].value, 7.0 / 9, 0.02));
  CHECK(near(result.variance->interactions.value, 0, 0.01));
  asked.knowledge = false;
  const ExplainResult off = explain(plans(10, "certain", 10, 0), asked);
  CHECK(!off.variance->knowledge);
  CHECK(near(off.variance->shares[kind].value, 1, 0.01));
}

TEST_CASE("what a scheme does is known as far as comparing the plans with and without it tells") {
  const Plans ten = plans(10, "ten", 5.9, 0.25), nine = plans(9, "ten", 5.9, 0.25);
  const ExplainResult result = explain(ten, options(51'200));
  CHECK(result.setting.knowledge_draws == 100);
  CompareOptions asked;
  asked.run = options(51'200);
  asked.effects = false;
  const Estimate compared = compare(ten, nine, asked).find("system", "fails")->change;
  bool found = false;
  for (const SchemeResult& s : result.schemes) {
    if (s.id != "s9") continue;
    found = true;
    CHECK(s.lost.system.value == compared.value);
    REQUIRE(s.lost.system.known);
    CHECK(s.lost.system.known == compared.known);
    CHECK(s.lost.system.known->low < s.lost.system.low);
    CHECK(s.lost.system.known->high > s.lost.system.high);
  }
  CHECK(found);
  for (const FactorResult& f : result.factors)
    for (const Estimate& e : f.fails) CHECK(e.known);
}

TEST_CASE("sections of one draw are compared with each other, those of different draws are not") {
  // Two worlds, 1 and 5, that each section repeats but for ± 0.1.
  const std::vector<SectionChange> sections = {{1.1, 1024}, {5.1, 1024}, {0.9, 1024}, {4.9, 1024}};
  const Estimate apart = by_sections(3, sections, 2), together = by_sections(3, sections);
  // Squares 4 · 0.1², by 2 degrees of freedom: a standard error of sqrt(0.02/4), and 4.3027 of them.
  CHECK(apart.half_width() == doctest::Approx(4.302653 * std::sqrt(0.02 / 4)).epsilon(1e-4));
  CHECK(together.half_width() == doctest::Approx(3.182446 * std::sqrt(16.04 / 3 / 4)).epsilon(1e-4));
  CHECK(by_sections(3, sections, 0).half_width() == together.half_width());
}
