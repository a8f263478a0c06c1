#include "report/ci.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "report/markup.hpp"
#include "report/words.hpp"

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

std::string limit_note(Verdict verdict, const Place& place, const std::string& text) {
  if (verdict == Verdict::passed) return {};
  return note(verdict == Verdict::crossed ? "error" : "warning", place, fmt::format("limit {}", name_of(verdict)), text);
}

// The test cases of one kind.
struct Suite {
  std::string system, name, cases = {};
  std::size_t tests = 0, failures = 0, errors = 0;
  std::map<std::string, int> seen = {};  // a name stands once

  void add(const std::string& expression, const Place& place, Verdict verdict, const std::string& found) {
    ++tests;
    const int times = ++seen[expression];
    const bool in_file = place.file && place.line > 0;
    cases += fmt::format("    <testcase classname=\"shortfall.{}.{}\" name=\"{}{}\"{} time=\"0\"", html_text(system), name, html_text(expression),
                         times > 1 ? fmt::format(" ({})", times) : "",
                         in_file ? fmt::format(" file=\"{}\" line=\"{}\"", html_text(*place.file), place.line) : "");
    if (verdict == Verdict::passed) {
      cases += "/>\n";
      return;
    }
    const bool crossed = verdict == Verdict::crossed;
    ++(crossed ? failures : errors);
    cases += fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{2}</{0}>\n    </testcase>\n", crossed ? "failure" : "error", name_of(verdict),
                         html_text(found));
  }

  std::string text() const {
    return fmt::format("  <testsuite name=\"{}.{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"0\">\n{}  </testsuite>\n",
                       html_text(system), name, tests, failures, errors, cases);
  }
};

Suite gates_of(const RunResult& r) {
  Suite gates{r.system, "gates"};
  for (const GateResult& g : r.gates) gates.add(g.gate.expression, g.gate.place, g.verdict, gate_text(g, r.currency));
  return gates;
}

std::string junit(const std::vector<Suite>& suites) {
  std::size_t tests = 0, failures = 0, errors = 0;
  std::string all;
  for (const Suite& s : suites) tests += s.tests, failures += s.failures, errors += s.errors, all += s.text();
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shortfall\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "time=\"0\">\n{}</testsuites>\n",
      tests, failures, errors, all);
}

}  // namespace

std::string github(const Problems& problems) {
  std::string out;
  for (const Problem& p : problems) out += note(std::string(name_of(p.severity())), p.place, name_of(p.code), p.message);
  return out;
}

std::string github(const RunResult& r) {
  std::string out;
  for (const GateResult& g : r.gates) out += limit_note(g.verdict, g.gate.place, gate_text(g, r.currency));
  return out + note("notice", {}, "Savings plan",
                    fmt::format("{} fails in {} of futures{}", r.organisations.size() == 1 ? "the plan" : "the system",
                                percent_with_interval(r.system_fails), r.seen ? "; " + seen_words(*r.seen) : ""));
}

std::string github(const CompareResult& r) {
  std::string out;
  for (const ChangeLimitResult& l : r.limits) out += limit_note(l.verdict, l.limit.place, limit_text(r, l));
  for (const GateResult& g : r.after.gates) out += limit_note(g.verdict, g.gate.place, gate_text(g, r.after.currency));
  out += note("notice", {}, "Savings plan", compare_headline(r) + (r.after.seen ? " (" + seen_words(*r.after.seen) + ")" : ""));
  if (!r.effects) return out;
  // The largest effects first: a runner shows only the first ten notes of each kind.
  for (const Effect& e : r.effects->list) {
    const bool harms = e.system.low > r.material || (!e.owner.empty() && e.alone.low > r.material);
    const std::string effect = fmt::format("{} {}{}", r.after.organisations.size() == 1 ? "P(fails)" : "P(system fails)", with_points(e.system),
                                           e.owner.empty() ? "" : fmt::format(", P({} fails alone) {}", e.owner, with_points(e.alone)));
    for (const std::size_t i : e.changes) {
      const Change& c = r.difference.changes[i];
      out += note(harms ? "warning" : "notice", c.place, e.changes.size() == 1 ? c.path : e.name, fmt::format("{}; {}", edit_text(c), effect));
    }
  }
  return out;
}

std::string junit(const RunResult& r) { return junit(std::vector<Suite>{gates_of(r)}); }

std::string junit(const CompareResult& r) {
  Suite changes{r.after.system, "changes"};
  for (const ChangeLimitResult& l : r.limits) changes.add(l.limit.expression, l.limit.place, l.verdict, limit_text(r, l));
  return junit(std::vector<Suite>{changes, gates_of(r.after)});
}

namespace {

using Json = nlohmann::ordered_json;

// A path as the URI reference that SARIF asks for (RFC 3986): relative to where the program was run, without "./", or file://.
std::string uri(std::string_view path) {
  while (path.starts_with("./")) {
    path.remove_prefix(2);
    while (path.starts_with('/')) path.remove_prefix(1);
  }
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").find(c) != std::string_view::npos;
    out += kept ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Json location(const Place& place) {
  Json physical = {{"artifactLocation", {{"uri", uri(*place.file)}}}};
  if (place.line > 0) physical["region"] = {{"startLine", place.line}, {"startColumn", place.column}};
  return {{"physicalLocation", std::move(physical)}};
}

}  // namespace

std::string sarif(const Problems& problems, const std::vector<AllowedProblem>& allowed, const std::string& program, const std::string& version) {
  Json results = Json::array(), rules = Json::array();
  std::map<Code, std::size_t> index;  // of the rules, as they are first met
  const auto add = [&](const Problem& p, const std::string* reason) {
    const CodeEntry& entry = entry_of(p.code);
    const auto [at, fresh] = index.emplace(p.code, rules.size());
    if (fresh)
      rules.push_back({{"id", entry.name},
                       {"shortDescription", {{"text", entry.means}}},
                       {"help", {{"text", entry.mend}}},
                       {"defaultConfiguration", {{"level", name_of(entry.severity)}}}});
    Json result = {
        {"ruleId", entry.name}, {"ruleIndex", at->second}, {"level", name_of(entry.severity)}, {"message", {{"text", printable(p.message, 2000)}}}};
    // An option of the command line is no file.
    if (p.place.file && !p.place.file->starts_with("--")) result["locations"] = Json::array({location(p.place)});
    if (reason != nullptr) result["suppressions"] = Json::array({{{"kind", "inSource"}, {"justification", *reason}}});
    results.push_back(std::move(result));
  };
  for (const Problem& p : problems) add(p, nullptr);
  for (const AllowedProblem& a : allowed) add(a.problem, &a.reason);
  const Json out = {{"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
                    {"version", "2.1.0"},
                    {"runs", Json::array({{{"tool", {{"driver", {{"name", program}, {"version", version}, {"rules", std::move(rules)}}}}},
                                           {"columnKind", "unicodeCodePoints"},
                                           {"results", std::move(results)}}})}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shortfall
