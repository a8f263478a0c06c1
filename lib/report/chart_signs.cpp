#include "report/chart_signs.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "report/number_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t rows = 12;

class Signs {
 public:
  Signs(const LineChart& chart, std::size_t width) : chart_(chart) {
    const auto [low, high] = extent_of_y(chart);
    y_ = round_ticks(low, high, 5);
    for (const double t : y_.at) left_ = std::max(left_, width_of(tick_text(y_, t)));
    columns_ = width > left_ + 12 ? width - left_ - 2 : 10;
    if (chart.x.names.empty()) {
      const auto [from, to] = extent_of_x(chart);
      x_ = round_ticks(from, to, 6);
      from_ = chart.x.from ? *chart.x.from : x_.from(), to_ = chart.x.to ? *chart.x.to : x_.to();
    } else {
      to_ = std::max(1.0, static_cast<double>(chart.x.names.size()) - 1);
    }
    cells_.assign(rows, std::vector<std::string>(columns_, " "));
  }

  std::vector<std::string> whole() {
    for (const Band& b : chart_.bands) band(b);
    for (const Mark& m : chart_.marks) mark(m);
    for (const Series& s : chart_.series) series(s);
    std::vector<std::string> out;
    std::vector<std::string> labels(rows);
    for (const double t : y_.at) labels[row_of(t)] = tick_text(y_, t);
    for (std::size_t r = 0; r < rows; ++r) {
      std::string line = right_aligned(labels[r], left_) + (labels[r].empty() ? " │" : " ┤");
      for (const std::string& cell : cells_[r]) line += cell;
      out.push_back(std::move(line));
    }
    out.push_back(std::string(left_ + 1, ' ') + "└");
    for (std::size_t c = 0; c < columns_; ++c) out.back() += "─";
    out.push_back(names());
    for (const std::string& line : keys()) out.push_back(line);
    return out;
  }

 private:
  double x_of(std::size_t column) const { return from_ + (to_ - from_) * static_cast<double>(column) / static_cast<double>(columns_ - 1); }
  std::size_t column_of(double x) const {
    return static_cast<std::size_t>(std::lround(std::clamp((x - from_) / (to_ - from_), 0.0, 1.0) * static_cast<double>(columns_ - 1)));
  }
  std::size_t row_of(double y) const {
    return static_cast<std::size_t>(std::lround(std::clamp((y_.to() - y) / (y_.to() - y_.from()), 0.0, 1.0) * static_cast<double>(rows - 1)));
  }

  // The value at x of what is known at some places, straight between them.
  template <class Parts, class Value>
  static std::optional<double> between(const Parts& parts, double x, Value value) {
    if (parts.empty() || x < parts.front().x - 1e-9 || x > parts.back().x + 1e-9) return {};
    for (std::size_t k = 1; k < parts.size(); ++k) {
      if (x > parts[k].x) continue;
      const double width = parts[k].x - parts[k - 1].x, within = width > 0 ? (x - parts[k - 1].x) / width : 1;
      return value(parts[k - 1]) + std::clamp(within, 0.0, 1.0) * (value(parts[k]) - value(parts[k - 1]));
    }
    return value(parts.back());
  }

  void band(const Band& b) {
    for (std::size_t c = 0; c < columns_; ++c) {
      const auto low = between(b.parts, x_of(c), [](const Band::Part&p) { return p.low; }),
                 high = between(b.parts, x_of(c), [](const Band::Part&p) { return p.high; });
      if (!low || !high) continue;
      for (std::size_t r = row_of(*high); r <= row_of(*low); ++r) cells_[r][c] = "░";
    }
  }

  void mark(const Mark& m) {
    for (std::size_t r = 0; m.upright && r < rows; ++r) cells_[r][column_of(m.at)] = "│";
    for (std::size_t c = 0; !m.upright && c < columns_; ++c) cells_[row_of(m.at)][c] = "─";
  }

  void series(const Series& s) {
    if (s.style == Series::Style::points || s.style == Series::Style::columns)
      for (const Point& p : s.points) cells_[row_of(p.y)][column_of(p.x)] = s.sign;
    else
      for (std::size_t c = 0; c < columns_; ++c)
        if (const auto y = between(s.points, x_of(c), [](const Point& p) { return p.y; })) cells_[row_of(*y)][c] = s.sign;
  }

  // What stands below the picture: names of places, or ticks.
  std::string names() const {
    std::vector<std::pair<double, std::string>> all;
    for (std::size_t k = 0; k < chart_.x.names.size(); ++k) all.emplace_back(static_cast<double>(k), chart_.x.names[k]);
    if (all.empty())
      for (const double t : x_.at) all.emplace_back(t, tick_text(x_, t));
    std::string out;
    for (const auto& [x, text] : all) {
      if (x < from_ - 1e-9 || x > to_ + 1e-9) continue;
      const std::size_t size = width_of(text), middle = left_ + 2 + column_of(x), most = left_ + 2 + columns_ - std::min(columns_, size);
      const std::size_t at = std::min(middle - std::min(middle, size / 2), most);
      if (!out.empty() && at < width_of(out) + 1) continue;
      out += std::string(at - width_of(out), ' ') + text;
    }
    return out;
  }

  std::vector<std::string> keys() const {
    std::string text = chart_.y.title;
    const auto add = [&](const std::string& sign, const std::string& name) { text += (text.empty() ? "" : "; ") + sign + " " + name; };
    for (const Series& s : chart_.series)
      if (!s.name.empty()) add(s.sign, s.name);
    for (const Band& b : chart_.bands) add("░", b.name);
    for (const Mark& m : chart_.marks) add(m.upright ? "│" : "─", m.label);
    if (!chart_.x.title.empty()) text += (text.empty() ? "" : "; ") + ("across: " + chart_.x.title);
    std::vector<std::string> out;
    std::string lines = wrapped(text, left_ + 2 + columns_);
    for (std::size_t at = 0; at < lines.size();) {
      const std::size_t end = lines.find('\n', at);
      out.push_back(lines.substr(at, end - at));
      at = end + 1;
    }
    return out;
  }

  const LineChart& chart_;
  Ticks x_, y_;
  std::size_t left_ = 0, columns_ = 0;
  double from_ = 0, to_ = 1;
  std::vector<std::vector<std::string>> cells_;  // [row][column]
};

}  // namespace

std::vector<std::string> in_signs(const LineChart& chart, std::size_t width) { return Signs(chart, width).whole(); }

}  // namespace shortfall
