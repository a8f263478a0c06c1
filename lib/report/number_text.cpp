#include "report/number_text.hpp"

#include <fmt/format.h>
#include <utf8.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"

namespace shortfall {

int digits_for(double half_width, int most) {
  if (half_width <= 0) return most;
  return std::clamp(static_cast<int>(std::ceil(-std::log10(half_width) - 1e-9)), 0, most);
}

std::string percent(double fraction, int digits) {
  std::string text = fmt::format("{:.{}f}", 100 * fraction, digits);
  // What is not sure is not shown as if it were.
  const double nearly = 100 - std::pow(10.0, -digits);
  if (fraction < 1 && text == fmt::format("{:.{}f}", 100.0, digits)) text = fmt::format(">{:.{}f}", nearly, digits);
  if (fraction > 0 && text == fmt::format("{:.{}f}", 0.0, digits)) text = fmt::format("<{:.{}f}", 100 - nearly, digits);
  return text + " %";
}

std::string percent(const Estimate& e) { return percent(e.value, digits_for(100 * e.half_width(), 2)); }

std::string percent_with_interval(const Estimate& e) {
  const int digits = digits_for(100 * e.half_width(), 2);
  return fmt::format("{} ({:.{}f} to {:.{}f})", percent(e.value, digits), 100 * e.low, digits, 100 * e.high, digits);
}

std::string grouped(std::uint64_t n) { return grouped(std::to_string(n)); }

std::string counted(std::uint64_t n, std::string_view one) { return fmt::format("{} {}{}", grouped(n), one, n == 1 ? "" : "s"); }

std::string futures(const Estimate& e) {
  // Of few futures their number, not more than was simulated.
  if (e.trials < 100 && e.trials > 0)
    return fmt::format("{:.0f} of {} future{}", e.value * static_cast<double>(e.trials), e.trials, e.trials == 1 ? "" : "s");
  if (e.value == 0) return fmt::format("none of {} futures", grouped(e.trials));
  if (e.value == 1) return fmt::format("all of {} futures", grouped(e.trials));
  for (const std::uint64_t of : {100u, 1000u, 10000u})
    if (const double n = e.value * static_cast<double>(of); n >= 0.95 && n <= static_cast<double>(of) - (of == 100 ? 0.5 : 0.95))
      return fmt::format("{:.0f} of {} futures", n, grouped(of));
  return e.value < 0.5 ? "fewer than 1 of 10,000 futures" : "more than 9,999 of 10,000 futures";
}

std::size_t width_of(std::string_view text) { return static_cast<std::size_t>(utf8::unchecked::distance(text.begin(), text.end())); }

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t has = width_of(text);
  if (has <= width) return std::string(text) + std::string(width - has, ' ');
  auto end = text.begin();
  utf8::unchecked::advance(end, width - 1);
  return std::string(text.begin(), end) + "…";
}

std::string right_aligned(std::string_view text, std::size_t width) {
  const std::size_t has = width_of(text);
  return has >= width ? std::string(text) : std::string(width - has, ' ') + std::string(text);
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out, line;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t space = std::min(text.find(' ', at), text.size());
    // "50 %" stays on one line.
    if (text.substr(space).starts_with(" %")) space = std::min(text.find(' ', space + 1), text.size());
    const std::string_view word = text.substr(at, space - at);
    if (!line.empty() && width_of(line) + 1 + width_of(word) > width) {
      out += line + "\n";
      line = indent;
      line += word;
    } else {
      if (!line.empty()) line += ' ';
      line += word;
    }
    at = space + 1;
  }
  return out + line + "\n";
}

}  // namespace shortfall
