#include "store/spreadsheet/dates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/character.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

constexpr std::array<std::string_view, 12> months = {"january", "february", "march",     "april",   "may",      "june",
                                                     "july",    "august",   "september", "october", "november", "december"};

// 1 … 12 of "Apr", "April", "Sept".
std::optional<int> month_named(std::string_view word) {
  for (std::size_t m = 0; m < months.size(); ++m)
    if (word.size() >= 3 && (months[m].starts_with(word) || (m == 8 && word == "sept"))) return static_cast<int>(m) + 1;
  return {};
}

// Runs of digits and runs of letters.
std::vector<std::string> pieces(std::string_view text) {
  std::vector<std::string> out;
  char kind = ' ';
  for (const char raw : text) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw - 'A' + 'a') : raw;
    const char now = is_digit(c) ? 'd' : (c >= 'a' && c <= 'z') || (c & 0x80) != 0 ? 'l' : ' ';
    if (now != ' ' && now != kind) out.emplace_back();
    if (now != ' ') out.back().push_back(c);
    kind = now;
  }
  return out;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  if (text.empty() || text.size() > 4 || !is_digit(text.front())) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// "25" is 2025, "99" is 1999.
std::optional<int> full_year(std::string_view text) {
  const auto value = number(text);
  if (!value || (text.size() != 2 && text.size() != 4)) return {};
  if (text.size() == 4) return *value >= 1990 && *value <= 2099 ? value : std::nullopt;
  return *value >= 90 ? 1900 + *value : 2000 + *value;
}

bool is_day_of(const Date& date) {
  static constexpr std::array<int, 12> days = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= days[static_cast<std::size_t>(date.month) - 1];
}

Year financial_year(int starts) { return {fmt::format("{}/{:02}", starts, (starts + 1) % 100), starts, true}; }

}  // namespace

// From days to a date of the Gregorian calendar (Howard Hinnant, chrono-compatible low-level date algorithms, 2013).
Date date_of_serial(double serial) {
  const long day = std::lround(std::floor(std::clamp(serial, 0.0, 2'958'465.0)));
  // Excel's calendar has a 29th of February 1900; no tracker is so old.
  const long z = day - 25'569 + 719'468;
  const long era = z / 146'097, doe = z - era * 146'097;
  const long yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  const int month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  return {static_cast<int>(yoe + era * 400) + (month <= 2 ? 1 : 0), month, static_cast<int>(doy - (153 * mp + 2) / 5 + 1)};
}

std::string date_text(const Date& date) { return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day); }

std::optional<Date> parse_date(std::string_view text, bool day_first) {
  std::vector<std::string> p = pieces(with_plain_marks(text));
  // "2025-04-01T00:00:00" and "01/04/2025 00:00": the time says nothing.
  if (p.size() > 3 && p[0] != "q" && month_named(p[0]) == std::nullopt && number(p[0]) && number(p[1]) && (p[3] == "t" || number(p[3]))) p.resize(3);
  for (std::size_t i = 1; i < p.size(); ++i)
    if ((p[i] == "st" || p[i] == "nd" || p[i] == "rd" || p[i] == "th") && number(p[i - 1])) p.erase(p.begin() + static_cast<std::ptrdiff_t>(i));
  Date out;
  if (p.size() >= 2 && (p[0] == "q" || p[0] == "qtr" || p[0] == "quarter")) {
    const auto quarter = number(p[1]);
    std::string rest(text);
    const auto at = rest.find(p[1]);
    const auto year = year_in(rest.substr(at + 1));
    if (!quarter || *quarter < 1 || *quarter > 4 || !year) return {};
    const int month = first_month(*year) + 3 * (*quarter - 1);
    return Date{month / 12, month % 12 + 1, 1};
  }
  if (p.size() == 2 && month_named(p[0])) {
    const auto year = full_year(p[1]);
    if (!year) return {};
    out = {*year, *month_named(p[0]), 1};
  } else if (p.size() == 2 && p[0].size() == 4 && number(p[0]) && number(p[1])) {
    out = {*number(p[0]), *number(p[1]), 1};
  } else if (p.size() == 2 && p[1].size() == 4 && number(p[0]) && number(p[1])) {
    out = {*number(p[1]), *number(p[0]), 1};
  } else if (p.size() == 3) {
    const bool year_first = p[0].size() == 4;
    const auto year = full_year(year_first ? p[0] : p[2]);
    if (!year) return {};
    const std::string &a = year_first ? p[2] : p[0], &b = p[1];
    const auto named = month_named(b), named_first = month_named(a);
    const auto first = number(a), second = number(b);
    if (named && first)
      out = {*year, *named, *first};
    else if (named_first && second)
      out = {*year, *named_first, *second};
    else if (first && second)
      out = year_first || day_first ? Date{*year, *second, *first} : Date{*year, *first, *second};
    else
      return {};
  } else {
    return {};
  }
  if (out.year < 1990 || out.year > 2099 || !is_day_of(out)) return {};
  return out;
}

std::optional<Year> year_in(std::string_view heading) {
  const std::vector<std::string> p = pieces(with_plain_marks(heading));
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto first = number(p[i]);
    if (!first || (p[i].size() != 2 && p[i].size() != 4)) continue;
    const auto starts = full_year(p[i]);
    const bool after_fy = i > 0 && p[i - 1] == "fy";
    const auto ends = i + 1 < p.size() && (p[i + 1].size() == 2 || p[i + 1].size() == 4) ? full_year(p[i + 1]) : std::nullopt;
    if (starts && ends && *ends == *starts + 1) return financial_year(*starts);
    if (starts && after_fy) return financial_year(*starts - 1);
    const bool after_month = i > 0 && month_named(p[i - 1]);
    if (starts && p[i].size() == 4 && !after_month && (i == 0 || !number(p[i - 1]))) return Year{p[i], *starts, false};
  }
  return {};
}

std::optional<PartOfYear> part_of_year_in(std::string_view heading) {
  const std::vector<std::string> p = pieces(with_plain_marks(heading));
  const auto from_april = [](int month) { return (month + 8) % 12; };
  if (const auto date = parse_date(heading, true)) {
    const int at = from_april(date->month);
    return PartOfYear{at, 1, financial_year(date->month >= 4 ? date->year : date->year - 1)};
  }
  for (std::size_t i = 0; i < p.size(); ++i) {
    const auto next = i + 1 < p.size() ? number(p[i + 1]) : std::nullopt;
    if (const auto month = month_named(p[i])) {
      const auto year = i + 1 < p.size() ? full_year(p[i + 1]) : std::nullopt;
      PartOfYear out{from_april(*month), 1, {}};
      if (year && !year_in(heading)) out.year = financial_year(*month >= 4 ? *year : *year - 1);
      return out;
    }
    if (!next || p[i + 1].size() > 2) continue;
    if ((p[i] == "m" || p[i] == "month" || p[i] == "p" || p[i] == "period" || p[i] == "mth") && *next >= 1 && *next <= 12)
      return PartOfYear{*next - 1, 1, {}};
    if ((p[i] == "q" || p[i] == "qtr" || p[i] == "quarter") && *next >= 1 && *next <= 4) return PartOfYear{3 * (*next - 1), 3, {}};
  }
  return {};
}

}  // namespace shortfall
