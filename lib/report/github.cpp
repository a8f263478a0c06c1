#include "report/github.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/money.hpp"
#include "report/comparison_words.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

// As the runner reads it back (actions/toolkit, command.ts): a property may hold neither a colon nor a comma.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : printable(text, 1000)) {
    if (c == '%')
      out += "%25";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string note(std::string_view level, const Place& place, std::string_view title, std::string_view message) {
  std::string properties;
  // "--set acute.reserves=5" and the built-in classes are in no file of the repository.
  if (place.file && !place.file->starts_with("--") && !place.file->starts_with("built-in/")) {
    properties = fmt::format("file={}", escaped(*place.file, true));
    if (place.line > 0) properties += fmt::format(",line={},col={}", place.line, place.column);
  }
  if (!title.empty()) properties += fmt::format("{}title={}", properties.empty() ? "" : ",", escaped(title, true));
  return fmt::format("::{}{}{}::{}\n", level, properties.empty() ? "" : " ", properties, escaped(message, false));
}

}  // namespace

std::string github(const Problems& problems) {
  std::string out;
  for (const Problem& p : problems) out += note(p.severity == Severity::error ? "error" : "warning", p.place, "", p.message);
  return out;
}

std::string github(const CompareResult& r) {
  std::string out;
  const auto limit = [&](Verdict verdict, const Place& place, const std::string& expression, const std::string& found) {
    if (verdict == Verdict::passed) return;
    const bool crossed = verdict == Verdict::crossed;
    out += note(crossed ? "error" : "warning", place, fmt::format("limit {}", name_of(verdict)), fmt::format("{}: it is {}", expression, found));
  };
  for (const ChangeLimitResult& l : r.limits) {
    const MeasureChange& m = *r.find(l.limit.subject, l.limit.measure);
    limit(l.verdict, l.limit.place, l.limit.expression, change_text(m, l.change) + (m.chance ? " points" : " " + r.after.currency));
  }
  for (const GateResult& g : r.after.gates)
    limit(g.verdict, g.gate.place, g.gate.expression,
          g.gate.measure.starts_with("fails") ? percent_with_interval(g.value) : money_text(g.value.value, r.after.currency, 2));
  out += note("notice", {}, "Savings plan", headline(r));
  if (!r.effects) return out;
  // The largest effects first: a runner shows only the first ten notes of each kind.
  for (const Effect& e : r.effects->list) {
    const bool harms = e.system.low > r.material || (!e.owner.empty() && e.alone.low > r.material);
    const std::string effect = fmt::format("P(system fails) {}{}", signed_points(e.system),
                                           e.owner.empty() ? "" : fmt::format(", P({} fails alone) {}", e.owner, signed_points(e.alone)));
    for (const std::size_t i : e.changes) {
      const Change& c = r.difference.changes[i];
      out += note(harms ? "warning" : "notice", c.place, e.changes.size() == 1 ? c.path : e.name, fmt::format("{}; {}", edit_text(c), effect));
    }
  }
  return out;
}

}  // namespace shortfall
