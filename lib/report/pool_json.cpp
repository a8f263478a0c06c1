#include "report/pool_json.hpp"

#include <cmath>

#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

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
          {"shapley", {{"contingency", per_organisation(s, g.share)}, {"benefit", per_organisation(s, g.benefit_share)}}},
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
         {"fails",
          {{"all_stay", chance(m.all_stay)},
           {"i_leave", chance(m.i_leave)},
           {"others_leave", chance(m.others_leave)},
           {"everyone_alone", chance(m.everyone_alone)}}},
         {"changes",
          {{"leaving", money(m.temptations.leaving)}, {"all_leave", money(m.temptations.all_leave)}, {"following", money(m.temptations.following)}}},
         {"left_behind", {{"fails", chance(m.left_behind)}, {"change", money(m.left_behind_change)}}},
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

}  // namespace

std::string pool_json(const PoolingResult& r, const Provenance& provenance) {
  Json out = head("shortfall/pool/1", r.setting, provenance);
  out["material"] = r.material;
  out["every_coalition"] = r.every_coalition;
  out["coalitions"] = Json::array();
  for (const CoalitionResult& c : r.coalitions)
    out["coalitions"].push_back({{"members", ids(r.setting, c.members)},
                                 {"reserves", c.reserves},
                                 {"fails", chance(c.fails)},
                                 {"contingency", {{"p80", money(c.contingency)}}}});
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

}  // namespace shortfall
