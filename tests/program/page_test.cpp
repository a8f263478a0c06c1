// What every page keeps to, whatever the plan: its width, and words and numbers as a reader expects them.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;

namespace {

// Systems' folders and single plans.
std::vector<std::string> scenarios() {
  std::vector<std::string> out = {scenario("midshire")};
  for (const char* folder : {"published", "mechanisms", "games", "revisions"})
    for (const auto& entry : std::filesystem::directory_iterator(scenario(folder)))
      if (entry.is_directory() || entry.path().extension() == ".yaml") out.push_back(entry.path().string());
  return out;
}

void check_words(const std::string& page) {
  static const std::regex negative_zero("(^|[ (£])[+-]0([.]0+)?([ ),;%m]|$)"),
      not_one("(^|[ (])1 (simulated |shared |other )*(futures|schemes|factors|organisations|edits|times|months|values|plans)\\b");
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(!line.ends_with(' '));
    CHECK(!std::regex_search(line, negative_zero));
    CHECK(!std::regex_search(line, not_one));
  }
}

void check_page(const std::string& page) {
  check_width(page, 80);
  check_words(page);
}

// The digits after the point of every number in each column of numbers, of all of a page's tables; "0" stands for nothing in any column.
std::vector<std::vector<int>> digits_by_column(const std::string& markdown) {
  static const std::regex number(" [+-]?[0-9,]+([.]([0-9]+))?( %)? ");
  std::vector<std::vector<int>> out;
  std::size_t first = 0;  // of this table's columns
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("|")) {
      first = out.size();
      continue;
    }
    std::istringstream cells(line.substr(1));
    std::string cell;
    for (std::size_t k = first; std::getline(cells, cell, '|'); ++k) {
      if (k >= out.size()) out.emplace_back();
      std::smatch parts;
      if (cell != " 0 " && std::regex_match(cell, parts, number)) out[k].push_back(static_cast<int>(parts[2].length()));
    }
  }
  std::erase_if(out, [](const std::vector<int>& column) { return column.empty(); });
  return out;
}

// Every report of those plans, checked.
std::string pages_of(const std::vector<std::string>& plans, const std::string& trials) {
  std::string out;
  const auto page = [&](const std::string& command, std::vector<std::string> more) {
    INFO(command, " ", plans.front());
    std::vector<std::string> words = {command, "--trials", trials, "--quiet"};
    words.insert(words.end(), plans.begin(), plans.end());
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = run(words);
    if (command == "pool" && ran.err.find("one organisation cannot pool with itself") != std::string::npos) return;
    CHECK(ran.status != 2);
    CHECK(ran.out != "");
    check_page(ran.out);
    out += ran.out;
  };
  page("run", {"--max-trials", trials});
  page("run", {"--max-trials", trials, "--mechanisms", "--verbose", "--optimism", "0.5"});
  page("explain", {});
  page("reverse", {});
  page("reverse", {"--until", "any.fails = 99%"});
  page("pool", {});
  return out;
}

}  // namespace

// Every report of every scenario is much for one test under sanitizers, so it is four tests.
void check_scenarios(std::size_t part) {
  constexpr std::size_t parts = 4;
  const std::vector<std::string> all = scenarios();
  CHECK(all.size() >= 22);
  for (std::size_t k = part; k < all.size(); k += parts) pages_of({all[k]}, "1000");
}

TEST_CASE("every report of every scenario keeps to 80 columns, has no sum of -0.0 and counts one as one: the first part") { check_scenarios(0); }
TEST_CASE("every report of every scenario keeps to 80 columns, has no sum of -0.0 and counts one as one: the second part") { check_scenarios(1); }
TEST_CASE("every report of every scenario keeps to 80 columns, has no sum of -0.0 and counts one as one: the third part") { check_scenarios(2); }
TEST_CASE("every report of every scenario keeps to 80 columns, has no sum of -0.0 and counts one as one: the fourth part") { check_scenarios(3); }

TEST_CASE("comparisons keep to 80 columns, have no sum of -0.0 and count one as one") {
  for (const auto& [before, after] : {std::pair("midshire-plan", "midshire-recovery-plan"), std::pair("midshire-recovery-plan", "midshire-plan")})
    check_page(run({"compare", scenario("revisions/") + before, scenario("revisions/") + after, "--trials", "10240", "--max-trials", "10240"}).out);
  check_page(
      run({"compare", scenario("mechanisms/mutual-aid"), scenario("mechanisms/joint-and-several"), "--trials", "10240", "--max-trials", "10240"})
          .out);
}

TEST_CASE("one future of one scheme is told of as one") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml",
                                        "organisation: one\nyears: [2017]\nincome: 0\nspend: 0\ntarget: 0.5\npressure: {sd: 0}\n"
                                        "schemes: {s: {delivery: {uniform: [0, 1]}, saving: [1]}}\n");
  const std::string pages = pages_of({plan}, "1");
  // One future asked for is a whole block of them.
  for (const char* words : {"1 organisation, 1 scheme; 256 simulated futures\n", "1 scheme and", "in the same 256\n", "as far as 256 futures can"}) {
    INFO(words);
    CHECK(pages.find(words) != std::string::npos);
  }
  const std::string shared = "dependence={shared: {system: 0.5, organisation: 0, class: 0, scheme: 0, year: 0}}";
  CHECK(run({"reverse", plan, "--until", "system.fails = 99%", "--trials", "1000", "--set", shared}).out.find("1 time in 100") != std::string::npos);
}

TEST_CASE("what rounds to nothing has no sign, in pages and in Markdown, and a column of Markdown has one number of digits") {
  const Folder folder;
  const std::string plan = folder.write("enough.yaml",
                                        "organisation: enough\nyears: [2017]\nincome: 0\nspend: 0\ntarget: 0.5\npressure: {sd: 0}\nreserves: 0.3\n"
                                        "schemes: {s: {delivery: {uniform: [0, 1]}, saving: [1]}}\n");
  for (int seed = 1; seed <= 20; ++seed) check_words(run({"reverse", plan, "--trials", "2000", "--seed", std::to_string(seed)}).out);
  check_words(run({"run", scenario("mechanisms/named-factor"), "--verbose", "--trials", "10000"}).out);
  const std::string markdown = run({"explain", scenario("midshire"), "--trials", "2000", "--format", "markdown"}).out;
  check_words(markdown);
  const std::vector<std::vector<int>> digits = digits_by_column(markdown);
  CHECK(digits.size() >= 20);  // columns of numbers in its six tables
  for (const std::vector<int>& column : digits) {
    CHECK(column.size() >= 2);
    CHECK(std::count(column.begin(), column.end(), column.front()) == static_cast<std::ptrdiff_t>(column.size()));
  }
}

TEST_CASE("titles in wide characters, with accents that combine or in pictures keep pages straight") {
  const Folder folder;
  const auto plan = [&](const std::string& id, const std::string& title, const std::string& target) {
    return folder.write(id + ".yaml", "organisation: " + id + "\ntitle: " + title +
                                          "\nyears: [2017/18]\nincome: 100\nspend: 100\npressure: {sd: 2%}\nreserves: 1\ntarget: " + target +
                                          "\nschemes: {s: {class: workforce, saving: [6]}}\n");
  };
  std::string long_title, accents;
  for (int k = 0; k < 12; ++k) long_title += "東京都立病院機構", accents += "e\u0301";
  const std::vector<std::string> plans = {plan("tokyo", "東京都立総合医療センター", "2"), plan("kanto", long_title, "1"), plan("cafe", accents, "3"),
                                          plan("clinic", "🏥 Clinic of the 👩🏽‍⚕️", "2")};
  const std::string pages = pages_of(plans, "1000");
  // Columns stand under each other: a row of the table is as long as any other.
  const Ran ran = run({"run", plans[0], plans[2], "--trials", "1000", "--max-trials", "1000", "--quiet"});
  CHECK(ran.out.find("東京都立総合医療センター  ") != std::string::npos);
  CHECK(ran.out.find(accents + " ") != std::string::npos);
  CHECK(pages.find("東京都立病院機構") != std::string::npos);
}
