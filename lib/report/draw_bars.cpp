#include <algorithm>
#include <cmath>

#include "report/svg.hpp"

namespace shortfall {
namespace {

constexpr double left = 4, right = picture_width - 4, bar_height = 14, above = 4, between = 8, small = 11;

class Bars {
 public:
  Bars(const BarChart& chart, Svg& svg) : chart_(chart), svg_(svg) {
    const auto [low, high] = extent_of(chart);
    ticks_ = round_ticks(low, high, 6);
  }

  double whole() {
    double y = chart_.keys.empty() ? 2 : svg_.keys(chart_.keys, left, 2, right - left);
    std::vector<double> tops;
    const double first = y;
    for (const BarRow& row : chart_.rows) tops.push_back(y), y += height_of(row);
    grid(first, y - between / 2);
    for (std::size_t r = 0; r < chart_.rows.size(); ++r) row(chart_.rows[r], tops[r]);
    return axis(y - between / 2);
  }

 private:
  double at(double value) const { return left + (value - ticks_.from()) / (ticks_.to() - ticks_.from()) * (right - left); }
  double room_for_name(const BarRow& row) const { return right - left - (row.value.empty() ? 0 : width_of_letters(row.value) * Svg::text_size + 10); }
  std::vector<std::string> name(const BarRow& row) const { return in_lines(row.name, room_for_name(row), Svg::text_size, 2); }
  double height_of(const BarRow& row) const { return static_cast<double>(name(row).size()) * Svg::line_height + above + bar_height + between; }

  void grid(double top, double bottom) {
    for (const double t : ticks_.at) {
      if (std::abs(t) < ticks_.step / 1e6 && ticks_.from() < -ticks_.step / 1e6)
        svg_.line(at(t), top, at(t), bottom, Hue::faint);
      else
        svg_.rule(at(t), top, at(t), bottom);
    }
  }

  void row(const BarRow& row, double y) {
    const std::vector<std::string> lines = name(row);
    // The grid does not run through a name.
    for (const std::string& line : lines) {
      svg_.plate(left, y + 1, width_of_letters(line) * Svg::text_size + 2, Svg::line_height - 1);
      svg_.text(left, y + 12, line);
      y += Svg::line_height;
    }
    if (!row.value.empty()) {
      const double width = width_of_letters(row.value) * Svg::text_size;
      svg_.plate(right - width - 2, y + 1 - Svg::line_height, width + 2, Svg::line_height - 1);
      svg_.text(right, y + 12 - Svg::line_height, row.value, Lettering::strong, Anchor::end);
    }
    y += above - 2;
    for (const BarPiece& piece : row.pieces) {
      const double x = at(std::min(piece.from, piece.to)), width = at(std::max(piece.from, piece.to)) - x;
      // A gap tells a piece from the next.
      svg_.area(x, y, row.pieces.size() > 2 ? std::max(0.6, width - 1) : width, bar_height, piece.paint);
      label(piece, x, y, width);
    }
  }

  void label(const BarPiece& piece, double x, double y, double width) {
    const double needed = width_of_letters(piece.label) * small + 6;
    if (piece.label.empty() || needed > width) return;
    const bool light = piece.paint.hue == Hue::second || piece.paint.hue == Hue::fourth;
    if (piece.paint.hatched) svg_.area(x + (width - needed) / 2, y + 1, needed, bar_height - 2, {piece.paint.hue, false});
    svg_.text(x + width / 2, y + 11.5, piece.label, light ? Lettering::on_light : Lettering::on_hue, Anchor::middle, small);
  }

  double axis(double y) {
    double free = -HUGE_VAL;
    for (const double t : ticks_.at) {
      const std::string text = tick_text(ticks_, t);
      const double width = width_of_letters(text) * small, x = std::clamp(at(t), left + width / 2, right - width / 2);
      if (x - width / 2 < free) continue;
      svg_.text(x, y + 12, text, Lettering::tick, Anchor::middle, small);
      free = x + width / 2 + 6;
    }
    if (chart_.axis.title.empty()) return y + 16;
    svg_.text(right, y + 27, chart_.axis.title, Lettering::faint, Anchor::end, small);
    return y + 32;
  }

  const BarChart& chart_;
  Svg& svg_;
  Ticks ticks_;
};

}  // namespace

double draw(const BarChart& chart, Svg& svg) { return Bars(chart, svg).whole(); }

}  // namespace shortfall
