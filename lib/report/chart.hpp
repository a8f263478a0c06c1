// Pictures as data: what is drawn, apart from how. Writers draw them as SVG or in a terminal's signs; the table that stands with a picture has every
// number that it draws.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace shortfall {

// The palette: at most four colours a picture, and never colour alone.
enum class Hue { ink, faint, first, second, third, fourth };
// hatched: lines over the colour, so that it differs from its neighbour in print without colours.
struct Paint {
  Hue hue = Hue::first;
  bool hatched = false;
};

// What an amount on an axis is in: "£m", "%", "points".
struct ChartAxis {
  std::string title;
  std::vector<std::string> names;  // of the places 0, 1, 2, … where they have names: years, fifths
  std::optional<double> from, to;  // else as far as what is drawn
};

// Bars that lie: a row each, its name above it.
struct BarPiece {
  double from = 0, to = 0;
  Paint paint;
  std::string label;  // within it, where there is room
};
struct BarRow {
  std::string name, value;  // the value stands at the end of the name's line
  std::vector<BarPiece> pieces;
};
struct Key {
  std::string name;
  Paint paint;
  bool line = false;  // a line's sign and no area's
  bool dashed = false;
};
struct BarChart {
  ChartAxis axis;
  std::vector<Key> keys;
  std::vector<BarRow> rows;
};

struct Point {
  double x = 0, y = 0;
};
struct Series {
  enum class Style { line, dashed, points, columns };
  std::string name;
  Hue hue = Hue::first;
  Style style = Style::line;
  std::vector<Point> points;
  std::vector<std::string> labels;  // of its points, where they have any
  std::string end_label;            // of its last point, right of the picture
  std::string sign = "•";           // of a terminal
};
struct Band {
  struct Part {
    double x = 0, low = 0, high = 0;
  };
  std::string name;
  Hue hue = Hue::first;
  std::vector<Part> parts;
  std::string low_label, high_label;  // of its ends, right of the picture
};
// A line across the picture, or up and down in it, and what it stands for.
struct Mark {
  bool upright = true;
  double at = 0;
  std::string label;
};
struct LineChart {
  ChartAxis x, y;
  std::vector<Band> bands;
  std::vector<Series> series;
  std::vector<Mark> marks;
};

// Shares of one: how dark a cell is.
struct HeatMap {
  struct Cell {
    double share = 0;
    std::string text;  // empty: nothing is drawn
  };
  std::vector<std::string> rows, columns;
  std::string key;  // what the cells say
  std::vector<std::vector<Cell>> cells;
};

using Picture = std::variant<BarChart, LineChart, HeatMap>;

// An axis's ticks: multiples of 1, 2 or 5 times a power of ten, at most `most`; the first and last enclose what is drawn.
struct Ticks {
  double step = 1;
  int digits = 0;
  std::vector<double> at;
  double from() const { return at.front(); }
  double to() const { return at.back(); }
};
Ticks round_ticks(double low, double high, std::size_t most);
std::string tick_text(const Ticks& ticks, double value);

// The least and most of what a picture draws on an axis, its own ends where it has them.
std::pair<double, double> extent_of(const BarChart& chart);
std::pair<double, double> extent_of_x(const LineChart& chart);
std::pair<double, double> extent_of_y(const LineChart& chart);

}  // namespace shortfall
