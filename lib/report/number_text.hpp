// Numbers for people: no digit that the interval does not support.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "study/estimate.hpp"

namespace shortfall {

// Digits after the point that an uncertainty of `half_width` leaves a meaning to: the last one stands for at least a tenth of it, and there are at
// most `most`.
int digits_for(double half_width, int most);

std::string percent(double fraction, int digits);      // "41.2 %"
std::string percent(const Estimate& e);                // "41.2 %", by its own interval
std::string percent_with_interval(const Estimate& e);  // "41.2 % (40.9 to 41.5)"
std::string grouped(std::uint64_t n);                  // "100,000"
// Digits that all of a column's chances support, at most `most`.
int chance_digits(const std::vector<Estimate>& chances, int most);
std::string points(const Estimate& change, int digits);  // "+6.2": of a chance, in percentage points; "0" where that rounds to nothing
// "+6.2 (+6.0 to +6.4)": in points with a `unit` of 0.01, in money with one of 1; by its own interval.
std::string change_with_interval(const Estimate& change, double unit);

// Digits that all of a column's sums of money support, at most `most`.
int money_digits(const std::vector<Estimate>& sums, int most = 2);
std::string amount(const Estimate& e, int digits);  // "1,234.5"; "–" for what is not finite
// "+£5.7m (+£5.5m to +£5.8m)": a change of money.
std::string money_change_with_interval(const Estimate& e, std::string_view unit);
std::string signed_amount(const Estimate& e, int digits);  // "+5.1"; "0" for what rounds to nothing
// "£8.1m (7.9 to 8.3)", by its own interval; "£8.1m (7.9 or more)" where it has one end.
std::string money_with_interval(const Estimate& e, std::string_view unit);
std::string range_text(double low, double high, int digits);  // "7.9 to 8.3"

// "A, B and C".
std::string listed(const std::vector<std::string>& names);
// "1 future lies", "120 futures lie"; of how many trials stand in a tail.
std::string lie(double futures);
// "Midshire" of "midshire": the first letter of a sentence.
std::string capital(std::string text);

// "61 of 100 futures", "1 of 1,000 futures", "no future of 100,000".
std::string futures(const Estimate& e);
// The same with how far it is known, where that was asked: "80 of 100 futures (65 to 91)"; the first of a page says what the range is: "(65 to 91,
// given how little is known of such schemes)", or "(…, given how little is known of such schemes and what the months so far say)".
enum class Said { first, first_with_months, again };
std::string known_futures(const Estimate& e, Said said);
// "£51m and £117m": of a sum of money, what it is known to lie between.
std::string known_money(const KnownRange& range, std::string_view unit);
// "65 to 91" of 100 or, where the chance is small, of 1,000 or 10,000.
std::string known_text(const Estimate& e);

// Cells of a terminal, as wcwidth counts them: two for a Chinese character or an emoji, none for an accent that combines.
std::size_t width_of(std::string_view text);
std::string padded(std::string_view text, std::size_t width);  // left-aligned, cut with "…"
std::string right_aligned(std::string_view text, std::size_t width);
std::string wrapped(std::string_view text, std::size_t width, std::string_view indent = "");
// With signs of ASCII for those that reports are made of; "?" for any other.
std::string ascii(std::string_view text);

}  // namespace shortfall
