// Answers with intervals: whether the intervals are the published ones, cover what they say they cover, and decide gates as they should.
#include "study/estimate.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "plan/assemble.hpp"
#include "study/run.hpp"

using namespace shortfall;

namespace {

// Fails exactly when its luck's U lies below p; its shortfall is then p − U.
std::string threshold(const std::string& id, double p) {
  return "organisation: " + id + "\nyears: [2017]\nincome: 0\nspend: 0\npressure: {sd: 0}\ntarget: " + std::to_string(p) +
         "\nschemes: {only: {saving: [1], delivery: {uniform: [0, 1]}}}\n";
}
// Its margin is normal, of mean 1 and sd 2.
std::string normal(const std::string& id) {
  return "organisation: " + id + "\nyears: [2017]\nincome: 101\nspend: 100\ntarget: 0\npressure: {sd: 2%, persistence: 0}\n";
}

Plans assembled(const std::vector<std::string>& organisations, const std::string& more = "") {
  Sources sources;
  sources.system = Source{"system.yaml", "system: small\n" + more};
  for (const std::string& text : organisations) sources.organisations.push_back({"plan.yaml", text});
  sources.reference = built_in_reference();
  Checked<Plans> plans = assemble(sources);
  REQUIRE(plans.has_value());
  return *plans;
}

const std::string independent = "dependence:\n  shared: {system: 0, organisation: 0, class: 0, scheme: 0, year: 0}\n";

bool covers(const Estimate& e, double exact) { return e.low <= exact && exact <= e.high; }

// Every number of a result.
std::vector<double> numbers(const RunResult& r) {
  std::vector<double> out = {static_cast<double>(r.trials), r.widest, r.pooling_benefit_p80};
  const auto add = [&](const Estimate& e) { out.insert(out.end(), {e.value, e.low, e.high, static_cast<double>(e.trials)}); };
  const auto add_all = [&](const std::vector<Estimate>& all) {
    for (const Estimate& e : all) add(e);
  };
  const auto add_shortfall = [&](const ShortfallResult& s) { add_all({s.mean, s.p50, s.p80, s.p90, s.p95, s.es95}); };
  for (const OrganisationResult& o : r.organisations) {
    add_all(o.alone_by_year);
    add_all(o.together_by_year);
    add_all({o.swims, o.rescued, o.dragged_under, o.sinks, o.saving.mean, o.saving.p10, o.saving.p50, o.saving.p90});
    add_shortfall(o.shortfall);
    out.insert(out.end(), o.position.mean.begin(), o.position.mean.end());
    out.insert(out.end(), o.position.p10.begin(), o.position.p10.end());
  }
  for (const PoolResult& p : r.pools) {
    add(p.fails);
    add_shortfall(p.shortfall);
  }
  add(r.system_fails);
  add_shortfall(r.system_shortfall);
  add_all(r.joint.count);
  add_all(r.joint_together.count);
  for (const auto& row : r.pairs_joint) out.insert(out.end(), row.begin(), row.end());
  return out;
}

RunOptions options(std::uint64_t trials, std::uint64_t max_trials, std::uint64_t seed = 1) {
  RunOptions out;
  out.trials = trials;
  out.max_trials = max_trials;
  out.seed = seed;
  out.threads = 1;
  return out;
}
RunOptions precise(std::uint64_t trials, std::uint64_t max_trials, double precision, std::uint64_t seed = 1) {
  RunOptions out = options(trials, max_trials, seed);
  out.precision = precision;
  return out;
}

Gate gate(Comparison comparison, double limit) {
  Gate g;
  g.subject = "system";
  g.measure = "fails";
  g.comparison = comparison;
  g.limit = limit;
  return g;
}

Verdict judged(Comparison comparison, double low, double high) { return judge(gate(comparison, 0.3), {(low + high) / 2, low, high, 1000}); }

}  // namespace

TEST_CASE("R14: Wilson's interval at 0, 1 and 5 of 1000") {
  constexpr double bound = 1e-8;  // as stated with the case
  const struct {
    std::uint64_t count;
    double low, high;
  } cases[] = {{0, 0, .003826758}, {1, .000176546, .005642559}, {5, .002137535, .011650955}};
  for (const auto& c : cases) {
    CAPTURE(c.count);
    const Estimate e = proportion(c.count, 1000);
    CHECK(e.value == static_cast<double>(c.count) / 1000);
    CHECK(std::abs(e.low - c.low) <= bound);
    CHECK(std::abs(e.high - c.high) <= bound);
    CHECK(e.trials == 1000);
    const Estimate mirrored = proportion(1000 - c.count, 1000);
    CHECK(std::abs(mirrored.low - (1 - c.high)) <= bound);
    CHECK(std::abs(mirrored.high - (1 - c.low)) <= bound);
  }
  CHECK(proportion(0, 1000).low == 0);
  CHECK(proportion(1000, 1000).high == 1);
  CHECK(proportion(0, 0).low == 0);
  CHECK(proportion(0, 0).high == 1);
}

TEST_CASE("Wilson's ends are where the count is 1.96 standard errors away") {
  for (const std::uint64_t n : {1u, 7u, 100u, 100000u})
    for (const double share : {0.0, 0.01, 0.3, 0.5, 0.97, 1.0}) {
      const auto count = static_cast<std::uint64_t>(std::lround(share * static_cast<double>(n)));
      const Estimate e = proportion(count, n);
      for (const double end : {e.low, e.high}) {
        if (end == 0 || end == 1) continue;
        const double away = (e.value - end) / std::sqrt(end * (1 - end) / static_cast<double>(n));
        CHECK(std::abs(std::abs(away) - 1.959963984540054) <= 1e-9);  // rounding, of differences of order 1e-3
      }
    }
}

TEST_CASE("over 1000 seeds the 95 % intervals of plain sampling cover the exact value in 92.5 to 97.5 % of them (long)") {
  // The normal one's shortfall is N(−1, 2²) above zero.
  const Plans plans = assembled({threshold("a", 0.3), threshold("b", 0.02), normal("c")}, independent);
  const double z80 = 0.8416212335729143, z90 = 1.2815515655446004, z95 = 1.6448536269514722;
  const auto density = [](double x) { return std::exp(-x * x / 2) / std::sqrt(2 * 3.14159265358979323846); };
  const double fails = 0.3085375387259869;  // Φ(−½)
  const struct {
    std::string name;
    std::function<Estimate(const RunResult&)> of;
    double exact;
  } measures[] = {
      {"a fails", [](const RunResult& r) { return r.organisations[0].alone; }, 0.3 - 1e-6},  // short by more than the grace
      {"b fails", [](const RunResult& r) { return r.organisations[1].alone; }, 0.02 - 1e-6},
      {"c fails", [](const RunResult& r) { return r.organisations[2].alone; }, fails},
      {"any fails", [](const RunResult& r) { return r.joint.any; }, 1 - 0.7 * 0.98 * (1 - fails)},
      {"one fails", [](const RunResult& r) { return r.joint.count[1]; }, 0.3 * 0.98 * (1 - fails) + 0.7 * 0.02 * (1 - fails) + 0.7 * 0.98 * fails},
      // a: the P80 and P90 of max(0, 0.3 − U): 0.1 and 0.2; mean 0.3²/2; the worst 5 % lie evenly above 0.25.
      {"a's shortfall, P80", [](const RunResult& r) { return r.organisations[0].shortfall.p80; }, 0.1},
      {"a's shortfall, P90", [](const RunResult& r) { return r.organisations[0].shortfall.p90; }, 0.2},
      {"a's shortfall, mean", [](const RunResult& r) { return r.organisations[0].shortfall.mean; }, 0.045},
      {"a's shortfall, worst 5 %", [](const RunResult& r) { return r.organisations[0].shortfall.es95; }, 0.275},
      {"c's shortfall, P80", [](const RunResult& r) { return r.organisations[2].shortfall.p80; }, 2 * z80 - 1},
      {"c's shortfall, P90", [](const RunResult& r) { return r.organisations[2].shortfall.p90; }, 2 * z90 - 1},
      {"c's shortfall, P95", [](const RunResult& r) { return r.organisations[2].shortfall.p95; }, 2 * z95 - 1},
      {"c's shortfall, mean", [](const RunResult& r) { return r.organisations[2].shortfall.mean; }, 2 * density(0.5) - fails},
      {"c's shortfall, worst 5 %", [](const RunResult& r) { return r.organisations[2].shortfall.es95; }, 2 * density(z95) / 0.05 - 1},
      {"a's saving, mean", [](const RunResult& r) { return r.organisations[0].saving.mean; }, 0.5},
      {"a's saving, P10", [](const RunResult& r) { return r.organisations[0].saving.p10; }, 0.1},
      {"a's saving, P50", [](const RunResult& r) { return r.organisations[0].saving.p50; }, 0.5},
  };
  constexpr int seeds = 1000;
  std::vector<int> covered(std::size(measures), 0);
  for (int seed = 1; seed <= seeds; ++seed) {
    RunOptions plain = options(2000, 2000, static_cast<std::uint64_t>(seed));
    plain.sampling = SamplingChoice::plain;
    const RunResult r = run(plans, plain);
    for (std::size_t k = 0; k < std::size(measures); ++k) covered[k] += covers(measures[k].of(r), measures[k].exact) ? 1 : 0;
  }
  for (std::size_t k = 0; k < std::size(measures); ++k) {
    INFO(measures[k].name << ": " << covered[k] << " of " << seeds);
    // .95 and 3.6 standard errors sqrt(.95 · .05/1000) on either side, for seventeen measures and for counts being whole numbers; reference cases
    // ask for 90 to 98.5 % of 200.
    CHECK(covered[k] >= 0.925 * seeds);
    CHECK(covered[k] <= 0.975 * seeds);
  }
}

TEST_CASE("over 300 seeds the 95 % intervals of Latin hypercube sampling and of integrated pressures cover the exact value in 91 % and more (long)") {
  // R6: three organisations of equicorrelated lucks. R9: four normal margins of correlation 0.3, alone and pooled.
  const std::string equal = "dependence:\n  shared: {system: 0.3, organisation: 0, class: 0, scheme: 0, year: 0}\n";
  const Plans r6 = assembled({threshold("a", 0.1), threshold("b", 0.2), threshold("c", 0.3)}, equal);
  const Plans r9 = assembled({normal("a"), normal("b"), normal("c"), normal("d")}, equal);
  const double z80 = 0.8416212335729143;
  const struct {
    std::string name;
    const Plans& plans;
    std::function<Estimate(const RunResult&)> of;
    double exact;
    bool by_blocks;  // else what blocks differ by is below the least reach of 3/trials, and every interval covers
  } measures[] = {
      {"R6: a fails", r6, [](const RunResult& r) { return r.organisations[0].alone; }, 0.1, true},
      {"R6: c fails", r6, [](const RunResult& r) { return r.organisations[2].alone; }, 0.3, true},
      {"R6: any", r6, [](const RunResult& r) { return r.joint.any; }, .4437718552, true},
      {"R6: all", r6, [](const RunResult& r) { return r.joint.all; }, .0223034126, true},
      {"R6: c's shortfall, mean", r6, [](const RunResult& r) { return r.organisations[2].shortfall.mean; }, 0.045, true},
      {"R6: c's shortfall, P80", r6, [](const RunResult& r) { return r.organisations[2].shortfall.p80; }, 0.1, true},
      {"R9: a fails", r9, [](const RunResult& r) { return r.organisations[0].alone; }, .3085375, false},
      {"R9: pooled", r9, [](const RunResult& r) { return r.pools[0].fails; }, .2340800, false},
      {"R9: system", r9, [](const RunResult& r) { return r.system_fails; }, .2340800, false},
      {"R9: d's shortfall, P80", r9, [](const RunResult& r) { return r.organisations[3].shortfall.p80; }, 2 * z80 - 1, true},
  };
  constexpr int seeds = 300;
  std::vector<int> covered(std::size(measures), 0);
  for (int seed = 1; seed <= seeds; ++seed) {
    const RunOptions automatic = options(10240, 10240, static_cast<std::uint64_t>(seed));
    const RunResult of_r6 = run(r6, automatic), of_r9 = run(r9, automatic);
    REQUIRE(of_r6.sampling == "latin-hypercube");
    REQUIRE(of_r9.pressure == "integrated");
    for (std::size_t k = 0; k < std::size(measures); ++k)
      covered[k] += covers(measures[k].of(&measures[k].plans == &r6 ? of_r6 : of_r9), measures[k].exact) ? 1 : 0;
  }
  for (std::size_t k = 0; k < std::size(measures); ++k) {
    INFO(measures[k].name << ": " << covered[k] << " of " << seeds);
    // .95 and 3.2 standard errors sqrt(.95 · .05/300) below; above, 98.5 % as the reference cases ask.
    CHECK(covered[k] >= 0.91 * seeds);
    if (measures[k].by_blocks) CHECK(covered[k] <= 0.985 * seeds);
  }
}

TEST_CASE("Latin hypercube sampling and integrated pressures make intervals narrower, by what they say") {
  const Plans plans = assembled({normal("a"), normal("b"), threshold("c", 0.3)});
  RunOptions plain = options(51200, 51200);
  plain.sampling = SamplingChoice::plain;
  const auto widths = [&](const RunOptions& o) {
    const RunResult r = run(plans, o);
    return std::vector<double>{r.organisations[0].alone.half_width(), r.organisations[2].alone.half_width(), r.pools[0].fails.half_width()};
  };
  const std::vector<double> wide = widths(plain), narrow = widths(options(51200, 51200));
  // Variances fall at least by 10 where a pressure is integrated, by 2 where a single luck decides.
  CHECK(narrow[0] <= wide[0] / std::sqrt(10.0));
  CHECK(narrow[1] <= wide[1] / std::sqrt(2.0));
  CHECK(narrow[2] <= wide[2] / std::sqrt(2.0));
}

TEST_CASE("a contingency is the shortfall beyond the reserves, and never negative") {
  const Estimate e = beyond({5, 4, 7, 100}, 4.5);
  CHECK(e.value == 0.5);
  CHECK(e.low == 0);
  CHECK(e.high == 2.5);
  CHECK(e.trials == 100);
  CHECK(beyond({5, 4, 7, 100}, 9).value == 0);
}

TEST_CASE("a gate passes or is crossed only when the whole interval says so") {
  using enum Comparison;
  // <= 0.3: the interval may end at the limit.
  CHECK(judged(at_most, 0.1, 0.2) == Verdict::passed);
  CHECK(judged(at_most, 0.1, 0.3) == Verdict::passed);
  CHECK(judged(at_most, 0.2, 0.4) == Verdict::unclear);
  CHECK(judged(at_most, 0.3, 0.4) == Verdict::unclear);
  CHECK(judged(at_most, 0.31, 0.4) == Verdict::crossed);
  // < 0.3: it may not, and one that begins there has no value below.
  CHECK(judged(below, 0.1, 0.2) == Verdict::passed);
  CHECK(judged(below, 0.1, 0.3) == Verdict::unclear);
  CHECK(judged(below, 0.2, 0.4) == Verdict::unclear);
  CHECK(judged(below, 0.3, 0.4) == Verdict::crossed);
  // >= 0.3 and > 0.3, mirrored.
  CHECK(judged(at_least, 0.31, 0.4) == Verdict::passed);
  CHECK(judged(at_least, 0.3, 0.4) == Verdict::passed);
  CHECK(judged(at_least, 0.2, 0.4) == Verdict::unclear);
  CHECK(judged(at_least, 0.2, 0.3) == Verdict::unclear);
  CHECK(judged(at_least, 0.1, 0.2) == Verdict::crossed);
  CHECK(judged(above, 0.31, 0.4) == Verdict::passed);
  CHECK(judged(above, 0.3, 0.4) == Verdict::unclear);
  CHECK(judged(above, 0.2, 0.4) == Verdict::unclear);
  CHECK(judged(above, 0.2, 0.3) == Verdict::crossed);
  CHECK(judged(above, 0.1, 0.2) == Verdict::crossed);
  // A value known exactly, exactly at the limit.
  CHECK(judged(at_most, 0.3, 0.3) == Verdict::passed);
  CHECK(judged(below, 0.3, 0.3) == Verdict::crossed);
  CHECK(judged(at_least, 0.3, 0.3) == Verdict::passed);
  CHECK(judged(above, 0.3, 0.3) == Verdict::crossed);
}

TEST_CASE("a gate judges the measure that it names") {
  const Plans plans = assembled({threshold("a", 0.3), normal("c")},
                                independent +
                                    "gates:\n  - a.fails.alone <= 50%\n  - a.fails.together >= 0\n  - c.shortfall.p80 < 5\n"
                                    "  - c.contingency.p90 > 0.5\n  - a.saving.mean >= 0.4\n  - a.saving.p90 < 0.5\n  - any.fails <= 10%\n"
                                    "  - all.fails < 40%\n  - system.fails <= 90%\n  - system.shortfall.es95 <= 100\n");
  const RunResult r = run(plans, options(5000, 5000));
  REQUIRE(r.gates.size() == 10);
  const OrganisationResult &a = r.organisations[0], &c = r.organisations[1];
  const Estimate values[] = {a.alone,      a.together,  c.shortfall.p80, c.contingency.p90, a.saving.mean,
                             a.saving.p90, r.joint.any, r.joint.all,     r.system_fails,    r.system_shortfall.es95};
  const bool passes[] = {true, true, true, true, true, false, false, true, true, true};
  for (std::size_t k = 0; k < 10; ++k) {
    CAPTURE(r.gates[k].gate.expression);
    CHECK(r.gates[k].value.value == values[k].value);
    CHECK(r.gates[k].value.low == values[k].low);
    CHECK(r.gates[k].value.high == values[k].high);
    CHECK(r.gates[k].verdict == (passes[k] ? Verdict::passed : Verdict::crossed));
  }
  CHECK(r.trials == 5000);
}

TEST_CASE("trials are added only while a gate is unclear, up to the most allowed") {
  const auto trials_of = [&](const std::string& gates) { return run(assembled({threshold("a", 0.3)}, independent + gates), options(1000, 50000)); };
  CHECK(trials_of("").trials == 1000);
  CHECK(trials_of("gates: [a.fails.alone <= 40%]\n").trials == 1000);
  CHECK(trials_of("gates: [a.fails.alone <= 20%]\n").trials == 1000);

  const RunResult close = trials_of("gates: [a.fails.alone <= 32%]\n");
  CHECK(close.trials > 1000);
  CHECK(close.trials < 50000);
  CHECK(close.gates[0].verdict == Verdict::passed);

  const RunResult at_the_limit = trials_of("gates: [a.fails.alone <= 30%]\n");
  CHECK(at_the_limit.trials == 50000);
  CHECK(at_the_limit.gates[0].verdict == Verdict::unclear);
}

TEST_CASE("trials are added until every interval is as narrow as was asked for") {
  const Plans plans = assembled({threshold("a", 0.3), normal("c")});
  for (const double precision : {0.02, 0.01, 0.005}) {
    const RunResult r = run(plans, precise(300, 1000000, precision));
    CAPTURE(precision);
    CHECK(r.widest <= precision);
    // Trials double, so half as many were not enough: a half-width near ½ is at most 1.96 · ½/sqrt(n), and no probability's is wider.
    CHECK(static_cast<double>(r.trials) <= 2 * std::pow(1.96 / 2 / precision, 2));
    CHECK(r.trials > 300);
  }
  const RunResult cut = run(plans, precise(300, 1000, 0.001));
  CHECK(cut.trials == 1000);
  CHECK(cut.widest > 0.001);
}

TEST_CASE("a run that was extended equals a run of as many trials from the start") {
  const Plans plans = assembled({threshold("a", 0.3), normal("c"), threshold("d", 0.1)});
  // Neither a multiple of the block of 256 nor, when doubled, ever one.
  for (const std::uint64_t trials : {1u, 300u, 1001u, 2560u}) {
    RunOptions in_threads = precise(trials, 1000000, 0.008, 5);
    in_threads.threads = 3;
    const RunResult extended = run(plans, in_threads);
    CHECK(extended.trials > trials);
    const RunResult direct = run(plans, options(extended.trials, extended.trials, 5));
    CAPTURE(trials);
    CHECK(numbers(extended) == numbers(direct));
    CHECK(numbers(direct) != numbers(run(plans, options(extended.trials, extended.trials, 6))));
  }
}
