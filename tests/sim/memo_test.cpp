// A model beside another gives its own bits, whatever the two deliver alike.
#include "sim/memo.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "model/alter.hpp"
#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "sim/side_by_side.hpp"
#include "sim/signature.hpp"

using namespace shortfall;

namespace {

Source source_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {path.string(), {std::istreambuf_iterator<char>(stream), {}}};
}

// A file or folder of scenarios/.
Plans plans_of(const std::string& scenario, std::vector<std::string> edits = {}) {
  const std::filesystem::path path = std::filesystem::path(SHORTFALL_SOURCE) / "scenarios" / scenario;
  Sources sources;
  if (std::filesystem::is_directory(path)) {
    for (const auto& entry : std::filesystem::directory_iterator(path))
      if (entry.path().filename() == "system.yaml")
        sources.system = source_of(entry.path());
      else if (entry.path().extension() == ".yaml")
        sources.organisations.push_back(source_of(entry.path()));
  } else {
    sources.organisations.push_back(source_of(path));
  }
  sources.reference = built_in_reference();
  sources.edits = std::move(edits);
  auto plans = assemble(sources);
  if (!plans)
    for (const Problem& p : plans.error()) MESSAGE(to_text(p));
  REQUIRE(plans);
  return *plans;
}

template <class T>
bool same(const std::vector<Column<T>>& a, const std::vector<Column<T>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Column<T>& x, const Column<T>& y) { return std::memcmp(x.data(), y.data(), sizeof x) == 0; });
}

bool same(const BlockResult& a, const BlockResult& b) {
  return same(a.margin, b.margin) && same(a.shortfall, b.shortfall) && same(a.saving, b.saving) && same(a.last_year_saving, b.last_year_saving) &&
         same(a.alone_by_year, b.alone_by_year) && same(a.together_by_year, b.together_by_year) && same(a.pool_shortfall, b.pool_shortfall) &&
         same(a.pool_excess, b.pool_excess) && std::memcmp(a.system_shortfall.data(), b.system_shortfall.data(), sizeof a.system_shortfall) == 0;
}

// The variant, twice, beside `base`, over some blocks.
bool gives_its_own_bits_beside(const Model& base, const Model& variant) {
  SideBySide alone({&variant});
  SideBySide together({&base, &variant, &variant});
  SideBySide in_turn({&variant, &base, &variant, &base}, {}, Results::in_turn);
  Draws draws(7, Draws::Keep::yes, Sampling::latin_hypercube);
  bool all_same = true;
  for (std::uint64_t block : {0u, 5u}) {
    draws.start(block);
    const BlockResult own = alone.first().simulate(draws);
    const std::vector<const BlockResult*>& results = together.simulate(draws);
    all_same = all_same && same(*results[1], own) && same(*results[2], own);
    in_turn.simulate_in_turn(draws,
                             [&](std::size_t m, const BlockResult& result) { all_same = all_same && same(result, m % 2 == 0 ? own : *results[0]); });
  }
  return all_same;
}

// What two models have the same signatures of.
struct Alike {
  std::vector<bool> outcome, home, away;
};
Alike alike_in(const Model& one, const Model& other) {
  const Signatures a = signatures_of(one), b = signatures_of(other);
  const auto equal = [](const std::vector<Signature>& x, const std::vector<Signature>& y) {
    std::vector<bool> out;
    for (std::size_t i = 0; i < x.size(); ++i) out.push_back(x[i] == y[i]);
    return out;
  };
  return {equal(a.outcome, b.outcome), equal(a.home, b.home), equal(a.away, b.away)};
}

std::size_t count(const std::vector<bool>& flags) { return static_cast<std::size_t>(std::count(flags.begin(), flags.end(), true)); }

const char* const scenarios[] = {"midshire",
                                 "mechanisms/conditional-funding.yaml",
                                 "mechanisms/consultation",
                                 "mechanisms/joint-and-several",
                                 "mechanisms/lands",
                                 "mechanisms/mutual-aid",
                                 "mechanisms/named-factor",
                                 "mechanisms/needs.yaml",
                                 "mechanisms/one-offs.yaml",
                                 "mechanisms/opportunity",
                                 "mechanisms/student-t",
                                 "mechanisms/system-target",
                                 "mechanisms/teams.yaml"};

}  // namespace

TEST_CASE("beside the plans as they are: each scheme certain, lost or late, each factor held, other streams") {
  for (const char* scenario : scenarios) {
    CAPTURE(scenario);
    const Model base = compile(plans_of(scenario), {});
    const auto check = [&](const std::function<void(Model&)>& change) {
      Model variant = base;
      change(variant);
      CHECK(gives_its_own_bits_beside(base, variant));
      CHECK(gives_its_own_bits_beside(variant, base));
    };
    // Of many schemes some, of every organisation.
    for (std::size_t i = 0; i<base.schemes.size(); i += base.schemes.size()> 20 ? 7 : 1) {
      CAPTURE(i);
      check([&](Model& m) { lose(m, i); });
      check([&](Model& m) { make_certain(m, i); });
      check([&](Model& m) { put_off(m, i, 6); });
      check([&](Model& m) { m.schemes[i].share_stream += 1; });
      check([&](Model& m) { m.schemes[i].lands = {{0, 1.5}}; });
    }
    for (std::size_t f = 0; f < base.factors.size(); ++f)
      if (!base.factors[f].held_at) check([&](Model& m) { m.factors[f].held_at = -1.0f; });
    for (std::size_t k = 0; k < base.teams.size(); ++k) check([&](Model& m) { m.teams[k].wte.front() *= 0.5; });
    for (std::size_t k = 0; k < base.opportunities.size(); ++k) check([&](Model& m) { m.opportunities[k].front() *= 0.5; });
    check([](Model& m) { m.organisations.front().before_pressure.back() -= 1; });
    check([](Model& m) { m.organisations.back().reserves += 1; });
  }
}

TEST_CASE("what is alike is seen to be") {
  Tables tables;
  const Model base = compile(plans_of("midshire"), {.tables = &tables});
  const std::size_t schemes = base.schemes.size(), organisations = base.organisations.size();
  const auto alike = [&](const std::vector<std::string>& edits) { return alike_in(base, compile(plans_of("midshire", edits), {.tables = &tables})); };
  for (const char* edit : {"midshire-acute.reserves=3", "midshire-acute.pressure.sd=1%"}) {
    CAPTURE(edit);
    const Alike all = alike({edit});
    CHECK(count(all.outcome) == schemes);
    CHECK(count(all.home) == organisations);
    CHECK(count(all.away) == organisations);
  }
  // What a plan earns and is to reach is part of its margin, and of nobody else's.
  for (const char* edit : {"midshire-acute.income=300", "midshire-acute.target=1"}) {
    CAPTURE(edit);
    const Alike own = alike({edit});
    CHECK(count(own.outcome) == schemes);
    CHECK(count(own.home) == organisations - 1);
    CHECK(count(own.away) == organisations);
  }
  // One scheme's own luck: with it, at most those that need it or claim with it, and never all that stands elsewhere.
  Model late = base;
  put_off(late, 0, 6);
  const Alike scheme = alike_in(base, late);
  CHECK(!scheme.outcome[0]);
  CHECK(count(scheme.outcome) + 5 > schemes);
  CHECK(count(scheme.home) >= organisations - 2);
  // Another dial: nothing that is uncertain.
  CHECK(count(alike_in(base, compile(plans_of("midshire"), {.optimism = 0.5, .tables = &tables})).home) == 0);
}
