// The page for a board, through the program: what its HTML must keep to, that its numbers are the JSON's, and that it fits plans of every size.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "support/program.hpp"

using namespace shortfall::test;

namespace {

// By a parser: no script, no request, named pictures, every number drawn in its table; with JSON, every table's number the JSON's.
Ran checked(const std::string& page, const std::string& json = {}) {
  const Folder folder;
  std::vector<std::string> words = {std::string(SHORTFALL_SOURCE) + "/tests/support/check-report", folder.write("page.html", page)};
  if (!json.empty()) words.push_back(folder.write("report.json", json));
  return run_in_shell("shift; exec \"$@\"", words);
}

void check_report(const std::string& page, const std::string& json = {}) {
  const Ran ran = checked(page, json);
  CHECK_MESSAGE(ran.status == 0, ran.out << ran.err);
}

// A system of so many organisations over so many years, three schemes each.
void write_system(const Folder& folder, int organisations, int years) {
  const auto list = [&](double first, double step) {
    std::string out = "[";
    for (int y = 0; y < years; ++y) out += (y == 0 ? "" : ", ") + std::to_string(first + step * y);
    return out + "]";
  };
  std::string labels = "[";
  for (int y = 0; y < years; ++y) labels += (y == 0 ? "20" : ", 20") + std::to_string(20 + y) + "/" + std::to_string(21 + y);
  folder.write("system.yaml", "system: wide\nyears: " + labels + "]\n");
  for (int o = 0; o < organisations; ++o) {
    const std::string id = "trust-" + std::to_string(o);
    std::string text = "organisation: " + id + "\ntitle: Trust number " + std::to_string(o) +
                       " with a name that is rather long\nincome: " + list(200, 4) + "\nspend: " + list(203, 5) + "\ntarget: " + list(-1, 0) +
                       "\nreserves: 2\nschemes:\n";
    for (const char* scheme : {"procurement", "theatres", "frailty"})
      text += std::string("  ") + scheme + ": {class: service-redesign, saving: " + list(1 + o % 3, 1) + "}\n";
    folder.write(id + ".yaml", text);
  }
}

std::string report(std::vector<std::string> words, const std::string& format = "html") {
  words.insert(words.begin(), {"report"});
  words.insert(words.end(), {"--trials", "1024", "--scheme-trials", "512", "--quiet", "--format", format});
  const Ran ran = run(words);
  CHECK_MESSAGE(ran.status == 0, ran.err);
  return ran.out;
}

}  // namespace

TEST_CASE("Midshire's page asks for nothing, names its pictures, and every cell of its tables is what the JSON says (long)") {
  const std::vector<std::string> words = {scenario("midshire"),
                                          "--backtest",
                                          scenario("published"),
                                          "--since",
                                          scenario("midshire"),
                                          "--set",
                                          "midshire-acute.reserves=20",
                                          "--options",
                                          scenario("recovery/midshire-options.yaml")};
  const std::string page = report(words), json = report(words, "json");
  check_report(page, json);
  CHECK(checked(page, json)
            .out.find("told: bridge change classes curve effects fan files frontier gates joint measures optimism places ranks "
                      "reliability schemes swim system tornado years\n") == 0);
  check_schema("report-1", json);
  CHECK(page.size() < 300'000);
  CHECK(report(words) == page);
}

TEST_CASE("a single plan's page is held to its JSON in every cell, too") {
  const std::string plan = scenario("mechanisms/teams.yaml"), page = report({plan}), json = report({plan}, "json");
  check_report(page, json);
  CHECK(checked(page, json).out.find("told: bridge classes curve fan files optimism schemes system tornado\n") == 0);
}

TEST_CASE("what could be done stands on the page as recover tells it (long)") {
  const std::vector<std::string> plans = {scenario("midshire"), "--options", scenario("recovery/midshire-options.yaml")};
  const std::string page = report(plans, "markdown");
  CHECK(page.find("What could be done") != std::string::npos);
  const nlohmann::json whole = nlohmann::json::parse(report(plans, "json"));
  std::vector<std::string> words = plans;
  words.insert(words.begin(), "recover");
  words.insert(words.end(), {"--quiet", "--trials", std::to_string(whole.at("recover").at("trials").get<int>()), "--format"});
  const auto asked = [&](const char* format) {
    words.push_back(format);
    const Ran ran = run(words);
    words.pop_back();
    return ran.out;
  };
  CHECK(whole.at("recover") == nlohmann::json::parse(asked("json")));
  // The same paragraph: what to do, whether it pays, what to find out first.
  const std::string told = asked("markdown"), start = "For at most £3.0m, do ";
  const std::size_t at = told.find(start), end = told.find('\n', at);
  REQUIRE(at != std::string::npos);
  CHECK(page.find(told.substr(at, end - at)) != std::string::npos);
}

TEST_CASE("a page exits as run does, by the plans' gates, and is written all the same") {
  const Folder folder;
  const auto statuses = [&](const std::string& limit) {
    const std::string plan = folder.write("one.yaml",
                                          "organisation: one\nyears: [2017]\nincome: 100\nspend: 100\ntarget: 10\nreserves: 12\n"
                                          "pressure: {sd: 8%}\nschemes: {s: {class: transactional, saving: [4]}}\ngates: [" +
                                              limit + "]\n");
    const std::vector<std::string> more = {"--trials", "1024", "--max-trials", "4096", "--quiet"};
    std::vector<std::string> asked = {"run", plan, "--format", "json"}, page = {"report", plan, "--output", folder.path("page.html")};
    asked.insert(asked.end(), more.begin(), more.end()), page.insert(page.end(), more.begin(), more.end());
    const Ran ran = run(asked), reported = run(page);
    CHECK(reported.status == ran.status);
    CHECK(std::filesystem::file_size(folder.path("page.html")) > 10'000);
    page.insert(page.end(), {"--format", "json"});
    page.erase(page.begin() + 2, page.begin() + 4);
    const nlohmann::json on_page = nlohmann::json::parse(run(page).out).at("run"), by_run = nlohmann::json::parse(ran.out);
    CHECK(on_page.at("gates") == by_run.at("gates"));
    CHECK(on_page.at("trials") == by_run.at("trials"));
    return reported.status;
  };
  CHECK(statuses("system.fails <= 90%") == 0);
  CHECK(statuses("system.fails <= 1%") == 1);
  const Ran crossed = run({"run", folder.path("one.yaml"), "--trials", "4096", "--max-trials", "4096", "--quiet", "--format", "json"});
  const double near = nlohmann::json::parse(crossed.out).at("system_total").at("fails").at("p").get<double>();
  CHECK(statuses("system.fails <= " + std::to_string(near)) == 4);
}

TEST_CASE("plans from standard input are read once, options or none") {
  const Folder folder;
  const std::string plan = folder.write("one.yaml",
                                        "organisation: one\nyears: [2017]\nincome: 100\nspend: 100\ntarget: 10\nreserves: 12\n"
                                        "pressure: {sd: 8%}\nschemes: {s: {class: transactional, saving: [4]}}\n"),
                    options = folder.write("options.yaml", "options: {a: {cost: 1, edits: {one.reserves: 20}}}\nbudget: 4\n");
  const Ran ran = run_in_shell("\"$@\" < " + plan, {"report", "-", "--options", options, "--trials", "1024", "--quiet", "--format", "json"});
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  CHECK(nlohmann::json::parse(ran.out).at("recover").at("chosen").at("options") == nlohmann::json({"a"}));
}

TEST_CASE("the checker of pages sees what is wrong with one") {
  const std::string page = report({scenario("mechanisms/joint-and-several")}), json = report({scenario("mechanisms/joint-and-several")}, "json");
  check_report(page, json);
  const auto spoilt = [&](const std::string& what, const std::string& by) {
    const std::size_t at = page.find(what);
    REQUIRE(at != std::string::npos);
    std::string other = page;
    other.replace(at, what.size(), by);
    return checked(other, json);
  };
  CHECK(spoilt("<main", "<script>1</script><main").status == 1);
  CHECK(spoilt("<h1>", "<h1 onclick=\"x()\">").status == 1);
  CHECK(spoilt("<h1>", "<h1 style=\"background:url(http://x)\">").status == 1);
  CHECK(spoilt("</figure>", "").status == 1);
  CHECK(spoilt("role=\"img\"", "role=\"none\"").status == 1);
  CHECK(spoilt("swims</th>", "sinks not</th>").status == 1);
  CHECK(spoilt("</title>\n<desc", " 98765</title>\n<desc").status == 1);
  // A number of a picture's table that is another than the JSON's.
  std::smatch cell;
  REQUIRE(std::regex_search(page, cell, std::regex("<td class=\"n\">([0-9]+) %</td><td class=\"n\">[0-9.]+</td></tr>\n<tr><td></td>")));
  CHECK(spoilt(cell[0].str(), std::regex_replace(cell[0].str(), std::regex("[0-9]+ %"), "77 %")).status == 1);
}

TEST_CASE("one, six and sixty organisations over one and ten years have a page, whole and in order (long)") {
  for (const int organisations : {1, 6, 60})
    for (const int years : {1, 10}) {
      INFO(organisations, " organisations, ", years, " years");
      const Folder folder;
      write_system(folder, organisations, years);
      const std::string page = report({folder.path()});
      check_report(page, report({folder.path()}, "json"));
      CHECK(page.size() < 600'000);
      // No label of a picture begins left of it or ends right of it, by the letters' widths that it was laid out with.
      static const std::regex label("<text class=\"[a-z ]+\" x=\"(-?[0-9.]+)\"");
      for (std::sregex_iterator at(page.begin(), page.end(), label), end; at != end; ++at) {
        CHECK(std::stod((*at)[1]) >= 0);
        CHECK(std::stod((*at)[1]) <= 360);
      }
    }
}

TEST_CASE("what a hostile plan says is text on the page") {
  const Folder folder;
  const std::string hostile = "</title></svg><script>alert(1)</script><img src=x onerror=alert(2)> \\\" onload=x";
  folder.write("a.yaml", "organisation: a\ntitle: \"" + hostile +
                             "\"\nyears: [2025/26]\nincome: [100]\nspend: [104]\ntarget: [0]\nreserves: 1\nschemes:\n  s: {title: \"" + hostile +
                             "\", class: transactional, saving: [5], about: {owner: \"" + hostile + "\", rag: \"" + hostile + "\"}}\n");
  const std::string page = report({folder.path("a.yaml")});
  check_report(page);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("&lt;script&gt;alert(1)") != std::string::npos);
}

TEST_CASE("the pages of the other commands have their pictures, too") {
  for (const char* command : {"run", "explain", "reverse", "pool"}) {
    INFO(command);
    const Ran ran = run({command, scenario("mechanisms/joint-and-several"), "--trials", "1024", "--quiet", "--format", "html"});
    check_report(ran.out);
    CHECK((ran.out.find("<figure>") != std::string::npos) == (std::string(command) != "explain" || ran.out.find("certain") != std::string::npos));
  }
  const Ran compared = run({"compare", scenario("mechanisms/mutual-aid"), scenario("mechanisms/joint-and-several"), "--set", "steady.reserves=1",
                            "--trials", "10240", "--max-trials", "10240", "--format", "html", "--quiet"});
  check_report(compared.out);
  CHECK(compared.out.find("<figure>") != std::string::npos);
  check_report(run({"backtest", scenario("published"), "--trials", "256", "--format", "html"}).out);
}

TEST_CASE("run --chart draws what may be missing and the years, as wide as the page and in ASCII where it must be") {
  const std::vector<std::string> words = {"run", scenario("mechanisms/carry.yaml"), "--trials", "1024", "--quiet"};
  std::vector<std::string> with = words;
  with.push_back("--chart");
  const Ran plain = run(words), drawn = run(with), ascii = run(with, {"LC_ALL=C"});
  check_width(drawn.out, 80);
  CHECK(drawn.out.find("█") != std::string::npos);
  CHECK(drawn.out.find("░") != std::string::npos);
  CHECK(plain.out.find("░") == std::string::npos);
  for (const char c : ascii.out) CHECK(static_cast<unsigned char>(c) < 0x80);
  CHECK(ascii.out.find("# expected; : P10 to P90") != std::string::npos);
  // Of one year there is nothing to draw: its numbers.
  const Ran one = run({"run", scenario("mechanisms/teams.yaml"), "--trials", "1024", "--quiet", "--chart"});
  CHECK(one.out.find("P10 to P90") == std::string::npos);
  CHECK(one.out.find("expected less target") != std::string::npos);
  with.insert(with.end(), {"--format", "json"});
  const Ran refused = run(with);
  CHECK(refused.status == 2);
  CHECK(refused.err.find("--chart") != std::string::npos);
}
