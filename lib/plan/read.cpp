#include "plan/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/money.hpp"
#include "plan/fields.hpp"
#include "plan/stage_words.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

constexpr std::size_t most_years = 50;
constexpr Limits an_amount{0, any_number.high, ""};
constexpr Limits months{0, 1200, " months"};

// `year_starts:` beside `years:`: the first month of each.
std::optional<int> read_first_month(Fields& fields, const Node* years) {
  const Node* node = fields.optional("year_starts");
  if (node == nullptr) return {};
  if (years == nullptr)
    report(fields.problems(), Code::contradiction, node->place, "year_starts stands without years; write it beside the years that it is of");
  const std::size_t none = month_names().size(), month = fields.word("year_starts", month_names(), none);
  return month == none ? std::nullopt : std::optional<int>(static_cast<int>(month));
}

std::vector<Year> read_years(const Node& node, std::optional<int> first, Problems& problems) {
  if (node.kind != Node::Kind::list || node.items.empty() || node.items.size() > most_years) {
    report(problems, Code::bad_year, node.place, fmt::format("years needs a list of 1 to {} years like [2017/18, 2018/19]", most_years));
    return {};
  }
  std::vector<Year> years;
  for (const Node& item : node.items) {
    auto year = parse_year(item.text);
    if (!year) {
      report(problems, Code::bad_year, item.place, fmt::format("{} is not a year (2017/18 runs from April, 2017 from January)", shown(item)));
      return {};
    }
    if (!years.empty() && (year->starts != years.back().starts + 1 || year->financial != years.back().financial)) {
      report(problems, Code::bad_year, item.place,
             fmt::format("'{}' does not follow '{}' (years stand in order, none left out, all of one kind)", year->label, years.back().label));
      return {};
    }
    year->first = first;
    if (year->financial && first == 0) {
      report(problems, Code::contradiction, item.place,
             fmt::format("'{}' is of two calendar years, but year_starts says that it starts in January; write {}", year->label, year->starts));
      return {};
    }
    years.push_back(*year);
  }
  return years;
}

std::optional<int> read_month(const Node* node, std::string_view what, Problems& problems) {
  if (node == nullptr) return {};
  const auto month = parse_month(node->text);
  if (!month) report(problems, Code::bad_month, node->place, fmt::format("{} is {}, not a month like 2017-10", what, shown(*node)));
  return month;
}

std::vector<Team> read_teams(const Node* node, std::size_t years, Problems& problems) {
  std::vector<Team> teams;
  if (node == nullptr) return teams;
  Fields all(*node, "teams", problems);
  for (const Entry& entry : node->entries) {
    if (!is_id(entry.key)) {
      report(problems, Code::bad_id, entry.place,
             fmt::format("'{}' is not an id (ids are up to 100 small letters, digits and hyphens)", printable(entry.key, 60)));
      continue;
    }
    Fields fields(entry.value, fmt::format("team '{}'", entry.key), problems);
    Team team;
    team.id = {entry.key, entry.place};
    team.place = entry.place;
    team.wte = fields.required_yearly("wte", years, an_amount);
    if (const Node* staffing = fields.optional("staffing")) team.staffing = read_distribution(*staffing, "staffing", {0, 1}, problems).distribution;
    fields.finish();
    teams.push_back(std::move(team));
  }
  return teams;
}

std::vector<Weight> read_weights(const Node* node, std::string_view what, Problems& problems) {
  std::vector<Weight> weights;
  if (node == nullptr) return weights;
  Fields fields(*node, std::string(what), problems);
  for (const Entry& entry : node->entries) {
    if (!is_id(entry.key)) {
      report(problems, Code::bad_id, entry.place, fmt::format("'{}' is not an organisation's id", printable(entry.key, 60)));
      continue;
    }
    const auto share = read_fraction(entry.value, fmt::format("the share of '{}'", entry.key), problems, {-10, 10, ""});
    weights.push_back({{entry.key, entry.place}, share.value_or(0)});
  }
  if (node->kind == Node::Kind::map && node->entries.empty())
    report(problems, Code::contradiction, node->place, fmt::format("{} names no organisation; leave it out for the owner", what));
  return weights;
}

// A number for each month or quarter of the plan's years.
PartsOfYears read_parts_of_years(const Node& node, std::string_view what, std::size_t a_year, std::size_t years, Problems& problems) {
  PartsOfYears out{a_year, std::vector<double>(a_year * years, 0.0)};
  const auto all = read_yearly(node, what, 0, problems, an_amount);
  if (!all) return out;
  if (all->size() == out.amounts.size())
    out.amounts = *all;
  else
    report(problems, Code::wrong_count, node.place,
           fmt::format("{} has {}, which is not one for each part of the plan's {} ({} are needed)", what, counted(all->size(), "number"),
                       counted(years, "year"), out.amounts.size()));
  return out;
}

// Where a ramp starts and ends within the plan's years, or how far it may start before them.
void check_ramp(const Ramp& ramp, const Node& starts, const Node* ends, const std::vector<Year>& years, Problems& problems) {
  constexpr int most_before = 120;
  if (ramp.ends && *ramp.ends < ramp.starts)
    return report(problems, Code::contradiction, ends->place,
                  fmt::format("ends in {}, before it starts in {}", month_text(*ramp.ends), month_text(ramp.starts)));
  if (years.empty()) return;
  const int first = first_month(years.front()), end = first_month(years.back()) + 12;
  if (ramp.starts < first - most_before)
    report(
        problems, Code::outside_years, starts.place,
        fmt::format("starts in {}, more than ten years before the plan's first month {}; is it a slip?", month_text(ramp.starts), month_text(first)));
  if (ramp.starts >= end)
    report(problems, Code::outside_years, starts.place,
           fmt::format("starts in {}, after the plan's last month {}; it saves nothing", month_text(ramp.starts), month_text(end - 1)));
  if (ramp.ends && *ramp.ends < first)
    report(problems, Code::outside_years, ends->place,
           fmt::format("ends in {}, before the plan's first month {}; it saves nothing", month_text(*ramp.ends), month_text(first)));
}

Saving read_saving(const Node* node, const std::vector<Year>& years, const std::string& what, Problems& problems) {
  Saving saving{Yearly(years.size(), 0.0), node == nullptr ? Place{} : node->place};
  if (node == nullptr) return saving;
  if (node->kind != Node::Kind::map) {
    saving.profile = read_yearly(*node, "saving", years.size(), problems, an_amount).value_or(Yearly(years.size(), 0.0));
    return saving;
  }
  Fields fields(*node, fmt::format("saving of {}", what), problems);
  for (const auto& [key, parts] : {std::pair<std::string_view, std::size_t>("monthly", 12), {"quarterly", 4}})
    if (const Node* list = fields.optional(key)) {
      saving.profile = read_parts_of_years(*list, key, parts, years.size(), problems);
      fields.finish();
      return saving;
    }
  Ramp ramp;
  const Node* full_year = fields.required("full_year");
  if (full_year != nullptr) ramp.full_year = read_number(*full_year, "full_year", problems, an_amount).value_or(0);
  const Node *starts = fields.required("starts"), *ends = fields.optional("ends");
  const auto month = read_month(starts, "starts", problems);
  ramp.ends = read_month(ends, "ends", problems);
  if (const Node* length = fields.optional("ramp_months")) {
    const auto value = read_number(*length, "ramp_months", problems, months);
    if (value && *value != static_cast<int>(*value))
      report(problems, Code::wrong_form, length->place, fmt::format("ramp_months is {}, not a whole number of months", *value));
    ramp.ramp_months = static_cast<int>(value.value_or(0));
  }
  fields.finish();
  if (month) {
    ramp.starts = *month;
    check_ramp(ramp, *starts, ends, years, problems);
  }
  saving.profile = ramp;
  return saving;
}

std::optional<Id> read_reference_to_scheme(const Node& node, Problems& problems) {
  const auto [organisation, scheme] = split_reference(node.text, "x");
  if (node.kind != Node::Kind::scalar || !is_id(organisation) || !is_id(scheme)) {
    report(problems, Code::wrong_form, node.place, fmt::format("{} is not a scheme (write scheme, or organisation/scheme)", shown(node)));
    return {};
  }
  return Id{node.text, node.place};
}

// `was:`: an earlier id, or a list of those that were merged, each by `read`.
template <class Read>
std::vector<Id> read_was(const Node* node, Read read) {
  std::vector<Id> out;
  if (node == nullptr) return out;
  const auto add = [&](const Node& item) {
    if (auto id = read(item)) out.push_back(std::move(*id));
  };
  if (node->kind == Node::Kind::list)
    for (const Node& item : node->items) add(item);
  else
    add(*node);
  return out;
}

// Whether a saving ends within the plan, and so is not recurrent unless it is said to be.
bool ends_within(const Saving& saving, const std::vector<Year>& years) {
  const Ramp* ramp = std::get_if<Ramp>(&saving.profile);
  return ramp != nullptr && ramp->ends && !years.empty() && *ramp->ends < first_month(years.back()) + 11;
}

std::optional<Placed<double>> read_part(const Node* node, std::string_view what, Problems& problems) {
  if (node == nullptr) return {};
  const auto part = read_fraction(*node, what, problems, a_share);
  if (!part) return {};
  return Placed<double>{*part, node->place};
}

Substitutes read_substitutes(const Node& node, std::size_t years, Problems& problems) {
  Substitutes out;
  out.place = node.place;
  if (node.kind == Node::Kind::scalar) {
    if (node.text != "none")
      report(problems, Code::wrong_form, node.place, fmt::format("substitutes is {}; write none, or {{rate: 45%, most: 4.0}}", shown(node)));
    return out;
  }
  Fields fields(node, "substitutes", problems);
  out.rate = read_rate(fields.required("rate"), problems);
  if (const Node* most = fields.optional("most")) out.most = read_yearly(*most, "most", years, problems, an_amount).value_or(Yearly());
  fields.finish();
  return out;
}

// Words for people, under keys of their own choosing. Lines are kept as lines.
std::vector<std::pair<std::string, std::string>> read_about(const Node* node, Problems& problems) {
  constexpr std::size_t longest = 10'000;
  std::vector<std::pair<std::string, std::string>> about;
  if (node == nullptr) return about;
  Fields fields(*node, "about", problems);
  for (const Entry& entry : node->entries) {
    const Node& value = entry.value;
    if (value.kind != Node::Kind::scalar)
      report(problems, Code::wrong_form, value.place, fmt::format("{} of about is {}, not text", printable(entry.key, 60), shown(value)));
    else if (value.text.size() > longest)
      report(problems, Code::wrong_form, value.place,
             fmt::format("{} of about is longer than 10,000 characters; shorten it", printable(entry.key, 60)));
    else
      about.emplace_back(entry.key, value.text);
  }
  return about;
}

// What a list of savings says: what each year has, or what each year adds to the year before.
const std::vector<std::string>& bases() {
  static const std::vector<std::string> words = {"in-year", "year-on-year"};
  return words;
}

// Known sums of either sign, which pressure does not touch: they come to the plan as income does.
void add_adjustments(const Node* node, std::size_t years, Yearly& income, Problems& problems) {
  if (node == nullptr) return;
  Fields all(*node, "adjustments", problems);
  for (const Entry& entry : node->entries) {
    const auto sums = read_yearly(entry.value, fmt::format("adjustment '{}'", printable(entry.key, 60)), years, problems);
    for (std::size_t y = 0; sums && y < std::min(years, income.size()); ++y) income[y] += (*sums)[y];
  }
}

Scheme read_scheme(const Entry& entry, const std::vector<Year>& years, bool year_on_year, Problems& problems) {
  Fields fields(entry.value, fmt::format("scheme '{}'", entry.key), problems);
  Scheme scheme;
  scheme.id = {entry.key, entry.place};
  scheme.title = fields.text("title", entry.key);
  scheme.reference_class = fields.id("class");
  scheme.says_how = entry.value.kind != Node::Kind::map || entry.value.find("class") != nullptr || entry.value.find("delivery") != nullptr;
  if (const Node* stage = fields.optional("stage")) {
    scheme.says_stage = true;
    scheme.stage.place = stage->place;
    scheme.stage.value = static_cast<Stage>(fields.word("stage", stage_names(), static_cast<std::size_t>(Stage::in_progress), stage_hint));
  } else {
    scheme.stage.place = entry.place;
  }
  scheme.saving = read_saving(fields.required("saving"), years, fields.what(), problems);
  scheme.recurrent = fields.boolean("recurrent", !ends_within(scheme.saving, years));
  const bool adds_up = fields.word("basis", bases(), year_on_year ? 1 : 0) == 1;
  // Each number is what its year, or its month of the year, adds to the year before.
  const auto cumulate = [](std::vector<double>& numbers, std::size_t a_year) {
    for (std::size_t k = a_year; k < numbers.size(); ++k) numbers[k] += numbers[k - a_year];
  };
  if (adds_up && scheme.recurrent) {
    if (Yearly* list = std::get_if<Yearly>(&scheme.saving.profile)) cumulate(*list, 1);
    if (PartsOfYears* parts = std::get_if<PartsOfYears>(&scheme.saving.profile)) cumulate(parts->amounts, parts->a_year);
  }
  if (const Node* cost = fields.optional("cost")) scheme.cost = read_yearly(*cost, "cost", years.size(), problems, an_amount).value_or(Yearly());
  scheme.lapses = read_part(fields.optional("lapses"), "lapses", problems);
  scheme.was = read_was(fields.optional("was"), [&](const Node& item) { return read_reference_to_scheme(item, problems); });
  if (const Node* effort = fields.optional("effort")) {
    Fields teams(*effort, "effort", problems);
    for (const Entry& team : effort->entries) {
      if (!is_id(team.key)) {
        report(problems, Code::bad_id, team.place, fmt::format("'{}' is not a team's id", printable(team.key, 60)));
        continue;
      }
      const auto wte = read_yearly(team.value, fmt::format("the effort of '{}'", team.key), years.size(), problems, an_amount);
      scheme.effort.push_back({{team.key, team.place}, wte.value_or(Yearly(years.size(), 0.0))});
    }
  }
  scheme.consultation = fields.boolean("consultation", false);
  if (const Node* needs = fields.optional("needs")) {
    if (needs->kind != Node::Kind::list)
      report(problems, Code::wrong_form, needs->place, "needs is not a list like [first-scheme, other-organisation/its-scheme]");
    std::unordered_set<std::string_view> seen;
    for (const Node& item : needs->items) {
      auto need = read_reference_to_scheme(item, problems);
      if (!need) continue;
      if (seen.insert(item.text).second)
        scheme.needs.push_back(std::move(*need));
      else
        report(problems, Code::repeated_key, item.place, fmt::format("needs names '{}' twice; keep one", item.text));
    }
  }
  scheme.claims = fields.id("claims");
  scheme.lands = read_weights(fields.optional("lands"), "lands", problems);
  scheme.cost_falls = read_weights(fields.optional("cost_falls"), "cost_falls", problems);
  constexpr double endless = any_number.high;
  if (const Node* node = fields.optional("delivery")) scheme.delivery = read_distribution(*node, "delivery", {-endless, endless}, problems);
  if (const Node* node = fields.optional("delay")) scheme.delay = read_distribution(*node, "delay", {0, endless}, problems);
  if (const Node* node = fields.optional("overrun")) scheme.overrun = read_distribution(*node, "overrun", {0, endless}, problems);
  for (const char* what : {"delay", "overrun"})
    if (const Node* node = entry.value.find(what)) refuse_drops_out(*node, what, "delivery", problems);
  scheme.about = read_about(fields.optional("about"), problems);
  fields.finish();
  if (const Ramp* ramp = std::get_if<Ramp>(&scheme.saving.profile); ramp != nullptr && !ramp->ends && !scheme.recurrent)
    report(problems, Code::contradiction, scheme.saving.place,
           fmt::format("scheme '{}' is not recurrent, but full_year goes on to the plan's end; give it ends:, or list its years", entry.key));
  if (!scheme.recurrent && scheme.lapses)
    report(problems, Code::contradiction, scheme.lapses->place,
           fmt::format("scheme '{}' is not recurrent: its plan itself lists it year by year, so lapses: says nothing; leave one of them out",
                       entry.key));
  return scheme;
}

Pressure read_pressure(const Node* node, std::size_t years, Problems& problems) {
  Pressure pressure;
  pressure.mean = Yearly(years, 0.0);
  if (node == nullptr) return pressure;
  Fields fields(*node, "pressure", problems);
  pressure.mean = fields.yearly("mean", years, 0, {-1, 1, ""}, Kind::fraction);
  pressure.sd = fields.fraction("sd", pressure.sd);
  pressure.persistence = fields.fraction("persistence", pressure.persistence, {-1, 1, ""});
  fields.finish();
  return pressure;
}

ConditionalFunding read_conditional_funding(const Node* node, std::size_t years, Problems& problems) {
  ConditionalFunding funding;
  if (node == nullptr) return funding;
  funding.place = node->place;
  Fields fields(*node, "conditional_funding", problems);
  funding.amount = fields.required_yearly("amount", years, an_amount);
  if (const Node* tied = fields.optional("tied_to")) {
    const std::size_t before = problems.size();
    Fields weights(*tied, "tied_to", problems);
    funding.tied_to_organisation = weights.fraction("organisation", 0);
    funding.tied_to_system = weights.fraction("system", 0);
    weights.finish();
    const double sum = funding.tied_to_organisation + funding.tied_to_system;
    if (problems.size() == before && std::abs(sum - 1) > 1e-9)
      report(problems, Code::bad_shares, tied->place, fmt::format("tied_to sums to {:.6g}%, not to 100%", 100 * sum));
  }
  fields.finish();
  return funding;
}

std::vector<Pool> read_pools(const Node& node, Problems& problems) {
  std::vector<Pool> pools;
  if (node.kind != Node::Kind::list) {
    report(problems, Code::wrong_form, node.place, "pools is not a list of pools like [[first-organisation, second-organisation]]");
    return pools;
  }
  for (const Node& item : node.items) {
    Pool pool;
    pool.place = item.place;
    if (item.kind == Node::Kind::scalar) {
      report(problems, Code::wrong_form, item.place,
             fmt::format("a pool is {}, not a list of its members; write [[a, b], [c, d]] for two pools", shown(item)));
      return pools;
    }
    if (item.kind == Node::Kind::list) {
      pool.members = read_ids(item, "a pool", problems);
    } else {
      Fields fields(item, "a pool", problems);
      if (const Node* members = fields.required("members")) pool.members = read_ids(*members, "members", problems);
      if (const Node* aid = fields.optional("aid")) pool.aid = read_number(*aid, "aid", problems, an_amount);
      pool.reserves = fields.number("reserves", 0, an_amount);
      fields.finish();
      if (const Node* reserves = item.find("reserves"); reserves != nullptr && pool.aid)
        report(problems, Code::contradiction, reserves->place,
               "a pool with aid has no reserves of its own: its members help each other, and each stands by its own reserves; give them to a member, "
               "or leave aid out");
    }
    if (pool.members.empty() && item.kind == Node::Kind::list && item.items.empty())
      report(problems, Code::wrong_form, item.place, "a pool without members");
    pools.push_back(std::move(pool));
  }
  return pools;
}

Dependence read_dependence(const Node* node, Problems& problems) {
  Dependence dependence;
  if (node == nullptr) return dependence;
  Fields fields(*node, "dependence", problems);
  dependence.copula = static_cast<Copula>(fields.word("copula", {"gaussian", "student-t"}, 0));
  const Node* degrees = fields.optional("degrees_of_freedom");
  if (degrees != nullptr) {
    dependence.degrees_of_freedom = read_number(*degrees, "degrees_of_freedom", problems, {2, 1000, ""}).value_or(5);
    if (dependence.copula == Copula::gaussian)
      report(problems, Code::contradiction, degrees->place,
             "degrees_of_freedom means nothing for a gaussian copula; add copula: student-t, or leave it out");
  }
  if (const Node* shared = fields.optional("shared")) {
    Fields weights(*shared, "shared", problems);
    Shared& w = dependence.shared;
    w.place = shared->place;
    w.system = weights.fraction("system", w.system);
    w.organisation = weights.fraction("organisation", w.organisation);
    w.reference_class = weights.fraction("class", w.reference_class);
    w.scheme = weights.fraction("scheme", w.scheme);
    w.year = weights.fraction("year", w.year);
    weights.finish();
  } else {
    dependence.shared.place = node->place;
  }
  if (const Node* factors = fields.optional("factors")) {
    if (factors->kind != Node::Kind::list)
      report(problems, Code::wrong_form, factors->place, "factors is not a list of {name, share, organisations, classes}");
    for (const Node& item : factors->items) {
      Fields factor(item, "a factor", problems);
      NamedFactor out;
      out.name = factor.required_id("name");
      if (const Node* share = factor.required("share")) out.share = read_fraction(*share, "share", problems, a_share).value_or(0);
      if (const Node* list = factor.optional("organisations")) out.organisations = read_ids(*list, "organisations", problems);
      if (const Node* list = factor.optional("classes")) out.classes = read_ids(*list, "classes", problems);
      factor.finish();
      const auto none = [&](const char* key) {
        return item.find(key) == nullptr || (item.find(key)->kind == Node::Kind::list && item.find(key)->items.empty());
      };
      if (item.kind == Node::Kind::map && none("organisations") && none("classes"))
        report(problems, Code::contradiction, item.place,
               fmt::format("factor '{}' touches nothing; give it organisations: or classes:", out.name.value));
      dependence.factors.push_back(std::move(out));
    }
  }
  fields.finish();
  return dependence;
}

std::vector<Opportunity> read_opportunities(const Node* node, std::size_t years, Problems& problems) {
  std::vector<Opportunity> out;
  if (node == nullptr) return out;
  Fields all(*node, "opportunities", problems);
  for (const Entry& entry : node->entries) {
    if (!is_id(entry.key)) {
      report(problems, Code::bad_id, entry.place,
             fmt::format("'{}' is not an id (ids are up to 100 small letters, digits and hyphens)", printable(entry.key, 60)));
      continue;
    }
    const auto size = read_yearly(entry.value, fmt::format("opportunity '{}'", entry.key), years, problems, an_amount);
    out.push_back({{entry.key, entry.place}, size.value_or(Yearly(years, 0.0))});
  }
  return out;
}

std::vector<Blackout> read_blackouts(const Node* node, Problems& problems) {
  std::vector<Blackout> out;
  if (node == nullptr) return out;
  if (node->kind != Node::Kind::list) report(problems, Code::wrong_form, node->place, "blackouts is not a list of {from, to, why}");
  for (const Node& item : node->items) {
    Fields fields(item, "a blackout", problems);
    Blackout blackout;
    blackout.place = item.place;
    const auto from = read_month(fields.required("from"), "from", problems), to = read_month(fields.required("to"), "to", problems);
    blackout.why = fields.text("why", "");
    fields.finish();
    if (!from || !to) continue;
    blackout.from = *from;
    blackout.to = *to;
    if (*from >= *to)
      report(problems, Code::wrong_form, item.place,
             fmt::format("the blackout ends in {}, not after it begins in {} (to is the month in which work resumes)", month_text(*to),
                         month_text(*from)));
    out.push_back(std::move(blackout));
  }
  std::sort(out.begin(), out.end(), [](const Blackout& a, const Blackout& b) { return a.from < b.from; });
  return out;
}

// A list of limits, each by `parse`.
template <class Limit>
std::vector<Limit> read_limits(const Node& node, std::string_view what, std::string_view example,
                               Checked<Limit> (*parse)(std::string_view, const Place&), Problems& problems) {
  std::vector<Limit> out;
  if (node.kind != Node::Kind::list) {
    report(problems, Code::wrong_form, node.place, fmt::format("{} is not a list of limits like '{}'", what, example));
    return out;
  }
  for (const Node& item : node.items) {
    const auto text = read_text(item, "a gate", problems);
    if (!text) continue;
    auto limit = parse(*text, item.place);
    if (limit)
      out.push_back(std::move(*limit));
    else
      problems.insert(problems.end(), limit.error().begin(), limit.error().end());
  }
  return out;
}

}  // namespace

void read_gates(const Node* node, System& system, Problems& problems) {
  if (node == nullptr) return;
  const auto append = [](auto limits, auto& to) { std::move(limits.begin(), limits.end(), std::back_inserter(to)); };
  const char *limit = "system.fails <= 30%", *change = "system.fails +2pp";
  if (node->kind != Node::Kind::map) {
    append(read_limits<Gate>(*node, "gates", limit, parse_gate, problems), system.gates);
    return;
  }
  Fields fields(*node, "gates", problems);
  if (const Node* limits = fields.optional("limits")) append(read_limits<Gate>(*limits, "limits", limit, parse_gate, problems), system.gates);
  if (const Node* changes = fields.optional("changes"))
    append(read_limits<ChangeLimit>(*changes, "changes", change, parse_change_limit, problems), system.changes);
  fields.finish();
}

System read_system(const Node& document, Problems& problems) {
  Fields fields(document, "the system", problems);
  System system;
  system.id = fields.required_id("system");
  system.title = fields.text("title", system.id.value);
  const Node *unit = fields.optional("unit"), *currency = fields.optional("currency");
  if (unit != nullptr && currency != nullptr)
    report(problems, Code::repeated_key, unit->place, "'unit' and 'currency' are two names of one key; keep one");
  system.currency = fields.text(unit != nullptr ? "unit" : "currency", system.currency);
  const Node* years = fields.optional("years");
  const std::optional<int> first = read_first_month(fields, years);
  if (years != nullptr) system.years = read_years(*years, first, problems);
  const std::size_t n = system.years.size();
  if (const Node* files = fields.optional("organisations")) {
    if (files->kind != Node::Kind::list || files->items.empty())
      report(problems, Code::wrong_form, files->place, "organisations is not a list of files like [acute.yaml, ccg.yaml]");
    for (const Node& item : files->items)
      if (auto name = read_text(item, "an organisation's file", problems)) system.organisation_files.push_back({*name, item.place});
  }
  if (const Node* reference = fields.optional("reference"))
    if (auto name = read_text(*reference, "reference", problems)) system.reference_file = Id{*name, reference->place};
  if (const Node* target = fields.optional("target")) system.target = read_yearly(*target, "target", n, problems);
  if (const auto carry = read_part(fields.optional("carry"), "carry", problems)) system.carry = *carry;
  if (const Node* agreement = fields.optional("agreement")) {
    system.agreement_place = agreement->place;
    Fields parts(*agreement, "agreement", problems);
    if (const Node* pools = parts.optional("pools")) system.pools = read_pools(*pools, problems);
    parts.finish();
  }
  system.dependence = read_dependence(fields.optional("dependence"), problems);
  system.teams = read_teams(fields.optional("teams"), n, problems);
  system.opportunities = read_opportunities(fields.optional("opportunities"), n, problems);
  system.blackouts = read_blackouts(fields.optional("blackouts"), problems);
  read_gates(fields.optional("gates"), system, problems);
  system.outturns = read_outturns(fields.optional("outcome"), OutturnOf::system, system.years, problems);
  fields.finish();
  const bool needs_years = system.target || !system.teams.empty() || !system.opportunities.empty();
  if (needs_years && document.find("years") == nullptr)
    report(problems, Code::missing_key, document.place, "the system has no 'years', but a target, teams or opportunities by year");
  return system;
}

Organisation read_organisation(const Node& document, const std::vector<Year>& shared, Problems& problems) {
  Fields fields(document, "the plan", problems);
  Organisation organisation;
  organisation.id = fields.required_id("organisation");
  organisation.title = fields.text("title", organisation.id.value);
  organisation.years_place = document.place;
  organisation.was = read_was(fields.optional("was"), [&](const Node& item) { return read_id(item, "was", problems); });
  const Node* own_years = fields.optional("years");
  std::optional<int> first = read_first_month(fields, own_years);
  if (own_years != nullptr) {
    if (!first && !shared.empty()) first = shared.front().first;
    organisation.years_place = own_years->place;
    organisation.years = read_years(*own_years, first, problems);
  } else if (shared.empty() && document.kind == Node::Kind::map) {
    report(problems, Code::missing_key, document.place, "the plan has no 'years' (they stand here, or in system.yaml for all)");
  }
  const std::vector<Year>& years = organisation.years.empty() ? shared : organisation.years;
  const std::size_t n = years.size();
  fields.optional("unit");  // `assemble` converts
  const bool year_on_year = fields.word("basis", bases(), 0) == 1;
  organisation.income = fields.required_yearly("income", n);
  add_adjustments(fields.optional("adjustments"), n, organisation.income, problems);
  organisation.spend = fields.required_yearly("spend", n, an_amount);
  organisation.target = fields.required_yearly("target", n);
  if (const Node* kind = fields.optional("kind")) {
    organisation.says_kind = true;
    organisation.kind.place = kind->place;
    organisation.kind.value =
        static_cast<OrganisationKind>(fields.word("kind", organisation_kind_names(), static_cast<std::size_t>(OrganisationKind::other)));
  } else {
    organisation.kind.place = organisation.id.place;
  }
  if (const Node* substitutes = fields.optional("substitutes")) organisation.substitutes = read_substitutes(*substitutes, n, problems);
  organisation.carry = read_part(fields.optional("carry"), "carry", problems);
  organisation.reserves = fields.number("reserves", 0, an_amount);
  organisation.one_offs = fields.yearly("one_offs", n, 0, an_amount);
  organisation.conditional_funding = read_conditional_funding(fields.optional("conditional_funding"), n, problems);
  organisation.pressure = read_pressure(fields.optional("pressure"), n, problems);
  organisation.teams = read_teams(fields.optional("teams"), n, problems);
  if (const Node* schemes = fields.optional("schemes")) {
    Fields all(*schemes, "schemes", problems);
    organisation.schemes.reserve(schemes->entries.size());
    for (const Entry& entry : schemes->entries) {
      if (is_id(entry.key))
        organisation.schemes.push_back(read_scheme(entry, years, year_on_year, problems));
      else
        report(problems, Code::bad_id, entry.place,
               fmt::format("'{}' is not an id (ids are up to 100 small letters, digits and hyphens)", printable(entry.key, 60)));
    }
  }
  fields.optional("gates");  // `assemble` reads those of a plan by itself
  organisation.outturns = read_outturns(fields.optional("outcome"), OutturnOf::organisation, years, problems);
  fields.finish();
  return organisation;
}

}  // namespace shortfall
