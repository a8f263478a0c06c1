// Financial years and months as a plan writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

// "2017/18" runs from April 2017 to March 2018, "2017" from January to December, unless `year_starts:` says otherwise.
struct Year {
  std::string label;
  int starts = 0;                 // calendar year of its first month
  bool financial = false;         // of two calendar years; starts in April
  std::optional<int> first = {};  // its first month, in months after January, where `year_starts:` says it
};
std::optional<Year> parse_year(std::string_view text);

// Months since January of the year 0: "2017-10" is 2017 * 12 + 9.
std::optional<int> parse_month(std::string_view text);
int first_month(const Year& year);
// Whether two lists of years are the same years, from the same months on.
bool same_years(const std::vector<Year>& a, const std::vector<Year>& b);
const std::vector<std::string>& month_names();  // "january", …
std::string month_text(int month);              // "2017-10"

}  // namespace shortfall
