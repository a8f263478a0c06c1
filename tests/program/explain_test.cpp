// What drives the failures, through the program, against exact values.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

json explained(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "explain");
  arguments.insert(arguments.end(), {"--quiet", "--format", "json"});
  const Ran ran = run(arguments);
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  return json::parse(ran.out);
}

// Within two of its own half-widths, four standard errors.
void check_estimate(const json& e, double exact, const std::string& what) {
  INFO(what, ": exact ", exact, ", simulated ", e.dump());
  CHECK(std::abs(e.at("value").get<double>() - exact) <= e.at("high").get<double>() - e.at("low").get<double>());
}

const json& scheme(const json& r, const std::string& id) {
  for (const json& s : r.at("schemes"))
    if (s.at("id") == id) return s;
  FAIL("no scheme " << id);
  return r;
}

double share_of(const json& r, const std::string& kind) {
  for (const json& k : r.at("variance").at("kinds"))
    if (k.at("kind") == kind) return k.at("share").at("value");
  FAIL("no kind " << kind);
  return 0;
}

const std::string independent = "dependence: {shared: {system: 0, organisation: 0, class: 0, scheme: 0, year: 0}}\n";

}  // namespace

TEST_CASE("R12: Euler's parts of the expected shortfall of three normal losses (long)") {
  const Folder folder;
  folder.write("system.yaml", "system: r12\nyears: [2017]\ndependence: {shared: {system: 0.3, organisation: 0, class: 0, scheme: 0, year: 0}}\n");
  const double sds[] = {10, 20, 15}, exact[] = {12.6635419, 33.9753564, 22.2384151};
  for (int i = 0; i < 3; ++i)
    folder.write(fmt::format("org-{}.yaml", i),
                 fmt::format("organisation: org-{}\nincome: 1000\nspend: 1000\ntarget: 0\npressure: {{sd: {}%}}\n", i, sds[i] / 10));
  const json r = explained({folder.path(), "--trials", "1000000"});
  const json& tail = r.at("expected_shortfall");
  check_estimate(tail.at("es95"), 68.8773134, "whole");
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    check_estimate(tail.at("parts")[i].at("share"), exact[i], "part");
    sum += tail.at("parts")[i].at("share").at("value").get<double>();
  }
  CHECK(std::abs(sum - tail.at("es95").at("value").get<double>()) <= 1e-9);
  CHECK(tail.at("thin") == false);
  // No more than the resolution of run's own in the one bin at the quantile.
  const json run = result({folder.path(), "--trials", "1000000"});
  CHECK(std::abs(tail.at("es95").at("value").get<double>() - run.at("system_total").at("shortfall").at("es95").get<double>()) <= 0.01);
  CHECK(explained({folder.path(), "--trials", "2000"}).at("expected_shortfall").at("thin") == true);
  CHECK(shortfall::test::run({"explain", folder.path(), "--trials", "2000"}).out.find("Beware: only 102 futures lie in that tail") !=
        std::string::npos);
}

TEST_CASE("a system's own target beyond its members' is a part by itself") {
  const json r = explained({scenario("midshire"), "--trials", "2000"});
  const json& parts = r.at("expected_shortfall").at("parts");
  CHECK(parts.size() == 7);
  CHECK(parts[6].at("organisation").is_null());
  double sum = 0;
  for (const json& p : parts) sum += p.at("share").at("value").get<double>();
  CHECK(std::abs(sum - r.at("expected_shortfall").at("es95").at("value").get<double>()) <= 1e-9);
}

TEST_CASE("variance shares of a linear Gaussian system are exactly known (long)") {
  // So far below target that the shortfall is linear in all luck: two pressures, of which 0.2 and 0.3 is common with the system, and two
  // schemes of normal delivery.  A scheme's share X = sqrt(.2) F + sqrt(.3) S + sqrt(.5) e.
  const Folder folder;
  folder.write("system.yaml",
               "system: linear\nyears: [2017]\ndependence: {shared: {system: 0.2, organisation: 0, class: 0, scheme: 0.3, year: 0}}\n");
  for (const char* id : {"east", "west"})
    folder.write(
        std::string(id) + ".yaml",
        fmt::format("organisation: {}\nincome: 0\nspend: 300\ntarget: 0\npressure: {{sd: 1%}}\nschemes: {{s: {{delivery: {{normal: {{mean: 0.5, sd: "
                    "0.1}}}}, saving: [20]}}}}\n",
                    id));
  const json r = explained({folder.path(), "--trials", "400000"});
  // Each organisation: pressure 3, scheme 2.  System: (2·3 + 2·2)² · 0.2 + 2 · 2² · 0.3 + 2 · 2² · 0.5 + 2 · 3² · 0.8.
  const double factor = 100 * 0.2, of_scheme = 8 * 0.3, own = 8 * 0.5, pressure = 18 * 0.8, all = factor + of_scheme + own + pressure;
  const json& v = r.at("variance");
  CHECK(std::abs(v.at("of_shortfall").get<double>() - all) <= 4 * all * std::sqrt(2.0 / 400'000));
  const std::pair<const char*, double> exact[] = {{"shared factors", factor / all},
                                                  {"scheme factors", of_scheme / all},
                                                  {"shares", own / all},
                                                  {"pressures", pressure / all},
                                                  {"delays", 0},
                                                  {"overruns", 0},
                                                  {"staffing", 0}};
  for (const json& k : v.at("kinds"))
    for (const auto& [kind, share] : exact)
      if (k.at("kind") == kind) check_estimate(k.at("share"), share, kind);
  CHECK(share_of(r, "delays") == 0.0);  // none is drawn: what is redrawn cancels to nothing
  check_estimate(v.at("interactions"), 0, "interactions");
  CHECK(v.at("interactions").at("high").get<double>() < 0.02);
}

TEST_CASE("to make a scheme certain, to lose it, and to be late, do what arithmetic says") {
  // 'coin' saves 4 or nothing, evenly: 'firm' saves 3 for sure.  Short by 4 of 7 half the time, reserves of 1: fails half the time, and needs 3 more.
  const Folder folder;
  folder.write("system.yaml", "system: coins\nyears: [2017]\n" + independent);
  folder.write(
      "one.yaml",
      "organisation: one\nincome: 0\nspend: 0\ntarget: 7\nreserves: 1\nschemes:\n  coin: {delivery: {fixed: 1, drops_out: 50%}, saving: [4]}\n"
      "  firm: {delivery: 1, saving: [3]}\n");
  folder.write("two.yaml", "organisation: two\nincome: 0\nspend: 0\ntarget: 0\n");
  const json r = explained({folder.path(), "--trials", "100000"});
  CHECK(std::abs(r.at("system_total").at("fails").at("p").get<double>() - 0.5) <= 4 * std::sqrt(0.25 / 100'000));
  CHECK(r.at("system_total").at("contingency").at("p80").at("value") == 3.0);
  const json& coin = scheme(r, "coin");
  const double p = r.at("system_total").at("fails").at("p");
  for (const char* whose : {"system", "owner"}) {
    CHECK(std::abs(coin.at("certain").at(whose).at("fails").at("value").get<double>() + p) <= 1e-12);
    CHECK(std::abs(coin.at("lost").at(whose).at("fails").at("value").get<double>() - (1 - p)) <= 1e-12);
    // Six months late it saves 2 of its 4: short by 2 or 4, both beyond reserves.
    CHECK(std::abs(coin.at("late").at(whose).at("fails").at("value").get<double>() - (1 - p)) <= 1e-12);
    CHECK(coin.at("certain").at(whose).at("contingency").at("p80").at("value") == -3.0);
    CHECK(coin.at("lost").at(whose).at("contingency").at("p80").at("value") == 0.0);
  }
  const json& firm = scheme(r, "firm");
  CHECK(firm.at("certain").at("system").at("fails").at("value") == 0.0);
  CHECK(std::abs(firm.at("lost").at("system").at("fails").at("value").get<double>() - (1 - p)) <= 1e-12);
  CHECK(firm.at("lost").at("system").at("contingency").at("p80").at("value") == 3.0);
  CHECK(firm.at("late").at("system").at("contingency").at("p80").at("value") == 1.5);
  // Who is missing when it sinks: all of the coin, half of it on average, and nothing of what is firm.
  check_estimate(coin.at("missing").at("all"), 2, "missing on average");
  CHECK(coin.at("missing").at("in_failure").at("value") == 4.0);
  check_estimate(coin.at("missing").at("more"), 2, "missing more");
  CHECK(firm.at("missing").at("in_failure").at("value") == 0.0);
  // Equally wide: in order of id.
  CHECK(r.at("schemes")[0].at("id") == "coin");
}

TEST_CASE("who needs a lost scheme is lost with it, and who shares its team gains") {
  const Folder folder;
  folder.write("system.yaml", "system: needs\nyears: [2017]\n" + independent + "teams: {office: {wte: 1, staffing: 1}}\n");
  folder.write("one.yaml",
               "organisation: one\nincome: 0\nspend: 0\ntarget: 9\nschemes:\n  base: {delivery: 1, saving: [0], effort: {office: [1]}}\n"
               "  on-it: {delivery: 1, saving: [10], needs: [base]}\n  beside: {delivery: 1, saving: [10], effort: {office: [1]}}\n");
  // As planned: the office has half of what is asked, so base delivers a half, on-it with it 5, beside 5: 10, and does not fail.
  const json r = explained({folder.path(), "--trials", "1000"});
  CHECK(r.at("system_total").at("fails").at("p") == 0.0);
  CHECK(scheme(r, "base").at("missing").at("all").at("value") == 0.0);
  CHECK(scheme(r, "on-it").at("missing").at("all").at("value") == 5.0);
  // Without base: nothing of on-it, all of beside: 10.  Without beside: base whole, on-it whole: 10.
  CHECK(scheme(r, "base").at("lost").at("system").at("fails").at("value") == 0.0);
  CHECK(scheme(r, "beside").at("lost").at("system").at("fails").at("value") == 0.0);
  CHECK(scheme(r, "on-it").at("lost").at("system").at("fails").at("value") == 1.0);
  // Made certain, 'beside' saves 10 whoever is short, and leaves the office as short as it was.
  const json tight = explained({folder.path(), "--trials", "1000", "--set", "one.target=14"});
  CHECK(tight.at("system_total").at("fails").at("p") == 1.0);
  CHECK(scheme(tight, "beside").at("certain").at("system").at("fails").at("value") == -1.0);
}

TEST_CASE("a factor at a quantile is run's --given, to the last digit (long)") {
  const json r = explained({scenario("midshire"), "--trials", "4000"});
  const json& factor = r.at("factors")[0];
  CHECK(factor.at("name") == "system");
  const char* quantiles[] = {"p5", "p25", "p50", "p75", "p95"};
  for (std::size_t q : {0u, 2u, 4u})
    CHECK(factor.at("at")[q].at("fails").at("p") == result({scenario("midshire"), "--trials", "4000", "--max-trials", "4000", "--set", "gates=[]",
                                                            "--given", fmt::format("system={}", quantiles[q])})
                                                        .at("system_total")
                                                        .at("fails")
                                                        .at("p"));
  for (const json& f : r.at("factors")) CHECK(f.at("name").get<std::string>().find("scheme/") == std::string::npos);
  // One that is held cannot be held again.
  const json held = explained({scenario("midshire"), "--trials", "1000", "--given", "system=p5"});
  for (const json& f : held.at("factors")) CHECK(f.at("name") != "system");
}

TEST_CASE("losing a scheme of Midshire is what run says of the plan without it (long)") {
  const json r = explained({scenario("midshire"), "--trials", "4000"});
  const std::vector<std::string> words = {scenario("midshire"), "--trials", "4000", "--max-trials", "4000", "--set", "gates=[]"};
  std::vector<std::string> without = words, late = words;
  without.insert(without.end(), {"--set", "midshire-ccg.schemes.prescribing-switches.delivery={fixed: 0}", "--set",
                                 "midshire-ccg.schemes.prescribing-switches.cost=0"});
  const double before = result(words).at("system_total").at("fails").at("p"), after = result(without).at("system_total").at("fails").at("p");
  CHECK(std::abs(scheme(r, "prescribing-switches").at("lost").at("system").at("fails").at("value").get<double>() - (after - before)) <= 1e-12);
}

TEST_CASE("explain gives the same bytes for any number of threads, and keeps to its schema and to the page") {
  std::string first;
  for (const char* threads : {"1", "2", "5"}) {
    const std::string out = run({"explain", scenario("revisions/midshire-plan"), "--trials", "3000", "--format", "json", "--threads", threads}).out;
    if (first.empty()) first = out;
    CHECK(out == first);
  }
  check_schema("explanation-1", first);
  for (const char* plan : {"mechanisms/needs.yaml", "mechanisms/student-t", "games/dilemma", "published/surrey-2016"})
    check_schema("explanation-1", run({"explain", scenario(plan), "--trials", "10", "--format", "json"}).out);
  for (const char* plan : {"midshire", "published/surrey-2016", "mechanisms/teams.yaml"})
    check_width(run({"explain", scenario(plan), "--trials", "1100"}).out, 80);
}

TEST_CASE("explain's CSV has a row for each subject and measure, its Markdown tables whose rows are as long as their heads") {
  const std::string csv = run({"explain", scenario("revisions/midshire-plan"), "--trials", "2048", "--format", "csv", "--given", "system=p25"}).out;
  CHECK(csv.starts_with("system,subject,measure,value,low,high,trials,seed,optimism,changes,known_low,known_high\n"));
  const json r = explained({scenario("revisions/midshire-plan"), "--trials", "2048", "--given", "system=p25"});
  const auto lines = static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n'));
  // 15 of a scheme, 5 of a factor, 2 of an organisation and its part, 3 of the system and 10 of its variance, what is not known among them.
  CHECK(lines == 1 + 15 * r.at("schemes").size() + 5 * r.at("factors").size() + 2 * r.at("organisations").size() +
                     r.at("expected_shortfall").at("parts").size() + 3 + 10);
  const std::string markdown = run({"explain", scenario("revisions/midshire-plan"), "--trials", "1000", "--format", "markdown"}).out;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < markdown.size();) {
    const std::size_t end = markdown.find('\n', at);
    const std::string line = markdown.substr(at, end - at);
    const auto bars = static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
    if (!line.starts_with("|"))
      columns = 0;
    else if (columns == 0)
      columns = bars;
    else
      CHECK(bars == columns);
    at = end + 1;
  }
}

TEST_CASE("a plan that never varies, or has nothing to explain, is explained without a division by nought") {
  const Folder folder;
  const std::string sure = folder.write("sure.yaml", "organisation: sure\nyears: [2017]\nincome: 5\nspend: 4\ntarget: 0\npressure: {sd: 0}\n");
  const Ran text = run({"explain", sure, "--trials", "500"});
  CHECK(text.status == 0);
  CHECK(text.out.find("nan") == std::string::npos);
  const json r = explained({sure, "--trials", "500"});
  CHECK(r.at("variance").is_null());
  CHECK(r.at("schemes").empty());
}
