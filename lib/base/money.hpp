// Amounts as a reader expects them.
#pragma once

#include <string>
#include <string_view>

namespace shortfall {

// "1234567.8" as "1,234,567.8".
std::string grouped(std::string number);

// 8.1 in "£m" is "£8.1m", -3 is "-£3.0m"; in any other unit "8.1 €k". `digits` after the point.
std::string money_text(double amount, std::string_view unit, int digits = 1);

}  // namespace shortfall
