#include "store/spreadsheet/words.hpp"

#include <fmt/format.h>
#include <utf8.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "base/problem.hpp"
#include "store/spreadsheet/dates.hpp"

namespace shortfall {
namespace {

// Letters without their accents, in the compatibility form, folded to small ones.
std::string folded(std::string_view text) {
  // Most texts are ASCII, where only capitals are folded.
  if (std::all_of(text.begin(), text.end(), [](char c) { return c > 0; })) {
    std::string result(text);
    for (char& c : result)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
  }
  utf8proc_uint8_t* out = nullptr;
  constexpr auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD | UTF8PROC_COMPAT);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &out, options);
  std::string result = size < 0 ? std::string() : std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
  std::free(out);
  return result;
}

bool is_blank(char32_t c) {
  return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || (c >= 0x2000 && c <= 0x200b) || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff ||
         c == 0x2028 || c == 0x2029;
}
bool is_dash(char32_t c) { return c == 0x2212 || (c >= 0x2010 && c <= 0x2015) || c == 0xfe63 || c == 0xff0d; }

template <class Each>
void each_character(std::string_view text, Each each) {
  auto at = text.begin();
  while (at != text.end()) {
    char32_t c = 0xfffd;
    try {
      c = utf8::next(at, text.end());
    } catch (const utf8::exception&) {
      ++at;
    }
    each(c);
  }
}

}  // namespace

std::string plain_words(std::string_view text) {
  std::string out;
  each_character(folded(text), [&](char32_t c) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '%' || c == '#' || c == '$' ||
                      (c >= 0x80 && !is_blank(c) && !is_dash(c) && (c < 0x2000 || c == 0x20ac));
    if (kept)
      utf8::append(c, std::back_inserter(out));
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  });
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string one_line(std::string_view text) {
  std::string out;
  each_character(text, [&](char32_t c) {
    if (is_blank(c)) {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else if (is_printable(c)) {
      utf8::append(c, std::back_inserter(out));
    }
  });
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string with_plain_marks(std::string_view text) {
  std::string out;
  each_character(text, [&](char32_t c) {
    if (is_blank(c))
      out.push_back(' ');
    else if (is_dash(c))
      out.push_back('-');
    else
      utf8::append(c, std::back_inserter(out));
  });
  const auto first = out.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : out.substr(first, out.find_last_not_of(' ') - first + 1);
}

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (text[most] & 0xc0) == 0x80) --most;  // the bytes of a letter but its first
  text.resize(most);
  return text + "…";
}

std::string id_from(std::string_view title) {
  constexpr std::size_t longest = 60;
  std::string out;
  each_character(folded(title), [&](char32_t c) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out.push_back(static_cast<char>(c));
    else if (c == '&')
      out += out.empty() || out.back() == '-' ? "and-" : "-and-";
    else if (c != '\'' && c != 0x2019 && !out.empty() && out.back() != '-')
      out.push_back('-');
  });
  if (out.size() > longest)
    out.resize(out.rfind('-', longest) == std::string::npos || out.rfind('-', longest) < 20 ? longest : out.rfind('-', longest));
  while (out.ends_with('-')) out.pop_back();
  return out;
}

std::string decimal_text(double number) {
  std::string out = fmt::format("{:.15g}", number);
  if (out.find('e') != std::string::npos) {
    out = fmt::format("{:.18f}", number);
    out.erase(out.find_last_not_of('0') + 1);
    if (out.ends_with('.')) out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

std::string text_of(const SheetCell& cell) {
  if (cell.kind == SheetCell::Kind::date) return date_text(date_of_serial(cell.number));
  if (cell.kind == SheetCell::Kind::number) return cell.percent ? decimal_text(100 * cell.number) + "%" : decimal_text(cell.number);
  return cell.text;
}

}  // namespace shortfall
