// Plans that once crashed the program, or made it say what is not so.
#include <doctest/doctest.h>

#include <cmath>

#include <string>
#include <vector>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

const std::string head = "organisation: a\nyears: [2025]\nincome: 100\nspend: 100\ntarget: 1\n";

std::string with_scheme(const std::string& scheme) { return head + "schemes:\n  s: {" + scheme + "}\n"; }

}  // namespace

TEST_CASE("a comparison tells of edits that only make sense together as one") {
  const Folder folder;
  const std::string judged = folder.write("judged.yaml", with_scheme("delivery: 0.5, saving: [2]"));
  const std::string of_a_class = folder.write("class.yaml", with_scheme("class: transactional, saving: [2]"));
  for (const auto& [before, after] : {std::pair(judged, of_a_class), std::pair(of_a_class, judged)}) {
    const Ran ran = run({"compare", before, after, "--quiet", "--trials", "20000", "--max-trials", "20000"});
    CHECK(ran.status < 128);
    CHECK(ran.err == "");
    CHECK(ran.out.find("a.schemes.s.class with") != std::string::npos);
  }
}

TEST_CASE("numbers near the smallest of all are compared as any other") {
  const Folder folder;
  const auto plan = [&](const std::string& name, const std::string& sd) { return folder.write(name, head + "pressure: {sd: " + sd + "}\n"); };
  const std::string usual = plan("usual.yaml", "1%");
  for (const char* sd : {"1e-311", "5e-324", "2e-308%", "1e-320%"}) {
    CAPTURE(std::string(sd));
    const Ran ran = run({"compare", usual, plan("tiny.yaml", sd), "--quiet", "--trials", "20000", "--max-trials", "20000"});
    CHECK(ran.status < 2);
    CHECK(ran.err == "");
    CHECK(ran.out.find("a.pressure.sd") != std::string::npos);
  }
}

TEST_CASE("where there is nothing to turn, reverse says so and tells of the reserves") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", head + "schemes: {}\n");
  const Ran ran = run({"reverse", plan, "--given", "system=p5", "--quiet", "--trials", "20480"});
  CHECK(ran.status == 0);
  CHECK(ran.err == "");
  CHECK(ran.out.find("there is nothing to\nturn but the reserves.") != std::string::npos);
  CHECK(ran.out.find("reserves to add") != std::string::npos);
  const Ran as_json = run({"reverse", plan, "--given", "system=p5", "--quiet", "--trials", "20480", "--format", "json"});
  CHECK(as_json.status == 0);
  check_schema("reverse-1", as_json.out);
}

TEST_CASE("a distribution too narrow to tell from a point is one, and a plan that must fail fails") {
  const Folder folder;
  // 100 short of its target in every future, but for 5 of savings.
  for (const char* delivery : {"{beta: {mean: 0.5, sd: 1e-10, low: 0, high: 1}}", "{beta: {mean: 0.5, sd: 1e-9, low: 0, high: 1}}",
                               "{beta: {mean: 0.5, sd: 1e-300, low: 0, high: 1}}", "{beta: {mean: 0.5, sd: 1e-5, low: -10, high: 10}}",
                               "{beta: {mean: 0.5, sd: 1e-12, low: 0.499999, high: 20}}", "{lognormal: {median: 0.5, p90: 0.50000000000000011}}",
                               "{lognormal: {median: 0.5, p90: 0.500000001, high: 0.6}}", "{normal: {mean: 0.5, sd: 1e-300}}",
                               "{normal: {mean: 0.5, sd: 1e-12, low: 0.5}}", "{pert: [0.5, 0.5, 0.50000000000000011]}",
                               "{triangular: [0.49999999999999994, 0.5, 0.50000000000000011]}", "{uniform: [0.5, 0.50000000000000011]}",
                               "{p10: 0.49999999, p50: 0.5, p90: 0.50000001}", "{quantiles: {0%: 0.5, 100%: 0.50000000000000011}}"}) {
    CAPTURE(std::string(delivery));
    const std::string plan = folder.write("plan.yaml",
                                          "organisation: a\nyears: [2025]\nincome: 100\nspend: 200\ntarget: 0\nreserves: 1\npressure: {sd: "
                                          "0}\nschemes:\n  s: {saving: [10], delivery: " +
                                              std::string(delivery) + "}\n");
    const Ran ran = run({"run", plan, "--quiet", "--trials", "20480", "--format", "json"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    const json organisation = json::parse(ran.out).at("organisations").at(0);
    CHECK(organisation.at("fails").at("alone").at("p") == 1.0);
    CHECK(organisation.at("saving").at("mean").get<double>() == doctest::Approx(5).epsilon(1e-4));
  }
}

TEST_CASE("delays of any length only mean that nothing comes in time") {
  const Folder folder;
  for (const char* delay : {"1e12", "{uniform: [1e11, 1e12]}", "{beta: {mean: 1e11, sd: 1e10, low: 0, high: 1e12}}",
                            "{normal: {mean: 1e11, sd: 1, low: 0}}", "{lognormal: {median: 1e10, p90: 1e12}}", "{pert: [1e10, 1e11, 1e12]}"}) {
    CAPTURE(std::string(delay));
    const Ran ran = run({"run", folder.write("plan.yaml", with_scheme("delivery: 1, saving: [2], delay: " + std::string(delay))), "--quiet",
                         "--trials", "20480", "--format", "json"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    CHECK(json::parse(ran.out).at("organisations").at(0).at("saving").at("mean") == 0.0);
  }
  // A delay of one month on average, however far it may go: 12 months of saving less one, and a little more, as no delay is above the year.
  const Ran ran =
      run({"run", folder.write("plan.yaml", with_scheme("delivery: 1, saving: [12], delay: {beta: {mean: 1, sd: 1, low: 0, high: 1e12}}")), "--quiet",
           "--trials", "102400", "--format", "json"});
  const double saved = json::parse(ran.out).at("organisations").at(0).at("saving").at("mean");
  // Σ P(late >= m), m = 1 … 12, of an exponential with mean 1, rounded half up.
  double late = 0;
  for (int m = 1; m <= 12; ++m) late += std::exp(0.5 - m);
  CHECK(std::abs(saved - (12 - late)) < 0.02);
}

TEST_CASE("money beyond what can be added up is refused by run and validate alike") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", with_scheme("saving: [1e12], delivery: {lognormal: {median: 1e-9, p90: 20}}"));
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"run", plan}, {"validate", plan}, {"explain", plan}, {"sweep", plan, "--vary", "optimism=0:1:0.5"}}) {
    const Ran ran = run(command);
    CHECK(ran.status == 2);
    CHECK(ran.out.find("fails") == std::string::npos);
    CHECK(ran.err.find("plan.yaml:7:33: error: scheme 'a/s' can save 1e+09 times its plan") != std::string::npos);
  }
}

TEST_CASE("a mode beside an end, closer than luck can tell, is that end") {
  const Folder folder;
  const auto saved = [&](const char* delivery) {
    const Ran ran = run({"run", folder.write("plan.yaml", with_scheme("saving: [2], delivery: " + std::string(delivery))), "--quiet", "--trials",
                         "20480", "--format", "json"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    return json::parse(ran.out).at("organisations").at(0).at("saving").at("mean").get<double>();
  };
  for (const char* mode : {"5e-324", "1e-310", "1e-20", "0"}) {
    CAPTURE(std::string(mode));
    CHECK(saved(("{triangular: [0, " + std::string(mode) + ", 3]}").c_str()) == doctest::Approx(2.0).epsilon(0.01));
  }
  CHECK(saved("{triangular: [-3, -5e-324, 0]}") == doctest::Approx(-2.0).epsilon(0.01));
}
