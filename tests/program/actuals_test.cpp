// Every question asked of the updated plan: --actuals of run, explain, reverse, pool, compare and sweep.
#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

using Arguments = std::vector<std::string>;

const std::string midshire = scenario("midshire"), midshire_actuals = scenario("tracking/midshire.csv");
const std::string head = "as_at,organisation,scheme,to_date,status\n";
const std::string plan =
    "organisation: trust\nyears: [2017/18, 2018/19]\nincome: 100\nspend: 102\ntarget: 0\nreserves: 1\nschemes:\n"
    "  rotas: {class: workforce, stage: developed, saving: [2, 2]}\n  wards: {class: service-redesign, saving: [1, 2]}\n";

Ran ran(const std::string& command, Arguments arguments) {
  arguments.insert(arguments.begin(), command);
  arguments.insert(arguments.end(), {"--quiet"});
  Ran out = run(arguments);
  INFO(out.err);
  REQUIRE((out.status == 0 || out.status == 1 || out.status == 4));  // Midshire has gates
  return out;
}

json answer(const std::string& command, Arguments arguments) {
  arguments.insert(arguments.end(), {"--format", "json"});
  const Ran out = ran(command, arguments);
  const std::string schema = command == "track"     ? "tracking-1"
                             : command == "run"     ? "result-1"
                             : command == "explain" ? "explanation-1"
                             : command == "compare" ? "comparison-1"
                                                    : command + "-1";
  check_schema(schema, out.out);
  return json::parse(out.out);
}

void check_refused(const Arguments& arguments, const std::string& message) {
  const Ran out = run(arguments);
  INFO(message, " in ", out.err);
  CHECK(out.status == 2);
  CHECK(out.out.empty());
  CHECK(out.err.find(message) != std::string::npos);
}

// Two organisations in one pool, and what was seen of the one.
struct Pair {
  Folder folder;
  std::string system, actuals;
  Pair() {
    folder.write("system.yaml", "system: pair\nyears: [2017/18, 2018/19]\norganisations: [a.yaml, b.yaml]\n");
    for (const std::string id : {"a", "b"})
      folder.write(id + ".yaml", "organisation: " + id +
                                     "\nincome: 100\nspend: 102\ntarget: 0\nreserves: 1\nschemes:\n"
                                     "  rotas: {class: workforce, stage: developed, saving: [2, 2]}\n  wards: {class: workforce, saving: [1, 2]}\n");
    system = folder.path();
    actuals = folder.write("actuals.csv", head + "2017-09,a,rotas,0.3,\n2017-09,a,wards,0.1,\n2017-12,a,rotas,0.5,\n2017-12,a,wards,,dropped\n");
  }
};

double chance(const json& fails) { return fails.at("p").get<double>(); }
double half_width(const json& fails) { return (fails.at("high").get<double>() - fails.at("low").get<double>()) / 2; }

}  // namespace

TEST_CASE("run by actuals says of every chance what track says of now") {
  const Arguments asked = {midshire, "--actuals", midshire_actuals, "--as-at", "2017-09", "--trials", "10240"};
  const json tracked = answer("track", asked);
  Arguments more = asked;
  more.insert(more.end(), {"--max-trials", "10240"});
  const json r = answer("run", more);
  CHECK(r["system_total"]["fails"] == tracked["total"]["fails"]["now"]);
  for (std::size_t o = 0; o < r["organisations"].size(); ++o) {
    CHECK(r["organisations"][o]["fails"]["alone"] == tracked["organisations"][o]["fails"]["alone"]["now"]);
    CHECK(r["organisations"][o]["fails"]["together"]["p"] == tracked["organisations"][o]["fails"]["together"]["now"]["p"]);
  }
  CHECK(r["seen"]["as_at"] == "2017-09");
  CHECK(r["seen"]["schemes"] == tracked["schemes_seen"]);
  CHECK(r["seen"]["pareto_k"] == tracked["quality"]["pareto_k"]);
  CHECK(std::abs(chance(r["system_total"]["fails"]) - chance(tracked["total"]["fails"]["before"])) > 0.005);
}

TEST_CASE("actuals that say nothing change no figure of run") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan + "  later: {class: workforce, saving: [0, 1]}\n");
  const auto figures = [](json r) {
    r.erase("inputs"), r.erase("seen");
    return r;
  };
  const Arguments asked = {file, "--trials", "10240"};
  const auto with = [&](const std::string& table) {
    Arguments all = asked;
    all.insert(all.end(), {"--actuals", folder.write("a.csv", table)});
    return all;
  };
  Arguments as_written = asked;  // as the classes are taken where there are actuals
  as_written.insert(as_written.end(), {"--knowledge", "off"});
  const json before = answer("run", as_written);
  const json none = answer("run", with(head)), nothing = answer("run", with(head + "2017-09,trust,later,0,\n"));
  CHECK(none.contains("seen") == false);
  CHECK(figures(none) == figures(before));
  CHECK(nothing["seen"]["schemes"] == 0);
  CHECK(figures(nothing) == figures(before));
  CHECK(nothing["inputs"].size() == before["inputs"].size() + 1);
  const Ran warned = run({"run", file, "--actuals", folder.write("a.csv", head), "--trials", "2048"});
  CHECK(warned.status == 0);
  CHECK(warned.err.find("a.csv:1:1: warning: no actual stands below the headings") != std::string::npos);
  CHECK(ran("run", with(head + "2017-09,trust,later,0,\n")).out.find("says nothing yet") != std::string::npos);
}

TEST_CASE("every command says once what was seen of a scheme that the plan takes as delivered, and that it does not count") {
  const Folder folder;
  folder.write("system.yaml", "system: pair\nyears: [2017/18, 2018/19]\norganisations: [a.yaml, b.yaml]\n");
  for (const std::string id : {"a", "b"})
    folder.write(id + ".yaml", "organisation: " + id +
                                   "\nincome: 100\nspend: 102\ntarget: 0\nreserves: 1\nschemes:\n"
                                   "  rotas: {class: workforce, stage: developed, saving: [2, 2]}\n"
                                   "  chc: {class: transactional, stage: delivered, saving: [8, 8]}\n");
  const std::string system = folder.path();
  const std::string off = folder.write("off.csv", head + "2017-05,a,chc,0,\n2017-06,a,chc,0,\n"),
                    as_banked = folder.write("as-banked.csv", head + "2017-05,a,chc,1.33,\n2017-06,a,chc,2,\n");
  const auto times_said = [](const std::string& text) {
    std::size_t times = 0;
    for (std::size_t at = text.find("takes it as delivered"); at != std::string::npos; at = text.find("takes it as delivered", at + 1)) ++times;
    return times;
  };
  for (const std::string command : {"run", "explain", "reverse", "pool", "compare", "sweep", "track"}) {
    CAPTURE(command);
    Arguments asked = {command, system};
    if (command == "compare") asked.push_back(system);
    if (command == "sweep") asked.insert(asked.end(), {"--vary", "a.reserves=1,2"});
    asked.insert(asked.end(), {"--trials", command == "compare" ? "10240" : "2048", "--actuals"});
    const auto said = [&](const std::string& file, const Arguments& more) {
      Arguments all = asked;
      all.push_back(file);
      all.insert(all.end(), more.begin(), more.end());
      const Ran out = run(all);
      INFO(out.err);
      CHECK((out.status == 0 || out.status == 4));
      return out.err;
    };
    const std::string err = said(off, {});
    CHECK(err.find("off.csv:3:11: warning: a/chc has saved £0m of £2m planned by 2017-06; that does not count") != std::string::npos);
    CHECK(times_said(err) == 1);
    CHECK(times_said(said(off, {"--quiet"})) == 0);
    CHECK(times_said(said(as_banked, {})) == 0);
    if (command == "sweep") continue;
    CHECK(said(off, {"--as-at", "2017-05"}).find("off.csv:2:11: warning: a/chc has saved £0m of £1.333m planned by 2017-05") != std::string::npos);
  }
  // The chances are those of the plan as it was made.
  json before = answer("run", {system, "--trials", "10240", "--knowledge", "off"});
  json after = answer("run", {system, "--trials", "10240", "--actuals", off});
  CHECK(after["seen"]["schemes"] == 0);
  before.erase("inputs"), after.erase("inputs"), after.erase("seen");
  CHECK(after == before);
}

TEST_CASE("every form of the answer says what it is given") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan), seen = folder.write("a.csv", head + "2017-09,trust,rotas,0.4,\n");
  const auto in = [&](const std::string& command, const std::string& format) {
    const Arguments files = command == "compare" ? Arguments{file, file} : Arguments{file};
    Arguments all = files;
    all.insert(all.end(), {"--actuals", seen, "--trials", "10240", "--format", format});
    // On one line, however a page breaks it.
    std::string out;
    for (const char c : ran(command, all).out)
      if (c != '\n' || (!out.empty() && out.back() != ' ')) out += c == '\n' ? ' ' : c;
    return out;
  };
  for (const std::string command : {"run", "explain", "reverse", "compare"})
    for (const std::string format : {"text", "markdown", "html"}) {
      CAPTURE(command);
      CAPTURE(format);
      CHECK(in(command, format).find("given what was seen to the end of September 2017 (") != std::string::npos);
    }
  for (const std::string command : {"run", "explain", "reverse", "compare"})
    CHECK(in(command, "csv").find("actuals " + seen + " to 2017-09") != std::string::npos);
  CHECK(in("run", "github").find("given what was seen to the end of September 2017") != std::string::npos);
  Pair pair;
  CHECK(ran("pool", {pair.system, "--actuals", pair.actuals, "--trials", "2048"}).out.find("given what was seen to the end of December 2017") !=
        std::string::npos);
}

TEST_CASE("pool tells of the coalitions of the updated plan") {
  const Pair pair;
  const Arguments asked = {pair.system, "--actuals", pair.actuals, "--trials", "40960"};
  const json pooled = answer("pool", asked), r = answer("run", asked), before = answer("run", {pair.system, "--trials", "40960"});
  for (const std::size_t o : {0, 1}) {
    const json &alone = pooled["coalitions"][o]["fails"], &by_run = r["organisations"][o]["fails"]["alone"];
    CHECK(std::abs(chance(alone) - chance(by_run)) < half_width(alone) + half_width(by_run));
  }
  CHECK(chance(pooled["coalitions"][0]["fails"]) > chance(before["organisations"][0]["fails"]["alone"]) + 0.1);
}

TEST_CASE("reverse turns its dials in the updated plan: run says the same there") {
  const Folder folder;
  const std::string file = folder.write("plan.yaml", plan);
  const std::string seen = folder.write("a.csv", head + "2017-09,trust,rotas,0.95,\n2017-12,trust,wards,0.5,\n");
  const Arguments asked = {file, "--actuals", seen, "--trials", "10240", "--sampling", "plain"};
  Arguments turned = asked;
  turned.insert(turned.end(), {"--until", "system.fails = 20%"});
  const json r = answer("reverse", turned);
  CHECK(r["now"] == answer("run", asked)["system_total"]["fails"]);
  std::size_t found = 0;
  for (const json& d : r["dials"]) {
    const std::string name = d["dial"];
    CAPTURE(name);
    if (name == "optimism") {
      CHECK(d["rising"] == true);  // the luck is the same at each turn: only its outcomes get worse
      CHECK(d["monotone"] == true);
    }
    if (d["outcome"] != "found" || name == "share" || name == "delay" || name == "optimism") continue;
    Arguments there = asked;
    if (name == "luck") there.insert(there.end(), {"--given", "system=p" + std::to_string(100 * d["answer"]["value"].get<double>())});
    if (name == "reserve") there.insert(there.end(), {"--set", "trust.reserves=" + std::to_string(1 + d["answer"]["value"].get<double>())});
    // A quantile is told with six digits: the chance is that of a neighbour.
    CHECK(std::abs(chance(answer("run", there)["system_total"]["fails"]) - chance(d["fails"])) < 0.002);
    ++found;
  }
  CHECK(found >= 2);
}

TEST_CASE("explain: what is known to have dropped out cannot be lost, and would help were it certain") {
  const Pair pair;
  const json r = answer("explain", {pair.system, "--actuals", pair.actuals, "--trials", "10240"});
  for (const json& s : r["schemes"])
    if (s["organisation"] == "a" && s["id"] == "wards") {
      CHECK(s["lost"]["system"]["fails"]["value"] == 0);
      CHECK(s["certain"]["system"]["fails"]["value"] < -0.05);
    }
  CHECK(r["variance"].is_null());
  // A factor that is held is what run --given holds.
  for (const json& f : r["factors"])
    if (f["name"] == "system") {
      const json bad = answer("run", {pair.system, "--actuals", pair.actuals, "--trials", "10240", "--given", "system=p5"});
      CHECK(std::abs(chance(f["at"][0]["fails"]) - chance(bad["system_total"]["fails"])) < 0.02);
    }
}

TEST_CASE("compare lets each revision learn from the same actuals") {
  const Folder folder;
  const std::string old = folder.write("old.yaml", plan), same = folder.write("same.yaml", plan);
  const std::string fresh = folder.write("new.yaml", plan + "  theatres: {class: workforce, saving: [1, 1]}\n");
  const std::string seen = folder.write("a.csv", head + "2017-09,trust,rotas,0.4,\n");
  const json none = answer("compare", {old, same, "--actuals", seen, "--trials", "10240"});
  CHECK(none["verdict"] == "no change");
  for (const json& m : none["measures"]) {
    CHECK(m["change"] == 0);
    CHECK(m["low"] == 0);
    CHECK(m["high"] == 0);
  }
  CHECK(none["seen"]["before"] == none["seen"]["after"]);
  const std::string both = folder.write("b.csv", head + "2017-09,trust,rotas,0.4,\n2017-09,trust,theatres,0.1,\n");
  const Arguments asked = {"compare", old, fresh, "--actuals", both, "--trials", "20480", "--max-trials", "20480"};
  const Ran out = run(asked);
  CHECK(out.err.find("b.csv:3:15: warning: only one of the revisions has the scheme trust/theatres") != std::string::npos);
  const json c = answer("compare", {old, fresh, "--actuals", both, "--trials", "20480", "--max-trials", "20480"});
  CHECK(c["seen"]["before"]["schemes"] == 1);
  CHECK(c["seen"]["after"]["schemes"] == 2);
  for (const auto& [file, actuals, side] : {std::tuple(old, seen, "before"), std::tuple(fresh, both, "after")}) {
    const json fails = answer("run", {file, "--actuals", actuals, "--trials", "20480"})["system_total"]["fails"];
    for (const json& m : c["measures"])
      if (m["subject"] == "system" && m["measure"] == "fails") CHECK(std::abs(m[side].get<double>() - chance(fails)) < 3 * half_width(fails));
  }
}

TEST_CASE("sweep over as_at: a point is what run says by that month, and a store does no point twice") {
  const Pair pair;
  const std::string store = pair.folder.path("s.sqlite");
  const Arguments asked = {"sweep", pair.system, "--actuals", pair.actuals, "--vary", "as_at=2017-09,2017-12", "--trials", "2048"};
  const Ran swept = ran("sweep", {asked.begin() + 1, asked.end()});
  for (const std::string month : {"2017-09", "2017-12"}) {
    const json r = answer("run", {pair.system, "--actuals", pair.actuals, "--as-at", month, "--trials", "2048", "--max-trials", "2048"});
    std::ostringstream value;
    std::istringstream lines(swept.out);
    bool seen = false;
    for (std::string line; std::getline(lines, line);)
      if (line.find(month) != std::string::npos && line.find(",system,fails,") != std::string::npos) {
        INFO(line);
        seen = true;
        CHECK(line.find("," + r["system_total"]["fails"]["p"].dump() + ",") != std::string::npos);
      }
    CHECK(seen);
  }
  Arguments stored = asked;
  stored.insert(stored.end(), {"--store", store});
  CHECK(run(stored).err.find("2 points, 2 of them new") != std::string::npos);
  CHECK(run(stored).err.find("2 points, 0 of them new") != std::string::npos);
  const Arguments plans = {"sweep", pair.system, "--actuals", pair.actuals};
  const auto refused = [&](Arguments more, const std::string& message) {
    more.insert(more.begin(), plans.begin(), plans.end());
    check_refused(more, message);
  };
  refused({"--vary", "as_at=2017-09,2018-01"}, "2018-01 is after the last month of the actuals, 2017-12");
  refused({"--vary", "as_at=2017-09,soon"}, "as_at: 'soon' is not a month like 2025-03");
  refused({"--vary", "as_at=2017-09", "--as-at", "2017-12"}, "--as-at: error: is varied as well");
  check_refused({"sweep", pair.system, "--vary", "as_at=2017-09"}, "give --actuals FILE");
}

TEST_CASE("what does not go together with actuals is refused, and so are mistakes in them") {
  const Pair pair;
  const std::string shard = pair.folder.path("x.shard"), frozen = pair.folder.path("x.json");
  const auto refused = [&](const std::string& command, Arguments more, const std::string& message) {
    const Arguments start = command == "compare" ? Arguments{command, pair.system, pair.system} : Arguments{command, pair.system};
    more.insert(more.begin(), start.begin(), start.end());
    if (std::find(more.begin(), more.end(), "--actuals") == more.end()) more.insert(more.end(), {"--actuals", pair.actuals});
    CAPTURE(command);
    check_refused(more, message);
  };
  for (const std::string command : {"explain", "reverse", "pool", "compare"})
    refused(command, {"--knowledge", "on"}, "leave --knowledge on out, and the word 'known' of gates, or ask 'run' or 'track', which can");
  for (const std::string command : {"run", "explain", "reverse", "pool", "compare"}) {
    if (command != "compare") refused(command, {"--set", "dependence.copula=student-t"}, "student-t copula");
    refused(command, {"--as-at", "2017-08"}, "2017-08 is before the first month of the actuals, 2017-09");
    refused(command, {"--as-at", "2018-01"}, "2018-01 is after the last month of the actuals, 2017-12");
    refused(command, {"--as-at", "soon"}, "'soon' is not a month like 2025-03");
    refused(command, {"--actuals", pair.folder.path("none.csv")}, "none.csv");
    refused(command, {"--actuals", pair.folder.write("w.csv", head + "2017-09,a,rota,1,\n")}, "w.csv:2:11: error: a has no scheme 'rota'");
  }
  refused("run", {"--shard", "1/2", "--output", shard}, "--actuals: error: is no part of a shard");
  refused("run", {"--freeze", frozen}, "--freeze: error: keeps a forecast that was made before anything was seen");
  refused("run", {"--mechanisms"}, "--mechanisms: error: takes a mechanism out of the plans that the actuals are of");
  refused("run", {"--verbose"}, "--verbose: error: tells of the dependence as it is set");
  check_refused({"run", pair.system, "--as-at", "2017-09"}, "--as-at: error: says by when actuals were known, and there are none");
}

TEST_CASE("the updated plan is the same bytes for any number of threads") {
  const Pair pair;
  for (const std::string command : {"run", "pool", "reverse", "explain"}) {
    CAPTURE(command);
    const Arguments asked = {pair.system, "--actuals", pair.actuals, "--trials", "4096", "--format", "json", "--threads"};
    Arguments one = asked, three = asked;
    one.push_back("1"), three.push_back("3");
    CHECK(ran(command, one).out == ran(command, three).out);
  }
}
