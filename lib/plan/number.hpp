// Numbers as people write them in plans, options and gates.
#pragma once

#include <optional>
#include <string_view>

namespace shortfall {

// "1.5", "-3", "2e3": the whole text, finite, and at most 1e12 in size (else what follows would lose pennies).
std::optional<double> parse_number(std::string_view text);

// The same, or a percentage: "30%" is 0.3.
std::optional<double> parse_fraction(std::string_view text);

}  // namespace shortfall
