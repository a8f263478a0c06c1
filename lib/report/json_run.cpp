#include <cmath>

#include "plan/calendar.hpp"
#include "report/inert.hpp"
#include "report/json.hpp"
#include "report/json_parts.hpp"

namespace shortfall {
namespace json_parts {

Json inputs(const Provenance& provenance) {
  Json out = Json::array();
  for (const Input& input : provenance.inputs) out.push_back({{"path", input.path}, {"sha256", input.sha256}});
  return out;
}

Json given(const std::vector<Given>& all) {
  Json out = Json::array();
  for (const Given& g : all) out.push_back({{"factor", g.factor}, {"quantile", g.quantile}});
  return out;
}

Json seen(const Seen& s) {
  Json out = {{"as_at", month_text(s.as_at)}, {"file", s.file},           {"schemes", s.schemes},
              {"pressures", s.pressures},     {"effective", s.effective}, {"pareto_k", s.pareto_k}};
  if (s.draws.count > 0) out["effective_draws"] = s.effective_draws;
  return out;
}

Json head(const std::string& schema, const Setting& s, const Provenance& provenance) {
  Json out;
  out["schema"] = schema;
  out["program"] = provenance.program;
  out["system"] = s.system;
  out["trials"] = s.trials;
  out["seed"] = s.seed;
  out["optimism"] = s.optimism;
  out["given"] = given(s.given);
  if (s.seen) out["seen"] = seen(*s.seen);
  if (s.knowledge_draws > 0) out["knowledge"] = {{"draws", s.knowledge_draws}};
  out["edits"] = provenance.edits;
  out["inputs"] = inputs(provenance);
  out["currency"] = s.currency;
  out["years"] = s.years;
  out["organisations"] = Json::array();
  for (const Setting::Asked& o : s.organisations) out["organisations"].push_back({{"id", o.id}, {"title", o.title}, {"reserves", o.reserves}});
  return out;
}

Json known(const KnownRange& k) { return {{"low", k.low}, {"high", k.high}}; }

namespace {
Json with_known(Json out, const Estimate& e) {
  if (e.known) out["known"] = known(*e.known);
  return out;
}
}  // namespace

Json chance(const Estimate& e) { return with_known({{"p", e.value}, {"low", e.low}, {"high", e.high}}, e); }
Json money(const Estimate& e) { return with_known({{"value", e.value}, {"low", e.low}, {"high", e.high}}, e); }

Json gates(const std::vector<GateResult>& all) {
  Json out = Json::array();
  for (const GateResult& g : all) {
    out.push_back(
        {{"expression", g.gate.expression}, {"value", g.value.value}, {"low", g.value.low}, {"high", g.value.high}, {"verdict", name_of(g.verdict)}});
    if (g.gate.known) out.back()["known"] = true;
  }
  return out;
}

Json ids(const Setting& setting, const std::vector<std::uint32_t>& organisations) {
  Json out = Json::array();
  for (const std::uint32_t o : organisations) out.push_back(setting.organisations[o].id);
  return out;
}

Json& at(Json& out, const Measure& m) {
  Json& family = out[std::string(name_of(m.family))];
  return m.figure == Figure::whole ? family : family[std::string(name_of(m.figure))];
}

Json fails_and_contingency(const Json& fails, const Json& contingency) {
  Json out;
  at(out, *find_measure(Family::fails, Figure::whole)) = fails;
  at(out, *find_measure(Family::contingency, Figure::p80)) = contingency;
  return out;
}

Json bridge(const Bridge& bridge, const std::vector<std::string>& organisations) {
  const auto of = [](const BridgeOf& b, const std::string* id) {
    Json out = Json::object();
    if (id != nullptr) out["id"] = *id;
    out["planned"] = b.planned;
    for (std::size_t k = 0; k < waterfall_steps; ++k) out[std::string(bridge_steps()[k].name)] = b.steps[k];
    out["expected"] = b.expected;
    out["dearer"] = b.dearer;
    out["found"] = b.found;
    return out;
  };
  Json out = {{"system", of(bridge.system, nullptr)}, {"organisations", Json::array()}};
  for (std::size_t o = 0; o < organisations.size(); ++o) out["organisations"].push_back(of(bridge.organisations[o], &organisations[o]));
  return out;
}

std::string text_of(const Json& json) { return inert_json(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"); }

}  // namespace json_parts

namespace {

using namespace json_parts;

// A chance to fail carries its interval, of everything else the schema has the value alone.
Json leaf(const Measure& m, const Estimate& e) { return m.family == Family::fails ? chance(e) : Json(e.value); }

// What is known of measures that have no place for it beside them, by name.
void add_known(const Measure& m, const Estimate& e, std::optional<std::size_t> year, Json& out) {
  if (e.known && !year && m.family != Family::fails) out["known"][name_of(m)] = known(*e.known);
}

Json of(const OrganisationResult& o, std::size_t years) {
  Json out, ranges;
  out["id"] = o.id;
  out["title"] = o.title;
  at(out, *find_measure(Family::reserves, Figure::whole)) = o.reserves;
  for_each_listed(subject::organisation, years, [&](const Measure& m, std::optional<std::size_t> year) {
    if (m.family == Family::reserves) return;
    const Estimate e = value_of(o, m, year.value_or(0));
    add_known(m, e, year, ranges);
    const Json value = leaf(m, e);
    if (year)
      at(out, m).push_back(value);
    else
      at(out, m) = value;
  });
  out["found"]["by_year"] = o.found.by_year;
  const MoneyResult& both = o.delivered_and_found;
  out["delivered_and_found"] = {{"mean", both.mean.value}, {"p10", both.p10.value}, {"p50", both.p50.value}, {"p90", both.p90.value}};
  out["carry"] = o.carry;
  if (!ranges.is_null()) out["known"] = ranges["known"];
  return out;
}

Json of(const PoolResult& p) {
  Json out;
  out["members"] = p.members;
  if (p.reserves != 0) out["reserves"] = p.reserves;
  Json ranges;
  for_each_listed(subject::pool, 0, [&](const Measure& m, auto) {
    at(out, m) = leaf(m, value_of(p, m));
    add_known(m, value_of(p, m), {}, ranges);
  });
  if (!ranges.is_null()) out["known"] = ranges["known"];
  return out;
}

Json chances(const std::vector<Estimate>& estimates) {
  Json out = Json::array();
  for (const Estimate& e : estimates) out.push_back(chance(e));
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

Json joint(const RunResult& r, const Extras& extras) {
  std::vector<std::string> names;
  for (const OrganisationResult& o : r.organisations) names.push_back(o.id);
  Json out = {{"any", chance(r.joint.any)}, {"all", chance(r.joint.all)}, {"count", chances(r.joint.count)}};
  if (r.organisations.size() <= most_paired || extras.pairs)
    out["pairs"] = {{"ids", names}, {"joint", matrix(r.pairs_joint)}, {"given", matrix(r.pairs_given)}};
  out["together"] = {{"any", chance(r.joint_together.any)}, {"all", chance(r.joint_together.all)}, {"count", chances(r.joint_together.count)}};
  return out;
}

void add_extras(const RunResult& r, const Extras& extras, const Provenance& provenance, Json& out) {
  if (!provenance.edits.empty()) out["edits"] = provenance.edits;
  if (r.precision) out["precision"] = {{"asked", *r.precision}, {"reached", r.widest}};
  if (!r.given.empty()) out["given"] = given(r.given);
  for (const MechanismResult& m : extras.mechanisms) {
    Json organisations = Json::array();
    for (std::size_t o = 0; o < r.organisations.size(); ++o)
      organisations.push_back({{"id", r.organisations[o].id}, {"alone", chance(m.alone[o])}, {"together", chance(m.together[o])}});
    // Differences in chance: without the mechanism less with it.
    out["mechanisms"].push_back({{"without", m.name}, {"system", chance(m.system)}, {"organisations", std::move(organisations)}});
  }
  if (!extras.levels.empty()) {
    Json rows = Json::array();
    for (const QuantileRow& row : extras.quantiles) {
      Json values = Json::array(), low = Json::array(), high = Json::array();
      for (const Estimate& e : row.at) values.push_back(e.value), low.push_back(e.low), high.push_back(e.high);
      Json one = {{"subject", row.subject}, {"measure", row.measure}};
      if (!row.year.empty()) one["year"] = row.year;
      one["value"] = std::move(values), one["low"] = std::move(low), one["high"] = std::move(high);
      rows.push_back(std::move(one));
    }
    out["quantiles"] = {{"levels", extras.levels}, {"rows", std::move(rows)}};
  }
  for (const Correlation& c : extras.correlations)
    out["correlations"].push_back(
        {{"first", c.first}, {"second", c.second}, {"luck", std::isnan(c.luck) ? Json(nullptr) : Json(c.luck)}, {"rank", money(c.rank)}});
}

}  // namespace

std::string json(const RunResult& r, const Extras& extras, const Provenance& provenance) {
  Json out;
  out["schema"] = "shortfall/result/1";
  out["program"] = provenance.program;
  out["system"] = r.system;
  out["trials"] = r.trials;
  out["trials_asked"] = r.trials_asked;
  out["seed"] = r.seed;
  out["optimism"] = r.optimism;
  out["sampling"] = {{"method", r.sampling}, {"pressure", r.pressure}};
  if (r.seen) out["seen"] = seen(*r.seen);
  if (r.knowledge_draws > 0) out["knowledge"] = {{"draws", r.knowledge_draws}};
  out["inputs"] = inputs(provenance);
  out["years"] = r.years;
  out["organisations"] = Json::array();
  for (const OrganisationResult& o : r.organisations) out["organisations"].push_back(of(o, r.years.size()));
  out["pools"] = Json::array();
  for (const PoolResult& p : r.pools) out["pools"].push_back(of(p));
  Json& system = out["system_total"];
  Json ranges;
  for_each_listed(subject::system, 0, [&](const Measure& m, auto) {
    at(system, m) = leaf(m, value_of_system(r, m));
    add_known(m, value_of_system(r, m), {}, ranges);
  });
  if (!ranges.is_null()) system["known"] = ranges["known"];
  out["joint"] = joint(r, extras);
  out["gates"] = gates(r.gates);
  if (extras.bridge) {
    std::vector<std::string> ids;
    for (const OrganisationResult& o : r.organisations) ids.push_back(o.id);
    out["bridge"] = bridge(*extras.bridge, ids);
  }
  add_extras(r, extras, provenance, out);
  return text_of(out);
}

}  // namespace shortfall
