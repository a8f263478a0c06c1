// Cases whose answer is known exactly or published, as plans, through the program. A simulated probability lies within 4 standard errors of the
// exact one at this seed.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

// Every case holds however trials are sampled.
std::string sampling;
#define IN_BOTH_MODES                    \
  SUBCASE("auto") { sampling = "auto"; } \
  SUBCASE("plain") { sampling = "plain"; }

std::string number(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.12g", x);
  return text;
}

// A system in a folder of its own.
class System {
 public:
  // One factor for all with this weight and no other: all lucks are equicorrelated.
  explicit System(double correlation, const std::string& copula = "gaussian") {
    folder_.write("system.yaml", "system: case\ndependence:\n  copula: " + copula + "\n  shared: {system: " + number(correlation) +
                                     ", organisation: 0, class: 0, scheme: 0, year: 0}\n");
  }
  void add(const std::string& lines) {
    char id[20];
    std::snprintf(id, sizeof id, "o%04d", count_++);
    folder_.write(std::string(id) + ".yaml", "organisation: " + std::string(id) + "\nyears: [2017]\n" + lines);
  }
  // Fails exactly when its luck's U lies below p.
  void add_threshold(double p) {
    add("income: 0\nspend: 0\npressure: {sd: 0}\ntarget: " + number(p) + "\nschemes: {only: {saving: [1], delivery: {uniform: [0, 1]}}}\n");
  }
  // Its margin is normal.
  void add_normal(double mean, double sd) {
    add("income: " + number(100 + mean) + "\nspend: 100\ntarget: 0\npressure: {sd: " + number(sd / 100) + ", persistence: 0}\n");
  }
  json run(long trials) const { return result({folder_.path(), "--trials", std::to_string(trials), "--sampling", sampling}); }

 private:
  Folder folder_;
  int count_ = 0;
};

void add_all(System& system, const std::vector<double>& chances) {
  for (const double p : chances) system.add_threshold(p);
}

void check_chance(double found, double exact, long trials) {
  CAPTURE(found);
  CAPTURE(exact);
  CHECK(std::abs(found - exact) <= 4 * std::sqrt(exact * (1 - exact) / static_cast<double>(trials)));
}

// P(at least k fail).
double at_least(const json& joint, std::size_t k) {
  double sum = 0;
  for (std::size_t i = k; i < joint["count"].size(); ++i) sum += joint["count"][i]["p"].get<double>();
  return sum;
}

constexpr double pi = 3.14159265358979323846;
constexpr long trials = 400000;

}  // namespace

TEST_CASE("R1: two organisations fail together as the bivariate normal says (Sheppard 1899) (long)") {
  IN_BOTH_MODES
  for (const double r : {0.0, 0.3, 0.5, 0.9}) {
    System system(r);
    add_all(system, {0.5, 0.5});
    const json found = system.run(trials);
    CAPTURE(r);
    check_chance(found["joint"]["all"]["p"], 0.25 + std::asin(r) / (2 * pi), trials);
    check_chance(found["joint"]["pairs"]["joint"][0][1], 0.25 + std::asin(r) / (2 * pi), trials);
    check_chance(found["organisations"][0]["fails"]["alone"]["p"], 0.5, trials);
    check_chance(found["organisations"][1]["fails"]["alone"]["p"], 0.5, trials);
  }
}

TEST_CASE("R2: three organisations fail together as the trivariate normal says") {
  IN_BOTH_MODES
  System system(0.3);
  add_all(system, {0.5, 0.5, 0.5});
  check_chance(system.run(trials)["joint"]["all"]["p"], 0.125 + 3 * std::asin(0.3) / (4 * pi), trials);
}

TEST_CASE("R3: with even chances and half of luck in common, every number of failures is as likely") {
  IN_BOTH_MODES
  System system(0.5);
  add_all(system, {0.5, 0.5, 0.5, 0.5, 0.5});
  const json found = system.run(trials);
  REQUIRE(found["joint"]["count"].size() == 6);
  for (const json& exactly : found["joint"]["count"]) check_chance(exactly["p"], 1.0 / 6, trials);
}

TEST_CASE("R4, R5: of ten organisations, at least k fail as Hull and White's (2004) ten names default (long)") {
  IN_BOTH_MODES
  const struct {
    double correlation;
    double exact[5];
  } cases[] = {{0.3, {.3015540795, .1115082204, .0446798419, .0183100315, .0073963624}},
               {0.6, {.2121964737, .1083532689, .0647028150, .0407419683, .0260014973}}};
  for (const auto& c : cases) {
    System system(c.correlation);
    add_all(system, std::vector<double>(10, 0.0487705755));
    const json found = system.run(trials);
    for (std::size_t k = 1; k <= 5; ++k) {
      CAPTURE(k);
      check_chance(at_least(found["joint"], k), c.exact[k - 1], trials);
    }
    check_chance(found["joint"]["any"]["p"], c.exact[0], trials);
  }
}

TEST_CASE("R6: three organisations with chances of their own") {
  IN_BOTH_MODES
  const struct { double correlation, any, two, all; } cases[] = {{0.3, .4437718552, .1339247322, .0223034126}, {0, .496, .098, .006}};
  for (const auto& c : cases) {
    System system(c.correlation);
    add_all(system, {0.1, 0.2, 0.3});
    const json found = system.run(trials);
    CAPTURE(c.correlation);
    check_chance(found["joint"]["any"]["p"], c.any, trials);
    check_chance(at_least(found["joint"], 2), c.two, trials);
    check_chance(found["joint"]["all"]["p"], c.all, trials);
  }
}

TEST_CASE("R7: under the student-t copula bad luck comes together, as its joint distribution says (long)") {
  IN_BOTH_MODES
  // P(both < q) by integration of the conditional t in twenty digits; at r = ½, 1 % it is more than twice the gaussian's.
  const std::string t4 = "student-t\n  degrees_of_freedom: 4";
  constexpr long many = 2000000;
  const struct {
    double correlation, chance, both;
    std::string copula;
  } cases[] = {{0.5, 0.01, .00129392, "gaussian"}, {0.5, 0.01, .00287678434852, t4}, {0.5, 0.05, .0169369605247, t4},
               {0.0, 0.01, .000945784633832, t4},  {0.9, 0.01, .00656241132826, t4}, {0.5, 0.001, .000263493170593, t4}};
  for (const auto& c : cases) {
    CAPTURE(c.correlation);
    CAPTURE(c.chance);
    CAPTURE(c.copula);
    System system(c.correlation, c.copula);
    add_all(system, {c.chance, c.chance});
    const json found = system.run(many);
    check_chance(found["joint"]["all"]["p"], c.both, many);
    // The copula leaves each one's own chance as it was.
    check_chance(found["organisations"][0]["fails"]["alone"]["p"], c.chance, many);
    check_chance(found["organisations"][1]["fails"]["alone"]["p"], c.chance, many);
  }
}

TEST_CASE("R7: P(i fails | j fails) tends to the lower tail dependence, and does not vanish (long)") {
  IN_BOTH_MODES
  // 2 T_5(−sqrt(5 (1 − r)/(1 + r))) = .2531700 at r = ½, nu = 4; one in a thousand is 0.0103 above it. The gaussian's tends to nothing: .07 there.
  constexpr long many = 4000000;
  System system(0.5, "student-t\n  degrees_of_freedom: 4");
  add_all(system, {0.001, 0.001});
  const double given = system.run(many)["joint"]["pairs"]["given"][0][1];
  // 4,000 failures of one of them, of which .2635 with the other.
  CHECK(std::abs(given - 0.2634931706) <= 4 * std::sqrt(0.2635 * (1 - 0.2635) / (0.001 * many)));
}

TEST_CASE("the student-t copula leaves pressures normal") {
  IN_BOTH_MODES
  System system(0.5, "student-t\n  degrees_of_freedom: 4");
  for (int k = 0; k < 2; ++k) system.add_normal(1, 2);
  const json found = system.run(trials);
  // Φ(−½), and as far out as the shortfall's P95 and the mean beyond it: 2 z − 1, 2 φ(z)/0.05 − 1.
  const json& o = found["organisations"][0];
  check_chance(o["fails"]["alone"]["p"], .3085375387, trials);
  const double error_p95 = std::sqrt(0.95 * 0.05 / trials) / (0.1031356 / 2);  // sqrt(q (1 − q)/n) over the density, φ(1.645)/sd
  CHECK(std::abs(o["shortfall"]["p95"].get<double>() - 2.2897072539) <= 4 * error_p95);
}

TEST_CASE("R8: the failing share of a thousand organisations has Vasicek's quantile (long)") {
  IN_BOTH_MODES
  System system(0.25);
  add_all(system, std::vector<double>(1000, 0.1));
  constexpr long few = 20000;
  const json found = system.run(few);
  double sum = 0;
  std::size_t k = 0;
  while (k <= 1000 && (sum += found["joint"]["count"][k]["p"].get<double>()) < 0.95) ++k;
  // Φ((Φ⁻¹(.1) + ½ Φ⁻¹(.95))/sqrt(.75)); .01 is stated with the case: a thousand are not yet all, and 20,000 trials give ±.002.
  CHECK(std::abs(static_cast<double>(k) / 1000 - .2980034) <= 0.01);
}

TEST_CASE("R9: pooling helps as much as lucks differ (long)") {
  IN_BOTH_MODES
  const struct { double correlation, pooled; } cases[] = {{0, .1586552539}, {0.3, .2340800}, {1, .3085375387}};
  for (const auto& c : cases) {
    System system(c.correlation);
    for (int k = 0; k < 4; ++k) system.add_normal(1, 2);
    const json found = system.run(trials);
    CAPTURE(c.correlation);
    for (const json& o : found["organisations"]) {
      check_chance(o["fails"]["alone"]["p"], .3085375387, trials);
      check_chance(o["fails"]["together"]["p"], c.pooled, trials);
    }
    check_chance(found["pools"][0]["fails"]["p"], c.pooled, trials);
    check_chance(found["system_total"]["fails"]["p"], c.pooled, trials);
  }
}

TEST_CASE("R10: two triangular savings add up as their convolution says") {
  IN_BOTH_MODES
  System system(0);
  const double target[] = {0.25, 0.5, 0.75, 1}, exact[] = {.0026041667, .0416666667, .2005208333, .5};
  for (const double t : target)
    system.add("income: 0\nspend: 0\npressure: {sd: 0}\ntarget: " + number(t) +
               "\nschemes:\n  one: {saving: [1], delivery: {triangular: [0, 0.5, 1]}}\n  two: {saving: [1], delivery: {triangular: [0, 0.5, 1]}}\n");
  const json found = system.run(trials);
  for (std::size_t k = 0; k < 4; ++k) check_chance(found["organisations"][k]["fails"]["alone"]["p"], exact[k], trials);
}

TEST_CASE("R12: the pooled loss is normal, and so are its quantiles and expected shortfall beyond zero (long)") {
  IN_BOTH_MODES
  // The loss N(0, sd²) is reported as max(0, loss): all that lies above its median is untouched.
  System system(0.3);
  const double sds[] = {10, 20, 15};
  for (const double sd : sds) system.add_normal(0, sd);
  const json found = system.run(trials);
  const auto check_normal = [](const json& shortfall, double sd) {
    const double n = trials, density_of_p80 = 0.2799619204, density_of_p95 = 0.1031356404;  // φ(.8416), φ(1.6449)
    // Mean sd/sqrt(2π), of variance sd² (½ − 1/2π).
    CHECK(std::abs(shortfall["mean"].get<double>() - sd / std::sqrt(2 * pi)) <= 4 * sd * std::sqrt((0.5 - 1 / (2 * pi)) / n));
    CHECK(std::abs(shortfall["p80"].get<double>() - sd * 0.8416212336) <= 4 * sd * std::sqrt(0.8 * 0.2 / n) / density_of_p80);
    CHECK(std::abs(shortfall["p95"].get<double>() - sd * 1.6448536270) <= 4 * sd * std::sqrt(0.95 * 0.05 / n) / density_of_p95);
    // Manistre and Hancock (2005) with Var(X | X > z) = 1 + z e − e².
    const double z = 1.6448536270, e = 2.0627128075;
    CHECK(std::abs(shortfall["es95"].get<double>() - sd * e) <= 4 * sd * std::sqrt((1 + z * e - e * e + 0.95 * (e - z) * (e - z)) / (0.05 * n)));
  };
  check_normal(found["system_total"]["shortfall"], 68.8773134 / 2.0627128075);
  check_normal(found["pools"][0]["shortfall"], 68.8773134 / 2.0627128075);
  for (std::size_t k = 0; k < 3; ++k) check_normal(found["organisations"][k]["shortfall"], sds[k]);
  // Without reserves all of it is contingency.
  CHECK(found["system_total"]["contingency"]["p95"] == found["system_total"]["shortfall"]["p95"]);
}

TEST_CASE("R13: units that fail one by one leave a shortfall as Billinton and Allan's loss of load") {
  IN_BOTH_MODES
  System system(0);
  const double firm[] = {5, 6, 7, 8}, target[] = {25, 28, 27, 24}, exact[] = {.028, .271, .028, .028}, expected[] = {.29, .832, .29, .178};
  for (std::size_t k = 0; k < 4; ++k) {
    std::string lines = "income: " + number(firm[k]) + "\nspend: 0\npressure: {sd: 0}\ntarget: " + number(target[k]) + "\nschemes:\n";
    for (const char* unit : {"a", "b", "c"}) lines += "  unit-" + std::string(unit) + ": {saving: [10], delivery: {fixed: 1, drops_out: 10%}}\n";
    system.add(lines);
  }
  const json found = system.run(trials);
  for (std::size_t k = 0; k < 4; ++k) {
    CAPTURE(k);
    const json& o = found["organisations"][k];
    check_chance(o["fails"]["alone"]["p"], exact[k], trials);
    // Of three units j run with chance C(3, j) .9^j .1^(3 − j): mean and variance of what is then short.
    const double chance[] = {.001, .027, .243, .729};
    double mean = 0, square = 0;
    for (int j = 0; j < 4; ++j) {
      const double shortfall = std::max(0.0, target[k] - firm[k] - 10 * j);
      mean += chance[j] * shortfall;
      square += chance[j] * shortfall * shortfall;
    }
    CHECK(std::abs(mean - expected[k]) <= 1e-12);
    CHECK(std::abs(o["shortfall"]["mean"].get<double>() - mean) <= 4 * std::sqrt((square - mean * mean) / trials));
  }
}
