// What people write in cells, brought to one form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/stage_words.hpp"
#include "store/spreadsheet/sheet.hpp"

namespace shortfall {

// Small letters and digits; all else, line ends too, as single spaces: "Savings\nApproved (£'000)" is "savings approved £ 000".
// Signs of currency, "%" and "#" are kept.
std::string plain_words(std::string_view text);

// One line: runs of blanks and line ends as one blank; no character that is not printable, so that a plan may have it for a title.
std::string one_line(std::string_view text);

// As dashes and blanks are typed: every dash a '-', every blank a ' ', none at the ends.
std::string with_plain_marks(std::string_view text);

// At most so many bytes of a text, none of its letters cut in two; "…" stands behind them where something is left out.
std::string cut(std::string text, std::size_t most);

// An id from a title: "Theatre utilisation – 2nd phase" is "theatre-utilisation-2nd-phase". Empty where there is no letter or digit in it.
std::string id_from(std::string_view title);

// A cell as text: numbers in at most 15 digits, dates as 2025-04-01.
std::string text_of(const SheetCell& cell);

// The shortest decimal of at most 15 digits: 1.2345, 0.1, 1200000.
std::string decimal_text(double number);

}  // namespace shortfall
