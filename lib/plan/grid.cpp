#include "plan/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <unordered_map>

#include "base/money.hpp"
#include "plan/edit.hpp"
#include "plan/number.hpp"

namespace shortfall {
namespace {

auto failure(const Place& place, std::string message) { return tl::make_unexpected(Problems{{place, Code::bad_grid, std::move(message)}}); }

// A decimal number as whole units of 10^-digits, so that no step drifts.
struct Decimal {
  std::int64_t units = 0;
  int digits = 0;
  bool percent = false;
};

constexpr std::int64_t most_units = 1'000'000'000'000'000;

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  if (text.ends_with('%')) {
    out.percent = true;
    text.remove_suffix(1);
  }
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  bool point = false, any = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      out.units = 10 * out.units + (c - '0');
      out.digits += point;
      if (out.units > most_units) return {};
    } else {
      return {};
    }
  }
  if (!any) return {};
  if (negative) out.units = -out.units;
  return out;
}

bool scale_to(Decimal& d, int digits) {
  for (; d.digits < digits; ++d.digits) {
    if (std::abs(d.units) > most_units / 10) return false;
    d.units *= 10;
  }
  return true;
}

std::string text_of(Decimal d) {
  while (d.digits > 0 && d.units % 10 == 0) d.units /= 10, --d.digits;
  std::string figures = std::to_string(std::abs(d.units));
  if (d.digits > 0) {
    if (figures.size() <= static_cast<std::size_t>(d.digits)) figures.insert(0, static_cast<std::size_t>(d.digits) + 1 - figures.size(), '0');
    figures.insert(figures.size() - static_cast<std::size_t>(d.digits), 1, '.');
  }
  return (d.units < 0 ? "-" : "") + figures + (d.percent ? "%" : "");
}

// Split where no bracket, brace or quotation is open, so that a value may be a list or a map.
std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out(1);
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == separator && depth <= 0) {
      out.emplace_back();
      continue;
    }
    out.back() += c;
  }
  return out;
}

bool is_range(const std::vector<std::string>& parts) {
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](const std::string& p) { return parse_decimal(p).has_value(); });
}

// What is wrong with numbers between colons that are no range as it should be; nothing where they are no numbers.
std::optional<std::string> wrong_range(const std::vector<std::string>& parts) {
  if (parts.size() < 2 || !std::all_of(parts.begin(), parts.end(), [](const std::string& p) { return parse_fraction(p).has_value(); })) return {};
  if (parts.size() == 2) return fmt::format("a range without a step; write from:to:step, as in {}:{}:0.5", parts[0], parts[1]);
  if (parts.size() > 3) return fmt::format("{} numbers between colons; a range is from:to:step, as in 0:2:0.5", parts.size());
  const auto odd = std::find_if(parts.begin(), parts.end(), [](const std::string& p) { return !parse_decimal(p); });
  if (odd == parts.end()) return "a range within a list; give a range, or single values with commas between";
  return fmt::format("'{}' in a range; its numbers are written in decimals, as in 0:1:0.1", *odd);
}

// A value's meaning as a text that is the same however it is written: 1 and 1.0, 10% and 0.1, [1,2] and [1, 2].
std::string meaning_of(const Node& node) {
  if (node.kind == Node::Kind::scalar) {
    const auto number = node.quoted ? std::nullopt : parse_fraction(node.text);
    return number ? fmt::format("{}", *number == 0 ? 0.0 : *number) : fmt::format("'{}'", node.text);
  }
  std::string out = node.kind == Node::Kind::list ? "[" : "{";
  for (const Node& item : node.items) out += meaning_of(item) + ",";
  for (const Entry& entry : node.entries) out += fmt::format("'{}':{},", entry.key, meaning_of(entry.value));
  return out;
}

std::string meaning_of(const std::string& value) {
  const auto edit = parse_edit("value=" + value);
  return edit ? meaning_of(edit->value) : value;
}

// Many points have few values, so each is looked at once.
class Meanings {
 public:
  const std::string& of(const std::string& value) {
    const auto [at, is_new] = known_.try_emplace(value);
    if (is_new) at->second = meaning_of(value);
    return at->second;
  }

 private:
  std::unordered_map<std::string, std::string> known_;
};

// Nothing, and a message, where the range has no sense.
std::optional<std::vector<std::string>> range(const std::vector<std::string>& parts, std::string& why) {
  Decimal from = *parse_decimal(parts[0]), to = *parse_decimal(parts[1]), step = *parse_decimal(parts[2]);
  const auto fail = [&](std::string message) {
    why = std::move(message);
    return std::nullopt;
  };
  if (from.percent != to.percent || to.percent != step.percent) return fail("percentages and plain numbers in one range; write all three alike");
  const int digits = std::max({from.digits, to.digits, step.digits});
  if (!scale_to(from, digits) || !scale_to(to, digits) || !scale_to(step, digits)) return fail("more digits than a range can take (15)");
  if (step.units == 0) return fail("a step of 0");
  if ((to.units - from.units) % step.units == 0 ? (to.units - from.units) / step.units < 0 : (to.units > from.units) != (step.units > 0))
    return fail(fmt::format("no step of {} leads from {} to {}", parts[2], parts[0], parts[1]));
  const auto steps = static_cast<std::uint64_t>((to.units - from.units) / step.units);
  if (steps >= most_points) return fail(fmt::format("{} values; at most {} points make sense", grouped(std::to_string(steps + 1)), "1,000,000"));
  std::vector<std::string> out;
  for (std::uint64_t k = 0; k <= steps; ++k) out.push_back(text_of({from.units + static_cast<std::int64_t>(k) * step.units, digits, from.percent}));
  return out;
}

std::optional<Problem> overlap(const std::vector<std::string>& paths, const std::vector<Place>& places) {
  for (std::size_t i = 0; i < paths.size(); ++i)
    for (std::size_t j = 0; j < paths.size(); ++j) {
      if (i < j && paths[i] == paths[j])
        return Problem{places[j], Code::bad_grid, fmt::format("'{}' is varied twice; give all its values at once", paths[i])};
      if (paths[j].starts_with(paths[i] + "."))
        return Problem{places[j], Code::bad_grid, fmt::format("'{}' is part of '{}', which is varied too; vary one of them", paths[j], paths[i])};
    }
  return {};
}

// Cells of an RFC 4180 text, with the line that each record starts in. Nothing where a quotation does not end.
struct Record {
  std::vector<std::string> cells;
  int line = 0;
};
std::optional<std::vector<Record>> records(std::string_view text) {
  std::vector<Record> out;
  Record record{{""}, 1};
  bool quoted = false, any = false;
  int line = 1;
  const auto end_record = [&] {
    if (any) out.push_back(std::move(record));
    record = {{""}, line};
    any = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"')
        record.cells.back() += text[++i];
      else if (c == '"')
        quoted = false;
      else
        record.cells.back() += c;
    } else if (c == '"' && record.cells.back().empty()) {
      quoted = any = true;
    } else if (c == ',') {
      record.cells.emplace_back();
      any = true;
    } else if (c == '\n') {
      end_record();
    } else if (c != '\r') {
      record.cells.back() += c;
      any = true;
    }
  }
  if (quoted) return {};
  end_record();
  return out;
}

}  // namespace

Checked<Axis> parse_axis(const std::string& text) {
  const Place place = whole_file("--vary " + text);
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    return failure(place, "needs path=from:to:step or path=value,value,…, as in optimism=0:2:0.25");
  Axis axis{text.substr(0, equals), {}, place};
  const std::string values = text.substr(equals + 1);
  if (const auto parts = split(values, ':'); is_range(parts)) {
    std::string why;
    auto made = range(parts, why);
    if (!made) return failure(place, why);
    axis.values = std::move(*made);
    return axis;
  }
  axis.values = split(values, ',');
  std::unordered_map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < axis.values.size(); ++i) {
    const std::string& value = axis.values[i];
    if (value.empty()) return failure(place, "an empty value (two commas, or one at an end)");
    if (const auto wrong = wrong_range(split(value, ':'))) return failure(place, *wrong);
    const auto [first, is_new] = seen.try_emplace(meaning_of(value), i);
    if (!is_new)
      return failure(place, fmt::format("value {}, '{}', is value {}, '{}', again; leave one of them out", i + 1, value, first->second + 1,
                                        axis.values[first->second]));
  }
  return axis;
}

Checked<Points> Points::grid(std::vector<Axis> axes) {
  Points out;
  std::vector<Place> places;
  out.count_ = 1;
  double points = 1;
  for (const Axis& axis : axes) {
    out.paths_.push_back(axis.path);
    places.push_back(axis.place);
    points *= static_cast<double>(axis.values.size());
    out.count_ *= points <= most_points ? axis.values.size() : 1;
  }
  if (out.paths_.size() > most_paths) return failure(whole_file("--vary"), fmt::format("{} of them; at most 1,000 make sense", out.paths_.size()));
  if (const auto problem = overlap(out.paths_, places)) return tl::make_unexpected(Problems{*problem});
  if (points > most_points)
    return failure(whole_file("--vary"), fmt::format("{} points in the grid; at most 1,000,000 make sense", grouped(fmt::format("{:.0f}", points))));
  out.axes_ = std::move(axes);
  return out;
}

Checked<Points> Points::list(std::string_view csv, const std::string& name) {
  if (csv.starts_with("\xef\xbb\xbf")) csv.remove_prefix(3);  // as spreadsheets write it
  const Place place = whole_file(name);
  const auto at = [&](int line) { return Place{place.file, line, 1}; };
  const auto all = records(csv);
  if (!all) return failure(place, "a quotation that does not end");
  if (all->size() < 2) return failure(place, "no points (the first line names the paths, each other line is a point)");
  Points out;
  out.name_ = name;
  out.paths_ = all->front().cells;
  for (const std::string& path : out.paths_)
    if (path.empty()) return failure(at(1), "a column without a path in the first line");
  if (out.paths_.size() > most_paths)
    return failure(at(1), fmt::format("{} columns; at most 1,000 make sense (does a line of the table end with a comma too many?)",
                                      grouped(std::to_string(out.paths_.size()))));
  if (const auto problem = overlap(out.paths_, std::vector<Place>(out.paths_.size(), at(1)))) return tl::make_unexpected(Problems{*problem});
  Problems problems;
  for (std::size_t r = 1; r < all->size(); ++r) {
    const Record& record = (*all)[r];
    const auto empty = std::find(record.cells.begin(), record.cells.end(), "");
    if (record.cells.size() != out.paths_.size())
      problems.push_back(
          {at(record.line), Code::bad_grid, fmt::format("{} for {}", counted(record.cells.size(), "value"), counted(out.paths_.size(), "path"))});
    else if (empty != record.cells.end())
      problems.push_back(
          {at(record.line), Code::bad_grid, fmt::format("no value for '{}'", out.paths_[static_cast<std::size_t>(empty - record.cells.begin())])});
    out.rows_.push_back(record.cells);
    out.lines_.push_back(record.line);
  }
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  Meanings meanings;
  std::unordered_map<std::string, int> seen;
  for (std::size_t i = 0; i < out.rows_.size(); ++i) {
    std::string point;
    for (const std::string& value : out.rows_[i]) point += meanings.of(value) + "\n";
    const auto [first, is_new] = seen.try_emplace(std::move(point), out.lines_[i]);
    if (!is_new) return failure(at(out.lines_[i]), fmt::format("the same point as line {}; leave one of them out", first->second));
  }
  out.count_ = out.rows_.size();
  if (out.count_ > most_points) return failure(place, fmt::format("{} points; at most 1,000,000 make sense", grouped(std::to_string(out.count_))));
  return out;
}

std::vector<std::string> Points::values(std::uint64_t point) const {
  if (!rows_.empty()) return rows_[point];
  std::vector<std::string> out(axes_.size());
  for (std::size_t k = axes_.size(); k-- > 0; point /= axes_[k].values.size()) out[k] = axes_[k].values[point % axes_[k].values.size()];
  return out;
}

Place Points::place_of_path(std::size_t path) const {
  if (rows_.empty()) return axes_[path].place;
  Place place = whole_file(name_);
  place.line = place.column = 1;
  return place;
}

Place Points::place(std::uint64_t point, std::size_t path) const {
  if (rows_.empty()) return axes_[path].place;
  Place place = whole_file(name_);
  place.line = lines_[point];
  place.column = 1;
  return place;
}

}  // namespace shortfall
