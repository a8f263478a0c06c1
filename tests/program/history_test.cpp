// From records to classes, and from forecasts to what became of them, as a user would go.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <iterator>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

const std::string records = scenario("records/records.csv");

}  // namespace

TEST_CASE("records become classes that a run takes as they are, and the report keeps to its schema and to the page") {
  const Folder folder;
  const std::string reference = folder.path("reference.yaml");
  const Ran calibrated = run({"calibrate", records, "--output", reference, "--format", "json"});
  REQUIRE(calibrated.status == 0);
  check_schema("calibration-1", calibrated.out);
  CHECK(json::parse(calibrated.out)["records"] == 120);
  const Ran report = run({"calibrate", records, "--output", folder.path("again.yaml")});
  check_width(report.out, 80);
  // On one line, however the page breaks it.
  std::string words;
  for (const char c : report.out)
    if (c != '\n' && c != ' ')
      words += c;
    else if (!words.ends_with(' '))
      words += ' ';
  CHECK(words.find("); of those that their stages spare, ") != std::string::npos);
  CHECK(text_of(reference) == text_of(folder.path("again.yaml")));
  const Ran ran = run({"run", scenario("midshire"), "--reference", reference, "--trials", "256", "--format", "json"});
  REQUIRE(ran.status == 0);
  CHECK(json::parse(ran.out)["inputs"].dump().find("reference.yaml") != std::string::npos);
  // Calibrated again from its own result, a class only gains.
  CHECK(run({"calibrate", records, "--prior", reference, "--output", folder.path("third.yaml")}).status == 0);
}

TEST_CASE("bad records end in status 2 at their place, and nothing is written") {
  const Folder folder;
  const std::string bad = folder.write("bad.csv", "organisation,scheme,class,stage,year,planned,delivered\na,s,workfarce,developed,2017/18,1,1\n");
  const Ran ran = run({"calibrate", bad, "--output", folder.path("out.yaml")});
  CHECK(ran.status == 2);
  CHECK(ran.err == bad + ":2:5: error: no class 'workfarce' in the prior reference file; did you mean 'workforce'?\n");
  CHECK(text_of(folder.path("out.yaml")).empty());
  CHECK(run({"calibrate", bad}).status == 2);
}

TEST_CASE("three of fifteen dropped beside a prior of one in twenty: the file says Beta(4, 31), which has all of three with chance 0.00257400") {
  const Folder folder;
  std::string text = "organisation,scheme,class,stage,year,planned,delivered,status\n";
  for (int i = 0; i < 15; ++i)
    text +=
        "a,s" + std::to_string(i) + ",workforce,delivered,2017/18,1," + (i < 3 ? "0,dropped\n" : "0." + std::to_string(5 + i % 4) + ",finished\n");
  const std::string prior = folder.write("prior.yaml",
                                         "classes:\n  workforce:\n    share: {p10: 0.5, p50: 0.8, p90: 1.05, low: -0.3, high: 1.3, drops_out: 5%}\n"
                                         "    grade: derived\n    source: a test's\n");
  const Ran ran = run({"calibrate", folder.write("records.csv", text), "--prior", prior, "--output", folder.path("out.yaml"), "--format", "json"});
  REQUIRE(ran.status == 0);
  const json chance = json::parse(ran.out)["classes"][0]["drops_out"]["after"];
  const double a = chance["alpha"], b = chance["beta"];
  CHECK(std::abs(a * (a + 1) * (a + 2) / ((a + b) * (a + b + 1) * (a + b + 2)) - 0.00257400) < 5e-9);
}

TEST_CASE("a hundred thousand records are read in seconds") {
  const Folder folder;
  std::string text = "organisation,scheme,class,stage,year,planned,delivered\n";
  for (int i = 0; i < 100'000; ++i)
    text += "o" + std::to_string(i % 40) + ",s" + std::to_string(i) + ",workforce,developed,2017/18,1.5,1." + std::to_string(i % 97) + "\n";
  const std::string file = folder.write("many.csv", text);
  const auto start = std::chrono::steady_clock::now();
  CHECK(run({"calibrate", file, "--output", folder.path("out.yaml"), "--quiet"}).status == 0);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));  // two on a quiet machine
}

TEST_CASE("published programmes are scored, to the schema and to the page, the same for any number of threads") {
  const Ran scored = run({"backtest", scenario("published"), "--format", "json", "--threads", "1"});
  REQUIRE(scored.status == 0);
  check_schema("backtest-1", scored.out);
  CHECK(run({"backtest", scenario("published"), "--format", "json", "--threads", "3"}).out == scored.out);
  check_width(run({"backtest", scenario("published")}).out, 80);
  const json result = json::parse(scored.out);
  CHECK(result["outcomes"].size() > 30);
  for (const json& o : result["outcomes"])
    if (o["left_out"]) CHECK_FALSE(o["seen"].empty());
  // A case left in the classes that rest on it is another forecast.
  CHECK(run({"backtest", scenario("published"), "--format", "json", "--threads", "1", "--keep-seen"}).out != scored.out);
}

TEST_CASE("a frozen forecast is scored by its own futures, and not where it was made after the event") {
  const Folder folder;
  const std::string early = folder.path("early.yaml"), late = folder.path("late.yaml");
  const std::string outcomes = folder.write("outcomes.yaml",
                                            "outcomes:\n  midshire-acute: {year: 2017/18, saving: 5, failed: true, source: a test}\n"
                                            "  system: {year: 2017/18, failed: 2, source: a test}\n");
  REQUIRE(run({"run", scenario("midshire"), "--trials", "256", "--freeze", early, "--as-at", "2017-03"}).status == 0);
  REQUIRE(run({"run", scenario("midshire"), "--trials", "256", "--freeze", late, "--as-at", "2018-05"}).status == 0);
  const Ran frozen = run({"backtest", early, "--outcomes", outcomes, "--format", "json"});
  REQUIRE(frozen.status == 0);
  check_schema("backtest-1", frozen.out);
  const Ran fresh = run({"backtest", scenario("midshire"), "--outcomes", outcomes, "--format", "json"});
  REQUIRE(fresh.status == 0);
  // Six digits of each future are kept.
  const json a = json::parse(frozen.out), b = json::parse(fresh.out);
  CHECK(std::abs(a["outcomes"][0]["crps"].get<double>() - b["outcomes"][0]["crps"].get<double>()) < 1e-5);
  CHECK(a["failures"][0]["chance"] == b["failures"][0]["chance"]);
  const Ran hindsight = run({"backtest", late, "--outcomes", outcomes});
  CHECK(hindsight.status == 2);
  CHECK(hindsight.err.find(
            "outcomes.yaml:2:19: error: the outcome was known in 2018-03, but the forecast was made in 2018-05 (a forecast made after its "
            "outcome proves nothing)") != std::string::npos);
  CHECK(run({"backtest", early}).status == 2);
  CHECK(run({"run", scenario("midshire"), "--trials", "256", "--freeze", late, "--given", "system=p5"}).status == 2);
}
