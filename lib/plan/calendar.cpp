#include "plan/calendar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace shortfall {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return {};
  return value;
}

}  // namespace

namespace {

// "2025-26", "2025/2026", "2025–26" and "FY26" as "2025/26"; anything else as it is.
std::string usual_form(std::string_view text) {
  constexpr std::string_view dash = "–";
  if (text.size() == 4 && (text.starts_with("FY") || text.starts_with("fy")))
    if (const auto ends = digits(text.substr(2))) return fmt::format("{}/{:02}", 2000 + *ends - 1, *ends);
  std::string out(text);
  if (const std::size_t at = out.find(dash); at == 4) out.replace(at, dash.size(), "/");
  if (out.size() >= 7 && out[4] == '-') out[4] = '/';
  if (out.size() == 9 && out[4] == '/' && out.substr(5, 2) == (out.substr(7) == "00" ? "20" : out.substr(0, 2))) out.erase(5, 2);
  return out;
}

}  // namespace

std::optional<Year> parse_year(std::string_view written) {
  const std::string text = usual_form(written);
  if (text.size() != 4 && text.size() != 7) return {};
  const std::string_view view = text;
  const auto starts = digits(view.substr(0, 4));
  if (!starts || *starts < 1900 || *starts > 2999) return {};
  if (text.size() == 4) return Year{text, *starts, false};
  const auto ends = digits(view.substr(5));
  if (text[4] != '/' || !ends || *ends != (*starts + 1) % 100) return {};
  return Year{text, *starts, true};
}

std::optional<int> parse_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return {};
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5));
  if (!year || !month || *year < 1900 || *month < 1 || *month > 12) return {};
  return *year * 12 + *month - 1;
}

int first_month(const Year& year) { return year.starts * 12 + year.first.value_or(year.financial ? 3 : 0); }

bool same_years(const std::vector<Year>& a, const std::vector<Year>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Year& x, const Year& y) { return x.label == y.label && first_month(x) == first_month(y); });
}

const std::vector<std::string>& month_names() {
  static const std::vector<std::string> names = {"january", "february", "march",     "april",   "may",      "june",
                                                 "july",    "august",   "september", "october", "november", "december"};
  return names;
}

std::string month_text(int month) { return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1); }

}  // namespace shortfall
