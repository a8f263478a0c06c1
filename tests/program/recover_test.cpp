// What to do about it, through the program: against exact values, against its own re-runs, and where options are wrong.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "support/program.hpp"
#include "support/recovery_texts.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

const char* const one = recovered_plan;

const std::string three = "options:\n" + three_options() + "budget: 4\n";

double normal_above(double x) { return 0.5 * std::erfc(x / std::sqrt(2.0)); }

std::vector<std::string> words(std::vector<std::string> plans, const std::string& options, const std::vector<std::string>& more = {}) {
  plans.insert(plans.begin(), "recover");
  plans.insert(plans.end(), {"--options", options, "--quiet"});
  plans.insert(plans.end(), more.begin(), more.end());
  return plans;
}

json recovered(const std::vector<std::string>& plans, const std::string& options, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--format", "json"});
  const Ran ran = run(words(plans, options, more));
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  return json::parse(ran.out);
}

double number(const json& e, const char* key) { return e.at(key).get<double>(); }
// Two half-widths of its own interval are four standard errors; beside them what a few sums are rounded by.
bool agrees(const json& e, const char* value, double exact) {
  return std::abs(number(e, value) - exact) <= number(e, "high") - number(e, "low") + 1e-9;
}

const json& find(const json& list, const char* key, const std::string& name) {
  for (const json& x : list)
    if (x.at(key) == name) return x;
  FAIL("no " << name);
  return list;
}

}  // namespace

TEST_CASE("the best set is found where greedy takes another, and the best option by itself is not in it") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one);
  const json r = recovered({plan}, folder.write("options.yaml", three));
  CHECK(r.at("chosen").at("options") == json({"b", "c"}));
  CHECK(agrees(r.at("now"), "p", 0.40129367));
  CHECK(agrees(r.at("chosen").at("aim"), "p", 0.11506967));
  CHECK(number(r.at("chosen").at("aim"), "high") - number(r.at("chosen").at("aim"), "low") < 0.004);
  // By itself a is the best of the three.
  const json& a = find(r.at("options"), "id", "a");
  CHECK(agrees(a.at("alone").at("change"), "value", 0.15865525 - 0.40129367));
  CHECK(number(a.at("alone").at("change"), "value") < number(find(r.at("options"), "id", "b").at("alone").at("change"), "value"));
  CHECK(a.at("chosen") == false);
  // Given c, b brings less than by itself: the marginal value is that beside what is chosen.
  CHECK(agrees(find(r.at("options"), "id", "b").at("marginal").at("change"), "value", 0.11506967 - normal_above((12 + 3.8 - 10) / 8)));
  CHECK(r.at("verdict") == "worth it");
  CHECK(r.at("search").at("all_sets") == true);
  CHECK(r.at("search").at("sets") == 8);
  // E(N(10 − cut, 8²) − 12)⁺ falls from 2.2907 to 0.4489, for 4.
  CHECK(agrees(r.at("chosen").at("net_benefit"), "value", 2.29070 - 0.44886 - 4));
}

TEST_CASE("beyond twelve options swaps mend what greedy takes, and the bound is the best there is") {
  const Folder folder;
  std::string options = three.substr(0, three.rfind("budget"));
  for (int i = 0; i < 11; ++i) options += option(fmt::format("dear-{}", i), 5, 9);
  const json r = recovered({folder.write("one.yaml", one)}, folder.write("options.yaml", options + "budget: 4\n"));
  CHECK(r.at("search").at("all_sets") == false);
  CHECK(r.at("chosen").at("options") == json({"b", "c"}));
  CHECK(std::abs(number(r.at("search"), "bound") - 0.11506967) <= 4 * std::sqrt(0.1151 * 0.8849 / 4096));
}

TEST_CASE("the bound and the set found are within a tenth of the optimum on 20 random cases of 16 options (long)") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one);
  std::mt19937 random(20181);
  std::uniform_real_distribution<double> costs(0.5, 3), rates(0.4, 1.6);
  for (int at = 0; at < 20; ++at) {
    std::vector<double> cost, cut;
    std::string options = "options:\n";
    for (int i = 0; i < 16; ++i) {
      cost.push_back(std::round(100 * costs(random)) / 100);
      cut.push_back(std::round(100 * cost.back() * rates(random)) / 100);
      options += option(fmt::format("o{}", i), cost.back(), cut.back());
    }
    double most = 0;
    for (unsigned set = 0; set < 1u << 16; ++set) {
      double spent = 0, gained = 0;
      for (unsigned i = 0; i < 16; ++i)
        if ((set >> i & 1) != 0) spent += cost[i], gained += cut[i];
      if (spent <= 6) most = std::max(most, gained);
    }
    const double now = normal_above(0.25), best = normal_above((2 + most) / 8);
    const json r = recovered({plan}, folder.write("options.yaml", options + "budget: 6\n"), {"--trials", "20480", "--seed", std::to_string(at + 1)});
    INFO("case ", at, " optimum ", best, " ", r.at("search").dump(), r.at("chosen").dump());
    CHECK(std::abs(number(r.at("search"), "bound") - best) <= 0.1 * (now - best));
    double gained = 0;
    for (const json& id : r.at("chosen").at("options")) gained += cut[static_cast<std::size_t>(std::stoi(id.get<std::string>().substr(1)))];
    CHECK(now - normal_above((2 + gained) / 8) >= 0.9 * (now - best));
  }
}

TEST_CASE("perfect information is worth what the normal loss integral says, and half-known what the part that is known explains") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml",
                                        "organisation: one\nyears: [2017]\nincome: 0\nspend: 0\ntarget: 100\npressure: {sd: 0}\n"
                                        "schemes: {s: {class: transactional, stage: delivered, saving: [0]}}\n");
  // Its net benefit is N(1, 2²).
  const std::string options =
      folder.write("options.yaml",
                   "options:\n  o:\n    cost: 4\n    paid_from: budget\n"
                   "    schemes: {one: {x: {saving: [10], delivery: {normal: {mean: 0.5, sd: 0.2, low: -1.5, high: 2.5}}}}}\n");
  const json r = recovered({plan}, options, {"--set", "dependence={shared: {system: 0.36, organisation: 0, class: 0, scheme: 0.3, year: 0}}"});
  CHECK(agrees(r.at("chosen").at("net_benefit"), "value", 1));
  const json& all = find(r.at("information"), "name", "one/x").at("value");
  const json& part = find(r.at("information"), "name", "system").at("value");
  CHECK(agrees(all, "value", 0.39559311));
  CHECK(agrees(part, "value", 0.13596587));
  CHECK(number(all, "high") - number(all, "low") < 0.03);
  CHECK(number(part, "high") - number(part, "low") < 0.03);
}

TEST_CASE("a factor that changes no choice is worth nothing to know, whatever its variance") {
  const Folder folder;
  const json r = recovered({folder.write("one.yaml", one)}, folder.write("options.yaml", "options:\n" + option("a", 0, 6) + "budget: 4\n"),
                           {"--set", "dependence={shared: {system: 0.9, organisation: 0, class: 0, scheme: 0, year: 0}}"});
  CHECK(find(r.at("information"), "name", "system").at("value").at("value") == 0);
}

TEST_CASE("a cost counts once, whoever pays it, and only the owner's margin feels the one that it pays") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one);
  const auto with = [&](const char* payer) {
    return recovered(
        {plan},
        folder.write("options.yaml", fmt::format("options: {{a: {{cost: 2, paid_from: {}, edits: {{one.adjustments.a: 6}}}}}}\nbudget: 4\n", payer)));
  };
  const json budget = with("budget"), margin = with("margin");
  CHECK(agrees(margin.at("chosen").at("aim"), "p", normal_above((12 + 6 - 2 - 10) / 8.0)));
  CHECK(agrees(budget.at("chosen").at("aim"), "p", normal_above((12 + 6 - 10) / 8.0)));
  CHECK(std::abs(number(margin.at("chosen").at("net_benefit"), "value") - number(budget.at("chosen").at("net_benefit"), "value")) < 1e-9);
}

TEST_CASE("an option that succeeds in half of all futures does half of what it would do") {
  const Folder folder;
  const json r =
      recovered({folder.write("one.yaml", one)}, folder.write("options.yaml", "options:\n" + option("a", 1, 6, ", succeeds: 50%") + "budget: 4\n"));
  CHECK(agrees(r.at("chosen").at("aim"), "p", (normal_above(0.25) + normal_above(1)) / 2));
}

TEST_CASE("ten equal options of no worth: none is worth it for at least 95 of 100 seeds (long)") {
  const Folder folder;
  std::string plan = "organisation: one\nyears: [2017]\nincome: 0\nspend: 0\ntarget: 5\npressure: {sd: 0}\nschemes:\n", options = "options:\n";
  for (int i = 0; i < 10; ++i) {
    plan += fmt::format("  s{}: {{delivery: {{uniform: [0, 1]}}, saving: [1]}}\n", i);
    // Another luck of the same distribution.
    options += fmt::format("  o{0}: {{edits: {{one.schemes.s{0}.was: t{0}}}", i);
    std::string others;
    for (int j = 0; j < i; ++j) others += fmt::format("{}o{}", others.empty() ? "" : ", ", j);
    options += others.empty() ? "}\n" : fmt::format(", excludes: [{}]}}\n", others);
  }
  const std::string plan_file = folder.write("one.yaml", plan), options_file = folder.write("options.yaml", options + "budget: 1\n");
  int none = 0, by_value = 0;
  const std::string free = folder.write("by-value.yaml", options + "value: {per_point: 1}\n");
  for (int seed = 1; seed <= 100; ++seed) {
    const std::vector<std::string> more = {"--trials", "20480", "--seed", std::to_string(seed)};
    none += recovered({plan_file}, options_file, more).at("verdict") == "none is worth it";
    by_value += recovered({plan_file}, free, more).at("verdict") == "none is worth it";
  }
  CHECK(none >= 95);
  CHECK(by_value >= 95);
}

TEST_CASE("exclusions, needs, deadlines and prices decide what may be chosen") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one);
  const auto chosen = [&](const std::string& options) {
    return recovered({plan}, folder.write("options.yaml", "options:\n" + options)).at("chosen").at("options");
  };
  CHECK(chosen(option("a", 3, 6) + option("b", 2, 3.8, ", excludes: [c]") + option("c", 2, 3.8) + "budget: 4\n") == json({"a"}));
  CHECK(chosen(option("a", 3, 6, ", needs: [b]") + option("b", 2.5, 0.5) + option("c", 2, 3.8) + "budget: 4\n") == json({"c"}));
  CHECK(chosen(option("a", 3, 6, ", by: 2017-03") + option("b", 2, 3.8) + "budget: 4\ndecide: 2017-04\n") == json({"b"}));
  CHECK(chosen(option("a", 3, 6, ", by: 2017-03") + option("b", 2, 3.8) + "budget: 4\ndecide: 2017-03\n") == json({"a"}));
  // A point is worth 0.2: a brings 24.3 points for 3, and b and c beside it less than they cost.
  CHECK(chosen(option("a", 3, 6) + option("b", 2, 0.2) + option("c", 2, 0.2) + "value: {per_point: 0.2}\n") == json({"a"}));
}

TEST_CASE("money can be aimed at, and a saving the other way round") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one);
  const auto with = [&](const char* aim) { return recovered({plan}, folder.write("options.yaml", three + "aim: " + aim + "\n")); };
  // The shortfall of N(μ, 8²) is 0 below 0; its P95 and the mean of its worst 5 % lie far above.
  const json es95 = with("es95"), p80 = with("one.contingency.p80");
  CHECK(es95.at("chosen").at("options") == json({"b", "c"}));
  CHECK(agrees(es95.at("now"), "value", 10 + 8 * 2.0627128));
  CHECK(agrees(es95.at("chosen").at("change"), "value", -7.6));
  CHECK(agrees(p80.at("now"), "value", 10 + 8 * 0.8416212 - 12));
  CHECK(agrees(with("one.shortfall.p90").at("chosen").at("change"), "value", -7.6));
  const std::string options =
      folder.write("saving.yaml", "options: {a: {cost: 1, edits: {one.schemes.s.saving: [3]}}}\nbudget: 1\naim: one.saving.mean\n");
  const json saving = recovered({plan}, options);
  CHECK(saving.at("chosen").at("options") == json({"a"}));
  CHECK(number(saving.at("chosen").at("change"), "value") == 3);
}

TEST_CASE("the plan that is written is the plan that was valued, and compare tells the difference") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one), better = folder.path("better");
  const std::string options = folder.write("options.yaml",
                                           "options: {a: {cost: 2, edits: {one.reserves: 13}, schemes: {one: {x: {class: transactional, "
                                           "stage: delivered, saving: [6], cost: [1]}}}}}\nbudget: 4\n");
  const json r = recovered({plan}, options, {"--write", better});
  const double exact = normal_above((13 + 6 - 3 - 10) / 8.0);
  CHECK(agrees(r.at("chosen").at("aim"), "p", exact));
  CHECK(number(r.at("chosen"), "cost") == 3);
  const json after = result({better, "--trials", "100096"});
  CHECK(std::abs(after.at("system_total").at("fails").at("p").get<double>() - exact) < 1e-4);
  const Ran compared = run({"compare", plan, better, "--trials", "20480", "--quiet"});
  CHECK_MESSAGE(compared.status == 0, compared.err);
  for (const char* told : {"one.reserves", "one.income: 100 → 98", "one.schemes.x"}) CHECK(compared.out.find(told) != std::string::npos);
  // What stands there already is not overwritten by something else.
  const Ran again = run(words({plan, "--set", "one.reserves=20"}, options, {"--write", better}));
  CHECK(again.status == 2);
}

TEST_CASE("every option file that is wrong is told where, in a clear word") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one);
  const auto said = [&](const std::string& text) {
    const Ran ran = run(words({plan}, folder.write("o.yaml", text)));
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    const std::string file = folder.path("o.yaml");
    CHECK_MESSAGE(ran.err.rfind(file, 0) == 0, ran.err);
    return ran.err.substr(file.size());
  };
  CHECK(said("budget: 3\n") == ":1:1: error: the file of options has no 'options' (it is required)\n");
  CHECK(said("budget: 3\noptions: {a: {edits: {one.reserves: 3}}}\n") ==
        ":1:1: error: options: stands first (so that a folder of plans passes the file over)\n");
  CHECK(said("options: {}\n") == ":1:10: error: options names none; give at least one\n");
  CHECK(said("options:\n  a: {cost: 2}\n") == ":2:3: error: option 'a' changes nothing; give it edits: or schemes:\n");
  CHECK(said("options:\n  a: {edits: {one.reservs: 3}}\n") == ":2:15: error: the plan has no key 'reservs'; did you mean 'reserves'?\n");
  CHECK(said("options:\n  a: {edits: {two.reserves: 3}}\n").find(":2:15: error: 'two' is neither an organisation here") == 0);
  CHECK(said("options:\n  a: {edits: {one.schemes.t.stage: developed}}\n").find(":2:15: error: no 't' in schemes") == 0);
  CHECK(said("options:\n  a: {edits: {one..reserves: 3}}\n").find(":2:15: error: 'one..reserves' is not a path") == 0);
  CHECK(said("options:\n  a: {schemes: {one: {s: {class: transactional, saving: [1]}}}}\n") ==
        ":2:23: error: 's' is already in schemes; give what is new another id\n");
  CHECK(said("options:\n  a: {schemes: {two: {x: {class: transactional, saving: [1]}}}}\n") == ":2:17: error: 'two' is no organisation here\n");
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}, needs: [b]}\n").find(":2:41: error: needs names 'b', which is no option here") == 0);
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}, excludes: [a]}\n") == ":2:44: error: option 'a' excludes itself\n");
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}, by: 2017-09}\n") ==
        ":2:3: error: option 'a' must be decided by 2017-09, but the file does not say when it is decided; add decide: 2018-06, say\n");
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}}\n  b: {edits: {one.reserves: 4}}\n") ==
        ":3:15: error: 'one.reserves' is set by option 'a', too (in a set of both, which of the two values holds?); let one exclude the other\n");
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}, succeeds: 120%}\n") == ":2:43: error: succeeds is 120%, but must be from 0% to 100%\n");
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}, cost: -1}\n").find(":2:39: error: cost is -1, but must be at least 0") == 0);
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}, cost: [1, 2]}\n").find(":2:39: error: cost has 2 numbers, but the plan has 1 year") == 0);
  CHECK(said("options:\n  a: {edits: {one.reserves: 3}, exclude: [b]}\n").find("has no key 'exclude'; did you mean 'excludes'?") !=
        std::string::npos);
  CHECK(said("options: {a: {edits: {one.reserves: 3}}}\naim: one.fails\n").find(":2:6: error: aim 'one.fails': an organisation's fails is either") ==
        0);
  CHECK(said("options: {a: {edits: {one.reserves: 3}}}\naim: two.fails.alone\n").find("'two' is no organisation here") != std::string::npos);
  CHECK(
      said("options: {a: {edits: {one.reserves: 3}}}\naim: es95\nvalue: {per_point: 1}\n").find(":3:8: error: per_point prices a percentage point") ==
      0);
  CHECK(said("options: {a: {edits: {years: [2018]}}}\n").find("error") != std::string::npos);
  CHECK(said("options: [a]\n").find(":1:10: error: options is a list") == 0);
  std::string unsure = "options:\n";
  for (int i = 0; i < 7; ++i) unsure += option(fmt::format("o{}", i), 1, 1, ", succeeds: 50%");
  CHECK(said(unsure + "budget: 1\n").find(":8:3: error: 7 options may not succeed; at most 6") == 0);
  CHECK(run(words({plan}, folder.path("none.yaml"))).err.find("none.yaml: error: no such file") != std::string::npos);
}

TEST_CASE("every format keeps to its form, and a folder of plans passes the options over") {
  const Folder folder;
  const std::string plans = folder.write("one.yaml", one), options = folder.write("options.yaml", three);
  const auto asked = [&](const char* format) { return run(words({plans}, options, {"--trials", "20480", "--format", format})); };
  check_schema("recovery-1", asked("json").out);
  check_width(asked("text").out, 80);
  CHECK(asked("markdown").status == 0);
  CHECK(asked("html").out.find("</html>") != std::string::npos);
  CHECK(asked("csv").out.rfind("system,subject,measure,value,low,high,trials,seed,optimism,changes,known_low,known_high\n", 0) == 0);
  const Ran passed = run({"run", folder.path(), "--trials", "256", "--quiet"});
  CHECK(passed.status == 0);
  CHECK(passed.err.find("begins with options:, so it is no plan") != std::string::npos);
}

TEST_CASE("the first screen answers in three sentences") {
  const Folder folder;
  const std::string text = run(words({folder.write("one.yaml", one)}, folder.write("options.yaml", three))).out;
  INFO(text);
  CHECK(text.find("For at most £4.0m, do b and c (£4.0m): the chance that the plan fails falls") != std::string::npos);
  CHECK(text.find("buys safety, not savings") != std::string::npos);
  const std::string none =
      run(words({folder.write("one.yaml", one)}, folder.write("options.yaml", "options:\n" + option("a", 1, 0) + "budget: 4\n"))).out;
  INFO(none);
  CHECK(none.find("none of these options is worth it") != std::string::npos);
}

namespace {

// The first four of the scenario's options, two of which may fail: what all ten come to, sanitizers would take minutes to say.
std::string four_of_midshire(const Folder& folder) {
  const std::string whole = text_of(scenario("recovery/midshire-options.yaml"));
  return folder.write("four.yaml", whole.substr(0, whole.find("  care-reviews:")) + whole.substr(whole.find("budget:")));
}

}  // namespace

TEST_CASE("options and schemes have their titles where a board reads, and their ids where a script does") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml", one), titled = "options:\n" + option("a", 3, 6, ", title: A new ward") +
                                                                   option("b", 2, 3.8, ", title: \"Cheaper gloves\"") + option("c", 2, 3.8) +
                                                                   "budget: 4\n";
  const std::string options = folder.write("options.yaml", titled);
  const std::string text = run(words({plan}, options)).out, csv = run(words({plan}, options, {"--format", "csv"})).out;
  INFO(text);
  CHECK(text.find("do “Cheaper gloves” and c (£4.0m)") != std::string::npos);
  CHECK(text.find("\nCheaper gloves; c ") != std::string::npos);
  CHECK(text.find("\nA new ward ") != std::string::npos);
  CHECK(text.find("\nb ") == std::string::npos);
  CHECK(csv.find("Cheaper") == std::string::npos);
  CHECK(recovered({plan}, options).at("chosen").at("options") == json({"b", "c"}));
  // A cheaper set that is part of the chosen one is told by what it leaves out.
  const std::string part =
      folder.write("part.yaml", "options:\n" + option("a", 1, 6, ", title: A new ward") + option("b", 2, 0.2) + option("c", 1, 4) + "budget: 4\n");
  CHECK(run(words({plan}, part)).out.find("Without b, ") != std::string::npos);
  const std::string midshire = run(words({scenario("midshire")}, four_of_midshire(folder), {"--trials", "20480"})).out;
  CHECK(midshire.find("“Theatre productivity”") != std::string::npos);
  CHECK(midshire.find("midshire-ccg/") == std::string::npos);
}

TEST_CASE("what to do is the same for any number of threads") {
  const Folder folder;
  const std::string plans = scenario("midshire"), options = four_of_midshire(folder);
  std::string first;
  for (const char* threads : {"1", "2", "3"}) {
    const Ran ran = run(words({plans}, options, {"--trials", "20480", "--format", "json", "--threads", threads}));
    if (first.empty()) first = ran.out;
    CHECK(ran.out == first);
    CHECK(!ran.out.empty());
  }
  check_schema("recovery-1", first);
}
