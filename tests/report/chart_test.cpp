// Pictures as data and as SVG: round ticks, labels that fit, nothing of a plan as markup, and a table with the picture's numbers.
#include "report/chart.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <regex>

#include "report/chart_signs.hpp"
#include "report/charts.hpp"
#include "report/number_text.hpp"
#include "report/svg.hpp"

using namespace shortfall;

TEST_CASE("ticks are round, few, and enclose what is drawn") {
  for (const double scale : {1e-6, 0.003, 1.0, 7.0, 1234.0, 5e9})
    for (const double low : {-1.0, -0.3, 0.0, 0.2})
      for (const std::size_t most : {3u, 5u, 6u, 8u}) {
        const Ticks t = round_ticks(low * scale, scale, most);
        CHECK(t.at.size() <= most);
        CHECK(t.at.size() >= 2);
        CHECK(t.from() <= low * scale + 1e-9 * scale);
        CHECK(t.to() >= scale - 1e-9 * scale);
        const double mantissa = t.step / std::pow(10.0, std::floor(std::log10(t.step) + 1e-9));
        CHECK((std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 || std::abs(mantissa - 5) < 1e-6));
      }
  CHECK(tick_text(round_ticks(0, 1, 6), 0.2) == "0.2");
  CHECK(tick_text(round_ticks(0, 5000, 6), 5000) == "5,000");
}

TEST_CASE("a text is cut to the room it has, and goes over lines at spaces") {
  const std::string name = "Continuing healthcare, fast-track reviews of the whole system";
  CHECK(width_of_letters(shortened(name, 100, 12)) * 12 <= 100);
  CHECK(shortened("short", 100, 12) == "short");
  const std::vector<std::string> lines = in_lines(name, 220, 12, 2);
  CHECK(lines.size() == 2);
  for (const std::string& line : lines) CHECK(width_of_letters(line) * 12 <= 220);
  CHECK(lines[0] + " " + lines[1].substr(0, 4) == name.substr(0, lines[0].size() + 5));
}

TEST_CASE("a bridge's bars hang on each other and end where it is to be expected") {
  const Chart c = bridge_chart({100, 61, {{"dropped out", -20}, {"late", -24}, {"found", 5}}}, "£m");
  const auto& bars = std::get<BarChart>(c.picture);
  REQUIRE(bars.rows.size() == 5);
  double at = 100;
  for (std::size_t k = 1; k <= 3; ++k) {
    CHECK(bars.rows[k].pieces[0].from == at);
    at = bars.rows[k].pieces[0].to;
  }
  CHECK(at == 61);
  CHECK(c.title.find("£100.0m planned, £61.0m") != std::string::npos);
  CHECK(c.title.find("late") != std::string::npos);
  CHECK(c.table.rows.size() == 5);
  CHECK(c.table.rows[1].cells[1].text == "-20.0");
}

TEST_CASE("a frontier joins the sets that none beats, in order of cost") {
  const auto chance = [](double p) { return Estimate{p, p - 0.01, p + 0.01, 10000}; };
  const Chart c =
      frontier_chart({{"nothing", 0, chance(0.6), true}, {"b", 2, chance(0.5), false}, {"a + c", 3, chance(0.2), true}, {"a", 1, chance(0.4), true}},
                     "the chance to fail", "£m");
  const auto& lines = std::get<LineChart>(c.picture);
  REQUIRE(lines.series.size() == 2);
  CHECK(lines.series[0].points.size() == 4);
  REQUIRE(lines.series[1].points.size() == 3);
  for (std::size_t k = 1; k < 3; ++k) {
    CHECK(lines.series[1].points[k].x > lines.series[1].points[k - 1].x);
    CHECK(lines.series[1].points[k].y < lines.series[1].points[k - 1].y);
  }
  CHECK(c.title.find("60 %") != std::string::npos);
  CHECK(c.title.find("20 %") != std::string::npos);
}

TEST_CASE("what a plan says is text in a drawing, and no coordinate is no number") {
  BarChart bars;
  bars.keys = {{"<b>", {Hue::first, true}}};
  bars.rows = {{"</svg><script>1</script>", "5", {{0, 5, {Hue::first, true}, "<i>"}}}, {"nothing", "0", {{0, 0, {Hue::second, false}, ""}}}};
  const std::string out = svg(bars, "p", "<t>", "<d>");
  CHECK(out.find("<script") == std::string::npos);
  CHECK(out.find("&lt;script") != std::string::npos);
  CHECK(out.find("nan") == std::string::npos);
  LineChart lines;
  lines.x.names = {"2017/18"};
  lines.series = {{"one", Hue::first, Series::Style::line, {{0, 3}}, {}, "3", "•"}};
  lines.bands = {{"range", Hue::first, {{0, 3, 3}}, "3", "3"}};
  const std::string flat = svg(lines, "q", "t", "d");
  CHECK(flat.find("nan") == std::string::npos);
  CHECK(flat.find("inf") == std::string::npos);
  CHECK(flat.find("<circle") != std::string::npos);
}

TEST_CASE("labels at the end of lines never touch") {
  LineChart c;
  c.x.names = {"a", "b"};
  for (int k = 0; k < 5; ++k)
    c.series.push_back({"s", Hue::first, Series::Style::line, {{0, 1}, {1, 1 + k / 1000.0}}, {}, "1." + std::to_string(k), "•"});
  const std::string out = svg(c, "p", "t", "d");
  static const std::regex label("y=\"([0-9.]+)\"[^>]*>1[.][0-9]</text>");
  std::vector<double> at;
  for (std::sregex_iterator i(out.begin(), out.end(), label), end; i != end; ++i)
    if (i->str().find("tick") == std::string::npos) at.push_back(std::stod((*i)[1]));
  REQUIRE(at.size() >= 5);
  for (std::size_t k = at.size() - 4; k < at.size(); ++k) CHECK(std::abs(at[k] - at[k - 1]) >= 12);
}

TEST_CASE("a picture in signs is as wide as it may be and no wider") {
  LineChart c;
  c.x.names = {"2017/18", "2018/19", "2019/20"};
  c.y.title = "income less spend, £m";
  c.bands = {{"P10 to P90", Hue::first, {{0, -5, 2}, {1, -8, 4}, {2, -9, 6}}, {}, {}}};
  c.series = {{"expected", Hue::first, Series::Style::line, {{0, -1}, {1, -2}, {2, -2}}, {}, {}, "█"}};
  for (std::size_t width = 40; width <= 120; width += 20) {
    std::size_t widest = 0;
    for (const std::string& line : in_signs(c, width)) widest = std::max(widest, width_of(line));
    CHECK(widest <= width);
    CHECK(widest >= width - 2);
  }
}
