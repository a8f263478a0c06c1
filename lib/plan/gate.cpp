#include "plan/gate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/measure.hpp"
#include "plan/number.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> first_of(const std::vector<std::string>& names, std::size_t most) {
  if (names.size() <= most) return names;
  std::vector<std::string> out(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(most));
  out.push_back("…");
  return out;
}

struct Path {
  std::string subject, measure, year;
  const Measure* found = nullptr;
};

// "system.fails" and "acute.fails.alone.by.2018/19" into their parts; what is wrong with it, or nothing.
std::optional<std::string> read_measure(std::string_view text, Path& path) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return fmt::format("'{}' needs a subject and a measure, as in 'system.fails'", text);
  path.subject = text.substr(0, dot);
  const std::string_view name = text.substr(dot + 1);
  const unsigned who = subject_of(path.subject);
  const std::vector<std::string>& names = gate_measures(who);
  const MeasureOfYear found = find_measure(name);
  path.found = found.measure;
  path.year = found.year;
  const bool known = std::find(names.begin(), names.end(), name) != names.end();
  if (known || (found.measure != nullptr && found.measure->by_year && found.measure->gate && (found.measure->of & who) != 0)) {
    path.measure = name_of(*found.measure) + (found.year.empty() ? "" : "." + found.year);
    return {};
  }
  if (who == subject::organisation && name == name_of(Family::fails))
    return fmt::format("an organisation's {1} is either '{0}.{2}' or '{0}.{3}'; say which", path.subject, name, name_of(Family::fails, Figure::alone),
                       name_of(Family::fails, Figure::together));
  const std::string near = did_you_mean(name, names);
  return fmt::format("no measure '{}' of {}{}", name, who == subject::organisation ? "an organisation" : fmt::format("'{}'", path.subject),
                     near.empty() ? fmt::format(" (it has {})", fmt::join(names, ", ")) : near);
}

std::string_view what_a_limit_is(Unit unit) {
  return unit == Unit::chance ? "chance like 0.3 or 30%" : unit == Unit::share ? "share like 0.7 or 70%" : "sum of money like 10";
}

// Where the comparison stands, and how long it is: "<=" and "≤" mean the same.
struct Sign {
  std::size_t at = std::string_view::npos, length = 1;
  Comparison comparison = Comparison::at_most;
};
Sign sign_of(std::string_view text) {
  for (const auto& [written, comparison] :
       {std::pair("<=", Comparison::at_most), std::pair("≤", Comparison::at_most), std::pair(">=", Comparison::at_least),
        std::pair("≥", Comparison::at_least), std::pair("<", Comparison::below), std::pair(">", Comparison::above)})
    if (const std::size_t at = text.find(written); at != std::string_view::npos) return {at, std::string_view(written).size(), comparison};
  return {};
}

}  // namespace

const std::vector<std::string>& measures_of_system() { return gate_measures(subject::system); }
const std::vector<std::string>& measures_of_organisation() { return gate_measures(subject::organisation); }

Checked<Gate> parse_gate(std::string_view text, const Place& place) {
  const auto fail = [&](std::string message) {
    return tl::make_unexpected(Problems{{place, Code::bad_gate, fmt::format("gate '{}': {}", text, message)}});
  };
  const Sign sign = sign_of(text);
  if (sign.at == std::string_view::npos) return fail("needs <=, <, >= or > and a limit, as in 'system.fails <= 30%'");
  Path path;
  if (auto wrong = read_measure(trimmed(text.substr(0, sign.at)), path)) return fail(std::move(*wrong));

  std::string_view limit_text = trimmed(text.substr(sign.at + sign.length));
  constexpr std::string_view known_word = "known";
  const bool known = limit_text.ends_with(known_word) && (limit_text.size() == known_word.size() || limit_text[limit_text.size() - 6] == ' ');
  if (known) limit_text = trimmed(limit_text.substr(0, limit_text.size() - known_word.size()));
  if (limit_text.empty()) return fail("has no limit, as in 'system.fails <= 30%'");
  if (known && (path.found->family == Family::position || path.found->family == Family::reserves))
    return fail("how far it is known is not measured of this; leave 'known' out");
  const bool money = path.found->unit == Unit::money;
  const auto limit = money ? parse_number(limit_text) : parse_fraction(limit_text);
  if (!limit) return fail(fmt::format("the limit '{}' is not a {}", limit_text, what_a_limit_is(path.found->unit)));
  if (path.found->unit == Unit::chance && (*limit < 0 || *limit > 1))
    return fail(fmt::format("the limit {} is not a chance from 0 to 100%", limit_text));
  return Gate{place, std::string(trimmed(text)), path.subject, path.measure, sign.comparison, *limit, known};
}

Checked<ChangeLimit> parse_change_limit(std::string_view text, const Place& place) {
  const auto fail = [&](std::string message) {
    return tl::make_unexpected(Problems{{place, Code::bad_gate, fmt::format("change '{}': {}", text, message)}});
  };
  const std::string_view whole = trimmed(text);
  ChangeLimit out{place, std::string(whole), {}, {}, 0};
  const std::size_t space = whole.find_first_of(" \t");
  if (whole.find_first_of("<>") != std::string_view::npos)
    return fail("is a limit on a measure, not on its change; a change is written as in 'system.fails +2pp'");
  Path path;
  if (auto wrong = read_measure(whole.substr(0, space), path)) return fail(std::move(*wrong));
  if (!path.year.empty() || path.found->unit == Unit::share || path.found->family == Family::found)
    return fail("no limit on its change can be set; a limit on the measure itself can");
  out.subject = path.subject, out.measure = path.measure;
  const std::string_view limit_text = space == std::string_view::npos ? std::string_view() : trimmed(whole.substr(space));
  const bool chance = path.found->unit == Unit::chance;
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
    return tl::make_unexpected(Problems{{place, Code::bad_gate, fmt::format("'{}': {}", text, message)}});
  };
  ChanceTarget out{place, std::string(trimmed(text)), {}, {}, 0};
  const std::size_t sign = text.find('=');
  if (sign == std::string_view::npos || text.find_first_of("<>") != std::string_view::npos)
    return fail("needs a measure, = and a chance, as in 'system.fails = 20%'");
  const std::string_view name = trimmed(text.substr(0, sign));
  Path path;
  auto wrong = read_measure(name, path);
  out.subject = path.subject, out.measure = path.measure;
  // A name that is wrong explains more than what is asked of it.
  if (name.find('.') != std::string_view::npos && std::find(subjects.begin(), subjects.end(), out.subject) == subjects.end()) {
    const std::string near = did_you_mean(out.subject, subjects);
    return fail(fmt::format("'{}' is no organisation here{}", out.subject,
                            near.empty() ? fmt::format(" (there are {})", fmt::join(first_of(subjects, 20), ", ")) : near));
  }
  if (wrong) return fail(std::move(*wrong));
  if (path.found->unit != Unit::chance)
    return fail(fmt::format("{} is {}; only a chance can be asked for, as in 'system.fails = 20%'", out.measure,
                            path.found->unit == Unit::money ? "money" : "a share"));
  if (!path.year.empty()) return fail("is of one year; only the whole plan's chance can be met by turning a dial");
  const auto level = parse_fraction(trimmed(text.substr(sign + 1)));
  if (!level || !(*level > 0 && *level < 1))
    return fail(fmt::format("'{}' is not a chance above 0 and below 100 %, like 20%", trimmed(text.substr(sign + 1))));
  out.level = *level;
  return out;
}

Checked<Aim> parse_aim(std::string_view text, const Place& place, const std::vector<std::string>& subjects) {
  const auto fail = [&](std::string message) {
    return tl::make_unexpected(Problems{{place, Code::bad_options, fmt::format("aim '{}': {}", text, message)}});
  };
  Aim out{place, std::string(trimmed(text)), {}, {}};
  const bool short_form = out.expression.find('.') == std::string::npos;
  Path path;
  auto wrong = read_measure(short_form ? "system.shortfall." + out.expression : out.expression, path);
  if (short_form && wrong)
    return fail("needs a subject and a measure, as in 'system.fails' or 'any.fails'; of the system's shortfall 'es95' will do");
  if (std::find(subjects.begin(), subjects.end(), path.subject) == subjects.end())
    return fail(fmt::format("'{}' is no organisation here{}", path.subject, did_you_mean(path.subject, subjects)));
  if (wrong) return fail(std::move(*wrong));
  const Family family = path.found->family;
  if (family != Family::fails && family != Family::shortfall && family != Family::contingency && family != Family::saving)
    return fail("cannot be aimed at; a chance to fail, a shortfall, reserves to add or a saving can");
  out.subject = path.subject, out.measure = path.measure;
  return out;
}

}  // namespace shortfall
