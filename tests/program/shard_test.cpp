// A run in parts: the parts add up to the whole to the byte, and nothing else is ever added up.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "support/program.hpp"

using namespace shortfall::test;

namespace {

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The shards of `words` as files of the folder: "1.shard" and so on.
std::vector<std::string> shards(const Folder& folder, const std::vector<std::string>& words, int count, const std::string& prefix = "") {
  std::vector<std::string> out;
  for (int k = 1; k <= count; ++k) {
    out.push_back(folder.path(prefix + std::to_string(k) + ".shard"));
    const Ran ran = run(joined(words, {"--shard", std::to_string(k) + "/" + std::to_string(count), "--output", out.back()}));
    CHECK(ran.status == 0);
    CHECK(ran.out + ran.err == "");
  }
  return out;
}

void check_refused(const Ran& ran, const std::string& lines) {
  CHECK(ran.status == 2);
  CHECK(ran.out == "");
  CHECK(ran.err == lines);
}

}  // namespace

TEST_CASE("seven shards merged in any order are the whole run to the byte, in every format and with its exit status") {
  Folder folder;
  const std::vector<std::string> words = {
      "run",   scenario("midshire"),        "--trials", "10001",     "--max-trials", "10001", "--seed", "7", "--optimism", "0.8",
      "--set", "midshire-acute.reserves=5", "--given",  "system=p40"};
  std::vector<std::string> parts = shards(folder, words, 7);
  std::reverse(parts.begin(), parts.end());
  std::swap(parts[1], parts[4]);
  for (const char* format : {"text", "json", "csv"}) {
    const Ran whole = run(joined(words, {"--format", format})), merged = run(joined(joined({"merge"}, parts), {"--format", format}));
    CHECK(merged.out == (format == std::string("json") ? without_bridge(whole.out) : whole.out));
    CHECK(merged.err == whole.err);
    CHECK(merged.status == whole.status);
    CHECK(merged.out.size() > 1000);
  }
}

TEST_CASE("more shards than blocks of futures are the whole run too") {
  Folder folder;
  const std::vector<std::string> words = {"run", scenario("mechanisms/mutual-aid"), "--trials", "600", "--max-trials", "600"};
  CHECK(run(joined({"merge", "--format", "csv"}, shards(folder, words, 5))).out == run(joined(words, {"--format", "csv"})).out);
}

TEST_CASE("a merge judges the gates once, as a run that may look no more often") {
  Folder folder;
  folder.write("system.yaml", "system: gated\nyears: [2017/18]\ngates:\n  - system.fails <= 30%\n");
  folder.write("one.yaml",
               "organisation: one\nyears: [2017/18]\nincome: 0\nspend: 0\npressure: {sd: 0}\ntarget: 0.3\nschemes: {s: {delivery: {uniform: [0, 1]}, "
               "saving: [1]}}\n");
  const std::vector<std::string> words = {"run", folder.path(), "--trials", "4000"};
  const Ran merged = run(joined({"merge"}, shards(folder, words, 3)));
  CHECK(merged.status == 4);
  CHECK(merged.out.find("gate unclear") != std::string::npos);
  const Ran one_look = run(joined(words, {"--max-trials", "4000"}));
  CHECK(one_look.status == 4);
  CHECK(one_look.out == merged.out);
}

TEST_CASE("a shard that is lost, twice, damaged, or of another run is refused in one line, and nothing is printed") {
  Folder folder;
  const std::string plan = folder.write(
      "one.yaml",
      "organisation: one\nyears: [2017/18]\nincome: 0\nspend: 0\ntarget: 0.3\nschemes: {s: {delivery: {uniform: [0, 1]}, saving: [1]}}\n");
  const std::vector<std::string> words = {"run", plan, "--trials", "3000"};
  const std::vector<std::string> parts = shards(folder, words, 4);
  const auto merge = [&](const std::vector<std::string>& files) { return run(joined({"merge"}, files)); };
  CHECK(merge(parts).status == 0);
  check_refused(merge({parts[0], parts[1], parts[3]}), "shortfall merge: error: shard 3 of 4 is missing\n");
  check_refused(merge({parts[1]}), "shortfall merge: error: shards 1, 3 and 4 of 4 are missing\n");
  check_refused(merge({parts[0], parts[1], parts[2], parts[3], parts[1]}),
                parts[1] + ": error: shard 2 of 4 again; " + parts[1] + " is that already\n");

  const std::string good = text_of(parts[2]);
  const std::string damaged = ": error: damaged or cut short (its checksum does not hold); make it again\n";
  for (const std::size_t at : {std::size_t{25}, good.size() / 2, good.size() - 10}) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    folder.write("3.shard", bad);
    check_refused(merge(parts), parts[2] + damaged);
  }
  for (const std::size_t size : {std::size_t{20}, std::size_t{100}, good.size() / 2, good.size() - 1}) {
    folder.write("3.shard", good.substr(0, size));
    check_refused(merge(parts), parts[2] + damaged);
  }
  folder.write("3.shard", "");
  check_refused(merge(parts), parts[2] + ": error: no shard (a shard is what 'shortfall run --shard' writes)\n");
  std::string later = good;
  later.replace(later.find("shard/2"), 7, "shard/3");
  folder.write("3.shard", later);
  check_refused(merge(parts), parts[2] + ": error: a shard of format 3, and this program knows format 2; make it again\n");

  const auto other = [&](const std::vector<std::string>& more, const std::string& why, const std::string& words_after = "") {
    folder.write("3.shard", good);
    const std::string file = folder.path("other.shard");
    REQUIRE(run(joined(joined({"run", plan, "--shard", "3/4", "--output", file}, more), {"--quiet"})).status == 0);
    check_refused(merge({parts[0], parts[1], file, parts[3]}), file + ": error: " + why + words_after + "\n");
  };
  const std::string nothing_but = "; shards of one run differ in nothing but their number";
  other({"--trials", "3000", "--seed", "2"}, "seed 2, where " + parts[0] + " has 1", nothing_but);
  other({"--trials", "3001"}, "trials 3001, where " + parts[0] + " has 3000", nothing_but);
  other({"--trials", "3000", "--optimism", "2"}, "optimism 2, where " + parts[0] + " has 1", nothing_but);
  other({"--trials", "3000", "--set", "one.reserves=1"}, "--set one.reserves=1, where " + parts[0] + " has none", nothing_but);
  other({"--trials", "3000", "--given", "system=p5"}, "--given system=p5, where " + parts[0] + " has none", nothing_but);
  folder.write("one.yaml", text_of(plan) + "reserves: 1\n");
  other({"--trials", "3000"}, "made from another " + plan + " than " + parts[0] + "; shards of one run have the same plans");
}

TEST_CASE("options that need the whole run are refused with --shard") {
  const std::string plan = scenario("mechanisms/mutual-aid");
  check_refused(run({"run", plan, "--shard", "1/2"}), "--shard: error: needs --output FILE, for 'shortfall merge' to read\n");
  check_refused(run({"run", plan, "--shard", "1/2", "--output", "x", "--precision", "1%"}),
                "--precision: error: needs the whole run; with --shard the number of futures is fixed by --trials\n");
  check_refused(run({"run", plan, "--shard", "1/2", "--output", "x", "--mechanisms"}), "--mechanisms: error: is no part of a shard; leave it out\n");
  check_refused(run({"run", plan, "--shard", "1/2", "--output", "x", "--format", "json"}),
                "--format: error: is for 'shortfall merge', which prints the result; leave it out\n");
  // A gate that a shard forgot would pass in silence when the shards are merged.
  check_refused(run({"run", plan, "--shard", "1/2", "--output", "x", "--gate", "system.fails <= 30%"}),
                "--gate: error: is no part of a shard; write it under the plans' gates:, which 'shortfall merge' judges\n");
  check_refused(run({"run", plan, "--shard", "1/2", "--output", "x", "--freeze", "forecast.yaml"}),
                "--freeze: error: keeps the forecast of a whole run; leave --shard out\n");
  for (const auto& [option, value] : {std::pair("--quantiles", "5,50"), std::pair("--draws", "futures.csv")})
    check_refused(run({"run", plan, "--shard", "1/2", "--output", "part.json", option, value}),
                  std::string(option) + ": error: is no part of a shard; leave it out\n");
  check_refused(run({"run", plan, "--shard", "1/2", "--output", "x", "--timings"}), "--timings: error: is no part of a shard; leave it out\n");
  for (const char* part : {"3/2", "0/2", "1/0", "1", "1/", "/2", "a/b", "1/2/3", "-1/2"}) {
    const Ran ran = run({"run", plan, "--shard", part});
    CHECK(ran.status == 2);
    CHECK(ran.err.find(std::string("'") + part + "' is not a part like 3/64") != std::string::npos);
  }
}
