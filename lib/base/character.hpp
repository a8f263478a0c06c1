// Kinds of characters, by ASCII alone: what a locale calls a digit is none in a plan.
#pragma once

namespace shortfall {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace shortfall
