#include "history/calibrate.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <random>

#include "model/posterior.hpp"
#include "model/quantile.hpp"
#include "plan/assemble.hpp"
#include "plan/read.hpp"

using namespace shortfall;

namespace {

bool near(double a, double b, double within) { return std::abs(a - b) <= within; }

Reference prior_of(const std::string& grade = "derived", const std::string& drops_out = "0") {
  Problems problems;
  const auto document = parse_document(
      "stages: {delivered: 0, developed: 5%, in-progress: 25%, opportunity: 50%, unidentified: 90%}\nclasses:\n  workforce:\n"
      "    share: {p10: 0.5, p50: 0.8, p90: 1.05, low: -0.3, high: 1.3, drops_out: " +
          drops_out +
          "}\n    delay: {p10: 0.5, p50: 2, p90: 6, low: 0, high: 24}\n"
          "    overrun: {p10: 0.9, p50: 1.1, p90: 1.6, low: 0.5, high: 4}\n    grade: " +
          grade + "\n    source: a test's\n",
      "prior.yaml");
  Reference out = read_reference(*document, problems);
  REQUIRE(problems.empty());
  return out;
}

Record record(double share, const std::string& organisation = "acute") {
  static int line = 1;
  Record r;
  r.organisation = organisation, r.scheme = fmt::format("s{}", ++line), r.reference_class = "workforce", r.stage = Stage::delivered;
  r.year = *parse_year("2017/18"), r.planned = 1, r.delivered = share, r.line = line;
  r.planned_start = r.started = *parse_month("2017-04");
  return r;
}

Records of(std::vector<Record> rows) {
  Records out;
  out.rows = std::move(rows), out.as_at = *parse_month("2018-03");
  out.have_status = out.have_starts = true;
  return out;
}

double uniform_of(std::mt19937_64& random) { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; }

}  // namespace

TEST_CASE("ten shares are blended with the prior in their coefficients") {
  std::vector<Record> rows;
  for (const double share : {0.21, 0.48, 0.62, 0.71, 0.80, 0.86, 0.93, 0.98, 1.02, 1.10}) rows.push_back(record(share));
  const Reference prior = prior_of();
  const Calibration c = calibrate(of(rows), prior, {.prior_weight = 20.0});
  REQUIRE(c.classes.size() == 1);
  const Bounds bounds{-0.3, 1.3};
  const Coefficients expected = blend({0.89053672, 0.46511659, -0.22365064}, 10, fit_metalog(prior.classes[0].share.shape, bounds), 20);
  CHECK((c.classes[0].blended - expected).norm() < 2e-8);
  CHECK(near(c.classes[0].by_count, 0.771, 1e-12));
  CHECK(c.reference.classes[0].grade == "calibrated");
  CHECK(c.reference.classes[0].records->went_ahead == 10);
}

TEST_CASE("three of fifteen dropped, beside a prior of one in twenty worth twenty records") {
  std::vector<Record> rows;
  for (int i = 0; i < 12; ++i) rows.push_back(record(0.5 + 0.05 * i));
  for (int i = 0; i < 3; ++i) {
    rows.push_back(record(0));
    rows.back().status = RecordStatus::dropped, rows.back().delivered.reset();
  }
  const Calibration c = calibrate(of(rows), prior_of("derived", "5%"), {});
  const BetaPosterior& chance = c.classes[0].chance;
  CHECK(near(chance.alpha, 4, 1e-12));
  CHECK(near(chance.beta, 31, 1e-12));
  CHECK(near(c.classes[0].drops_out, 4 / 35.0, 1e-12));
}

TEST_CASE("with more records the answer moves from the prior to the records") {
  double last = 0.8;
  for (const int n : {0, 5, 20, 100, 1000}) {
    std::vector<Record> rows;
    for (int i = 0; i < n; ++i) rows.push_back(record(0.3 + 0.4 * (i + 0.5) / n));
    if (n == 0) continue;
    const ClassCalibration c = calibrate(of(rows), prior_of(), {}).classes[0];
    CHECK(c.after.p50 < last);
    last = c.after.p50;
    // Coefficients are linear: at the middle, the first one is the average by n and 20.
    CHECK(near(c.blended[0], (n * c.data[0] + 20 * c.prior[0]) / (n + 20), 1e-12));
  }
  CHECK(near(last, 0.5, 0.01));
}

TEST_CASE("a record's lateness is no part of its share") {
  Record r = record(0.6);
  r.started = *parse_month("2017-10");
  CHECK(left_of_plan(r, 6) == 0.5);
  CHECK(left_of_plan(r, 12) == 0);
  r.planned_start = *parse_month("2017-10");
  CHECK(left_of_plan(r, 3) == 0.5);
  r.planned_start = *parse_month("2017-01");
  CHECK(left_of_plan(r, 3) == 1);
  CHECK(left_of_plan(r, 9) == 0.5);
}

TEST_CASE("records simulated from a class give it back, with and without start dates") {
  const Reference prior = prior_of();
  const ReferenceClass& truth = prior.classes[0];
  const QuantileFunction share = quantile_function(truth.share.shape), delay = quantile_function(truth.delay.shape);
  std::mt19937_64 random(11);
  std::vector<Record> dated, undated;
  double mean = 0;
  constexpr int n = 20000;
  for (int i = 0; i < n; ++i) {
    const double u = uniform_of(random), v = uniform_of(random);
    const int late = static_cast<int>(std::floor(delay({v, 1 - v}) + 0.5));
    Record r = record(0);
    mean += share({u, 1 - u}) / n;
    r.delivered = share({u, 1 - u}) * left_of_plan(r, late);
    r.started = *r.planned_start + late;
    dated.push_back(r);
    r.planned_start.reset(), r.started.reset();
    undated.push_back(r);
  }
  Reference other = prior;  // what is to be found again is not the prior's
  other.classes[0].share.shape = Metalog{0.2, 0.5, 0.8, -0.3, 1.3};
  const ClassCalibration with = calibrate(of(dated), other, {}).classes[0], without = calibrate(of(undated), other, {}).classes[0];
  CHECK(near(with.after.mean, mean, 0.02 * mean));
  CHECK(near(without.after.mean, mean, 0.02 * mean));
  CHECK(near(with.after.p10, 0.5, 0.02));
  CHECK_FALSE(with.delay.held);
  CHECK(near(with.delay.after.p50, 2, 0.2));
  CHECK(near(with.delay.after.p90, 6, 0.4));
  CHECK(without.delay.held);
}

TEST_CASE("schemes that still wait to begin lengthen the delay") {
  std::vector<Record> rows;
  for (const int late : {1, 2, 4}) {
    rows.push_back(record(0.7 + 0.01 * late));
    rows.back().started = *rows.back().planned_start + late;
  }
  const double ended = calibrate(of(rows), prior_of(), {}).classes[0].delay.after.mean;
  for (int k = 0; k < 4; ++k) {
    rows.push_back(record(0));
    rows.back().status = RecordStatus::running, rows.back().delivered.reset(), rows.back().started.reset();
  }
  const ClassCalibration c = calibrate(of(rows), prior_of(), {}).classes[0];
  CHECK(c.delay.at_least == 4);
  CHECK(c.running == 4);
  CHECK(c.delay.after.mean > ended + 1);
}

TEST_CASE("one class and three rows answer, and say how little they rest on") {
  const Calibration c = calibrate(of({record(0.4), record(0.6), record(0.7)}), prior_of(), {});
  CHECK(c.classes[0].after.p50 < 0.8);
  CHECK(c.classes[0].after.p50 > 0.7);
  REQUIRE_FALSE(c.classes[0].warnings.empty());
  CHECK(c.classes[0].warnings.front() ==
        "3 records that went ahead miss the worst tenth of such schemes altogether with a chance of 73 %: the bad end is the prior's");
  const Calibration single = calibrate(of({record(0.4)}), prior_of(), {});
  CHECK(single.classes[0].warnings.front() ==
        "1 record that went ahead misses the worst tenth of such schemes altogether with a chance of 90 %: the bad end is the prior's");
  CHECK(single.warnings.back() == "1 record in all: the answer is the prior's, hardly moved");
  std::vector<Record> rows;
  for (int i = 0; i < 21; ++i) rows.push_back(record(0.4 + 0.02 * i));
  const std::vector<std::string> collect = calibrate(of(rows), prior_of(), {}).classes[0].collect;
  CHECK(std::find(collect.begin(), collect.end(), "1 more scheme that went ahead, for a record of the worst tenth") != collect.end());
  const Calibration same = calibrate(of({record(0.4), record(0.4)}), prior_of(), {});
  CHECK(same.classes[0].shifted_only);
  CHECK(same.classes[0].after.p50 < 0.8);
}

TEST_CASE("piles, survivors and organisations that differ are said") {
  std::vector<Record> rows;
  for (int i = 0; i < 40; ++i) rows.push_back(record(i % 2 == 0 ? 1.0 : 0.4 + 0.01 * i));
  for (Record& r : rows) r.stage = Stage::developed;
  const ClassCalibration piled = calibrate(of(rows), prior_of(), {}).classes[0];
  const auto says = [](const ClassCalibration& c, const char* text) {
    return std::any_of(c.warnings.begin(), c.warnings.end(), [&](const std::string& w) { return w.find(text) != std::string::npos; });
  };
  CHECK(says(piled, "20 of 40 delivered exactly their plan"));
  CHECK(says(piled, "none of 40 dropped out, which has a chance of 13 %"));
  rows.clear();
  for (int i = 0; i < 30; ++i) rows.push_back(record(i < 15 ? 0.9 + 0.005 * i : 0.4 + 0.005 * i, i < 15 ? "good" : "bad"));
  const ClassCalibration two = calibrate(of(rows), prior_of(), {}).classes[0];
  CHECK(says(two, "its 2 organisations differ by more than chance deals"));
  CHECK(two.lines.size() == 2);
  CHECK(two.scores.records == 30);
}

TEST_CASE("nine in ten posterior ranges hold the class that the records came from") {
  // A class drawn from the prior's own posterior each time, then 60 records of it.
  const Reference prior = prior_of();
  const Bounds bounds{-0.3, 1.3};
  const Coefficients centre = fit_metalog(prior.classes[0].share.shape, bounds);
  std::mt19937_64 random(5);
  int p50 = 0, mean = 0, chance = 0;
  constexpr int classes = 300;
  const ClassPosterior belief = class_posterior(centre, bounds, 0, 20);
  const std::vector<Coefficients> truths = posterior_draws(belief, classes, 3, "truth");
  const BetaPosterior chances = BetaPosterior::of(0.05, 20, 0, 0);
  for (const Coefficients& truth : truths) {
    std::vector<Record> rows;
    const double drops_out = chances.quantile(uniform_of(random));
    for (int i = 0; i < 60; ++i) {
      rows.push_back(record(metalog_quantile(truth, bounds, uniform_of(random))));
      if (uniform_of(random) < drops_out) rows.back().status = RecordStatus::dropped, rows.back().delivered.reset();
    }
    const ClassCalibration c = calibrate(of(rows), prior_of("derived", "5%"), {}).classes[0];
    const double true_mean = metalog_mean(truth, bounds), true_p50 = metalog_quantile(truth, bounds, 0.5);
    p50 += c.p50_range.low <= true_p50 && true_p50 <= c.p50_range.high;
    mean += c.mean_range.low <= true_mean && true_mean <= c.mean_range.high;
    chance += c.chance_range.low <= drops_out && drops_out <= c.chance_range.high;
  }
  // 99 % of a binomial of 300 at 0.9.
  for (const int held : {p50, mean, chance}) {
    CHECK(held >= 256);
    CHECK(held <= 283);
  }
}

TEST_CASE("the reference file that comes out is read again as it was") {
  std::vector<Record> rows;
  for (int i = 0; i < 12; ++i) rows.push_back(record(0.5 + 0.05 * i));
  const auto document = parse_document(built_in_reference().text, "nhs-savings.yaml");
  Problems problems;
  const Reference prior = read_reference(*document, problems);
  const Calibration c = calibrate(of(rows), prior, {});
  const std::string text = to_yaml(c, *document, "records.csv", std::string(64, 'a'));
  const auto again = parse_document(text, "out.yaml");
  REQUIRE(again);
  const Reference read = read_reference(*again, problems);
  for (const Problem& p : problems) MESSAGE(to_text(p));
  REQUIRE(problems.empty());
  REQUIRE(read.classes.size() == prior.classes.size());
  for (std::size_t i = 0; i < read.classes.size(); ++i) {
    CHECK(read.classes[i].id.value == prior.classes[i].id.value);
    if (read.classes[i].id.value == "workforce") {
      CHECK(read.classes[i].grade == "calibrated");
      CHECK(read.classes[i].records->went_ahead == 12);
      CHECK(near(std::get<Metalog>(read.classes[i].share.shape).p50, c.classes[0].after.p50, 1e-9));
    } else {
      CHECK(read.classes[i].share == prior.classes[i].share);
      CHECK(read.classes[i].source == prior.classes[i].source);
    }
  }
}
