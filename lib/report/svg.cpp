#include "report/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/markup.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

struct Colour {
  std::string_view fill;
  char name;  // of its classes: "fa", "sa"
};
constexpr std::array<Colour, 6> colours = {
    {{"#0b0c0c", 'i'}, {"#505a5f", 'w'}, {"#12436d", 'a'}, {"#28a197", 'b'}, {"#801650", 'c'}, {"#f46a25", 'd'}}};
const Colour& colour_of(Hue hue) { return colours[static_cast<std::size_t>(hue)]; }

// A tenth of a unit is less than anybody sees.
std::string number(double x) {
  std::string out = fmt::format("{:.1f}", x);
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

double width_of_letter(unsigned char c) {
  static constexpr std::string_view narrow = "iljI.,:;'|!()[] ft", wide = "mwMW@%&";
  if (narrow.find(static_cast<char>(c)) != std::string_view::npos) return 0.38;
  if (wide.find(static_cast<char>(c)) != std::string_view::npos) return 0.98;
  return c >= 'A' && c <= 'Z' ? 0.72 : 0.62;
}

std::string outline_of(const std::vector<Point>& points) {
  std::string out;
  for (std::size_t i = 0; i < points.size(); ++i) out += fmt::format("{}{} {}", i == 0 ? "M" : "L", number(points[i].x), number(points[i].y));
  return out;
}

// Lines that rise from left to right over an area, kept to it.
std::string hatching(double x, double y, double width, double height) {
  constexpr double apart = 6;
  std::string out;
  for (double at = apart / 2; at < width + height; at += apart) {
    const double x1 = std::max(0.0, at - height), x2 = std::min(width, at);
    if (x2 > x1) out += fmt::format("M{} {}L{} {}", number(x + x1), number(y + at - x1), number(x + x2), number(y + at - x2));
  }
  return out;
}

}  // namespace

double width_of_letters(std::string_view text) {
  double out = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    std::size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0) == 0x80) ++next;
    out += c < 0x80 ? width_of_letter(c) : 0.66 * static_cast<double>(std::max<std::size_t>(1, width_of(text.substr(i, next - i))));
    i = next;
  }
  return out;
}

std::string shortened(const std::string& text, double width, double size) {
  if (width_of_letters(text) * size <= width) return text;
  std::size_t cells = width_of(text);
  std::string out;
  do {
    out = padded(text, std::max<std::size_t>(cells, 2));
    while (out.ends_with(' ')) out.pop_back();
  } while (--cells > 1 && width_of_letters(out) * size > width);
  return out;
}

std::vector<std::string> in_lines(const std::string& text, double width, double size, std::size_t most) {
  std::vector<std::string> out;
  std::string rest = text;
  while (out.size() + 1 < most && width_of_letters(rest) * size > width) {
    std::size_t at = rest.size();
    while (at != std::string::npos && at > 0 && width_of_letters(std::string_view(rest).substr(0, at)) * size > width) at = rest.rfind(' ', at - 1);
    if (at == std::string::npos || at == 0) break;
    out.push_back(rest.substr(0, at));
    rest = rest.substr(at + 1);
  }
  out.push_back(shortened(rest, width, size));
  return out;
}

void Svg::area(double x, double y, double width, double height, Paint paint, double opacity) {
  if (width < 0) x += width, width = -width;
  const Colour& c = colour_of(paint.hue);
  out_ += fmt::format("<rect class=\"f{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"{}/>\n", c.name, number(x), number(y),
                      number(std::max(width, 0.6)), number(height), c.fill, opacity < 1 ? fmt::format(" fill-opacity=\"{}\"", opacity) : "");
  if (paint.hatched && width > 3)
    out_ += fmt::format("<path class=\"sp\" d=\"{}\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"1.6\"/>\n", hatching(x, y, width, height));
}

void Svg::shape(const std::vector<Point>& outline, Hue hue, double opacity) {
  if (outline.empty()) return;
  const Colour& c = colour_of(hue);
  out_ += fmt::format("<path class=\"f{}\" d=\"{}Z\" fill=\"{}\" fill-opacity=\"{}\"/>\n", c.name, outline_of(outline), c.fill, opacity);
}

void Svg::path(const std::vector<Point>& points, Hue hue, double width, std::string_view dashes) {
  if (points.empty()) return;
  const Colour& c = colour_of(hue);
  out_ += fmt::format("<path class=\"s{}\" d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{}/>\n", c.name,
                      outline_of(points), c.fill, number(width), dashes.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", dashes));
}

void Svg::line(double x1, double y1, double x2, double y2, Hue hue, double width, std::string_view dashes) {
  path({{x1, y1}, {x2, y2}}, hue, width, dashes);
}

void Svg::rule(double x1, double y1, double x2, double y2) {
  out_ += fmt::format("<path class=\"sg\" d=\"{}\" stroke=\"#d0d4d6\" stroke-width=\"1\"/>\n", outline_of({{x1, y1}, {x2, y2}}));
}

void Svg::dot(double x, double y, double radius, Hue hue) {
  const Colour& c = colour_of(hue);
  out_ += fmt::format("<circle class=\"f{} sp\" cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"#ffffff\"/>\n", c.name, number(x), number(y),
                      number(radius), c.fill);
}

void Svg::text(double x, double y, std::string_view words, Lettering how, Anchor anchor, double size) {
  if (words.empty()) return;
  static constexpr std::string_view classes[] = {"ti", "ti", "tw", "tw tick", "tl", "tp"};
  static constexpr std::string_view fills[] = {"#0b0c0c", "#0b0c0c", "#505a5f", "#505a5f", "#0b0c0c", "#ffffff"};
  const auto k = static_cast<std::size_t>(how);
  out_ += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\" fill=\"{}\"{}{}{}>{}</text>\n", classes[k], number(x), number(y), fills[k],
                      how == Lettering::strong ? " font-weight=\"600\"" : "",
                      anchor == Anchor::start    ? ""
                      : anchor == Anchor::middle ? " text-anchor=\"middle\""
                                                 : " text-anchor=\"end\"",
                      size == text_size ? "" : fmt::format(" font-size=\"{}\"", number(size)), html_text(words));
}

void Svg::plate(double x, double y, double width, double height) {
  out_ += fmt::format("<rect class=\"fp\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#ffffff\" fill-opacity=\"0.85\"/>\n", number(x),
                      number(y), number(width), number(height));
}

double Svg::keys(const std::vector<Key>& all, double x, double y, double width) {
  double at = x;
  for (const Key& key : all) {
    const double needed = 24 + width_of_letters(key.name) * text_size;
    if (at > x && at + needed > x + width) at = x, y += line_height + 2;
    if (key.line)
      line(at, y + 6, at + 18, y + 6, key.paint.hue, 2.4, key.dashed ? "4 3" : "");
    else
      area(at, y + 1, 18, 10, key.paint, key.dashed ? 0.3 : 1);
    text(at + 23, y + 10, shortened(key.name, width - 24, text_size));
    at += needed + 14;
  }
  return y + line_height + 6;
}

std::string Svg::whole(double width, double height, const std::string& id, const std::string& title, const std::string& description) const {
  return fmt::format(
      "<svg role=\"img\" aria-labelledby=\"{0}-title {0}-desc\" viewBox=\"0 0 {1} {2}\" font-family=\"Arial, Helvetica, Liberation Sans, "
      "sans-serif\" "
      "font-size=\"{5}\">\n<title id=\"{0}-title\">{3}</title>\n<desc id=\"{0}-desc\">{4}</desc>\n{6}</svg>\n",
      id, number(width), number(height), html_text(title), html_text(description), number(text_size), out_);
}

std::string svg(const Picture& picture, const std::string& id, const std::string& title, const std::string& description) {
  Svg out;
  const double height = std::visit([&](const auto& chart) { return draw(chart, out); }, picture);
  return out.whole(picture_width, height, id, title, description);
}

}  // namespace shortfall
