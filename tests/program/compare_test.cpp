// Revisions, through the program: what a pipeline sees of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

const std::string plan = scenario("revisions/midshire-plan"), recovery = scenario("revisions/midshire-recovery-plan");

Ran compared(const std::string& before, const std::string& after, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"compare", before, after, "--quiet", "--trials", "20000", "--max-trials", "20000"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

json comparison(const std::string& before, const std::string& after, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--format", "json"});
  const Ran ran = compared(before, after, more);
  REQUIRE_MESSAGE((ran.status == 0 || ran.status == 1 || ran.status == 4), ran.err);
  return json::parse(ran.out);
}

json measure(const json& comparison, const std::string& subject, const std::string& name) {
  for (const json& m : comparison.at("measures"))
    if (m.at("subject") == subject && m.at("measure") == name) return m;
  FAIL("no such measure");
  return {};
}

// `script` with "$1" and on as its arguments, the program and the revision script on the path.
Ran in_shell(const Folder& folder, const std::string& script, std::vector<std::string> arguments = {}) {
  fs::create_directories(folder.path("bin"));
  std::error_code there;
  fs::create_symlink(program(), folder.path("bin/shortfall"), there);
  fs::create_symlink(std::string(SHORTFALL_SOURCE) + "/scripts/compare-revisions", folder.path("bin/shortfall-compare-revisions"), there);
  arguments.insert(arguments.begin(), folder.path());
  return run_in_shell("shift; root=$1; shift; PATH=$root/bin:$PATH; export PATH; unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE; cd \"$root\"; " + script,
                      arguments);
}

bool valid(const std::string& schema, const std::string& document, const Folder& folder) {
  const Ran ran = in_shell(folder, "exec \"$1\" \"$2\" \"$3\"",
                           {std::string(SHORTFALL_SOURCE) + "/tests/support/check-json", std::string(SHORTFALL_SOURCE) + "/" + schema,
                            folder.write("document.json", document)});
  CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
  return ran.status == 0;
}

const std::string schema = "lib/report/schema/comparison-1.schema.json";

std::string organisation(const std::string& name, const std::string& rest) {
  return "organisation: " + name + "\nyears: [2017, 2018]\nincome: 100\nspend: 103\ntarget: 0\nreserves: 1\n" + rest;
}

// A repository whose main branch holds the plan and whose branch 'recovery', checked out, the recovery plan.
void make_repository(const Folder& folder) {
  const Ran ran =
      in_shell(folder,
               "set -e; mkdir repository; cd repository; git init -q -b main .; git config user.email a@b; git config user.name a; mkdir reference\n"
               "cp \"$1\"/reference/nhs-savings.yaml reference/; cp -r \"$1\"/revisions/midshire-plan plans; sed -i s:../../reference:../reference: "
               "plans/system.yaml\n"
               "git add .; git commit -qm plan; git checkout -qb recovery; cp \"$1\"/revisions/midshire-recovery-plan/* plans/\n"
               "sed -i s:../../reference:../reference: plans/system.yaml; git commit -qam recovery",
               {std::string(SHORTFALL_SOURCE) + "/scenarios"});
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
}

}  // namespace

TEST_CASE("the recovery plan: the headline saving goes up and so does the risk, and what did it is named first") {
  const json c = comparison(plan, recovery);
  CHECK(c["saving"]["planned"]["after"].get<double>() > c["saving"]["planned"]["before"].get<double>() + 10);
  CHECK(c["saving"]["expected"]["after"].get<double>() < c["saving"]["expected"]["before"].get<double>());
  CHECK(c["verdict"] == "worse");
  CHECK(measure(c, "system", "fails")["low"].get<double>() > 0.03);
  // Savings put off come first, the new name and the figures to be identified do no harm by themselves.
  const json& effects = c["effects"]["list"];
  CHECK(effects[0]["name"] == "midshire-acute.schemes.procurement.saving");
  CHECK(std::any_of(effects.begin() + 1, effects.begin() + 4, [](const json& e) { return e["name"] == "midshire-acute.schemes.agency.saving"; }));
  for (const json& e : effects) {
    CHECK(e["name"].get<std::string>().find("surgical-excellence.title") == std::string::npos);
    if (e["name"].get<std::string>().find("unidentified") != std::string::npos) CHECK(e["system"]["change"].get<double>() < 0);
  }
  const auto renamed = std::find_if(c["changes"].begin(), c["changes"].end(), [](const json& x) { return x["kind"] == "renamed"; });
  REQUIRE(renamed != c["changes"].end());
  CHECK((*renamed)["before"] == "theatre-productivity");
  CHECK((*renamed)["counts"] == false);
  // Effects and what is left over make up the whole, to the rounding of a few sums.
  double sum = c["effects"]["interaction"]["change"].get<double>();
  for (const json& e : effects) sum += e["system"]["change"].get<double>();
  CHECK(std::abs(sum - c["effects"]["total"]["change"].get<double>()) <= 1e-12);
  CHECK(std::abs(sum - measure(c, "system", "fails")["change"].get<double>()) <= 1e-12);
  // Its own limits on change are crossed.
  CHECK(compared(plan, recovery).status == 1);
  const Ran text = compared(plan, recovery);
  CHECK(text.out.find("Worse: the system fails in") != std::string::npos);
  CHECK(text.out.find("change crossed  system.fails +3pp") != std::string::npos);
  // The file and its line stay together wherever a long path is broken.
  CHECK(text.out.find("midshire-acute.yaml:21)") != std::string::npos);
  std::string joined = text.out;
  std::erase_if(joined, [](char sign) { return sign == ' ' || sign == '\n'; });
  CHECK(joined.find("(" + recovery + "/midshire-acute.yaml:21)") != std::string::npos);
}

TEST_CASE("the README tells of the recovery plan what the program does") {
  const Ran ran = run({"compare", plan, recovery, "--quiet", "--no-effects"});
  const std::size_t from = ran.out.find("Worse: "), end = ran.out.find("\n\n", from);
  REQUIRE(end != std::string::npos);
  CHECK(text_of(std::string(SHORTFALL_SOURCE) + "/README.md").find("```text\n" + ran.out.substr(from, end - from) + "\n```") != std::string::npos);
}

TEST_CASE("nothing changed: exactly 0, [0, 0], no change, status 0, and the comment says of which plan") {
  const json c = comparison(plan, plan);
  CHECK(c["identical"] == true);
  CHECK(c["verdict"] == "no change");
  CHECK(c["changes"].empty());
  CHECK(c["effects"].is_null());
  for (const json& m : c["measures"]) {
    CHECK(m["change"] == 0);
    CHECK(m["low"] == 0);
    CHECK(m["high"] == 0);
    CHECK(m["verdict"] == "no change");
  }
  const Ran markdown = compared(plan, plan, {"--format", "markdown"});
  CHECK(markdown.status == 0);
  CHECK(markdown.out.find("\n### Midshire, three bodies, 2017/18 to 2020/21\n") != std::string::npos);
  CHECK(markdown.out.find("\nNo change: nothing that counts differs, and the system fails in ") != std::string::npos);
}

TEST_CASE("other schemes, other files, another order and a new name change no scheme's draws") {
  const Folder folder;
  const std::string one = "  one: {class: workforce, saving: [2, 3]}\n", two = "  two: {class: transactional, saving: [1, 1], needs: [one]}\n";
  const std::string other = organisation("other", "schemes:\n  three: {class: workforce, saving: [1, 1], needs: [acute/two]}\n");
  folder.write("before/acute.yaml", organisation("acute", "schemes:\n" + one + two));
  folder.write("before/other.yaml", other);
  // Saving nothing, the additional schemes leave all else as it is, bit by bit.
  folder.write("after/z.yaml", organisation("acute", "schemes:\n  a-new: {class: workforce, saving: [0, 0]}\n" + two +
                                                         "  zero: {class: merger, saving: [0, 0]}\n" + one));
  folder.write("after/b.yaml", other);
  const json c = comparison(folder.path("before"), folder.path("after"));
  CHECK(c["identical"] == false);
  for (const json& m : c["measures"]) {
    CAPTURE(m["measure"].get<std::string>());
    CHECK(m["before"] == m["after"]);
  }
  // Under another name with `was:`, and with the neighbour's `needs` changed to it: no change at all.
  std::string renamed = other;
  renamed.replace(renamed.find("acute/two"), 9, "acute/a-two");
  folder.write("renamed/acute.yaml",
               organisation("acute", "schemes:\n" + one + "  a-two: {class: transactional, saving: [1, 1], needs: [one], was: two}\n"));
  folder.write("renamed/other.yaml", renamed);
  const json r = comparison(folder.path("before"), folder.path("renamed"));
  CHECK(r["identical"] == true);
  CHECK(r["changes"].size() == 1);
  CHECK(measure(r, "system", "fails")["change"] == 0);
  // Without `was:` it is another scheme, with another luck.
  folder.write("renamed/acute.yaml", organisation("acute", "schemes:\n" + one + "  a-two: {class: transactional, saving: [1, 1], needs: [one]}\n"));
  CHECK(comparison(folder.path("before"), folder.path("renamed"))["identical"] == false);
}

TEST_CASE("paired trials know a difference at least ten times better than two runs do, by the variance") {
  const json c =
      comparison(scenario("midshire"), scenario("midshire"), {"--set", "midshire-acute.schemes.length-of-stay.stage=opportunity", "--no-effects"});
  const json m = measure(c, "system", "fails");
  const auto chance = [&](const char* key) { return m[key].get<double>() * (1 - m[key].get<double>()); };
  const double paired = std::pow((m["high"].get<double>() - m["low"].get<double>()) / 2 / 1.959964, 2);
  CHECK((chance("before") + chance("after")) / c["trials"].get<double>() / paired >= 10);
}

TEST_CASE("the exit status: limits kept 0, crossed 1, unclear 4, wrong 2; and the same on any number of threads") {
  const auto status = [](std::vector<std::string> more) { return compared(scenario("midshire"), scenario("midshire"), std::move(more)).status; };
  const std::vector<std::string> edit = {"--set", "midshire-council.reserves=10", "--no-effects"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), edit.begin(), edit.end());
    return status(more);
  };
  CHECK(with({}) == 0);
  CHECK(with({"--allow", "system.fails +20pp"}) == 0);
  CHECK(with({"--allow", "system.fails +1pp"}) == 1);
  CHECK(with({"--allow", "system.fails +1pp", "--allow", "midshire-acute.contingency.p80 +0.5"}) == 1);
  CHECK(with({"--allow", "midshire-acute.contingency.p80 +0"}) == 0);
  CHECK(with({"--allow", "midshire-council.fails.alone +28.4pp"}) == 4);  // it is +28.4 ± 0.6 in 20,000
  for (const char* wrong : {"system.fails", "system.fials +1pp", "nobody.fails.alone +1pp", "system.fails +1", "system.contingency.p80 +1pp"}) {
    CAPTURE(wrong);
    const Ran ran = compared(plan, plan, {"--allow", wrong});
    CHECK(ran.status == 2);
    CHECK(ran.err.find("--allow") != std::string::npos);
    CHECK(ran.out.empty());
  }
  CHECK(compared(plan, plan, {"--material", "1%"}).status == 2);
  CHECK(compared(plan, plan, {"--trials", "100"}).status == 2);
  CHECK(compared(plan, scenario("nowhere")).status == 2);
  CHECK(compared(plan, recovery, {"--format", "json", "--threads", "1"}).out == compared(plan, recovery, {"--format", "json", "--threads", "3"}).out);
}

TEST_CASE("gates: may be a list, or limits and changes") {
  const Folder folder;
  folder.write("acute.yaml", organisation("acute", "schemes: {one: {class: workforce, saving: [3, 3]}}\n"));
  const auto gated = [&](const std::string& gates) {
    folder.write("system.yaml", "system: s\nyears: [2017, 2018]\ngates: " + gates + "\n");
    return compared(folder.path(), folder.path());
  };
  CHECK(gated("[system.fails <= 99%]").status == 0);
  CHECK(gated("{limits: [system.fails <= 99%], changes: [system.fails +0pp, acute.saving.mean -0.1]}").status == 0);
  CHECK(gated("{limits: [system.fails <= 1%]}").status == 1);
  CHECK(gated("{changes: [acute.saving.mean +1]}").status == 1);  // asks for more than was given
  const Ran wrong = gated("{changes: [nobody.fails.alone +1pp], limit: []}");
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find("system.yaml:3:") != std::string::npos);
  // A limit on who has only just come has nothing to compare with.
  folder.write("before/acute.yaml", organisation("acute", "schemes: {one: {class: workforce, saving: [3, 3]}}\n"));
  folder.write("system.yaml", "system: s\nyears: [2017, 2018]\norganisations: [acute.yaml, new.yaml]\ngates: {changes: [new.fails.alone +1pp]}\n");
  folder.write("new.yaml", organisation("new", ""));
  const Ran joined = compared(folder.path("before"), folder.path());
  CHECK(joined.status == 2);
  CHECK(joined.err.find("the old revision does not have") != std::string::npos);
}

TEST_CASE("JSON keeps to its schema, with every kind of edit in it") {
  const Folder folder;
  CHECK(valid(schema, comparison(plan, recovery).dump(), folder));
  CHECK(valid(schema, comparison(plan, plan).dump(), folder));
  CHECK(valid(schema, comparison(plan, scenario("midshire"), {"--given", "system=p20"}).dump(), folder));
  CHECK(valid(schema, comparison(plan, plan, {"--material-money", "0.5", "--set", "midshire-acute.reserves=1"}).dump(), folder));
  CHECK_FALSE(in_shell(folder, "exec \"$1\" \"$2\" \"$3\"",
                       {std::string(SHORTFALL_SOURCE) + "/tests/support/check-json", std::string(SHORTFALL_SOURCE) + "/" + schema,
                        folder.write("wrong.json", "{\"schema\": \"shortfall/comparison/1\"}")})
                  .status == 0);
}

TEST_CASE("JUnit XML, as a consumer of it reads it: a case for each gate and each allowed change") {
  const Folder folder;
  const auto read = [&](const Ran& ran) {
    const Ran out = in_shell(folder, "xmllint --noout \"$2\" && exec \"$1\" \"$2\"",
                             {std::string(SHORTFALL_SOURCE) + "/tests/support/read-junit", folder.write("gates.xml", ran.out)});
    CHECK_MESSAGE(out.status == 0, out.err);
    return out.out;
  };
  const std::string crossed = read(compared(plan, recovery, {"--format", "junit", "--no-effects", "--allow", "midshire-ccg.fails.alone +9pp"}));
  CHECK(crossed ==
        "midshire.changes|system.fails +3pp|Failure|crossed\n"
        "midshire.changes|midshire-acute.contingency.p80 +2|Failure|crossed\n"
        "midshire.changes|midshire-ccg.fails.alone +9pp|Passed|\n"
        "midshire.gates|system.fails <= 70%|Passed|\n"
        "total|4|2|0\n");
  // +28.9 ± 0.3 in 100,096.
  const std::string unclear = read(compared(scenario("midshire"), scenario("midshire"),
                                            {"--format", "junit", "--no-effects", "--set", "midshire-council.reserves=10", "--set", "gates=[]",
                                             "--allow", "midshire-council.fails.alone +29pp"}));
  CHECK(unclear == "midshire.changes|midshire-council.fails.alone +29pp|Error|unclear\ntotal|1|0|1\n");
}

TEST_CASE("a hostile title stays text in Markdown, JUnit and GitHub's notes") {
  const Folder folder;
  const std::string evil = "title: \"</details><script>|x|@everyone ::error::%0A & ' `\"\n";
  folder.write("before/acute.yaml", organisation("acute", "schemes: {one: {class: workforce, saving: [3, 3]}}\n"));
  folder.write("after/acute.yaml", organisation("acute", evil + "schemes: {one: {class: workforce, saving: [3, 1]}}\n"));
  const std::string markdown = compared(folder.path("before"), folder.path("after"), {"--format", "markdown"}).out;
  CHECK(markdown.find("<script>") == std::string::npos);
  CHECK(markdown.find("@everyone") == std::string::npos);
  CHECK(markdown.find("&lt;script&gt;&#124;x&#124;&#64;everyone") != std::string::npos);
  const std::string github = compared(folder.path("before"), folder.path("after"), {"--format", "github"}).out;
  for (std::size_t at = 0; at < github.size(); at = github.find('\n', at) + 1) CHECK(github.substr(at, 2) == "::");
  CHECK(github.find("%0A &") == std::string::npos);
}

TEST_CASE("GitHub's notes stand at the changed lines") {
  const Ran ran = compared(plan, recovery, {"--format", "github"});
  CHECK(ran.out.find("::error file=" + recovery + "/system.yaml,line=") != std::string::npos);
  CHECK(ran.out.find("::warning file=" + recovery + "/midshire-acute.yaml,line=21,col=5,title=midshire-acute.schemes.procurement.saving::") !=
        std::string::npos);
  CHECK(ran.out.find("::notice file=" + recovery + "/midshire-acute.yaml") != std::string::npos);
}

TEST_CASE("validate's problems as SARIF 2.1.0 and as GitHub's notes") {
  const Folder folder;
  const std::string used = "tests/schema/sarif-2.1.0-used.schema.json";
  const Ran optimism = run({"validate", scenario("midshire"), "--format", "sarif"});
  CHECK(optimism.status == 0);
  CHECK(valid(used, optimism.out, folder));
  const std::string path = folder.write("a plan ü.yaml", organisation("acute", "schemes: {one: {class: wrokforce, saving: [3, 3]}}\n"));
  const Ran wrong = run({"validate", path, "--format", "sarif"});
  CHECK(wrong.status == 2);
  CHECK(wrong.err.empty());
  REQUIRE(valid(used, wrong.out, folder));
  const json result = json::parse(wrong.out)["runs"][0]["results"][0];
  CHECK(result["ruleId"] == "unknown-class");
  CHECK(result["locations"][0]["physicalLocation"]["region"]["startLine"] == 7);
  CHECK(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].get<std::string>().ends_with("/a%20plan%20%C3%BC.yaml"));
  CHECK(valid(used, run({"validate", path, "--format", "sarif", "--set", "acute.nothing=1"}).out, folder));
  const Ran notes = run({"validate", path, "--format", "github"});
  CHECK(notes.status == 2);
  CHECK(notes.out.starts_with("::error file="));
  CHECK(notes.out.find(",line=7,col=") != std::string::npos);
}

TEST_CASE("compare-revisions compares a working tree with a commit, and leaves nothing behind") {
  const Folder folder;
  make_repository(folder);
  const std::string quick = " --quiet --no-effects --trials 20000 --max-trials 20000";
  const auto here = [&](const std::string& script) {
    return in_shell(folder, "TMPDIR=$PWD/tmp; export TMPDIR; mkdir -p tmp; cd repository; " + script);
  };
  const auto clean = [&] {
    CHECK(fs::is_empty(folder.path("tmp")));
    CHECK(here("git worktree list | wc -l").out == "1\n");
    CHECK(here("git status --porcelain").out.empty());
  };
  const Ran crossed = here("shortfall-compare-revisions main plans" + quick);
  CHECK(crossed.status == 1);
  CHECK(crossed.out.find("plans/midshire-acute.yaml:29") != std::string::npos);
  clean();
  CHECK(here("shortfall-compare-revisions recovery plans" + quick).out.find("No change:") != std::string::npos);
  CHECK(here("shortfall-compare-revisions main plans/system.yaml" + quick).status == 1);
  CHECK(here("cd plans; shortfall-compare-revisions main .." + quick).status == 2);  // the whole repository is no system
  CHECK(here("cd plans; shortfall-compare-revisions main ." + quick).status == 1);
  clean();
  for (const char* wrong : {"nowhere plans", "main nowhere", "main", "main /tmp"}) {
    CAPTURE(wrong);
    const Ran ran = here(std::string("shortfall-compare-revisions ") + wrong);
    CHECK(ran.status == 2);
    CHECK(ran.err.find("compare-revisions: ") == 0);
  }
  const Ran fresh = here(
      "mkdir fresh; cp plans/midshire-council.yaml fresh/; status=0; shortfall-compare-revisions main fresh/midshire-council.yaml || status=$?; rm "
      "-r fresh; exit $status");
  CHECK(fresh.status == 2);
  CHECK(fresh.err.find("nothing to compare it with") != std::string::npos);
  clean();
  // Stopped half way through, it still tidies up.
  const Ran stopped = here(
      "shortfall-compare-revisions main plans --quiet --trials 1000000000 >out 2>&1 & sleep 0.7; kill -TERM $!; status=0; wait $! || status=$?; rm "
      "out; exit $status");
  CHECK(stopped.status == 143);
  clean();
}

TEST_CASE("the README's recipes for GitHub and GitLab do what they say, on a small repository (long)") {
  const Folder folder;
  make_repository(folder);
  const auto recipe = [&](const char* which) {
    const Ran ran = in_shell(folder, "exec \"$1\" \"$2\" " + std::string(which),
                             {std::string(SHORTFALL_SOURCE) + "/tests/support/read-recipe", std::string(SHORTFALL_SOURCE) + "/README.md"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    REQUIRE(ran.out.size() > 20);
    return ran.out;
  };
  // A stand-in for GitHub's own command line, which keeps what it is given.
  folder.write("bin/gh", "#!/bin/sh\necho \"$@\" >>\"$KEPT/gh\"\n");
  fs::permissions(folder.path("bin/gh"), fs::perms::owner_all);
  folder.write("compare.sh", recipe("compare"));
  folder.write("comment.sh", recipe("comment"));
  folder.write("gitlab.sh", recipe("gitlab"));
  const std::string github_has =
      "KEPT=$PWD RUNNER_TEMP=$PWD GITHUB_STEP_SUMMARY=$PWD/summary GITHUB_BASE_REF=main PR=7; export KEPT RUNNER_TEMP GITHUB_STEP_SUMMARY "
      "GITHUB_BASE_REF PR; ";
  const Ran github = in_shell(folder, github_has + "git clone -q -b recovery repository work; cd work; exec bash -e ../compare.sh");
  CHECK_MESSAGE(github.status == 1, github.err);
  CHECK(github.out.find("::error file=plans/system.yaml,line=") != std::string::npos);
  CHECK(text_of(folder.path("summary")).find("Worse: the system fails in") != std::string::npos);
  const Ran comment = in_shell(folder, github_has + "cd work; exec bash -e ../comment.sh");
  CHECK_MESSAGE(comment.status == 0, comment.err);
  CHECK(text_of(folder.path("gh")) == "pr comment 7 --edit-last --body-file " + folder.path("comment.md") + "\n");
  CHECK(text_of(folder.path("comment.md")).starts_with("<!-- shortfall compare -->\n"));
  const Ran gitlab = in_shell(
      folder,
      "cd work; CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git merge-base origin/main HEAD); export CI_MERGE_REQUEST_DIFF_BASE_SHA; exec bash -e ../gitlab.sh");
  CHECK_MESSAGE(gitlab.status == 1, gitlab.err);
  CHECK(gitlab.out.find("Worse: the system fails in") != std::string::npos);
  CHECK(text_of(folder.path("work/limits.xml")).find("<failure type=\"crossed\"") != std::string::npos);
}

TEST_CASE("the pre-commit hook validates the plans that changed files belong to") {
  const Folder folder;
  make_repository(folder);
  const std::string hooks = text_of(std::string(SHORTFALL_SOURCE) + "/.pre-commit-hooks.yaml");
  const std::size_t at = hooks.find("entry: ") + 7;
  const std::string entry = std::string(SHORTFALL_SOURCE) + "/" + hooks.substr(at, hooks.find('\n', at) - at);
  const auto hook = [&](const std::string& files) { return in_shell(folder, "cd repository; exec " + entry + " " + files); };
  CHECK(hook("plans/midshire-acute.yaml plans/midshire-ccg.yaml").status == 0);
  CHECK(hook("").status == 0);
  folder.write("repository/.github/workflows/ci.yaml", "on: push\n");
  CHECK(hook(".github/workflows/ci.yaml plans/gone.yaml").status == 0);
  // A mistake in one file of a system is found whichever of its files changed, as is one in its reference classes.
  folder.write("repository/plans/midshire-ccg.yaml", "organisation: midshire-ccg\nincome: 1\n");
  const Ran wrong = hook("plans/midshire-acute.yaml");
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find("plans/midshire-ccg.yaml") != std::string::npos);
  CHECK(in_shell(folder, "cd repository; git checkout -q plans; echo 'classes: {}' >reference/nhs-savings.yaml").status == 0);
  CHECK(hook("reference/nhs-savings.yaml").status == 2);
}

TEST_CASE("the pre-commit hook looks at the system that a deleted plan leaves") {
  const Folder folder;
  const std::string plan = "years: [2025]\nincome: 100\nspend: 104\ntarget: 0\nreserves: 1\nschemes:\n";
  folder.write("system.yaml", "system: two\n");
  folder.write("a.yaml", "organisation: a\n" + plan + "  s: {class: workforce, saving: 3, needs: [b/s]}\n");
  folder.write("b.yaml", "organisation: b\n" + plan + "  s: {class: workforce, saving: 3}\n");
  const std::string script = std::string(SHORTFALL_SOURCE) + "/scripts/validate-plans";
  const auto in_folder = [&](const std::string& words) { return in_shell(folder, words); };
  CHECK(in_folder("git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm first").status == 0);
  CHECK(in_folder("exec " + script).status == 0);
  CHECK(in_folder("git rm -q b.yaml && exec " + script).status == 2);
}

TEST_CASE("the pre-commit hook passes over what is beside the plans and is none") {
  const Folder folder;
  folder.write("plan.yaml", "organisation: a\nyears: [2025]\nincome: 100\nspend: 104\ntarget: 0\nschemes:\n  s: {class: workforce, saving: 3}\n");
  folder.write("mapping.yaml", "# A tracker's.\nmapping: 1\nsystem: two\nyears: [2025/26]\ncolumns: {title: Scheme, saving: {2025/26: Plan}}\n");
  const std::string script = std::string(SHORTFALL_SOURCE) + "/scripts/validate-plans";
  const auto in_folder = [&](const std::string& words) { return in_shell(folder, words); };
  CHECK(in_folder("git init -q . && exec " + script + " mapping.yaml plan.yaml").status == 0);
  CHECK(in_folder("exec " + script + " mapping.yaml nothing.csv").status == 0);
  folder.write("plan.yaml", "organisation: a\nspent: 104\n");
  CHECK(in_folder("exec " + script + " mapping.yaml plan.yaml").status == 2);
}
