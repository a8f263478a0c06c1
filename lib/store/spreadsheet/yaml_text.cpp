#include "store/spreadsheet/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0; }

// Words that YAML, or some reader of it, takes for something else than text.
bool means_something(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  static constexpr std::array<std::string_view, 8> words = {"true", "false", "yes", "no", "on", "off", "null", "nan"};
  return std::find(words.begin(), words.end(), small) != words.end() || small == "y" || small == "n" || small == "inf";
}

bool is_plain(std::string_view text) {
  if (text.empty() || !is_letter(text.front()) || text.back() == ' ' || text.back() == ':' || means_something(text)) return false;
  constexpr std::string_view never = "\"[]{},#&*!|>%@`\\\n\t\r";
  return text.find_first_of(never) == std::string_view::npos && text.find(": ") == std::string_view::npos && one_line(text) == text;
}

}  // namespace

std::string yaml_text(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      out += ' ';
    else
      out += c;
  }
  return out + "\"";
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + yaml_text(text);
  return "[" + out + "]";
}

std::string yaml_numbers(const std::vector<double>& numbers) {
  std::string out;
  for (const double number : numbers) out += (out.empty() ? "" : ", ") + decimal_text(number);
  return "[" + out + "]";
}

std::string yaml_comment(std::string_view text, std::string_view indent) {
  constexpr std::size_t widest = 150;
  const std::string line = one_line(text);
  std::string out;
  std::string_view rest = line;
  while (!rest.empty()) {
    std::size_t n = widest - indent.size() - 2;
    if (rest.size() > n) {
      const auto blank = rest.rfind(' ', n);
      if (blank != std::string_view::npos && blank > 0)
        n = blank;
      else
        n = std::min(rest.find(' '), rest.size());
    }
    out += fmt::format("{}# {}\n", indent, rest.substr(0, n));
    rest.remove_prefix(std::min(n + 1, rest.size()));
  }
  return out;
}

}  // namespace shortfall
