// Amounts and lengths of time as people write them in cells.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/spreadsheet/sheet.hpp"

namespace shortfall {

// How a file writes its numbers: 1,234.56 or 1.234,56. Declared, never guessed cell by cell.
struct NumberForm {
  char point = '.', thousands = ',';
  bool operator==(const NumberForm&) const = default;
};
std::optional<NumberForm> parse_number_form(std::string_view text);  // "1,234.56", "1.234,56", "1 234,56", "1234.56"
std::string number_form_text(const NumberForm& form);

// A currency and a power of a thousand: £k is {"£", 1}, "kr m" is {"kr", 2}, and "points", which names no power, is {"points", 0}.
struct SheetUnit {
  std::string symbol = "£";
  int power = 2;
  bool operator==(const SheetUnit&) const = default;
};
std::optional<SheetUnit> parse_unit(std::string_view text);  // as headings have it: "£m", "£k", "£000", "£'000", "£", "€m"
// As plans and mappings say it: the same, or a currency by its name, as in "kr m", "CHF k" and "points".
std::optional<SheetUnit> declared_unit(std::string_view text);
std::string unit_text(const SheetUnit& unit);
// The unit that a heading names, if it names one: "Savings Approved £'000", "Plan (£m)", "£ million".
std::optional<SheetUnit> unit_in(std::string_view heading);

struct CellAmount {
  enum class Kind { blank, number, range, words, wrong };
  Kind kind = Kind::blank;
  double low = 0, high = 0;  // equal unless it is a range
  std::optional<int> power;  // "£440k" says so itself
  bool percent = false;
  std::string why;    // of what is wrong
  std::string after;  // what follows the number: "months"
  double middle() const { return low == high ? low : (low + high) / 2; }
};

// "TBC", "n/a" and their like are `words`: somebody must say what they stand for.
CellAmount parse_amount(std::string_view text, const NumberForm& form);
CellAmount amount_of(const SheetCell* cell, const NumberForm& form);

// `amount` of one power of a thousand, in another; exact to 15 digits.
double rescaled(double amount, int from_power, int to_power);

// Months: "6-18 months", "1 year", "6".
CellAmount months_of(const SheetCell* cell, const NumberForm& form);

}  // namespace shortfall
