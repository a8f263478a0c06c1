#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "base/problem.hpp"
#include "plan/calendar.hpp"

namespace shortfall {

std::string seen_words(const Seen& seen) {
  const std::string when = fmt::format("what was seen to the end of {} {} ({})", capital(month_names()[static_cast<std::size_t>(seen.as_at % 12)]),
                                       seen.as_at / 12, printable(seen.file, 200));
  if (seen.schemes + seen.pressures == 0) return when + " says nothing yet: chances are those of the plan as it was made";
  std::string of = seen.schemes > 0 ? counted(seen.schemes, "scheme") : "";
  if (seen.pressures > 0) of += fmt::format("{}the pressure on {}", of.empty() ? "" : " and ", counted(seen.pressures, "organisation"));
  return fmt::format("given {}: of {}", when, of);
}

std::string factor_words(const Setting& setting, const std::string& factor) {
  if (factor == "system") return setting.organisations.size() == 1 ? "the whole plan" : "the whole system";
  const std::size_t slash = factor.find('/');
  const std::string kind = factor.substr(0, slash), of = slash == std::string::npos ? "" : factor.substr(slash + 1);
  if (kind == "class" || kind == "year") return fmt::format("the {} {}", kind, of);
  if (kind == "organisation")
    for (std::size_t o = 0; o < setting.organisations.size(); ++o)
      if (setting.organisations[o].id == of) return title_of(setting, o);
  return fmt::format("“{}”", printable(factor, 200));
}

std::string any_of(std::size_t organisations) { return organisations == 2 ? "either" : fmt::format("any of the {}", organisations); }
std::string all_of(std::size_t organisations) { return organisations == 2 ? "both" : fmt::format("all of the {}", organisations); }

std::string luck_not_told(const std::vector<std::string>& factors) {
  return fmt::format("The luck of {} is not told: what was seen hardly goes together with such luck, and too few of the plan's futures have both.",
                     listed(factors));
}

std::string no_agreement_words() {
  return "The plans state no agreement. \"One pool\" shows what would happen if all stood together, joint and several.";
}

Document begun(const Setting& s, const std::string& simulated, const std::vector<std::string>& edits) {
  Document out;
  out.title = !s.title.empty() ? s.title : s.organisations.size() == 1 ? title_of(s, 0) : fmt::format("{} plans", s.organisations.size());
  out.years = s.years.size() == 1 ? s.years.front() : fmt::format("{} to {}", s.years.front(), s.years.back());
  Section& head = out.section();
  head.say(simulated);
  std::string held;
  for (const Given& g : s.given) held += fmt::format("{}{} at P{:g}", held.empty() ? "" : ", ", g.factor, 100 * g.quantile);
  if (!held.empty()) head.say(printable("a stress: " + held, 2000), Tone::doubtful);
  if (s.optimism != 1) head.say(fmt::format("optimism {:g} (0: as planned, 1: the track record)", s.optimism), Tone::doubtful);
  if (s.seen) head.say(seen_words(*s.seen), Tone::doubtful);
  if (!edits.empty()) head.say(printable(fmt::format("the plans as changed by --set {}", fmt::join(edits, ", --set ")), 2000), Tone::doubtful);
  return out;
}

Setting setting_of(const RunResult& r) {
  Setting out{r.system, r.title, r.currency, r.years, {}, r.trials, r.seed, r.optimism, r.given, r.seen, r.knowledge_draws};
  for (const OrganisationResult& o : r.organisations) out.organisations.push_back({o.id, o.title, o.reserves});
  return out;
}

void end(Document& d, const Setting& s, const Provenance& provenance, const std::string& before) {
  d.section().say(
      fmt::format("{}{}{}; seed {}; {}.", before, before.empty() ? "" : " ", counted(s.trials, "simulated future"), s.seed, provenance.program),
      Tone::faint);
}

std::string title_of(const Setting& s, std::size_t o) { return s.organisations[o].title.empty() ? s.organisations[o].id : s.organisations[o].title; }

std::string titles_of(const Setting& s, const std::vector<std::uint32_t>& organisations) {
  std::vector<std::string> names;
  for (const std::uint32_t o : organisations) names.push_back(title_of(s, o));
  return listed(names);
}

std::string value_text(std::string_view measure, const Estimate& e, std::string_view currency) {
  return unit_of(measure) == Unit::money ? money_with_interval(e, currency) : percent_with_interval(e);
}

std::string value_text(std::string_view measure, double value, std::string_view currency) {
  return unit_of(measure) == Unit::money ? money_text(value, currency, 1) : percent(value, 1);
}

std::string found_text(const GateResult& g, std::string_view currency) {
  std::string text = value_text(g.gate.measure, g.value, currency);
  // Not the simulation's interval, which stands there otherwise.
  if (g.gate.known && g.value.known && text.ends_with(')')) text.insert(text.size() - 1, " as far as it is known");
  return text;
}
std::string found_text(const CompareResult& r, const ChangeLimitResult& l) {
  const bool chance = is_chance(l.limit.measure);
  return chance ? change_with_interval(l.change, 0.01) + " points" : money_change_with_interval(l.change, r.after.currency);
}
std::string gate_text(const GateResult& g, std::string_view currency) {
  return fmt::format("{}: it is {}", g.gate.expression, found_text(g, currency));
}
Paragraph gate_paragraph(const GateResult& g, std::string_view currency) {
  return {fmt::format("gate {:<7} {}", name_of(g.verdict), gate_text(g, currency)),
          Tone::plain,
          std::string(13, ' '),
          std::string(name_of(g.verdict)),
          tone_of(g.verdict),
          false};
}
std::string limit_text(const CompareResult& r, const ChangeLimitResult& l) {
  return fmt::format("{}: it is {}", l.limit.expression, found_text(r, l));
}

std::string with_points(const Estimate& change) {
  const std::string text = change_with_interval(change, 0.01);
  const std::size_t bracket = text.find(" (");
  return bracket == std::string::npos ? text + " points" : text.substr(0, bracket) + " points" + text.substr(bracket);
}

Tone tone_of(Verdict v) { return v == Verdict::passed ? Tone::good : v == Verdict::crossed ? Tone::bad : Tone::doubtful; }
Tone tone_of_chance(double chance) { return chance < 0.2 ? Tone::good : chance < 0.5 ? Tone::doubtful : Tone::bad; }
Tone tone_of_change(const Estimate& e) { return e.low > 0 ? Tone::bad : e.high < 0 ? Tone::good : Tone::faint; }

std::string number_word(std::size_t n) {
  static constexpr const char* words[] = {"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};
  return n < std::size(words) ? words[n] : grouped(std::uint64_t{n});
}

std::string sampling_words(const RunResult& r) {
  return fmt::format("{}{}", r.sampling == "plain" ? "independent futures" : "Latin hypercube sampling",
                     r.pressure == "integrated" ? ", pressures integrated" : "");
}

int planned_digits(const std::vector<double>& sums) {
  double least = 0, most = 0;
  for (const double x : sums) {
    most = std::max(most, std::abs(x));
    if (x != 0 && (least == 0 || std::abs(x) < least)) least = std::abs(x);
  }
  if (least >= 1) return most >= 1000 && least >= 10 ? 0 : 1;
  return least == 0 ? 1 : least < 0.1 ? 3 : 2;
}

int planned_digits(const RunResult& result) {
  std::vector<double> planned;
  for (const OrganisationResult& o : result.organisations) planned.push_back(o.saving.planned);
  return planned_digits(planned);
}

double sum_as_printed(const std::vector<double>& column, int digits) {
  const double scale = std::pow(10.0, digits);
  double sum = 0;
  for (const double x : column) sum += std::stod(decimal(x, digits)) * scale;
  return std::round(sum) / scale;
}

std::string edit_text(const Change& c) {
  switch (c.kind) {
    case Change::Kind::added:
      return "added: " + c.after;
    case Change::Kind::removed:
      return "removed: " + c.before;
    case Change::Kind::renamed:
      return fmt::format("was {}", c.before);
    case Change::Kind::merged:
      return fmt::format("merged of {}; now {}", c.before, c.after);
    case Change::Kind::edited:
      break;
  }
  return c.before + " → " + c.after;
}

std::string place_text(const Change& c) {
  if (!c.place.file) return "";
  return c.place.line == 0 ? *c.place.file : fmt::format("{}:{}", *c.place.file, c.place.line);
}

}  // namespace shortfall
