// How far an answer is known, as a user would ask.
#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

// One organisation of so many equal schemes of one class, of 1 each, which fail together to save the target.
std::string plan(const Folder& folder, int schemes, double target, double common) {
  std::string text = "organisation: a\nyears: [2018/19]\nincome: [0]\nspend: [0]\ntarget: [" + std::to_string(target) +
                     "]\nreserves: 0\npressure: {sd: 0}\nschemes:\n";
  for (int i = 0; i < schemes; ++i) text += "  s" + std::to_string(i) + ": {class: made, stage: developed, saving: [1]}\n";
  folder.write("a.yaml", text);
  return folder.write("system.yaml",
                      "system: s\nyears: [2018/19]\norganisations: [a.yaml]\nreference: reference.yaml\n"
                      "dependence: {shared: {system: 0, organisation: 0, class: " +
                          std::to_string(common) + ", scheme: 0, year: 0}}\n");
}

const std::string stages = "stages: {delivered: 0, developed: 0, in-progress: 0, opportunity: 0, unidentified: 0}\n";

// Its chance of dropping out is Beta(4, 31): of 35 records, or of 25 and a prior worth 10.
std::string reference(const std::string& share) {
  return stages + "classes:\n  made:\n    share: {" + share +
         ", drops_out: 11.4285714285714286%}\n    grade: calibrated\n    records: {all: 25, went_ahead: 20, prior: 10}\n    source: a test's\n";
}

json fails(const std::vector<std::string>& words) { return result(words)["system_total"]["fails"]; }

double width(const json& range) { return range["high"].get<double>() - range["low"].get<double>(); }

}  // namespace

TEST_CASE("three schemes of a class that 35 records tell of all drop out with chance 0.00257400, not with the cube of the mean (long)") {
  const Folder folder;
  const std::string system = plan(folder, 3, 0.5, 0);
  folder.write("reference.yaml", reference("fixed: 1"));
  const json on = fails({system, "--knowledge", "on", "--trials", "8000000"});
  const double error = width(on) / (2 * 1.959964);  // of clusters: blocks about their own draw's mean
  CHECK(2 * 1.959964 * error < 2 * 0.03 * 0.00257400);
  CHECK(std::abs(on["p"].get<double>() - 0.00257400) < 4 * error);
  CHECK(std::abs(on["p"].get<double>() - 0.00149271) > 4 * error);
  const json off = fails({system, "--knowledge", "off", "--trials", "2000000"});
  CHECK(std::abs(off["p"].get<double>() - 0.00149271) < 4 * width(off) / (2 * 1.959964));
}

TEST_CASE("ten schemes of a class that 30 records tell of: the range, the words, and that the same futures say so on any number of threads") {
  const Folder folder;
  const std::string system = plan(folder, 10, 5.9, 0.25);
  // P10, P50 and P90 of the metalog of coefficients 1.02925377, 0.41212012 and −0.07455021 within −0.3 and 1.3.
  folder.write("reference.yaml", reference("p10: 0.52327818, p50: 0.87883391, p90: 1.08619487, low: -0.3, high: 1.3"));
  const Ran one = run({"run", system, "--knowledge", "on", "--trials", "400128", "--format", "json", "--threads", "1"});
  REQUIRE(one.status == 0);
  check_schema("result-1", one.out);
  CHECK(run({"run", system, "--knowledge", "on", "--trials", "400128", "--format", "json", "--threads", "3"}).out == one.out);
  const json told = json::parse(one.out);
  const json known = told["system_total"]["fails"]["known"];
  CHECK(told["knowledge"]["draws"] == 256);
  CHECK(told["system_total"]["known"].contains("contingency.p80"));
  CHECK(std::abs(told["system_total"]["fails"]["p"].get<double>() - 0.2132) < 0.01);
  CHECK(std::abs(known["low"].get<double>() - 0.075) < 0.015);
  CHECK(std::abs(known["high"].get<double>() - 0.390) < 0.015);
  const Ran text = run({"run", system, "--knowledge", "on", "--trials", "400128"});
  check_width(text.out, 80);
  std::string words = text.out;
  for (char& c : words) c = c == '\n' ? ' ' : c;
  CHECK(words.find("given how little is known of such schemes)") != std::string::npos);
  CHECK(words.find("not measured") == std::string::npos);
  CHECK(words.find("How far the chances are known") != std::string::npos);
  std::istringstream table(run({"run", system, "--knowledge", "on", "--trials", "51200", "--format", "csv"}).out);
  std::string heading;
  std::getline(table, heading);
  CHECK(heading.ends_with(",known_low,known_high"));
}

TEST_CASE("with 5, 20, 100 and 1,000 records the answer moves from the prior to the records as their weight says") {
  const Folder folder;
  const std::string system = plan(folder, 10, 5.9, 0.25);
  const std::string prior =
      folder.write("prior.yaml", stages +
                                     "classes:\n  made:\n    share: {p10: 0.5, p50: 0.8, p90: 1.05, low: -0.3, high: 1.3, drops_out: 20%}\n"
                                     "    grade: derived\n    source: a test's\n");
  constexpr double prior_weight = 20;
  double before_p50 = 0.8, before_width = 1, before_fails = 1;
  for (const int n : {5, 20, 100, 1000}) {
    // Records of a better class: none drops out, shares from 0.9 to 1.1.
    std::string text = "organisation,scheme,class,stage,year,planned,delivered,status\n";
    for (int i = 0; i < n; ++i)
      text += "o,s" + std::to_string(i) + ",made,delivered,2017/18,1," + std::to_string(0.9 + 0.2 * (i + 0.5) / n) + ",finished\n";
    const std::string after = folder.path("reference.yaml");
    const json told =
        json::parse(run({"calibrate", folder.write("records.csv", text), "--prior", prior, "--output", after, "--format", "json"}).out)["classes"][0];
    const double weight = n / (n + prior_weight);
    CHECK(std::abs(told["drops_out"]["after"]["mean"].get<double>() - (1 - weight) * 0.2) < 1e-9);
    const double p50 = told["share"]["after"]["p50"];
    CHECK(p50 > before_p50);
    // Blended on the line, log((share + 0.3)/(1.3 − share)), where the records' middle is that of 1.
    const auto on_line = [](double x) { return std::log((x + 0.3) / (1.3 - x)); };
    const double moved = (on_line(p50) - on_line(0.8)) / (on_line(1) - on_line(0.8));
    CHECK(std::abs(moved - weight) < 0.05);
    const json answer = fails({system, "--knowledge", "on", "--trials", "51200"});
    CHECK(answer["p"].get<double>() < before_fails);
    CHECK(width(answer["known"]) < before_width);
    before_p50 = p50, before_width = width(answer["known"]), before_fails = answer["p"];
  }
  CHECK(before_width < 0.05);
}

TEST_CASE("forecasts of published programmes that know no more than records tell: 70 to 90 in 100 outcomes within P10 to P90, those seen marked") {
  const Ran scored = run({"backtest", scenario("published"), "--knowledge", "on", "--trials", "16384", "--format", "json"});
  REQUIRE(scored.status == 0);
  check_schema("backtest-1", scored.out);
  const json told = json::parse(scored.out);
  CHECK(told["knowledge"] == true);
  int seen = 0, within = 0;
  for (const json& o : told["outcomes"]) {
    if (o["kind"] != "saving") continue;
    ++seen;
    within += o["share"] >= o["forecast"]["p10"] && o["share"] <= o["forecast"]["p90"];
  }
  CHECK(within >= 0.7 * seen);
  CHECK(within <= 0.9 * seen);
  const std::string page = run({"backtest", scenario("published"), "--knowledge", "on"}).out;
  CHECK(page.find("**") != std::string::npos);
  check_width(page, 80);
}

TEST_CASE("what is known of such schemes is told unless --knowledge off, which takes them at their word, as too few futures do") {
  const std::string midshire = scenario("midshire");
  const auto asked = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {midshire, "--max-trials", "2560"});
    json out = result(words);
    out.erase("trials_asked");
    return out;
  };
  const json told = asked({"--trials", "2560"});
  CHECK(told == asked({"--trials", "2560", "--knowledge", "on"}));
  CHECK(told["knowledge"]["draws"] == 5);
  CHECK(told["system_total"]["fails"].contains("known"));
  CHECK_FALSE(asked({"--trials", "2560", "--knowledge", "off"}).contains("knowledge"));
  // Eight blocks have four draws; seven have none.
  CHECK(asked({"--trials", "2048"})["knowledge"]["draws"] == 4);
  CHECK(asked({"--trials", "1792"}) == asked({"--trials", "1792", "--knowledge", "off"}));
  const std::string text = run({"run", midshire, "--trials", "1792", "--max-trials", "1792"}).out;
  CHECK(text.find("not measured here; --knowledge on measures it, by 2,048 futures or\nmore") != std::string::npos);
}

TEST_CASE("draws of what is not known, however few, move a chance by no more than its interval says (long)") {
  // Ten draws of which each stood anywhere within its stratum moved it by 1.8 times as much.
  const auto spread_over_interval = [](const std::string& trials) {
    double sum = 0, squares = 0, half_width = 0;
    constexpr int seeds = 40;
    for (int seed = 1; seed <= seeds; ++seed) {
      const json p = fails({scenario("midshire"), "--trials", trials, "--max-trials", trials, "--seed", std::to_string(seed)});
      const double value = p["p"];
      sum += value, squares += value * value, half_width += (p["high"].get<double>() - p["low"].get<double>()) / 2;
    }
    return std::sqrt((squares - sum * sum / seeds) / (seeds - 1)) / (half_width / seeds / 1.96);
  };
  CHECK(spread_over_interval("2048") < 1.35);
  CHECK(spread_over_interval("5120") < 1.35);
}

TEST_CASE("what is known of a chance is told no closer than the futures tell it") {
  for (const char* plan : {"mechanisms/joint-and-several", "mechanisms/teams.yaml", "published/surrey-2016", "midshire"}) {
    INFO(plan);
    const json told = result({scenario(plan), "--trials", "2560", "--max-trials", "2560"});
    const auto holds = [](const json& e) { return e["known"]["low"] <= e["low"] && e["known"]["high"] >= e["high"]; };
    for (const json& o : told["organisations"]) {
      CHECK(holds(o["fails"]["alone"]));
      CHECK(holds(o["fails"]["together"]));
      for (const json& year : o["fails"]["alone_by_year"]) CHECK(holds(year));
    }
    CHECK(holds(told["joint"]["any"]));
  }
}

TEST_CASE("two revisions that are the same differ by exactly 0, whatever is not known") {
  const json same =
      json::parse(run({"compare", scenario("midshire"), scenario("midshire"), "--knowledge", "on", "--trials", "10240", "--format", "json"}).out);
  for (const json& m : same["measures"]) {
    CHECK(m["change"] == 0);
    if (!m.contains("known")) continue;
    CHECK(m["known"]["low"] == 0);
    CHECK(m["known"]["high"] == 0);
  }
}

TEST_CASE("explain tells how far the chance and the effect of each scheme are known, and how much of what varies is not (long)") {
  const std::vector<std::string> asked = {"explain", scenario("midshire"), "--trials", "10240", "--knowledge", "on", "--format"};
  const auto as = [&](const std::string& format) {
    std::vector<std::string> words = asked;
    words.push_back(format);
    const Ran ran = run(words);
    REQUIRE(ran.status == 0);
    return ran.out;
  };
  const std::string text = as("json");
  check_schema("explanation-1", text);
  const json told = json::parse(text);
  CHECK(told["knowledge"]["draws"] == 20);
  CHECK(told["system_total"]["fails"].contains("known"));
  for (const json& o : told["alone"]) CHECK(o["contingency"]["p80"].contains("known"));
  for (const json& scheme : told["schemes"])
    for (const char* what : {"certain", "lost", "late"}) {
      const json change = scheme[what]["system"]["fails"];
      REQUIRE(change.contains("known"));
      CHECK(change["known"]["low"] <= change["value"]);
      CHECK(change["known"]["high"] >= change["value"]);
      CHECK(scheme[what]["owner"]["fails"].contains("known"));
    }
  for (const json& factor : told["factors"])
    for (const json& at : factor["at"]) CHECK(at["fails"].contains("known"));
  // Shares of what is known and of what is not come to all of it.
  double sum = told["variance"]["knowledge"]["value"].get<double>() + told["variance"]["interactions"]["value"].get<double>();
  for (const json& kind : told["variance"]["kinds"]) sum += kind["share"]["value"].get<double>();
  CHECK(std::abs(sum - 1) < 1e-9);
  CHECK(told["variance"]["knowledge"]["value"] > 0);
  const std::string page = as("text");
  check_width(page, 80);
  CHECK(page.find("How far these points are known") != std::string::npos);
  CHECK(as("csv").starts_with("system,subject,measure,value,low,high,trials,seed,optimism,changes,known_low,known_high\n"));
}

TEST_CASE("a sweep has the ranges in columns of their own, and a database tells points with them from points without") {
  const Folder folder;
  const std::string store = folder.path("results.sqlite");
  const auto swept = [&](const std::string& how, const std::string& format) {
    return run({"sweep", scenario("midshire"), "--vary", "midshire-acute.reserves=5,10", "--trials", "2560", "--knowledge", how, "--store", store,
                "--format", format});
  };
  const Ran off = swept("off", "csv"), on = swept("on", "csv");
  CHECK(off.out.find("known_low") == std::string::npos);
  CHECK(on.err.find("2 points, 2 of them new") != std::string::npos);
  CHECK(on.out.substr(0, on.out.find('\n')).ends_with(",changes,known_low,known_high"));
  const Ran again = swept("on", "csv");
  CHECK(again.err.find("2 points, 0 of them new") != std::string::npos);
  CHECK(again.out == on.out);
  CHECK(swept("off", "csv").out == off.out);
  std::istringstream lines(swept("on", "json").out);
  std::size_t points = 0;
  for (std::string line; std::getline(lines, line); ++points) {
    check_schema("point-1", line);
    const json known = json::parse(line)["measures"]["system.fails"]["known"];
    CHECK(known["low"] < known["high"]);
  }
  CHECK(points == 2);
}

TEST_CASE("recover tells how far what the options bring is known (long)") {
  const std::vector<std::string> asked = {
      "recover", scenario("midshire"), "--options", scenario("recovery/midshire-options.yaml"), "--trials", "20480", "--knowledge", "on", "--format"};
  std::vector<std::string> words = asked;
  words.push_back("json");
  const Ran ran = run(words);
  REQUIRE(ran.status == 0);
  check_schema("recovery-1", ran.out);
  const json told = json::parse(ran.out);
  CHECK(told["knowledge"]["draws"] == 20);  // each in two blocks of each half
  CHECK(told["now"].contains("known"));
  for (const json& set : told["frontier"]) {
    CHECK(set["aim"].contains("known"));
    if (set["options"].empty()) continue;
    // A gain that is the same in every world is known better than the chance itself.
    CHECK(width(set["change"]["known"]) < width(set["aim"]["known"]));
    CHECK(set["net_benefit"].contains("known"));
  }
  words.back() = "text";
  std::string text = run(words).out;
  check_width(text, 80);
  for (char& c : text) c = c == '\n' ? ' ' : c;
  CHECK(text.find("Given how little is known of such schemes, ") != std::string::npos);
}

TEST_CASE("the board's page says how far the chance is known where it was asked, and else that it was not") {
  const std::vector<std::string> asked = {"report", scenario("midshire"), "--format", "text", "--trials", "10240", "--scheme-trials", "256"};
  const auto told = [&](const std::string& how) {
    std::vector<std::string> words = asked;
    words.insert(words.end(), {"--knowledge", how});
    const Ran ran = run(words);
    CHECK(ran.status == 0);
    std::string out = ran.out;
    for (char& c : out) c = c == '\n' ? ' ' : c;
    return out;
  };
  CHECK(told("off").find("not measured") != std::string::npos);
  const std::string on = told("on");
  CHECK(on.find("not measured") == std::string::npos);
  CHECK(on.find("the chance that the system fails lies between") != std::string::npos);
}
