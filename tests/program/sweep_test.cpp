// Batches: each point is a run, nothing is lost or done twice, whatever happens meanwhile.
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iterator>
#include <map>
#include <sstream>
#include <thread>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// What a query makes of a store, through SQLite's own shell.
std::string query(const std::string& store, const std::string& sql) { return run_in_shell("exec sqlite3 \"$2\" \"$3\"", {store, sql}).out; }

void check_points_once(const std::string& store, int points) {
  CHECK(query(store, "PRAGMA integrity_check") == "ok\n");
  CHECK(query(store, "SELECT count(*), count(DISTINCT point) FROM points") == std::to_string(points) + "|" + std::to_string(points) + "\n");
  // As many measures a point as any other.
  CHECK(
      query(store, "SELECT count(DISTINCT n) FROM (SELECT count(m.place) AS n FROM points p LEFT JOIN measures m ON m.point = p.id GROUP BY p.id)") ==
      "1\n");
}

const std::vector<std::string> small = {"sweep", scenario("mechanisms/mutual-aid"), "--trials", "300", "--quiet"};

}  // namespace

TEST_CASE("a point's numbers are those of a run with its settings, to the digit") {
  const std::string midshire = scenario("midshire");
  // The last paths change fastest: points that differ only in what follows delivery stand beside each other, and beside others.
  const Ran sweep = run({"sweep",    midshire,
                         "--vary",   "trials=999,2000",
                         "--vary",   "optimism=0.5,1.25",
                         "--vary",   "dependence.shared.system=10%,25%",
                         "--vary",   "midshire-acute.schemes.theatre-productivity.stage=developed,opportunity",
                         "--vary",   "midshire-acute.reserves=0,4,8",
                         "--vary",   "midshire-acute.target=[-7,-1,2,4],0",
                         "--vary",   "midshire-acute.pressure.sd=0.5%,1%",
                         "--set",    "midshire-ccg.reserves=3",
                         "--given",  "system=p30",
                         "--format", "json"});
  REQUIRE_MESSAGE(sweep.status == 0, sweep.err);
  const std::vector<std::string> points = lines_of(sweep.out);
  REQUIRE(points.size() == 192);  // 12 of each delivery: groups of 8 straddle them
  for (const std::size_t at : {0u, 1u, 2u, 4u, 7u, 8u, 11u, 12u, 13u, 15u, 29u, 38u, 47u, 63u, 77u, 90u, 127u, 150u, 191u}) {
    const json point = json::parse(points[at]);
    std::vector<std::string> words = {"run", midshire, "--set", "midshire-ccg.reserves=3", "--given", "system=p30", "--format", "csv", "--quiet"};
    for (const auto& [path, value] : point.at("settings").items()) {
      if (path == "optimism")
        words.insert(words.end(), {"--optimism", value});
      else if (path == "trials")
        words.insert(words.end(), {"--trials", value, "--max-trials", value});
      else
        words.insert(words.end(), {"--set", path + "=" + value.get<std::string>()});
    }
    const std::vector<std::string> rows = lines_of(run(words).out);
    REQUIRE(rows.size() == point.at("measures").size() + 1);
    for (std::size_t k = 1; k < rows.size(); ++k) {
      std::vector<std::string> cells;
      std::istringstream row(rows[k]);
      for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
      const json& measure = point.at("measures").at(cells[1] + "." + cells[2] + (cells[3].empty() ? "" : "@" + cells[3]));
      CHECK(measure.at("value").get<double>() == std::stod(cells[4]));
      CHECK(measure.contains("low") == !cells[5].empty());
      if (!cells[5].empty()) CHECK(measure.at("low").get<double>() == std::stod(cells[5]));
    }
  }
}

TEST_CASE("a sweep is the same bytes for any number of threads, few points or many") {
  for (const std::string values : {"0,1", "0:2:0.05"}) {
    const std::vector<std::string> words = {"sweep",  scenario("midshire"),          "--vary",   "optimism=" + values,
                                            "--vary", "midshire-acute.reserves=0,5", "--trials", "1000"};
    const std::string one = run(joined(words, {"--threads", "1"})).out;
    CHECK(one.size() > 1000);
    for (const char* threads : {"2", "3", "7"}) CHECK(run(joined(words, {"--threads", threads})).out == one);
  }
}

TEST_CASE("several systems are swept together, a path unknown in one names it, and two of one id are refused") {
  const std::vector<std::string> words = {"sweep", scenario("midshire"), scenario("mechanisms/mutual-aid"), "--trials", "300", "--quiet"};
  const Ran both = run(joined(words, {"--vary", "optimism=0,1"}));
  REQUIRE_MESSAGE(both.status == 0, both.err);
  const std::string midshire = run({"sweep", scenario("midshire"), "--trials", "300", "--vary", "optimism=0,1"}).out;
  CHECK(both.out.starts_with(midshire));
  const Ran unknown = run(joined(words, {"--vary", "midshire-acute.reserves=1,2"}));
  CHECK(unknown.status == 2);
  CHECK(unknown.out.empty());
  CHECK(unknown.err.starts_with(
      "--vary midshire-acute.reserves=1,2: error: in the system 'mutual-aid': 'midshire-acute' is neither an organisation here nor a key"));
  CHECK(lines_of(unknown.err).size() == 1);
  const Ran twice = run({"sweep", scenario("midshire"), scenario("midshire"), "--vary", "optimism=1"});
  CHECK(twice.status == 2);
  CHECK(twice.err == scenario("midshire") + ": error: a second system 'midshire'; results are told apart by the system's id\n");
}

TEST_CASE("a mistake in a sweep is one line with its place, and nothing is simulated or made") {
  Folder folder;
  const std::string store = folder.path("results.sqlite");
  const auto refused = [&](const std::vector<std::string>& words, const std::string& line) {
    const Ran ran = run(joined({"sweep", scenario("midshire"), "--store", store}, words));
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(ran.err == line + "\n");
    CHECK(!std::filesystem::exists(store));
  };
  refused({}, "shortfall sweep: error: nothing to vary; give --vary PATH=VALUES or --points FILE.csv");
  refused({"--vary", "optimism=0:11:1"}, "--vary optimism=0:11:1: error: optimism: '11' is not a number from 0 to 10");
  refused({"--vary", "trials=0"}, "--vary trials=0: error: trials: '0' is not a whole number from 1 to 1000000000000");
  refused({"--vary", "seed=x"}, "--vary seed=x: error: seed: 'x' is not a whole number from 0 to 18446744073709551615");
  refused({"--vary", "midshire-acute.reserve=1:9:1"},
          "--vary midshire-acute.reserve=1:9:1: error: the plan has no key 'reserve'; did you mean 'reserves'?");
  refused(
      {"--vary", "midshire-acute.schemes.theatre-productivity.stage=developed,develoepd"},
      "--vary midshire-acute.schemes.theatre-productivity.stage=developed,develoepd: error: stage is 'develoepd', not one of delivered, developed, "
      "in-progress, opportunity, unidentified; did you mean 'developed'?");
  const std::string csv = folder.write("points.csv", "optimism,midshire-acute.reserves\n1,2\n1,lots\n");
  refused({"--points", csv}, csv + ":3:1: error: reserves is 'lots', not a number");
  refused({"--points", csv, "--vary", "optimism=1"}, "shortfall sweep: error: --vary and --points both; give one of them");
  refused({"--points", folder.path("none.csv")}, folder.path("none.csv") + ": error: no such file");
  refused({"--vary", "optimism=1,1.0"}, "--vary optimism=1,1.0: error: value 2, '1.0', is value 1, '1', again; leave one of them out");
  const std::string again = folder.write("again.csv", "optimism,midshire-acute.reserves\n1,2\n2,1\n1.0,2\n");
  refused({"--points", again}, again + ":4:1: error: the same point as line 2; leave one of them out");
  refused({"--vary", "optimism=0:2"}, "--vary optimism=0:2: error: a range without a step; write from:to:step, as in 0:2:0.5");
  refused({"--vary", "optimism=0:1:1e-1"}, "--vary optimism=0:1:1e-1: error: '1e-1' in a range; its numbers are written in decimals, as in 0:1:0.1");
}

TEST_CASE("what is varied and set as well is refused, but a part of what is set may be varied") {
  Folder folder;
  const auto refused = [&](const std::vector<std::string>& words, const std::string& line) {
    const Ran ran = run(joined({"sweep", scenario("midshire")}, words));
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(ran.err == line + "\n");
  };
  const auto both = [](const std::string& option, const std::string& place) {
    return option + ": error: is varied as well (" + place + "); leave one of the two out";
  };
  for (const std::string option : {"optimism", "seed", "trials"})
    refused({"--" + option, "1", "--vary", option + "=1,2"}, both("--" + option, "--vary " + option + "=1,2"));
  refused({"--vary", "midshire-acute.reserves=0,5", "--set", "midshire-acute.reserves=3"},
          both("--set midshire-acute.reserves=3", "--vary midshire-acute.reserves=0,5"));
  const std::string csv = folder.write("points.csv", "midshire-acute.pressure\n{sd: 1%}\n");
  refused({"--points", csv, "--set", "midshire-acute.pressure.sd=2%"}, both("--set midshire-acute.pressure.sd=2%", csv + ":1:1"));
  CHECK(run(joined(small, {"--vary", "steady.pressure.sd=0,1%", "--set", "steady.pressure={mean: 1%}"})).status == 0);
}

TEST_CASE("a store is described, and holds what is printed") {
  Folder folder;
  const std::string store = folder.path("results.sqlite");
  const std::vector<std::string> words = joined(small, {"--vary", "optimism=0,1", "--vary", "seed=1,18446744073709551615"});
  const std::string table = run(words).out, lines = run(joined(words, {"--format", "json"})).out;
  const Ran first = run(joined(words, {"--store", store}));
  CHECK(first.status == 0);
  CHECK(first.out == "");
  CHECK(run(joined(words, {"--store", store, "--format", "csv"})).out == table);
  CHECK(run(joined(words, {"--store", store, "--format", "json"})).out == lines);
  check_points_once(store, 4);
  CHECK(query(store, "PRAGMA user_version") == "1\n");
  CHECK(query(store, "SELECT count(*) FROM results WHERE organisation = 'system' AND measure = 'fails' AND seed = '18446744073709551615'") == "2\n");
  CHECK(query(store, "SELECT DISTINCT settings ->> 'optimism' FROM results ORDER BY 1") == "0\n1\n");
  // The last of the grid in the table and in the store.
  const json last = json::parse(lines_of(lines).back());
  CHECK(std::stod(query(store,
                        "SELECT printf('%!.17g', value) FROM results WHERE organisation = 'system' AND measure = 'fails' AND optimism = 1 AND seed = "
                        "'18446744073709551615'")) == last.at("measures").at("system.fails").at("value").get<double>());
  // Only what is missing is done; the order of paths makes no other point.
  CHECK(run({"sweep", scenario("mechanisms/mutual-aid"), "--trials", "300", "--vary", "seed=1,2", "--vary", "optimism=0,1", "--store", store}).err ==
        store + ": 4 points, 2 of them new\n");
  check_points_once(store, 6);
}

TEST_CASE("JSON lines keep to their schema") {
  Folder folder;
  const Ran ran = run(joined(small, {"--vary", "optimism=1", "--set", "reference=x", "--format", "json"}));
  const Ran good = run(joined(small, {"--vary", "optimism=1", "--set", "title='one, \"two\"'", "--format", "json"}));
  CHECK(ran.status == 2);
  REQUIRE_MESSAGE(good.status == 0, good.err);
  const std::string file = folder.write("point.json", good.out);
  const Ran checked = run_in_shell("exec \"$2\" \"$3\" \"$4\"", {std::string(SHORTFALL_SOURCE) + "/tests/support/check-json",
                                                                 std::string(SHORTFALL_SOURCE) + "/lib/report/schema/point-1.schema.json", file});
  CHECK_MESSAGE(checked.status == 0, checked.out);
}

TEST_CASE("a sweep killed at any moment and run again gives the table of one that was not (long)") {
  Folder folder;
  const std::vector<std::string> words = joined(small, {"--vary", "optimism=0:2:0.05", "--vary", "seed=1:4:1"});
  const std::string table = run(words).out;
  const std::string store = folder.path("results.sqlite");
  const auto whole = std::chrono::steady_clock::now();
  run(joined(words, {"--store", folder.path("other.sqlite")}));
  const auto takes = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - whole);
  std::srand(20);
  int killed = 0;
  for (int attempt = 0; killed < 50 && attempt < 300; ++attempt) {
    Running sweep(joined(words, {"--store", store}));
    std::this_thread::sleep_for(takes * (std::rand() % 1000) / 1500);
    sweep.signal(SIGKILL);
    const bool hit = sweep.wait(10s).status == 128 + SIGKILL;
    killed += hit;
    if (hit && killed % 5 > 0) continue;
    const Ran last = run(joined(words, {"--store", store, "--format", "csv"}));
    CHECK(last.status == 0);
    CHECK(last.out == table);
    check_points_once(store, 164);
    // And from nothing again, so that the making of the store is hit too.
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(store + end);
  }
  CHECK(killed == 50);
}

TEST_CASE("an interrupted sweep exits 130 and keeps what is stored") {
  Folder folder;
  const std::string store = folder.path("results.sqlite");
  const std::vector<std::string> words = {"sweep", scenario("midshire"), "--trials", "20000", "--vary", "seed=1:200:1", "--store", store};
  Running sweep(words);
  // Until something is stored.
  for (int k = 0; k < 1000 && (!std::filesystem::exists(store) || query(store, "SELECT count(*) > 0 FROM points") != "1\n"); ++k)
    std::this_thread::sleep_for(50ms);
  sweep.signal(SIGINT);
  const Ran ran = sweep.wait(10s);
  CHECK(ran.status == 130);
  // All of it in the file itself, so that it may be copied: nothing in a log beside it.
  CHECK((!std::filesystem::exists(store + "-wal") || std::filesystem::file_size(store + "-wal") == 0));
  std::string kept = query(store, "SELECT count(*) FROM points");
  kept.pop_back();
  CHECK(kept != "0");
  CHECK(ran.err == "shortfall: interrupted; " + store + " keeps " + kept + " of 200 points, and the same command goes on\n");
  CHECK(query(store, "PRAGMA integrity_check") == "ok\n");
}

TEST_CASE("an interrupted sweep without a store says what is lost") {
  Folder folder;
  const std::vector<std::string> words = {"sweep", scenario("midshire"), "--trials", "1000000000000", "--vary", "seed=1:2000:1"};
  const auto interrupted = [&](const std::vector<std::string>& more) {
    Running sweep(joined(words, more));
    sweep.work(1s);
    sweep.signal(SIGINT);
    const Ran ran = sweep.wait(10s);
    CHECK(ran.status == 130);
    return ran.err;
  };
  CHECK(interrupted({}) == "shortfall: interrupted after 0 of 2,000 points; the rest is lost (with --store what is done is kept)\n");
  CHECK(interrupted({"--output", folder.path("table.csv")}) ==
        "shortfall: interrupted; what was done so far is lost, and nothing is written (with --store what is done is kept)\n");
}

TEST_CASE("a sweep says that it waits for a locked store, and goes on when it may") {
  Folder folder;
  const std::string store = folder.path("results.sqlite");
  const std::vector<std::string> words = {"sweep", scenario("mechanisms/mutual-aid"), "--trials", "300", "--vary", "optimism=0,1", "--store", store};
  REQUIRE(run(words).status == 0);
  const auto while_locked = [&](const std::vector<std::string>& more) {
    return run_in_shell("store=$2; shift 2; { echo 'BEGIN EXCLUSIVE;'; sleep 2; } | sqlite3 \"$store\" & sleep 0.5; program=$1; exec \"$@\"",
                        joined({store, SHORTFALL_PROGRAM}, joined(words, joined({"--vary", "seed=2"}, more))));
  };
  const Ran ran = while_locked({});
  CHECK(ran.status == 0);
  CHECK(ran.err == store + ": locked by another program; waiting for it, a minute at most\n" + store + ": 2 points, 2 of them new\n");
  CHECK(while_locked({"--quiet"}).err == "");
}

TEST_CASE("a whole store that nobody can write to is printed, one that lacks a point is refused") {
  Folder folder;
  std::filesystem::create_directories(folder.path("kept"));
  const std::string store = folder.path("kept/results 50%.sqlite");
  const std::vector<std::string> words = joined(small, {"--vary", "optimism=0,1", "--store", store, "--format", "csv"});
  const Ran first = run(words);
  REQUIRE(first.status == 0);
  const auto read_only = [&](const std::vector<std::string>& more) {
    return run_in_shell(
        "folder=$2; shift 2; exec unshare -m sh -c 'mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" || exit 77; exec \"$@\"' "
        "\"$folder\" \"$@\"",
        joined({folder.path("kept"), SHORTFALL_PROGRAM}, joined(words, more)));
  };
  const Ran again = read_only({});
  if (again.status == 77 || again.err.find("unshare") != std::string::npos) {
    MESSAGE("no file system can be mounted here: " << again.err);
    return;
  }
  CHECK(again.status == 0);
  CHECK(again.err == "");
  CHECK(again.out == first.out);
  const Ran more = read_only({"--vary", "seed=1,2"});
  CHECK(more.status == 3);
  CHECK(more.out == "");
  CHECK(more.err == "shortfall: cannot write " + store + ": it is read-only, and lacks 2 of 4 points\n");
}

TEST_CASE("two sweeps into one store at once lose nothing and double nothing") {
  Folder folder;
  const std::string store = folder.path("results.sqlite");
  const std::vector<std::string> words = joined(small, {"--vary", "optimism=0:2:0.05", "--vary", "seed=1:4:1"});
  std::vector<std::unique_ptr<Running>> sweeps;
  for (int k = 0; k < 3; ++k) sweeps.push_back(std::make_unique<Running>(joined(words, {"--store", store, "--format", "csv"})));
  const std::string table = run(words).out;
  for (const auto& sweep : sweeps) {
    const Ran ran = sweep->wait(120s);
    CHECK(ran.status == 0);
    CHECK(ran.err == "");
    CHECK(ran.out == table);
  }
  check_points_once(store, 164);
}

TEST_CASE("a store that cannot be written or is something else gets one message") {
  Folder folder;
  const auto sweep_into = [&](const std::string& store) { return run(joined(small, {"--vary", "optimism=0,1", "--store", store})); };
  const std::string text = folder.write("notes.txt", "not a database, however long this text may be; it goes on and on\n");
  const Ran no_database = sweep_into(text);
  CHECK(no_database.status == 2);
  CHECK(no_database.err == text + ": error: not a results database (another kind of file); name a new file, or one that sweep has made\n");
  CHECK(text_of(text).starts_with("not a database"));
  const std::string other = folder.path("other.sqlite");
  query(other, "CREATE TABLE mine(x)");
  const Ran others = sweep_into(other);
  CHECK(others.status == 2);
  CHECK(others.err == other + ": error: a database that another program has made; name a new file\n");
  CHECK(query(other, ".tables") == "mine\n");
  // Not a byte of it, nor a file beside it, in either of SQLite's ways to keep a journal.
  for (const char* journal : {"DELETE", "WAL"}) {
    query(other, std::string("PRAGMA journal_mode = ") + journal + "; INSERT INTO mine VALUES (1)");
    const std::string bytes = text_of(other);
    CHECK(sweep_into(other).status == 2);
    CHECK(text_of(other) == bytes);
    for (const char* end : {"-wal", "-shm", "-journal"}) CHECK(!std::filesystem::exists(other + end));
  }
  const Ran unnamed = sweep_into("");
  CHECK(unnamed.status == 2);
  CHECK(unnamed.err == "shortfall: --store: needs the name of a file (see 'shortfall sweep --help')\n");
  const std::string newer = folder.path("newer.sqlite");
  sweep_into(newer);
  query(newer, "PRAGMA user_version = 2");
  const Ran later = sweep_into(newer);
  CHECK(later.status == 2);
  CHECK(later.err == newer + ": error: a results database of schema 2, and this program knows schema 1; name a new file\n");
  const Ran nowhere = sweep_into(folder.path("no/such/folder/results.sqlite"));
  CHECK(nowhere.status == 3);
  CHECK(lines_of(nowhere.err).size() == 1);
}

TEST_CASE("a store in which a row was changed is not printed") {
  for (const char* change :
       {"UPDATE measures SET value = value + 1e-9 WHERE place = 3 AND point = 2", "DELETE FROM measures WHERE place = 5 AND point = 1",
        "UPDATE measures SET measure = 'fail' WHERE place = 0 AND point = 2"}) {
    INFO(change);
    Folder folder;
    const std::string store = folder.path("results.sqlite");
    const std::vector<std::string> words = joined(small, {"--vary", "optimism=0,1", "--store", store, "--output", folder.path("table.csv")});
    REQUIRE(run(words).status == 0);
    std::filesystem::remove(folder.path("table.csv"));
    query(store, change);
    const Ran ran = run(words);
    CHECK(ran.status == 3);
    CHECK(ran.err ==
          "shortfall: cannot use " + store + ": what it holds of a point has been damaged or changed since it was stored; name a new file\n");
    CHECK(!std::filesystem::exists(folder.path("table.csv")));
  }
}

TEST_CASE("a full disk ends a sweep with one message, keeps what is stored, and room lets it finish") {
  Folder folder;
  const std::string store = folder.path("results.sqlite");
  const std::vector<std::string> words = joined(small, {"--vary", "optimism=0:2:0.05", "--vary", "seed=1:4:1"});
  const std::string table = run(words).out;
  // A file system of 300 KB where one may be mounted.
  const Ran ran = run_in_shell(
      "program=$1; shift; exec unshare -m sh -c '" +
          std::string("folder=$1; store=$folder/results.sqlite; shift; mount -t tmpfs -o size=300k none \"$folder\" || exit 77; status=0; "
                      "\"$0\" \"$@\" --store \"$store\" || status=$?; echo \"status $status\"; sqlite3 \"$store\" \"PRAGMA integrity_check; SELECT "
                      "count(*) > 0 FROM points\"; "
                      "mount -o remount,size=8m \"$folder\"; \"$0\" \"$@\" --store \"$store\" --format csv") +
          "' \"$program\" \"$@\"",
      joined({folder.path()}, words));
  if (ran.status != 0 && ran.out.empty()) {
    MESSAGE("no file system can be mounted here: " << ran.err);
    return;
  }
  CHECK(ran.err == "shortfall: cannot write " + store + ": the disk is full; what is stored stays, so make room and run again\n");
  CHECK(ran.out == "status 3\nok\n1\n" + table);
}
