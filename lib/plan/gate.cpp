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

std::vector<std::string> first_of(const std::vector<std::string>& names, std::size_t most) {
  if (names.size() <= most) return names;
  std::vector<std::string> out(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(most));
  out.push_back("…");
  return out;
}

// "system.fails" into its two parts; what is wrong with it, or nothing.
std::optional<std::string> read_measure(std::string_view path, std::string& subject, std::string& measure) {
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return fmt::format("'{}' needs a subject and a measure, as in 'system.fails'", path);
  subject = path.substr(0, dot);
  measure = path.substr(dot + 1);
  const bool counts = subject == "any" || subject == "all";
  static const std::vector<std::string> fails_only = {"fails"};
  const std::vector<std::string>& measures = counts ? fails_only : subject == "system" ? measures_of_system() : measures_of_organisation();
  if (std::find(measures.begin(), measures.end(), measure) != measures.end()) return {};
  if (measure == "fails") return fmt::format("an organisation's fails is either '{0}.fails.alone' or '{0}.fails.together'; say which", subject);
  const std::string near = did_you_mean(measure, measures);
  return fmt::format("no measure '{}' of {}{}", measure, counts || subject == "system" ? fmt::format("'{}'", subject) : "an organisation",
                     near.empty() ? fmt::format(" (it has {})", fmt::join(measures, ", ")) : near);
}

}  // namespace

bool higher_is_better(std::string_view measure) { return measure.starts_with("saving."); }

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

  if (auto wrong = read_measure(trimmed(text.substr(0, sign)), gate.subject, gate.measure)) return fail(std::move(*wrong));

  const std::string_view limit_text = trimmed(text.substr(sign + (equal ? 2 : 1)));
  if (limit_text.empty()) return fail("has no limit, as in 'system.fails <= 30%'");
  const bool chance = gate.measure.starts_with("fails");
  const auto limit = chance ? parse_fraction(limit_text) : parse_number(limit_text);
  if (!limit) return fail(fmt::format("the limit '{}' is not a {}", limit_text, chance ? "chance like 0.3 or 30%" : "sum of money like 10"));
  if (chance && (*limit < 0 || *limit > 1)) return fail(fmt::format("the limit {} is not a chance from 0 to 100%", limit_text));
  gate.limit = *limit;
  return gate;
}

Checked<ChangeLimit> parse_change_limit(std::string_view text, const Place& place) {
  const auto fail = [&](std::string message) {
    return tl::make_unexpected(Problems{{place, Severity::error, fmt::format("change '{}': {}", text, message)}});
  };
  const std::string_view whole = trimmed(text);
  ChangeLimit out{place, std::string(whole), {}, {}, 0};
  const std::size_t space = whole.find_first_of(" \t");
  if (whole.find_first_of("<>") != std::string_view::npos)
    return fail("is a limit on a measure, not on its change; a change is written as in 'system.fails +2pp'");
  if (auto wrong = read_measure(whole.substr(0, space), out.subject, out.measure)) return fail(std::move(*wrong));
  const std::string_view limit_text = space == std::string_view::npos ? std::string_view() : trimmed(whole.substr(space));
  const bool chance = out.measure.starts_with("fails");
  const char* example = chance ? "+2pp (it may rise by 2 percentage points)" : "+0.5 (in the currency's unit)";
  if (limit_text.empty()) return fail(fmt::format("has no limit, as in {}", example));
  if (limit_text.front() != '+' && limit_text.front() != '-')
    return fail(fmt::format("the limit '{}' has no sign; write one, as in {}", limit_text, example));
  std::string_view number = limit_text;
  const bool points = number.ends_with("pp");
  if (points) number = trimmed(number.substr(0, number.size() - 2));
  if (chance && !points) return fail(fmt::format("the limit '{}' is not in percentage points; write it as in {}", limit_text, example));
  if (!chance && points)
    return fail(fmt::format("the limit '{}' is in percentage points, but {} is money; write it as in {}", limit_text, out.measure, example));
  const auto value = parse_number(number);
  if (!value) return fail(fmt::format("the limit '{}' is not a change like {}", limit_text, example));
  if (chance && (*value < -100 || *value > 100)) return fail(fmt::format("the limit {} is more than a chance can change", limit_text));
  out.limit = chance ? *value / 100 : *value;
  return out;
}

Checked<ChanceTarget> parse_chance_target(std::string_view text, const Place& place, const std::vector<std::string>& subjects) {
  const auto fail = [&](std::string message) {
    return tl::make_unexpected(Problems{{place, Severity::error, fmt::format("'{}': {}", text, message)}});
  };
  ChanceTarget out{place, std::string(trimmed(text)), {}, {}, 0};
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos || text.find_first_of("<>") != std::string_view::npos)
    return fail("needs a measure, = and a chance, as in 'system.fails = 20%'");
  const std::string_view path = trimmed(text.substr(0, sign));
  auto wrong = read_measure(path, out.subject, out.measure);
  // A name that is wrong explains more than what is asked of it.
  if (path.find('.') != std::string_view::npos && std::find(subjects.begin(), subjects.end(), out.subject) == subjects.end()) {
    const std::string near = did_you_mean(out.subject, subjects);
    return fail(fmt::format("'{}' is no organisation here{}", out.subject,
                            near.empty() ? fmt::format(" (there are {})", fmt::join(first_of(subjects, 20), ", ")) : near));
  }
  if (wrong) return fail(std::move(*wrong));
  if (!out.measure.starts_with("fails"))
    return fail(fmt::format("{} is money; only a chance can be asked for, as in 'system.fails = 20%'", out.measure));
  const auto level = parse_fraction(trimmed(text.substr(sign + 1)));
  if (!level || !(*level > 0 && *level < 1))
    return fail(fmt::format("'{}' is not a chance above 0 and below 100 %, like 20%", trimmed(text.substr(sign + 1))));
  out.level = *level;
  return out;
}

}  // namespace shortfall
