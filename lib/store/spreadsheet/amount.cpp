#include "store/spreadsheet/amount.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/character.hpp"
#include "base/money.hpp"
#include "base/problem.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

constexpr double most = 1e12;
constexpr std::array<std::string_view, 4> signs = {"£", "€", "$", "¥"};
constexpr std::array<std::string_view, 7> symbols = {"£", "€", "$", "¥", "gbp", "eur", "usd"};

struct Suffix {
  std::string_view word;
  int power;
};
// The longest first where one begins another.
constexpr std::array<Suffix, 13> suffixes = {{{"thousands", 1},
                                              {"thousand", 1},
                                              {"millions", 2},
                                              {"million", 2},
                                              {"billion", 3},
                                              {"'000s", 1},
                                              {"'000", 1},
                                              {"mill", 2},
                                              {"bn", 3},
                                              {"mn", 2},
                                              {"k", 1},
                                              {"m", 2},
                                              {"b", 3}}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c & 0x80) != 0; }

std::string small_letters(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// Nothing where the figures are not grouped as `form` groups them.
std::optional<double> figures(std::string_view text, const NumberForm& form) {
  const auto point = text.find(form.point);
  std::string_view integer = text.substr(0, point);
  std::string plain;
  bool grouped = false;
  std::size_t run = 0;
  for (const char c : integer) {
    if (is_digit(c)) {
      plain.push_back(c);
      ++run;
    } else {
      if (run == 0 || run > 3 || (grouped && run != 3)) return {};
      grouped = true;
      run = 0;
    }
  }
  if (grouped && run != 3) return {};
  if (point != std::string_view::npos) {
    const std::string_view decimals = text.substr(point + 1);
    if (decimals.find_first_not_of("0123456789") != std::string_view::npos || (plain.empty() && decimals.empty())) return {};
    plain += "." + std::string(decimals);
  }
  if (plain.empty()) return {};
  if (plain.front() == '.') plain.insert(plain.begin(), '0');
  if (plain.back() == '.') plain.pop_back();
  double value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc() || end != plain.data() + plain.size() || value > most) return {};
  return value;
}

struct Number {
  double value = 0;
  std::optional<int> power;
  bool percent = false;
};

class AmountReader {
 public:
  AmountReader(std::string_view text, const NumberForm& form) : text_(text), form_(form) {}

  CellAmount read() {
    CellAmount out;
    const bool bracketed = taken('(');
    const auto first = number();
    if (!first) return wrong();
    out.kind = CellAmount::Kind::number;
    out.power = first->power;
    out.percent = first->percent;
    out.low = out.high = first->value;
    if (bracketed) {
      blanks();
      if (!taken(')')) return wrong();
      const auto suffix = power();
      if (suffix) out.power = suffix;
      out.low = out.high = -first->value;
    } else if (!range(*first, out)) {
      return wrong();
    }
    blanks();
    out.after = std::string(text_.substr(at_));
    if (out.kind == CellAmount::Kind::range && out.low > out.high) return wrong();
    return out;
  }

 private:
  CellAmount wrong() const {
    CellAmount out;
    out.kind = CellAmount::Kind::wrong;
    out.why = why_.empty() ? fmt::format("'{}' is not an amount", printable(text_, 60)) : why_;
    return out;
  }

  // "5-12m", "£5m to £12m"; also SAP's minus behind the number. False: not to be understood.
  bool range(const Number& first, CellAmount& out) {
    const std::size_t before = at_;
    blanks();
    const bool dash = taken('-'), word = !dash && text_.substr(at_).starts_with("to ");
    if (word) at_ += 3;
    if (!dash && !word) {
      at_ = before;
      return true;
    }
    blanks();
    if (dash && at_ == text_.size()) {
      out.low = out.high = -first.value;
      return true;
    }
    const auto second = number();
    if (!second) return false;
    out.kind = CellAmount::Kind::range;
    out.power = second->power;
    out.percent = second->percent;
    out.low = first.power && second->power ? rescaled(first.value, *first.power, *second->power) : first.value;
    out.high = second->value;
    return first.power.has_value() <= second->power.has_value();
  }

  std::optional<Number> number() {
    bool negative = sign();
    blanks();
    symbol();
    blanks();
    negative = sign() != negative;
    blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && part_of_number(at_)) ++at_;
    std::string_view digits = text_.substr(begin, at_ - begin);
    if (digits.empty()) return {};
    const auto value = figures(digits, form_);
    if (!value) {
      why_ = figures(digits, {form_.thousands, form_.point})
                 ? fmt::format("'{}' is not a number as this file writes them, {}; if it does otherwise, say number: {} in the mapping",
                               printable(text_, 60), number_form_text(form_), number_form_text({form_.thousands, form_.point}))
                 : fmt::format("'{}' is not a number (its figures are not grouped by threes, or it is larger than 1e12)", printable(text_, 60));
      return {};
    }
    Number out{negative ? -*value : *value, {}, false};
    exponent(out.value);
    blanks();
    out.power = power();
    if (taken('%')) out.percent = true, out.value /= 100;
    return out;
  }

  // A digit, a mark, or a blank or apostrophe between a digit and three more: "1 234", "1'234".
  bool part_of_number(std::size_t at) const {
    const char c = text_[at];
    if (is_digit(c) || c == '.' || c == ',') return true;
    if ((c != ' ' && c != '\'') || at == 0 || !is_digit(text_[at - 1]) || at + 3 >= text_.size()) return false;
    const bool three = is_digit(text_[at + 1]) && is_digit(text_[at + 2]) && is_digit(text_[at + 3]);
    return three && (at + 4 == text_.size() || !is_digit(text_[at + 4]));
  }

  // "1.5E+05", as CSV files have it.
  void exponent(double& value) {
    if (at_ >= text_.size() || text_[at_] != 'e') return;
    std::string_view rest = text_.substr(at_ + 1);
    if (rest.starts_with('+')) rest.remove_prefix(1);
    int power = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), power);
    if (error != std::errc() || std::abs(power) > 12) return;
    at_ = static_cast<std::size_t>(end - text_.data());
    value *= std::pow(10.0, power);
  }

  void symbol() {
    for (const std::string_view s : symbols)
      if (text_.substr(at_).starts_with(s)) at_ += s.size();
  }

  std::optional<int> power() {
    for (const auto& [word, power] : suffixes) {
      if (!text_.substr(at_).starts_with(word)) continue;
      const std::size_t end = at_ + word.size();
      if (end < text_.size() && is_letter(text_[end])) continue;
      at_ = end;
      return power;
    }
    return {};
  }

  bool sign() {
    if (taken('-')) return true;
    taken('+');
    return false;
  }
  bool taken(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  std::string_view text_;
  const NumberForm& form_;
  std::size_t at_ = 0;
  std::string why_;
};

bool is_undecided(std::string_view plain) {
  static constexpr std::array<std::string_view, 19> words = {"tbc",
                                                             "tba",
                                                             "tbd",
                                                             "n a",
                                                             "na",
                                                             "not applicable",
                                                             "to be confirmed",
                                                             "to be determined",
                                                             "to be decided",
                                                             "to be found",
                                                             "to be identified",
                                                             "to be agreed",
                                                             "unknown",
                                                             "not known",
                                                             "pending",
                                                             "see notes",
                                                             "see note",
                                                             "not quantified",
                                                             "xx"};
  return std::find(words.begin(), words.end(), plain) != words.end();
}

}  // namespace

std::optional<NumberForm> parse_number_form(std::string_view text) {
  if (text == "1,234.56" || text == "1234.56") return NumberForm{'.', ','};
  if (text == "1.234,56" || text == "1234,56" || text == "1 234,56") return NumberForm{',', '.'};
  return {};
}

std::string number_form_text(const NumberForm& form) { return form.point == '.' ? "1,234.56" : "1.234,56"; }

std::optional<SheetUnit> parse_unit(std::string_view text) {
  std::string rest = small_letters(with_plain_marks(text));
  SheetUnit unit{"", 0};
  for (const std::string_view sign : signs)
    if (rest.starts_with(sign)) unit.symbol = sign, rest.erase(0, sign.size());
  rest.erase(std::remove_if(rest.begin(), rest.end(), [](char c) { return c == ' ' || c == '\''; }), rest.end());
  for (const char* mark : {"\xe2\x80\x98", "\xe2\x80\x99"})  // typographic apostrophes
    if (const auto at = rest.find(mark); at != std::string::npos) rest.erase(at, 3);
  static constexpr std::array<Suffix, 13> words = {{{"k", 1},
                                                    {"000", 1},
                                                    {"000s", 1},
                                                    {"ks", 1},
                                                    {"thousand", 1},
                                                    {"thousands", 1},
                                                    {"m", 2},
                                                    {"mn", 2},
                                                    {"ms", 2},
                                                    {"million", 2},
                                                    {"millions", 2},
                                                    {"bn", 3},
                                                    {"billion", 3}}};
  if (rest.empty() && !unit.symbol.empty()) return unit;
  for (const auto& [word, power] : words)
    if (rest == word) {
      unit.power = power;
      if (unit.symbol.empty()) unit.symbol = "£";
      return unit;
    }
  return {};
}

std::optional<SheetUnit> declared_unit(std::string_view text) {
  if (const auto unit = parse_unit(text)) return unit;
  const UnitOfMoney money = unit_of_money(text);
  const std::string small = small_letters(money.symbol);
  // What begins with a sign and is not understood ("£l") is a mistake, not a name.
  const bool sign = std::any_of(signs.begin(), signs.end(), [&](std::string_view s) { return small.starts_with(s); });
  if (small.empty() || !is_letter(small.front()) || sign || one_line(text) != text) return {};
  return SheetUnit{money.symbol, money.thousands};
}

std::string unit_text(const SheetUnit& unit) {
  static constexpr std::array<std::string_view, 4> powers = {"", "k", "m", "bn"};
  const std::string power(powers[static_cast<std::size_t>(unit.power)]);
  const bool sign = std::find(signs.begin(), signs.end(), unit.symbol) != signs.end();
  return unit.symbol + (sign || power.empty() ? "" : " ") + power;
}

std::optional<SheetUnit> unit_in(std::string_view heading) {
  const std::string text = small_letters(with_plain_marks(heading));
  for (const std::string_view symbol : signs) {
    for (auto at = text.find(symbol); at != std::string::npos; at = text.find(symbol, at + 1)) {
      std::size_t end = at + symbol.size();
      while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '\'' || text[end] == ' ') && end - at < 16) ++end;
      // The longest beginning that is a unit.
      for (std::size_t e = end; e > at; --e)
        if (e == text.size() || !(is_letter(text[e]) || is_digit(text[e])))
          if (const auto unit = parse_unit(std::string_view(text).substr(at, e - at))) return unit;
    }
  }
  const std::string plain = plain_words(heading);
  if (has_phrase(plain, "000s") || has_phrase(plain, "thousands")) return SheetUnit{"£", 1};
  if (has_phrase(plain, "millions")) return SheetUnit{"£", 2};
  return {};
}

CellAmount parse_amount(std::string_view text, const NumberForm& form) {
  const std::string plain = small_letters(with_plain_marks(text));
  CellAmount out;
  if (plain.empty()) return out;
  if (plain.find_first_not_of("- ") == std::string::npos || plain == "nil" || plain == "none" || plain == "zero") {
    out.kind = CellAmount::Kind::number;
    return out;
  }
  const std::string words = plain_words(plain);
  if (words.empty() || is_undecided(words)) {
    out.kind = CellAmount::Kind::words;
    out.why = fmt::format("'{}' is not an amount (nobody has said what it stands for); say it under amounts: in the mapping",
                          printable(one_line(text), 60));
    return out;
  }
  return AmountReader(plain, form).read();
}

CellAmount amount_of(const SheetCell* cell, const NumberForm& form) {
  CellAmount out;
  if (cell == nullptr) return out;
  out.kind = CellAmount::Kind::wrong;
  switch (cell->kind) {
    case SheetCell::Kind::number:
      if (std::abs(cell->number) > most) {
        out.why = "a number larger than 1e12";
        return out;
      }
      out.kind = CellAmount::Kind::number;
      out.low = out.high = cell->number;
      out.percent = cell->percent;
      return out;
    case SheetCell::Kind::date:
      out.why =
          fmt::format("a date ({}) where an amount is expected (a range like 5-12 becomes one when it is typed into a spreadsheet)", text_of(*cell));
      return out;
    case SheetCell::Kind::no_value:
      out.why =
          "a formula without its value (the program that saved the file did not work it out); open it in a spreadsheet program and save it again";
      return out;
    case SheetCell::Kind::error:
      out.why = fmt::format("the formula gives {}; mend it", printable(cell->text, 20));
      return out;
    case SheetCell::Kind::text:
      break;
  }
  out = parse_amount(cell->text, form);
  if (out.kind == CellAmount::Kind::number || out.kind == CellAmount::Kind::range) {
    const std::string after = plain_words(out.after);
    if (!after.empty() && after != "pa" && after != "p a" && after != "per annum" && after != "per year" && after != "a year") {
      out.kind = CellAmount::Kind::wrong;
      out.why = fmt::format("'{}' is not an amount ('{}' follows it)", printable(one_line(cell->text), 60), printable(out.after, 40));
    }
  }
  return out;
}

double rescaled(double amount, int from_power, int to_power) {
  if (from_power == to_power) return amount;
  static constexpr std::array<double, 4> thousands = {1, 1e3, 1e6, 1e9};
  const double factor = thousands[static_cast<std::size_t>(std::abs(from_power - to_power))];
  const std::string text = fmt::format("{:.15g}", from_power < to_power ? amount / factor : amount * factor);
  double out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

CellAmount months_of(const SheetCell* cell, const NumberForm& form) {
  if (cell == nullptr || cell->kind != SheetCell::Kind::text) return amount_of(cell, form);
  CellAmount out = parse_amount(cell->text, form);
  if (out.kind != CellAmount::Kind::number && out.kind != CellAmount::Kind::range) return out;
  const std::string after = plain_words(out.after);
  double months = 0;
  for (const std::string_view word : {"months", "month", "mths", "mth"})
    if (after == word) months = 1;
  for (const std::string_view word : {"years", "year", "yrs", "yr"})
    if (after == word) months = 12;
  // "6m" reads as six millions.
  if (after.empty()) months = 1;
  if (months == 0 || out.percent || out.low < 0) {
    out.kind = CellAmount::Kind::wrong;
    out.why = fmt::format("'{}' is not a length of time like 6-18 months", printable(one_line(cell->text), 60));
    return out;
  }
  out.low *= months;
  out.high *= months;
  out.power.reset();
  return out;
}

}  // namespace shortfall
