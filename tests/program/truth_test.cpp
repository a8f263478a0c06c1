// What goes missing and is found elsewhere, what lapses, what is carried into the next year, and harm that comes at once: against values worked out
// by hand, at their neutral values, and switched off.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

constexpr std::uint64_t trials = 400'128;  // whole blocks of 256

void check_chance(const json& chance, double exact, const std::string& what) {
  INFO(what, ": exact ", exact, ", simulated ", chance.at("p").get<double>());
  // Within four standard errors of independent futures.
  CHECK(std::abs(chance.at("p").get<double>() - exact) <= 4 * std::sqrt(exact * (1 - exact) / trials));
}

json simulated(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--trials", std::to_string(trials)});
  return result(std::move(arguments));
}

const json& only(const json& r) { return r.at("organisations").at(0); }

std::string plan(const Folder& folder, const std::string& name, const std::string& keys, const std::string& years = "[2017/18]") {
  return folder.write(name + ".yaml", "organisation: " + name + "\nyears: " + years + "\nincome: 0\nspend: 0\npressure: {sd: 0}\n" + keys);
}

void check_years(const json& values, const std::vector<double>& expected) {
  REQUIRE(values.size() == expected.size());
  for (std::size_t y = 0; y < expected.size(); ++y) {
    CAPTURE(y);
    // Shares are in single precision, sums are rounded to 2^-50 a block.
    CHECK(std::abs(values.at(y).get<double>() - expected[y]) <= 1e-6);
  }
}

const json& mechanism(const json& r, const std::string& name) {
  for (const json& m : r.at("mechanisms"))
    if (m.at("without") == name) return m;
  FAIL("no mechanism " << name);
  return r;
}

// A result without what its inputs and its edits are called.
json bare(json r) {
  for (const char* key : {"inputs", "edits", "program"}) r.erase(key);
  return r;
}

}  // namespace

TEST_CASE("substitutes of half, of a uniform part and of none of what is missing fail as often as worked out by hand") {
  // One saving of 10 of which U comes, a target of 10, reserves of 2: fails where 10 (1 − U)(1 − R) > 2. With R fixed at ½: U < 0.6; R uniform: 1 −
  // 0.2 (1 − ln 0.2) = 0.47811242; none: U < 0.8.
  const Folder folder;
  const auto fails = [&](const std::string& substitutes) {
    const std::string path =
        plan(folder, "one", "target: 10\nreserves: 2\nsubstitutes: " + substitutes + "\nschemes: {a: {delivery: {uniform: [0, 1]}, saving: [10]}}\n");
    // What is found, and what is missing, are independent of each other.
    return only(simulated({path, "--set", "dependence.shared={system: 0, organisation: 0, class: 0, scheme: 0, year: 0}"}));
  };
  const json half = fails("{rate: 50%}");
  check_chance(half.at("fails").at("alone"), 0.6, "half");
  // A quarter of 10 on average: half of the half that is missing.
  CHECK(std::abs(half.at("found").at("mean").get<double>() - 2.5) <= 4 * 2.5 / std::sqrt(3.0 * trials));
  CHECK(std::abs(half.at("delivered_and_found").at("mean").get<double>() - 7.5) <= 4 * 2.5 / std::sqrt(3.0 * trials));
  check_chance(fails("{rate: {uniform: [0, 1]}}").at("fails").at("alone"), 1 - 0.2 * (1 - std::log(0.2)), "uniform");
  const json none = fails("none");
  check_chance(none.at("fails").at("alone"), 0.8, "none");
  CHECK(none.at("found").at("mean").get<double>() == 0);
  // At most 1 a year: fails where what is missing is above 3.
  check_chance(fails("{rate: 50%, most: 1}").at("fails").at("alone"), 0.7, "at most 1");
  // At most 4 never binds before 2 of 10 are missing.
  check_chance(fails("{rate: 50%, most: 4}").at("fails").at("alone"), 0.6, "at most 4");
}

TEST_CASE("one-offs and substitutes measure the same thing: substitutes come only beyond what one-offs fill") {
  // Missing m = 10 (1 − U), of which one-offs fill min(3, m) and substitutes would find m/2: found = max(0, m/2 − min(3, m)). Short by m − 3 − max(0,
  // m/2 − 3) above 3: at m = 6 it is 3 and at m = 10 it is 5. Above 2: m > 5, so U < ½.
  const Folder folder;
  const std::string path = plan(
      folder, "one", "target: 10\nreserves: 2\none_offs: 3\nsubstitutes: {rate: 50%}\nschemes: {a: {delivery: {uniform: [0, 1]}, saving: [10]}}\n");
  const json r = only(simulated({path}));
  check_chance(r.at("fails").at("alone"), 0.5, "with one-offs");
  // E max(0, m/2 − 3), m uniform from 0 to 10: ∫ from 6 to 10 of (m/2 − 3)/10 = 0.4.
  CHECK(std::abs(r.at("found").at("mean").get<double>() - 0.4) <= 4 * 0.66 / std::sqrt(trials));
}

TEST_CASE("nothing is missing, and nothing found, where everything goes as planned, whatever binds schemes together") {
  for (const char* name : {"teams.yaml", "needs.yaml"}) {
    const json r = result({scenario(std::string("mechanisms/") + name), "--optimism", "0", "--trials", "1024"});
    const std::string id = only(r).at("id");
    const json with = result({scenario(std::string("mechanisms/") + name), "--optimism", "0", "--trials", "1024", "--set", id + ".kind=provider"});
    CHECK(only(with).at("found").at("mean").get<double>() == 0);
    CHECK(only(with).at("position") == only(r).at("position"));
  }
  for (const char* name : {"opportunity", "consultation", "lands"}) {
    std::vector<std::string> words = {scenario(std::string("mechanisms/") + name), "--optimism", "0", "--trials", "1024"};
    const json r = result(words);
    for (const json& o : r.at("organisations")) words.insert(words.end(), {"--set", o.at("id").get<std::string>() + ".kind=provider"});
    const json with = result(words);
    for (std::size_t o = 0; o < r.at("organisations").size(); ++o) {
      CAPTURE(name);
      CHECK(with.at("organisations").at(o).at("found").at("mean").get<double>() == 0);
      CHECK(with.at("organisations").at(o).at("fails") == r.at("organisations").at(o).at("fails"));
    }
  }
}

TEST_CASE("of what lands on another organisation that one finds the substitutes") {
  // The owner saves U of 10 for the other, who finds half of what does not come: fails where 5 (1 − U) > 2.
  const Folder folder;
  folder.write("system.yaml", "system: made\nyears: [2017/18]\nagreement: {pools: []}\n");
  plan(folder, "other", "target: 10\nreserves: 2\nsubstitutes: {rate: 50%}\n");
  plan(folder, "owner", "target: 0\nschemes: {a: {delivery: {uniform: [0, 1]}, saving: [10], lands: {other: 100%}}}\n");
  const json r = simulated({folder.path()});
  check_chance(r.at("organisations").at(0).at("fails").at("alone"), 0.6, "where it lands");
  CHECK(r.at("organisations").at(1).at("found").at("mean").get<double>() == 0);
}

TEST_CASE("of a recurrent saving a part lapses after twelve months") {
  const Folder folder;
  const auto positions = [&](const std::string& saving, const std::string& more, std::vector<std::string> words = {}) {
    words.insert(words.begin(),
                 {plan(folder, "one", "target: 0\nschemes: {a: {delivery: 1, saving: " + saving + more + "}}\n", "[2017/18, 2018/19, 2019/20]"),
                  "--trials", "256"});
    return only(result(words)).at("position").at("mean");
  };
  check_years(positions("[2, 4, 6]", ", lapses: 25%"), {2, 3.5, 5});
  // What ends by plan has nothing left to lapse from.
  check_years(positions("[4, 2, 0]", ", lapses: 25%"), {4, 1.5, 0});
  check_years(positions("[2, 4, 6]", ", lapses: 0"), {2, 4, 6});
  check_years(positions("[2, 4, 6]", ", lapses: 25%", {"--optimism", "0"}), {2, 4, 6});
  check_years(positions("[2, 4, 6]", ", lapses: 25%", {"--optimism", "2"}), {2, 3, 4});
  // A year late: the same a year later.
  check_years(positions("[2, 4, 6]", ", lapses: 25%, delay: 12"), {0, 2, 3.5});
}

TEST_CASE("a class's savings lapse where they recur, and a scheme's own word comes first") {
  const Folder folder;
  folder.write("classes.yaml", "classes: {fading: {share: 1, lapses: 50%, grade: judgement, source: a test}}\n");
  folder.write("system.yaml", "system: made\nyears: [2017/18, 2018/19]\nreference: classes.yaml\norganisations: [one.yaml]\n");
  const auto second_year = [&](const std::string& more) {
    plan(folder, "one", "target: 0\nschemes: {a: {class: fading, stage: developed, saving: [4, 4]" + more + "}}\n", "[2017/18, 2018/19]");
    folder.write("classes.yaml", "stages: {developed: 0}\nclasses: {fading: {share: 1, lapses: 50%, grade: judgement, source: a test}}\n");
    return only(result({folder.path(), "--trials", "256"})).at("position").at("mean").at(1).get<double>();
  };
  CHECK(std::abs(second_year("") - 2) <= 1e-6);
  CHECK(std::abs(second_year(", recurrent: false") - 4) <= 1e-6);
  CHECK(std::abs(second_year(", lapses: 25%") - 3) <= 1e-6);
}

TEST_CASE("a gap is carried into the next year in full, in half or not at all") {
  const Folder folder;
  const auto shortfall = [&](const std::string& carry) {
    return only(result({plan(folder, "one", "target: 3\n" + carry, "[2017/18, 2018/19]"), "--trials", "256"}))
        .at("shortfall")
        .at("mean")
        .get<double>();
  };
  CHECK(shortfall("") == 6);
  CHECK(shortfall("carry: 100%\n") == 6);
  CHECK(shortfall("carry: 50%\n") == 4.5);
  CHECK(shortfall("carry: 0%\n") == 3);
  // Together: the least of the members'; the system's value for those that say nothing.
  folder.write("system.yaml", "system: made\nyears: [2017/18, 2018/19]\ncarry: 50%\n");
  plan(folder, "two", "target: 3\n", "[2017/18, 2018/19]");
  plan(folder, "one", "target: 3\ncarry: 0%\n", "[2017/18, 2018/19]");
  const json r = result({folder.path(), "--trials", "256"});
  CHECK(r.at("organisations").at(0).at("shortfall").at("mean").get<double>() == 3);
  CHECK(r.at("organisations").at(1).at("shortfall").at("mean").get<double>() == 4.5);
  CHECK(r.at("pools").at(0).at("shortfall").at("mean").get<double>() == 6);
  CHECK(r.at("system_total").at("shortfall").at("mean").get<double>() == 6);
}

TEST_CASE("harm is not late") {
  const Folder folder;
  const std::string path = plan(folder, "one", "target: -100\nschemes: {a: {delivery: -0.5, delay: 12, saving: [10, 10]}}\n", "[2017/18, 2018/19]");
  const json r = result({path, "--trials", "256", "--mechanisms"});
  check_years(only(r).at("position").at("mean"), {-5, -5});
  CHECK(mechanism(r, "harm_waits").at("system").at("p").get<double>() == 0);  // there is nothing that it could fail
  // A half of it by chance, with a share above 0 as late as before.
  const std::string mixed =
      plan(folder, "mixed", "target: 0\nschemes: {a: {delivery: {values: [-0.5, 1]}, delay: 12, saving: [10, 10]}}\n", "[2017/18, 2018/19]");
  const json m = only(simulated({mixed}));
  CHECK(std::abs(m.at("position").at("mean").at(0).get<double>() + 2.5) <= 4 * 2.5 / std::sqrt(trials));
  CHECK(std::abs(m.at("position").at("mean").at(1).get<double>() - 2.5) <= 4 * 7.5 / std::sqrt(trials));
}

TEST_CASE("neutral values change nothing") {
  const std::vector<std::string> words = {scenario("mechanisms/conditional-funding.yaml"), "--trials", "10240"};
  const json before = result(words);
  std::vector<std::string> with = words;
  const std::string id = only(before).at("id");
  for (const char* edit : {".substitutes=none", ".carry=100%", ".kind=other"}) with.insert(with.end(), {"--set", id + edit});
  CHECK(bare(result(with)) == bare(before));
  // Kinds that find nothing are no different.
  std::vector<std::string> council = words;
  council.insert(council.end(), {"--set", id + ".kind=council"});
  CHECK(bare(result(council)) == bare(before));
}

TEST_CASE("substitutes switched off are those of a plan without") {
  const Folder folder;
  const std::string keys = "target: 10\nreserves: 2\nschemes: {a: {delivery: {uniform: [0, 1]}, saving: [10]}}\n";
  const json r = simulated({plan(folder, "one", keys + "substitutes: {rate: 50%}\n"), "--mechanisms"});
  const double with = only(r).at("fails").at("alone").at("p"), by = mechanism(r, "substitutes").at("organisations").at(0).at("alone").at("p");
  const double without = only(simulated({plan(folder, "one", keys)})).at("fails").at("alone").at("p");
  CHECK(std::abs(with + by - without) <= 1e-12);
}

TEST_CASE("gates may be about what is found, and about the share of the plan that comes in one way or the other") {
  const Folder folder;
  folder.write("system.yaml",
               "system: made\nyears: [2017/18]\norganisations: [one.yaml]\ngates: [one.found.mean >= 2, one.delivered.mean >= 70%, "
               "one.delivered.mean <= 0.8]\n");
  plan(folder, "one", "target: 0\nsubstitutes: {rate: 50%}\nschemes: {a: {delivery: {uniform: [0, 1]}, saving: [10]}}\n");
  const json r = simulated({folder.path()});
  for (const json& gate : r.at("gates")) CHECK(gate.at("verdict") == "passed");
  CHECK(std::abs(r.at("gates").at(1).at("value").get<double>() - 0.75) <= 4 * 0.25 / std::sqrt(3.0 * trials));
}

TEST_CASE("two providers' programmes come to what the record says, substitutes among it") {
  const json r = simulated({scenario("mechanisms/two-programmes")});
  for (const json& o : r.at("organisations")) {
    const auto of_plan = [&](const char* what) { return o.at("delivered_and_found").at(what).get<double>() / 100; };
    // The record of trusts says 0.75, 0.91 and 1.08: the best years are beyond what substitutes can do, as they fill and never exceed.
    CHECK(std::abs(of_plan("p10") - 0.735) <= 0.02);
    CHECK(std::abs(of_plan("p50") - 0.92) <= 0.02);
    CHECK(std::abs(of_plan("p90") - 1.00) <= 0.02);
  }
}

TEST_CASE("futures are simulated in whole blocks") {
  const json r = result({scenario("mechanisms/one-offs.yaml"), "--trials", "1000"});
  CHECK(r.at("trials") == 1024);
  CHECK(r.at("trials_asked") == 1000);
}
