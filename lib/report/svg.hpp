// A drawing as SVG: shapes with presentation attributes, so that it survives hosts that strip style sheets, and classes, by which a page's style
// sheet repaints it where the reader prefers dark.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/chart.hpp"

namespace shortfall {

// Where a text begins, has its middle, or ends.
enum class Anchor { start, middle, end };
// on_light: within an area of the second or fourth colour, which are light on any page; on_hue: of the first or third, which are dark on a light page
// and light on a dark one.
enum class Lettering { plain, strong, faint, tick, on_light, on_hue };

// How wide a text is, of a size of 1, in a sans-serif; rather more than less, as fonts differ.
double width_of_letters(std::string_view text);
// As much of it as so wide a place holds, "…" in the place of the rest; and the same over lines, at most `most`.
std::string shortened(const std::string& text, double width, double size);
std::vector<std::string> in_lines(const std::string& text, double width, double size, std::size_t most);

class Svg {
 public:
  void area(double x, double y, double width, double height, Paint paint, double opacity = 1);
  void shape(const std::vector<Point>& outline, Hue hue, double opacity);
  void path(const std::vector<Point>& points, Hue hue, double width, std::string_view dashes = {});
  void line(double x1, double y1, double x2, double y2, Hue hue, double width = 1, std::string_view dashes = {});
  // A line of the grid.
  void rule(double x1, double y1, double x2, double y2);
  void dot(double x, double y, double radius, Hue hue);
  void text(double x, double y, std::string_view words, Lettering how = Lettering::plain, Anchor anchor = Anchor::start, double size = text_size);
  // A place behind a text, in the page's own colour.
  void plate(double x, double y, double width, double height);
  // Signs for what a picture's areas and lines stand for, in lines of so wide; where they end.
  double keys(const std::vector<Key>& all, double x, double y, double width);

  // The whole drawing with its name and description, `id` telling it apart in its page.
  std::string whole(double width, double height, const std::string& id, const std::string& title, const std::string& description) const;

  static constexpr double text_size = 12, line_height = 15;

 private:
  std::string out_;
};

// A picture, drawn for a column as wide as a telephone.
inline constexpr double picture_width = 360;
std::string svg(const Picture& picture, const std::string& id, const std::string& title, const std::string& description);

// Each kind onto a drawing; how high it came out.
double draw(const BarChart& chart, Svg& svg);
double draw(const LineChart& chart, Svg& svg);
double draw(const HeatMap& chart, Svg& svg);

}  // namespace shortfall
