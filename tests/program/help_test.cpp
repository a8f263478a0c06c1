// What the program says of itself: every option, measure and exit status can be looked up, and a near miss is told what is near.
#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>

#include "base/code.hpp"
#include "plan/keys.hpp"
#include "plan/measure.hpp"
#include "support/program.hpp"

using namespace shortfall::test;

namespace {

const std::vector<std::string> commands = {"run",    "validate", "compare", "explain",    "pool",     "reverse",   "recover",
                                           "report", "sweep",    "merge",   "track",      "backtest", "calibrate", "import",
                                           "export", "init",     "schema",  "completion", "help"};

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

namespace {

const std::string source = SHORTFALL_SOURCE;

std::set<std::string> found(const std::string& text, const std::string& pattern) {
  std::set<std::string> out;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) out.insert((*at)[1].str());
  return out;
}

// The long options of all commands.
std::set<std::string> options() {
  std::set<std::string> out;
  for (const std::string& command : commands) out.merge(found(run({command, "--help"}).out, "--([a-z][a-z-]*[a-z])"));
  return out;
}

std::string without_escapes(std::string man) {
  for (std::size_t at = man.find("\\-"); at != std::string::npos; at = man.find("\\-", at)) man.erase(at, 1);
  return man;
}

// The part of a text from a heading to the next.
std::string section(const std::string& text, const std::string& heading, const std::string& next) {
  const std::size_t from = text.find(heading);
  REQUIRE_MESSAGE(from != std::string::npos, heading);
  return text.substr(from + heading.size(), text.find(next, from + heading.size()) - from - heading.size());
}

}  // namespace

TEST_CASE("the README and the man page name no option, command, code or key that is not there") {
  const std::string readme = text_of(source + "/README.md"), man = without_escapes(text_of(source + "/cli/shortfall.1"));
  const std::set<std::string> known = options();
  CHECK(known.size() > 50);
  // Of other programs, in the recipes.
  const std::set<std::string> others = {"add",   "array",     "body-file", "build",   "check",  "cpus-per-task",
                                        "depth", "edit-last", "global",    "install", "preset", "wait"};
  for (const std::string& option : found(readme, "(?:^|[^a-z-])--([a-z][a-z-]*[a-z])")) {
    INFO("README: --", option);
    CHECK((known.contains(option) || others.contains(option)));
  }
  for (const std::string& option : found(man, "\n\\.[A-Z]+ (?:-h, )?--([a-z][a-z-]*[a-z])")) {
    INFO("man page: --", option);
    CHECK(known.contains(option));
  }
  const std::string table = section(readme, "## What it answers", "\n## "), pages = section(man, ".SH COMMANDS", ".SH OPTIONS");
  for (const std::string& command : commands) {
    INFO(command);
    CHECK(man.find("\n.B shortfall " + command + "\n") != std::string::npos);
    CHECK(pages.find("\n.B " + command + "\n") != std::string::npos);
    CHECK((readme.find("`shortfall " + command) != std::string::npos || table.find("`" + command + " ") != std::string::npos));
  }
  for (const std::string& command : found(readme, "`shortfall ([a-z]+)"))
    CHECK_MESSAGE((std::count(commands.begin(), commands.end(), command) > 0), command);
  std::set<std::string> codes;
  for (const shortfall::CodeEntry& e : shortfall::codes()) codes.insert(std::string(e.name));
  for (const char* pattern : {"\\[([a-z]+-[a-z-]+)\\]\n", "`shortfall help ([a-z]+-[a-z-]+)`", "shortfall: allow ([a-z-]+) "})
    for (const std::string& code : found(readme, pattern)) CHECK_MESSAGE(codes.contains(code), code);
  std::set<std::string> keys;
  for (const shortfall::PlanKey& k : shortfall::plan_keys()) keys.insert(std::string(k.key));
  const std::set<std::string> named = found(readme, "`([a-z_]+):[^`/]*`");
  CHECK(named.size() > 10);
  // Of what people write under keys of their own, and of other programs' files.
  for (const std::string& key : named)
    CHECK_MESSAGE((keys.contains(key) || key == "actuals" || key == "outcomes" || key == "values" || key == "quantiles"), key);
}

TEST_CASE("the README, the man page and help tell the same exit statuses") {
  const std::set<std::string> statuses = found(run({"help", "exit-codes", "--format", "markdown"}).out, "\n\\| ([0-9]+) ");
  CHECK(statuses == std::set<std::string>{"0", "1", "130", "2", "3", "4"});
  CHECK(found(section(text_of(source + "/README.md"), "## Exit status", "\n## "), "\n\\| ([0-9]+) ") == statuses);
  CHECK(found(section(text_of(source + "/cli/shortfall.1"), ".SH EXIT STATUS", ".SH"), "(?:^|[\n,] ?)([0-9]+) ") == statuses);
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
