// From a tracker to an answer, as a user would go.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;

namespace {

const std::string tracker = scenario("tracker/riverside-tracker.xlsx"), mapping = scenario("tracker/mapping.yaml");

// Names of files in a folder, in order.
std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code code;
  for (const auto& entry : std::filesystem::directory_iterator(folder, code)) out.push_back(entry.path().filename().string());
  std::sort(out.begin(), out.end());
  return out;
}

// The texts of the workbook that an answer is written as, a line each: "Sheet!B2: text".
std::string workbook_of(std::vector<std::string> question) {
  const Folder folder;
  const std::string file = folder.path("answer.xlsx");
  question.insert(question.end(), {"--quiet", "--output", file});
  const Ran ran = run(question);
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  const Ran texts = run_in_shell("exec \"$2\" \"$3\"", {std::string(SHORTFALL_SOURCE) + "/tests/spreadsheet/read-workbook", file});
  REQUIRE_MESSAGE(texts.status == 0, texts.err);
  return texts.out;
}

}  // namespace

TEST_CASE("the README's second screen shows what the program prints, and the plans run") {
  const Folder folder;
  const std::string readme = text_of(std::string(SHORTFALL_SOURCE) + "/README.md"), begins = "--map scenarios/tracker/mapping.yaml --to plans\n";
  const std::size_t from = readme.find(begins);
  REQUIRE(from != std::string::npos);
  const std::string shown = readme.substr(from + begins.size(), readme.find("```", from) - from - begins.size());
  const Ran imported =
      run_in_shell("cd '" SHORTFALL_SOURCE "' && exec \"$@\" scenarios/tracker/riverside-tracker.xlsx --map scenarios/tracker/mapping.yaml --to '" +
                       folder.path("plans") + "'",
                   {"import"});
  CHECK(imported.status == 0);
  CHECK(imported.out == shown);
  CHECK(names_in(folder.path("plans")) == std::vector<std::string>{"hillside.yaml", "riverside.yaml", "system.yaml"});
  const nlohmann::json answer = result({folder.path("plans")});
  CHECK(answer["organisations"].size() == 2);
  CHECK(std::abs(answer["organisations"][1]["saving"]["planned"].get<double>() - (7.730 + 8.569)) < 1e-12);
}

TEST_CASE("a tracker without a mapping is imported by a guess, which is written beside the plans and imports the same again") {
  const Folder folder;
  const Ran asked = run({"import", tracker, "--to", folder.path("a")});
  CHECK(asked.status == 2);
  CHECK(asked.err.find("has 2 hidden rows (filtered out, or last year's?); say --hidden include or --hidden exclude") != std::string::npos);
  CHECK(names_in(folder.path("a")).empty());
  const Ran guessed = run({"import", tracker, "--hidden", "exclude", "--to", folder.path("a")});
  CHECK(guessed.status == 0);
  CHECK(names_in(folder.path("a")) == std::vector<std::string>{"hillside-community.yaml", "mapping.yaml", "riverside-hospital.yaml", "system.yaml"});
  CHECK(run({"validate", folder.path("a")}).status == 0);
  CHECK(run({"import", tracker, "--hidden", "exclude", "--map", folder.path("a/mapping.yaml"), "--to", folder.path("b")}).status == 0);
  for (const char* name : {"hillside-community.yaml", "riverside-hospital.yaml", "system.yaml"})
    CHECK(text_of(folder.path(std::string("a/") + name)) == text_of(folder.path(std::string("b/") + name)));
}

TEST_CASE("rows that are not understood keep plans from being written, unless they may be partial") {
  const Folder folder;
  const std::string csv = folder.write("t.csv", "Scheme,RAG,2025/26 £k\nEnergy contract,Green,120\nAgency cap,Amber,TBC\n");
  const Ran refused = run({"import", csv, "--to", folder.path("plans")});
  CHECK(refused.status == 2);
  CHECK(refused.out.find("1  not understood") != std::string::npos);
  CHECK(refused.out.find("C3: 'TBC' is not an amount") != std::string::npos);
  CHECK(refused.err.find("nothing was written") != std::string::npos);
  CHECK(names_in(folder.path("plans")).empty());
  CHECK(refused.err.find("the imported rows alone") == std::string::npos);
  const Ran partial = run({"import", csv, "--to", folder.path("plans"), "--partial"});
  CHECK(partial.status == 0);
  CHECK_MESSAGE(
      partial.err.find("t.csv: warning: the target of 't' is of the imported rows alone: what its 1 scheme is to save, whatever the tracker's "
                       "total is\n") != std::string::npos,
      partial.err);
  CHECK(names_in(folder.path("plans")).size() == 3);
  const Ran dry = run({"import", csv, "--dry-run", "--partial"});
  CHECK(dry.status == 0);
  CHECK(dry.out.find("1  imported") != std::string::npos);
}

TEST_CASE("plans that are there already and differ are kept, unless they are to be replaced") {
  const Folder folder;
  const std::vector<std::string> words = {"import", tracker, "--map", mapping, "--quiet", "--to", folder.path("plans")};
  CHECK(run(words).status == 0);
  CHECK(run(words).status == 0);  // the same plans again
  folder.write("plans/riverside.yaml", "mine\n");
  const Ran refused = run(words);
  CHECK(refused.status == 2);
  CHECK(refused.err ==
        folder.path("plans/riverside.yaml") + ": error: is there already and differs; replace it with --replace, or name another folder with --to\n");
  CHECK(text_of(folder.path("plans/riverside.yaml")) == "mine\n");
  std::vector<std::string> replaced = words;
  replaced.push_back("--replace");
  CHECK(run(replaced).status == 0);
  CHECK(text_of(folder.path("plans/riverside.yaml")) != "mine\n");
}

TEST_CASE("what is exported and imported again gives the same answer, to the bit") {
  const Folder folder;
  CHECK(run({"export", scenario("midshire"), "--quiet", "--output", folder.path("m.xlsx")}).status == 0);
  CHECK(run({"export", scenario("midshire"), "--quiet", "--output", folder.path("n.xlsx")}).status == 0);
  CHECK(text_of(folder.path("m.xlsx")) == text_of(folder.path("n.xlsx")));
  CHECK(run({"import", folder.path("m.xlsx"), "--to", folder.path("plans")}).status == 0);
  const auto answer = [](const std::string& plans) {
    const Ran ran = run({"run", plans, "--format", "json", "--trials", "2048", "--max-trials", "2048"});
    nlohmann::json out = nlohmann::json::parse(ran.out);
    out.erase("inputs");
    out.erase("reference");
    return out;
  };
  CHECK(answer(scenario("midshire")) == answer(folder.path("plans")));
}

TEST_CASE("a plan by itself with gates is exported and imported again, and its gates are judged") {
  const Folder folder;
  const std::string plan = folder.write("a.yaml",
                                        "organisation: a\nyears: [2025/26]\nincome: 100\nspend: 105\ntarget: 0\ngates: [\"a.fails.alone <= 0.1%\"]\n"
                                        "schemes: {beds: {class: workforce, saving: [3]}}\n");
  CHECK(run({"export", plan, "--quiet", "--output", folder.path("a.xlsx")}).status == 0);
  const Ran imported = run({"import", folder.path("a.xlsx"), "--to", folder.path("plans")});
  CHECK_MESSAGE(imported.status == 0, imported.err);
  CHECK(run({"run", plan, "--trials", "2048"}).status == 1);
  CHECK(run({"run", folder.path("plans"), "--trials", "2048"}).status == 1);
}

TEST_CASE("an answer is written as a workbook, twice the same, and not to standard output") {
  const Folder folder;
  const std::string teams = scenario("mechanisms/teams.yaml"), system = scenario("mechanisms/joint-and-several");
  for (const std::vector<std::string>& question :
       std::vector<std::vector<std::string>>{{"run", teams, "--trials", "2048"},
                                             {"explain", teams, "--trials", "2048"},
                                             {"pool", system, "--trials", "2048"},
                                             {"compare", teams, teams, "--trials", "10240", "--max-trials", "10240"},
                                             {"sweep", teams, "--vary", "optimism=0,1", "--trials", "2048"}}) {
    CAPTURE(question.front());
    const auto words = [&](const char* name) {
      std::vector<std::string> out = question;
      out.insert(out.end(), {"--quiet", "--output", folder.path(name)});
      return out;
    };
    const Ran once = run(words("a.xlsx"));
    CHECK_MESSAGE(once.status == 0, once.err);
    CHECK(once.out == "");
    CHECK(run(words("b.xlsx")).status == 0);
    CHECK(text_of(folder.path("a.xlsx")).starts_with("PK"));
    CHECK(text_of(folder.path("a.xlsx")) == text_of(folder.path("b.xlsx")));
    std::vector<std::string> to_terminal = question;
    to_terminal.insert(to_terminal.end(), {"--format", "xlsx"});
    CHECK(run(to_terminal).err == "--format xlsx: error: needs --output FILE.xlsx\n");
  }
}

TEST_CASE("edits by --set stand in a table of their own, not among the hashes of files") {
  const std::string book = workbook_of({"run", scenario("mechanisms/teams.yaml"), "--trials", "2048", "--set", "trust.reserves=5"});
  CHECK_MESSAGE(book.find(": Changed by --set\n") != std::string::npos, book);
  std::istringstream lines(book);
  std::string line, edit;
  while (std::getline(lines, line))
    if (line.ends_with(": trust.reserves=5")) edit = line;
  CHECK(edit.starts_with("Rests on!A"));
  CHECK(workbook_of({"run", scenario("mechanisms/teams.yaml"), "--trials", "2048"}).find("--set") == std::string::npos);
}

TEST_CASE("the workbook of one plan tells of no system, and nothing of it twice") {
  const Folder folder;
  const std::string plan =
      "organisation: trust\ntitle: The Trust\nyears: [2025/26]\nincome: 100\nspend: 104\ntarget: 0\npressure: {sd: 1%}\nreserves: 1\n"
      "schemes: {beds: {class: workforce, saving: [3]}, wards: {class: transactional, saving: [2]}}\n";
  std::string more = plan;
  more.replace(more.find("reserves: 1"), 11, "reserves: 2");
  const std::string old_plan = folder.write("old.yaml", plan), new_plan = folder.write("new.yaml", more);
  const auto says = [](const std::string& book, const std::string& text) { return book.find(text) != std::string::npos; };
  const std::string compared = workbook_of({"compare", old_plan, new_plan, "--trials", "10240", "--max-trials", "10240"});
  CHECK_MESSAGE(says(compared, ": What was changed, and what each edit did to the chance that the plan fails\n"), compared);
  CHECK(says(compared, ": Plan fails\n"));
  CHECK(says(compared, "Verdict!A5: The Trust\n"));
  for (const char* text : {"ystem", ": Whose", ": Owner fails", ": any\n", ": all\n"}) {
    INFO(text);
    CHECK_MESSAGE(!says(compared, text), compared);
  }
  const std::string explained = workbook_of({"explain", old_plan, "--trials", "2048"});
  CHECK_MESSAGE(says(explained, ": Schemes: what it does to the chance that the plan fails if one is certain, 6 months late, or lost\n"), explained);
  CHECK(says(explained, "Missing!H4: When the plan fails\n"));
  CHECK(says(explained, ": Reserves, if certain\n"));
  for (const char* text : {"he system", "System's", "Owner"}) {
    INFO(text);
    CHECK_MESSAGE(!says(explained, text), explained);
  }
  // A system's workbook tells of both.
  const std::string system = workbook_of({"explain", scenario("mechanisms/joint-and-several"), "--trials", "2048"});
  CHECK(says(system, ": System's reserves, if certain\n"));
  CHECK(says(system, ": Owner fails, if certain\n"));
}

TEST_CASE("a tracker that LibreOffice has saved reads the same, and it opens our workbooks (where it is installed)") {
  const Folder folder;
  const auto office = [&](const std::string& kind, const std::string& file) {
    return run_in_shell("command -v soffice >/dev/null || exit 77; HOME='" + folder.path() + "' timeout 120 soffice --headless --convert-to " + kind +
                            " --outdir '" + folder.path("lo") + "' '" + file + "' >/dev/null 2>&1",
                        {})
        .status;
  };
  const int status = office("xlsx", tracker);
  if (status == 77) {
    MESSAGE("LibreOffice is not installed: left out");
    return;
  }
  CHECK(status == 0);
  const auto account = [&](const std::string& file) {
    const std::string out = run({"import", file, "--map", mapping, "--dry-run"}).out;
    return out.substr(out.find('!'));
  };
  CHECK(account(tracker) == account(folder.path("lo/riverside-tracker.xlsx")));
  CHECK(run({"run", scenario("mechanisms/teams.yaml"), "--trials", "2048", "--format", "xlsx", "--output", folder.path("answer.xlsx")}).status == 0);
  CHECK(office("csv", folder.path("answer.xlsx")) == 0);
  const std::string table = text_of(folder.path("lo/answer.csv"));
  CHECK(table.find("Fails alone") != std::string::npos);
  // Its numbers are those that JSON tells.
  const nlohmann::json told = result({scenario("mechanisms/teams.yaml"), "--trials", "2048"}).at("organisations").at(0);
  const std::size_t at = table.find("\ntrust,");
  REQUIRE(at != std::string::npos);
  std::istringstream row(table.substr(at + 7));
  std::vector<double> numbers;
  for (std::string cell; numbers.size() < 10 && std::getline(row, cell, ',');)
    numbers.push_back(std::strtod(cell.c_str(), nullptr) / (cell.find('%') == std::string::npos ? 1 : 100));
  std::vector<double> expected;
  for (const char* how : {"alone", "together"})
    for (const char* key : {"p", "low", "high"}) expected.push_back(told.at("fails").at(how).at(key));
  for (const char* key : {"planned", "mean"}) expected.push_back(told.at("saving").at(key));
  expected.push_back(told.at("reserves"));
  REQUIRE(numbers.size() == 10);
  for (std::size_t k = 0; k < expected.size(); ++k) CHECK(numbers[k] == doctest::Approx(expected[k]).epsilon(1e-12));
}
