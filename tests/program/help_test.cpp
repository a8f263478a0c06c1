// What the program says of itself: every option, measure and exit status can be looked up, and a near miss is told what is near.
#include <doctest/doctest.h>

#include <iterator>
#include <set>

#include "plan/keys.hpp"
#include "plan/measure.hpp"
#include "support/program.hpp"

using namespace shortfall::test;

namespace {

const std::vector<std::string> commands = {"run",   "validate", "compare",   "explain", "pool",   "reverse", "recover", "report",     "sweep",
                                           "merge", "backtest", "calibrate", "import",  "export", "init",    "schema",  "completion", "help"};

}  // namespace

TEST_CASE("help comes in layers, each with status 0") {
  for (const std::string& command : commands) {
    INFO(command);
    const Ran brief = run({command, "-h"}), full = run({command, "--help"}), asked = run({"help", command});
    CHECK(brief.status == 0);
    CHECK(full.status == 0);
    CHECK(brief.out.size() < full.out.size() / 2);
    if (command != "help") CHECK(full.out.find("Examples:") != std::string::npos);
    CHECK(asked.out == full.out);
    check_width(brief.out, 80);
  }
  CHECK(run({"-h"}).out.find("shortfall explain") != std::string::npos);
  check_width(run({"-h"}).out, 80);
  CHECK(run({"help"}).status == 0);
}

TEST_CASE("every option is in the man page, and every format of every command works") {
  const std::string man = text_of(std::string(SHORTFALL_SOURCE) + "/cli/shortfall.1");
  for (const std::string& command : commands) {
    const std::string help = run({command, "--help"}).out;
    for (std::size_t at = help.find("  --"); at != std::string::npos; at = help.find("  --", at + 1)) {
      const std::string option = help.substr(at + 4, help.find_first_of(" ,\n", at + 4) - at - 4);
      INFO(command, " --", option);
      std::string written;
      for (const char c : option) written += c == '-' ? "\\-" : std::string(1, c);
      CHECK(man.find("\\-\\-" + written) != std::string::npos);
    }
  }
}

TEST_CASE("help names every measure, key of a plan and exit status") {
  const std::string measures = run({"help", "measures", "--format", "markdown"}).out, keys = run({"help", "plan"}).out + run({"help", "mapping"}).out,
                    statuses = run({"help", "exit-codes"}).out;
  for (const shortfall::Measure& m : shortfall::measures()) {
    std::string name = shortfall::name_of(m), escaped;
    for (const char c : name) escaped += c == '_' ? "\\_" : std::string(1, c);
    INFO(name);
    CHECK(measures.find("| " + escaped) != std::string::npos);
  }
  for (const shortfall::PlanKey& k : shortfall::plan_keys()) CHECK(keys.find(k.key) != std::string::npos);
  for (const char* status : {"0", "1", "2", "3", "4", "130"}) CHECK(statuses.find(status) != std::string::npos);
  CHECK(run({"help", "classes"}).out.find("workforce") != std::string::npos);
  const Ran wrong = run({"help", "mesures"});
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find("did you mean 'measures'?") != std::string::npos);
}

TEST_CASE("a misspelt option is told what is near") {
  CHECK(run({"run", scenario("midshire"), "--trails", "100"}).err.find("did you mean '--trials'?") != std::string::npos);
}

TEST_CASE("counts may be written short, and a file's name says its format") {
  const Folder folder;
  const std::string plan = scenario("mechanisms/needs.yaml");
  const auto out = [&](const std::string& trials) { return run({"run", plan, "--trials", trials, "--format", "csv", "--quiet"}).out; };
  CHECK(out("1k") == out("1000"));
  CHECK(out("1e3") == out("1000"));
  CHECK(run({"run", plan, "--trials", "1.5k"}).status == 2);
  const std::string file = folder.path("x.json");
  CHECK(run({"run", plan, "--trials", "1000", "--output", file, "--quiet"}).status == 0);
  CHECK(text_of(file).starts_with("{\n  \"schema\": \"shortfall/result/1\""));
  const Ran refused = run({"run", plan, "--trials", "1000", "--output", folder.path("x.sarif")});
  CHECK(refused.status == 2);
  CHECK(refused.err.find("asks for sarif") != std::string::npos);
  CHECK(run({"run", plan, "--trials", "1000", "--output", folder.path("x.sarif"), "--format", "csv", "--quiet"}).status == 0);
}

TEST_CASE("a gate of the command line decides the exit status") {
  const std::string plan = scenario("mechanisms/needs.yaml");
  const auto with = [&](const std::string& gate) {
    return run({"run", plan, "--trials", "2000", "--max-trials", "2000", "--quiet", "--gate", gate});
  };
  CHECK(with("system.fails <= 100%").status == 0);
  CHECK(with("system.fails < 0%").status == 1);
  CHECK(with("nobody.fails.alone <= 1%").status == 2);
  CHECK(with("system.fails").status == 2);
}

TEST_CASE("colours can be asked for and refused, and a locale without Unicode gets ASCII") {
  const std::vector<std::string> words = {"run", scenario("mechanisms/needs.yaml"), "--trials", "1000", "--quiet"};
  const auto with = [&](const std::string& how, const std::vector<std::string>& environment) {
    std::vector<std::string> all = words;
    all.insert(all.end(), {"--color", how});
    return run(all, environment).out;
  };
  CHECK(with("always", {"NO_COLOR=1"}).find("\x1b[") != std::string::npos);
  CHECK(with("never", {"CLICOLOR_FORCE=1"}).find("\x1b[") == std::string::npos);
  CHECK(with("auto", {"CLICOLOR_FORCE=1", "TERM=xterm"}).find("\x1b[") != std::string::npos);
  CHECK(with("auto", {"CLICOLOR_FORCE=1", "NO_COLOR=1"}).find("\x1b[") == std::string::npos);
  for (const char c : run(words, {"LC_ALL=C"}).out) CHECK(static_cast<unsigned char>(c) < 0x80);
}
