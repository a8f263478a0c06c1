#include "report/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "base/problem.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t narrowest = 60, widest = 120;

std::string end_text(double x, int digits) { return std::isfinite(x) ? grouped(decimal(x, digits)) : "who knows"; }

bool rounds_to_nothing(const std::string& number) { return number.find_first_not_of("+-0.") == std::string::npos; }

}  // namespace

Page::Page(const Setting& setting, const TextStyle& style) : setting_(setting), style_(style), width_(std::clamp(style.width, narrowest, widest)) {}

void Page::head(const std::string& simulated, const std::vector<std::string>& edits) {
  const Setting& s = setting_;
  const std::string years = s.years.size() == 1 ? s.years.front() : fmt::format("{} to {}", s.years.front(), s.years.back());
  std::string title = s.title;
  if (title.empty()) title = s.organisations.size() == 1 ? s.organisations.front().title : fmt::format("{} plans", s.organisations.size());
  const std::size_t room = width_ - width_of(years) - 2;
  line(toned((width_of(title) > room ? padded(title, room) : title) + ", " + years, Tone::strong));
  paragraph(simulated);
  std::string held;
  for (const Given& g : s.given) held += fmt::format("{}{} at P{:g}", held.empty() ? "" : ", ", g.factor, 100 * g.quantile);
  if (!held.empty()) paragraph(printable("a stress: " + held, 2000), Tone::doubtful);
  if (s.optimism != 1) paragraph(fmt::format("optimism {:g} (0: as planned, 1: the track record)", s.optimism), Tone::doubtful);
  if (!edits.empty()) paragraph(printable(fmt::format("the plans as changed by --set {}", fmt::join(edits, ", --set ")), 2000), Tone::doubtful);
  line();
}

void Page::line(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  out_.append(text).append("\n");
}
void Page::heading(std::string_view text) { paragraph(std::string(text), Tone::strong); }

void Page::paragraph(const std::string& text, Tone tone, std::string_view indent) {
  const std::string block = wrapped(text, width_, indent);
  for (std::size_t at = 0; at < block.size();) {
    const std::size_t end = block.find('\n', at);
    out_ += toned(block.substr(at, end - at), tone) + "\n";
    at = end + 1;
  }
}

std::string Page::toned(std::string_view text, Tone tone) const {
  if (!style_.colour || tone == Tone::plain) return std::string(text);
  static constexpr const char* codes[] = {"", "1", "2", "32", "33", "31"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(tone)], text);
}

std::string Page::money(double sum, int digits) const { return money_text(sum, setting_.currency, digits); }

std::string Page::money_with_interval(const Estimate& e) const {
  const int digits = money_digits({e});
  if (e.low == e.high) return money(e.value, digits);
  return fmt::format("{} ({} to {})", money(e.value, digits), end_text(e.low, digits), end_text(e.high, digits));
}

std::string Page::title(std::size_t o) const {
  const Setting::Asked& a = setting_.organisations[o];
  return a.title.empty() ? a.id : a.title;
}

std::string Page::name(std::size_t o, std::size_t width) const {
  const std::string text = title(o);
  return padded(width_of(text) >= width ? padded(text, width - 1) : text, width);
}

std::string Page::titles(const std::vector<std::uint32_t>& organisations) const {
  std::vector<std::string> names;
  for (const std::uint32_t o : organisations) names.push_back(title(o));
  return listed(names);
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return out;
}

std::string repeated(std::string_view cell, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += cell;
  return out;
}

std::string lie(double futures) {
  const auto n = static_cast<std::uint64_t>(std::llround(futures));
  return counted(n, "future") + (n == 1 ? " lies" : " lie");
}

int money_digits(const std::vector<Estimate>& sums) {
  int digits = 2;
  for (const Estimate& e : sums) digits = std::min(digits, std::isfinite(e.half_width()) ? digits_for(e.half_width(), 2) : 1);
  return digits;
}

std::string amount(const Estimate& e, int digits) {
  if (!std::isfinite(e.value)) return "–";
  return grouped(decimal(e.value, digits));
}

std::string signed_amount(const Estimate& e, int digits) {
  if (!std::isfinite(e.value)) return "–";
  const std::string number = fmt::format("{:+.{}f}", e.value, digits);
  return rounds_to_nothing(number) ? "0" : number.front() + grouped(number.substr(1));
}

std::string points(const Estimate& change, int digits) {
  const std::string number = fmt::format("{:+.{}f}", 100 * change.value, digits);
  return rounds_to_nothing(number) ? "0" : number;
}

}  // namespace shortfall
