// One figure is one figure, whichever command prints it and in whatever format.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

std::vector<std::string> scenarios() {
  std::vector<std::string> out = {scenario("midshire")};
  for (const char* folder : {"published", "mechanisms", "games", "revisions"})
    for (const auto& entry : std::filesystem::directory_iterator(scenario(folder)))
      if (entry.is_directory() || entry.path().extension() == ".yaml") out.push_back(entry.path().string());
  return out;
}

Ran asked(const std::string& command, const std::string& plan, const std::string& format) {
  return run({command, plan, "--trials", "1024", "--quiet", "--format", format, "--set", "gates=[]"});
}

// "organisation,measure,year" of a run's CSV, and its value.
std::map<std::string, std::string> values_of(const std::string& csv) {
  std::map<std::string, std::string> out;
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string system, organisation, measure, year, value;
    for (std::string* cell : {&system, &organisation, &measure, &year, &value}) std::getline(cells, *cell, ',');
    out[organisation + "," + measure + "," + year] = value;
  }
  return out;
}

const json& at(const json& object, const std::string& path) {
  const json* here = &object;
  std::istringstream words(path);
  for (std::string word; std::getline(words, word, '.');) here = &here->at(word);
  return *here;
}

double number(const json& leaf) { return leaf.is_object() ? leaf.at("p").get<double>() : leaf.get<double>(); }

void has_every_format(const std::string& command, const std::string& plan) {
  const std::regex no_number("(^|[^[:alnum:]])-?nan([^[:alnum:]]|$)");  // a word of its own: "finance" has the letters
  const bool stated = result({plan, "--trials", "256", "--set", "gates=[]"}).at("pools").size() != 1 ||
                      run({"run", plan, "--trials", "256", "--quiet", "--set", "gates=[]"}).out.find("state no agreement") == std::string::npos;
  for (const std::string& format : std::vector<std::string>{"text", "markdown", "html", "json", "csv"}) {
    INFO(command, " ", plan, " ", format);
    const Ran ran = asked(command, plan, format);
    if (command == "pool" && ran.err.find("cannot pool with itself") != std::string::npos) continue;
    CHECK(ran.status == 0);
    CHECK(!ran.out.empty());
    CHECK(!std::regex_search(ran.out, no_number));
    if (stated || format == "json" || format == "csv") continue;
    for (const char* words : {"as agreed", "the agreement is", "Together: all in one pool", "Breaking ranks in"})
      CHECK(ran.out.find(words) == std::string::npos);
  }
}

}  // namespace

TEST_CASE("every command has every format, and no page says of a default agreement that it exists") {
  for (const char* command : {"run", "explain", "reverse", "pool"})
    for (const char* plan : {"mechanisms/needs.yaml", "mechanisms/joint-and-several"}) has_every_format(command, scenario(plan));
}

TEST_CASE("run has every format of every scenario (long)") {
  for (const std::string& plan : scenarios()) has_every_format("run", plan);
}

TEST_CASE("explain has every format of every scenario (long)") {
  for (const std::string& plan : scenarios()) has_every_format("explain", plan);
}

TEST_CASE("reverse has every format of every scenario (long)") {
  for (const std::string& plan : scenarios()) has_every_format("reverse", plan);
}

TEST_CASE("pool has every format of every scenario (long)") {
  for (const std::string& plan : scenarios()) has_every_format("pool", plan);
}

TEST_CASE("CSV and JSON of a run hold the same figures") {
  for (const std::string& plan : scenarios()) {
    INFO(plan);
    const json whole = json::parse(asked("run", plan, "json").out);
    const std::map<std::string, std::string> csv = values_of(asked("run", plan, "csv").out);
    std::size_t compared = 0;
    for (const auto& [key, value] : csv) {
      const std::string who = key.substr(0, key.find(',')), rest = key.substr(who.size() + 1), measure = rest.substr(0, rest.find(',')),
                        year = rest.substr(measure.size() + 1);
      const json* object = nullptr;
      for (const json& o : whole.at("organisations"))
        if (o.at("id") == who) object = &o;
      if (who == "system") object = &whole.at("system_total");
      if (object == nullptr) continue;
      const json* leaf = &at(*object, measure);
      if (!year.empty()) {
        const auto& years = whole.at("years");
        leaf = &leaf->at(static_cast<std::size_t>(std::find(years.begin(), years.end(), year) - years.begin()));
      }
      INFO(key);
      CHECK(number(*leaf) == std::stod(value));
      ++compared;
    }
    CHECK(compared > 30);
  }
}

TEST_CASE("a sum that is printed is the sum of its column") {
  // "Title  60.9 %  43.1  24.5  38.0": of planned and expected the row below the line is the sum of those above.
  const std::string page = run({"run", scenario("midshire"), "--trials", "2048", "--quiet", "--set", "gates=[]"}).out;
  std::istringstream lines(page);
  std::vector<double> planned, expected;
  bool summed = false;
  for (std::string line; std::getline(lines, line) && !summed;) {
    std::istringstream words(line);
    std::vector<std::string> all;
    for (std::string word; words >> word;) all.push_back(word);
    if (all.size() < 6 || line.find(" % ") == std::string::npos || line.starts_with("the pool")) continue;
    const bool total = line.starts_with("all counted");
    const double p = std::stod(all[all.size() - 3]), e = std::stod(all[all.size() - 2]);
    if (!total) {
      planned.push_back(p), expected.push_back(e);
      continue;
    }
    double p_sum = 0, e_sum = 0;
    for (const double x : planned) p_sum += x;
    for (const double x : expected) e_sum += x;
    CHECK(planned.size() == 6);
    CHECK(std::abs(p - p_sum) < 0.001);
    CHECK(std::abs(e - e_sum) < 0.001);
    summed = true;
  }
  CHECK(summed);
}
