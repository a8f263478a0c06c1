#include "report/number_text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"

namespace shortfall {
namespace {

// What a reader takes for one sign: a letter with its accents, an emoji with what modifies it.
struct Sign {
  std::size_t bytes = 0, cells = 0;
};

Sign first_sign(std::string_view text) {
  if (text.size() == 1 || (static_cast<unsigned char>(text[0]) < 0x80 && static_cast<unsigned char>(text[1]) < 0x80)) return {1, 1};
  Sign out;
  utf8proc_int32_t before = 0, state = 0;
  while (out.bytes < text.size()) {
    utf8proc_int32_t c = 0;
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + out.bytes;
    const auto bytes = utf8proc_iterate(at, static_cast<utf8proc_ssize_t>(text.size() - out.bytes), &c);
    if (bytes <= 0) return out.bytes > 0 ? out : Sign{1, 1};
    if (out.bytes > 0 && utf8proc_grapheme_break_stateful(before, c, &state)) return out;
    out.bytes += static_cast<std::size_t>(bytes);
    out.cells += static_cast<std::size_t>(utf8proc_charwidth(c));
    before = c;
  }
  return out;
}

// As many signs as so many cells hold; at least one.
std::string_view beginning(std::string_view text, std::size_t cells) {
  std::size_t bytes = 0;
  for (std::string_view rest = text; !rest.empty(); rest = text.substr(bytes)) {
    const Sign sign = first_sign(rest);
    if (sign.cells > cells && bytes > 0) break;
    cells -= std::min(cells, sign.cells);
    bytes += sign.bytes;
  }
  return text.substr(0, bytes);
}

}  // namespace

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
  return fmt::format("{} ({} to {})", percent(e.value, digits), decimal(100 * e.low, digits), decimal(100 * e.high, digits));
}

std::string grouped(std::uint64_t n) { return grouped(std::to_string(n)); }

std::string futures(const Estimate& e) {
  // Of few futures their number, not more than was simulated.
  if (e.trials < 100 && e.trials > 0) return fmt::format("{:.0f} of {}", e.value * static_cast<double>(e.trials), counted(e.trials, "future"));
  if (e.value == 0) return fmt::format("none of {}", counted(e.trials, "future"));
  if (e.value == 1) return fmt::format("all of {}", counted(e.trials, "future"));
  for (const std::uint64_t of : {100u, 1000u, 10000u})
    if (const double n = e.value * static_cast<double>(of); n >= 0.95 && n <= static_cast<double>(of) - (of == 100 ? 0.5 : 0.95))
      return fmt::format("{:.0f} of {} futures", n, grouped(of));
  return e.value < 0.5 ? "fewer than 1 of 10,000 futures" : "more than 9,999 of 10,000 futures";
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Sign sign = first_sign(text);
    width += sign.cells;
    text.remove_prefix(sign.bytes);
  }
  return width;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t has = width_of(text);
  if (has <= width) return std::string(text) + std::string(width - has, ' ');
  const std::string_view begin = beginning(text, width - 1);
  return std::string(begin) + "…" + std::string(width - 1 - width_of(begin), ' ');
}

std::string right_aligned(std::string_view text, std::size_t width) {
  const std::size_t has = width_of(text);
  return has >= width ? std::string(text) : std::string(width - has, ' ') + std::string(text);
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
  std::string out, line;
  const auto end_line = [&] {
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    line = indent;
  };
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t space = std::min(text.find(' ', at), text.size());
    // "50 %" stays on one line.
    if (text.substr(space).starts_with(" %")) space = std::min(text.find(' ', space + 1), text.size());
    std::string_view word = text.substr(at, space - at);
    const bool at_start = at == 0, too_long = width_of(word) > width - width_of(indent);
    if (!at_start && (too_long || width_of(line) + 1 + width_of(word) > width))
      end_line();
    else if (!at_start)
      line += ' ';
    // What no line can hold is broken: not all scripts have spaces.
    for (; width_of(line) + width_of(word) > width; end_line()) {
      const std::string_view begin = beginning(word, width - width_of(line));
      line += begin;
      word.remove_prefix(begin.size());
    }
    line += word;
    at = space + 1;
  }
  return out + line + "\n";
}

}  // namespace shortfall
