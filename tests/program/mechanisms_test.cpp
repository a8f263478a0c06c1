// What binds organisations and schemes together, each rule by itself: against exact values, switched off, and in the direction it must push.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <functional>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

constexpr std::uint64_t trials = 400'128;  // whole blocks of 256

// Within four standard errors of a probability that is known: one test in 16,000 fails by chance, at a fixed seed none does.
void check_chance(const json& chance, double exact, const std::string& what) {
  INFO(what, ": exact ", exact, ", simulated ", chance.at("p").get<double>());
  const double standard_error = std::sqrt(exact * (1 - exact) / trials);
  CHECK(std::abs(chance.at("p").get<double>() - exact) <= 4 * standard_error);
}

json simulated(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--trials", std::to_string(trials)});
  return result(std::move(arguments));
}

const json& organisation(const json& r, const std::string& id) {
  for (const json& o : r.at("organisations"))
    if (o.at("id") == id) return o;
  FAIL("no organisation " << id);
  return r;
}

// A folder with a system of independent lucks and these plans.
struct Made {
  Folder folder;
  explicit Made(const std::string& system_keys, const std::vector<std::pair<std::string, std::string>>& plans,
                const std::string& years = "[2017/18]") {
    folder.write("system.yaml", "system: made\nyears: " + years + "\n" + system_keys);
    for (const auto& [id, keys] : plans) folder.write(id + ".yaml", "organisation: " + id + "\n" + keys);
  }
};
const std::string independent = "dependence: {shared: {system: 0, organisation: 0, class: 0, scheme: 0, year: 0}}\n";

}  // namespace

TEST_CASE("each scenario of scenarios/mechanisms gives the answer that its comment derives (long)") {
  struct Claim {
    const char* scenario;
    const char* pointer;
    double exact;
  };
  const double third = 1.0 / 3;
  const Claim claims[] = {
      {"carry.yaml", "/organisations/0/fails/alone", 11.0 / 15},
      {"conditional-funding.yaml", "/organisations/0/fails/alone", 0.5},
      {"consultation", "/organisations/0/fails/alone", 1},
      {"harm-at-once.yaml", "/organisations/0/fails/alone", 0.5},
      {"joint-and-several", "/organisations/0/fails/alone", 0.5},
      {"joint-and-several", "/organisations/0/fails/together", 0.5},
      {"joint-and-several", "/organisations/1/fails/alone", 0.5},
      {"joint-and-several", "/joint/all", 0.25},
      {"lands", "/organisations/0/fails/alone", 0.5},
      {"lands", "/organisations/1/fails/alone", 0.5},
      {"lands", "/joint/any", 1},
      {"lands", "/joint/all", 0},
      {"lands", "/system_total/fails", 1},
      {"lapses.yaml", "/organisations/0/fails/alone", 20.0 / 21},
      {"mutual-aid", "/organisations/0/fails/alone", 0.5},
      {"mutual-aid", "/organisations/0/fails/together", 0.25},
      {"mutual-aid", "/organisations/1/fails/together", 0.25},
      {"mutual-aid", "/joint/together/all", 0.25},
      {"mutual-aid", "/pools/0/fails", 0.25},
      {"named-factor", "/organisations/0/fails/alone", 0.5},
      {"named-factor", "/joint/all", 1.0 / 6},
      {"needs.yaml", "/organisations/0/fails/alone", 0.5},
      {"one-offs.yaml", "/organisations/0/fails/alone", 0.5},
      {"opportunity", "/organisations/0/fails/alone", 0.75},
      {"opportunity", "/organisations/1/fails/alone", 0.75},
      {"opportunity", "/joint/all", 0.5},
      {"opportunity", "/system_total/fails", 1},
      {"student-t", "/organisations/0/fails/alone", 0.01},
      {"student-t", "/joint/all", 0.00287678},
      {"substitutes.yaml", "/organisations/0/fails/alone", 0.6},
      {"system-target", "/organisations/0/fails/alone", 0.5},
      {"system-target", "/system_total/fails", 0.75},
      {"system-target", "/pools/0/fails", 0.25},
      {"teams.yaml", "/organisations/0/fails/alone", 0.6},
  };
  std::string last;
  json r;
  for (const Claim& c : claims) {
    if (c.scenario != last) r = simulated({scenario(std::string("mechanisms/") + c.scenario)});
    last = c.scenario;
    check_chance(r.at(json::json_pointer(c.pointer)), c.exact, std::string(c.scenario) + c.pointer);
  }
  const json cells = simulated({scenario("mechanisms/joint-and-several")}).at("organisations").at(1).at("swim_sink");
  for (const char* cell : {"swims", "rescued", "dragged_under", "sinks"}) check_chance({{"p", cells.at(cell)}}, 0.25, cell);
  const json pairs = simulated({scenario("mechanisms/named-factor")}).at("joint").at("pairs").at("joint");
  check_chance({{"p", pairs[0][1]}}, 0.25, "commissioner and council");
  check_chance({{"p", pairs[1][2]}}, third, "council and hospital");
}

TEST_CASE("a need in another organisation scales what needs it, and delays it") {
  // a delivers 0, ½ or 1, a third each; b, which would deliver in full, delivers what a does: fails below ⅔ of plan in two of three.
  const Made shares(independent, {{"first", "income: 0\nspend: 0\ntarget: 0\nschemes: {a: {delivery: {values: [0, 0.5, 1]}, saving: [9]}}\n"},
                                  {"second", "income: 0\nspend: 0\ntarget: 6\nschemes: {b: {delivery: 1, saving: [9], needs: [first/a]}}\n"}});
  const json r = simulated({shares.folder.path()});
  check_chance(organisation(r, "second").at("fails").at("alone"), 2.0 / 3, "what needs fails with what is needed");
  // A share above 1 is no help: clamped to 1.
  const Made above(independent, {{"first", "income: 0\nspend: 0\ntarget: 0\nschemes: {a: {delivery: 1.5, saving: [9]}}\n"},
                                 {"second", "income: 0\nspend: 0\ntarget: 0\nschemes: {b: {delivery: 1, saving: [9], needs: [first/a]}}\n"}});
  CHECK(organisation(simulated({above.folder.path()}), "second").at("saving").at("mean") == 9.0);
  // A chain c → b → a of which a is 0 or 6 months late by a coin: c saves 12 or 6 in its only year, so it fails a target of 9 half the time.
  const Made late(independent, {{"first",
                                 "income: 0\nspend: 0\ntarget: 9\nschemes:\n  a: {delivery: 1, delay: {values: [0, 6]}, saving: [0]}\n"
                                 "  b: {delivery: 1, saving: [0], needs: [a]}\n  c: {delivery: 1, delay: 1, saving: [12], needs: [b]}\n"}});
  const json chain = simulated({late.folder.path()});
  check_chance(chain.at("organisations")[0].at("fails").at("alone"), 0.5, "a chain of needs hands its delay on");
  CHECK(std::abs(chain.at("organisations")[0].at("saving").at("p90").get<double>() - 11.0) <= 1e-9);  // its own month remains
  CHECK(std::abs(chain.at("organisations")[0].at("saving").at("p10").get<double>() - 6.0) <= 1e-9);
}

TEST_CASE("a negative share is neither scaled by needs nor by teams") {
  const Made made(independent, {{"one",
                                 "income: 0\nspend: 0\ntarget: 0\nteams: {pmo: {wte: 1, staffing: 0.5}}\n"
                                 "schemes:\n  a: {delivery: 0.5, saving: [0]}\n  b: {delivery: -1, saving: [8], needs: [a], effort: {pmo: 4}}\n"}});
  CHECK(simulated({made.folder.path()}).at("organisations")[0].at("saving").at("mean") == -8.0);
}

TEST_CASE("a team's stretch is min(1, staffing · posts / effort), and a scheme's the effort-weighted mean over its years and teams") {
  // pmo: 10 posts, half filled. Year 1 asks 4 (5 are there: no stretch), year 2 asks 10 in all: ½. one: 4 in year 1, 4 in year 2: ¾.
  // two: 6 in year 2 only: ½.
  const Made made(
      independent,
      {{"trust",
        "income: 0\nspend: 0\ntarget: 0\nteams: {pmo: {wte: 10, staffing: 0.5}}\nschemes:\n"
        "  one: {delivery: 1, saving: [10, 10], effort: {pmo: [4, 4]}}\n  two: {delivery: 1, saving: [100, 100], effort: {pmo: [0, 6]}}\n"}},
      "[2017/18, 2018/19]");
  CHECK(std::abs(simulated({made.folder.path()}).at("organisations")[0].at("saving").at("mean").get<double>() - (0.75 * 20 + 0.5 * 200)) <= 1e-5);
  // A system's team is shared by its organisations: 10 posts for an effort of 16, so each delivers 10/16.
  const Made shared(independent + "teams: {office: {wte: 10}}\n",
                    {{"east", "income: 0\nspend: 0\ntarget: 0\nschemes: {s: {delivery: 1, saving: [16], effort: {office: 6}}}\n"},
                     {"west", "income: 0\nspend: 0\ntarget: 0\nschemes: {s: {delivery: 1, saving: [16], effort: {office: 10}}}\n"}});
  const json r = simulated({shared.folder.path()});
  for (const json& o : r.at("organisations")) CHECK(std::abs(o.at("saving").at("mean").get<double>() - 10) <= 1e-5);  // single precision of a share
}

TEST_CASE("only positive savings share an opportunity, each year by itself") {
  // Claims of 6 and 6 on 9 in year 1 (¾ each), on 20 in year 2 (all); the third scheme costs 2 a year and is left as it is.
  const Made made(independent + "opportunities: {beds: [9, 20]}\n",
                  {{"trust",
                    "income: 0\nspend: 0\ntarget: 0\nschemes:\n  a: {delivery: 1, saving: [6, 6], claims: beds}\n"
                    "  b: {delivery: 1, saving: [6, 6], claims: beds}\n  c: {delivery: -1, saving: [2, 2], claims: beds}\n"}},
                  "[2017/18, 2018/19]");
  const json o = simulated({made.folder.path()}).at("organisations")[0];
  CHECK(std::abs(o.at("position").at("mean")[0].get<double>() - (9 - 2)) <= 1e-9);
  CHECK(std::abs(o.at("position").at("mean")[1].get<double>() - (12 - 2)) <= 1e-9);
  CHECK(o.at("saving").at("planned") == 28.0);  // the plan counts each claim as its own
}

TEST_CASE("a consultation waits for the end of a blackout, and of the next one that begins there") {
  // Planned for May 2017; blackouts April to June and June to August: it starts in August, 3 months late of 12: 11 months' saving at 1 become 8.
  const Made made(
      independent + "blackouts: [{from: 2017-04, to: 2017-06}, {from: 2017-06, to: 2017-08}]\n",
      {{"trust", "income: 0\nspend: 0\ntarget: 0\nschemes: {s: {delivery: 1, consultation: true, saving: {full_year: 12, starts: 2017-05}}}\n"}});
  const json o = simulated({made.folder.path()}).at("organisations")[0];
  CHECK(std::abs(o.at("saving").at("planned").get<double>() - 11) <= 1e-9);
  CHECK(std::abs(o.at("saving").at("mean").get<double>() - 8) <= 1e-9);
}

TEST_CASE("conditional funding split 70/30 between organisation and system, two organisations, against quadrature") {
  // One year, no savings: the position before funding is normal, N(mean, 2²), through pressure (spend 100, sd 2 %), independent. Each target counts
  // on F = 4: own part 2.8 if pre >= target − F, system's part 1.2 if the sum of both reaches the sum of (target − F). Reserves 1.
  struct Side {
    double mean, target;
  };
  const Side a{1.0, 4.0}, b{-0.5, 3.0};
  const double F = 4, sd = 2, reserves = 1;
  const auto plan = [&](const Side& s) {
    return fmt::format(
        "income: {}\nspend: 100\ntarget: {}\nreserves: {}\npressure: {{sd: 2%, persistence: 0}}\n"
        "conditional_funding: {{amount: [{}], tied_to: {{organisation: 70%, system: 30%}}}}\n",
        100 + s.mean, s.target, reserves, F);
  };
  const Made made(independent, {{"a", plan(a)}, {"b", plan(b)}});
  const auto phi = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  // P(x fails) = ∫ density(x) [P(other misses) fails(x, no system part) + P(other makes it up) fails(x, with it)] dx, by the midpoint rule.
  const auto exact = [&](const Side& x, const Side& other) {
    double p = 0;
    const int steps = 400'000;
    const double from = x.mean - 10 * sd, width = 20 * sd / steps, sum_needed = x.target + other.target - 2 * F;
    for (int k = 0; k < steps; ++k) {
      const double pre = from + (k + 0.5) * width, z = (pre - x.mean) / sd;
      const double density = std::exp(-0.5 * z * z) / (sd * std::sqrt(2 * std::acos(-1.0)));
      const double reached = 1 - phi((sum_needed - pre - other.mean) / sd);
      const double own = pre >= x.target - F ? 0.7 * F : 0;
      const bool fails_without = pre + own - x.target < -reserves, fails_with = pre + own + 0.3 * F - x.target < -reserves;
      p += density * width * ((1 - reached) * fails_without + reached * fails_with);
    }
    return p;
  };
  const json r = simulated({made.folder.path()});
  check_chance(organisation(r, "a").at("fails").at("alone"), exact(a, b), "a");
  check_chance(organisation(r, "b").at("fails").at("alone"), exact(b, a), "b");
}

TEST_CASE("three organisations with mutual aid over two years, by enumeration") {
  // Each scheme delivers all or nothing by a coin, both years alike; 8 equally likely outcomes, each worked out here step by step.
  struct Side {
    double target, saving, reserves;
  };
  const std::array<Side, 3> sides = {Side{4, 6, 2}, Side{5, 7, 3}, Side{6, 12, 1}};
  const double limit = 2.5;
  const std::string system = independent + "agreement: {pools: [{members: [a, b, c], aid: 2.5}]}\n";
  const auto plan = [](const Side& s) {
    return fmt::format(
        "income: 0\nspend: 0\ntarget: {}\nreserves: {}\nschemes: {{s: {{delivery: {{fixed: 1, drops_out: 50%}}, saving: [{}, {}]}}}}\n", s.target,
        s.reserves, s.saving, s.saving / 2);
  };
  const Made made(system, {{"a", plan(sides[0])}, {"b", plan(sides[1])}, {"c", plan(sides[2])}}, "[2017/18, 2018/19]");
  std::array<double, 3> fails{};
  double any = 0;
  for (int outcome = 0; outcome < 8; ++outcome) {
    std::array<double, 3> gap{}, worst{};
    for (int year = 0; year < 2; ++year) {
      std::array<double, 3> margin{};
      double offered = 0, gaps = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        const bool delivers = (outcome >> k) % 2 == 1;
        margin[k] = (delivers ? sides[k].saving / (year + 1) : 0) - sides[k].target;
        offered += std::min(std::max(margin[k], 0.0), limit);
        gaps += std::max(-margin[k], 0.0);
      }
      const double moved = std::min(offered, gaps);
      for (std::size_t k = 0; k < 3; ++k) {
        const double before = margin[k];
        if (before < 0) margin[k] += moved * -before / gaps;
        if (before > 0 && offered > 0) margin[k] -= moved * std::min(before, limit) / offered;
        gap[k] = std::max(0.0, gap[k] - margin[k]);
        worst[k] = std::max(worst[k], gap[k]);
      }
    }
    bool one = false;
    for (std::size_t k = 0; k < 3; ++k) {
      const bool failed = worst[k] > sides[k].reserves + 1e-6;
      fails[k] += failed / 8.0;
      one = one || failed;
    }
    any += one / 8.0;
  }
  const json r = simulated({made.folder.path()});
  for (std::size_t k = 0; k < 3; ++k)
    check_chance(r.at("organisations")[k].at("fails").at("together"), fails[k], std::string(1, static_cast<char>('a' + k)));
  check_chance(r.at("joint").at("together").at("any"), any, "any");
}

TEST_CASE("a factor held at a quantile shifts what hangs on it, and nothing else") {
  // P(X < Φ⁻¹(½) | F = f) = Φ((0 − √w f)/√(1 − w)) with w = ½ for council and hospital; the commissioner shares nothing.
  const json r = simulated({scenario("mechanisms/named-factor"), "--given", "social-care-market=p5"});
  const double f = -1.6448536269514722, exact = 0.5 * std::erfc(f / std::sqrt(2.0));  // √½ f/√½ = f
  check_chance(organisation(r, "council").at("fails").at("alone"), exact, "council");
  check_chance(organisation(r, "hospital").at("fails").at("alone"), exact, "hospital");
  const json free = simulated({scenario("mechanisms/named-factor")});
  CHECK(organisation(r, "commissioner").at("fails").at("alone") == organisation(free, "commissioner").at("fails").at("alone"));
  CHECK(organisation(r, "commissioner").at("saving") == organisation(free, "commissioner").at("saving"));
  // Given the factor the two are independent.
  check_chance({{"p", r.at("joint").at("pairs").at("joint")[1][2]}}, exact * exact, "both, given the factor");
}

TEST_CASE("a mechanism with neutral parameters changes nothing, to the byte") {
  const std::string plan =
      "income: 50\nspend: 60\ntarget: 0\nreserves: 1\nschemes:\n  a: {class: workforce, saving: [4, 6], cost: [0.5, 0]}\n"
      "  b: {class: it-enabled, stage: opportunity, saving: {full_year: 5, starts: 2017-08, ramp_months: 3}}\n";
  const std::string years = "[2017/18, 2018/19]";
  const auto bytes = [](const Folder& folder, bool with_pools = true) {
    // Mutual aid is never integrated, standing alone is: plain sampling compares like with like.
    json r = result({folder.path(), "--trials", "20000", "--sampling", with_pools ? "auto" : "plain"});
    for (const char* key : {"inputs", "system"}) r.erase(key);
    if (!with_pools) {
      r.erase("pools");
      r.at("system_total").erase("pooling_benefit");
    }
    return r.dump();
  };
  const Made base("", {{"one", plan}, {"two", plan}}, years);
  const std::string expected = bytes(base.folder);
  const auto with_system = [&](const std::string& keys) { return bytes(Made(keys, {{"one", plan}, {"two", plan}}, years).folder); };
  const auto with_plan = [&](const std::string& more) { return bytes(Made("", {{"one", plan + more}, {"two", plan}}, years).folder); };
  const auto with_scheme = [&](const std::string& more, const std::string& system = "", const std::string& keys = "") {
    std::string changed = plan;
    changed.insert(changed.find(", saving: [4, 6]"), more);
    return bytes(Made(system, {{"one", keys + changed}, {"two", plan}}, years).folder);
  };

  CHECK(with_system("agreement: {pools: [[one, two]]}\n") == expected);
  CHECK(with_system("dependence: {copula: gaussian, shared: {system: 0.05}, factors: [{name: weather, share: 0, organisations: [one]}]}\n") ==
        expected);
  CHECK(with_system("opportunities: {beds: 3}\n") == expected);
  CHECK(with_system("blackouts: [{from: 2017-04, to: 2017-12}]\n") == expected);
  CHECK(with_system("teams: {office: {wte: 3}}\n") == expected);
  CHECK(with_system("target: [0, 0]\n") == expected);
  CHECK(with_system("target: [-5, -1]\n") == expected);  // only an excess over the sum of targets counts
  CHECK(with_plan("conditional_funding: {amount: [0, 0]}\n") == expected);
  CHECK(with_plan("one_offs: 0\n") == expected);
  CHECK(with_scheme(", consultation: true") == expected);
  CHECK(with_scheme(", needs: []") == expected);
  CHECK(with_scheme(", lands: {one: 100%}") == expected);
  CHECK(with_scheme(", cost_falls: {one: 100%}") == expected);
  CHECK(with_scheme(", was: alpha", "", "") != expected);  // a scheme's earlier id is where its luck comes from
  CHECK(with_scheme(", claims: beds", "opportunities: {beds: 1000}\n") == expected);
  CHECK(with_scheme(", effort: {pmo: 0}", "", "teams: {pmo: {wte: 1, staffing: 0.5}}\n") == expected);
  CHECK(with_scheme(", effort: {pmo: 4}", "", "teams: {pmo: {wte: 4}}\n") == expected);
  CHECK(with_scheme(", consultation: true", "blackouts: [{from: 2016-04, to: 2017-04}]\n") == expected);  // over before the first month
  // No aid to give is to stand alone.
  CHECK(bytes(Made("agreement: {pools: [{members: [one, two], aid: 0}]}\n", {{"one", plan}, {"two", plan}}, years).folder, false) ==
        bytes(Made("agreement: {pools: []}\n", {{"one", plan}, {"two", plan}}, years).folder, false));
  // As every member is sure to be needed by nothing, a need on a certain scheme is no need.
  const std::string sure = plan + "  sure: {delivery: 1, saving: 0}\n";
  std::string needing = sure;
  needing.insert(needing.find(", saving: [4, 6]"), ", needs: [sure]");
  CHECK(bytes(Made("", {{"one", needing}, {"two", plan}}, years).folder) == bytes(Made("", {{"one", sure}, {"two", plan}}, years).folder));
}

TEST_CASE("what never starts costs nothing, and no stress pays for it") {
  const auto position = [](const std::string& drops_out, const std::string& optimism) {
    const Made made(independent, {{"one", "income: 0\nspend: 0\ntarget: 0\nschemes: {x: {delivery: {fixed: 1, drops_out: " + drops_out +
                                              "}, saving: 0, cost: 10}}\n"}});
    return simulated({made.folder.path(), "--optimism", optimism}).at("organisations")[0].at("position").at("mean")[0].get<double>();
  };
  CHECK(position("100%", "1") == 0);
  CHECK(std::abs(position("50%", "1") + 5) <= 4 * 5 / std::sqrt(double(trials)));  // ± 10 by a coin: sd 5
  CHECK(position("100%", "2") == 0);
  CHECK(position("100%", "0.4") == doctest::Approx(-6).epsilon(1e-6));  // on the way from the plan, a part of its cost
  CHECK(position("100%", "0") == -10);
}

TEST_CASE("a stress stays when luck is made independent") {
  // Held at P5, the factor shifts the council's luck with or without the rest.
  const json r = result({scenario("mechanisms/named-factor"), "--given", "social-care-market=p5", "--mechanisms", "--trials", "20000"});
  for (const json& m : r.at("mechanisms"))
    if (m.at("without") == "dependence")
      CHECK(std::abs(m.at("organisations")[1].at("alone").at("p").get<double>()) <= 1e-3);  // single precision of the weights
}

TEST_CASE("on Midshire each mechanism pushes the way it must (long)") {
  const std::string midshire = scenario("midshire");
  const json r = result({midshire, "--trials", "20000", "--mechanisms", "--set", "gates=[]"});
  const auto without = [&](const std::string& name) -> const json& {
    for (const json& m : r.at("mechanisms"))
      if (m.at("without") == name) return m.at("system");
    FAIL("no mechanism " << name);
    return r;
  };
  for (const char* burden : {"needs", "shared_staff", "double_counting", "conditional_funding"}) {
    INFO(burden);
    CHECK(without(burden).at("high").get<double>() < 0);
  }
  CHECK(without("blackouts").at("p").get<double>() <= 0);
  CHECK(without("agreement") == json{{"p", 0.0}, {"low", 0.0}, {"high", 0.0}});  // the system is all margins, however they are pooled
  const auto system_fails = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {midshire, "--trials", "20000", "--set", "gates=[]"});
    return result(std::move(more)).at("system_total").at("fails").at("p").get<double>();
  };
  const double as_is = system_fails({});
  CHECK(system_fails({"--given", "system=p5"}) > as_is);
  CHECK(system_fails({"--given", "system=p95"}) < as_is);
  CHECK(system_fails({"--given", "social-care-market=p5"}) > as_is);
  CHECK(system_fails({"--set", "midshire-acute.conditional_funding.tied_to={organisation: 0%, system: 100%}"}) != as_is);
  CHECK(system_fails({"--set", "teams.transformation-office.wte=10"}) > as_is);
  CHECK(system_fails({"--set", "opportunities.prescribing=1"}) > as_is);
  CHECK(system_fails({"--set", "midshire-acute.one_offs=0"}) > as_is);
  CHECK(system_fails({"--set", "target=[0, 10, 20, 30]"}) > as_is);
  CHECK(system_fails({"--optimism", "2"}) > as_is);
  CHECK(system_fails({"--optimism", "0"}) < as_is);
  // More aid, fewer failures of anyone (here; a donor may be ruined by what it gives in some systems).
  double before = 2;
  for (const char* aid : {"0", "2", "5"}) {
    const json aided =
        result({midshire, "--trials", "20000", "--set", "gates=[]", "--set",
                std::string("agreement.pools=[{members: [midshire-acute, eastwell-acute, midshire-community, midshire-ccg, eastwell-ccg], aid: ") +
                    aid + "}]"});
    const double any = aided.at("joint").at("together").at("any").at("p").get<double>();
    CHECK(any < before);
    before = any;
  }
}
