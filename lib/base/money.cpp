#include "base/money.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace shortfall {

std::string grouped(std::string number) {
  const std::size_t point = number.find('.'), first = number.starts_with('-') ? 1 : 0;
  const std::size_t end = point == std::string::npos ? number.size() : point;
  for (std::size_t at = end; at > first + 3;) {
    at -= 3;
    number.insert(at, ",");
  }
  return number;
}

std::string decimal(double number, int digits) {
  const std::string text = fmt::format("{:.{}f}", number, digits);
  return text.starts_with('-') && text.find_first_not_of("-0.") == std::string::npos ? text.substr(1) : text;
}

std::string signed_decimal(double number, int digits) {
  const std::string text = fmt::format("{:+.{}f}", number, digits);
  return text.find_first_not_of("+-0.") == std::string::npos ? text.substr(1) : text;
}

std::string counted(std::uint64_t n, std::string_view one) { return fmt::format("{} {}{}", grouped(std::to_string(n)), one, n == 1 ? "" : "s"); }

double UnitOfMoney::worth() const { return std::pow(1000.0, thousands); }

UnitOfMoney unit_of_money(std::string_view text) {
  static constexpr std::string_view signs[] = {"£", "€", "$", "¥"};
  static constexpr std::pair<std::string_view, int> scales[] = {{"bn", 3},    {"m", 2},    {"M", 2},    {"k", 1},  {"K", 1},
                                                                {"'000s", 1}, {"000s", 1}, {"'000", 1}, {"000", 1}};
  std::string_view symbol = text;
  int thousands = 0;
  for (const auto& [written, power] : scales)
    if (symbol.size() > written.size() && symbol.ends_with(written)) {
      symbol.remove_suffix(written.size());
      thousands = power;
      break;
    }
  while (symbol.ends_with(' ')) symbol.remove_suffix(1);
  for (const std::string_view sign : signs)
    if (symbol == sign) return {std::string(sign), thousands, true, true};
  // A word and a scale stand apart: "kr m", "CHF k".
  const bool word = text.size() > symbol.size() + 1 && text[symbol.size()] == ' ' && thousands > 0;
  if (word) return {std::string(symbol), thousands, false, true};
  return {std::string(text), 0, false, false};
}

std::string money_text(double amount, std::string_view text, int digits) {
  const UnitOfMoney unit = unit_of_money(text);
  const std::string number = grouped(fmt::format("{:.{}f}", std::abs(amount), digits));
  const bool zero = number.find_first_not_of("0.,") == std::string::npos;
  static constexpr const char* suffixes[] = {"", "k", "m", "bn"};
  const std::string all = (unit.in_front ? unit.symbol : "") + number + suffixes[unit.thousands] + (unit.in_front ? "" : " " + unit.symbol);
  return (amount < 0 && !zero ? "-" : "") + all;
}

}  // namespace shortfall
