#include "plan/gate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/number.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> money_measures(std::vector<std::string> measures) {
  for (const char* p : {"mean", "p50", "p80", "p90", "p95", "es95"}) measures.push_back(fmt::format("shortfall.{}", p));
  for (const char* p : {"p50", "p80", "p90", "p95"}) measures.push_back(fmt::format("contingency.{}", p));
  return measures;
}

}  // namespace

const std::vector<std::string>& measures_of_system() {
  static const std::vector<std::string> measures = money_measures({"fails"});
  return measures;
}

const std::vector<std::string>& measures_of_organisation() {
  static const std::vector<std::string> measures = [] {
    std::vector<std::string> all = money_measures({"fails.alone", "fails.together"});
    for (const char* p : {"mean", "p10", "p50", "p90"}) all.push_back(fmt::format("saving.{}", p));
    return all;
  }();
  return measures;
}

Checked<Gate> parse_gate(std::string_view text, const Place& place) {
  const auto fail = [&](std::string message) {
    return tl::make_unexpected(Problems{{place, Severity::error, fmt::format("gate '{}': {}", text, message)}});
  };
  Gate gate{place, std::string(trimmed(text)), {}, {}, {}, 0};
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string_view::npos) return fail("needs <=, <, >= or > and a limit, as in 'system.fails <= 30%'");
  const bool equal = sign + 1 < text.size() && text[sign + 1] == '=';
  gate.comparison = text[sign] == '<' ? (equal ? Comparison::at_most : Comparison::below) : (equal ? Comparison::at_least : Comparison::above);

  const std::string_view path = trimmed(text.substr(0, sign));
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return fail(fmt::format("'{}' needs a subject and a measure, as in 'system.fails'", path));
  gate.subject = path.substr(0, dot);
  gate.measure = path.substr(dot + 1);

  const bool counts = gate.subject == "any" || gate.subject == "all";
  const std::vector<std::string> fails_only = {"fails"};
  const std::vector<std::string>& measures = counts ? fails_only : gate.subject == "system" ? measures_of_system() : measures_of_organisation();
  if (std::find(measures.begin(), measures.end(), gate.measure) == measures.end()) {
    if (gate.measure == "fails")
      return fail(fmt::format("an organisation's fails is either '{0}.fails.alone' or '{0}.fails.together'; say which", gate.subject));
    const std::string near = did_you_mean(gate.measure, measures);
    return fail(fmt::format("no measure '{}' of {}{}", gate.measure,
                            counts || gate.subject == "system" ? fmt::format("'{}'", gate.subject) : "an organisation",
                            near.empty() ? fmt::format(" (it has {})", fmt::join(measures, ", ")) : near));
  }

  const std::string_view limit_text = trimmed(text.substr(sign + (equal ? 2 : 1)));
  if (limit_text.empty()) return fail("has no limit, as in 'system.fails <= 30%'");
  const bool chance = gate.measure.starts_with("fails");
  const auto limit = chance ? parse_fraction(limit_text) : parse_number(limit_text);
  if (!limit) return fail(fmt::format("the limit '{}' is not a {}", limit_text, chance ? "chance like 0.3 or 30%" : "sum of money like 10"));
  if (chance && (*limit < 0 || *limit > 1)) return fail(fmt::format("the limit {} is not a chance from 0 to 100%", limit_text));
  gate.limit = *limit;
  return gate;
}

}  // namespace shortfall
