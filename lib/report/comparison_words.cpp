#include "report/comparison_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

// `unit`: what one stands for, 0.01 for points.
std::string with_interval(const Estimate& e, double unit, int most) {
  const int digits = digits_for(e.half_width() / unit, most);
  return fmt::format("{} ({} to {})", signed_decimal(e.value / unit, digits), signed_decimal(e.low / unit, digits),
                     signed_decimal(e.high / unit, digits));
}

}  // namespace

std::string signed_points(const Estimate& e) {
  if (e.value == 0 && e.low == 0 && e.high == 0) return "0 points";
  const int digits = digits_for(100 * e.half_width(), 2);
  return fmt::format("{} points ({} to {})", signed_decimal(100 * e.value, digits), signed_decimal(100 * e.low, digits),
                     signed_decimal(100 * e.high, digits));
}

std::string measure_name(const MeasureChange& m) { return m.subject + "." + m.measure; }

std::string value_text(const MeasureChange& m, double value, std::string_view currency) {
  return m.chance ? percent(value, 1) : money_text(value, currency, 1);
}

std::string change_text(const MeasureChange& m) { return change_text(m, m.change); }

std::string change_text(const MeasureChange& m, const Estimate& change) {
  if (change.low == 0 && change.high == 0) return "0";
  return with_interval(change, m.chance ? 0.01 : 1, 2);
}

std::vector<const MeasureChange*> table_rows(const CompareResult& result) {
  std::vector<const MeasureChange*> out;
  for (const MeasureChange& m : result.measures) {
    const bool system = m.subject == "system" && m.headline;
    const bool matters = m.verdict != ChangeVerdict::no_change && m.verdict != ChangeVerdict::no_material_change;
    if (system || (m.headline && matters)) out.push_back(&m);
  }
  const auto rank = [](const MeasureChange* m) { return m->subject == "system" ? 0 : m->subject == "any" || m->subject == "all" ? 2 : 1; };
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto* a, const auto* b) { return rank(a) != rank(b) ? rank(a) < rank(b) : rank(a) == 1 && a->subject < b->subject; });
  return out;
}

std::size_t immaterial_rows(const CompareResult& result) {
  const auto all = std::count_if(result.measures.begin(), result.measures.end(), [](const MeasureChange& m) { return m.headline; });
  return static_cast<std::size_t>(all) - table_rows(result).size();
}

const MeasureChange& system_fails(const CompareResult& result) { return *result.find("system", "fails"); }

bool is_quiet(const CompareResult& r) {
  return std::all_of(r.measures.begin(), r.measures.end(),
                     [](const MeasureChange& m) {
                       return !m.headline || m.verdict == ChangeVerdict::no_change || m.verdict == ChangeVerdict::no_material_change;
                     }) &&
         std::all_of(r.limits.begin(), r.limits.end(), [](const auto& l) { return l.verdict == Verdict::passed; }) &&
         std::all_of(r.after.gates.begin(), r.after.gates.end(), [](const auto& g) { return g.verdict == Verdict::passed; });
}

std::string headline(const CompareResult& r) {
  const MeasureChange& m = system_fails(r);
  const bool single = r.after.organisations.size() == 1 && r.before.organisations.size() == 1;
  const std::string who = single ? "the plan" : "the system";
  const std::string chances =
      fmt::format("{} fails in {} of futures, before in {}: {}", who, percent(m.after, 1), percent(m.before, 1), signed_points(m.change));
  switch (m.verdict) {
    case ChangeVerdict::no_change:
      return fmt::format("No change: nothing that counts differs, and {} fails in {} of futures as before.", who, percent(m.after, 1));
    case ChangeVerdict::better:
      return fmt::format("Better: {}.", chances);
    case ChangeVerdict::worse:
      return fmt::format("Worse: {}.", chances);
    case ChangeVerdict::unclear:
      return fmt::format("Unclear: {}, so that a material change can neither be seen nor ruled out.", chances);
    default:
      break;
  }
  std::size_t better = 0, worse = 0;
  for (const MeasureChange& x : r.measures) {
    better += x.headline && x.verdict == ChangeVerdict::better;
    worse += x.headline && x.verdict == ChangeVerdict::worse;
  }
  std::string within;
  for (const auto& [n, what] : {std::pair(worse, "worse"), std::pair(better, "better")})
    if (n > 0) within += fmt::format("{}{} {} {}", within.empty() ? "" : ", ", n, n == 1 ? "measure is" : "measures are", what);
  return fmt::format("No material change{}: {}.", within.empty() ? "" : fmt::format(" for {}, but {}", who, within), chances);
}

std::string savings_sentence(const CompareResult& r) {
  const auto expected = [](const RunResult& x) {
    double sum = 0;
    for (const OrganisationResult& o : x.organisations) sum += o.saving.mean.value;
    return sum;
  };
  const int digits = r.after.planned_saving >= 1000 ? 0 : r.after.planned_saving < 1 ? 3 : 1;
  const auto moved = [&](double before, double after) {
    const double by = after - before;
    return std::abs(by) < 0.5 * std::pow(10.0, -digits)
               ? std::string("as before")
               : fmt::format("{} {}", money_text(std::abs(by), r.after.currency, digits), by > 0 ? "more" : "less");
  };
  const double before = expected(r.before), after = expected(r.after);
  return fmt::format("{} of savings planned, {}; {} to be expected, {}.", money_text(r.after.planned_saving, r.after.currency, digits),
                     moved(r.before.planned_saving, r.after.planned_saving), money_text(after, r.after.currency, digits), moved(before, after));
}

std::string material_sentence(const CompareResult& r) {
  return fmt::format(
      "A change is material beyond {:g} point{} of a chance, or beyond {}; a verdict needs the whole interval, widened so "
      "that it holds over all looks at more futures.",
      100 * r.material, 100 * r.material == 1 ? "" : "s",
      r.material_money ? money_text(*r.material_money, r.after.currency, *r.material_money < 0.05 ? 3 : 1) : "1 % of the saving that was planned");
}

std::string edit_text(const Change& c) {
  switch (c.kind) {
    case Change::Kind::added:
      return "added: " + c.after;
    case Change::Kind::removed:
      return "removed: " + c.before;
    case Change::Kind::renamed:
      return fmt::format("was {}", c.before);
    case Change::Kind::edited:
      break;
  }
  return c.before + " → " + c.after;
}

std::string place_text(const Change& c) {
  if (!c.place.file) return "";
  return c.place.line == 0 ? *c.place.file : fmt::format("{}:{}", *c.place.file, c.place.line);
}

std::string effects_sentence(const Effects& effects) {
  std::string out = "An edit's effect is the mean of making it alone in the old plan and of withholding it alone from the new one. ";
  if (!effects.grouped.empty())
    out += fmt::format("There are more than {} edits: those of one {} are taken together. ", effects.grouped == "scheme" ? 30 : 120, effects.grouped);
  return out + fmt::format("Together the edits come to {}; of this {} is what they do to one another.", signed_points(effects.total),
                           signed_points(effects.interaction));
}

}  // namespace shortfall
