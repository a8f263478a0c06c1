#include "base/money.hpp"

#include <fmt/format.h>

#include <cmath>

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

std::string money_text(double amount, std::string_view unit, int digits) {
  const std::string number = grouped(fmt::format("{:.{}f}", std::abs(amount), digits));
  const bool zero = number.find_first_not_of("0.") == std::string::npos;
  const char* sign = amount < 0 && !zero ? "-" : "";
  constexpr std::string_view pound = "£";
  if (unit.starts_with(pound)) return fmt::format("{}{}{}{}", sign, pound, number, unit.substr(pound.size()));
  return fmt::format("{}{} {}", sign, number, unit);
}

}  // namespace shortfall
