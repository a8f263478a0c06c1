#include "plan/fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

#include "plan/keys.hpp"
#include "plan/number.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "empty";
    case Node::Kind::scalar:
      return "a single value";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
  }
  return "";
}

bool within(double value, Limits limits) { return value >= limits.low && value <= limits.high; }

std::string limits_text(Limits limits, Kind kind) {
  const auto show = [&](double x) { return kind == Kind::fraction ? fmt::format("{:.6g}%", 100 * x) : fmt::format("{:.6g}", x); };
  if (limits.low == -any_number.high) return fmt::format("at most {}{}", show(limits.high), limits.unit);
  if (limits.high == any_number.high) return fmt::format("at least {}{}", show(limits.low), limits.unit);
  return fmt::format("from {} to {}{}", show(limits.low), show(limits.high), limits.unit);
}

// Whether it is a number, of whatever size.
bool has_number_form(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error != std::errc::invalid_argument && end == text.data() + text.size();
}

// Why a word that should be a number is none.
std::string not_a_number(const Node& node, std::string_view what, Kind kind) {
  std::string hint;
  std::string lower = node.text;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (node.kind == Node::Kind::scalar && !node.quoted) {
    if (lower.find("nan") != std::string::npos || lower.find("inf") != std::string::npos)
      hint = " (a plan holds finite numbers only)";
    else if (lower.find_first_of(",_") != std::string::npos)
      hint = " (decimals are written with a point, thousands without a mark)";
    else if (lower.find("£") != std::string::npos || lower.find('m') == lower.size() - 1)
      hint = " (leave the currency and its unit out)";
    else if (kind == Kind::number && lower.ends_with('%'))
      hint = " (a percentage has no meaning here)";
    else if (has_number_form(lower))
      hint = lower.find("e-") == std::string::npos ? " (numbers up to 1e12 are read)" : " (it is too near to 0; write 0)";
  }
  if (node.kind == Node::Kind::scalar && node.quoted) hint = " (it is quoted, which makes it text)";
  return fmt::format("{} is {}, not a {}{}", what, shown(node), kind == Kind::fraction ? "fraction like 0.3 or 30%" : "number", hint);
}

std::string forgotten_percent(const Node& node, double value, Limits limits, Kind kind) {
  const bool forgotten = kind == Kind::fraction && node.text.find('%') == std::string::npos && value > limits.high && within(value / 100, limits);
  return forgotten ? fmt::format("; did you mean {}%?", node.text) : std::string();
}

std::optional<double> value_of(const Node& node, Kind kind) {
  if (node.kind != Node::Kind::scalar || node.quoted) return {};
  return kind == Kind::fraction ? parse_fraction(node.text) : parse_amount(node.text);
}

std::optional<double> read(const Node& node, std::string_view what, Problems& problems, Limits limits, Kind kind) {
  const std::optional<double> value = value_of(node, kind);
  if (!value) {
    report(problems, Code::not_a_number, node.place, not_a_number(node, what, kind));
    return {};
  }
  if (!within(*value, limits)) {
    report(
        problems, Code::out_of_range, node.place,
        fmt::format(
            "{} is {}, but must be {}{}{}", what, printable(node.text, 60), limits_text(limits, kind), forgotten_percent(node, *value, limits, kind),
            what.starts_with("saving") && *value < 0 ? " (what is re-profiled or written off is a known sum: write it under adjustments:)" : ""));
    return {};
  }
  return value;
}

}  // namespace

std::string shown(const Node& node) {
  return node.kind == Node::Kind::scalar ? fmt::format("'{}'", printable(node.text, 60)) : std::string(kind_name(node));
}

void report(Problems& problems, Code code, const Place& place, std::string message) {
  if (problems.size() < most_problems) problems.push_back({place, code, std::move(message)});
}

std::optional<double> read_number(const Node& node, std::string_view what, Problems& problems, Limits limits) {
  return read(node, what, problems, limits, Kind::number);
}

std::optional<double> read_fraction(const Node& node, std::string_view what, Problems& problems, Limits limits) {
  return read(node, what, problems, limits, Kind::fraction);
}

std::optional<std::string> read_text(const Node& node, std::string_view what, Problems& problems) {
  if (node.kind != Node::Kind::scalar) {
    report(problems, Code::wrong_form, node.place, fmt::format("{} is {}, not text", what, kind_name(node)));
    return {};
  }
  // A block of text ends in a line end.
  std::string text = node.text.substr(0, node.text.find_last_not_of('\n') + 1);
  const bool plain = text.size() <= 1000 && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!plain && printable(text, 1000) != text) {
    const bool longer = text.size() > 1000;
    report(problems, Code::wrong_form, node.place,
           fmt::format("{} {}", what,
                       longer ? "is longer than 1,000 characters; shorten it"
                              : fmt::format("has line ends or unprintable characters ({}); delete them", printable(text, 60))));
    return {};
  }
  return text;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 100 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

std::optional<Id> read_id(const Node& node, std::string_view what, Problems& problems) {
  if (node.kind != Node::Kind::scalar || !is_id(node.text)) {
    report(problems, Code::bad_id, node.place,
           fmt::format("{} is {}, not an id (ids are up to 100 small letters, digits and hyphens)", what, shown(node)));
    return {};
  }
  return Id{node.text, node.place};
}

std::vector<Id> read_ids(const Node& node, std::string_view what, Problems& problems) {
  if (node.kind != Node::Kind::list) {
    report(problems, Code::wrong_form, node.place, fmt::format("{} is {}, not a list like [a, b]", what, shown(node)));
    return {};
  }
  std::vector<Id> ids;
  std::unordered_set<std::string_view> seen;
  for (const Node& item : node.items) {
    auto id = read_id(item, fmt::format("an entry of {}", what), problems);
    if (!id) continue;
    if (!seen.insert(item.text).second)
      report(problems, Code::repeated_key, item.place, fmt::format("{} names '{}' twice; keep one", what, id->value));
    else
      ids.push_back(std::move(*id));
  }
  return ids;
}

namespace {

// Where "1,329" stands in a list without a space, as people write thousands: the place of its first part, or the list's end.
std::size_t split_thousands(const Node& list) {
  const auto digits = [](std::string_view text, std::size_t least, std::size_t most) {
    return text.size() >= least && text.size() <= most && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  for (std::size_t i = 0; i + 1 < list.items.size(); ++i) {
    const Node &a = list.items[i], &b = list.items[i + 1];
    const std::string_view thousands = std::string_view(b.text).substr(0, b.text.find('.'));
    const bool touch = a.place.line == b.place.line && a.place.line > 0 && b.place.column == a.place.column + static_cast<int>(a.text.size()) + 1;
    if (touch && digits(a.text, 1, 2) && a.text != "0" && digits(thousands, 3, 3)) return i;
  }
  return list.items.size();
}

}  // namespace

std::optional<Yearly> read_yearly(const Node& node, std::string_view what, std::size_t years, Problems& problems, Limits limits, Kind kind) {
  if (node.kind == Node::Kind::scalar) {
    const auto one = read(node, what, problems, limits, kind);
    return one ? std::optional<Yearly>(Yearly(years, *one)) : std::nullopt;
  }
  if (node.kind != Node::Kind::list) {
    report(problems, Code::wrong_form, node.place, fmt::format("{} is {}, not a number or a list of one number a year", what, kind_name(node)));
    return {};
  }
  if (const std::size_t at = split_thousands(node); at < node.items.size()) {
    const std::string both = node.items[at].text + "," + node.items[at + 1].text;
    report(problems, Code::split_number, node.items[at].place,
           fmt::format("{} has '{}', which a list reads as two numbers; write {} for one, or a space after the comma for two", what, both,
                       node.items[at].text + node.items[at + 1].text));
    return {};
  }
  Yearly values;
  values.reserve(node.items.size());
  bool good = true;
  for (const Node& item : node.items) {
    auto value = value_of(item, kind);
    // Named only where there is something to say of it.
    if (!value || !within(*value, limits)) value = read(item, fmt::format("{}, entry {},", what, values.size() + 1), problems, limits, kind);
    good = good && value.has_value();
    values.push_back(value.value_or(0));
  }
  if (years != 0 && values.size() != years) {
    report(problems, Code::wrong_count, node.place,
           fmt::format("{} has {} number{}, but the plan has {} year{}; give one a year", what, values.size(), values.size() == 1 ? "" : "s", years,
                       years == 1 ? "" : "s"));
    return {};
  }
  return good ? std::optional<Yearly>(values) : std::nullopt;
}

Fields::Fields(const Node& node, std::string what, Problems& problems)
    : node_(node), what_(std::move(what)), problems_(problems), is_map_(node.kind == Node::Kind::map) {
  if (!is_map_) report(problems_, Code::wrong_form, node.place, fmt::format("{} is {}, not a map of keys and values", what_, shown(node)));
  const auto twice = [&](const Entry& entry, int line) {
    report(problems_, Code::repeated_key, entry.place,
           fmt::format("'{}' is given twice (first in line {}); keep one", printable(entry.key, 60), line));
  };
  if (node.entries.size() <= 16) {
    for (std::size_t i = 1; i < node.entries.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (node.entries[i].key == node.entries[j].key) {
          twice(node.entries[i], node.entries[j].place.line);
          break;
        }
    return;
  }
  std::unordered_map<std::string_view, int> first;
  for (const Entry& entry : node.entries) {
    const auto [at, fresh] = first.emplace(entry.key, entry.place.line);
    if (!fresh) twice(entry, at->second);
  }
}

const Node* Fields::optional(std::string_view key) {
  asked_.push_back(key);
  return is_map_ ? node_.find(key) : nullptr;
}

const Node* Fields::required(std::string_view key) {
  const Node* found = optional(key);
  if (found == nullptr && is_map_) report(problems_, Code::missing_key, node_.place, fmt::format("{} has no '{}' (it is required)", what_, key));
  return found;
}

std::string Fields::text(std::string_view key, std::string fallback) {
  const Node* node = optional(key);
  if (node == nullptr) return fallback;
  return read_text(*node, key, problems_).value_or(std::move(fallback));
}

double Fields::number(std::string_view key, double fallback, Limits limits) {
  const Node* node = optional(key);
  return node == nullptr ? fallback : read_number(*node, key, problems_, limits).value_or(fallback);
}

double Fields::fraction(std::string_view key, double fallback, Limits limits) {
  const Node* node = optional(key);
  return node == nullptr ? fallback : read_fraction(*node, key, problems_, limits).value_or(fallback);
}

bool Fields::boolean(std::string_view key, bool fallback) {
  const Node* node = optional(key);
  if (node == nullptr) return fallback;
  if (node->kind == Node::Kind::scalar && (node->text == "true" || node->text == "false")) return node->text == "true";
  report(problems_, Code::unknown_word, node->place, fmt::format("{} is {}, not true or false", key, shown(*node)));
  return fallback;
}

Yearly Fields::yearly(std::string_view key, std::size_t years, double fallback, Limits limits, Kind kind) {
  const Node* node = optional(key);
  if (node == nullptr) return Yearly(years, fallback);
  return read_yearly(*node, key, years, problems_, limits, kind).value_or(Yearly(years, fallback));
}

Yearly Fields::required_yearly(std::string_view key, std::size_t years, Limits limits) {
  const Node* node = required(key);
  if (node == nullptr) return Yearly(years, 0.0);
  return read_yearly(*node, key, years, problems_, limits).value_or(Yearly(years, 0.0));
}

std::optional<Id> Fields::id(std::string_view key) {
  const Node* node = optional(key);
  return node == nullptr ? std::nullopt : read_id(*node, key, problems_);
}

Id Fields::required_id(std::string_view key) {
  const Node* node = required(key);
  if (node == nullptr) return {"", node_.place};
  return read_id(*node, key, problems_).value_or(Id{"", node->place});
}

std::size_t Fields::word(std::string_view key, const std::vector<std::string>& words, std::size_t fallback,
                         std::string (*hint)(std::string_view written)) {
  const Node* node = optional(key);
  if (node == nullptr) return fallback;
  const auto at = node->kind == Node::Kind::scalar ? std::find(words.begin(), words.end(), node->text) : words.end();
  if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  const std::string near = did_you_mean(node->text, words);
  report(
      problems_, Code::unknown_word, node->place,
      fmt::format("{} is {}, not one of {}{}", key, shown(*node), fmt::join(words, ", "), near.empty() && hint != nullptr ? hint(node->text) : near));
  return fallback;
}

namespace {

// A key that is right elsewhere is told where, one that is right nowhere what it may have meant.
std::string hint_of(std::string_view key, const std::vector<std::string>& known) {
  const std::string near = did_you_mean(key, known);
  return near.empty() ? where_it_belongs(key) : near;
}

}  // namespace

void Fields::finish() {
  if (!is_map_) return;
  for (const Entry& entry : node_.entries) {
    if (problems_.size() >= most_problems) return;
    // Of a key that is given twice, once is enough.
    if (std::find(asked_.begin(), asked_.end(), entry.key) != asked_.end() || node_.find(entry.key) != &entry.value) continue;
    const bool colon = entry.key.find(':') != std::string::npos;
    report(problems_, Code::unknown_key, entry.place,
           fmt::format("{} has no key '{}'{}", what_, printable(entry.key, 60),
                       colon ? " (after a colon stands a space)" : hint_of(entry.key, {asked_.begin(), asked_.end()})));
  }
}

}  // namespace shortfall
