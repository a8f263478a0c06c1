#include "report/chart.hpp"

#include <algorithm>
#include <cmath>

#include "base/money.hpp"

namespace shortfall {
namespace {

class Extent {
 public:
  void add(double x) {
    if (!std::isfinite(x)) return;
    low_ = std::min(low_, x), high_ = std::max(high_, x);
  }
  std::pair<double, double> within(const ChartAxis& axis) const {
    const double low = axis.from.value_or(low_ > high_ ? 0 : low_), high = axis.to.value_or(low_ > high_ ? 1 : high_);
    return high > low ? std::pair(low, high) : std::pair(low - (low == 0 ? 0 : std::abs(low) / 10), low + (low == 0 ? 1 : std::abs(low) / 10));
  }

 private:
  double low_ = HUGE_VAL, high_ = -HUGE_VAL;
};

}  // namespace

Ticks round_ticks(double low, double high, std::size_t most) {
  const double intervals = static_cast<double>(std::max<std::size_t>(most, 3) - 1);
  double power = std::pow(10.0, std::floor(std::log10((high - low) / intervals)));
  Ticks out;
  for (const double of : {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0}) {
    out.step = of * power;
    if (std::ceil(high / out.step - 1e-9) - std::floor(low / out.step + 1e-9) <= intervals) break;
  }
  out.digits = std::clamp(static_cast<int>(-std::floor(std::log10(out.step) + 1e-9)), 0, 9);
  const double first = std::floor(low / out.step + 1e-9), last = std::ceil(high / out.step - 1e-9);
  for (double k = first; k <= last; ++k) out.at.push_back(k * out.step);
  return out;
}

std::string tick_text(const Ticks& ticks, double value) { return grouped(decimal(value, ticks.digits)); }

std::pair<double, double> extent_of(const BarChart& chart) {
  Extent out;
  out.add(0);
  for (const BarRow& row : chart.rows)
    for (const BarPiece& p : row.pieces) out.add(p.from), out.add(p.to);
  return out.within(chart.axis);
}

std::pair<double, double> extent_of_x(const LineChart& chart) {
  Extent out;
  for (const Series& s : chart.series)
    for (const Point& p : s.points) out.add(p.x);
  for (const Band& b : chart.bands)
    for (const Band::Part& p : b.parts) out.add(p.x);
  for (const Mark& m : chart.marks)
    if (m.upright) out.add(m.at);
  return out.within(chart.x);
}

std::pair<double, double> extent_of_y(const LineChart& chart) {
  Extent out;
  for (const Series& s : chart.series) {
    for (const Point& p : s.points) out.add(p.y);
    if (s.style == Series::Style::columns) out.add(0);
  }
  for (const Band& b : chart.bands)
    for (const Band::Part& p : b.parts) out.add(p.low), out.add(p.high);
  for (const Mark& m : chart.marks)
    if (!m.upright) out.add(m.at);
  return out.within(chart.y);
}

}  // namespace shortfall
