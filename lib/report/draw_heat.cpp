#include <algorithm>
#include <array>

#include "report/svg.hpp"

namespace shortfall {
namespace {

// How dark a cell is, by its share: steps, so that words on it can always be read.
constexpr std::array<double, 6> shades = {0.06, 0.2, 0.35, 0.5, 0.85, 1};
std::size_t step_of(double share) { return std::min<std::size_t>(shades.size() - 1, static_cast<std::size_t>(std::max(0.0, share) * 6)); }
constexpr std::size_t first_dark = 4;

}  // namespace

double draw(const HeatMap& chart, Svg& svg) {
  constexpr double left = 4, right = picture_width - 4, small = 11;
  const std::size_t columns = std::max<std::size_t>(1, chart.columns.size());
  double widest = 0;
  for (const std::string& name : chart.rows) widest = std::max(widest, width_of_letters(name) * small);
  const double names = std::min(widest + 8, 150.0), cell = std::min(44.0, (right - left - names) / static_cast<double>(columns));
  const double height = std::clamp(cell, 18.0, 30.0), size = cell < 24 ? 9 : small;
  // A fifth of the room is left to letters that are wider than Arial's, as DejaVu's are.
  double y = 2;
  for (const std::string& words : in_lines(chart.key, (right - left) * 0.8, small, 2)) {
    svg.text(left, y + 9, words, Lettering::faint, Anchor::start, small);
    y += 14;
  }
  for (std::size_t c = 0; c < chart.columns.size(); ++c)
    svg.text(left + names + (static_cast<double>(c) + 0.5) * cell, y + 12, chart.columns[c], Lettering::plain, Anchor::middle, small);
  y += 18;
  for (std::size_t r = 0; r < chart.rows.size(); ++r, y += height) {
    const std::vector<std::string> lines = in_lines(chart.rows[r], names - 6, small, height >= 26 ? 2 : 1);
    for (std::size_t k = 0; k < lines.size(); ++k)
      svg.text(left, y + height / 2 + 4 + (static_cast<double>(k) - static_cast<double>(lines.size() - 1) / 2) * 12, lines[k], Lettering::plain,
               Anchor::start, small);
    for (std::size_t c = 0; c < chart.columns.size(); ++c) {
      const HeatMap::Cell& value = chart.cells[r][c];
      if (value.text.empty()) continue;
      const double x = left + names + static_cast<double>(c) * cell;
      const std::size_t step = step_of(value.share);
      svg.area(x, y, cell - 1.5, height - 1.5, {Hue::first, false}, shades[step]);
      svg.text(x + cell / 2 - 0.75, y + height / 2 + 3, value.text, step >= first_dark ? Lettering::on_hue : Lettering::plain, Anchor::middle, size);
    }
  }
  return y + 4;
}

}  // namespace shortfall
