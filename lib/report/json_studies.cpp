#include <algorithm>
#include <cmath>

#include "report/json.hpp"
#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

Json merged(Json first, const Json& second) {
  first.update(second);
  return first;
}

Json change(const Estimate& e) { return {{"change", e.value}, {"low", e.low}, {"high", e.high}}; }

Json optional(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json of(const MeasureChange& m) {
  Json out = {{"subject", m.subject},     {"measure", m.measure},         {"kind", m.chance ? "chance" : "money"},
              {"headline", m.headline},   {"before", m.before},           {"after", m.after},
              {"change", m.change.value}, {"low", m.change.low},          {"high", m.change.high},
              {"material", m.material},   {"verdict", name_of(m.verdict)}};
  if (m.change.known) out["known"] = known(*m.change.known);
  return out;
}

Json of(const Change& c) {
  return {{"kind", name_of(c.kind)},
          {"path", c.path},
          {"before", optional(c.before)},
          {"after", optional(c.after)},
          {"file", c.place.file ? Json(*c.place.file) : Json(nullptr)},
          {"line", c.place.line == 0 ? Json(nullptr) : Json(c.place.line)},
          {"column", c.place.line == 0 ? Json(nullptr) : Json(c.place.column)},
          {"organisation", optional(c.owner)},
          {"scheme", optional(c.scheme)},
          {"counts", c.counts}};
}

Json of(const Effects& effects) {
  Json list = Json::array();
  for (const Effect& e : effects.list)
    list.push_back({{"name", e.name},
                    {"changes", e.changes},
                    {"organisation", optional(e.owner)},
                    {"system", change(e.system)},
                    {"made_alone", e.made_alone},
                    {"withheld_alone", e.withheld_alone},
                    {"alone", change(e.alone)},
                    {"together", change(e.together)}});
  return {{"grouped_by", optional(effects.grouped)},
          {"trials", effects.total.trials},
          {"list", std::move(list)},
          {"total", change(effects.total)},
          {"interaction", change(effects.interaction)}};
}

double expected(const RunResult& r) {
  double sum = 0;
  for (const OrganisationResult& o : r.organisations) sum += o.saving.mean.value;
  return sum;
}

Json of(const SchemeEffect& e) {
  return {{"system", fails_and_contingency(money(e.system), money(e.system_contingency))},
          {"owner", fails_and_contingency(money(e.owner), money(e.owner_contingency))}};
}

Json per_organisation(const Setting& s, const std::vector<Estimate>& estimates) {
  Json out;
  for (std::size_t o = 0; o < estimates.size(); ++o) out[s.organisations[o].id] = money(estimates[o]);
  return out;
}

Json of(const GameResult& g, const Setting& s) {
  Json least_core, claims = Json::array();
  for (std::size_t o = 0; o < g.least_core.size(); ++o) least_core[s.organisations[o].id] = g.least_core[o];
  for (const Members& m : g.claims) claims.push_back(ids(s, m));
  return {{"benefit", money(g.benefit)},
          {"shapley", {{name_of(Family::contingency), per_organisation(s, g.share)}, {"benefit", per_organisation(s, g.benefit_share)}}},
          {"core",
           {{"verdict", name_of(g.core)}, {"excess", money(g.core_excess)}, {"allocation", std::move(least_core)}, {"claims", std::move(claims)}}},
          {"objection", {{"members", ids(s, g.objectors)}, {"excess", money(g.objection)}}}};
}

Json of(const AgreementPoolResult& p, const Setting& s) {
  Json members = Json::array();
  for (const MemberResult& m : p.ranks)
    members.push_back(
        {{"id", s.organisations[m.organisation].id},
         {"withdraws", m.withdraws},
         {name_of(Family::fails),
          {{"all_stay", chance(m.all_stay)},
           {"i_leave", chance(m.i_leave)},
           {"others_leave", chance(m.others_leave)},
           {"everyone_alone", chance(m.everyone_alone)}}},
         {"changes",
          {{"leaving", money(m.temptations.leaving)}, {"all_leave", money(m.temptations.all_leave)}, {"following", money(m.temptations.following)}}},
         {"left_behind", {{name_of(Family::fails), chance(m.left_behind)}, {"change", money(m.left_behind_change)}}},
         {"verdict", name_of(m.interest)}});
  return {
      {"agreed", p.agreed},
      {"members", ids(s, p.members)},
      {"aid", p.aid ? Json(*p.aid) : Json(nullptr)},
      {"verdict", name_of(p.verdict)},
      {"ranks", std::move(members)},
      {"safest_group", p.safest_group.empty() ? Json(nullptr) : Json{{"members", ids(s, p.safest_group)}, {"change", money(p.safest_group_change)}}}};
}

Json of(const SwimSinkResult& a, const Setting& s) {
  Json organisations = Json::array();
  for (std::size_t o = 0; o < a.organisations.size(); ++o) {
    const SwimSinkResult::Fate& f = a.organisations[o];
    organisations.push_back({{"id", s.organisations[o].id},
                             {"swims", chance(f.swims)},
                             {"rescued", chance(f.rescued)},
                             {"dragged_under", chance(f.dragged_under)},
                             {"sinks", chance(f.sinks)}});
  }
  return {{"agreement", a.agreement}, {"any", chance(a.any)}, {"all", chance(a.all)}, {"organisations", std::move(organisations)}};
}

const char* name_of(Search::Outcome outcome) {
  switch (outcome) {
    case Search::Outcome::found:
      return "found";
    case Search::Outcome::always_above:
      return "always above";
    default:
      return "always below";
  }
}

Json of(const DialResult& d) {
  Json scan = Json::array();
  for (const DialPoint& p : d.scan) scan.push_back({{"at", p.x}, {name_of(Family::fails), chance(p.chance)}});
  return {{"dial", d.name},
          {"unit", d.unit.empty() ? Json(nullptr) : Json(d.unit)},
          {"range", std::isfinite(d.from) ? Json{d.from, d.to} : Json(nullptr)},
          {"now", d.now ? Json(*d.now) : Json(nullptr)},
          {"outcome", name_of(d.outcome)},
          {"answer", d.outcome == Search::Outcome::found ? money(d.answer) : Json(nullptr)},
          {name_of(Family::fails), chance(d.chance)},
          {"rising", d.rising},
          {"monotone", d.monotone},
          {"scan", std::move(scan)}};
}

}  // namespace

std::string json(const CompareResult& r, const Provenance& before, const Provenance& after) {
  Json out;
  out["schema"] = "shortfall/comparison/1";
  out["program"] = after.program;
  out["system"] = r.after.system;
  out["trials"] = r.after.trials;
  out["seed"] = r.after.seed;
  out["optimism"] = r.after.optimism;
  out["given"] = given(r.after.given);
  if (r.before.seen || r.after.seen)
    out["seen"] = {{"before", r.before.seen ? seen(*r.before.seen) : Json(nullptr)}, {"after", r.after.seen ? seen(*r.after.seen) : Json(nullptr)}};
  out["inputs"] = {{"before", inputs(before)}, {"after", inputs(after)}};
  out["years"] = {{"before", r.before.years}, {"after", r.after.years}};
  out["currency"] = r.after.currency;
  out["material"] = {{"chance", r.material}, {"money", r.material_money ? Json(*r.material_money) : Json(nullptr)}};
  out["identical"] = r.identical;
  out["verdict"] = name_of(r.find("system", name_of(Family::fails))->verdict);
  out[std::string(name_of(Family::saving))] = {{"planned", {{"before", r.before.planned_saving}, {"after", r.after.planned_saving}}},
                                               {"expected", {{"before", expected(r.before)}, {"after", expected(r.after)}}}};
  out["measures"] = Json::array();
  for (const MeasureChange& m : r.measures) out["measures"].push_back(of(m));
  out["limits"] = Json::array();
  for (const ChangeLimitResult& l : r.limits)
    out["limits"].push_back({{"expression", l.limit.expression},
                             {"change", l.change.value},
                             {"low", l.change.low},
                             {"high", l.change.high},
                             {"verdict", name_of(l.verdict)}});
  out["gates"] = gates(r.after.gates);
  out["changes"] = Json::array();
  for (const Change& c : r.difference.changes) out["changes"].push_back(of(c));
  out["effects"] = r.effects ? of(*r.effects) : Json(nullptr);
  return text_of(out);
}

std::string json(const ExplainResult& r, const Provenance& provenance) {
  const Setting& s = r.setting;
  Json out = head("shortfall/explanation/1", s, provenance);
  out["system_total"] = fails_and_contingency(chance(r.system_fails), money(r.system_contingency));
  out["alone"] = Json::array();
  for (std::size_t o = 0; o < s.organisations.size(); ++o)
    out["alone"].push_back(merged({{"id", s.organisations[o].id}}, fails_and_contingency(chance(r.fails[o]), money(r.contingency[o]))));
  std::vector<std::string> ids;
  for (const Setting::Asked& o : s.organisations) ids.push_back(o.id);
  out["bridge"] = bridge(r.bridge, ids);
  out["months_late"] = months_late;
  out["schemes"] = Json::array();
  for (const SchemeResult& x : r.schemes)
    out["schemes"].push_back(
        {{"organisation", s.organisations[x.organisation].id},
         {"id", x.id},
         {"title", x.title},
         {"planned", x.planned},
         {"certain", of(x.certain)},
         {"lost", of(x.lost)},
         {"late", of(x.late)},
         {"missing", {{"all", money(x.missing)}, {"in_failure", money(x.missing_in_failure)}, {"more", money(x.missing_more)}}}});
  out["factors"] = Json::array();
  for (const FactorResult& f : r.factors) {
    Json at = Json::array();
    for (std::size_t q = 0; q < f.fails.size(); ++q) at.push_back({{"quantile", factor_quantiles[q]}, {name_of(Family::fails), chance(f.fails[q])}});
    out["factors"].push_back({{"name", f.name}, {"at", std::move(at)}});
  }
  if (!r.factors_not_told.empty()) out["factors_not_told"] = r.factors_not_told;
  Json parts = Json::array();
  for (std::size_t o = 0; o < r.tail.parts.size(); ++o)
    parts.push_back({{"organisation", o < s.organisations.size() ? Json(s.organisations[o].id) : Json(nullptr)}, {"share", money(r.tail.parts[o])}});
  out["expected_shortfall"] = {
      {"es95", money(r.tail.whole)}, {"trials", r.tail.trials}, {"thin", r.tail.trials < thin_tail}, {"parts", std::move(parts)}};
  if (r.variance) {
    Json kinds = Json::array();
    for (std::size_t k = 0; k < r.variance->shares.size(); ++k)
      kinds.push_back({{"kind", name_of(static_cast<DriverKind>(k))}, {"share", money(r.variance->shares[k])}});
    out["variance"] = {{"of_shortfall", r.variance->variance}, {"kinds", std::move(kinds)}, {"interactions", money(r.variance->interactions)}};
    if (r.variance->knowledge) out["variance"]["knowledge"] = money(*r.variance->knowledge);
  } else {
    out["variance"] = nullptr;
  }
  return text_of(out);
}

std::string json(const PoolingResult& r, const Provenance& provenance) {
  Json out = head("shortfall/pool/1", r.setting, provenance);
  out["material"] = r.material;
  out["every_coalition"] = r.every_coalition;
  out["coalitions"] = Json::array();
  for (const CoalitionResult& c : r.coalitions)
    out["coalitions"].push_back(merged({{"members", ids(r.setting, c.members)}, {name_of(Family::reserves), c.reserves}},
                                       fails_and_contingency(chance(c.fails), money(c.contingency))));
  out["game"] = r.game ? of(*r.game, r.setting) : Json(nullptr);
  out["pools"] = Json::array();
  for (const AgreementPoolResult& p : r.pools) out["pools"].push_back(of(p, r.setting));
  out["agreements"] = Json::array();
  for (const SwimSinkResult& a : r.agreements) out["agreements"].push_back(of(a, r.setting));
  Json levels = Json::array();
  for (const AidResult& a : r.aid)
    levels.push_back({{"aid", std::isfinite(a.aid) ? Json(a.aid) : Json(nullptr)}, {"any", chance(a.any)}, {"all", chance(a.all)}});
  out["aid"] = {{"any_fails", r.any_fails}, {"least", r.least_aid ? money(*r.least_aid) : Json(nullptr)}, {"levels", std::move(levels)}};
  return text_of(out);
}

std::string json(const ReverseResult& r, const Provenance& provenance) {
  Json out = head("shortfall/reverse/1", r.setting, provenance);
  out["until"] = {{"expression", r.until.expression}, {"subject", r.until.subject}, {"measure", r.until.measure}, {"level", r.until.level}};
  out["now"] = chance(r.now);
  out["factor"] = r.factor.empty() ? Json(nullptr) : Json(r.factor);
  out[std::string(name_of(Family::saving))] = {{"planned", r.planned}, {"expected", r.expected}};
  if (r.luck_not_told) out["luck_not_told"] = true;
  out["dials"] = Json::array();
  for (const DialResult& d : r.dials) out["dials"].push_back(of(d));
  return text_of(out);
}

namespace {

Json of(const Problem& p) {
  return Json({{"file", p.place.file ? *p.place.file : ""},
               {"line", p.place.line},
               {"column", p.place.column},
               {"severity", std::string(name_of(p.severity()))},
               {"code", name_of(p.code)},
               {"message", p.message}});
}

}  // namespace

std::string json(const Problems& problems, const std::vector<AllowedProblem>& allowed) {
  Json list = Json::array(), accepted = Json::array();
  for (const Problem& p : problems) list.push_back(of(p));
  for (const AllowedProblem& a : allowed) {
    accepted.push_back(of(a.problem));
    accepted.back()["reason"] = a.reason;
  }
  const auto errors = std::count_if(problems.begin(), problems.end(), [](const Problem& p) { return p.severity() == Severity::error; });
  const Json out = {{"schema", "shortfall/problems/1"},
                    {"errors", errors},
                    {"warnings", static_cast<std::ptrdiff_t>(problems.size()) - errors},
                    {"problems", std::move(list)},
                    {"allowed", std::move(accepted)}};
  return text_of(out);
}

}  // namespace shortfall
