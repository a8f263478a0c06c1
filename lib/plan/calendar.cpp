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

std::optional<Year> parse_year(std::string_view text) {
  if (text.size() != 4 && text.size() != 7) return {};
  const auto starts = digits(text.substr(0, 4));
  if (!starts || *starts < 1900 || *starts > 2999) return {};
  if (text.size() == 4) return Year{std::string(text), *starts, false};
  const auto ends = digits(text.substr(5));
  if (text[4] != '/' || !ends || *ends != (*starts + 1) % 100) return {};
  return Year{std::string(text), *starts, true};
}

std::optional<int> parse_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return {};
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5));
  if (!year || !month || *year < 1900 || *month < 1 || *month > 12) return {};
  return *year * 12 + *month - 1;
}

int first_month(const Year& year) { return year.starts * 12 + (year.financial ? 3 : 0); }

std::string month_text(int month) { return fmt::format("{:04}-{:02}", month / 12, month % 12 + 1); }

}  // namespace shortfall
