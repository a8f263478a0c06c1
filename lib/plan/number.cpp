#include "plan/number.hpp"

#include <fmt/format.h>

#include <algorithm>
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

std::optional<double> parse_amount(std::string_view text) {
  if (const auto plain = parse_number(text)) return plain;
  bool negative = false;
  if (text.size() > 2 && text.front() == '(' && text.back() == ')') {
    negative = true;
    text = text.substr(1, text.size() - 2);
  } else {
    for (const std::string_view minus : {"−", "–"})
      if (text.starts_with(minus)) negative = true, text.remove_prefix(minus.size());
  }
  // What is negative twice, or has a mark elsewhere than at thousands, is no number that anybody means.
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::size_t first = text.find(',');
  std::string bare;
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (text[k] != ',') {
      bare += text[k];
      continue;
    }
    if (k == 0 || k > point || first > 3 || (k - first) % 4 != 0) return {};
  }
  if (first != std::string_view::npos && (point - first) % 4 != 0) return {};
  if (bare.empty() || bare.front() < '0' || bare.front() > '9') return {};
  const auto value = parse_number(bare);
  return value && negative ? std::optional<double>(-*value) : value;
}

std::optional<double> parse_fraction(std::string_view text) {
  if (text.empty() || text.back() != '%') return parse_number(text);
  text.remove_suffix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const auto value = parse_number(text);
  // Divided, not multiplied by 0.01: 35% is then the double nearest to 0.35.
  return value ? std::optional<double>(*value / 100) : std::nullopt;
}

namespace {

// "250", "100k", "2m", "1e6": a whole number, exactly.
std::optional<std::uint64_t> count_of_text(std::string_view text) {
  std::uint64_t scale = 1;
  if (text.ends_with('k') || text.ends_with('K')) scale = 1'000;
  if (text.ends_with('m') || text.ends_with('M')) scale = 1'000'000;
  if (scale > 1) text.remove_suffix(1);
  std::uint64_t value = 0, power = 0;
  const char* end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc()) return {};
  if (at != end && scale == 1 && (*at == 'e' || *at == 'E')) {
    const auto [last, wrong] = std::from_chars(at + 1, end, power);
    if (wrong != std::errc() || power > 19) return {};
    at = last;
  }
  if (at != end) return {};
  for (; power > 0; --power) {
    if (value > UINT64_MAX / 10) return {};
    value *= 10;
  }
  return value > UINT64_MAX / scale ? std::nullopt : std::optional<std::uint64_t>(value * scale);
}

}  // namespace

std::string wrong_number(const std::string& text, double low, double high) {
  const auto value = parse_number(text);
  return value && *value >= low && *value <= high ? std::string() : fmt::format("'{}' is not a number from {:g} to {:g}", text, low, high);
}

std::string wrong_count(std::string& text, std::uint64_t low, std::uint64_t high) {
  const auto value = count_of_text(text);
  if (!value || *value < low || *value > high) return fmt::format("'{}' is not a whole number from {} to {}", text, low, high);
  text = std::to_string(*value);
  return {};
}

std::vector<double> parse_levels(std::string_view text) {
  constexpr std::size_t most = 1000;
  std::vector<double> numbers, out;
  const char sign = text.find(':') == std::string::npos ? ',' : ':';
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(sign, at), text.size());
    const auto number = parse_number(text.substr(at, end - at));
    if (!number) return {};
    numbers.push_back(*number);
    at = end + 1;
  }
  if (sign == ',') {
    out = numbers;
  } else {
    const double by = numbers.size() == 3 ? numbers[2] : 1;
    if (numbers.size() < 2 || numbers.size() > 3 || !(by > 0)) return {};
    for (std::size_t k = 0; k <= most && numbers[0] + static_cast<double>(k) * by <= numbers[1] + 1e-9; ++k)
      out.push_back(numbers[0] + static_cast<double>(k) * by);
  }
  if (out.size() > most) return {};
  for (std::size_t k = 0; k < out.size(); ++k)
    if (!(out[k] > 0 && out[k] < 100) || (k > 0 && out[k] <= out[k - 1])) return {};
  for (double& x : out) x /= 100;
  return out;
}

}  // namespace shortfall
