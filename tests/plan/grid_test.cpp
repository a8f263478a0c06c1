// What --vary and --points mean.
#include "plan/grid.hpp"

#include <doctest/doctest.h>

using namespace shortfall;

namespace {

std::string message(const Problems& problems) { return to_text(problems.at(0)); }

std::vector<std::string> values_of(const std::string& text) {
  const auto axis = parse_axis(text);
  REQUIRE_MESSAGE(axis, message(axis.error()));
  return axis->values;
}

std::string refusal(const std::string& text) {
  const auto axis = parse_axis(text);
  REQUIRE(!axis);
  return message(axis.error());
}

Points grid(const std::vector<std::string>& texts) {
  std::vector<Axis> axes;
  for (const std::string& text : texts) axes.push_back(*parse_axis(text));
  const auto points = Points::grid(axes);
  REQUIRE_MESSAGE(points, message(points.error()));
  return *points;
}

}  // namespace

TEST_CASE("a range includes both ends and never drifts") {
  CHECK(values_of("optimism=0:2:0.25") == std::vector<std::string>{"0", "0.25", "0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"});
  const auto tenths = values_of("optimism=0:1:0.1");
  CHECK(tenths.size() == 11);
  CHECK(tenths[3] == "0.3");
  CHECK(tenths[10] == "1");
  CHECK(values_of("a.reserves=5:-1:-2.5") == std::vector<std::string>{"5", "2.5", "0"});
  CHECK(values_of("x=-0.05:0.1:0.05") == std::vector<std::string>{"-0.05", "0", "0.05", "0.1"});
  CHECK(values_of("x=10%:30%:10%") == std::vector<std::string>{"10%", "20%", "30%"});
  CHECK(values_of("x=3:3:1") == std::vector<std::string>{"3"});
  CHECK(values_of("x=0:1:0.4") == std::vector<std::string>{"0", "0.4", "0.8"});
}

TEST_CASE("a list may hold words, percentages, lists and maps") {
  CHECK(values_of("a.schemes.x.stage=developed,in-progress") == std::vector<std::string>{"developed", "in-progress"});
  CHECK(values_of("a.saving=[1, 2],[3, 4]") == std::vector<std::string>{"[1, 2]", "[3, 4]"});
  CHECK(values_of("a.delay={triangular: [0, 6, 18]},0") == std::vector<std::string>{"{triangular: [0, 6, 18]}", "0"});
  CHECK(values_of("a.title='one, two',three") == std::vector<std::string>{"'one, two'", "three"});
}

TEST_CASE("what is no range and no list is refused with the reason") {
  const std::string needs = ": error: needs path=from:to:step or path=value,value,…, as in optimism=0:2:0.25";
  CHECK(refusal("optimism") == "--vary optimism" + needs);
  CHECK(refusal("=1") == "--vary =1" + needs);
  CHECK(refusal("optimism=") == "--vary optimism=" + needs);
  CHECK(refusal("x=1,,2") == "--vary x=1,,2: error: an empty value (two commas, or one at an end)");
  CHECK(refusal("x=1,2,1") == "--vary x=1,2,1: error: value 3, '1', is value 1, '1', again; leave one of them out");
  CHECK(refusal("x=10%,0.1") == "--vary x=10%,0.1: error: value 2, '0.1', is value 1, '10%', again; leave one of them out");
  CHECK(refusal("x=[1, 2],[1.0,2]") == "--vary x=[1, 2],[1.0,2]: error: value 2, '[1.0,2]', is value 1, '[1, 2]', again; leave one of them out");
  CHECK(refusal("x=0:2") == "--vary x=0:2: error: a range without a step; write from:to:step, as in 0:2:0.5");
  CHECK(refusal("x=0:1:1e-1") == "--vary x=0:1:1e-1: error: '1e-1' in a range; its numbers are written in decimals, as in 0:1:0.1");
  CHECK(refusal("x=0:1:0.5,3") == "--vary x=0:1:0.5,3: error: a range within a list; give a range, or single values with commas between");
  CHECK(refusal("x=1:2:3:4") == "--vary x=1:2:3:4: error: 4 numbers between colons; a range is from:to:step, as in 0:2:0.5");
  CHECK(refusal("x=0:1:0") == "--vary x=0:1:0: error: a step of 0");
  CHECK(refusal("x=0:1:-0.5") == "--vary x=0:1:-0.5: error: no step of -0.5 leads from 0 to 1");
  CHECK(refusal("x=1:0:0.3") == "--vary x=1:0:0.3: error: no step of 0.3 leads from 1 to 0");
  CHECK(refusal("x=0%:1:0.1") == "--vary x=0%:1:0.1: error: percentages and plain numbers in one range; write all three alike");
  CHECK(refusal("x=0:1:0.0000001") == "--vary x=0:1:0.0000001: error: 10,000,001 values; at most 1,000,000 points make sense");
}

TEST_CASE("a grid has all combinations, the last path's values changing first, and no more than a million") {
  const Points points = grid({"optimism=0,1", "a.reserves=0:10:5"});
  CHECK(points.count() == 6);
  CHECK(points.values(0) == std::vector<std::string>{"0", "0"});
  CHECK(points.values(1) == std::vector<std::string>{"0", "5"});
  CHECK(points.values(5) == std::vector<std::string>{"1", "10"});
  const auto refused = [](const std::vector<std::string>& texts) {
    std::vector<Axis> axes;
    for (const std::string& text : texts) axes.push_back(*parse_axis(text));
    const auto made = Points::grid(axes);
    REQUIRE(!made);
    return message(made.error());
  };
  CHECK(refused({"optimism=1", "optimism=2"}) == "--vary optimism=2: error: 'optimism' is varied twice; give all its values at once");
  CHECK(refused({"a.schemes.x.saving.full_year=1", "a.schemes.x.saving=2"}) ==
        "--vary a.schemes.x.saving.full_year=1: error: 'a.schemes.x.saving.full_year' is part of 'a.schemes.x.saving', which is varied too; vary one "
        "of them");
  CHECK(refused({"a=1:1000:1", "b=1:1000:1", "c=1:2000:1"}) == "--vary: error: 2,000,000,000 points in the grid; at most 1,000,000 make sense");
}

TEST_CASE("a list of points is a CSV file, and its mistakes have lines") {
  const auto points = Points::list("\xef\xbb\xbfoptimism,a.title\r\n0.5,\"one, \"\"two\"\"\"\r\n\r\n1,three\n", "points.csv");
  REQUIRE(points);
  CHECK(points->count() == 2);
  CHECK(points->paths() == std::vector<std::string>{"optimism", "a.title"});
  CHECK(points->values(0) == std::vector<std::string>{"0.5", "one, \"two\""});
  CHECK(to_text(points->place(1, 0)) == "points.csv:4:1");
  const auto refused = [](const std::string& text) {
    const auto made = Points::list(text, "points.csv");
    REQUIRE(!made);
    std::string out;
    for (const Problem& p : made.error()) out += to_text(p) + "\n";
    return out;
  };
  CHECK(refused("") == "points.csv: error: no points (the first line names the paths, each other line is a point)\n");
  CHECK(refused("a,b\n1\n2,\n") == "points.csv:2:1: error: 1 value for 2 paths\npoints.csv:3:1: error: no value for 'b'\n");
  CHECK(refused("a\n1\n2\n1\n") == "points.csv:4:1: error: the same point as line 2; leave one of them out\n");
  CHECK(refused("a,b\n1,10%\n2,x\n1.0,0.1\n") == "points.csv:4:1: error: the same point as line 2; leave one of them out\n");
  CHECK(refused("a\n\"1\n") == "points.csv: error: a quotation that does not end\n");
  CHECK(refused("a,\n1,2\n") == "points.csv:1:1: error: a column without a path in the first line\n");
}
