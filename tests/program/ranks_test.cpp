// Several processes under MPI are one program: the same bytes, and one clear end.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "support/program.hpp"

using namespace shortfall::test;

#ifdef SHORTFALL_MPIEXEC

namespace {

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// MPI's own libraries leave memory behind, which is not for our sanitizer to complain of.
const std::string environment =
    "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 "
    "OMPI_MCA_btl_vader_single_copy_mechanism=none "
    "ASAN_OPTIONS=detect_leaks=0; ";
const std::string three = environment + "exec " SHORTFALL_MPIEXEC " --oversubscribe -n 3 \"$@\"";

Ran run_three(const std::vector<std::string>& words) { return run_in_shell(three, words); }

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("three ranks give the bytes of one process, for run in every format and with its gates and precision") {
  const std::vector<std::string> words = {"run", scenario("midshire"), "--quiet"};
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"--trials", "5001", "--format", "text", "--mechanisms"},
                                             {"--trials", "5001", "--format", "json", "--precision", "0.5%", "--max-trials", "30000"},
                                             {"--format", "csv", "--trials", "100", "--threads", "2"}}) {
    const Ran one = run(joined(words, more)), ranks = run_three(joined(words, more));
    CHECK(ranks.out == one.out);
    CHECK(one.out.size() > 1000);
    CHECK(ranks.err == one.err);
    CHECK(ranks.status == one.status);
  }
}

TEST_CASE("three ranks give the bytes of one process, for compare, explain, pool, recover and reverse (long)") {
  const std::string plans = scenario("midshire"), before = scenario("revisions/midshire-plan"), after = scenario("revisions/midshire-recovery-plan");
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"compare", before, after, "--trials", "10500"},
                                             {"compare", before, after, "--format", "markdown", "--max-trials", "20000"},
                                             {"explain", plans, "--trials", "3500"},
                                             {"explain", plans, "--trials", "300", "--format", "json"},
                                             {"pool", plans, "--trials", "5001"},
                                             {"pool", plans, "--trials", "5001", "--format", "json"},
                                             {"recover", plans, "--options", scenario("recovery/midshire-options.yaml"), "--trials", "20480"},
                                             {"reverse", plans, "--trials", "5001"}}) {
    CAPTURE(words[0]);
    const Ran one = run(joined(words, {"--quiet"})), ranks = run_three(joined(words, {"--quiet"}));
    CHECK(ranks.status == one.status);
    CHECK(ranks.out == one.out);
    CHECK(one.out.size() > 1000);
    if (one.status == 0) CHECK(ranks.err == one.err);  // mpirun has words of its own for any other
  }
}

TEST_CASE("three ranks give the bytes of one process, for sweep with many points and with few, and into a store") {
  for (const std::string values : {"optimism=0:2:0.1", "optimism=0,1"}) {
    const std::vector<std::string> words = {"sweep", scenario("midshire"), scenario("mechanisms/mutual-aid"), "--vary", values, "--trials", "1000"};
    const Ran one = run(words), ranks = run_three(words);
    CHECK(ranks.out == one.out);
    CHECK(one.out.size() > 1000);
    CHECK(ranks.err == "");
    Folder folder;
    CHECK(run_three(joined(words, {"--store", folder.path("results.sqlite"), "--format", "csv", "--quiet"})).out == one.out);
  }
}

TEST_CASE("of a mistake one rank speaks, and the job ends with its status") {
  const Ran ran = run_three({"sweep", scenario("midshire"), "--vary", "optimism=9:12:1"});
  CHECK(ran.status == 2);
  CHECK(ran.out == "");
  CHECK(times(ran.err, "'11' is not a number from 0 to 10") == 1);
  CHECK(times(ran.err, "'12' is not a number from 0 to 10") == 1);
  CHECK(times(run_three({"run", "nowhere"}).err, "nowhere: error: no such file") == 1);
  Folder folder;
  const Ran nowhere = run_three({"run", scenario("mechanisms/mutual-aid"), "--output", folder.path("no/such/file")});
  CHECK(nowhere.status == 3);
  CHECK(times(nowhere.err, "shortfall: cannot write " + folder.path("no/such/file")) == 1);
}

TEST_CASE("a rank that is killed ends the job with one clear message and status 3, and the store keeps what was done") {
  Folder folder;
  const std::string store = folder.path("results.sqlite");
  const std::vector<std::string> words = {"sweep", scenario("midshire"), "--vary", "optimism=0:2:0.02", "--trials", "3000", "--quiet"};
  // mpirun's children are guards, theirs are the ranks. "$1" is the program, "$2" the store.
  const std::string script =
      environment +
      "program=$1; store=$2; shift 2; " SHORTFALL_MPIEXEC
      " --oversubscribe -n 3 \"$program\" \"$@\" --store \"$store\" & job=$!; "
      "until [ \"$(sqlite3 -cmd '.timeout 5000' \"$store\" 'SELECT count(*) > 0 FROM points' 2>/dev/null)\" = 1 ]; do sleep 0.05; done; "
      "set -- $(cat /proc/$job/task/*/children); kill -9 $(cat /proc/$3/task/*/children); wait $job";
  const Ran ran = run_in_shell(script, joined({store}, words));
  CHECK(ran.status == 3);
  CHECK(ran.out.find(scenario("midshire")) == std::string::npos);
  CHECK(times(ran.err, "was killed (signal 9), so the job ends; a store keeps what was done, and the same command goes on\n") == 1);
  const std::string stored = run_in_shell("exec sqlite3 \"$2\" 'SELECT count(*) FROM points'", {store}).out;
  CHECK(std::atoi(stored.c_str()) > 0);
  CHECK(std::atoi(stored.c_str()) < 101);
  const Ran rest = run(joined(words, {"--store", store, "--format", "csv"}));
  CHECK(rest.status == 0);
  CHECK(rest.out == run(words).out);
}

TEST_CASE("where a rank's guard is killed its rank ends with it, and no half-written file is left") {
  Folder folder;
  const std::string output = folder.path("table.csv");
  // mpirun's children are guards, theirs are the ranks. Of each it is said whether it is gone after ten seconds at most.
  const std::string script =
      environment +
      "program=$1; shift; setsid " SHORTFALL_MPIEXEC
      " --oversubscribe -n 3 \"$program\" \"$@\" & job=$!; "
      "until ls \"$OUTPUT\".* >/dev/null 2>&1; do sleep 0.05; done; "
      "guards=$(cat /proc/$job/task/*/children); set -- $guards; ranks=$(for g; do cat /proc/$g/task/*/children; done); kill -9 $1; wait $job; "
      "echo \"status $?\"; for r in $ranks; do n=0; while kill -0 $r 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n + 1)); done; "
      "kill -0 $r 2>/dev/null && echo left || echo gone; done";
  const Ran ran = run_in_shell("OUTPUT='" + output + "'; " + script,
                               {"sweep", scenario("midshire"), "--vary", "optimism=0:2:0.002", "--trials", "3000", "--quiet", "--output", output});
  CHECK(ran.out.find("status 0\n") == std::string::npos);
  CHECK(times(ran.out, "gone\n") == 3);
  CHECK(times(ran.out, "left\n") == 0);
  CHECK(std::filesystem::is_empty(folder.path()));
}

#endif
