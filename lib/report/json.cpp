#include "report/json.hpp"

#include <cmath>

#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

Json chances(const std::vector<Estimate>& estimates) {
  Json out = Json::array();
  for (const Estimate& e : estimates) out.push_back(chance(e));
  return out;
}

Json of(const ShortfallResult& s) {
  return {{"mean", s.mean.value}, {"p50", s.p50.value}, {"p80", s.p80.value}, {"p90", s.p90.value}, {"p95", s.p95.value}, {"es95", s.es95.value}};
}

Json of(const ContingencyResult& c) { return {{"p50", c.p50.value}, {"p80", c.p80.value}, {"p90", c.p90.value}, {"p95", c.p95.value}}; }

Json of(const OrganisationResult& o) {
  Json out;
  out["id"] = o.id;
  out["title"] = o.title;
  out["reserves"] = o.reserves;
  out["fails"] = {{"alone", chance(o.alone)},
                  {"together", chance(o.together)},
                  {"alone_by_year", chances(o.alone_by_year)},
                  {"together_by_year", chances(o.together_by_year)}};
  out["swim_sink"] = {{"swims", o.swims.value}, {"rescued", o.rescued.value}, {"dragged_under", o.dragged_under.value}, {"sinks", o.sinks.value}};
  out["shortfall"] = of(o.shortfall);
  out["contingency"] = of(o.contingency);
  out["saving"] = {{"planned", o.saving.planned},
                   {"mean", o.saving.mean.value},
                   {"p10", o.saving.p10.value},
                   {"p50", o.saving.p50.value},
                   {"p90", o.saving.p90.value},
                   {"planned_last_year", o.saving.planned_last_year},
                   {"mean_last_year", o.saving.mean_last_year}};
  out["position"] = {{"planned", o.position.planned}, {"mean", o.position.mean}, {"p10", o.position.p10}, {"p90", o.position.p90}};
  return out;
}

Json matrix(const std::vector<std::vector<double>>& rows) {
  Json out = Json::array();
  for (const auto& row : rows) {
    Json line = Json::array();
    for (const double x : row) line.push_back(std::isnan(x) ? Json(nullptr) : Json(x));
    out.push_back(std::move(line));
  }
  return out;
}

// They grow with the square of the organisations: of 2,000 they are 250 MB.
constexpr std::size_t most_paired = 64;

Json pairs(const RunResult& r, const Extras& extras) {
  if (r.organisations.size() > most_paired && !extras.pairs) return nullptr;
  std::vector<std::string> ids;
  for (const OrganisationResult& o : r.organisations) ids.push_back(o.id);
  return {{"ids", ids}, {"joint", matrix(r.pairs_joint)}, {"given", matrix(r.pairs_given)}};
}

void add_extras(const RunResult& r, const Extras& extras, const Provenance& provenance, Json& out) {
  if (!provenance.edits.empty()) out["edits"] = provenance.edits;
  if (r.precision) out["precision"] = {{"asked", *r.precision}, {"reached", r.widest}};
  for (const Given& g : r.given) out["given"].push_back({{"factor", g.factor}, {"quantile", g.quantile}});
  for (const MechanismResult& m : extras.mechanisms) {
    Json organisations = Json::array();
    for (std::size_t o = 0; o < r.organisations.size(); ++o)
      organisations.push_back({{"id", r.organisations[o].id}, {"alone", chance(m.alone[o])}, {"together", chance(m.together[o])}});
    // Differences in chance: without the mechanism less with it.
    out["mechanisms"].push_back({{"without", m.name}, {"system", chance(m.system)}, {"organisations", std::move(organisations)}});
  }
  for (const Correlation& c : extras.correlations)
    out["correlations"].push_back({{"first", c.first},
                                   {"second", c.second},
                                   {"luck", std::isnan(c.luck) ? Json(nullptr) : Json(c.luck)},
                                   {"rank", {{"value", c.rank.value}, {"low", c.rank.low}, {"high", c.rank.high}}}});
}

}  // namespace

std::string json(const RunResult& r, const Extras& extras, const Provenance& provenance) {
  Json out;
  out["schema"] = "shortfall/result/1";
  out["program"] = provenance.program;
  out["system"] = r.system;
  out["trials"] = r.trials;
  out["seed"] = r.seed;
  out["optimism"] = r.optimism;
  out["sampling"] = {{"method", r.sampling}, {"pressure", r.pressure}};
  out["inputs"] = Json::array();
  for (const Input& input : provenance.inputs) out["inputs"].push_back({{"path", input.path}, {"sha256", input.sha256}});
  out["years"] = r.years;
  out["organisations"] = Json::array();
  for (const OrganisationResult& o : r.organisations) out["organisations"].push_back(of(o));
  out["pools"] = Json::array();
  for (const PoolResult& p : r.pools)
    out["pools"].push_back({{"members", p.members}, {"fails", chance(p.fails)}, {"shortfall", of(p.shortfall)}, {"contingency", of(p.contingency)}});
  out["system_total"] = {{"fails", chance(r.system_fails)},
                         {"shortfall", of(r.system_shortfall)},
                         {"contingency", of(r.system_contingency)},
                         {"pooling_benefit", {{"p80", r.pooling_benefit_p80}}}};
  out["joint"] = {
      {"any", chance(r.joint.any)},
      {"all", chance(r.joint.all)},
      {"count", chances(r.joint.count)},
      {"pairs", pairs(r, extras)},
      {"together", {{"any", chance(r.joint_together.any)}, {"all", chance(r.joint_together.all)}, {"count", chances(r.joint_together.count)}}}};
  if (out["joint"]["pairs"].is_null()) out["joint"].erase("pairs");
  out["gates"] = Json::array();
  for (const GateResult& g : r.gates)
    out["gates"].push_back(
        {{"expression", g.gate.expression}, {"value", g.value.value}, {"low", g.value.low}, {"high", g.value.high}, {"verdict", name_of(g.verdict)}});
  add_extras(r, extras, provenance, out);
  return text_of(out);
}

}  // namespace shortfall
