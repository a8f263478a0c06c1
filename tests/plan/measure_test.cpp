// The one table of measures: each name once, and gates that read it.
#include "plan/measure.hpp"

#include <doctest/doctest.h>

#include <set>

#include "plan/gate.hpp"

using namespace shortfall;

TEST_CASE("every measure has a name of its own, and is found by it") {
  std::set<std::string> names;
  for (const Measure& m : measures()) {
    const std::string name = name_of(m);
    INFO(name);
    CHECK(names.insert(name).second);
    CHECK(!m.words.empty());
    CHECK(m.of != 0);
    const MeasureOfYear found = find_measure(m.by_year ? name + ".2018/19" : name);
    REQUIRE(found.measure == &m);
    CHECK(found.year == (m.by_year ? "2018/19" : ""));
    CHECK(unit_of(name) == m.unit);
  }
  CHECK(unit_of("count.together.3") == Unit::chance);
  CHECK(find_measure("failing").measure == nullptr);
}

TEST_CASE("a gate may be of a year, of a share delivered, and written with one sign") {
  const auto gate = parse_gate("acute.fails.alone.by.2018/19 ≤ 20%", {});
  REQUIRE(gate.has_value());
  CHECK(gate->measure == "fails.alone_by_year.2018/19");
  CHECK(gate->comparison == Comparison::at_most);
  CHECK(gate->limit == 0.2);
  const auto share = parse_gate("acute.delivered.mean >= 70%", {});
  REQUIRE(share.has_value());
  CHECK(share->limit == 0.7);
  CHECK(share->comparison == Comparison::at_least);
  CHECK_FALSE(parse_gate("acute.position.mean >= 1", {}).has_value());
  CHECK_FALSE(parse_gate("system.fails.alone <= 1%", {}).has_value());
}

TEST_CASE("what is better when higher is so by the table") {
  CHECK(higher_is_better("saving.mean"));
  CHECK(higher_is_better("swim_sink.swims"));
  CHECK_FALSE(higher_is_better("fails.alone_by_year.2018/19"));
  CHECK_FALSE(higher_is_better("contingency.p80"));
}
