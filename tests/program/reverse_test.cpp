// How far the dials go, through the program, against exact values and against the program's own re-runs.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

json reversed(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "reverse");
  arguments.insert(arguments.end(), {"--quiet", "--format", "json"});
  const Ran ran = run(arguments);
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  return json::parse(ran.out);
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const json& dial(const json& r, const std::string& name) {
  for (const json& d : r.at("dials"))
    if (d.at("dial") == name) return d;
  FAIL("no dial " << name);
  return r;
}

// Fails when its one scheme delivers less than half: P = 1 − 0.5/λ, and given the system's luck z, Φ(−z) as half of its luck is the system's.
const char* const half =
    "organisation: half\nyears: [2017]\nincome: 0\nspend: 0\ntarget: 0.5\npressure: {sd: 0}\n"
    "schemes: {s: {delivery: {uniform: [0, 1]}, saving: [1]}}\n";
const char* const shared = "dependence={shared: {system: 0.5, organisation: 0, class: 0, scheme: 0, year: 0}}";

struct Exact {
  const char* dial;
  double answer;
};

}  // namespace

TEST_CASE("the dials of a plan that fails below half delivered stand where arithmetic says") {
  const Folder folder;
  const json r = reversed({folder.write("half.yaml", half), "--set", shared, "--trials", "400000"});
  CHECK(std::abs(r.at("now").at("p").get<double>() - 0.5) <= 4 * std::sqrt(0.25 / 400'000));
  const Exact smooth[] = {{"optimism", 0.625}, {"luck", 0.8}, {"reserve", 0.3}};
  for (const Exact& e : smooth) {
    const json& d = dial(r, e.dial);
    INFO(e.dial, " ", d.at("answer").dump());
    CHECK(d.at("outcome") == "found");
    CHECK(d.at("monotone") == true);
    // Two half-widths of its own interval are four standard errors.
    CHECK(std::abs(d.at("answer").at("value").get<double>() - e.answer) <=
          d.at("answer").at("high").get<double>() - d.at("answer").at("low").get<double>());
  }
  const json& share = dial(r, "share");
  CHECK(std::abs(share.at("answer").at("value").get<double>() - 0.5) <= 2e-5);  // the search's resolution, a hundred-thousandth of the range
  CHECK(std::abs(share.at("now").get<double>() - 0.5) <= 4 * std::sqrt(1.0 / 12 / 400'000));
  CHECK(dial(r, "delay").at("answer").at("value") == 6.0);
  CHECK(dial(r, "delay").at("now") == 0.0);
}

TEST_CASE("reverse holds what it promises for at least 90 of 100 seeds, and a run at its answer gives just what it says (long)") {
  const Folder folder;
  const std::string plan = folder.write("half.yaml", half);
  int promised[3] = {}, covered[3] = {};
  for (int seed = 1; seed <= 100; ++seed) {
    const std::string s = std::to_string(seed);
    const json r = reversed({plan, "--set", shared, "--trials", "20000", "--seed", s, "--sampling", "plain"});
    const auto consider = [&](int which, const char* name, double exact, auto chance_at) {
      const json& d = dial(r, name);
      const json &a = d.at("answer"), &p = d.at("fails");
      // What the plan's true chance is at the answer: as a re-run without end would find it.
      const double truth = chance_at(a.at("value").get<double>());
      promised[which] += truth >= p.at("low") && truth <= p.at("high") ? 1 : 0;
      covered[which] += exact >= a.at("low") && exact <= a.at("high") ? 1 : 0;
      CHECK(0.2 >= p.at("low").get<double>());
      CHECK(0.2 <= p.at("high").get<double>());
    };
    consider(0, "optimism", 0.625, [](double x) { return 1 - 0.5 / x; });
    consider(1, "luck", 0.8, [](double q) { return 1 - q; });
    consider(2, "reserve", 0.3, [](double x) { return 0.5 - x; });
    if (seed > 3) continue;
    const std::vector<std::string> words = {plan, "--trials", "20000", "--seed", s, "--sampling", "plain", "--set"};
    const auto rerun = [&](std::vector<std::string> more) {
      std::vector<std::string> all = words;
      all.insert(all.end(), more.begin(), more.end());
      return result(all).at("system_total").at("fails");
    };
    const auto at = [&](const char* name) { return fmt::format("{}", dial(r, name).at("answer").at("value").get<double>()); };
    CHECK(rerun({shared, "--optimism", at("optimism")}) == dial(r, "optimism").at("fails"));
    CHECK(rerun({shared, "--given", "system=" + at("luck")}) == dial(r, "luck").at("fails"));
    CHECK(rerun({shared, "--set", "half.reserves=" + at("reserve")}) == dial(r, "reserve").at("fails"));
    CHECK(rerun({shared, "--set", "half.schemes.s.delivery=" + at("share")}) == dial(r, "share").at("fails"));
  }
  // 95 expected. Four standard deviations of a count of 95 in 100 below it: 86.
  for (const int n : promised) CHECK(n >= 90);
  for (const int n : covered) CHECK(n >= 86);
}

TEST_CASE("Midshire re-run at reverse's own answers gives the very chance that it says (long)") {
  const json r = reversed({scenario("midshire"), "--trials", "20000", "--until", "midshire-ccg.fails.alone = 25%"});
  const auto rerun = [&](std::vector<std::string> more) {
    std::vector<std::string> all = {scenario("midshire"), "--trials", "20000", "--max-trials", "20000", "--set", "gates=[]"};
    all.insert(all.end(), more.begin(), more.end());
    const json all_of_it = result(all);
    for (const json& o : all_of_it.at("organisations"))
      if (o.at("id") == "midshire-ccg") return o.at("fails").at("alone").at("p");
    return json();
  };
  const auto at = [&](const char* name) { return fmt::format("{}", dial(r, name).at("answer").at("value").get<double>()); };
  CHECK(rerun({"--optimism", at("optimism")}) == dial(r, "optimism").at("fails").at("p"));
  CHECK(rerun({"--given", "system=" + at("luck")}) == dial(r, "luck").at("fails").at("p"));
  CHECK(rerun({"--set", fmt::format("midshire-ccg.reserves={}", r.at("organisations")[3].at("reserves").get<double>() +
                                                                    dial(r, "reserve").at("answer").at("value").get<double>())}) ==
        dial(r, "reserve").at("fails").at("p"));
  for (const json& d : r.at("dials"))
    if (d.at("dial") != "delay" && d.at("outcome") == "found") {
      CHECK(d.at("fails").at("low").get<double>() <= 0.25);
      CHECK(d.at("fails").at("high").get<double>() >= 0.25);
    }
}

TEST_CASE("every subject and measure can be asked for, under joint and several pools and under mutual aid") {
  for (const char* until : {"system.fails = 10%", "any.fails = 10%", "all.fails = 10%", "risky.fails.alone = 0.1", "steady.fails.together=10%"}) {
    INFO(until);
    const json r = reversed({scenario("mechanisms/mutual-aid"), "--trials", "20000", "--until", until});
    CHECK(dial(r, "reserve").at("outcome") == "found");
    // More reserves than needed by a hair leave no more than was asked for.
    CHECK(dial(r, "reserve").at("fails").at("low").get<double>() <= 0.1);
  }
  const json pool = reversed({scenario("midshire"), "--trials", "5000", "--until", "midshire-ccg.fails.together = 20%"});
  const json r = result({scenario("midshire"), "--trials", "5000", "--max-trials", "5000", "--set", "gates=[]"});
  CHECK(std::abs(dial(pool, "reserve").at("answer").at("value").get<double>() - r.at("pools")[0].at("contingency").at("p80").get<double>()) <= 0.3);
  CHECK(pool.at("now") == r.at("pools")[0].at("fails"));
}

TEST_CASE("a chance that does not go one way as a dial turns is called so") {
  // 'down' fails when less than 0.86 of plan comes, 'up' when less than 1.1 does: with 0.8 and 1.2 delivered, below λ = 0.5 the one, above 0.7 the
  // other.
  const Folder folder;
  folder.write("system.yaml", "system: made\nyears: [2017]\n");
  folder.write("down.yaml", "organisation: down\nincome: 0\nspend: 0\ntarget: 0.86\nschemes: {s: {delivery: 0.8, saving: [1]}}\n");
  folder.write("up.yaml", "organisation: up\nincome: 0\nspend: 0\ntarget: 1.1\nschemes: {s: {delivery: 1.2, saving: [1]}}\n");
  const json r = reversed({folder.path(), "--until", "any.fails = 20%", "--trials", "2000"});
  CHECK(dial(r, "optimism").at("monotone") == false);
  CHECK(std::abs(dial(r, "optimism").at("answer").at("value").get<double>() - 0.5) <= 1e-4);
  CHECK(dial(r, "share").at("monotone") == true);
  const std::string text = run({"reverse", folder.path(), "--until", "any.fails = 20%", "--trials", "2000"}).out;
  CHECK(text.find("not monotone") != std::string::npos);
  CHECK(text.find("Beware: the chance does not go one way") != std::string::npos);
}

TEST_CASE("a level that is met nowhere, or everywhere, is said in words") {
  const Folder folder;
  const std::string plan = folder.write("half.yaml", half);
  // Out of reach whatever comes: the target is more than half again the saving.
  const std::string never = run({"reverse", plan, "--set", "half.target=2", "--trials", "2000"}).out;
  CHECK(never.find("Even if 150 % of what is promised came, all on time, the plan fails in") != std::string::npos);
  CHECK(never.find("Even if all that is promised is delivered on time, the plan fails in 100.0") != std::string::npos);
  const std::string always = run({"reverse", plan, "--set", "half.target=-9", "--trials", "2000"}).out;
  CHECK(always.find("Even at 3 times the record of such plans the plan fails in no more than 0") != std::string::npos);
  CHECK(always.find("However late the savings come") != std::string::npos);
  // Reserves cannot be less than none: of the system, and of the organisation that has least.
  CHECK(always.find("Even with no reserves the plan fails in no more than 0") != std::string::npos);
  for (const auto& [words, reserve] : {std::pair(std::vector<std::string>{plan, "--set", "half.target=0.1", "--set", "half.reserves=2"}, 2.0),
                                       std::pair(std::vector<std::string>{plan, "--set", "half.target=0.1"}, 0.0)}) {
    const json d = dial(reversed(joined(words, {"--trials", "2000"})), "reserve");
    CHECK(d.at("outcome") == "always below");
    CHECK(d.at("answer").is_null());
    CHECK(d.at("range")[0].get<double>() == -reserve);
  }
  const std::vector<std::string> each = {"reverse", scenario("mechanisms/mutual-aid"), "--until", "any.fails = 90%", "--trials", "2000"};
  CHECK(run(each).out.find("Even with no more reserves than today's at least one organisation fails in no\nmore") != std::string::npos);
  CHECK(run(joined(each, {"--set", "steady.reserves=1.5"}))
            .out.find("Even with £1.5m less of reserves each, at least one organisation fails in no\nmore") != std::string::npos);
}

TEST_CASE("a plan without schemes has its luck and its reserves to turn, and no other dial") {
  const Folder folder;
  const json r = reversed(
      {folder.write("none.yaml", "organisation: none\nyears: [2017]\nincome: 5\nspend: 5\ntarget: 0\npressure: {sd: 1%}\n"), "--trials", "100000"});
  CHECK(r.at("dials").size() == 2);
  CHECK(dial(r, "luck").at("outcome") == "found");
  // A normal miss of standard deviation 0.05: at its P80, 0.05 · 0.8416.
  const json& e = dial(r, "reserve").at("answer");
  CHECK(std::abs(e.at("value").get<double>() - 0.05 * 0.8416212335729143) <= e.at("high").get<double>() - e.at("low").get<double>());
}

TEST_CASE("reverse gives the same bytes for any number of threads, keeps to its schema and to the page") {
  std::string first;
  for (const char* threads : {"1", "2", "5"}) {
    const std::string out = run({"reverse", scenario("midshire"), "--trials", "6000", "--format", "json", "--threads", threads}).out;
    if (first.empty()) first = out;
    CHECK(out == first);
  }
  check_schema("reverse-1", first);
  check_schema("reverse-1", run({"reverse", scenario("mechanisms/needs.yaml"), "--trials", "10", "--format", "json"}).out);
  check_width(run({"reverse", scenario("midshire"), "--trials", "5000"}).out, 80);
}

TEST_CASE("what reverse cannot be asked it refuses in one line") {
  const std::string plan = scenario("midshire");
  const std::pair<std::vector<std::string>, const char*> bad[] = {
      {{"--until", "system.fails"}, "--until: error: 'system.fails': needs a measure, = and a chance, as in 'system.fails = 20%'\n"},
      {{"--until", "system.fails <= 20%"}, "--until: error: 'system.fails <= 20%': needs a measure, = and a chance, as in 'system.fails = 20%'\n"},
      {{"--until", "system.contingency.p80 = 5"},
       "--until: error: 'system.contingency.p80 = 5': contingency.p80 is money; only a chance can be asked for, as in 'system.fails = 20%'\n"},
      {{"--until", "system.fails = 0%"}, "--until: error: 'system.fails = 0%': '0%' is not a chance above 0 and below 100 %, like 20%\n"},
      {{"--until", "midshire-cgg.fails.alone = 20%"},
       "--until: error: 'midshire-cgg.fails.alone = 20%': 'midshire-cgg' is no organisation here; did you mean 'midshire-ccg'?\n"},
      {{"--until", "nope.fails=20%"},
       "--until: error: 'nope.fails=20%': 'nope' is no organisation here (there are system, any, all, eastwell-acute, eastwell-ccg, midshire-acute, "
       "midshire-ccg, midshire-community, midshire-council)\n"},
      {{"--until", "sytem.fails=20%"}, "--until: error: 'sytem.fails=20%': 'sytem' is no organisation here; did you mean 'system'?\n"},
      {{"--factor", "sistem"},
       "--factor: error: no factor 'sistem' here; did you mean 'system'? (there are system, organisation/ID, class/ID, year/LABEL, "
       "scheme/ORGANISATION/SCHEME and the plan's own names)\n"}};
  for (const auto& [words, message] : bad) {
    std::vector<std::string> all = {"reverse", plan};
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = run(all);
    CHECK(ran.status == 2);
    CHECK(ran.err == message);
    CHECK(ran.out.empty());
  }
}
