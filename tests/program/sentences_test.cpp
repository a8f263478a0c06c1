// Sentences that a board reads, where they were once false or could be misread: of one plan, of two, of what is delivered, of what is not known.
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "support/program.hpp"

using namespace shortfall::test;

namespace {

// One organisation of one year whose position is its target where all is delivered, and whose pressure is nothing.
std::string plan(const std::string& id, const std::string& schemes, const std::string& more = "reserves: 0\n") {
  return "organisation: " + id + "\nyears: [2025/26]\nincome: [10]\nspend: [11]\ntarget: [0]\npressure: {sd: 0}\n" + more + "schemes:\n" + schemes;
}

std::string text(std::vector<std::string> words) {
  words.insert(words.end(), {"--trials", words[0] == "compare" ? "10240" : "2048", "--quiet", "--format", "markdown"});
  const Ran ran = run(words);
  CHECK_MESSAGE(ran.status == 0, ran.err);
  // In one line, wherever the page broke it.
  std::string out;
  for (const char c : ran.out)
    if (c != '\n' || out.empty() || out.back() != ' ') out += c == '\n' ? ' ' : c;
  return out;
}
bool says(const std::string& text, const std::string& words) { return text.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("what savings rest on comes to all of them where classes are of one's own records, too") {
  const Folder folder;
  const std::string reference = folder.path("reference.yaml");
  REQUIRE(run({"calibrate", scenario("records/records.csv"), "--output", reference}).status == 0);
  const std::string own = folder.write("own.yaml", plan("own", "  a: {class: transactional, stage: developed, saving: [1]}\n"));
  const std::string ran = text({"run", own, "--reference", reference});
  CHECK_FALSE(says(ran, "delivered already"));
  CHECK_MESSAGE(says(ran, "100 % on your own records"), ran);
  folder.write("system.yaml", "system: own\nyears: [2025/26]\nreference: reference.yaml\n");
  const std::string page = run({"report", folder.path(), "--trials", "1024", "--scheme-trials", "512", "--format", "html"}).out;
  CHECK(says(page, "100 % on your own records"));
  CHECK_FALSE(says(page, "delivered already"));
}

TEST_CASE("track tells of one plan as of a plan, not as of a system") {
  const Folder folder;
  const std::string own = folder.write("own.yaml", plan("own", "  a: {class: transactional, stage: developed, saving: [1]}\n"));
  const std::string actuals = folder.write("actuals.csv", "as_at,organisation,scheme,to_date\n2025-09,own,a,0.4\n");
  const std::string one = text({"track", own, "--actuals", actuals});
  CHECK_MESSAGE(says(one, "The plan fails in"), one);
  CHECK_FALSE(says(one, "ystem"));
  CHECK_FALSE(says(one, "alone"));
  CHECK_FALSE(says(one, "all counted as one"));
}

TEST_CASE("what is delivered already is not what a board is told to fear for") {
  const Folder folder;
  const std::string own =
      folder.write("own.yaml", plan("own", "  energy: {class: transactional, stage: delivered, saving: [1]}\n", "kind: provider\n"));
  const std::string explained = text({"explain", own});
  CHECK(says(explained, "it needs no reserves to be 80 % sure not to fail"));
  CHECK_FALSE(says(explained, "would hurt most"));
  CHECK(says(text({"run", own}), "none needed: schemes miss nothing"));
  const Ran page = run({"report", own, "--trials", "1024", "--scheme-trials", "512", "--quiet", "--format", "html"});
  CHECK(says(page.out, "schemes miss nothing"));
  CHECK(says(page.out, "expected to end 2025/26 on its target"));
  CHECK(says(page.out, "The scheme that matters most"));
  CHECK(says(page.out, "reserves make it 80 % sure not to fail"));
}

TEST_CASE("advice is of schemes that are identified, and says so where one that is not would help more") {
  const Folder folder;
  // Either scheme for certain brings the position to where reserves are about enough, or well beyond.
  const std::string own = folder.write("own.yaml",
                                       "organisation: own\nyears: [2025/26]\nincome: [10]\nspend: [11]\ntarget: [0]\nreserves: 0.5\nschemes:\n"
                                       "  a: {class: transactional, stage: developed, saving: [0.5]}\n"
                                       "  b: {class: unidentified, stage: unidentified, saving: [1.5]}\n");
  const std::string explained = text({"explain", own});
  CHECK_MESSAGE(says(explained, "Of the schemes that are identified, to make a certain would help most"), explained);
  CHECK(says(explained, "75 % of the planned saving has no scheme yet"));
}

TEST_CASE("a stage that nobody gave is said to be a default, and only where it counts") {
  const Folder folder;
  const std::string given = folder.write("given.yaml", plan("own", "  a: {class: transactional, stage: in-progress, saving: [1]}\n"));
  const std::string left_out = folder.write("left-out.yaml", plan("own",
                                                                  "  a: {class: transactional, saving: [1]}\n"
                                                                  "  b: {delivery: 0.9, saving: [1]}\n"));
  CHECK(says(text({"run", left_out}), "in-progress, of 1 scheme that says none"));
  CHECK_FALSE(says(text({"run", given}), "that says none"));
}

TEST_CASE("a chance that hangs on no records has no range of what is known") {
  const Folder folder;
  folder.write("system.yaml", "system: two\nyears: [2025/26]\n");
  folder.write("a.yaml", plan("a", "  x: {class: service-redesign, saving: [1]}\n"));
  folder.write("b.yaml",
               "organisation: b\nincome: [10]\nspend: [11]\ntarget: [0]\nschemes:\n  x: {class: transactional, stage: delivered, saving: [1]}\n");
  const std::string ran = text({"run", folder.path()});
  CHECK(says(ran, "(–: it hangs on no records)"));
  // Of two, "any of the 2" is either, and "all of the 2" is both.
  CHECK(says(ran, " either "));
  CHECK(says(ran, " both "));
  CHECK_FALSE(says(ran, "any of the 2"));
  const std::string pooled = text({"pool", folder.path()});
  CHECK(says(pooled, "One pool of both fails in"));
  CHECK_FALSE(says(pooled, "all 2"));
}

TEST_CASE("compare says what unit its amounts are in where a plan counts in its own") {
  const Folder folder;
  const auto system = [&](const std::string& name, const std::string& reserves) {
    std::filesystem::create_directories(folder.path(name));
    folder.write(name + "/system.yaml", "system: two\nyears: [2025/26]\n");
    folder.write(name + "/ferry.yaml", "organisation: ferry\nunit: £k\nincome: [10000]\nspend: [11000]\ntarget: [0]\nreserves: " + reserves +
                                           "\nschemes:\n  a: {class: workforce, saving: [1000]}\n");
    return folder.path(name);
  };
  const std::string old_plans = system("old", "200"), new_plans = system("new", "300");
  CHECK(says(text({"compare", old_plans, new_plans}),
             "Amounts of ferry are told in £m, as the system counts; its plan counts in £k, and so does --set."));
}

TEST_CASE("a revision that fails less often and needs more reserves is not called better alone") {
  const Folder folder;
  const auto revised = [&](const std::string& name, const std::string& a, const std::string& b) {
    return folder.write(name, plan("own",
                                   "  a: {delivery: {values: [0, 1], weights: [0.5, 0.5]}, saving: [" + a +
                                       "]}\n  b: {delivery: {values: [0, 1], weights: [" + b + "]}, saving: [1]}\n",
                                   "reserves: 0\nadjustments: {held-back: [-" + a + "]}\n"));
  };
  // Reserves to be 80 % sure grow with a, whose loss is as likely as before; b, which is lost less often, makes it fail less often.
  const std::string old_plan = revised("old.yaml", "0.5", "0.75, 0.25"), new_plan = revised("new.yaml", "2", "0.1, 0.9");
  const std::string compared = text({"compare", old_plan, new_plan});
  CHECK_MESSAGE(says(compared, "Better and worse: the plan fails in"), compared);
  CHECK(says(compared, "but the reserves to add to be 80 % sure rise by £"));
}

TEST_CASE("a scenario that came with the program is told of where its path is not here") {
  const Folder folder;
  std::filesystem::create_directories(folder.path("bin"));
  std::filesystem::create_directories(folder.path("share/shortfall/scenarios"));
  folder.write("share/shortfall/scenarios/small.yaml", plan("own", "  a: {class: transactional, saving: [1]}\n"));
  const std::string program = folder.path("bin/shortfall");
  REQUIRE(run_in_shell("cp \"$1\" " + program, {}).status == 0);
  const Ran ran = run_in_shell("exec " + program + " run scenarios/small --trials 256", {});
  CHECK(ran.status == 2);
  CHECK_MESSAGE(ran.err == "scenarios/small: error: no such file; the scenario that came with the program goes by its name alone: small\n", ran.err);
  CHECK(run_in_shell("exec " + program + " run small --trials 256", {}).status == 0);
}
