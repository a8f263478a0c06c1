// What is told beside the answer: codes and frames, accepted warnings, gates of a plan by itself, the bridge, quantiles and futures, and the files to
// begin with.
#include <doctest/doctest.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;
using json = nlohmann::json;

namespace {

std::string plan(const std::string& scheme, const std::string& more = "") {
  return "organisation: one\nkind: other\nyears: [2017/18]\nincome: 100\nspend: 104\ntarget: -1\n" + more + "schemes:\n  theatres:\n" + scheme;
}
const std::string whole = "    class: workforce\n    saving: 4\n";

}  // namespace

TEST_CASE("a rating or a gateway in the place of a stage is told the stage that it stands for") {
  const Folder folder;
  const auto told = [&](const std::string& stage) {
    const std::string path = folder.write("plan.yaml", plan("    stage: " + stage + "\n" + whole));
    const Ran ran = run({"validate", path});
    CHECK(ran.status == 2);
    return ran.err.substr(std::min(ran.err.size(), ran.err.find("; ")));
  };
  CHECK(told("green") == "; as a rating or gateway it stands for 'developed'\n");
  CHECK(told("Amber/Red") == "; as a rating or gateway it stands for 'opportunity'\n");
  CHECK(told("Gateway 2") == "; as a rating or gateway it stands for 'in-progress'\n");
  CHECK(told("developd") == "; did you mean 'developed'?\n");
}

TEST_CASE("a plan by itself has gates; in a system they stand in system.yaml") {
  const Folder folder;
  const std::string crossed = folder.write("a.yaml", plan(whole, "gates: [system.fails <= 0.01%]\n")),
                    passed = folder.write("b.yaml", plan(whole, "gates: {limits: [one.fails.alone <= 100%]}\n"));
  CHECK(run({"run", crossed, "--trials", "2000", "--max-trials", "2000"}).status == 1);
  CHECK(run({"run", passed, "--trials", "2000", "--max-trials", "2000"}).status == 0);
  CHECK(run({"run", folder.write("c.yaml", plan(whole, "gates: [two.fails <= 1%]\n"))}).status == 2);
  const Folder system;
  system.write("system.yaml", "system: s\norganisations: [a.yaml]\n");
  system.write("a.yaml", plan(whole, "gates: [system.fails <= 1%]\n"));
  CHECK(run({"run", system.path()}).err.find("a.yaml:7:8: error: gates of a plan that is part of a system stand in system.yaml, for all of it") !=
        std::string::npos);
}

TEST_CASE("a warning that is allowed with a reason counts no more, and is still told to programs") {
  const Folder folder;
  const std::string path = folder.write("plan.yaml", plan(whole)), allowed = folder.write("allowed.yaml", "");
  const json found = json::parse(run({"validate", path, "--format", "json"}).out);
  REQUIRE(found["warnings"] == 1);
  CHECK(found["problems"][0]["code"] == "whole-programme");
  CHECK(run({"validate", path, "--fail-on", "warning"}).status == 1);
  folder.write("allowed.yaml", plan("    # shortfall: allow whole-programme a pilot of one ward\n" + whole));
  // The warning stands at the scheme's own line, above.
  CHECK(run({"validate", allowed, "--fail-on", "warning"}).out.find("[idle-allowance]") != std::string::npos);
  std::string good = plan(whole);
  good.replace(good.find("  theatres:"), 11, "  theatres:  # shortfall: allow whole-programme a pilot of one ward");
  folder.write("allowed.yaml", good);
  const Ran ran = run({"validate", allowed, "--fail-on", "warning"});
  CHECK(ran.status == 0);
  CHECK(ran.out.find("allowed by the plans' owners)") != std::string::npos);
  const json told = json::parse(run({"validate", allowed, "--format", "json"}).out);
  CHECK(told["warnings"] == 0);
  CHECK(told["allowed"][0]["code"] == "whole-programme");
  CHECK(told["allowed"][0]["reason"] == "a pilot of one ward");
  const json sarif = json::parse(run({"validate", allowed, "--format", "sarif"}).out)["runs"][0];
  CHECK(sarif["results"][0]["suppressions"][0]["justification"] == "a pilot of one ward");
  CHECK(sarif["tool"]["driver"]["rules"][0]["id"] == "whole-programme");
}

TEST_CASE("a terminal gets the code and the line with a caret, a file does not; help explains the code") {
  const Folder folder;
  const std::string path = folder.write("plan.yaml", plan("    class: wrokforce\n    saving: 4\n"));
  const Ran piped = run({"validate", path});
  CHECK(piped.err == path + ":9:12: error: no class 'wrokforce' in built-in/nhs-savings.yaml; did you mean 'workforce'?\n");
  const Ran shown = run_in_shell("TERM=dumb script -qec \"$* 2>&1\" /dev/null", {"validate", path});
  if (shown.out.find("wrokforce") != std::string::npos)
    CHECK(shown.out.find("[unknown-class]\r\n    9 |     class: wrokforce\r\n      |            ^~~~~~~~~\r\n") != std::string::npos);
  CHECK(run({"help", "unknown-class"}).out.find("class: transactional") != std::string::npos);
  CHECK(run({"help", "unknown-clas"}).err.find("did you mean 'unknown-class'?") != std::string::npos);
}

TEST_CASE("a terminal gets the line of a mapping, of records, of outcomes and of either revision, too") {
  const Folder folder;
  const std::string tracker = folder.write("t.csv", "Scheme,Saving 2025/26\nA,3\n"),
                    mapping = folder.write("m.yaml", "mapping: 1\nsystem: s\nyears: [2025/26]\ncolums: {title: Scheme}\n"),
                    records =
                        folder.write("r.csv", "organisation,scheme,class,stage,year,planned,delivered\na,x,workforce,in-progress,2019/20,ten,5\n"),
                    outcomes = folder.write("o.yaml", "outcomes:\n  one:\n    saving: lots\n    source: x\n"),
                    good = folder.write("good.yaml", plan(whole)), wrong = folder.write("wrong.yaml", plan("    class: wrokforce\n    saving: 4\n"));
  const auto shows = [](const std::vector<std::string>& words, const std::string& line, const std::string& caret) {
    const Ran piped = run(words), shown = run_in_shell("TERM=dumb script -qec \"$* 2>&1\" /dev/null", words);
    INFO(words.front(), ": ", shown.out);
    CHECK(piped.status == 2);
    CHECK(piped.err.find(" | ") == std::string::npos);
    if (shown.out.find("error: ") != std::string::npos) CHECK(shown.out.find(line + "\r\n      | " + caret + "\r\n") != std::string::npos);
  };
  shows({"import", tracker, "--map", mapping, "--dry-run"}, "    4 | colums: {title: Scheme}", "^~~~~~");
  shows({"calibrate", records, "--output", folder.path("c.yaml")}, "    2 | a,x,workforce,in-progress,2019/20,ten,5", std::string(34, ' ') + "^~~");
  shows({"backtest", good, "--outcomes", outcomes}, "    3 |     saving: lots", std::string(12, ' ') + "^~~~");
  shows({"backtest", wrong}, "    9 |     class: wrokforce", std::string(11, ' ') + "^~~~~~~~~");
  shows({"compare", wrong, good}, "    9 |     class: wrokforce", std::string(11, ' ') + "^~~~~~~~~");
}

TEST_CASE("the bridge of run and explain ends where run's savings end") {
  const json result = json::parse(run({"run", scenario("midshire"), "--trials", "2560", "--max-trials", "2560", "--bridge", "--format", "json"}).out);
  double planned = 0, expected = 0, found = 0;
  for (std::size_t o = 0; o < result["organisations"].size(); ++o) {
    const json &organisation = result["organisations"][o], &of = result["bridge"]["organisations"][o];
    CHECK(of["id"] == organisation["id"]);
    CHECK(of["expected"] == organisation["saving"]["mean"]);
    planned += organisation["saving"]["planned"].get<double>(), expected += organisation["saving"]["mean"].get<double>();
    found += organisation["found"]["mean"].get<double>();
  }
  const json& system = result["bridge"]["system"];
  CHECK(system["planned"].get<double>() == doctest::Approx(planned).epsilon(1e-12));
  CHECK(system["expected"].get<double>() == doctest::Approx(expected).epsilon(1e-12));
  CHECK(system["found"].get<double>() == doctest::Approx(found).epsilon(1e-9));
  double level = 0;
  for (const auto& [key, value] : system.items())
    if (key != "expected" && key != "dearer" && key != "found") level += value.get<double>();
  CHECK(level == doctest::Approx(expected).epsilon(1e-11));
  CHECK(run({"explain", scenario("mechanisms/needs.yaml"), "--trials", "2560"}).out.find("waiting for what it needs") != std::string::npos);
}

TEST_CASE("quantiles of any level are the run's own where it has them") {
  const std::vector<std::string> asked = {"run",   scenario("mechanisms/lapses.yaml"), "--trials", "5120", "--max-trials", "5120", "--quantiles",
                                          "5:95:5"};
  const auto with = [&](const std::string& format) {
    std::vector<std::string> words = asked;
    words.insert(words.end(), {"--format", format});
    return run(words).out;
  };
  const json result = json::parse(with("json")), &quantiles = result["quantiles"];
  REQUIRE(quantiles["levels"].size() == 19);
  for (const json& row : quantiles["rows"]) {
    for (std::size_t k = 1; k < 19; ++k) CHECK(row["value"][k].get<double>() >= row["value"][k - 1].get<double>());
    if (row["subject"] == "system" || row["measure"] != "saving") continue;
    CHECK(row["value"][1] == result["organisations"][0]["saving"]["p10"]);
    CHECK(row["value"][17] == result["organisations"][0]["saving"]["p90"]);
  }
  CHECK(with("csv").find(",saving.p35,") != std::string::npos);
  for (const char* levels : {"0:99", "5,100", "50,10", "a:b", "1:2:0", ""})
    CHECK(run({"run", scenario("mechanisms/lapses.yaml"), "--format", "json", "--quantiles", levels}).status == 2);
  CHECK(run(asked).err == "--quantiles: error: are for --format json or csv\n");
}

TEST_CASE("every future stands in a line of its own, and they are as many as were asked for and mean what the run means") {
  const Folder folder;
  const std::string file = folder.path("futures.csv"), name = scenario("mechanisms/lapses.yaml");
  const Ran ran = run({"run", name, "--trials", "2560", "--max-trials", "2560", "--draws", file, "--format", "json"});
  REQUIRE(ran.status == 0);
  const json result = json::parse(ran.out);
  std::istringstream lines(text_of(file));
  std::string line;
  std::getline(lines, line);
  const std::string id = result["organisations"][0]["id"];
  CHECK(line.starts_with("future," + id + ".saving," + id + ".found," + id + ".margin."));
  CHECK(line.ends_with("system.shortfall,system.fails"));
  std::size_t count = 0;
  double saving = 0;
  while (std::getline(lines, line)) {
    ++count;
    CHECK(line.starts_with(std::to_string(count) + ","));
    saving += std::stod(line.substr(line.find(',') + 1));
  }
  CHECK(count == 2560);
  CHECK(saving / 2560 == doctest::Approx(result["organisations"][0]["saving"]["mean"].get<double>()).epsilon(1e-9));
  CHECK(run({"run", name, "--trials", "2560", "--draws", name}).err.find("is one of the files that were read") != std::string::npos);
}

TEST_CASE("init writes a system without a warning, which runs; schemas and completions come from the program") {
  const Folder folder;
  const std::string to = folder.path("trial");
  REQUIRE(run({"init", to}).status == 0);
  const Ran checked = run({"validate", to, "--fail-on", "warning"});
  CHECK_MESSAGE(checked.status == 0, checked.out);
  CHECK(run({"run", to, "--trials", "2560", "--max-trials", "2560"}).status % 4 == 0);
  CHECK(text_of(to + "/riverside.yaml").starts_with("# yaml-language-server: $schema=plan.schema.json\n"));
  CHECK(text_of(to + "/plan.schema.json") == run({"schema", "plan"}).out);
  CHECK(run({"init", to}).status == 0);  // the same files
  folder.write("trial/hillside.yaml", "organisation: other\n");
  CHECK(run({"init", to}).status == 2);
  CHECK(run({"schema", "plans"}).status == 2);
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Ran ran = run({"completion", shell});
    CHECK(ran.status == 0);
    for (const char* word : {"--optimism", "validate", "completion"})
      CHECK(ran.out.find(std::string(word).substr(word[0] == '-' ? 2 : 0)) != std::string::npos);
  }
  CHECK(run_in_shell("\"$@\" | bash -n", {"completion", "bash"}).status == 0);
}
