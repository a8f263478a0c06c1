#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "history/actual_columns.hpp"
#include "history/actuals.hpp"
#include "plan/fields.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace actual_rows {

const std::vector<std::string>& keys_of_scheme() {
  static const std::vector<std::string> keys = {"to_date", "status", "forecast", "phased", "year"};
  return keys;
}
const std::vector<std::string>& keys_of_organisation() {
  static const std::vector<std::string> keys = {"pressure_to_date", "schemes"};
  return keys;
}

class YamlReader {
 public:
  YamlReader(const Node& document, Problems& problems) : document_(document), problems_(problems) {}

  RecordTable read() {
    if (!is_map(document_, "the file", "actuals by month")) return {};
    RecordRow& head = table_.emplace_back(RecordRow{1, {}});
    for (const std::string& name : headings()) head.cells.push_back({name, 1, 1});
    for (const Entry& e : document_.entries) {
      if (e.key == "unit")
        unit_ = value(e.value, "unit");
      else if (e.key != "actuals")
        error(e.place, fmt::format("unknown key '{}' beside actuals{} (known are actuals, unit)", printable(e.key, 60),
                                   did_you_mean(e.key, {"actuals", "unit"})));
    }
    const Node& months = *document_.find("actuals");
    if (is_map(months, "actuals", "months, as in 2017-09: {trust: {schemes: {rotas: 1.2}}}"))
      for (const Entry& month : months.entries) read_month(month);
    return std::move(table_);
  }

 private:
  void error(const Place& at, std::string message) { report(problems_, Code::bad_record, at, std::move(message)); }

  bool is_map(const Node& node, const std::string& what, std::string_view form) {
    if (node.kind == Node::Kind::map) return true;
    error(node.place, fmt::format("{} is {}, not a map of {}", what, shown(node), form));
    return false;
  }

  RecordCell value(const Node& node, const std::string& what) {
    if (node.kind == Node::Kind::null) return {"", node.place.column, node.place.line};
    if (node.kind != Node::Kind::scalar) error(node.place, fmt::format("{} is {}, not a single value", what, shown(node)));
    return {node.text, node.place.column, node.place.line};
  }

  void twice(const Node& map) {
    for (auto e = map.entries.begin(); e != map.entries.end(); ++e)
      if (std::any_of(map.entries.begin(), e, [&](const Entry& other) { return other.key == e->key; }))
        error(e->place, fmt::format("'{}' stands here twice; keep one", printable(e->key, 60)));
  }

  void read_month(const Entry& month) {
    if (!is_map(month.value, month.key, "organisations")) return;
    twice(month.value);
    for (const Entry& o : month.value.entries) {
      if (!is_map(o.value, o.key, "pressure_to_date and schemes")) continue;
      twice(o.value);
      RecordRow row = begun(month, o);
      for (const Entry& e : o.value.entries) {
        if (e.key == "pressure_to_date") {
          row.cells[pressure_to_date] = value(e.value, e.key);
          table_.push_back(row);
        } else if (e.key == "schemes") {
          read_schemes(month, o, e.value);
        } else {
          error(e.place, fmt::format("unknown key '{}' of {}{} (known are {}); savings stand under schemes", printable(e.key, 60),
                                     printable(o.key, 60), did_you_mean(e.key, keys_of_organisation()), fmt::join(keys_of_organisation(), ", ")));
        }
      }
    }
  }

  void read_schemes(const Entry& month, const Entry& of, const Node& schemes) {
    if (!is_map(schemes, "schemes", "schemes")) return;
    for (const Entry& s : schemes.entries) {
      RecordRow row = begun(month, of);
      row.line = s.place.line;
      row.cells[scheme] = {s.key, s.place.column, s.place.line};
      if (s.value.kind == Node::Kind::map)
        read_scheme(s, row);
      else
        row.cells[to_date] = value(s.value, "to_date");
      table_.push_back(std::move(row));
    }
  }

  void read_scheme(const Entry& s, RecordRow& row) {
    twice(s.value);
    for (const Entry& e : s.value.entries) {
      const auto known = std::find(keys_of_scheme().begin(), keys_of_scheme().end(), e.key);
      if (known == keys_of_scheme().end()) {
        error(e.place, fmt::format("unknown key '{}' of {}{} (known are {})", printable(e.key, 60), printable(s.key, 60),
                                   did_you_mean(e.key, keys_of_scheme()), fmt::join(keys_of_scheme(), ", ")));
        continue;
      }
      const auto column = std::find(headings().begin(), headings().end(), e.key) - headings().begin();
      row.cells[static_cast<std::size_t>(column)] = value(e.value, e.key);
    }
  }

  // Values that are not given stand where the organisation does.
  RecordRow begun(const Entry& month, const Entry& of) const {
    RecordRow out{of.place.line, std::vector<RecordCell>(headings().size(), RecordCell{"", of.place.column, of.place.line})};
    out.cells[as_at] = {month.key, month.place.column, month.place.line};
    out.cells[organisation].text = of.key;
    if (unit_) out.cells[unit] = *unit_;
    return out;
  }

  const Node& document_;
  Problems& problems_;
  std::optional<RecordCell> unit_;
  RecordTable table_;
};

}  // namespace actual_rows

bool is_yaml_of_actuals(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("---")) continue;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    line.remove_prefix(first);
    return line.starts_with("actuals:");
  }
  return false;
}

Checked<RecordTable> read_yaml_of_actuals(std::string_view text, const std::string& name) {
  const Checked<Node> document = parse_document(text, name);
  if (!document) return tl::make_unexpected(document.error());
  Problems problems;
  RecordTable out = actual_rows::YamlReader(*document, problems).read();
  if (has_errors(problems)) return tl::make_unexpected(sorted(std::move(problems)));
  return out;
}

}  // namespace shortfall
