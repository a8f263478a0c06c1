// The parts of recover: which sets there are, which is best, what no set can beat, and that what chooses does not value.
#include "study/recover.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "study/recover_information.hpp"
#include "study/recover_search.hpp"
#include "support/recovery_texts.hpp"

using namespace shortfall;
using namespace shortfall::recover_parts;
using shortfall::test::option;
using shortfall::test::recovered_plan;
using shortfall::test::three_options;

namespace {

const char* const one = recovered_plan;
const std::string three = three_options();

// The plan with options, ready to be asked.
struct Asked {
  explicit Asked(const std::string& options, const std::string& plan = one, std::uint64_t trials = 20'480) {
    sources.organisations = {{"one.yaml", plan}};
    sources.reference = built_in_reference();
    documents = std::make_unique<Documents>(sources);
    const auto assembled = documents->with({});
    REQUIRE_MESSAGE(assembled, to_text(assembled ? Problem{} : assembled.error().front()));
    plans = *assembled;
    const auto read = read_recovery("options:\n" + options, "options.yaml", plans, *documents);
    REQUIRE_MESSAGE(read, to_text(read ? Problem{} : read.error().front()));
    recovery = *read;
    run.trials = run.max_trials = trials;
    plant = std::make_unique<Plant>(plans, *documents, recovery, run);
  }
  Choice choice(std::uint64_t count) {
    Choice out = choose(*plant, {.first = 0, .count = count}, {}, problems);
    REQUIRE(problems.empty());
    return out;
  }
  RecoverResult answer() {
    auto out = recover(plans, *documents, recovery, run);
    REQUIRE(out);
    return *out;
  }

  Sources sources;
  std::unique_ptr<Documents> documents;
  Plans plans;
  Recovery recovery;
  RunOptions run;
  std::unique_ptr<Plant> plant;
  Problems problems;
};

double normal_above(double x) { return 0.5 * std::erfc(x / std::sqrt(2.0)); }
constexpr Set a = bit(0), b = bit(1), c = bit(2);

// Eight options whose costs and cuts are as if drawn by lot; what they bring adds up.
std::string eight() {
  const double cost[] = {0.9, 1.4, 2.2, 0.6, 1.7, 2.9, 1.1, 2.5}, cut[] = {1.1, 1.2, 3.1, 0.4, 2.3, 4.4, 0.9, 3.9};
  std::string out;
  for (int i = 0; i < 8; ++i) out += option(fmt::format("o{}", i), cost[i], cut[i]);
  return out;
}

}  // namespace

TEST_CASE("of three options all eight sets are tried, and the best is the pair that greedy would not take") {
  Asked asked(three + "budget: 4\n");
  const Choice choice = asked.choice(20'480);
  CHECK(choice.all_sets);
  CHECK(!choice.bound);
  CHECK(choice.figures.sets == std::vector<Set>{0, a, b, a | b, c, a | c, b | c, a | b | c});
  CHECK(choice.figures.sets[choice.best] == (b | c));
  CHECK(choice.figures.sets[choice.kept] == (b | c));
  const Figures figures{choice.figures, *asked.plant};
  // Of 20,480 futures by Latin hypercube: half a point is three standard errors of independent ones and more.
  const std::pair<Set, double> exact[] = {{0, 2}, {a, 8}, {b, 5.8}, {b | c, 9.6}};
  for (const auto& [set, spare] : exact) CHECK(std::abs(figures.aim(choice.figures.index(set)).value - normal_above(spare / 8)) < 0.005);
  CHECK(normal_above(9.6 / 8) == doctest::Approx(0.11506967).epsilon(1e-7));
}

TEST_CASE("greedy and swaps find what all sets find") {
  const std::string options = eight();
  Asked few(options + "budget: 6\n");
  std::string late;
  for (int i = 0; i < 5; ++i) late += option(fmt::format("late{}", i), 1, 9, ", by: 2016-12");
  Asked many(options + late + "budget: 6\ndecide: 2017-02\n");
  const Choice all = few.choice(10'240), found = many.choice(10'240);
  CHECK(all.all_sets);
  CHECK(!found.all_sets);
  CHECK(found.figures.sets[found.best] == all.figures.sets[all.best]);
  CHECK(found.figures.sets.size() < all.figures.sets.size());
  for (const Set set : found.figures.sets) CHECK(many.recovery.allows(set));
  // What is cut adds up, so the best set is the one that cuts most.
  double best = 0;
  Set expected = 0;
  for (Set set = 0; set < bit(8); ++set) {
    double cut = 0;
    const double cuts[] = {1.1, 1.2, 3.1, 0.4, 2.3, 4.4, 0.9, 3.9};
    for (std::size_t i = 0; i < 8; ++i) cut += (set & bit(i)) != 0 ? cuts[i] : 0;
    if (affordable(few.recovery, set) && cut > best) best = cut, expected = set;
  }
  CHECK(all.figures.sets[all.best] == expected);
}

TEST_CASE("the bound is what the best set comes to where what options bring adds up, and no set is better") {
  Asked asked(eight() + "budget: 6\n");
  const Trials trials{.first = 0, .count = 4096};
  const Choice choice = asked.choice(trials.count);
  const auto bound = bound_of(*asked.plant, trials, asked.problems);
  REQUIRE(bound);
  const Figures figures{choice.figures, *asked.plant};
  CHECK(bound->set == choice.figures.sets[choice.best]);
  CHECK(bound->aim == doctest::Approx(figures.aim(choice.best).value).epsilon(1e-12));
  for (std::size_t s = 0; s < choice.figures.sets.size(); ++s)
    if (affordable(asked.recovery, choice.figures.sets[s])) CHECK(figures.aim(s).value >= bound->aim - 1e-12);
}

TEST_CASE("needs, exclusions, deadlines and the budget say which sets there are") {
  Asked asked(option("a", 1, 1) + option("b", 1, 1, ", needs: [a]") + option("c", 1, 1, ", needs: [b]") + option("d", 1, 1, ", excludes: [a]") +
              option("e", 1, 1, ", by: 2016-12") + "budget: 2\ndecide: 2017-01\n");
  const Recovery& r = asked.recovery;
  constexpr Set d = bit(3), e = bit(4);
  CHECK(with_needs(r, c) == (a | b | c));
  CHECK(with_needs(r, d) == d);
  CHECK(without(r, a | b | c, 0) == 0);
  CHECK(without(r, a | b | c, 1) == a);
  CHECK(without(r, a | b | c, 2) == (a | b));
  CHECK(r.allows(a | b | c));
  CHECK(!r.allows(b));
  CHECK(!r.allows(a | d));
  CHECK(!r.allows(e));
  CHECK(affordable(r, a | b));
  CHECK(!affordable(r, a | b | c));
  // Dear sets are tried, for the frontier, but not chosen.
  const Choice choice = asked.choice(1024 * 10);
  CHECK(choice.figures.sets == std::vector<Set>{0, a, a | b, a | b | c, d});
  CHECK(choice.figures.sets[choice.best] == (a | b));
}

TEST_CASE("one half of the futures chooses and the other values") {
  Asked asked(three + "budget: 4\n", one, 30 * 1024 + 256);
  const RecoverResult r = asked.answer();
  CHECK(r.futures_to_choose == 16 * 1024);
  CHECK(r.futures_to_choose + r.futures_to_value == asked.run.trials);
  REQUIRE(r.chosen.options == std::vector<std::size_t>{1, 2});
  Problems problems;
  const auto valued = [&](Trials trials) {
    const SetFigures found = simulate_sets(*asked.plant, {0, b | c}, trials, {}, {}, problems);
    return Figures{found, *asked.plant}.aim_change(1, 0);
  };
  const Estimate first = valued({.first = 0, .count = r.futures_to_choose}),
                 second = valued({.first = r.futures_to_choose, .count = r.futures_to_value});
  CHECK(r.chosen.aim_change.value == second.value);
  CHECK(r.chosen.aim_change.low == second.low);
  CHECK(r.chosen.aim_change.value != first.value);
}

TEST_CASE("options that may not succeed double the plans of a set, and their outcomes add up to what they do on average") {
  Asked asked(option("a", 1, 6, ", succeeds: 50%") + option("b", 1, 2) + option("c", 1, 1, ", succeeds: 20%") + "budget: 9\n");
  CHECK(asked.plant->unsure() == std::vector<std::size_t>{0, 2});
  CHECK(asked.plant->count_states(b) == 1);
  CHECK(asked.plant->count_states(a | b) == 2);
  CHECK(asked.plant->count_states(a | b | c) == 4);
  const Choice choice = asked.choice(20'480);
  const Figures figures{choice.figures, *asked.plant};
  double expected = 0;
  for (const auto& [chance, cut] : {std::pair(0.4, 8.0), std::pair(0.4, 2.0), std::pair(0.1, 9.0), std::pair(0.1, 3.0)})
    expected += chance * normal_above((2 + cut) / 8);
  CHECK(std::abs(figures.aim(choice.figures.index(a | b | c)).value - expected) < 0.01);
}

TEST_CASE("what is not 99 % sure to be above 0 is no gain") {
  // Student's t with 9 degrees of freedom: 2.2622 to either side of a 95 % interval, 2.8214 for 99 % one-sided.
  const auto at = [](double errors) { return Estimate{errors, errors - 2.262157, errors + 2.262157, 1}; };
  CHECK(errors_above_0(at(2.5), 9) == doctest::Approx(2.5).epsilon(1e-5));
  CHECK(!surely_above_0(at(2.82), 9));
  CHECK(surely_above_0(at(2.83), 9));
  CHECK(!surely_above_0(at(-3), 9));
  CHECK(!surely_above_0({0, 0, 0, 1}, 9));
  CHECK(surely_above_0({1, 1, 1, 1}, 9));
  CHECK(negated({1, 0, 3, 7}).low == -3);
}

TEST_CASE("no more than the 24 largest schemes are worth finding out about, of equal ones the first") {
  const auto told_of = [](double step) {
    std::string plan = "organisation: one\nyears: [2017]\nincome: 100\nspend: 100\ntarget: 10\nreserves: 12\npressure: {sd: 8%}\nschemes:\n";
    for (int i = 0; i < 40; ++i) plan += fmt::format("  s{:02}: {{class: transactional, saving: [{}]}}\n", i, 1 + step * i);
    Asked asked(option("a", 1, 1) + "budget: 2\n", plan, 2048);
    std::vector<std::string> out;
    for (const Driver& d : drivers_of(*asked.plant, asked.plans, asked.problems))
      if (d.scheme) out.push_back(d.name);
    return out;
  };
  // Each has at least 2 % of all savings.
  const std::vector<std::string> equal = told_of(0), rising = told_of(0.001);
  REQUIRE(equal.size() == 24);
  CHECK(equal.front() == "one/s00");
  CHECK(equal.back() == "one/s23");
  REQUIRE(rising.size() == 24);
  CHECK(rising.front() == "one/s16");
  CHECK(rising.back() == "one/s39");
}

TEST_CASE("knowing changes the choice only in the bins where another set is better") {
  // Two sets: nothing, and one whose net benefit rises from below 0 to above it over the bins of one driver, and is 1 in all of another's.
  SetFigures figures;
  figures.sets = {0, 1};
  figures.sections[0].trials = 64 * driver_bins;
  figures.means.resize(2 * 2 * driver_bins);
  for (std::size_t bin = 0; bin < driver_bins; ++bin) {
    figures.means[driver_bins + bin].add(64 * (bin < 20 ? -1.0 : 1.0));
    figures.means[3 * driver_bins + bin].add(64 * 1.0);
  }
  const auto choice = choices_of(figures, 2, 2, 1);
  for (std::size_t bin = 0; bin < driver_bins; ++bin) {
    CHECK(choice[1][bin] == 1);
    if (bin < 18) CHECK(choice[0][bin] == 0);
    if (bin > 21) CHECK(choice[0][bin] == 1);
  }
}
