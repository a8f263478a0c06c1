// Amounts as a reader expects them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shortfall {

// "1234567.8" as "1,234,567.8".
std::string grouped(std::string number);

// "8.10"; what rounds to nothing is "0.00", without a sign. The second with its sign: "+8.10".
std::string decimal(double number, int digits);
std::string signed_decimal(double number, int digits);

// "1 scheme", "1,200 schemes".
std::string counted(std::uint64_t n, std::string_view one);

// 8.1 in "£m" is "£8.1m", -3 is "-£3.0m"; in any other unit "8.1 €k". `digits` after the point.
std::string money_text(double amount, std::string_view unit, int digits = 1);

}  // namespace shortfall
