// A year's actuals, as a user would go.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

const std::string midshire = scenario("midshire"), actuals = scenario("tracking/midshire.csv");
const std::string plan =
    "organisation: trust\nyears: [2017/18, 2018/19]\nincome: 100\nspend: 102\ntarget: 0\nreserves: 1\nschemes:\n"
    "  rotas: {class: workforce, stage: developed, saving: [2, 2]}\n  wards: {class: service-redesign, saving: [1, 2]}\n";

json tracked(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "track");
  arguments.insert(arguments.end(), {"--format", "json", "--quiet"});
  const Ran ran = run(arguments);
  INFO(ran.err);
  REQUIRE((ran.status == 0 || ran.status == 1 || ran.status == 4));  // Midshire has gates
  check_schema("tracking-1", ran.out);
  return json::parse(ran.out);
}

}  // namespace

TEST_CASE("Midshire at months 3, 6 and 9: the range of the year narrows, and what is before any actual is what run says") {
  const json ran = json::parse(run({"run", midshire, "--trials", "10240", "--max-trials", "10240", "--format", "json", "--quiet"}).out);
  double width = 1e9;
  for (const std::string month : {"2017-06", "2017-09", "2017-12"}) {
    INFO(month);
    const json t = tracked({midshire, "--actuals", actuals, "--as-at", month, "--trials", "10240"});
    CHECK(t["total"]["fails"]["before"]["p"] == ran["system_total"]["fails"]["p"]);
    const double p10 = t["total"]["outturn"]["now"]["p10"], p90 = t["total"]["outturn"]["now"]["p90"];
    CHECK(p90 - p10 < width);
    width = p90 - p10;
    CHECK(t["quality"]["pareto_k"] < 0.5);
    CHECK(t["last_as_at"].is_null() == (month == "2017-06"));
  }
  CHECK(width > 0.5);
}

TEST_CASE("the same bytes for any number of threads, and what is printed keeps to the page") {
  const std::vector<std::string> words = {"track", midshire, "--actuals", actuals, "--trials", "2048", "--quiet"};
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> all = words;
    all.insert(all.end(), more.begin(), more.end());
    const Ran ran = run(all);
    INFO(ran.err);
    REQUIRE((ran.status == 0 || ran.status == 1 || ran.status == 4));
    return ran.out;
  };
  CHECK(with({"--format", "json", "--threads", "1"}) == with({"--format", "json", "--threads", "3"}));
  check_width(with({}), 80);
  CHECK(with({"--format", "markdown"}).find("Where will 2017/18 land?") != std::string::npos);
  CHECK(with({"--format", "html"}).find("<!DOCTYPE html>") != std::string::npos);
  CHECK(with({"--format", "csv"}).substr(0, 13) == "organisation,");
}

TEST_CASE("a scheme that is dropped saves nothing, one that is delivered goes ahead, and good news makes failure less likely") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan);
  const auto of = [&](const std::string& rows) {
    return tracked({file, "--actuals", folder.write("a.csv", "as_at,organisation,scheme,to_date,status\n" + rows), "--trials", "10240"});
  };
  const json good = of("2017-09,trust,rotas,1.0,\n2017-09,trust,wards,0.48,\n"), bad = of("2017-09,trust,rotas,0.2,\n2017-09,trust,wards,0.02,\n");
  CHECK(good["total"]["fails"]["now"]["p"] < good["total"]["fails"]["before"]["p"]);
  CHECK(bad["total"]["fails"]["now"]["p"] > bad["total"]["fails"]["before"]["p"]);
  const json known = of("2017-09,trust,rotas,,dropped\n2017-09,trust,wards,,delivered\n");
  CHECK(known["schemes"][0]["drops_out"]["now"] == 1);
  CHECK(known["schemes"][0]["outturn"]["now"]["mean"] == 0);
  CHECK(known["schemes"][1]["drops_out"]["now"] == 0);
}

TEST_CASE("pressure to date moves what failure depends on") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan);
  const auto fails = [&](const std::string& pressure) {
    const std::string path = folder.write("a.csv", "as_at,organisation,scheme,to_date,pressure_to_date\n2017-12,trust,,," + pressure + "\n");
    return tracked({file, "--actuals", path, "--trials", "10240"})["total"]["fails"];
  };
  CHECK(fails("2.0")["now"]["p"] > fails("2.0")["before"]["p"]);
  CHECK(fails("-2.0")["now"]["p"] < fails("-2.0")["before"]["p"]);
}

TEST_CASE("bad actuals end in status 2 at their place; a reversal is said and counts") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan);
  const auto says = [&](const std::string& table, const std::string& expected) {
    const std::string path = folder.write("a.csv", table);
    const Ran ran = run({"track", file, "--actuals", path, "--trials", "2048"});
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.err.find(path + expected) != std::string::npos);
  };
  const std::string head = "as_at,organisation,scheme,to_date,status\n";
  says(head + "2017-09,trust,rota,1,\n", ":2:15: error: trust has no scheme 'rota'; did you mean 'rotas'?");
  says(head + "2017-09,trsut,rotas,1,\n", ":2:9: error: no organisation 'trsut' in the plans; did you mean 'trust'?");
  says(head + "2016-09,trust,rotas,1,\n", ":2:1: error: as_at is 2016-09, and the plan runs from 2017-04 to 2019-03");
  says(head + "2017-09,trust,rotas,much,\n", ":2:21: error: to_date is 'much', not a number");
  says(head + "2017-09,trust,rotas,1,\n2017-09,trust,rotas,1,\n", ":3:15: error: the same month and year of it stand on line 2 already");
  says("as_at,organisation,amount\n", ":1:20: error: unknown heading 'amount'");
  says(head, ":1:1: error: no actual stands below the headings");
  const std::string reversed = folder.write("r.csv", head + "2017-09,trust,rotas,1.0,\n2017-12,trust,rotas,0.8,\n");
  const Ran ran = run({"track", file, "--actuals", reversed, "--trials", "2048"});
  CHECK(ran.status == 0);
  CHECK(ran.err.find(":3:15: warning: trust/rotas has saved 0.8 by 2017-12, and had 1 by 2017-09 (restated; the later counts)") != std::string::npos);
  CHECK(run({"track", file}).status == 2);
}

TEST_CASE("a student-t copula is refused, as its mixing is shared") {
  const Ran ran = run({"track", midshire, "--actuals", actuals, "--set", "dependence.copula=student-t", "--trials", "2048"});
  CHECK(ran.status == 2);
  CHECK(ran.err.find("student-t copula") != std::string::npos);
}

TEST_CASE("a gate is judged by what is known now") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan + "gates:\n  - system.fails <= 1%\n");
  const std::string path = folder.write("a.csv", "as_at,organisation,scheme,to_date\n2017-09,trust,rotas,0.2\n");
  const Ran ran = run({"track", file, "--actuals", path, "--trials", "2048", "--quiet"});
  CHECK(ran.status == 1);
}
