// What is found elsewhere and what is carried from year to year: the stages on columns made by hand, and the correlation that default shares give.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "model/compile.hpp"
#include "model/landing.hpp"
#include "plan/assemble.hpp"
#include "sim/agreement.hpp"
#include "sim/deliver.hpp"
#include "sim/settle.hpp"
#include "sim/side_by_side.hpp"

using namespace shortfall;

namespace {

Source source_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {path.string(), {std::istreambuf_iterator<char>(stream), {}}};
}

Plans two_programmes(std::vector<std::string> edits = {}) {
  const std::filesystem::path folder = std::filesystem::path(SHORTFALL_SOURCE) / "scenarios/mechanisms/two-programmes";
  Sources sources;
  sources.system = source_of(folder / "system.yaml");
  for (const char* name : {"north.yaml", "south.yaml"}) sources.organisations.push_back(source_of(folder / name));
  sources.reference = built_in_reference();
  sources.edits = std::move(edits);
  auto plans = assemble(sources);
  REQUIRE(plans);
  return std::move(*plans);
}

}  // namespace

TEST_CASE("found is the rate's part of what is missing, up to the most, less the one-offs used; never below 0") {
  Floats rate = Floats::Constant(0.5f);
  Doubles landed = Doubles::Zero(), margin = Doubles::Zero(), found;
  landed[0] = 4, landed[1] = 10, landed[2] = 12, landed[3] = -2;
  substitute(rate, 10, landed, 5, {}, margin, found);
  // Missing 6, 0, −2 and 12.
  CHECK(found[0] == 3);
  CHECK(found[1] == 0);
  CHECK(found[2] == 0);
  CHECK(found[3] == 5);
  CHECK((margin == found).all());
  // One-offs of 2: a margin of −1 uses 1 of them, of −6 both, of 3 none.
  margin[0] = -1, margin[1] = -6, margin[2] = 3, margin[3] = -6;
  landed = Doubles::Constant(4);
  landed[3] = 9;
  substitute(rate, 10, landed, 5, {.one_offs = 2}, margin, found);
  CHECK(found[0] == 2);
  CHECK(found[1] == 1);
  CHECK(found[2] == 3);
  CHECK(found[3] == 0);
  CHECK(margin[1] == -5);
}

TEST_CASE("a gap is carried in part, and the worst gap below 0 says how near the nearest year came to one") {
  std::vector<Doubles> margins(3, Doubles::Zero());
  margins[0][0] = -4, margins[1][0] = -1, margins[2][0] = -1;  // carried by half: 4, 3, 2.5
  margins[0][1] = 5, margins[1][1] = 2, margins[2][1] = 7;
  margins[0][2] = -2, margins[1][2] = -3, margins[2][2] = 4;  // 2, 4, then 2 − 4
  Doubles worst, shortfall;
  worst_gap_of(margins, 0.5, worst);
  CHECK(worst[0] == 4);
  CHECK(worst[1] == -2);
  CHECK(worst[2] == 4);
  shortfall_of(margins, 0.5, shortfall);
  CHECK(shortfall[1] == 0);
  shortfall_of(margins, 1, shortfall);
  CHECK(shortfall[0] == 6);
  CHECK(shortfall[2] == 5);
  shortfall_of(margins, 0, shortfall);
  CHECK(shortfall[2] == 3);
}

TEST_CASE("what harms comes at once, and nothing else does") {
  Floats share = Floats::Constant(0.5f);
  Integers months = Integers::Constant(7);
  share[3] = -0.1f;
  share[4] = 0;
  come_at_once(share, months);
  CHECK(months[2] == 7);
  CHECK(months[3] == 0);
  CHECK(months[4] == 7);
}

TEST_CASE("the programmes of two providers correlate at about 0.22 by the default shares of luck") {
  const Model model = compile(two_programmes({"north.substitutes=none", "south.substitutes=none"}), {});
  SideBySide alone({&model});
  BlockSimulator& simulator = alone.first();
  Draws draws(1, Draws::Keep::no);
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (std::uint64_t block = 0; block < 400; ++block) {
    draws.start(block);
    const BlockResult& r = simulator.simulate(draws);
    const Doubles &a = r.saving[0], &b = r.saving[1];
    n += block_trials, x += a.sum(), y += b.sum(), xx += (a * a).sum(), yy += (b * b).sum(), xy += (a * b).sum();
  }
  const double correlation = (xy / n - x / n * y / n) / std::sqrt((xx / n - x / n * x / n) * (yy / n - y / n * y / n));
  // 102,400 trials know it to 0.003.
  CHECK(correlation >= 0.19);
  CHECK(correlation <= 0.25);
}

TEST_CASE("at λ = 0 nothing is missing, to the last bit, and a changed mechanism is planned for again") {
  Model model = compile(two_programmes(), {.optimism = 0});
  REQUIRE(model.organisations[0].finds());
  SideBySide alone({&model});
  BlockSimulator& simulator = alone.first();
  Draws draws(1, Draws::Keep::no);
  draws.start(0);
  CHECK((simulator.simulate(draws).found[0] == 0).all());
  CHECK(model.organisations[0].planned_landing[0] == 100);
  model.schemes[0].programme = true;
  plan_landing(model);
  CHECK(model.organisations[0].planned_landing[0] < 100);
}

TEST_CASE("a model with substitutes beside one without gives its own bits") {
  const Model with = compile(two_programmes(), {}), without = compile(two_programmes({"north.substitutes=none"}), {});
  SideBySide both({&with, &without});
  SideBySide alone_with({&with}), alone_without({&without});
  Draws shared(3, Draws::Keep::yes), own(3, Draws::Keep::no);
  for (std::uint64_t block = 0; block < 3; ++block) {
    shared.start(block);
    const auto& results = both.simulate(shared);
    own.start(block);
    const BlockResult& a = alone_with.first().simulate(own);
    own.start(block);
    const BlockResult& b = alone_without.first().simulate(own);
    for (std::size_t o = 0; o < 2; ++o) {
      CHECK((results[0]->margin[o] == a.margin[o]).all());
      CHECK((results[1]->margin[o] == b.margin[o]).all());
      CHECK((results[0]->found[o] == a.found[o]).all());
    }
    CHECK((a.margin[0] >= b.margin[0]).all());
    CHECK((a.margin[1] == b.margin[1]).all());
  }
}
