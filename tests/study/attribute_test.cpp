// Which edit did it: effects whose exact size is known.
#include "study/attribute.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "plan/assemble.hpp"

using namespace shortfall;

namespace {

Plans plans_of(const std::vector<std::string>& organisations, const std::string& more = "") {
  Sources sources;
  sources.system =
      Source{"system.yaml", "system: s\nyears: [2017]\ndependence: {shared: {system: 0, organisation: 0, class: 0, scheme: 0, year: 0}}\n" + more};
  for (const std::string& text : organisations) sources.organisations.push_back({"plan.yaml", text});
  sources.reference = built_in_reference();
  auto plans = assemble(sources);
  if (!plans)
    for (const Problem& p : plans.error()) MESSAGE(to_text(p));
  REQUIRE(plans);
  return *plans;
}

std::string organisation(const std::string& id, const std::string& target, const std::string& schemes, const std::string& more = "") {
  return "organisation: " + id + "\nincome: 0\nspend: 0\npressure: {sd: 0}\ntarget: " + target + "\n" + more + "schemes:\n" + schemes;
}

constexpr std::uint64_t trials = 40'960;

Effects effects(const Plans& before, const Plans& after) {
  const auto out = attribute(difference(before, after), after, {.precision = {}, .seed = 3, .given = {}, .progress = {}}, trials);
  REQUIRE(out);
  return *out;
}

const Effect& effect(const Effects& all, const std::string& name) {
  const auto at = std::find_if(all.list.begin(), all.list.end(), [&](const Effect& e) { return e.name == name; });
  REQUIRE_MESSAGE(at != all.list.end(), name);
  return *at;
}

const std::string tosses =
    "  heads: {delivery: {fixed: 1, drops_out: 50%}, saving: [1]}\n  tails: {delivery: {fixed: 1, drops_out: 50%}, saving: [1]}\n";

}  // namespace

TEST_CASE("one edit: its effect is the whole change, and nothing is left over") {
  const Plans before = plans_of({organisation("one", "0.3", "  s: {delivery: {uniform: [0, 1]}, saving: [1]}\n")});
  const Plans after = plans_of({organisation("one", "0.4", "  s: {delivery: {uniform: [0, 1]}, saving: [1]}\n")});
  const Effects e = effects(before, after);
  REQUIRE(e.list.size() == 1);
  CHECK(e.list[0].name == "one.target");
  CHECK(e.list[0].system.value == e.total.value);
  CHECK(e.list[0].made_alone == e.list[0].withheld_alone);
  CHECK(e.interaction.value == 0);
  CHECK(std::abs(e.total.value - 0.1) <= 4 * std::sqrt(0.1 * 0.9 / trials));
}

TEST_CASE("two edits that only together do harm share it, each by half, and the halves say so") {
  // Two tosses must bring 1: with reserves of 1 and a target of 2 it fails when both fail, chance ¼ ... the edits raise the need by ½ and ½.
  const Plans before = plans_of({organisation("one", "1", tosses, "")});
  const Plans after = plans_of({organisation(
      "one", "1.5",
      "  heads: {delivery: {fixed: 1, drops_out: 50%}, saving: [1]}\n  tails: {delivery: {fixed: 1, drops_out: 50%}, saving: [1.5]}\n")});
  // Old: fails when both drop out, ¼. With the target alone: unless both come, ¾. With the saving alone: ¼. With both: fails without tails, ½.
  const Effects e = effects(before, after);
  const double four_sd = 4 * std::sqrt(0.25 / trials);
  const Effect &target = effect(e, "one.target"), &saving = effect(e, "one.schemes.tails.saving");
  CHECK(std::abs(target.made_alone - 0.5) <= four_sd);
  CHECK(std::abs(target.withheld_alone - 0.25) <= four_sd);
  CHECK(std::abs(target.system.value - 0.375) <= four_sd);
  CHECK(std::abs(saving.made_alone) <= 0);
  CHECK(std::abs(saving.withheld_alone + 0.25) <= four_sd);
  CHECK(std::abs(saving.system.value + 0.125) <= four_sd);
  CHECK(std::abs(e.total.value - 0.25) <= four_sd);
  // What is left is what is not the sum, to the rounding of a few sums.
  CHECK(std::abs(e.total.value - target.system.value - saving.system.value - e.interaction.value) <= 1e-12);
  CHECK(e.list[0].name == "one.target");  // the largest first
  CHECK(e.list[0].owner == "one");
}

TEST_CASE("effects on the owner, and an agreement's on who fails") {
  const std::string strong = organisation("strong", "0", "  x: {delivery: {fixed: 1, drops_out: 50%}, saving: [1]}\n"),
                    weak = organisation("weak", "1", "  x: {delivery: {fixed: 1, drops_out: 50%}, saving: [1]}\n");
  const Effects e = effects(plans_of({strong, weak}, "agreement: {pools: [[strong], [weak]]}\n"),
                            plans_of({strong, weak}, "agreement: {pools: [[strong, weak]]}\n"));
  REQUIRE(e.list.size() == 1);
  CHECK(e.list[0].system.value == 0);
  CHECK(e.list[0].alone.value == 0);
  // Any fails by itself in ½ of futures; as one only when neither toss comes.
  CHECK(std::abs(e.list[0].together.value + 0.25) <= 4 * std::sqrt(0.25 / trials));
  CHECK(e.list[0].owner.empty());
}

TEST_CASE("edits that need one another are made together") {
  const Plans before = plans_of({organisation("one", "1", tosses)});
  const Plans after = plans_of(
      {organisation("one", "1",
                    tosses + "  new: {class: workforce, saving: [1]}\n  newer: {class: workforce, saving: [1], needs: [new], effort: {pmo: 1}}\n",
                    "teams: {pmo: {wte: 1}}\n"),
       organisation("two", "0", "  y: {class: workforce, saving: [1], needs: [one/newer]}\n")});
  const Effects e = effects(before, after);
  REQUIRE(e.list.size() == 1);
  CHECK(e.list[0].changes.size() == 4);
  CHECK(e.interaction.value == 0);
}

TEST_CASE("above 30 edits those of a scheme are taken together") {
  std::string old_schemes, new_schemes;
  for (int i = 0; i < 16; ++i) {
    const std::string name = "  s" + std::to_string(i);
    old_schemes += name + ": {class: workforce, saving: [1], cost: [0.1]}\n";
    new_schemes += name + ": {class: workforce, saving: [1.1], cost: [0.2]}\n";
  }
  const Effects e = effects(plans_of({organisation("one", "12", old_schemes)}), plans_of({organisation("one", "12", new_schemes)}));
  CHECK(e.grouped == "scheme");
  REQUIRE(e.list.size() == 16);
  CHECK(e.list[0].changes.size() == 2);
  CHECK(e.list[0].name.starts_with("one.schemes.s"));
}

TEST_CASE("plans for other years are not told apart") {
  const auto plan = [](const char* years) {
    Sources sources;
    sources.organisations.push_back({"plan.yaml", std::string("organisation: one\nyears: ") + years + "\nincome: 0\nspend: 0\ntarget: 0\n"});
    sources.reference = built_in_reference();
    return *assemble(sources);
  };
  const Plans before = plan("[2017]"), after = plan("[2017, 2018]");
  CHECK_FALSE(attribute(difference(before, after), after, {}, trials));
}

TEST_CASE("edits that only make sense together are one, and make plans that pass every check") {
  const auto with = [](const std::string& scheme, const std::string& more = "") {
    return plans_of({organisation("one", "0.5", "  base: {delivery: 1, saving: [1]}\n" + scheme, more)});
  };
  struct Case {
    const char* what;
    Plans before, after;
    std::string names;
  };
  const std::string council = organisation("two", "0.5", "  s: {delivery: {uniform: [0, 1]}, saving: [1]}\n");
  const std::string hospital = organisation("one", "0.5", "  s: {delivery: {uniform: [0, 1]}, saving: [1]}\n");
  const std::string tied = organisation("one", "0.5", "  s: {delivery: {uniform: [0, 1]}, saving: [1], lands: {two: 100%}, needs: [two/s]}\n");
  const std::vector<Case> cases = {
      {"a judgement becomes a class", with("  s: {delivery: 0.5, saving: [2]}\n"), with("  s: {class: transactional, saving: [2]}\n"),
       "one.schemes.s.class with one.schemes.s.delivery"},
      {"a class becomes a judgement", with("  s: {class: transactional, saving: [2]}\n"), with("  s: {delivery: 0.5, saving: [2]}\n"),
       "one.schemes.s.class with one.schemes.s.delivery"},
      {"what was banked is planned anew", with("  s: {stage: delivered, saving: [2]}\n"), with("  s: {class: transactional, saving: [2]}\n"),
       "one.schemes.s.class with one.schemes.s.stage"},
      {"a judgement is banked", with("  s: {delivery: 0.5, delay: 1, saving: [2]}\n"), with("  s: {stage: delivered, saving: [2]}\n"),
       "one.schemes.s.stage with one.schemes.s.delivery with one.schemes.s.delay"},
      {"a cost that falls on another", plans_of({hospital, council}),
       plans_of({organisation("one", "0.5", "  s: {delivery: {uniform: [0, 1]}, saving: [1], cost: [1], cost_falls: {two: 100%}}\n"), council}),
       "one.schemes.s.cost with one.schemes.s.cost_falls"},
      {"a team and who asks for it", with("  s: {delivery: 1, saving: [1]}\n"),
       with("  s: {delivery: 1, saving: [1], effort: {pmo: [2]}}\n", "teams: {pmo: {wte: [1]}}\n"), "one.teams.pmo with one.schemes.s.effort"},
      {"an opportunity and who claims it", plans_of({hospital}),
       plans_of({organisation("one", "0.5", "  s: {delivery: {uniform: [0, 1]}, saving: [1], claims: beds}\n")}, "opportunities: {beds: [0.4]}\n"),
       "opportunities.beds with one.schemes.s.claims"},
      {"an organisation and what lands on it", plans_of({hospital}), plans_of({tied, council}),
       "two with one.schemes.s.needs with one.schemes.s.lands"},
      {"every organisation is another", plans_of({hospital}), plans_of({council}), "one with two"},
      {"a need turned round", with("  a: {delivery: 0.5, saving: [1], needs: [b]}\n  b: {delivery: 0.5, saving: [1]}\n"),
       with("  a: {delivery: 0.5, saving: [1]}\n  b: {delivery: 0.5, saving: [1], needs: [a]}\n"), "one.schemes.a.needs with one.schemes.b.needs"},
      // A limit changes nothing, so it ties nothing together.
      {"an organisation, a reserve and a limit", plans_of({hospital}),
       plans_of({organisation("one", "0.5", "  s: {delivery: {uniform: [0, 1]}, saving: [1]}\n", "reserves: 0.1\n"), council},
                "gates: [two.fails.alone <= 50%]\n"),
       "one.reserves, two"},
  };
  for (const Case& c : cases) {
    CAPTURE(std::string(c.what));
    const Effects e = effects(c.before, c.after);
    std::vector<std::string> sorted;
    for (const Effect& one : e.list) sorted.push_back(one.name);
    std::sort(sorted.begin(), sorted.end());
    std::string names;
    for (const std::string& name : sorted) names += (names.empty() ? "" : ", ") + name;
    CHECK(names == c.names);
  }
}
