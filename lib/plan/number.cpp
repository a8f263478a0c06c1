#include "plan/number.hpp"

#include <charconv>
#include <cmath>

namespace shortfall {

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const bool starts_as_number = !text.empty() && ((text.front() >= '0' && text.front() <= '9') || text.front() == '-' || text.front() == '.');
  if (!starts_as_number || text.find_first_of("xXpPiInN") != std::string_view::npos) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || std::abs(value) > 1e12) return {};
  return value;
}

std::optional<double> parse_fraction(std::string_view text) {
  if (text.empty() || text.back() != '%') return parse_number(text);
  text.remove_suffix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const auto value = parse_number(text);
  // Divided, not multiplied by 0.01: 35% is then the double nearest to 0.35.
  return value ? std::optional<double>(*value / 100) : std::nullopt;
}

}  // namespace shortfall
