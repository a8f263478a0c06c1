// What a scheme comes to, scheme by scheme, on the program's own draws: every marginal is its own distribution, whatever the copula and the factors.
#include "sim/scheme.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "sim/side_by_side.hpp"

using namespace shortfall;

namespace {

Plans plans_of(const std::string& dependence, const std::string& schemes) {
  Sources sources;
  sources.system = {"system.yaml", "system: one\nyears: [2017/18, 2018/19]\ndependence: " + dependence + "\n"};
  sources.organisations.push_back({"trust.yaml", "organisation: trust\nincome: 0\nspend: 0\ntarget: 0\nschemes:\n" + schemes});
  sources.reference = built_in_reference();
  auto plans = assemble(sources);
  if (!plans)
    for (const Problem& p : plans.error()) MESSAGE(to_text(p));
  REQUIRE(plans);
  return *plans;
}

struct Shares {
  double share = 0, late = 0, overrun = 0;  // of trials with a share below ½, more than 6 months late, over 1.9 times as dear
  double both = 0;                          // a share below ½ and more than 6 months late
};
Shares sampled(const Plans& plans, std::size_t blocks) {
  const Model model = compile(plans, {});
  SideBySide alone({&model});
  BlockSimulator& simulator = alone.first();
  Draws draws(11, Draws::Keep::no);
  std::vector<SchemeOutcome> outcomes;
  Shares out;
  for (std::size_t b = 0; b < blocks; ++b) {
    draws.start(b);
    simulator.sample(draws, {0}, outcomes);
    const auto low = outcomes[0].share < 0.5f;
    const auto late = outcomes[0].months > 6;
    out.share += static_cast<double>(low.count());
    out.late += static_cast<double>(late.count());
    out.both += static_cast<double>((low && late).count());
    out.overrun += static_cast<double>((outcomes[0].overrun > 1.9f).count());
  }
  const double n = static_cast<double>(blocks * block_trials);
  return {out.share / n, out.late / n, out.overrun / n, out.both / n};
}

const char* const uncertain =
    "  one: {delivery: {uniform: [0, 1]}, delay: {uniform: [0, 12]}, overrun: {uniform: [1, 2]}, cost: [1, 0], saving: [1, 1]}\n";

}  // namespace

TEST_CASE("a scheme's share, delay and overrun each keep their own distribution, under either copula, with and without factors") {
  constexpr std::size_t blocks = 400;
  const double error = 4 * std::sqrt(0.25 / (blocks * block_trials));  // four standard errors of a half
  for (const char* copula : {"gaussian", "student-t, degrees_of_freedom: 3"})
    for (const char* shared :
         {"{system: 0, organisation: 0, class: 0, scheme: 0, year: 0}", "{system: 0.2, organisation: 0.1, class: 0, scheme: 0.3, year: 0}",
          "{system: 0, organisation: 0, class: 0, scheme: 1, year: 0}"}) {
      CAPTURE(copula);
      CAPTURE(shared);
      const Shares s = sampled(plans_of(std::string("{copula: ") + copula + ", shared: " + shared + "}", uncertain), blocks);
      CHECK(std::abs(s.share - 0.5) < error);
      CHECK(std::abs(s.late - 0.5) < error + 0.5 / 12);  // whole months: more than 6 of 12 is 5½ twelfths
      CHECK(std::abs(s.overrun - 0.1) < 0.6 * error);    // of a tenth
    }
}

TEST_CASE("the scheme's factor correlates its share and its delay by its part of the luck, and by nothing else") {
  constexpr std::size_t blocks = 400;
  const auto both = [&](const char* shared) { return sampled(plans_of(std::string("{shared: ") + shared + "}", uncertain), blocks); };
  // Two normals of correlation ρ are both below their medians with chance ¼ + asin(ρ)/2π (Sheppard 1899); here below Φ⁻¹(½) and Φ⁻¹(11/24).
  const Shares none = both("{system: 0, organisation: 0, class: 0, scheme: 0, year: 0}");
  CHECK(std::abs(none.both - 0.5 * 5.5 / 12) < 4 * std::sqrt(0.25 / (blocks * block_trials)));
  const Shares all = both("{system: 0, organisation: 0, class: 0, scheme: 1, year: 0}");
  CHECK(std::abs(all.both - 5.5 / 12) < 4 * std::sqrt(0.25 / (blocks * block_trials)));
}

TEST_CASE("organisations without schemes are simulated as what they have") {
  Plans plans = plans_of("{}", uncertain);
  plans.organisations.front().schemes.clear();
  const Model model = compile(plans, {});
  SideBySide alone({&model});
  BlockSimulator& simulator = alone.first();
  Draws draws(1, Draws::Keep::no);
  draws.start(0);
  const BlockResult& result = simulator.simulate(draws);
  CHECK((result.saving.front() == 0).all());
  CHECK((result.shortfall.front() == 0).all());
  CHECK((result.alone_by_year.back() == 0).all());
}
