#include "report/json_parts.hpp"

#include "report/inert.hpp"

namespace shortfall::json_parts {

Json head(const std::string& schema, const Setting& s, const Provenance& provenance) {
  Json out;
  out["schema"] = schema;
  out["program"] = provenance.program;
  out["system"] = s.system;
  out["trials"] = s.trials;
  out["seed"] = s.seed;
  out["optimism"] = s.optimism;
  out["given"] = Json::array();
  for (const Given& g : s.given) out["given"].push_back({{"factor", g.factor}, {"quantile", g.quantile}});
  out["edits"] = provenance.edits;
  out["inputs"] = Json::array();
  for (const Input& input : provenance.inputs) out["inputs"].push_back({{"path", input.path}, {"sha256", input.sha256}});
  out["currency"] = s.currency;
  out["years"] = s.years;
  out["organisations"] = Json::array();
  for (const Setting::Asked& o : s.organisations) out["organisations"].push_back({{"id", o.id}, {"title", o.title}, {"reserves", o.reserves}});
  return out;
}

Json chance(const Estimate& e) { return {{"p", e.value}, {"low", e.low}, {"high", e.high}}; }
Json money(const Estimate& e) { return {{"value", e.value}, {"low", e.low}, {"high", e.high}}; }

Json ids(const Setting& setting, const std::vector<std::uint32_t>& organisations) {
  Json out = Json::array();
  for (const std::uint32_t o : organisations) out.push_back(setting.organisations[o].id);
  return out;
}

std::string text_of(const Json& json) { return inert_json(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"); }

}  // namespace shortfall::json_parts
