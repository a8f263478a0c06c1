// Signs of optimism that need no simulation: each with a plan that shows it, the whole message, and a plan just short of it.
#include "plan/optimism.hpp"

#include <doctest/doctest.h>

#include "plan/assemble.hpp"

using namespace shortfall;

namespace {

// The warnings of these plans, one a line. A plan is "id: the keys after organisation:".
std::string warnings(const std::string& system_keys, const std::vector<std::pair<std::string, std::string>>& plans) {
  Sources sources{.system = Source{"system.yaml", "system: s\nyears: [2017/18, 2018/19, 2019/20]\n" + system_keys},
                  .organisations = {},
                  .reference = built_in_reference(),
                  .edits = {}};
  // A plan that says nothing of its kind is warned of, by a test of its own.
  for (const auto& [id, keys] : plans)
    sources.organisations.push_back(
        {id + ".yaml", "organisation: " + id + "\n" + keys + (keys.find("kind:") == std::string::npos ? "kind: other\n" : "")});
  const auto assembled = assemble(sources);
  REQUIRE(assembled);
  std::string out;
  for (const Problem& p : signs_of_optimism(*assembled)) out += to_text(p) + "\n";
  return out;
}

std::string alone(const std::string& keys) { return warnings("", {{"one", "income: 0\nspend: 0\ntarget: 0\n" + keys}}); }

}  // namespace

TEST_CASE("a plan that keeps within all of it is not warned of") {
  CHECK(alone("schemes:\n  a: {class: workforce, saving: [2, 2, 2]}\n  b: {class: workforce, saving: [2, 2, 2]}\n  c: {class: workforce, saving: [2, "
              "2, 2]}\n")
            .empty());
}

TEST_CASE("its own target is missed even if everything is delivered") {
  CHECK(warnings("", {{"one", "income: 10\nspend: [10, 12, 10]\ntarget: 0\none_offs: 0.5\nschemes: {a: {delivery: 0.9000, saving: [1, 1, 1]}}\n"}}) ==
        "one.yaml:1:15: warning: 'one' misses its own target of £0.0m in 2018/19 by £0.5m even if everything is delivered, funded and helped by "
        "one-offs\n");
}

TEST_CASE("most of the new saving comes in the last third") {
  CHECK(alone("schemes:\n  a: {class: workforce, saving: [1, 1, 3]}\n  b: {class: workforce, saving: [1, 1, 3]}\n  c: {class: workforce, saving: [1, "
              "1, 3]}\n") == "one.yaml:1:15: warning: 'one' is back-loaded: £6.0m of £9.0m of new saving (67%) comes in 2019/20\n");
}

TEST_CASE("one scheme carries over 40 %") {
  CHECK(alone("schemes:\n  a: {class: workforce, saving: [5, 5, 5]}\n  b: {class: workforce, saving: [3, 3, 3]}\n  c: {class: workforce, saving: [3, "
              "3, 3]}\n") ==
        "one.yaml:6:3: warning: scheme 'a' carries £15.0m of the £33.0m that 'one' plans to save (45%); if it fails, the plan does\n");
}

TEST_CASE("savings that nobody has identified, and that are no more than an opportunity") {
  CHECK(alone("schemes:\n  a: {class: workforce, saving: [3, 3, 3]}\n  b: {class: workforce, stage: unidentified, saving: [1, 1, 1]}\n"
              "  c: {class: workforce, stage: opportunity, saving: [2, 2, 2]}\n  d: {class: workforce, saving: [2, 2, 2]}\n") ==
        "one.yaml:1:15: warning: 'one' counts on £3.0m that nobody has identified yet (12% of £24.0m)\n"
        "one.yaml:1:15: warning: 'one' counts on £9.0m that is no more than an opportunity or unidentified (38% of £24.0m)\n");
}

TEST_CASE("savings that do not recur") {
  CHECK(alone("schemes:\n  a: {class: workforce, saving: [2, 2, 2]}\n  b: {class: workforce, recurrent: false, saving: [2, 2, 2]}\n  c: {class: "
              "workforce, saving: [2, 2, 2]}\n") ==
        "one.yaml:1:15: warning: of the £6.0m that 'one' saves in 2019/20, £2.0m does not recur: the gap returns the year after\n");
}

TEST_CASE("an opportunity claimed for more than it is worth, with every place") {
  CHECK(warnings("opportunities: {beds: [1, 3, 3]}\n",
                 {{"one", "income: 0\nspend: 0\ntarget: 0\nschemes:\n  a: {delivery: 0.9000, claims: beds, saving: [1, 2, 2]}\n"},
                  {"two", "income: 0\nspend: 0\ntarget: 0\nschemes:\n  b: {delivery: 0.9000, claims: beds, saving: [0, 2, 2]}\n"}}) ==
        "two.yaml:6:33: warning: double counting: £4.0m is claimed from 'beds' in 2018/19, which is worth £3.0m (one/a at one.yaml:6:33, two/b at "
        "two.yaml:6:33); size at system.yaml:3:17\n");
}

TEST_CASE("more effort than posts, in an organisation's team and in the system's") {
  CHECK(warnings("teams: {office: {wte: 3}}\n", {{"one",
                                                  "income: 0\nspend: 0\ntarget: 0\nteams: {pmo: {wte: [2, 2, 1]}}\nschemes:\n"
                                                  "  a: {class: workforce, saving: [2, 2, 2], effort: {pmo: 2, office: 2}}\n  b: {class: workforce, "
                                                  "saving: [2, 2, 2], effort: {office: 2}}\n"
                                                  "  c: {class: workforce, saving: [2, 2, 2]}\n"}}) ==
        "system.yaml:3:9: warning: team 'office' has 3 posts in 2017/18, but schemes ask for 4, £4.0m of savings among them\n"
        "one.yaml:5:9: warning: team 'pmo' of 'one' has 1 post in 2019/20, but schemes ask for 2, £2.0m of savings among them\n");
}

TEST_CASE("a saving that lands more than once, and one that is a loss nobody planned for") {
  CHECK(warnings("", {{"one", "income: 0\nspend: 0\ntarget: 0\nschemes:\n  a: {delivery: 0.9000, saving: [2, 2, 2], lands: {one: 100%, two: 20%}}\n"},
                      {"two", "income: 0\nspend: 0\ntarget: 0\n"}}) ==
        "one.yaml:6:52: warning: scheme 'a' lands 120% of its £6.0m: £1.2m of it is counted more than once\n");
  CHECK(
      warnings("", {{"one", "income: 0\nspend: 0\ntarget: 0\nschemes:\n  a: {delivery: 0.9000, saving: [2, 2, 2], lands: {one: 100%, two: -40%}}\n"},
                    {"two", "income: 0.5\nspend: 0\ntarget: 0\n"}})
          .find("one.yaml:6:52: warning: others' savings take £2.4m from 'two', which reaches its target in 2017/18 only without that loss") !=
      std::string::npos);
  // The loss is planned for: two reaches its target all the same.
  CHECK(
      warnings("", {{"one", "income: 0\nspend: 0\ntarget: 0\nschemes:\n  a: {delivery: 0.9000, saving: [2, 2, 2], lands: {one: 100%, two: -40%}}\n"},
                    {"two", "income: 1\nspend: 0\ntarget: 0\n"}})
          .find("without that loss") == std::string::npos);
}

TEST_CASE("conditional funding that hangs on less than itself") {
  CHECK(warnings("", {{"one", "income: [11, 20, 20]\nspend: 10\ntarget: 4\nconditional_funding: {amount: [4, 4, 4]}\n"}}) ==
        "one.yaml:5:22: warning: £4.0m of conditional funding for 'one' hangs on a margin of its own of £1.0m in 2017/18: to miss by more than that "
        "costs all "
        "of it\n");
}

TEST_CASE("what hangs on the system's target is not warned of as the organisation's own") {
  CHECK(warnings("", {{"one", "income: [11, 20, 20]\nspend: 10\ntarget: 4\nconditional_funding: {amount: [4, 4, 4], tied_to: {system: 100%}}\n"}})
            .empty());
}

TEST_CASE("a stage beside a delivery of its own, and a need that starts after what needs it") {
  CHECK(alone("schemes:\n  a: {class: workforce, saving: [2, 2, 2]}\n  b: {class: workforce, stage: unidentified, delivery: 0.9, saving: [2, 2, 2]}\n"
              "  c: {class: workforce, saving: [2, 2, 2]}\n") ==
        "one.yaml:7:32: warning: scheme 'b' is unidentified, but its delivery: takes the stage's place: the 90% chance that it drops out does not "
        "count; add "
        "drops_out: 90% to delivery if it should\n");
  CHECK(alone("schemes:\n  a: {class: workforce, saving: [2, 2, 2], needs: [b]}\n  b: {class: workforce, saving: [0, 2, 2]}\n"
              "  c: {class: workforce, saving: [2, 2, 2]}\n") ==
        "one.yaml:6:52: warning: scheme 'a' is planned to save from 2017-04, before what it needs, 'b', starts in 2018-04; plan it to follow\n");
}

TEST_CASE("a pool of one, and a system's target that asks nothing") {
  CHECK(
      warnings("target: -1\nagreement: {pools: [[one]]}\n", {{"one", "income: 0\nspend: 0\ntarget: 0\n"}}) ==
      "system.yaml:1:9: warning: the system's target of -£1.0m in 2017/18 is below the sum of the organisations', £0.0m: it asks nothing of anyone\n"
      "system.yaml:4:21: warning: a pool of 'one' alone: to be in it is to stand alone\n");
}

TEST_CASE("one line that holds a whole programme, the only one or nearly all of it, with a class of single schemes") {
  CHECK(alone("schemes:\n  all: {class: workforce, saving: [2, 2, 2]}\n") ==
        "one.yaml:6:3: warning: scheme 'all' holds the whole programme of 'one' (£6.0m), but 'workforce' is a class of single schemes; give it "
        "programme-provider, programme-commissioner or programme-council, or list its schemes\n");
  CHECK(alone("schemes:\n  all: {class: workforce, saving: [9, 9, 9]}\n  b: {class: workforce, saving: [1, 1, 1]}\n")
            .find("scheme 'all' holds 90% of the programme of 'one' (£27.0m)") != std::string::npos);
  CHECK(alone("schemes:\n  all: {class: workforce, saving: [7, 7, 7]}\n  b: {class: workforce, saving: [3, 3, 3]}\n").find("programme") ==
        std::string::npos);
  CHECK(alone("schemes: {all: {class: programme-provider, saving: [2, 2, 2]}}\n").empty());
  CHECK(alone("schemes: {all: {class: programme-provider, saving: [2, 2, 2]}}\nsubstitutes: {rate: 45%}\n") ==
        "one.yaml:6:14: warning: substitutes of 'one' add nothing: every scheme of it is a whole programme, whose share holds what is found "
        "elsewhere\n");
}

TEST_CASE("organisations whose kind is not said, and a pool of mixed carry") {
  const std::string three =
      "income: 0\nspend: 0\ntarget: 0\nschemes:\n  a: {delivery: 1, saving: [2, 2, 2]}\n  b: {delivery: 1, saving: [2, 2, 2]}\n  c: {delivery: 1, "
      "saving: [2, 2, 2]}\n# kind:\n";
  CHECK(warnings("", {{"one", three}}) ==
        "one.yaml:1:15: warning: 'one' says no kind: (provider, commissioner, council or other) and no substitutes:, so nothing of what schemes miss "
        "is taken to be found elsewhere\n");
  CHECK(warnings("", {{"one", three}, {"two", three}}).find("'one' and 1 more say no kind:") != std::string::npos);
  CHECK(warnings("", {{"one", three + "kind: provider\n"}, {"two", three + "substitutes: none\n"}}).empty());
  CHECK(warnings("", {{"one", three + "kind: other\ncarry: 0%\n"}, {"two", three + "kind: other\n"}}) ==
        "one.yaml:11:8: warning: 'one' carries 0% of a gap into the next year and 'two' 100%, in one pool: the pool takes the least of its members', "
        "so "
        "that alone and together differ by that too\n");
}
