#include "report/junit.hpp"

#include <fmt/format.h>

#include "base/money.hpp"
#include "base/problem.hpp"
#include "report/comparison_words.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

// For an attribute or an element; XML 1.0 has no way to write most control characters, and printable() leaves none.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text, 1000)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

struct Suite {
  std::string name, cases;
  std::size_t tests = 0, failures = 0, errors = 0;

  void add(const std::string& expression, const Place& place, Verdict verdict, const std::string& found) {
    ++tests;
    const bool in_file = place.file && place.line > 0;
    cases += fmt::format("    <testcase classname=\"shortfall.{}\" name=\"{}\"{} time=\"0\"", name, escaped(expression),
                         in_file ? fmt::format(" file=\"{}\" line=\"{}\"", escaped(*place.file), place.line) : "");
    if (verdict == Verdict::passed) {
      cases += "/>\n";
      return;
    }
    const bool crossed = verdict == Verdict::crossed;
    ++(crossed ? failures : errors);
    cases += fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{2}</{0}>\n    </testcase>\n", crossed ? "failure" : "error", name_of(verdict),
                         escaped(fmt::format("{}: it is {}", expression, found)));
  }

  std::string text() const {
    return fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"0\">\n{}  </testsuite>\n", name,
                       tests, failures, errors, cases);
  }
};

}  // namespace

std::string junit(const CompareResult& r) {
  Suite changes{"changes", {}}, gates{"gates", {}};
  for (const ChangeLimitResult& l : r.limits) {
    const MeasureChange& m = *r.find(l.limit.subject, l.limit.measure);
    changes.add(l.limit.expression, l.limit.place, l.verdict, change_text(m, l.change) + (m.chance ? " points" : " " + r.after.currency));
  }
  for (const GateResult& g : r.after.gates)
    gates.add(g.gate.expression, g.gate.place, g.verdict,
              g.gate.measure.starts_with("fails") ? percent_with_interval(g.value) : money_text(g.value.value, r.after.currency, 2));
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shortfall\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "time=\"0\">\n{}{}</testsuites>\n",
      changes.tests + gates.tests, changes.failures + gates.failures, changes.errors + gates.errors, changes.text(), gates.text());
}

}  // namespace shortfall
