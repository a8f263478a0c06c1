#include "plan/notation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/number.hpp"

namespace shortfall::notation {
namespace {

template <class List, class Text>
std::string listed(const List& list, Text text) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : ", ") + text(item);
  return "[" + out + "]";
}

template <class Text>
std::string by_year(const Yearly& values, Text text) {
  const bool same = !values.empty() && std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
  return same ? text(values.front()) : listed(values, text);
}

std::string bounds(const std::optional<double>& low, const std::optional<double>& high) {
  return (low ? fmt::format(", low: {}", number(*low)) : "") + (high ? fmt::format(", high: {}", number(*high)) : "");
}

std::string form(const char* name, std::initializer_list<double> values) { return fmt::format("{}: {}", name, listed(values, number)); }

// Without the braces, so that drops_out can stand beside it.
std::string inside(const Fixed& d) { return "fixed: " + number(d.value); }
std::string inside(const Uniform& d) { return form("uniform", {d.low, d.high}); }
std::string inside(const Triangular& d) { return form("triangular", {d.low, d.mode, d.high}); }
std::string inside(const Pert& d) { return form("pert", {d.low, d.mode, d.high}); }
std::string inside(const ScaledBeta& d) {
  return fmt::format("beta: {{mean: {}, sd: {}, low: {}, high: {}}}", number(d.mean), number(d.sd), number(d.low), number(d.high));
}
std::string inside(const Normal& d) { return fmt::format("normal: {{mean: {}, sd: {}{}}}", number(d.mean), number(d.sd), bounds(d.low, d.high)); }
std::string inside(const Lognormal& d) {
  return fmt::format("lognormal: {{median: {}, p90: {}{}}}", number(d.median), number(d.p90), bounds({}, d.high));
}
std::string inside(const Metalog& d) {
  return fmt::format("p10: {}, p50: {}, p90: {}{}", number(d.p10), number(d.p50), number(d.p90), bounds(d.low, d.high));
}
std::string inside(const Values& d) {
  const bool equal = std::all_of(d.weights.begin(), d.weights.end(), [&](double w) { return w == d.weights.front(); });
  return fmt::format("values: {}{}", listed(d.values, number), equal ? "" : fmt::format(", weights: {}", listed(d.weights, number)));
}
std::string inside(const Quantiles& d) {
  std::string points;
  for (std::size_t i = 0; i < d.levels.size(); ++i) points += fmt::format("{}{}: {}", i == 0 ? "" : ", ", fraction(d.levels[i]), number(d.values[i]));
  return fmt::format("quantiles: {{{}}}", points);
}

}  // namespace

std::string number(double value) { return fmt::format("{}", value); }

// The fewest digits that read back as the same fraction, as its reader divides by 100.
std::string fraction(double value) {
  for (int digits = 6; digits <= 17; ++digits) {
    const std::string text = fmt::format("{:.{}g}", 100 * value, digits);
    // Not by std::stod, which refuses numbers below 2.2e-308.
    if (parse_fraction(text + "%") == value) return text + "%";
  }
  return number(value);
}

std::string yearly(const Yearly& values) { return by_year(values, number); }
std::string yearly_fractions(const Yearly& values) { return by_year(values, fraction); }

std::string earlier_ids(const std::vector<Id>& list) {
  if (list.size() < 2) return list.empty() ? "" : list.front().value;
  return listed(list, [](const Id& id) { return id.value; });
}

std::string saving(const Saving& saving) {
  if (const Yearly* list = std::get_if<Yearly>(&saving.profile)) return listed(*list, number);
  if (const PartsOfYears* parts = std::get_if<PartsOfYears>(&saving.profile))
    return fmt::format("{{{}: {}}}", parts->a_year == 12 ? "monthly" : "quarterly", listed(parts->amounts, number));
  const Ramp& ramp = std::get<Ramp>(saving.profile);
  return fmt::format("{{full_year: {}, starts: {}, ramp_months: {}{}}}", number(ramp.full_year), month_text(ramp.starts), ramp.ramp_months,
                     ramp.ends ? ", ends: " + month_text(*ramp.ends) : "");
}

std::string weights(const std::vector<Weight>& list) {
  if (list.empty()) return "";
  std::vector<Weight> sorted = list;
  std::sort(sorted.begin(), sorted.end(), [](const Weight& a, const Weight& b) { return a.organisation.value < b.organisation.value; });
  std::string out;
  for (const Weight& w : sorted) out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", w.organisation.value, fraction(w.share));
  return "{" + out + "}";
}

std::string substitutes(const Substitutes& s) {
  if (is_fixed(s.rate) && std::get<Fixed>(s.rate.shape).value == 0) return "none";
  return fmt::format("{{rate: {}{}}}", distribution(s.rate), s.most.empty() ? "" : ", most: " + yearly(s.most));
}

std::string efforts(const std::vector<Effort>& list) {
  if (list.empty()) return "";
  std::vector<Effort> sorted = list;
  std::sort(sorted.begin(), sorted.end(), [](const Effort& a, const Effort& b) { return a.team.value < b.team.value; });
  std::string out;
  for (const Effort& e : sorted) out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", e.team.value, yearly(e.wte));
  return "{" + out + "}";
}

std::string ids(const std::vector<Id>& list) {
  if (list.empty()) return "";
  std::vector<std::string> names;
  for (const Id& id : list) names.push_back(id.value);
  std::sort(names.begin(), names.end());
  return listed(names, [](const std::string& name) { return name; });
}

std::string distribution(const Distribution& d) {
  if (is_fixed(d)) return number(std::get<Fixed>(d.shape).value);
  const std::string shape = std::visit([](const auto& s) { return inside(s); }, d.shape);
  return fmt::format("{{{}{}}}", shape, d.drops_out > 0 ? ", drops_out: " + fraction(d.drops_out) : "");
}

std::string pool(const Pool& p) {
  if (!p.aid && p.reserves == 0) return ids(p.members);
  return fmt::format("{{members: {}{}{}}}", ids(p.members), p.aid ? ", aid: " + number(*p.aid) : "",
                     p.reserves == 0 ? "" : ", reserves: " + number(p.reserves));
}

std::string pools(const std::vector<Pool>& list) {
  std::vector<std::string> texts;
  for (const Pool& p : list) texts.push_back(pool(p));
  std::sort(texts.begin(), texts.end());
  return listed(texts, [](const std::string& text) { return text; });
}

std::string factor(const NamedFactor& f) {
  return fmt::format("{{share: {}{}{}}}", fraction(f.share), f.organisations.empty() ? "" : ", organisations: " + ids(f.organisations),
                     f.classes.empty() ? "" : ", classes: " + ids(f.classes));
}

std::string blackouts(const std::vector<Blackout>& list) {
  if (list.empty()) return "";
  return listed(list, [](const Blackout& b) { return fmt::format("{{from: {}, to: {}}}", month_text(b.from), month_text(b.to)); });
}

}  // namespace shortfall::notation
