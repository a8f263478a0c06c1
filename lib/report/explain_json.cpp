#include "report/explain_json.hpp"

#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

Json of(const SchemeEffect& e) {
  return {{"system", {{"fails", money(e.system)}, {"contingency", {{"p80", money(e.system_contingency)}}}}},
          {"owner", {{"fails", money(e.owner)}, {"contingency", {{"p80", money(e.owner_contingency)}}}}}};
}

}  // namespace

std::string explain_json(const ExplainResult& r, const Provenance& provenance) {
  const Setting& s = r.setting;
  Json out = head("shortfall/explanation/1", s, provenance);
  out["system_total"] = {{"fails", chance(r.system_fails)}, {"contingency", {{"p80", money(r.system_contingency)}}}};
  out["alone"] = Json::array();
  for (std::size_t o = 0; o < s.organisations.size(); ++o)
    out["alone"].push_back({{"id", s.organisations[o].id}, {"fails", chance(r.fails[o])}, {"contingency", {{"p80", money(r.contingency[o])}}}});
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
    for (std::size_t q = 0; q < f.fails.size(); ++q) at.push_back({{"quantile", factor_quantiles[q]}, {"fails", chance(f.fails[q])}});
    out["factors"].push_back({{"name", f.name}, {"at", std::move(at)}});
  }
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
  } else {
    out["variance"] = nullptr;
  }
  return text_of(out);
}

}  // namespace shortfall
