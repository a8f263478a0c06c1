// What pages for a terminal are made of.
#pragma once

#include <string>
#include <vector>

#include "report/text.hpp"
#include "study/setting.hpp"

namespace shortfall {

enum class Tone { plain, strong, faint, good, doubtful, bad };

class Page {
 public:
  Page(const Setting& setting, const TextStyle& style);

  // The title and years, then what was simulated, then what was asked of it beyond the files: a stress, --set.
  void head(const std::string& simulated, const std::vector<std::string>& edits);
  void line(std::string_view text = "");
  void heading(std::string_view text);
  void paragraph(const std::string& text, Tone tone = Tone::plain, std::string_view indent = "");

  std::string toned(std::string_view text, Tone tone) const;
  std::string money(double amount, int digits = 1) const;
  // "£8.1m (7.9 to 8.3)", by its own interval.
  std::string money_with_interval(const Estimate& e) const;
  // An organisation's title, by its place, cut to a width; the id where the title is missing.
  std::string name(std::size_t organisation, std::size_t width) const;
  std::string title(std::size_t organisation) const;
  std::string titles(const std::vector<std::uint32_t>& organisations) const;  // "A, B and C"

  std::size_t width() const { return width_; }
  const Setting& setting() const { return setting_; }
  std::string take() { return std::move(out_); }

 private:
  const Setting& setting_;
  TextStyle style_;
  std::size_t width_;
  std::string out_;
};

// "A, B and C".
std::string listed(const std::vector<std::string>& names);
std::string repeated(std::string_view cell, std::size_t times);

// "1 future lies", "120 futures lie"; of how many trials stand in a tail.
std::string lie(double futures);

// Digits that all of a table's sums of money support, at most 2.
int money_digits(const std::vector<Estimate>& sums);
// "1,234.5", "+5.1"; "–" for what is not finite, "0.0" and "0" for what rounds to nothing.
std::string amount(const Estimate& e, int digits);
std::string signed_amount(const Estimate& e, int digits);
std::string points(const Estimate& change, int digits);  // "+6.2": of a chance, in percentage points; "0" where that rounds to nothing

}  // namespace shortfall
