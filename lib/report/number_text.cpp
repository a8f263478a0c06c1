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

bool rounds_to_nothing(const std::string& number) { return number.find_first_not_of("+-0.") == std::string::npos; }

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

int chance_digits(const std::vector<Estimate>& chances, int most) {
  double widest = 0;
  for (const Estimate& e : chances) widest = std::max(widest, e.half_width());
  return digits_for(100 * widest, most);
}

std::string points(const Estimate& change, int digits) {
  const std::string number = fmt::format("{:+.{}f}", 100 * change.value, digits);
  return rounds_to_nothing(number) ? "0" : number;
}

std::string change_with_interval(const Estimate& e, double unit) {
  if (e.low == 0 && e.high == 0) return "0";
  const int digits = digits_for(e.half_width() / unit, 2);
  return fmt::format("{} ({} to {})", signed_decimal(e.value / unit, digits), signed_decimal(e.low / unit, digits),
                     signed_decimal(e.high / unit, digits));
}

int money_digits(const std::vector<Estimate>& sums, int most) {
  int digits = most;
  for (const Estimate& e : sums) digits = std::min(digits, std::isfinite(e.half_width()) ? digits_for(e.half_width(), most) : std::min(most, 1));
  return digits;
}

std::string amount(const Estimate& e, int digits) { return std::isfinite(e.value) ? grouped(decimal(e.value, digits)) : "–"; }

std::string signed_amount(const Estimate& e, int digits) {
  if (!std::isfinite(e.value)) return "–";
  const std::string number = fmt::format("{:+.{}f}", e.value, digits);
  return rounds_to_nothing(number) ? "0" : number.front() + grouped(number.substr(1));
}

std::string range_text(double low, double high, int digits) {
  const auto end = [&](double x) { return grouped(decimal(x, digits)); };
  if (std::isfinite(low) && std::isfinite(high)) return fmt::format("{} to {}", end(low), end(high));
  if (std::isfinite(low)) return end(low) + " or more";
  return std::isfinite(high) ? end(high) + " or less" : "too few futures to tell";
}

std::string money_with_interval(const Estimate& e, std::string_view unit) {
  const int digits = money_digits({e});
  const std::string value = money_text(e.value, unit, digits);
  return e.low == e.high || std::isnan(e.low) ? value : fmt::format("{} ({})", value, range_text(e.low, e.high, digits));
}

std::string money_change_with_interval(const Estimate& e, std::string_view unit) {
  const int digits = std::max(money_digits({e}), 0);
  const auto signed_money = [&](double x) {
    const std::string text = money_text(x, unit, digits);
    return (rounds_to_nothing(fmt::format("{:+.{}f}", x, digits)) || x < 0 ? "" : "+") + text;
  };
  if (e.low == e.high || !std::isfinite(e.low) || !std::isfinite(e.high)) return signed_money(e.value);
  return fmt::format("{} ({} to {})", signed_money(e.value), signed_money(e.low), signed_money(e.high));
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return out;
}

std::string lie(double futures) {
  const auto n = static_cast<std::uint64_t>(std::llround(futures));
  return counted(n, "future") + (n == 1 ? " lies" : " lie");
}

std::string capital(std::string s) {
  if (!s.empty() && s[0] >= 'a' && s[0] <= 'z') s[0] = static_cast<char>(s[0] - 'a' + 'A');
  return s;
}

std::string grouped(std::uint64_t n) { return grouped(std::to_string(n)); }

namespace {

// Of how many futures a chance is told as a whole number: 100, 1,000 or 10,000; all that were simulated, where none of them or all show it.
std::uint64_t of_how_many(const Estimate& e) {
  if (e.value == 0 || e.value == 1) return e.trials;
  for (const std::uint64_t of : {100u, 1000u})
    if (const double n = e.value * static_cast<double>(of); n >= 0.95 && n <= static_cast<double>(of) - (of == 100 ? 0.5 : 0.95)) return of;
  return 10'000;
}

}  // namespace

std::string futures(const Estimate& e) {
  // Of few futures their number, not more than was simulated.
  if (e.trials < 100 && e.trials > 0) return fmt::format("{:.0f} of {}", e.value * static_cast<double>(e.trials), counted(e.trials, "future"));
  if (e.value == 0) return fmt::format("none of {}", counted(e.trials, "future"));
  if (e.value == 1) return fmt::format("all of {}", counted(e.trials, "future"));
  const std::uint64_t of = of_how_many(e);
  if (const double n = e.value * static_cast<double>(of); of < 10'000 || (n >= 0.95 && n <= static_cast<double>(of) - 0.95))
    return fmt::format("{:.0f} of {} futures", n, grouped(of));
  return e.value < 0.5 ? "fewer than 1 of 10,000 futures" : "more than 9,999 of 10,000 futures";
}

std::string known_text(const Estimate& e) {
  const auto of = static_cast<double>(of_how_many(e));
  const auto whole = [&](double x) { return grouped(decimal(of * x, 0)); };
  return fmt::format("{} to {}", whole(e.known->low), whole(e.known->high));
}

std::string known_money(const KnownRange& range, std::string_view unit) {
  const int digits = money_digits({{range.low, range.low, range.high, 0}}, 1);
  return fmt::format("{} and {}", money_text(range.low, unit, digits), money_text(range.high, unit, digits));
}

std::string known_futures(const Estimate& e, Said said) {
  if (!e.little_known()) return futures(e);
  return fmt::format("{} ({}{}{})", futures(e), known_text(e), said == Said::again ? "" : ", given how little is known of such schemes",
                     said == Said::first_with_months ? " and what the months so far say" : "");
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
    // What no line can hold is broken: not all scripts have spaces. A path is broken where a folder ends, if that fills half a line.
    for (; width_of(line) + width_of(word) > width; end_line()) {
      std::string_view begin = beginning(word, width - width_of(line));
      const std::size_t slash = begin.rfind('/');
      if (slash != std::string_view::npos && slash >= begin.size() / 2) begin = begin.substr(0, slash + 1);
      line += begin;
      word.remove_prefix(begin.size());
    }
    line += word;
    at = space + 1;
  }
  return out + line + "\n";
}

std::string ascii(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> signs[] = {
      {"─", "-"},  {"│", "|"},  {"█", "#"},   {"▓", "+"},    {"▒", "x"},    {"·", "."},  {"–", "-"},  {"—", "-"}, {"−", "-"},
      {"…", "~"},  {"→", "->"}, {"±", "+/-"}, {"£", "GBP "}, {"€", "EUR "}, {"≤", "<="}, {"≥", ">="}, {"’", "'"}, {"‘", "'"},
      {"“", "\""}, {"”", "\""}, {"²", "2"},   {"░", ":"},    {"┤", "+"},    {"└", "+"},  {"●", "o"},  {"○", "."}};
  std::string out;
  while (!text.empty()) {
    const auto known = std::find_if(std::begin(signs), std::end(signs), [&](const auto& s) { return text.starts_with(s.first); });
    const std::size_t bytes = known == std::end(signs) ? first_sign(text).bytes : known->first.size();
    const bool plain = static_cast<unsigned char>(text.front()) < 0x80;
    out += known != std::end(signs) ? known->second : plain ? text.substr(0, 1) : std::string_view("?");
    text.remove_prefix(plain ? 1 : bytes);
  }
  return out;
}

}  // namespace shortfall
