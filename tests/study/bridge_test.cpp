// From plan to what to expect: the steps add up, end where the run ends, and are each what the plan makes them.
#include "study/bridge.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "plan/assemble.hpp"

using namespace shortfall;

namespace {

Plans plans_of(const std::string& schemes, const std::string& more = "", const std::string& system = "") {
  Sources sources;
  sources.system = Source{"system.yaml", "system: s\nyears: [2017, 2018]\n" + system};
  sources.organisations = {{"plan.yaml", "organisation: one\nincome: 100\nspend: 100\ntarget: 0\n" + more + "schemes:\n" + schemes}};
  sources.reference = built_in_reference();
  auto plans = assemble(sources);
  REQUIRE_MESSAGE(plans, to_text(plans ? Problem{} : plans.error().front()));
  return *plans;
}

RunOptions options() {
  RunOptions out;
  out.trials = out.max_trials = 10'240;
  return out;
}

double step(const BridgeOf& b, WaterfallStep which) { return b.steps[static_cast<std::size_t>(which)]; }

// A little of everything that comes between a plan and its savings.
const std::string everything =
    "  a: {class: service-redesign, stage: opportunity, saving: [3, 4], cost: [1, 0.5], effort: {pmo: 2}}\n"
    "  b: {delivery: {uniform: [0.3, 1]}, saving: {full_year: 4, starts: 2017-04, ramp_months: 6}, needs: [a], lapses: 20%}\n"
    "  c: {delivery: {p10: -0.4, p50: 0.5, p90: 1.1, drops_out: 30%}, delay: {uniform: [0, 12]}, saving: [2, 2], claims: beds}\n"
    "  d: {class: workforce, saving: [2, 2], claims: beds, consultation: true}\n"
    "  e: {stage: delivered, saving: [1, 1]}\n";
const std::string team = "teams: {pmo: {wte: 2, staffing: {uniform: [0.3, 1]}}}\nsubstitutes: {rate: 30%}\n";
const std::string shared = "opportunities: {beds: 2.5}\nblackouts: [{from: 2017-01, to: 2017-07, why: election}]\n";

}  // namespace

TEST_CASE("the steps add up, from the run's planned savings to its expected ones") {
  const Plans plans = plans_of(everything, team, shared);
  for (const double optimism : {0.0, 0.5, 1.0, 1.7}) {
    INFO(optimism);
    RunOptions asked = options();
    asked.optimism = optimism;
    const Bridge b = bridge(plans, asked);
    const RunResult whole = run(plans, asked);
    double level = b.system.planned;
    for (const double x : b.system.steps) level += x;
    CHECK(level == doctest::Approx(b.system.expected).epsilon(1e-11));
    CHECK(b.system.planned == doctest::Approx(whole.organisations[0].saving.planned).epsilon(1e-12));
    CHECK(b.system.expected == whole.organisations[0].saving.mean.value);
    CHECK(b.system.found == doctest::Approx(whole.organisations[0].found.mean.value).epsilon(1e-9));
    REQUIRE(b.organisations.size() == 1);
    CHECK(b.organisations[0].expected == b.system.expected);
  }
}

TEST_CASE("every step that the plan has anything of takes something") {
  const BridgeOf b = bridge(plans_of(everything, team, shared), options()).system;
  for (std::size_t k = 0; k < waterfall_steps; ++k) CHECK_MESSAGE(b.steps[k] < -0.01, bridge_steps()[k].name);
  CHECK(std::abs(b.dearer) > 0.01);
  CHECK(b.found > 0.01);
}

TEST_CASE("where all goes to plan, nothing is taken") {
  RunOptions asked = options();
  asked.optimism = 0;
  const BridgeOf b = bridge(plans_of("  a: {class: workforce, saving: [3, 4], cost: 1}\n"), asked).system;
  for (const double x : b.steps) CHECK(x == 0);
  CHECK(b.expected == 7);
  CHECK(b.dearer == 0);
}

TEST_CASE("each step is what the plan makes it") {
  // Of £12m and £12m: 0.8 of it delivered, six months late (the first year's second half is lost), a fifth lapses in the second year.
  BridgeOf b = bridge(plans_of("  a: {delivery: 0.8, delay: 6, saving: [12, 12], overrun: 1.5, cost: [2, 0]}\n"), options()).system;
  CHECK(step(b, WaterfallStep::in_part) == doctest::Approx(-4.8).epsilon(1e-6));
  CHECK(step(b, WaterfallStep::late) == doctest::Approx(-4.8).epsilon(1e-6));
  CHECK(b.dearer == doctest::Approx(1.0).epsilon(1e-6));
  CHECK(b.expected == doctest::Approx(14.4).epsilon(1e-6));
  // Drops out in 30 of 100 futures, else delivers half.
  b = bridge(plans_of("  a: {delivery: {fixed: 0.5, drops_out: 30%}, saving: [10, 10]}\n"), options()).system;
  CHECK(step(b, WaterfallStep::dropped_out) == doctest::Approx(-6).epsilon(0.03));
  CHECK(step(b, WaterfallStep::in_part) == doctest::Approx(-7).epsilon(0.03));
  // Two posts where four are asked for: half of it.
  b = bridge(plans_of("  a: {delivery: 1, saving: [4, 4], effort: {pmo: 4}}\n", "teams: {pmo: {wte: 2}}\n"), options()).system;
  CHECK(step(b, WaterfallStep::short_of_staff) == doctest::Approx(-4).epsilon(1e-6));
  // It delivers no more of itself than what it needs does, and no sooner: 0.75, three months late.
  b = bridge(plans_of("  a: {delivery: 0.75, delay: 3, saving: [0, 0]}\n  b: {delivery: 1, saving: [4, 4], needs: [a]}\n"), options()).system;
  CHECK(step(b, WaterfallStep::needs) == doctest::Approx(-2.75).epsilon(1e-6));
  CHECK(step(b, WaterfallStep::late) == 0);
  // A consultation that waits for half of the first year.
  b = bridge(plans_of("  a: {delivery: 1, saving: [4, 4], consultation: true}\n", "", "blackouts: [{from: 2017-01, to: 2017-07}]\n"), options())
          .system;
  CHECK(step(b, WaterfallStep::consultation) == doctest::Approx(-2).epsilon(1e-6));
  // A quarter lasts twelve months: of the second year's 4, 1.
  b = bridge(plans_of("  a: {delivery: 1, saving: [4, 4], lapses: 25%}\n"), options()).system;
  CHECK(step(b, WaterfallStep::lapses) == doctest::Approx(-1).epsilon(1e-6));
  // Two claim 3 a year each of an opportunity worth 4: 2 a year are counted twice.
  b = bridge(plans_of("  a: {delivery: 1, saving: [3, 3], claims: beds}\n  b: {delivery: 1, saving: [3, 3], claims: beds}\n", "",
                      "opportunities: {beds: 4}\n"),
             options())
          .system;
  CHECK(step(b, WaterfallStep::counted_twice) == doctest::Approx(-4).epsilon(1e-6));
}

TEST_CASE("harm comes at once: it is delivered in part, never late") {
  const BridgeOf b = bridge(plans_of("  a: {delivery: -0.5, delay: 6, saving: [4, 4]}\n"), options()).system;
  CHECK(step(b, WaterfallStep::in_part) == doctest::Approx(-12).epsilon(1e-6));
  CHECK(step(b, WaterfallStep::late) == 0);
}

TEST_CASE("the bridge is the same for any number of threads") {
  const Plans plans = plans_of(everything, team, shared);
  RunOptions one = options(), four = options();
  one.threads = 1, four.threads = 4;
  const BridgeOf a = bridge(plans, one).system, b = bridge(plans, four).system;
  CHECK(a.steps == b.steps);
  CHECK(a.expected == b.expected);
}
