// The contract with scripts: exit statuses, formats, options, and what stands on which stream.
#include <doctest/doctest.h>

#include <cmath>
#include <iterator>
#include <map>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

// Fails exactly when its luck's U < p.
std::string threshold_plan(const std::string& p, const std::string& id = "one") {
  return "organisation: " + id + "\nyears: [2017/18]\nincome: 0\nspend: 0\npressure: {sd: 0}\ntarget: " + p +
         "\nschemes: {s: {delivery: {uniform: [0, 1]}, saving: [1]}}\n";
}

std::string system_with_gates(const std::string& gates) { return "system: gated\nyears: [2017/18]\ngates:\n" + gates; }

int lines(const std::string& text) { return static_cast<int>(std::count(text.begin(), text.end(), '\n')); }

}  // namespace

TEST_CASE("the exit status says whether gates hold: 0 passed, 1 crossed, 4 unclear, and crossed outweighs unclear") {
  Folder folder;
  folder.write("one.yaml", threshold_plan("0.3"));
  const auto status = [&](const std::string& gates, std::vector<std::string> more = {}) {
    folder.write("system.yaml", system_with_gates(gates));
    more.insert(more.begin(), {"run", folder.path(), "--trials", "10000", "--max-trials", "10000"});
    const Ran ran = run(more);
    CHECK(ran.out.find("gate") != std::string::npos);
    return ran.status;
  };
  CHECK(status("  - system.fails <= 50%\n  - one.fails.alone >= 10%\n") == 0);
  CHECK(status("  - system.fails <= 10%\n") == 1);
  CHECK(status("  - system.fails <= 30%\n") == 4);
  CHECK(status("  - system.fails <= 30%\n  - any.fails < 10%\n") == 1);
  CHECK(status("  - one.contingency.p95 <= 1\n  - one.saving.mean >= 0.4\n  - one.shortfall.es95 < 0.31\n") == 0);
}

TEST_CASE("while a gate is unclear more futures are simulated, up to --max-trials") {
  Folder folder;
  folder.write("one.yaml", threshold_plan("0.3"));
  folder.write("system.yaml", system_with_gates("  - system.fails <= 31%\n"));
  // At 1,000 trials the interval is ± 2.8 points and straddles 31 %; at some doubling below 1,000,000 (± 0.09) it no longer does.
  const json r = result({folder.path(), "--trials", "1000", "--knowledge", "off"});
  CHECK(r.at("trials").get<int>() > 1000);
  CHECK(r.at("gates")[0].at("verdict") == "passed");
  CHECK(r.at("gates")[0].at("high").get<double>() <= 0.31);
  // And those futures are the ones that asking for them at once gives; only the gates' intervals are narrower for a single look.
  const json at_once = result({folder.path(), "--trials", std::to_string(r.at("trials").get<int>()), "--knowledge", "off"});
  for (const char* key : {"organisations", "joint", "system_total", "pools"}) CHECK(at_once.at(key) == r.at(key));
  CHECK(r.at("gates")[0].at("high").get<double>() > r.at("system_total").at("fails").at("high").get<double>());
  // What is not known is drawn as often as the futures first asked for allow, however many are added.
  const json drawn = result({folder.path(), "--trials", "2560"});
  CHECK(drawn.at("trials").get<int>() > 2560);
  CHECK(drawn.at("knowledge").at("draws") == 5);
}

TEST_CASE("--precision goes on until every chance is known so well, and says when it could not be") {
  Folder folder;
  const std::string plan = folder.write("one.yaml", threshold_plan("0.5"));
  const json r = result({plan, "--trials", "1000", "--precision", "0.5%", "--sampling", "plain"});
  const json fails = r.at("organisations")[0].at("fails").at("alone");
  CHECK((fails.at("high").get<double>() - fails.at("low").get<double>()) / 2 <= 0.005);
  CHECK(r.at("trials").get<int>() >= 38'000);  // 1.96² ¼ / 0.005² = 38,416
  const json spread = result({plan, "--trials", "1000", "--precision", "0.5%"});
  CHECK(spread.at("trials").get<int>() < r.at("trials").get<int>());
  const Ran ran = run({"run", plan, "--trials", "1000", "--precision", "0.5%", "--max-trials", "2000"});
  CHECK(ran.status == 0);
  CHECK(ran.err.find("--max-trials") != std::string::npos);
}

TEST_CASE("--timings goes to standard error and changes no result") {
  const Ran plain = run({"run", scenario("mechanisms/joint-and-several"), "--trials", "5000", "--format", "json", "--quiet"});
  const Ran timed = run({"run", scenario("mechanisms/joint-and-several"), "--trials", "5000", "--format", "json", "--quiet", "--timings"});
  CHECK(timed.status == 0);
  CHECK(timed.out == plain.out);
  for (const char* word : {"reading and checking", "compiling", "simulating", "draw", "luck", "outcome", "deliver", "settle", "integrate", "tally"})
    CHECK(timed.err.find(word) != std::string::npos);
}

TEST_CASE("results go to standard output, notes to standard error, and nothing else anywhere") {
  const Ran ran = run({"run", scenario("midshire"), "--trials", "1000", "--max-trials", "1000"});
  CHECK(ran.out.find("\x1b") == std::string::npos);
  CHECK(lines(ran.err) == 1);
  CHECK(ran.err.find("shortfall validate") != std::string::npos);
  CHECK(run({"run", scenario("midshire"), "--trials", "1000", "--max-trials", "1000", "--quiet"}).err.empty());
  CHECK(run({"run", scenario("midshire"), "--trials", "1000", "--max-trials", "1000", "--format", "json"}).err.empty());
}

TEST_CASE("--output writes what standard output would have had, keeps the old file when the run fails, and leaves nothing beside it") {
  Folder folder;
  const std::string plan = folder.write("one.yaml", threshold_plan("0.3")), out = folder.path("result.json");
  const std::vector<std::string> arguments = {"run", plan, "--trials", "1000", "--format", "json"};
  const std::string expected = run(arguments).out;
  auto to_file = arguments;
  to_file.insert(to_file.end(), {"--output", out});
  const Ran ran = run(to_file);
  CHECK(ran.status == 0);
  CHECK(ran.out.empty());
  CHECK(text_of(out) == expected);
  folder.write("one.yaml", "organisation: one\n");
  CHECK(run(to_file).status == 2);
  CHECK(text_of(out) == expected);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
}

TEST_CASE("an --output that names what is read is refused, and what is read is as it was") {
  Folder folder;
  const std::string plan = folder.write("one.yaml", threshold_plan("0.3")), points = folder.write("points.csv", "optimism\n1\n");
  const std::string shard = folder.path("1.shard"), store = folder.path("results.sqlite"), link = folder.path("link.yaml");
  std::filesystem::create_symlink("one.yaml", link);
  REQUIRE(run({"run", plan, "--trials", "100", "--shard", "1/1", "--output", shard, "--quiet"}).status == 0);
  REQUIRE(run({"sweep", plan, "--trials", "100", "--points", points, "--store", store, "--quiet"}).status == 0);
  const auto refused = [&](std::vector<std::string> words, const std::string& output) {
    const std::string before = text_of(output);
    words.insert(words.end(), {"--output", output});
    const Ran ran = run(words);
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(ran.err == output + ": error: is one of the files that were read, and would be lost; name another for --output\n");
    CHECK(text_of(output) == before);
  };
  refused({"run", plan, "--trials", "100"}, plan);
  refused({"run", plan, "--trials", "100"}, folder.path("../" + std::filesystem::path(folder.path()).filename().string() + "/one.yaml"));
  refused({"run", plan, "--trials", "100"}, link);
  refused({"merge", shard}, shard);
  refused({"sweep", plan, "--trials", "100", "--points", points}, points);
  refused({"sweep", plan, "--trials", "100", "--points", points, "--store", store, "--quiet"}, store);
}

TEST_CASE("--set is an edit of the file: the same numbers, the same messages") {
  Folder folder;
  const std::string plan = folder.write("one.yaml", threshold_plan("0.3")), edited = folder.write("edited.yaml", threshold_plan("0.4"));
  const auto numbers = [](std::vector<std::string> arguments) {
    json r = result(std::move(arguments));
    r.erase("inputs");
    r.erase("edits");
    return r;
  };
  CHECK(numbers({plan, "--set", "one.target=0.4"}) == numbers({edited}));
  CHECK(numbers({plan, "--set", "one.target=[0.4]"}) == numbers({edited}));
  CHECK(numbers({plan, "--set", "one.schemes.s.delivery={uniform: [0.1, 1]}"}) != numbers({plan}));
  CHECK(numbers({plan, "--set", "dependence.shared.system=0"}) != numbers({plan}));
  CHECK(run({"run", plan, "--set", "one.target=many"}).err == "--set one.target=many: error: target is 'many', not a number\n");
  CHECK(run({"run", plan, "--set", "one.schemes.t.stage=developed"}).err == "--set one.schemes.t.stage=developed: error: no 't' in schemes\n");
}

TEST_CASE("CSV is tidy and says what JSON says") {
  const std::vector<std::string> arguments = {scenario("mechanisms/joint-and-several"), "--trials", "5000"};
  const json r = result(arguments);
  auto csv_arguments = arguments;
  csv_arguments.insert(csv_arguments.begin(), "run");
  csv_arguments.insert(csv_arguments.end(), {"--format", "csv"});
  std::istringstream csv(run(csv_arguments).out);
  std::string line;
  std::getline(csv, line);
  CHECK(line == "system,organisation,measure,year,value,low,high,trials,seed,optimism,changes,known_low,known_high");
  std::map<std::string, std::vector<std::string>> rows;
  while (std::getline(csv, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    REQUIRE(cells.size() >= 10);  // the last empty ones are none: nothing was changed, and what is known is told of chances and of some amounts
    CHECK(rows.emplace(cells[1] + " " + cells[2] + " " + cells[3], cells).second);
    CHECK(cells[7] == "5120");  // whole blocks of 256
  }
  const auto value = [&](const std::string& key) { return std::stod(rows.at(key)[4]); };
  const json& risky = r.at("organisations")[0];
  CHECK(value("risky fails.alone ") == risky.at("fails").at("alone").at("p"));
  CHECK(std::stod(rows.at("risky fails.alone ")[5]) == risky.at("fails").at("alone").at("low"));
  CHECK(std::stod(rows.at("risky fails.alone ")[11]) == risky.at("fails").at("alone").at("known").at("low"));
  CHECK(std::stod(rows.at("risky fails.alone ")[12]) == risky.at("fails").at("alone").at("known").at("high"));
  CHECK(value("risky fails.alone_by_year 2017/18") == risky.at("fails").at("alone_by_year")[0].at("p"));
  CHECK(value("risky swim_sink.sinks ") == risky.at("swim_sink").at("sinks"));
  CHECK(value("risky contingency.p80 ") == risky.at("contingency").at("p80"));
  CHECK(value("risky saving.p90 ") == risky.at("saving").at("p90"));
  CHECK(value("risky position.mean 2017/18") == risky.at("position").at("mean")[0]);
  CHECK(value("system fails ") == r.at("system_total").at("fails").at("p"));
  CHECK(value("pool:risky+steady fails ") == r.at("pools")[0].at("fails").at("p"));
  CHECK(value("any fails ") == r.at("joint").at("any").at("p"));
  CHECK(value("any count.2 ") == r.at("joint").at("count")[2].at("p"));
}

TEST_CASE("JSON has the schema's keys, and no others unless asked") {
  const json r = result({scenario("mechanisms/mutual-aid"), "--trials", "2000", "--knowledge", "off"});
  const auto keys = [](const json& object) {
    std::string out;
    for (const auto& [key, value] : object.items()) out += key + " ";
    return out;
  };
  CHECK(keys(r) == "gates inputs joint optimism organisations pools program sampling schema seed system system_total trials trials_asked years ");
  CHECK(r.at("schema") == "shortfall/result/1");
  CHECK(keys(r.at("organisations")[0]) == "carry contingency delivered_and_found fails found id position reserves saving shortfall swim_sink title ");
  CHECK(keys(r.at("organisations")[0].at("fails")) == "alone alone_by_year together together_by_year ");
  CHECK(keys(r.at("organisations")[0].at("saving")) == "mean mean_last_year p10 p50 p90 planned planned_last_year ");
  CHECK(keys(r.at("organisations")[0].at("position")) == "mean p10 p90 planned ");
  CHECK(keys(r.at("organisations")[0].at("shortfall")) == "es95 mean p50 p80 p90 p95 ");
  CHECK(keys(r.at("pools")[0]) == "contingency fails members shortfall ");
  CHECK(keys(r.at("system_total")) == "contingency fails pooling_benefit shortfall ");
  CHECK(keys(r.at("joint")) == "all any count pairs together ");
  CHECK(keys(r.at("joint").at("pairs")) == "given ids joint ");
  const json known = result({scenario("mechanisms/mutual-aid"), "--trials", "2048"});
  CHECK(keys(known) ==
        "gates inputs joint knowledge optimism organisations pools program sampling schema seed system system_total trials trials_asked years ");
  CHECK(keys(known.at("system_total")) == "contingency fails known pooling_benefit shortfall ");
  CHECK(keys(known.at("system_total").at("fails")) == "high known low p ");
  CHECK(keys(result({scenario("midshire"), "--set", "gates=[system.fails <= 90%]", "--trials", "2000"}).at("gates")[0]) ==
        "expression high low value verdict ");
  CHECK(r.at("inputs").size() == 3);
  CHECK(r.at("inputs")[0].at("sha256").get<std::string>().size() == 64);
  CHECK(result({scenario("mechanisms/needs.yaml"), "--trials", "2000", "--mechanisms", "--verbose", "--given", "system=p5"}).contains("mechanisms"));
}

TEST_CASE("every scenario's result keeps to its schema, whatever is asked for beside it") {
  std::vector<std::string> plans = {scenario("midshire")};
  for (const char* folder : {"published", "mechanisms", "games", "revisions"})
    for (const auto& entry : std::filesystem::directory_iterator(scenario(folder)))
      if (entry.is_directory() || entry.path().extension() == ".yaml") plans.push_back(entry.path().string());
  CHECK(plans.size() >= 22);
  const auto check = [](std::vector<std::string> words) {
    words.insert(words.begin(), {"run", "--format", "json", "--quiet"});
    const Ran ran = run(words);
    CHECK(ran.status != 2);
    check_schema("result-1", ran.out);
  };
  for (const std::string& plan : plans) {
    INFO(plan);
    check({plan, "--trials", "1000", "--max-trials", "1000"});
  }
  const std::string midshire = scenario("midshire");
  check({midshire, "--trials", "1", "--max-trials", "1"});
  check({midshire, "--trials", "1000", "--max-trials", "1000", "--mechanisms", "--verbose", "--given", "system=p5", "--set",
         "midshire-ccg.reserves=3", "--precision", "5%", "--sampling", "plain"});
}

TEST_CASE("what was changed on the command line is said in every format") {
  const std::vector<std::string> changed = {"run",      scenario("mechanisms/needs.yaml"), "--trials", "500", "--set", "trust.reserves=1", "--given",
                                            "system=p5"};
  const auto in = [&](const char* format) {
    auto arguments = changed;
    arguments.insert(arguments.end(), {"--format", format});
    return run(arguments).out;
  };
  CHECK(in("text").find("a stress: system at P5") != std::string::npos);
  CHECK(in("text").find("--set trust.reserves=1") != std::string::npos);
  CHECK(json::parse(in("json")).at("edits") == json({"trust.reserves=1"}));
  CHECK(json::parse(in("json")).at("given")[0].at("factor") == "system");
  CHECK(in("csv").find("set trust.reserves=1; given system=p5") != std::string::npos);
}

TEST_CASE("gates looked at again and again decide wrongly no more often than 5 % (long)") {
  // The truth is exactly on the limit: any decision is wrong. 120 seeds, looks at 1,000 to 64,000 futures.
  Folder folder;
  folder.write("one.yaml", threshold_plan("0.5"));
  folder.write("system.yaml", system_with_gates("  - system.fails <= 50%\n"));
  int decided = 0;
  for (int seed = 1; seed <= 120; ++seed) {
    const Ran ran = run({"run", folder.path(), "--trials", "1000", "--max-trials", "64000", "--seed", std::to_string(seed), "--quiet"});
    decided += ran.status != 4;
  }
  // At most 5 % of 120 is 6; more than 13 has a chance of 0.4 % under that (binomial). One look at 95 % at a time would give some 20.
  CHECK(decided <= 13);
}

TEST_CASE("an interval that too few futures cannot close passes no gate") {
  // A shortfall of up to 0.001 in one future of 1,000: its es95 is 0.0005 / 50 = 0.00001, which 256 futures, with one shortfall or none, cannot tell
  // from more than 0.0002. What many of them hold, the P80, they can.
  Folder folder;
  folder.write("one.yaml", threshold_plan("0.001"));
  const auto status = [&](const std::string& gate, const std::string& trials) {
    folder.write("system.yaml", system_with_gates("  - " + gate + "\n"));
    return run({"run", folder.path(), "--trials", trials, "--max-trials", trials}).status;
  };
  CHECK(status("one.shortfall.es95 <= 0.0002", "256") == 4);
  CHECK(status("one.shortfall.es95 <= 0.0002", "100k") == 0);
  CHECK(status("one.contingency.p80 <= 0.0002", "256") == 0);
}

TEST_CASE("an interval that holds its limit, as too few futures leave it, passes no gate") {
  Folder folder;
  folder.write("one.yaml", threshold_plan("0.5"));
  folder.write("system.yaml", system_with_gates("  - one.fails.alone <= 52%\n"));
  // Of 10 futures asked for 256 are simulated, which know the half to 6 points.
  CHECK(run({"run", folder.path(), "--trials", "10", "--max-trials", "10"}).status == 4);
  CHECK(run({"run", folder.path(), "--trials", "100000", "--max-trials", "100000"}).status == 0);
}

TEST_CASE("what cannot be done together is refused, not dropped") {
  const std::string plan = scenario("mechanisms/needs.yaml");
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", plan, "--format", "csv", "--mechanisms"},
                                                    {"run", plan, "--format", "csv", "--verbose"},
                                                    {"run", "--sources", "--format", "json"},
                                                    {"run", plan, "--trials", "2000", "--max-trials", "1000"}}) {
    const Ran ran = run(arguments);
    CHECK(ran.status == 2);
    CHECK(lines(ran.err) == 1);
  }
}

TEST_CASE("validate warns of optimism with places and money, and exits 0, and errors exit 2") {
  const Ran ran = run({"validate", scenario("midshire")});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  CHECK(ran.out.find("midshire-acute.yaml:") != std::string::npos);
  CHECK(ran.out.find("warning: double counting: £") != std::string::npos);
  Folder folder;
  const std::string wrong = folder.write("one.yaml", "organisation: one\nyears: [2017/18]\nincome: 1\nspend: 1\ntarget: 0\nreserve: 2\n");
  const Ran failed = run({"validate", wrong});
  CHECK(failed.status == 2);
  CHECK(failed.out.empty());
  CHECK(failed.err == wrong + ":6:1: error: the plan has no key 'reserve'; did you mean 'reserves'?\n");
  const json problems = json::parse(run({"validate", wrong, "--format", "json"}).out);
  CHECK(problems.at("errors") == 1);
  CHECK(problems.at("problems")[0].at("line") == 6);
}

TEST_CASE("--version, --help and --sources print to standard output and exit 0") {
  CHECK(run({"--version"}).out.starts_with("shortfall 0.1.0"));
  CHECK(run({"--version"}).out.ends_with("\n"));
  CHECK(run({"--help"}).status == 0);
  CHECK(run({"run", "--help"}).out.find("--optimism") != std::string::npos);
  const Ran sources = run({"run", "--sources"});
  CHECK(sources.status == 0);
  for (const char* expected : {"transactional (", "\nsource  ", "judgement"}) CHECK(sources.out.find(expected) != std::string::npos);
}
