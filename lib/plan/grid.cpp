#include "plan/grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/money.hpp"

namespace shortfall {
namespace {

auto failure(const Place& place, std::string message) { return tl::make_unexpected(Problems{{place, Severity::error, std::move(message)}}); }

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
        return Problem{places[j], Severity::error, fmt::format("'{}' is varied twice; give all its values at once", paths[i])};
      if (paths[j].starts_with(paths[i] + "."))
        return Problem{places[j], Severity::error, fmt::format("'{}' is part of '{}', which is varied too; vary one of them", paths[j], paths[i])};
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
  for (std::size_t i = 0; i < axis.values.size(); ++i) {
    if (axis.values[i].empty()) return failure(place, "an empty value (two commas, or one at an end)");
    if (std::find(axis.values.begin(), axis.values.begin() + static_cast<std::ptrdiff_t>(i), axis.values[i]) !=
        axis.values.begin() + static_cast<std::ptrdiff_t>(i))
      return failure(place, fmt::format("the value '{}' twice", axis.values[i]));
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
  if (const auto problem = overlap(out.paths_, std::vector<Place>(out.paths_.size(), at(1)))) return tl::make_unexpected(Problems{*problem});
  Problems problems;
  for (std::size_t r = 1; r < all->size(); ++r) {
    const Record& record = (*all)[r];
    const auto empty = std::find(record.cells.begin(), record.cells.end(), "");
    if (record.cells.size() != out.paths_.size())
      problems.push_back({at(record.line), Severity::error, fmt::format("{} values for {} paths", record.cells.size(), out.paths_.size())});
    else if (empty != record.cells.end())
      problems.push_back(
          {at(record.line), Severity::error, fmt::format("no value for '{}'", out.paths_[static_cast<std::size_t>(empty - record.cells.begin())])});
    out.rows_.push_back(record.cells);
    out.lines_.push_back(record.line);
  }
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  std::vector<std::size_t> order(out.rows_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return out.rows_[a] < out.rows_[b]; });
  for (std::size_t i = 1; i < order.size(); ++i)
    if (out.rows_[order[i]] == out.rows_[order[i - 1]])
      return failure(at(out.lines_[order[i]]), fmt::format("the same point as line {}", out.lines_[order[i - 1]]));
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

Place Points::place(std::uint64_t point, std::size_t path) const {
  if (rows_.empty()) return axes_[path].place;
  Place place = whole_file(name_);
  place.line = lines_[point];
  place.column = 1;
  return place;
}

}  // namespace shortfall
