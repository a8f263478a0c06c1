// The keys of one map, each asked for once; `finish()` complains of the rest. Every reader reports what is wrong at its place and returns
// something harmless, so that one run finds all the mistakes.
#pragma once

#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan/document.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// What a number may be; `unit` ends the message ("must be at least 0 months").
struct Limits {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  std::string_view unit = "";
};
inline constexpr Limits any_number{};
inline constexpr Limits at_least_0{0, std::numeric_limits<double>::infinity(), ""};
inline constexpr Limits a_share{0, 1, ""};

// An error, unless there are `most_problems` already: nobody reads further, and a hostile file could have millions.
inline constexpr std::size_t most_problems = 1000;
void report(Problems& problems, Code code, const Place& place, std::string message);

// Each names the value in messages as `what`. Empty results mean: reported.
std::optional<double> read_number(const Node& node, std::string_view what, Problems& problems, Limits limits = any_number);
std::optional<double> read_fraction(const Node& node, std::string_view what, Problems& problems, Limits limits = any_number);
std::optional<std::string> read_text(const Node& node, std::string_view what, Problems& problems);
std::optional<Id> read_id(const Node& node, std::string_view what, Problems& problems);
std::vector<Id> read_ids(const Node& node, std::string_view what, Problems& problems);
bool is_id(std::string_view text);    // [a-z0-9-]+
std::string shown(const Node& node);  // what stands there, for messages: "'eight'", "a list"

// One number a year, or one for all. `fractions`: 30% is allowed. With `years` 0 (unknown, reported elsewhere) any length will do.
enum class Kind { number, fraction };
std::optional<Yearly> read_yearly(const Node& node, std::string_view what, std::size_t years, Problems& problems, Limits limits = any_number,
                                  Kind kind = Kind::number);

class Fields {
 public:
  // `what` the map describes, for messages: "scheme 'frailty-pathway'". A node that is no map is reported, and behaves as an empty one.
  Fields(const Node& node, std::string what, Problems& problems);

  // Keys are words of the program: they outlive the reading.

  const Node* optional(std::string_view key);
  const Node* required(std::string_view key);

  std::string text(std::string_view key, std::string fallback);
  double number(std::string_view key, double fallback, Limits limits = any_number);
  double fraction(std::string_view key, double fallback, Limits limits = a_share);
  bool boolean(std::string_view key, bool fallback);
  Yearly yearly(std::string_view key, std::size_t years, double fallback, Limits limits = any_number, Kind kind = Kind::number);
  Yearly required_yearly(std::string_view key, std::size_t years, Limits limits = any_number);
  std::optional<Id> id(std::string_view key);
  Id required_id(std::string_view key);
  // One of `words`; its index.
  // `hint`: of what else stands there, in the place of the nearest word.
  std::size_t word(std::string_view key, const std::vector<std::string>& words, std::size_t fallback,
                   std::string (*hint)(std::string_view written) = nullptr);

  void finish();

  Problems& problems() { return problems_; }
  const std::string& what() const { return what_; }
  const Place& place() const { return node_.place; }

 private:
  const Node& node_;
  std::string what_;
  Problems& problems_;
  bool is_map_;
  std::vector<std::string_view> asked_;
};

}  // namespace shortfall
