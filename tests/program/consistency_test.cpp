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

namespace {

// What run says of independent futures, which all commands can simulate alike.
struct Answers {
  Answers(const std::string& answered, const std::string& how) : plan(answered), knowledge(how), run(of("run")) {}
  json of(const std::string& command, std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {command, plan, "--trials", "1024", "--quiet", "--sampling", "plain", "--format", "json", "--set", "gates=[]",
                                      "--knowledge", knowledge};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = shortfall::test::run(words);
    REQUIRE_MESSAGE(ran.status == 0, command << " " << plan << ": " << ran.err);
    return json::parse(ran.out);
  }
  const json& organisation(const json& id) const {
    for (const json& o : run.at("organisations"))
      if (o.at("id") == id) return o;
    FAIL("no organisation " << id);
    return run;
  }
  const json& system() const { return run.at("system_total"); }

  std::string plan, knowledge;
  json run;
};

// One chance, whose interval's ends may differ by the rounding of the last digit.
bool same(const json& a, const json& b) {
  const auto near = [&](const char* key) { return std::abs(a.at(key).get<double>() - b.at(key).get<double>()) < 1e-12; };
  return a.at("p") == b.at("p") && near("low") && near("high");
}

void explain_agrees(const Answers& a) {
  const json e = a.of("explain");
  CHECK(e.at("system_total").at("fails") == a.system().at("fails"));
  CHECK(e.at("system_total").at("contingency").at("p80").at("value") == a.system().at("contingency").at("p80"));
  for (const json& o : e.at("alone")) {
    CHECK(o.at("fails") == a.organisation(o.at("id")).at("fails").at("alone"));
    CHECK(o.at("contingency").at("p80").at("value") == a.organisation(o.at("id")).at("contingency").at("p80"));
  }
  for (const json& o : e.at("bridge").at("organisations")) {
    CHECK(std::abs(o.at("planned").get<double>() - a.organisation(o.at("id")).at("saving").at("planned").get<double>()) < 1e-6);
    CHECK(std::abs(o.at("expected").get<double>() - a.organisation(o.at("id")).at("saving").at("mean").get<double>()) < 1e-6);
  }
}

void reverse_agrees(const Answers& a) {
  const json r = a.of("reverse");
  CHECK(r.at("now") == a.system().at("fails"));
  double planned = 0, expected = 0;
  for (const json& o : a.run.at("organisations"))
    planned += o.at("saving").at("planned").get<double>(), expected += o.at("saving").at("mean").get<double>();
  CHECK(std::abs(r.at("saving").at("planned").get<double>() - planned) < 1e-6);
  CHECK(std::abs(r.at("saving").at("expected").get<double>() - expected) < 1e-6);
}

void pool_agrees(const Answers& a) {
  if (a.run.at("organisations").size() < 2) return;
  const json p = a.of("pool");
  for (const json& c : p.at("coalitions")) {
    if (c.at("members").size() != 1) continue;
    const json& o = a.organisation(c.at("members").at(0));
    CHECK(same(c.at("fails"), o.at("fails").at("alone")));
    // Coalitions have bins of their own: the same quantile, as well as these tell it.
    const json& p80 = c.at("contingency").at("p80");
    CHECK(p80.at("low") <= o.at("contingency").at("p80"));
    CHECK(p80.at("high") >= o.at("contingency").at("p80"));
  }
  for (const json& pool : p.at("pools"))
    for (const json& rank : pool.at("ranks"))
      if (pool.at("agreed") == true) CHECK(same(rank.at("fails").at("all_stay"), a.organisation(rank.at("id")).at("fails").at("together")));
  for (const json& agreement : p.at("agreements"))
    if (agreement.at("agreement") == "as agreed") CHECK(same(agreement.at("any"), a.run.at("joint").at("together").at("any")));
}

void sweep_agrees(const Answers& a) {
  const json measures = a.of("sweep", {"--vary", "optimism=1"}).at("measures");
  CHECK(measures.at("system.fails").at("value") == a.system().at("fails").at("p"));
  CHECK(measures.at("system.fails").at("low") == a.system().at("fails").at("low"));
  if (a.system().at("fails").contains("known")) CHECK(measures.at("system.fails").at("known") == a.system().at("fails").at("known"));
  std::size_t compared = 0;
  for (const json& o : a.run.at("organisations")) {
    const std::string id = o.at("id");
    CHECK(measures.at(id + ".fails.together").at("value") == o.at("fails").at("together").at("p"));
    CHECK(measures.at(id + ".contingency.p80").at("value") == o.at("contingency").at("p80"));
    CHECK(measures.at(id + ".saving.mean").at("value") == o.at("saving").at("mean"));
    ++compared;
  }
  CHECK(compared > 0);
}

void all_agree(const std::string& plan) {
  for (const char* knowledge : {"off", "on"}) {
    INFO(plan << ", knowledge " << knowledge);
    const Answers answers(plan, knowledge);
    explain_agrees(answers);
    reverse_agrees(answers);
    pool_agrees(answers);
    sweep_agrees(answers);
  }
}

}  // namespace

TEST_CASE("a figure that several commands tell is one figure, to its last digit (long)") {
  for (const char* plan : {"midshire", "mechanisms/mutual-aid", "mechanisms/conditional-funding.yaml", "games/stag-hunt"}) all_agree(scenario(plan));
  // Revisions are compared in futures of their own kind, many at least, and say of the old one what a run of such futures says.
  const std::string plan = scenario("mechanisms/mutual-aid");
  const std::vector<std::string> alike = {"--trials", "10240", "--quiet", "--sampling", "plain", "--format", "json"};
  std::vector<std::string> words = {"compare", plan, plan, "--no-effects"}, once = {"run", plan};
  words.insert(words.end(), alike.begin(), alike.end());
  once.insert(once.end(), alike.begin(), alike.end());
  const json compared = json::parse(run(words).out), ran = json::parse(run(once).out);
  std::size_t checked = 0;
  for (const json& m : compared.at("measures")) {
    if (m.at("subject") == "system" && m.at("measure") == "fails") {
      ++checked;
      CHECK(m.at("before") == ran.at("system_total").at("fails").at("p"));
    }
    for (const json& o : ran.at("organisations"))
      if (m.at("subject") == o.at("id") && m.at("measure") == "fails.alone") {
        ++checked;
        CHECK(m.at("before") == o.at("fails").at("alone").at("p"));
      }
  }
  CHECK(checked > 2);
}

TEST_CASE("a figure that several commands tell of any scenario is one figure, to its last digit (long)") {
  for (const std::string& plan : scenarios()) all_agree(plan);
}
