// A year's actuals, as a user would go.
#include <doctest/doctest.h>

#include <algorithm>
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

std::string on_one_line(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

}  // namespace

TEST_CASE("Midshire at months 3, 6 and 9: the range of the year narrows, and what is before any actual is what run says") {
  const json ran =
      json::parse(run({"run", midshire, "--knowledge", "off", "--trials", "10240", "--max-trials", "10240", "--format", "json", "--quiet"}).out);
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

TEST_CASE("in the simple forecasts a scheme that was dropped is worth what it has saved, and nothing of its plan is to come") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan);
  const std::string head = "as_at,organisation,scheme,to_date,status,forecast\n", wards = "2017-09,trust,wards,0.4,,";
  const auto of = [&](const std::string& rows) { return tracked({file, "--actuals", folder.write("a.csv", head + rows), "--trials", "2048"}); };
  const auto worth = [](const json& t, double each) {
    const json& simple = t["schemes"][0]["simple"];
    for (const char* name : {"straight_line", "phased_index", "plan_to_go"}) CHECK(simple[name].get<double>() == doctest::Approx(each));
    // Of wards 0.4 of 0.5 planned by then are seen, and 1 is planned of the year.
    const json& all = t["organisations"][0]["simple"];
    CHECK(all["straight_line"].get<double>() == doctest::Approx(each + 0.8));
    CHECK(all["phased_index"].get<double>() == doctest::Approx(each + 0.8));
    CHECK(all["plan_to_go"].get<double>() == doctest::Approx(each + 0.9));
  };
  worth(of(wards + "\n2017-09,trust,rotas,,dropped,\n"), 0);
  worth(of(wards + "\n2017-09,trust,rotas,0.25,dropped,\n"), 0.25);
  worth(of(wards + "\n2017-06,trust,rotas,0.3,,\n2017-09,trust,rotas,,dropped,\n"), 0.3);
  // What its owner has not forecast any more counts in the owner's forecast alike.
  const json forecast = of(wards + "0.9\n2017-06,trust,rotas,0.3,,\n2017-09,trust,rotas,,dropped,\n");
  CHECK(forecast["organisations"][0]["simple"]["owner"].get<double>() == doctest::Approx(1.2));
  CHECK(of(wards + "\n2017-09,trust,rotas,,dropped,\n")["organisations"][0]["simple"]["owner"].is_null());
  // What was dropped stays dropped in the next year.
  const json next = of("2018-03,trust,rotas,0.3,dropped,\n2018-06,trust,wards,0.4,,\n");
  for (const char* name : {"straight_line", "phased_index", "plan_to_go"}) CHECK(next["schemes"][0]["simple"][name] == 0);
  // As many as stand in the table.
  const auto text = [&](const std::string& rows) {
    return on_one_line(run({"track", file, "--actuals", folder.write("a.csv", head + rows), "--trials", "2048"}).out);
  };
  CHECK(text(wards + "\n").find("stand in the three simple forecasts at their plan, those that were dropped at what") != std::string::npos);
  CHECK(text(wards + "0.9\n2017-09,trust,rotas,0.8,,1.9\n").find("stand in the four simple forecasts at their plan") != std::string::npos);
}

TEST_CASE("what is seen of a scheme that is delivered says nothing, and the scheme is not told of as seen") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan + "  chc: {class: transactional, stage: delivered, saving: [8, 8]}\n");
  const auto of = [&](const std::string& rows) {
    return tracked({file, "--actuals", folder.write("a.csv", "as_at,organisation,scheme,to_date,status\n2017-09,trust,rotas,0.8,\n" + rows),
                    "--trials", "2048"});
  };
  const json short_of = of("2017-09,trust,chc,0,\n"), dropped = of("2017-09,trust,chc,,dropped\n"), none = of("");
  for (const json& t : {short_of, dropped}) {
    CHECK(t["schemes_seen"] == 1);
    CHECK(t["schemes"][0]["id"] == "chc");
    CHECK(t["schemes"][0]["seen"] == false);
    CHECK(t["schemes"][1]["id"] == "rotas");
    CHECK(t["schemes"][1]["seen"] == true);
    CHECK(t["schemes"][0]["outturn"]["now"] == none["schemes"][0]["outturn"]["now"]);
    CHECK(t["total"]["fails"] == none["total"]["fails"]);
  }
  CHECK(short_of["schemes"][0]["to_date"] == 0);
}

TEST_CASE("of several plans each chance says whether they stand alone or together, and that no agreement is stated where none is") {
  const Folder folder;
  for (const std::string id : {"a", "b"})
    folder.write(id + ".yaml", "organisation: " + id + "\ntitle: A Long Name of the Teaching Hospitals NHS Foundation Trust " + id +
                                   "\nincome: 100\nspend: 102\ntarget: 0\nreserves: 1\nschemes:\n"
                                   "  rotas: {class: workforce, stage: developed, saving: [2, 2]}\n  wards: {class: workforce, saving: [1, 2]}\n");
  const std::string seen = folder.write("actuals.csv", "as_at,organisation,scheme,to_date\n2017-06,a,rotas,0.3\n2017-09,a,rotas,0.7\n");
  const auto told = [&](const std::string& agreement, const std::vector<std::string>& more) {
    folder.write("system.yaml", "system: pair\nyears: [2017/18, 2018/19]\norganisations: [a.yaml, b.yaml]\n" + agreement);
    std::vector<std::string> words = {"track", folder.path(), "--actuals", seen, "--trials", "2048"};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = run(words);
    INFO(ran.err);
    REQUIRE(ran.status == 0);
    return ran.out;
  };
  const std::string none = "The plans state no agreement. \"One pool\" shows what would happen if all stood together, joint and several.";
  for (const std::string knowledge : {"off", "on"}) {
    CAPTURE(knowledge);
    const std::string unstated = told("", {"--knowledge", knowledge});
    check_width(unstated, 80);
    CHECK(on_one_line(unstated).find(none) != std::string::npos);
    CHECK(on_one_line(run({"run", folder.path(), "--trials", "2048"}).out).find(none) != std::string::npos);
    for (const char* heading : {"alone,", "were they", "one pool,", "by 2017-06"}) CHECK(unstated.find(heading) != std::string::npos);
    const std::string stated = told("agreement: {pools: [[a, b]]}\n", {"--knowledge", knowledge});
    for (const char* words : {"no agreement", "ne pool"}) CHECK(on_one_line(stated).find(words) == std::string::npos);
    CHECK(stated.find("together,") != std::string::npos);
  }
  // A row has a chance for each: before and now alone, before, a month ago and now together.
  const std::string page = told("", {"--knowledge", "off", "--format", "markdown"});
  const std::size_t row = page.find("Foundation Trust b");
  REQUIRE(row != std::string::npos);
  const std::string line = page.substr(row, page.find('\n', row) - row);
  CHECK(std::count(line.begin(), line.end(), '%') == 5);
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

TEST_CASE("actuals in YAML say what the same table says, and are told of by line and column") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan);
  const std::string table = folder.write("a.csv",
                                         "as_at,organisation,scheme,to_date,status,pressure_to_date,forecast,unit\n"
                                         "2017-06,trust,rotas,400,,,,£k\n2017-09,trust,rotas,800,asserted,,1700,£k\n"
                                         "2017-09,trust,wards,100,,,,£k\n2017-09,trust,,,,200,,£k\n");
  const std::string yaml =
      "# So far.\nunit: £k\nactuals:\n  2017-06:\n    trust: {schemes: {rotas: 400}}\n  2017-09:\n    trust:\n      pressure_to_date: 200\n"
      "      schemes:\n        rotas: {to_date: 800, status: asserted, forecast: 1700}\n        wards: 100\n";
  // Its first key is `actuals:`.
  const std::string good = "actuals:\n" + yaml.substr(yaml.find("  2017-06")) + "unit: £k\n";
  json a = tracked({file, "--actuals", table, "--trials", "2048"}),
       b = tracked({file, "--actuals", folder.write("a.yaml", good), "--trials", "2048"});
  a.erase("inputs"), b.erase("inputs");
  CHECK(a["organisations"][0]["to_date"] == 0.9);
  CHECK(a == b);
  const auto says = [&](const std::string& text, const std::string& expected) {
    const std::string path = folder.write("bad.yaml", text);
    const Ran ran = run({"track", file, "--actuals", path, "--trials", "2048"});
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(ran.err.find(path + expected) != std::string::npos);
  };
  const std::string head = "actuals:\n  2017-09:\n    trust:\n      schemes:\n";
  says(head + "        rota: 1\n", ":5:9: error: trust has no scheme 'rota'; did you mean 'rotas'?");
  says(head + "        rotas: {to_date: much}\n", ":5:26: error: to_date is 'much', not a number");
  says(head + "        rotas:\n          to_date: 1\n          status: sure\n", ":7:19: error: status is 'sure'");
  says(head + "        rotas: {todate: 1}\n", ":5:17: error: unknown key 'todate' of rotas; did you mean 'to_date'?");
  says(head + "        rotas: [1, 2]\n", ":5:16: error: to_date is a list, not a single value");
  says(head + "        rotas: 1\n        rotas: 2\n", ":6:9: error: the same month and year of it stand on line 5 already");
  says("actuals:\n  2017-09:\n    trust: {rotas: 1}\n", ":3:13: error: unknown key 'rotas' of trust");
  says("actuals:\n  2017-19:\n    trust: {schemes: {rotas: 1}}\n", ":2:3: error: as_at is '2017-19', not a month like 2017-10");
  says("actuals:\n  2017-09:\n    tust: {schemes: {rotas: 1}}\n", ":3:5: error: no organisation 'tust' in the plans; did you mean 'trust'?");
  says("actuals: 12\n", ":1:10: error: actuals is '12', not a map of months");
  says("actuals:12\n", ":1:1: error: the file is 'actuals:12', not a map of actuals by month");
  says("actuals: {}\n", ":1:1: error: no actual stands below the headings");
}

TEST_CASE("quantiles of each outturn, the year month by month, and what was to be expected by now") {
  const json t = tracked({midshire, "--actuals", actuals, "--trials", "4096", "--quantiles", "10,50,90"});
  const json& now = t["total"]["outturn"]["now"];
  CHECK(now["quantiles"] == json::array({now["p10"], now["p50"], now["p90"]}));
  CHECK(!t["total"]["outturn"]["before"].contains("quantiles"));
  // Month 9 of the forecast lies about what is saved, and month 12 is the outturn, in ten thousand futures.
  const json &path = t["total"]["by_month"]["now"], &to_date = t["total"]["to_date"];
  CHECK(std::abs(path[8]["mean"].get<double>() - to_date.get<double>()) < 0.02 * to_date.get<double>());
  CHECK(std::abs(path[11]["mean"].get<double>() - now["mean"].get<double>()) < 0.1);
  for (std::size_t m = 1; m < 12; ++m) CHECK(path[m]["mean"] > path[m - 1]["mean"]);
  CHECK(t["total"]["by_now"]["before"]["at_most"] > 0.25);
  CHECK(t["total"]["by_now"]["before"]["at_most"] < 0.45);
  CHECK(run({"track", midshire, "--actuals", actuals, "--quantiles", "10,50,90", "--quiet"}).status == 2);
}

TEST_CASE("a month that hardly goes together with the one before is said to") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan),
                    head = "as_at,organisation,scheme,to_date\n2017-06,trust,rotas,0.05\n2017-09,trust,rotas,";
  const auto says = [&](const std::string& later) {
    return run({"track", file, "--actuals", folder.write("a.csv", head + later + "\n"), "--quiet"}).out;
  };
  CHECK(says("1.2").find("That hardly goes together with what was known by 2017-06.") != std::string::npos);
  CHECK(says("0.12").find("hardly goes together") == std::string::npos);
}

TEST_CASE("the page has a fan of the year and the schemes that miss most, with their numbers") {
  const std::string page = run({"track", midshire, "--actuals", actuals, "--trials", "2048", "--quiet", "--format", "html"}).out;
  CHECK(page.find("is expected to end") != std::string::npos);
  CHECK(page.find("is expected to miss more of its plan than any other: £") != std::string::npos);
  CHECK(page.find("planned beyond that") != std::string::npos);
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
