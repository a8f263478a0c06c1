#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/svg.hpp"

namespace shortfall {
namespace {

constexpr double margin = 4, height = 160, small = 11, least_apart = 13;

class Lines {
 public:
  Lines(const LineChart& chart, Svg& svg) : chart_(chart), svg_(svg) {
    const auto [low, high] = extent_of_y(chart);
    y_ticks_ = round_ticks(low, high, 6);
    for (const double t : y_ticks_.at) left_ = std::max(left_, width_of_letters(tick_text(y_ticks_, t)) * small + margin + 6);
    for (const auto& [y, text] : end_labels()) right_ = std::min(right_, picture_width - margin - 7 - width_of_letters(text) * small);
    if (chart.x.names.empty()) {
      const auto [from, to] = extent_of_x(chart);
      x_ticks_ = round_ticks(from, to, 6);
      from_ = chart.x.from ? *chart.x.from : x_ticks_.from(), to_ = chart.x.to ? *chart.x.to : x_ticks_.to();
    } else {
      // Half a place stands free at either end where columns need it.
      const double half = has_columns() ? 0.5 : chart.x.names.size() == 1 ? 0.5 : 0.08;
      from_ = -half, to_ = static_cast<double>(chart.x.names.size() - 1) + half;
    }
  }

  double whole() {
    std::vector<Key> keys;
    for (const Band& b : chart_.bands) keys.push_back({b.name, {b.hue, false}, false, true});
    for (const Series& s : chart_.series)
      if (!s.name.empty() && s.style != Series::Style::columns) keys.push_back({s.name, {s.hue, false}, true, s.style == Series::Style::dashed});
    for (const Mark& m : chart_.marks)
      if (!m.upright) keys.push_back({m.label, {Hue::ink, false}, true, true});
    top_ = keys.empty() ? 4 : svg_.keys(keys, margin, 2, picture_width - 2 * margin);
    if (!chart_.y.title.empty()) svg_.text(margin, top_ + 10, chart_.y.title, Lettering::faint, Anchor::start, small), top_ += 16;
    top_ += room_for_marks() + 3;
    bottom_ = top_ + height;
    y_axis();
    for (const Band& b : chart_.bands) band(b);
    for (const Series& s : chart_.series)
      if (s.style == Series::Style::columns) columns(s);
    marks();
    for (const Series& s : chart_.series) series(s);
    ends();
    return x_axis();
  }

 private:
  bool has_columns() const {
    return std::any_of(chart_.series.begin(), chart_.series.end(), [](const Series& s) { return s.style == Series::Style::columns; });
  }
  double x(double value) const { return left_ + (std::clamp(value, from_, to_) - from_) / (to_ - from_) * (right_ - left_); }
  double y(double value) const { return bottom_ - (value - y_ticks_.from()) / (y_ticks_.to() - y_ticks_.from()) * height; }
  // Upright marks stand with their words above the picture, a line for each.
  std::size_t upright() const {
    return static_cast<std::size_t>(std::count_if(chart_.marks.begin(), chart_.marks.end(), [](const Mark& m) { return m.upright; }));
  }
  double room_for_marks() const { return static_cast<double>(upright()) * (Svg::line_height - 1); }

  // Of series and bands, by what they stand for.
  std::vector<std::pair<double, std::string>> end_labels() const {
    std::vector<std::pair<double, std::string>> out;
    for (const Band& b : chart_.bands) {
      if (b.parts.empty()) continue;
      if (!b.low_label.empty()) out.emplace_back(b.parts.back().low, b.low_label);
      if (!b.high_label.empty()) out.emplace_back(b.parts.back().high, b.high_label);
    }
    for (const Series& s : chart_.series)
      if (!s.end_label.empty() && !s.points.empty()) out.emplace_back(s.points.back().y, s.end_label);
    return out;
  }

  // Labels right of the picture, moved apart where they would touch.
  void ends() {
    auto labels = end_labels();
    std::stable_sort(labels.begin(), labels.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<double> at;
    for (const auto& [value, text] : labels) at.push_back(y(value));
    for (std::size_t k = 1; k < at.size(); ++k) at[k] = std::max(at[k], at[k - 1] + least_apart);
    if (!at.empty() && at.back() > bottom_) {
      at.back() = bottom_;
      for (std::size_t k = at.size() - 1; k-- > 0;) at[k] = std::min(at[k], at[k + 1] - least_apart);
    }
    for (std::size_t k = 0; k < at.size(); ++k) svg_.text(right_ + 5, at[k] + 4, labels[k].second, Lettering::plain, Anchor::start, small);
  }

  void y_axis() {
    for (const double t : y_ticks_.at) {
      if (std::abs(t) < y_ticks_.step / 1e6)
        svg_.line(left_, y(t), right_, y(t), Hue::faint);
      else
        svg_.rule(left_, y(t), right_, y(t));
      svg_.text(left_ - 5, y(t) + 4, tick_text(y_ticks_, t), Lettering::tick, Anchor::end, small);
    }
  }

  double x_axis() {
    double free = -HUGE_VAL;
    const auto label = [&](double value, const std::string& text) {
      const double width = width_of_letters(text) * small;
      const double at = std::clamp(x(value), margin + width / 2, picture_width - margin - width / 2);
      if (at - width / 2 < free) return;
      svg_.text(at, bottom_ + 16, text, Lettering::tick, Anchor::middle, small);
      free = at + width / 2 + 6;
    };
    for (std::size_t k = 0; k < chart_.x.names.size(); ++k) label(static_cast<double>(k), chart_.x.names[k]);
    if (chart_.x.names.empty())
      for (const double t : x_ticks_.at)
        if (t >= from_ - 1e-9 && t <= to_ + 1e-9) {
          svg_.line(x(t), bottom_, x(t), bottom_ + 4, Hue::faint);
          label(t, tick_text(x_ticks_, t));
        }
    if (chart_.x.title.empty()) return bottom_ + 22;
    svg_.text(right_, bottom_ + 32, chart_.x.title, Lettering::faint, Anchor::end, small);
    return bottom_ + 38;
  }

  void band(const Band& b) {
    std::vector<Point> outline;
    for (const Band::Part& p : b.parts) outline.push_back({x(p.x), y(p.high)});
    for (std::size_t k = b.parts.size(); k-- > 0;) outline.push_back({x(b.parts[k].x), y(b.parts[k].low)});
    if (b.parts.size() == 1) {
      const double middle = outline[0].x;
      outline = {{middle - 14, outline[0].y}, {middle + 14, outline[0].y}, {middle + 14, outline[1].y}, {middle - 14, outline[1].y}};
    }
    svg_.shape(outline, b.hue, 0.3);
  }

  void columns(const Series& s) {
    const double width = (right_ - left_) / (to_ - from_) * 0.7;
    for (std::size_t k = 0; k < s.points.size(); ++k) {
      const double top = y(s.points[k].y), zero = y(std::max(0.0, y_ticks_.from()));
      svg_.area(x(s.points[k].x) - width / 2, std::min(top, zero), width, std::abs(zero - top), {s.hue, false});
      if (k < s.labels.size()) svg_.text(x(s.points[k].x), top - 4, s.labels[k], Lettering::strong, Anchor::middle, Svg::text_size);
    }
  }

  void series(const Series& s) {
    std::vector<Point> points;
    for (const Point& p : s.points) points.push_back({x(p.x), y(p.y)});
    if (s.style == Series::Style::line) svg_.path(points, s.hue, 2.4);
    if (s.style == Series::Style::dashed) svg_.path(points, s.hue, 2, "5 4");
    if (s.style == Series::Style::points || (points.size() == 1 && s.style != Series::Style::columns))
      for (const Point& p : points) svg_.dot(p.x, p.y, 4, s.hue);
    if (s.style == Series::Style::line && points.size() > 1 && !chart_.x.names.empty())
      for (const Point& p : points) svg_.dot(p.x, p.y, 3, s.hue);
  }

  // Words of marks across stand with the keys; those of upright ones in lines of their own, beginning at their line or ending at it, wherever there
  // is room.
  void marks() {
    double line = top_ - 3 - room_for_marks() + 10;
    for (const Mark& m : chart_.marks) {
      if (!m.upright) {
        svg_.line(left_, y(m.at), right_, y(m.at), Hue::ink, 1.4, "2 3");
        continue;
      }
      const double at = x(m.at), width = width_of_letters(m.label) * small;
      const bool fits = at + 4 + width <= picture_width - margin;
      svg_.line(at, line - 9, at, bottom_, Hue::ink, 1.4, "2 3");
      svg_.text(fits ? at + 4 : std::max(at - 4, margin + width), line, m.label, Lettering::plain, fits ? Anchor::start : Anchor::end, small);
      line += Svg::line_height - 1;
    }
  }

  const LineChart& chart_;
  Svg& svg_;
  Ticks x_ticks_, y_ticks_;
  double left_ = 0, right_ = picture_width - margin - 4, top_ = 0, bottom_ = 0, from_ = 0, to_ = 1;
};

}  // namespace

double draw(const LineChart& chart, Svg& svg) { return Lines(chart, svg).whole(); }

}  // namespace shortfall
