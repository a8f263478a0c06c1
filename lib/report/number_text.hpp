// Numbers for people: no digit that the interval does not support.
#pragma once

#include <string>

#include "study/estimate.hpp"

namespace shortfall {

// Digits after the point that an uncertainty of `half_width` leaves a meaning to: the last one stands for at least a tenth of it, and there are at
// most `most`.
int digits_for(double half_width, int most);

std::string percent(double fraction, int digits);      // "41.2 %"
std::string percent(const Estimate& e);                // "41.2 %", by its own interval
std::string percent_with_interval(const Estimate& e);  // "41.2 % (40.9 to 41.5)"
std::string grouped(std::uint64_t n);                  // "100,000"

// "61 of 100 futures", "1 of 1,000 futures", "no future of 100,000".
std::string futures(const Estimate& e);

// Cells of a terminal, as wcwidth counts them: two for a Chinese character or an emoji, none for an accent that combines.
std::size_t width_of(std::string_view text);
std::string padded(std::string_view text, std::size_t width);  // left-aligned, cut with "…"
std::string right_aligned(std::string_view text, std::size_t width);
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent = "");

}  // namespace shortfall
