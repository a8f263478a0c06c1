// Numbers as people write them in plans, options and gates.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

// "1.5", "-3", "2e3": the whole text, finite, and at most 1e12 in size (else what follows would lose pennies).
std::optional<double> parse_number(std::string_view text);

// The same, or as people write sums: "1,329.3" with a mark at every thousand, "(3.4)" for what is below 0, "−5" with a typographic minus.
std::optional<double> parse_amount(std::string_view text);

// The same as parse_number, or a percentage: "30%" is 0.3.
std::optional<double> parse_fraction(std::string_view text);

// What is wrong with a number of options that must lie within bounds, or nothing. A count is rewritten in digits: "100k" and "1e6" are counts.
std::string wrong_number(const std::string& text, double low, double high);
std::string wrong_count(std::string& text, std::uint64_t low, std::uint64_t high);

// Levels of quantiles, written in per cents and returned as fractions: "1:99" is every per cent from 1 to 99, 0.01 to 0.99; "10:90:20" is every 20
// per cent, 10, 30, … 90; "5,50,95" are these three. Empty where the text is no such list, where they do not rise, where one is not above 0 and
// below 100, or where there are more than 1,000.
std::vector<double> parse_levels(std::string_view text);

// The most futures that may be asked for.
inline constexpr std::uint64_t most_trials = 1'000'000'000'000;

}  // namespace shortfall
