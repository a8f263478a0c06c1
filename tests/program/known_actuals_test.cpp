// What the months so far say, and how far it is known, as a user would ask.
#include <doctest/doctest.h>

#include <cmath>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

// Schemes of one class, of 1 each, with no luck in common; the chance that one drops out is Beta(4, 31). So many are known to have dropped out, so
// many to go ahead, and the plan fails where all others drop out.
struct Records {
  Records(int dropped, int delivered, int others) {
    std::string text = "organisation: a\nyears: [2018/19]\nincome: [0]\nspend: [0]\ntarget: [" + std::to_string(delivered) +
                       ".5]\nreserves: 0\npressure: {sd: 0}\nschemes:\n",
                rows = "as_at,organisation,scheme,status\n";
    const auto add = [&](const std::string& name, const std::string& status) {
      text += "  " + name + ": {class: made, stage: developed, saving: [1]}\n";
      if (!status.empty()) rows += "2018-06,a," + name + "," + status + "\n";
    };
    for (int i = 0; i < dropped; ++i) add("dropped" + std::to_string(i), "dropped");
    for (int i = 0; i < delivered; ++i) add("kept" + std::to_string(i), "delivered");
    for (int i = 0; i < others; ++i) add("other" + std::to_string(i), "");
    folder.write("a.yaml", text);
    folder.write("reference.yaml",
                 "stages: {delivered: 0, developed: 0, in-progress: 0, opportunity: 0, unidentified: 0}\n"
                 "classes:\n  made:\n    share: {fixed: 1, drops_out: 11.4285714285714286%}\n    grade: calibrated\n"
                 "    records: {all: 25, went_ahead: 20, prior: 10}\n    source: a test's\n");
    system = folder.write("system.yaml",
                          "system: s\nyears: [2018/19]\norganisations: [a.yaml]\nreference: reference.yaml\n"
                          "dependence: {shared: {system: 0, organisation: 0, class: 0, scheme: 0, year: 0}}\n");
    actuals = folder.write("actuals.csv", rows);
    alpha = 4 + dropped, beta = 31 + delivered;
  }
  std::vector<std::string> words(const std::string& command, std::vector<std::string> more) const {
    std::vector<std::string> out = {command, system, "--actuals", actuals, "--knowledge", "on"};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  Folder folder;
  std::string system, actuals;
  double alpha, beta;
};

json asked(const std::vector<std::string>& words) {
  const Ran ran = run(words);
  INFO(ran.err);
  REQUIRE((ran.status == 0 || ran.status == 1 || ran.status == 4));  // there may be gates
  return json::parse(ran.out);
}

std::string on_one_line(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text;
}

}  // namespace

TEST_CASE("a chance that is Beta(4, 31) is Beta(4 + dropped, 31 + delivered) once these are seen, for one more scheme and for several (long)") {
  struct Case {
    int dropped, delivered, others;
    double low, high;  // P5 and P95 of the beta
    double within;     // of which the chance is told, and three times that of which the ends are: where few of the 256 draws lie, wider
  };
  for (const Case& c : {Case{2, 3, 1, 0.06893, 0.25121, 0.0015}, Case{0, 6, 1, 0.03496, 0.18238, 0.0015}, Case{8, 12, 1, 0.13366, 0.31467, 0.003},
                        Case{5, 5, 2, 0, 0, 0.0015}, Case{3, 2, 3, 0, 0, 0.0015}}) {
    CAPTURE(c.dropped);
    CAPTURE(c.delivered);
    const Records records(c.dropped, c.delivered, c.others);
    const json told = asked(records.words("run", {"--trials", "400128", "--max-trials", "400128", "--format", "json"}));
    check_schema("result-1", told.dump());
    double all = 1;
    for (int k = 0; k < c.others; ++k) all *= (records.alpha + k) / (records.alpha + records.beta + k);
    const json fails = told["system_total"]["fails"];
    CHECK(std::abs(fails["p"].get<double>() - all) < c.within);
    CHECK(fails["low"] < all);
    CHECK(fails["high"] > all);
    // Simulated as it is in draws that fit about alike, the interval is that of so many draws from the beta.
    const double n = records.alpha + records.beta, sd = std::sqrt(records.alpha * records.beta / (n * n * (n + 1)));
    if (c.others == 1)
      CHECK((fails["high"].get<double>() - fails["low"].get<double>()) / (2 * 1.96 * sd / std::sqrt(told["seen"]["effective_draws"].get<double>())) ==
            doctest::Approx(1.05).epsilon(0.1));
    if (c.others == 1) {
      CHECK(std::abs(fails["known"]["low"].get<double>() - c.low) < 3 * c.within);
      CHECK(std::abs(fails["known"]["high"].get<double>() - c.high) < 3 * c.within);
    }
    CHECK(told["knowledge"]["draws"] == 256);
    CHECK(told["seen"]["effective_draws"] > 200);
    CHECK(told["seen"]["effective_draws"] <= 256);
  }
}

TEST_CASE("track says the same chance as run, what it was before, and what the range means") {
  const Records records(8, 12, 1);
  const std::vector<std::string> trials = {"--trials", "102400", "--format", "json"};
  const json tracked = asked(records.words("track", trials));
  check_schema("tracking-1", tracked.dump());
  std::vector<std::string> no_more = trials;
  no_more.insert(no_more.end(), {"--max-trials", "102400"});
  const json ran = asked(records.words("run", no_more));
  CHECK(tracked["total"]["fails"]["now"] == ran["system_total"]["fails"]);
  CHECK(tracked["quality"]["effective_draws"] == ran["seen"]["effective_draws"]);
  const json before = asked({"run", records.system, "--knowledge", "on", "--trials", "102400", "--max-trials", "102400", "--format", "json"});
  CHECK(tracked["total"]["fails"]["before"] == before["system_total"]["fails"]);
  for (const std::string command : {"run", "track"}) {
    CAPTURE(command);
    const Ran text = run(records.words(command, {"--trials", "25600"}));
    check_width(text.out, 80);
    const std::string words = on_one_line(text.out);
    CHECK(words.find("given how little is known of such schemes and what the months so far say)") != std::string::npos);
    CHECK(words.find("simulated as often as they fit what was seen") != std::string::npos);
    const std::string markdown = on_one_line(run(records.words(command, {"--trials", "25600", "--format", "markdown"})).out);
    CHECK(markdown.find("and what the months so far say)") != std::string::npos);
  }
  CHECK(run(records.words("run", {"--trials", "25600", "--format", "csv"})).out.find(",known_low,known_high") != std::string::npos);
}

TEST_CASE("the same bytes for any number of threads; few futures still choose among 256 draws") {
  const Records records(2, 3, 1);
  for (const std::string command : {"run", "track"}) {
    CAPTURE(command);
    const auto on = [&](const std::string& threads) {
      return run(records.words(command, {"--trials", "2048", "--format", "json", "--threads", threads})).out;
    };
    const std::string one = on("1");
    CHECK(on("3") == one);
    CHECK(json::parse(one)["knowledge"]["draws"] == 256);
  }
}

TEST_CASE("a gate that asks how far the answer is known is judged by what the months so far leave of that") {
  const Records records(8, 12, 1);
  const auto verdict = [&](const std::string& gate) {
    return asked(
               {"run", records.system, "--actuals", records.actuals, "--gate", gate, "--trials", "51200", "--format", "json"})["gates"][0]["verdict"]
        .get<std::string>();
  };
  CHECK(verdict("system.fails <= 33% known") == "passed");  // 13.4 to 31.5 %
  CHECK(verdict("system.fails <= 12% known") == "crossed");
  CHECK(verdict("system.fails <= 25% known") == "unclear");
}

TEST_CASE("where no class is drawn, what is known of them changes nothing of what the months so far say") {
  const Folder folder;
  const std::string plan = folder.write("a.yaml",
                                        "organisation: a\nyears: [2018/19]\nincome: [0]\nspend: [0]\ntarget: [1.5]\nreserves: 0\nschemes:\n"
                                        "  s: {delivery: {triangular: [0.2, 0.8, 1.1]}, saving: [2]}\n");
  const std::string actuals = folder.write("actuals.csv", "as_at,organisation,scheme,to_date\n2018-09,a,s,0.9\n");
  const auto fails = [&](const std::string& how) {
    return asked({"run", plan, "--actuals", actuals, "--knowledge", how, "--trials", "25600", "--format", "json"})["system_total"]["fails"]["p"];
  };
  CHECK(fails("on") == fails("off"));
}
