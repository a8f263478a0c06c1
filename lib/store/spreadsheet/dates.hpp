// Days, months and financial years as people write them in cells and headings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/calendar.hpp"
#include "store/spreadsheet/sheet.hpp"

namespace shortfall {

struct Date {
  int year = 0, month = 1, day = 1;
  bool operator==(const Date&) const = default;
};
Date date_of_serial(double serial);  // of the calendar that begins in 1900: 45748 is 2025-04-01
std::string date_text(const Date& date);
inline int month_of(const Date& date) { return date.year * 12 + date.month - 1; }  // as parse_month counts

// "2025-04-01", "01/04/2025", "1.4.25", "20.05.2020", "Apr-25", "1 April 2025", "Q2 2025/26" (its first month). `day_first` false: 2/13/25 is the
// 13th of February.
std::optional<Date> parse_date(std::string_view text, bool day_first);

// The year that a heading names, wherever in it: "2025/26", "2025-26", "2025/2026", "05/06", "FY26", "net_2026_27", "2025".
std::optional<Year> year_in(std::string_view heading);

// The month or quarter of a financial year that a heading names: 0 … 11 from April of "Apr", "M1", "Apr-25", "Month 12"; quarters give their first.
struct PartOfYear {
  int first = 0, months = 1;
  std::optional<Year> year;  // "Apr-25" says it
};
std::optional<PartOfYear> part_of_year_in(std::string_view heading);

}  // namespace shortfall
