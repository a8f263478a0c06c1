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

// What one counts money in: a currency's symbol and a power of a thousand, as "£m", "£k", "£000", "£'000", "£", "€m", "$k" and "kr m" have it.
struct UnitOfMoney {
  std::string symbol;      // "£", "kr"
  int thousands = 0;       // 0: single pounds, 1: thousands, 2: millions, 3: billions
  bool in_front = true;    // of the number: a sign stands in front of it, a word behind
  bool understood = true;  // else the symbol is the whole text, and stands behind
  double worth() const;    // of one, in single pounds
};
UnitOfMoney unit_of_money(std::string_view text);

// 8.1 in "£m" is "£8.1m", -3 is "-£3.0m"; in "kr m" it is "8.1m kr"; in a unit that is not understood it stands behind. `digits` after the point.
std::string money_text(double amount, std::string_view unit, int digits = 1);

}  // namespace shortfall
