// Coalitions and temptations, through the program, against exact values.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

constexpr std::uint64_t trials = 400'000;

json pooled(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "pool");
  arguments.insert(arguments.end(), {"--quiet", "--format", "json"});
  const Ran ran = run(arguments);
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  return json::parse(ran.out);
}

// Within four standard errors of a chance that is known.
void check_chance(const json& chance, double exact, const std::string& what) {
  INFO(what, ": exact ", exact, ", simulated ", chance.at("p").get<double>());
  CHECK(std::abs(chance.at("p").get<double>() - exact) <= 4 * std::sqrt(exact * (1 - exact) / trials));
}

// Within two of its own half-widths, four standard errors, and the resolution of a quantile.
void check_money(const json& e, double exact, double resolution, const std::string& what) {
  INFO(what, ": exact ", exact, ", simulated ", e.at("value").get<double>());
  CHECK(std::abs(e.at("value").get<double>() - exact) <= e.at("high").get<double>() - e.at("low").get<double>() + resolution);
}

const json& rank(const json& r, const std::string& id) {
  for (const json& p : r.at("pools"))
    for (const json& m : p.at("ranks"))
      if (m.at("id") == id) return m;
  FAIL("no member " << id);
  return r;
}

// `n` organisations whose margin of one year is normal with that mean and standard deviation 2, independent of each other (R9).
void write_normals(const Folder& folder, int n, double mean) {
  folder.write("system.yaml", "system: normals\nyears: [2017]\ndependence: {shared: {system: 0, organisation: 0, class: 0, scheme: 0, year: 0}}\n");
  for (int i = 0; i < n; ++i)
    folder.write(fmt::format("org-{:02}.yaml", i),
                 fmt::format("organisation: org-{:02}\nincome: {}\nspend: 200\ntarget: 0\npressure: {{sd: 1%}}\n", i, 200 + mean));
}

}  // namespace

TEST_CASE("coalitions of independent normal margins fail, and need reserves, as the normal distribution says (long)") {
  const Folder folder;
  write_normals(folder, 4, 1);
  const json r = pooled({folder.path(), "--trials", std::to_string(trials)});
  CHECK(r.at("coalitions").size() == 15);
  const double z80 = 0.8416212335729143;  // Φ⁻¹(0.8)
  double cost[5] = {};
  for (int k = 1; k <= 4; ++k) cost[k] = std::max(0.0, 2 * std::sqrt(k) * z80 - k);
  for (const json& c : r.at("coalitions")) {
    const auto k = static_cast<double>(c.at("members").size());
    check_chance(c.at("fails"), 0.5 * std::erfc(std::sqrt(k) / 2 / std::sqrt(2.0)), c.at("members").dump());
    // A bin of the histogram: a 1024th of half as much again as the worst of 1,024 trials, some 8.
    check_money(c.at("contingency").at("p80"), cost[c.at("members").size()], 0.02, c.at("members").dump());
  }
  // All alike: Shapley's shares are equal, and the benefit is what the four need alone less what they need together.
  check_money(r.at("game").at("benefit"), 4 * cost[1] - cost[4], 0.08, "benefit");
  for (const auto& [id, share] : r.at("game").at("shapley").at("benefit").items()) check_money(share, cost[1] - cost[4] / 4, 0.04, id);
  CHECK(r.at("pools")[0].at("verdict") == "holds");
}

TEST_CASE("the core of independent normal margins is not empty, by what three of four would pay less than by themselves (long)") {
  const Folder folder;
  write_normals(folder, 4, 0);
  const json core = pooled({folder.path(), "--trials", std::to_string(trials)}).at("game").at("core");
  // Costs 2 sqrt(k) z80, shared equally: 3/4 sqrt(4) − sqrt(3) is the largest of k/4 sqrt(4) − sqrt(k).
  const double z80 = 0.8416212335729143;
  CHECK(core.at("verdict") == "not empty");
  check_money(core.at("excess"), 2 * z80 * (1.5 - std::sqrt(3.0)), 0.02, "excess");
}

TEST_CASE("a prisoners' dilemma written as plans is recognised as one") {
  const json r = pooled({scenario("games/dilemma"), "--trials", std::to_string(trials)});
  CHECK(r.at("pools")[0].at("verdict") == "dilemma");
  for (const char* id : {"east", "west"}) {
    const json& m = rank(r, id);
    CHECK(m.at("withdraws") == json{"favour"});
    CHECK(m.at("verdict") == "tempted to leave");
    check_chance(m.at("fails").at("all_stay"), 0.32, "all stay");
    check_chance(m.at("fails").at("i_leave"), 0.1, "I leave");
    check_chance(m.at("fails").at("others_leave"), 0.8, "others leave");
    check_chance(m.at("fails").at("everyone_alone"), 0.5, "everyone alone");
    // The one left behind loses the favour and has nobody to pool with.
    check_chance(m.at("left_behind").at("fails"), 0.8, "left behind");
  }
  CHECK(run({"pool", scenario("games/dilemma")}).out.find("A dilemma: each would fail less often by leaving alone") != std::string::npos);
}

TEST_CASE("a stag hunt written as plans is recognised as one") {
  const json r = pooled({scenario("games/stag-hunt"), "--trials", std::to_string(trials)});
  CHECK(r.at("pools")[0].at("verdict") == "stag hunt");
  for (const char* id : {"east", "west"}) {
    const json& m = rank(r, id);
    CHECK(m.at("verdict") == "held by interest");
    check_chance(m.at("fails").at("all_stay"), 0.125, "all stay");
    check_chance(m.at("fails").at("i_leave"), 0.2, "I leave");
    check_chance(m.at("fails").at("others_leave"), 0.45, "others leave");
    check_chance(m.at("fails").at("everyone_alone"), 0.4, "everyone alone");
  }
}

TEST_CASE("a dilemma is not called from noise") {
  // Favours worth next to nothing: each gains a tenth of a point by leaving.
  const json r = pooled({scenario("games/dilemma"), "--set", "east.schemes.favour.cost=[4.01]", "--set", "west.schemes.favour.cost=[4.01]",
                         "--trials", "300", "--set", "east.schemes.own.saving=[10.2]", "--set", "west.schemes.own.saving=[10.2]"});
  CHECK(r.at("pools")[0].at("verdict") != "dilemma");
  // Favours worth 0.5 more than they cost, where those of the scenario are worth 1: one block of futures cannot tell what many can.
  const auto half = [](std::uint64_t futures) {
    std::vector<std::string> words = {scenario("games/dilemma"), "--trials", std::to_string(futures)};
    for (const char* id : {"east", "west"})
      for (const char* edit : {"own.saving=[9]", "favour.saving=[3.5]"}) words.insert(words.end(), {"--set", fmt::format("{}.schemes.{}", id, edit)});
    return pooled(words).at("pools")[0].at("verdict");
  };
  CHECK(half(20) == "too close to call");
  CHECK(half(trials) == "dilemma");
}

TEST_CASE("a game with an empty core is recognised, and those whose claims cannot all be met") {
  const json r = pooled({scenario("games/empty-core"), "--trials", std::to_string(trials)});
  for (const json& c : r.at("coalitions")) CHECK(c.at("contingency").at("p80").at("value") == (c.at("members").size() == 3 ? 2.0 : 1.0));
  const json& game = r.at("game");
  CHECK(game.at("core").at("verdict") == "empty");
  CHECK(std::abs(game.at("core").at("excess").at("value").get<double>() - 1.0 / 3) <= 1e-12);
  CHECK(game.at("core").at("claims") == json::array({{"first", "second"}, {"first", "third"}, {"second", "third"}}));
  CHECK(std::abs(game.at("benefit").at("value").get<double>() - 1) <= 1e-12);
  CHECK(run({"pool", scenario("games/empty-core")}).out.find("however that sum is shared, some group would need less by itself") !=
        std::string::npos);
}

TEST_CASE("what pool and run have in common is the same to the last digit") {
  const json p = pooled({scenario("midshire"), "--trials", "20000"}),
             r = result({scenario("midshire"), "--trials", "20000", "--max-trials", "20000"});
  // The interval of run is by what blocks differ by, so narrower; any is 1 less none, to the rounding of one subtraction.
  const auto near = [](const json& ours, const json& of_run) { CHECK(std::abs(ours.at("p").get<double>() - of_run.at("p").get<double>()) <= 1e-15); };
  for (std::size_t o = 0; o < 6; ++o) {
    const json& alone = r.at("organisations")[o];
    CHECK(p.at("coalitions")[o].at("members")[0] == alone.at("id"));
    CHECK(p.at("coalitions")[o].at("fails").at("p") == alone.at("fails").at("alone").at("p"));
    const json& agreed = p.at("agreements")[0].at("organisations")[o];
    for (const char* fate : {"swims", "rescued", "dragged_under", "sinks"}) CHECK(agreed.at(fate).at("p") == alone.at("swim_sink").at(fate));
  }
  near(p.at("agreements")[0].at("any"), r.at("joint").at("together").at("any"));
  for (const json& m : p.at("pools")[0].at("ranks")) near(m.at("fails").at("all_stay"), r.at("pools")[0].at("fails"));
  // Aid of nothing is everyone by itself.
  near(p.at("aid").at("levels")[0].at("any"), r.at("joint").at("any"));
}

TEST_CASE("the least aid is where aid brings the chance that any fails to the level asked for") {
  // The steady one has 3 to spare each year, the risky one misses 2 with a chance of a half: aid of 2 saves it, aid of less does not.
  const Folder folder;
  folder.write("system.yaml", "system: made\nyears: [2017]\nagreement: {pools: [{members: [risky, steady], aid: 2}]}\n");
  folder.write("steady.yaml", "organisation: steady\nincome: 3\nspend: 0\ntarget: 0\n");
  folder.write("risky.yaml",
               "organisation: risky\nincome: 0\nspend: 0\ntarget: 2\nschemes: {s: {delivery: {fixed: 1, drops_out: 50%}, saving: [2]}}\n");
  const json r = pooled({folder.path(), "--any-fails", "10%"});
  const double least = r.at("aid").at("least").at("value").get<double>();
  // Between two levels of aid: (31 steps of a square) the last that fails and the first that does not.
  CHECK(least > 2 - 0.2);
  CHECK(least < 2 + 0.2);
  CHECK(r.at("pools")[0].at("aid") == 2.0);
  CHECK(r.at("pools")[0].at("ranks")[0].at("fails").at("all_stay").at("p") == 0.0);
  CHECK(rank(r, "risky").at("verdict") == "held by interest");
  CHECK(rank(r, "steady").at("verdict") == "indifferent");
  CHECK(pooled({scenario("games/empty-core"), "--any-fails", "0.1"}).at("aid").at("least").is_null());
}

TEST_CASE("above twelve organisations: singles, pairs, all but one, and all, without Shapley and the core") {
  const Folder folder;
  write_normals(folder, 13, 1);
  const json r = pooled({folder.path(), "--trials", "2000"});
  CHECK(r.at("coalitions").size() == 13 + 78 + 13 + 1);
  CHECK(r.at("every_coalition") == false);
  CHECK(r.at("game").is_null());
  CHECK(run({"pool", folder.path(), "--trials", "2000"}).out.find("too many coalitions") != std::string::npos);
}

TEST_CASE("pool gives the same bytes for any number of threads, and keeps to its schema") {
  const std::vector<std::string> words = {"pool", scenario("midshire"), "--trials", "5000", "--format", "json", "--threads"};
  std::string first;
  for (const char* threads : {"1", "2", "5"}) {
    std::vector<std::string> arguments = words;
    arguments.emplace_back(threads);
    const std::string out = run(arguments).out;
    if (first.empty()) first = out;
    CHECK(out == first);
  }
  check_schema("pool-1", first);
  check_schema("pool-1", run({"pool", scenario("games/empty-core"), "--trials", "10", "--format", "json"}).out);
}

TEST_CASE("no line of pool's page is wider than the terminal") {
  for (const char* system : {"midshire", "games/dilemma", "games/empty-core"})
    check_width(run({"pool", scenario(system), "--trials", "2000"}).out, 80);
}

TEST_CASE("what pool cannot answer it says in one line") {
  const Ran one = run({"pool", scenario("mechanisms/needs.yaml")});
  CHECK(one.status == 2);
  CHECK(one.out.empty());
  CHECK(one.err == scenario("mechanisms/needs.yaml") +
                       ": error: one organisation cannot pool with itself; give a system of two or more (for one plan ask 'shortfall run')\n");
  for (const std::vector<std::string>& bad : {std::vector<std::string>{"--any-fails", "120%"},
                                              {"--any-fails", "often"},
                                              {"--material", "2"},
                                              {"--format", "csvv"},
                                              {"--max-trials", "9"}}) {
    std::vector<std::string> words = {"pool", scenario("midshire")};
    words.insert(words.end(), bad.begin(), bad.end());
    const Ran ran = run(words);
    CHECK(ran.status == 2);
    CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 1);
    CHECK(ran.out.empty());
  }
}

TEST_CASE("a system's own target, which no pool is held to, is said to be left out") {
  const std::string words =
      "No pool is held to the system's own target, in a year up to £2.0m above its\nmembers': 'run' counts that in \"all counted as one\".\n";
  CHECK(run({"pool", scenario("mechanisms/system-target"), "--trials", "1000"}).out.find(words) != std::string::npos);
  CHECK(run({"pool", scenario("mechanisms/system-target"), "--trials", "1000", "--set", "target=10"}).out.find("own target") == std::string::npos);
}
