// What holds for any plan, through the program: on Midshire, where every rule is at work, and on small plans.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* trials = "20000";
constexpr double rounding = 1e-12;  // of sums of a few shares, each rounded to 1e-16

// The bytes of a result. A gate may be crossed: that is no failure here. No more trials than asked for, whatever a gate would like.
std::string bytes(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "run");
  arguments.insert(arguments.end(), {"--format", "json", "--trials", trials, "--max-trials", trials});
  const Ran ran = run(arguments);
  REQUIRE_MESSAGE((ran.status == 0 || ran.status == 1 || ran.status == 4), ran.err);
  return ran.out;
}
json numbers(const std::vector<std::string>& arguments) {
  json out = json::parse(bytes(arguments));
  out.erase("inputs");
  return out;
}

// The files of Midshire, copied beside their reference classes, each text passed through `change`.
template <class Change>
std::string changed_midshire(const Folder& folder, Change change) {
  for (const fs::directory_entry& entry : fs::directory_iterator(scenario("midshire"))) {
    const std::string name = entry.path().filename().string();
    folder.write("midshire/" + name, change(name, text_of(entry.path())));
  }
  folder.write("reference/nhs-savings.yaml", text_of(scenario("reference/nhs-savings.yaml")));
  return folder.path("midshire");
}

std::vector<std::string> midshire_files() {
  std::vector<std::string> out;
  for (const fs::directory_entry& entry : fs::directory_iterator(scenario("midshire")))
    if (entry.path().filename() != "system.yaml") out.push_back(entry.path().string());
  std::sort(out.begin(), out.end());
  return out;
}

// The blocks under `key`, each a line indented by `indent` with the deeper ones below it, in reverse.
std::string reversed_blocks(const std::string& text, const std::string& key, std::size_t indent) {
  std::string before, after;
  std::vector<std::string> blocks;
  enum { outside, inside, beyond } state = outside;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at) + "\n";
    at = end == std::string::npos ? text.size() : end + 1;
    const std::size_t first = line.find_first_not_of(" \n");
    if (state == inside && first == 0) state = beyond;
    if (state == outside)
      before += line;
    else if (state == beyond)
      after += line;
    else if (first == indent && line[first] != '#')
      blocks.push_back(line);
    else if (first == std::string::npos || line[first] == '#' || blocks.empty())
      continue;  // a comment between blocks belongs to none
    else
      blocks.back() += line;
    if (state == outside && line.starts_with(key + ":")) state = inside;
  }
  REQUIRE(blocks.size() > 1);
  std::reverse(blocks.begin(), blocks.end());
  for (const std::string& block : blocks) before += block;
  return before + after;
}

double p(const json& estimate) { return estimate["p"].get<double>(); }

bool near(const json& found, double exact, double bound = 1e-9) { return std::abs(found.get<double>() - exact) <= bound; }

// Three organisations with something of everything; the first two stand as one.
void write_small(const Folder& folder, const std::string& more_schemes_of_b = "") {
  folder.write("system.yaml",
               "system: small\nyears: [2017/18, 2018/19]\nagreement: {pools: [[a, b]]}\n"
               "teams: {office: {wte: 10, staffing: {uniform: [0.5, 1]}}}\n");
  folder.write("a.yaml",
               "organisation: a\nincome: 100\nspend: 103\ntarget: 1\nreserves: 2\nteams: {own: {wte: 3, staffing: {uniform: [0.2, 1]}}}\nschemes:\n"
               "  buying: {class: transactional, saving: [2, 3]}\n"
               "  posts: {class: workforce, saving: [1, 2], cost: [0.5, 0], needs: [buying], effort: {own: [2, 3]}}\n");
  folder.write(
      "b.yaml",
      "organisation: b\nincome: 50\nspend: 51\ntarget: 0\nreserves: 1\nconditional_funding: {amount: 0.5}\none_offs: 0.2\nschemes:\n"
      "  wards: {class: service-redesign, saving: {full_year: 2, starts: 2017-07, ramp_months: 6}, needs: [a/buying], effort: {office: [4, 4]}}\n" +
          more_schemes_of_b);
  folder.write("c.yaml", "organisation: c\nincome: 20\nspend: 20.5\ntarget: 0\nschemes:\n  care: {class: demand-reduction, saving: [0.5, 1]}\n");
}

void check_identities(const json& r) {
  const json& organisations = r["organisations"];
  const std::size_t n = organisations.size();
  const auto check_joint = [&](const json& joint, const char* which) {
    CAPTURE(which);
    double least = 1, most = 0, sum_of_fails = 0, sum_of_counts = 0, expected = 0;
    for (const json& o : organisations) {
      const double fails = p(o["fails"][which]);
      least = std::min(least, fails);
      most = std::max(most, fails);
      sum_of_fails += fails;
    }
    REQUIRE(joint["count"].size() == n + 1);
    for (std::size_t k = 0; k <= n; ++k) {
      sum_of_counts += p(joint["count"][k]);
      expected += static_cast<double>(k) * p(joint["count"][k]);
    }
    CHECK(p(joint["all"]) <= least);
    CHECK(p(joint["any"]) >= most);
    CHECK(std::abs(sum_of_counts - 1) <= rounding);
    CHECK(std::abs(expected - sum_of_fails) <= rounding);
    CHECK(std::abs(p(joint["any"]) - (1 - p(joint["count"][0]))) <= rounding);
    CHECK(p(joint["all"]) == p(joint["count"][n]));
  };
  check_joint(r["joint"], "alone");
  check_joint(r["joint"]["together"], "together");

  for (const json& o : organisations) {
    CAPTURE(o["id"].get<std::string>());
    const json& cell = o["swim_sink"];
    const double swims = cell["swims"], rescued = cell["rescued"], dragged = cell["dragged_under"], sinks = cell["sinks"];
    CHECK(std::abs(swims + rescued + dragged + sinks - 1) <= rounding);
    CHECK(std::abs(rescued + sinks - p(o["fails"]["alone"])) <= rounding);
    CHECK(std::abs(dragged + sinks - p(o["fails"]["together"])) <= rounding);
    for (const char* which : {"alone", "together"}) {
      double before = 0;
      const json& by_year = o["fails"][which + std::string("_by_year")];
      REQUIRE(by_year.size() == r["years"].size());
      for (const json& year : by_year) {
        CHECK(p(year) >= before);
        before = p(year);
      }
      CHECK(before == p(o["fails"][which]));
    }
    // Every interval holds its value; quantiles do not cross; the worst 5 % are no better than their best.
    CHECK(o["fails"]["alone"]["low"] <= o["fails"]["alone"]["p"]);
    CHECK(o["fails"]["alone"]["p"] <= o["fails"]["alone"]["high"]);
    const json& s = o["shortfall"];
    CHECK(s["p50"] <= s["p80"]);
    CHECK(s["p80"] <= s["p90"]);
    CHECK(s["p90"] <= s["p95"]);
    CHECK(s["p95"] <= s["es95"]);
    for (const char* q : {"p50", "p80", "p90", "p95"})
      CHECK(near(o["contingency"][q], std::max(0.0, s[q].get<double>() - o["reserves"].get<double>()), rounding));
  }

  const json& pairs = r["joint"]["pairs"];
  for (std::size_t i = 0; i < n; ++i) {
    CHECK(pairs["ids"][i] == organisations[i]["id"]);
    const double fails = p(organisations[i]["fails"]["alone"]);
    CHECK(pairs["joint"][i][i] == fails);
    for (std::size_t j = 0; j < n; ++j) {
      const double both = pairs["joint"][i][j], other = p(organisations[j]["fails"]["alone"]);
      CHECK(pairs["joint"][j][i] == both);
      CHECK(both <= std::min(fails, other));
      CHECK(both >= fails + other - 1 - rounding);
      if (other == 0)
        CHECK(pairs["given"][i][j].is_null());
      else
        CHECK(near(pairs["given"][i][j], both / other, rounding));
    }
  }
  CHECK(p(r["joint"]["all"]) <= p(r["joint"]["any"]));
}

}  // namespace

TEST_CASE("any number of threads gives the same bytes") {
  const std::string one = bytes({scenario("midshire"), "--threads", "1"});
  for (const char* threads : {"2", "3", "7"}) {
    CAPTURE(threads);
    CHECK((bytes({scenario("midshire"), "--threads", threads}) == one));
  }
  const std::vector<std::string> odd = {"run", scenario("midshire"), "--format", "json", "--trials", "1000", "--max-trials", "1000"};
  std::vector<std::string> single = odd, many = odd;
  single.insert(single.end(), {"--threads", "1"});
  many.insert(many.end(), {"--threads", "5"});
  CHECK((run(single).out == run(many).out));
}

// Of the threads that are asked for, five have room. Sanitizers need more than this leaves them, so it is one of those that they are spared (long).
TEST_CASE("where the machine starts fewer than asked for, those do the work of all: the same bytes (long)") {
  const std::vector<std::string> words = {"run", scenario("midshire"), "--trials", "25600", "--format", "json", "--quiet", "--threads", "64"};
  const Ran few = run_in_shell("ulimit -s 500000 && ulimit -v 3000000 && exec \"$@\"", words);
  CHECK(few.err.empty());
  REQUIRE(few.status == 0);
  CHECK((few.out == run(words).out));
}

TEST_CASE("the order of files on the command line changes nothing") {
  // The system's own file among them, first and last.
  std::vector<std::string> files = midshire_files();
  REQUIRE(files.size() == 6);
  std::vector<std::string> arguments = files;
  arguments.insert(arguments.begin(), scenario("midshire/system.yaml"));
  const std::string straight = bytes(arguments);
  std::reverse(arguments.begin(), arguments.end());
  CHECK((bytes(arguments) == straight));
  std::rotate(arguments.begin(), arguments.begin() + 3, arguments.end());
  CHECK((bytes(arguments) == straight));
  // And they say what the folder says.
  CHECK((numbers(arguments) == numbers({scenario("midshire")})));
}

TEST_CASE("the order under organisations: changes nothing") {
  const Folder folder;
  const std::string shuffled = changed_midshire(folder, [](const std::string& name, const std::string& text) {
    return name == "system.yaml" ? reversed_blocks(text, "organisations", 2) : text;
  });
  CHECK(text_of(shuffled + "/system.yaml").find("- midshire-council.yaml\n  - eastwell-ccg.yaml") != std::string::npos);
  CHECK((numbers({shuffled}) == numbers({scenario("midshire")})));
}

TEST_CASE("the order of schemes, and of what the system lists, changes nothing") {
  const Folder folder;
  const std::string shuffled = changed_midshire(folder, [](const std::string& name, const std::string& text) {
    return name == "system.yaml" ? reversed_blocks(reversed_blocks(text, "opportunities", 2), "blackouts", 2) : reversed_blocks(text, "schemes", 2);
  });
  CHECK(text_of(shuffled + "/midshire-acute.yaml") != text_of(scenario("midshire/midshire-acute.yaml")));
  CHECK((numbers({shuffled}) == numbers({scenario("midshire")})));
}

TEST_CASE("another seed is another future") {
  CHECK((numbers({scenario("midshire"), "--seed", "2"})["organisations"] != numbers({scenario("midshire"), "--seed", "1"})["organisations"]));
}

TEST_CASE("an added organisation changes no number of those that it does not touch") {
  const Folder folder;
  write_small(folder);
  const json before = numbers({folder.path()});
  // Its id comes first in the alphabet, and it shares the system's factor and team-free schemes of a class in use.
  folder.write("aa.yaml", "organisation: aa\nincome: 10\nspend: 11\ntarget: 0\nschemes:\n  more: {class: workforce, saving: [1, 1]}\n");
  const json after = numbers({folder.path()});
  REQUIRE(after["organisations"].size() == 4);
  std::vector<std::size_t> place = {0, 2, 3};
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK((after["organisations"][place[k]] == before["organisations"][k]));
    for (std::size_t j = 0; j < 3; ++j) CHECK((after["joint"]["pairs"]["joint"][place[k]][place[j]] == before["joint"]["pairs"]["joint"][k][j]));
  }
  CHECK((after["pools"] == before["pools"]));
  CHECK((after["system_total"] != before["system_total"]));
}

TEST_CASE("an added scheme changes no number of the organisations that it does not touch, nor its owner's other schemes") {
  const Folder without, with;
  write_small(without);
  write_small(with, "  a-new-one: {class: service-redesign, saving: [1, 1], cost: [0.1, 0]}\n");
  const json before = numbers({without.path()}), after = numbers({with.path()});
  CHECK((after["organisations"][0]["fails"]["alone"] == before["organisations"][0]["fails"]["alone"]));
  CHECK((after["organisations"][0]["shortfall"] == before["organisations"][0]["shortfall"]));
  CHECK((after["organisations"][0]["saving"] == before["organisations"][0]["saving"]));
  CHECK((after["organisations"][0]["position"] == before["organisations"][0]["position"]));
  CHECK((after["organisations"][2] == before["organisations"][2]));
  CHECK((after["organisations"][1] != before["organisations"][1]));
  // A scheme that saves nothing is no scheme: its owner's other schemes meet the luck that they met.
  const Folder idle;
  write_small(idle, "  a-new-one: {class: service-redesign, saving: [0, 0]}\n");
  CHECK((numbers({idle.path()})["organisations"] == before["organisations"]));
}

TEST_CASE("a renamed scheme keeps its luck") {
  const Folder folder;
  write_small(folder);
  const json before = numbers({folder.path()});
  std::string text = text_of(folder.path("c.yaml"));
  text.replace(text.find("care: {"), 7, "zeal: {was: care, ");
  folder.write("c.yaml", text);
  CHECK((numbers({folder.path()})["organisations"] == before["organisations"]));
  text.erase(text.find("was: care, "), 11);
  folder.write("c.yaml", text);
  CHECK((numbers({folder.path()})["organisations"] != before["organisations"]));
}

TEST_CASE("with no optimism to correct and no pressure, the plan's own arithmetic comes out") {
  const Folder folder;
  folder.write("system.yaml", "system: sums\nyears: [2017/18, 2018/19]\nteams: {office: {wte: 3, staffing: {uniform: [0, 0.9]}}}\n");
  folder.write("east.yaml",
               "organisation: east\nincome: [100, 106]\nspend: [101, 104]\ntarget: [2, 2.5]\none_offs: [0.5, 0]\npressure: {mean: [1%, 2%], sd: 0}\n"
               "conditional_funding: {amount: [1, 1], tied_to: {organisation: 60%, system: 40%}}\nschemes:\n"
               "  list:\n    {class: workforce, stage: unidentified, saving: [1, 2], lands: {east: 60%, west: 30%}, cost: [0.4, 0.1],\n"
               "     cost_falls: {west: 100%}, effort: {office: [1, 3]}}\n"
               "  ramp: {class: merger, stage: opportunity, saving: {full_year: 2.4, starts: 2017-10, ramp_months: 3}, needs: [west/base]}\n"
               "  own: {delivery: {uniform: [-0.5, 0.5], drops_out: 20%}, delay: 12, saving: [0.2, 0.2]}\n");
  folder.write("west.yaml",
               "organisation: west\nincome: 50\nspend: 50\ntarget: [-1, 0.2]\npressure: {sd: 0}\nschemes:\n"
               "  base: {class: it-enabled, stage: developed, saving: [0, 0.7]}\n");
  folder.write("north.yaml", "organisation: north\nincome: 10\nspend: 10\ntarget: 0.3\none_offs: 0.5\npressure: {sd: 0}\n");
  const json r = numbers({folder.path(), "--optimism", "0"});
  const json &east = r["organisations"][0], &north = r["organisations"][1], &west = r["organisations"][2];
  // The ramp's months from October: 1/6, 3/6 and 5/6 of 0.2, then 0.2 a month: 0.9 in the first year.
  // East, before funding: 100 − 101 · 1.01 + 0.6 · 1 + 0.9 + 0.2 = −0.31, then 106 − 104 · 1.02 + 0.6 · 2 + 2.4 + 0.2 = 3.72.
  // West: 0.3 · 1 − 0.4 = −0.1, then 0.3 · 2 + 0.7 − 0.1 = 1.2.
  // In the first year east, with its one-offs of 0.5, is at 0.19, short of 2 − 1; but the system, at 0.09, reaches (2 − 1) + (−1). So it is paid 0.4,
  // stands at 0.09 and with one-offs at 0.59. In the second both are on target and it is paid 1.
  // North fills its gap of 0.3 with one-offs, and no more than that.
  for (const char* which : {"planned", "mean", "p10", "p90"}) {
    CAPTURE(which);
    CHECK(near(east["position"][which][0], 0.59));
    CHECK(near(east["position"][which][1], 4.72));
    CHECK(near(north["position"][which][0], 0.3));
    CHECK(near(north["position"][which][1], 0.3));
    CHECK(near(west["position"][which][0], -0.1));
    CHECK(near(west["position"][which][1], 1.2));
  }
  // East falls 1.41 short in the first year and nothing fills it but its margin of 2.22 in the next.
  for (const char* which : {"mean", "p50", "p80", "p90", "p95", "es95"}) {
    CHECK(near(east["shortfall"][which], 1.41));
    CHECK(near(west["shortfall"][which], 0));
    CHECK(near(r["system_total"]["shortfall"][which], 0.51));  // of margins −1.41 and 0.9
  }
  for (const char* which : {"planned", "mean", "p10", "p50", "p90"}) {
    CHECK(near(east["saving"][which], 3 + 3.3 + 0.4));
    CHECK(near(west["saving"][which], 0.7));
  }
  CHECK(near(east["saving"]["planned_last_year"], 4.6));
  CHECK(near(east["saving"]["mean_last_year"], 4.6));
  CHECK(p(east["fails"]["alone"]) == 1);
  CHECK(p(west["fails"]["alone"]) == 0);
  CHECK(p(west["fails"]["together"]) == 1);
}

TEST_CASE("so it does in Midshire, once claims, blackouts and pressures are out of the way") {
  std::vector<std::string> arguments = {scenario("midshire"), "--optimism", "0", "--set", "blackouts=[]"};
  const json plain = numbers({scenario("midshire")});
  for (const json& o : plain["organisations"]) {
    arguments.push_back("--set");
    arguments.push_back(o["id"].get<std::string>() + ".pressure.sd=0");
  }
  for (const char* opportunity : {"emergency-admissions", "bed-days", "agency-premium", "back-office", "prescribing"}) {
    arguments.push_back("--set");
    arguments.push_back("opportunities." + std::string(opportunity) + "=[100, 100, 100, 100]");
  }
  const json r = numbers(arguments);
  for (const json& o : r["organisations"]) {
    CAPTURE(o["id"].get<std::string>());
    for (std::size_t y = 0; y < 4; ++y) {
      CHECK(near(o["position"]["mean"][y], o["position"]["planned"][y]));
      CHECK(near(o["position"]["p10"][y], o["position"]["planned"][y]));
    }
    CHECK(near(o["saving"]["mean"], o["saving"]["planned"]));
    CHECK(near(o["saving"]["mean_last_year"], o["saving"]["planned_last_year"]));
    const double fails = p(o["fails"]["alone"]);
    CHECK((fails == 0 || fails == 1));
  }
  // The planned numbers do not depend on the dial.
  for (std::size_t k = 0; k < 6; ++k) CHECK((r["organisations"][k]["saving"]["planned"] == plain["organisations"][k]["saving"]["planned"]));
}

TEST_CASE("more reserves never raise a chance of failure (long)") {
  const auto with = [](const std::string& reserves) { return numbers({scenario("midshire"), "--set", "midshire-acute.reserves=" + reserves}); };
  json before = with("0");
  for (const char* reserves : {"1", "12", "12.5", "40", "200"}) {
    CAPTURE(reserves);
    const json now = with(reserves);
    for (std::size_t k = 0; k < now["organisations"].size(); ++k) {
      const json &was = before["organisations"][k]["fails"], &is = now["organisations"][k]["fails"];
      for (const char* which : {"alone", "together"}) {
        CHECK(p(is[which]) <= p(was[which]));
        for (std::size_t y = 0; y < 4; ++y) CHECK(p(is[which + std::string("_by_year")][y]) <= p(was[which + std::string("_by_year")][y]));
      }
      CHECK((now["organisations"][k]["shortfall"] == before["organisations"][k]["shortfall"]));
    }
    CHECK(p(now["system_total"]["fails"]) <= p(before["system_total"]["fails"]));
    CHECK(p(now["pools"][0]["fails"]) <= p(before["pools"][0]["fails"]));
    for (const char* which : {"any", "all"}) {
      CHECK(p(now["joint"][which]) <= p(before["joint"][which]));
      CHECK(p(now["joint"]["together"][which]) <= p(before["joint"]["together"][which]));
    }
    CHECK(near(now["organisations"][2]["reserves"], std::stod(reserves), 0));
    before = now;
  }
  CHECK(p(before["organisations"][2]["fails"]["alone"]) == 0);
}

TEST_CASE("joint probabilities fit together") {
  SUBCASE("in Midshire, as planned and under stress") {
    check_identities(numbers({scenario("midshire")}));
    check_identities(numbers({scenario("midshire"), "--optimism", "2"}));
  }
  SUBCASE("under mutual aid") {
    const Folder folder;
    write_small(folder);
    check_identities(numbers({folder.path()}));
    check_identities(numbers({folder.path(), "--set", "agreement.pools=[{members: [a, b], aid: 1.5}]"}));
    check_identities(numbers({folder.path(), "--set", "agreement.pools=[{members: [a, b, c], aid: 0}]"}));
    check_identities(numbers({folder.path(), "--set", "agreement.pools=[[a], [c, b]]"}));
  }
  SUBCASE("where one always fails, and one never") {
    const Folder folder;
    write_small(folder);
    check_identities(numbers({folder.path(), "--set", "a.reserves=1000", "--set", "c.target=50"}));
  }
}

TEST_CASE("aid runs from each alone to all they have") {
  // With an aid of 0 everybody stands alone, number for number; more aid never lets more of a pool's members fail in all.
  const Folder folder;
  write_small(folder);
  const auto with = [&](const std::string& aid) {
    return numbers({folder.path(), "--set", "agreement.pools=[{members: [a, b, c], aid: " + aid + "}]"});
  };
  const json none = with("0");
  for (const json& o : none["organisations"]) CHECK((o["fails"]["together"] == o["fails"]["alone"]));
  CHECK((none["joint"]["together"]["count"] == none["joint"]["count"]));
  const json much = with("100");
  for (std::size_t k = 0; k < 3; ++k) CHECK((much["organisations"][k]["fails"]["alone"] == none["organisations"][k]["fails"]["alone"]));
  CHECK(p(much["joint"]["together"]["any"]) < p(none["joint"]["together"]["any"]));
}
