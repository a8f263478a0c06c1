#include <fmt/format.h>

#include "base/code.hpp"
#include "plan/keys.hpp"
#include "plan/measure.hpp"
#include "report/views.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;

std::string whose(const Measure& m) {
  static constexpr std::pair<unsigned, const char*> names[] = {
      {subject::organisation, "ID"}, {subject::pool, "pool:A+B"}, {subject::system, "system"}, {subject::any, "any"}, {subject::all, "all"}};
  std::string out;
  for (const auto& [bit, name] : names)
    if ((m.of & bit) != 0) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

std::string_view unit_text(Unit unit) {
  return unit == Unit::chance ? "chance" : unit == Unit::money ? "money" : unit == Unit::share ? "share" : "count";
}

Document help_measures() {
  Document out;
  out.title = "Measures: what gates, CSV, JSON, comparisons and sweeps call them";
  PageTable t;
  t.columns = {{"measure", Kind::label}, {"of whom", Kind::words}, {"unit", Kind::words}, {"gate", Kind::words}, {"", Kind::words}};
  for (const Measure& m : measures())
    t.row({name_of(m) + (m.by_year ? ".YEAR" : ""), whose(m), std::string(unit_text(m.unit)), m.gate ? "yes" : "", std::string(m.words)});
  out.section().add(std::move(t));
  Section& s = out.section("Limits");
  s.say(
      "A gate is a measure of a subject, one of <=, <, >=, > (or ≤, ≥) and a limit: 'system.fails <= 30%', 'acute.contingency.p80 <= 5', "
      "'acute.fails.alone.by.2018/19 < 0.2', "
      "'acute.delivered.mean >= 70%'. Chances and shares are fractions or per cent, money is in the plan's unit.");
  s.say("A limit on a change, for 'compare', is a measure and a signed change: 'system.fails +2pp', 'acute.saving.mean -0.5'.");
  return out;
}

Document help_keys(bool mapping) {
  Document out;
  out.title = mapping ? "Keys of a mapping: what the columns and words of a tracker stand for" : "Keys of a plan's files";
  std::string_view scope;
  for (const PlanKey& k : plan_keys()) {
    if (k.scope == scope || is_of_mapping(k.scope) != mapping) continue;
    scope = k.scope;
    bool seen = false;
    for (const Section& s : out.sections) seen = seen || s.heading == scope;
    if (seen) continue;
    PageTable t;
    t.columns = {{"key", Kind::label}, {"written", Kind::words}, {"unless said", Kind::words}, {"", Kind::words}};
    for (const PlanKey& one : plan_keys())
      if (one.scope == scope) t.row({std::string(one.key), std::string(one.form), std::string(one.unless_said), std::string(one.words)});
    out.section(std::string(scope)).add(std::move(t));
  }
  return out;
}

Document help_status() {
  Document out;
  out.title = "Exit status";
  PageTable t;
  t.columns = {{"status"}, {"", Kind::words}};
  for (const auto& [status, words] : exit_statuses) t.row({std::to_string(status), std::string(words)});
  out.section().add(std::move(t));
  return out;
}

Document help_codes() {
  Document out;
  out.title = "Codes of errors and warnings";
  PageTable t;
  t.columns = {{"code", Kind::label}, {"", Kind::words}, {"", Kind::words}};
  for (const CodeEntry& e : codes()) t.row({std::string(e.name), std::string(name_of(e.severity)), std::string(e.means)});
  out.section().add(std::move(t));
  out.section("To accept a warning")
      .say(
          "Where a plan's owners know better, a comment on the line, or on a line above it, says so with a reason: "
          "'# shortfall: allow one-scheme the board has seen it'. 'shortfall help CODE' tells more of each.");
  return out;
}

Document help_code(const CodeEntry& e) {
  Document out;
  out.title = fmt::format("{}: {}", e.name, name_of(e.severity));
  Section& s = out.section();
  s.say(std::string(e.means));
  s.say(std::string(e.mend));
  std::string_view rest = e.example;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    s.blocks.emplace_back(Paragraph{fmt::format("    {}", line), Tone::plain, {}, {}, {}, true});
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  if (e.severity == Severity::warning && e.code != Code::idle_allowance)
    s.say(fmt::format("To accept it, say why on its line or the one above: '# shortfall: allow {} your reason'.", e.name));
  return out;
}

}  // namespace

const std::vector<std::string>& help_topics() {
  static const std::vector<std::string> names = {"measures", "plan", "mapping", "exit-codes", "classes", "codes"};
  return names;
}

std::optional<Document> view_help(std::string_view topic) {
  if (topic == "measures") return help_measures();
  if (topic == "plan" || topic == "mapping") return help_keys(topic == "mapping");
  if (topic == "exit-codes") return help_status();
  if (topic == "codes") return help_codes();
  if (const std::optional<Code> code = find_code(topic)) return help_code(entry_of(*code));
  return {};
}

}  // namespace shortfall
