// The scenarios that come with the program, and what the README says of them.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <iterator>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

class Within {
 public:
  explicit Within(const std::string& folder) : before_(std::filesystem::current_path()) { std::filesystem::current_path(folder); }
  ~Within() { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_;
};

}  // namespace

TEST_CASE("the README's first screen shows what the program prints") {
  const Within root(SHORTFALL_SOURCE);
  const std::string readme = text_of("README.md"), begins = "$ shortfall run scenarios/midshire\n";
  const std::size_t from = readme.find(begins);
  REQUIRE(from != std::string::npos);
  const std::string shown = readme.substr(from + begins.size(), readme.find("```", from) - from - begins.size());
  // Word for word from its first line on to where the tables begin that tell how far it is known.
  const std::string printed = run({"run", "scenarios/midshire", "--quiet"}).out;
  CHECK(printed.substr(0, shown.size()) == shown);
  CHECK(printed.substr(shown.size()).starts_with("\nHow far the chances are known"));
}

namespace {

// Lines that README shows of each command, from `begins` to the end of the block, are lines that it prints. What it writes goes to `folder`.
void check_lines_shown(const std::string& begins, int commands_shown, const Folder& folder) {
  const std::string readme = text_of("README.md");
  const std::size_t from = readme.find("```text\n" + begins);
  REQUIRE(from != std::string::npos);
  std::istringstream block(readme.substr(from + 8, readme.find("\n```", from + 8) - from - 8));
  std::string printed;
  int lines = 0, commands = 0;
  for (std::string line; std::getline(block, line); ++lines) {
    if (!line.starts_with("$ shortfall ")) {
      CHECK_MESSAGE(printed.find("\n" + line + "\n") != std::string::npos, line);
      continue;
    }
    std::istringstream words(line.substr(std::string("$ shortfall ").size()));
    std::vector<std::string> command{std::istream_iterator<std::string>(words), {}};
    for (std::string& word : command)
      if (word == "reference.yaml") word = folder.path(word);
    printed = run(command).out;
    ++commands;
  }
  CHECK(commands == commands_shown);
  CHECK(lines <= 20);
}

}  // namespace

TEST_CASE("what the README shows of explain, reverse and pool is what they print (long)") {
  const Within root(SHORTFALL_SOURCE);
  check_lines_shown("$ shortfall explain ", 3, Folder());
}

TEST_CASE("what the README shows of calibrate, run with knowledge on and backtest is what they print") {
  const Within root(SHORTFALL_SOURCE);
  check_lines_shown("$ shortfall calibrate ", 3, Folder());
}

TEST_CASE("the README's plan is well formed and its example mistake is reported as it says") {
  const std::string readme = text_of(std::string(SHORTFALL_SOURCE) + "/README.md");
  const std::size_t from = readme.find("organisation: riverside");
  std::string plan = readme.substr(from, readme.find("```", from) - from);
  const Folder folder;
  CHECK(run({"validate", folder.write("riverside.yaml", plan)}).status == 0);
  plan.replace(plan.find("class: transactional"), 20, "class: transctional ");
  const Within within(folder.path());
  folder.write("riverside.yaml", plan);
  const std::string message = run({"validate", "riverside.yaml"}).err;
  CHECK(message.find("did you mean 'transactional'?") != std::string::npos);
  INFO(message);
  CHECK(readme.find(message.substr(0, message.find('\n'))) != std::string::npos);
}

TEST_CASE("every scenario runs, and is well formed") {
  int found = 0;
  for (const char* folder : {"published", "mechanisms"})
    for (const auto& entry : std::filesystem::directory_iterator(scenario(folder))) {
      if (!entry.is_directory() && entry.path().extension() != ".yaml") continue;
      ++found;
      INFO(entry.path().string());
      CHECK(run({"validate", entry.path().string()}).status == 0);
      const Ran ran = run({"run", entry.path().string(), "--trials", "2000", "--quiet"});
      CHECK(ran.status == 0);
      CHECK(ran.err.empty());
    }
  CHECK(found >= 17);
}

TEST_CASE("both ways of sampling agree on every scenario (long)") {
  constexpr double score95 = 1.959964;
  int compared = 0;
  double worst = 0;
  const std::function<void(const json&, const json&)> agree = [&](const json& a, const json& b) {
    if (a.is_object() && a.contains("p") && a.contains("low")) {
      const auto error = [&](const json& e) { return (e["high"].get<double>() - e["low"].get<double>()) / (2 * score95); };
      const double both = std::hypot(error(a), error(b));
      if (both > 0) worst = std::max(worst, std::abs(a["p"].get<double>() - b["p"].get<double>()) / both), ++compared;
    } else if (a.is_object()) {
      for (const auto& [key, value] : a.items())
        if (b.contains(key)) agree(value, b[key]);
    } else if (a.is_array()) {
      for (std::size_t i = 0; i < a.size(); ++i) agree(a[i], b[i]);
    }
  };
  for (const char* folder : {"published", "mechanisms", "midshire", "revisions"})
    for (const auto& entry : std::filesystem::directory_iterator(scenario(folder))) {
      if (!entry.is_directory() && (entry.path().extension() != ".yaml" || std::string(folder) != "published")) continue;
      INFO(entry.path().string());
      worst = 0;
      const std::string path = entry.path().string();
      const std::vector<std::string> quick = {"--trials", "40000", "--max-trials", "40000", "--format", "json", "--quiet"};
      const auto sampled = [&](const std::string& how) {
        std::vector<std::string> words = {"run", path, "--sampling", how};
        words.insert(words.end(), quick.begin(), quick.end());
        return json::parse(run(words).out);
      };
      agree(sampled("auto"), sampled("plain"));
      CAPTURE(worst);
      CHECK(worst <= 4.5);  // of some hundred chances, in standard errors of their difference
    }
  CHECK(compared > 300);
}

TEST_CASE("Midshire says in its first line that it is invented, and published cases name their sources") {
  for (const auto& entry : std::filesystem::directory_iterator(scenario("midshire"))) {
    const std::string text = text_of(entry.path().string());
    INFO(entry.path().string());
    CHECK(text.substr(0, text.find('\n')).find("invented") != std::string::npos);
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scenario("published")))
    if (entry.path().extension() == ".yaml") {
      const std::string text = text_of(entry.path().string());
      INFO(entry.path().string());
      CHECK(text.find("ource") != std::string::npos);
      CHECK(text.find("what happened") != std::string::npos);
    }
}

TEST_CASE("the built-in classes are those of scenarios/reference, each with a grade and a source") {
  const Within root(SHORTFALL_SOURCE);
  const Folder folder;
  const std::string plan = "organisation: one\nyears: [2017/18]\nincome: 0\nspend: 0\ntarget: 0\nschemes: {s: {class: transactional, saving: [1]}}\n";
  folder.write("one.yaml", plan);
  const auto built_in = result({folder.path()});
  folder.write("system.yaml", "system: plans\nreference: " + std::filesystem::absolute("scenarios/reference/nhs-savings.yaml").string() + "\n");
  const auto from_file = result({folder.path()});
  CHECK(built_in.at("organisations") == from_file.at("organisations"));
}
