#include "report/comparison_json.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

#include "report/comparison_words.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

Json inputs(const Provenance& provenance) {
  Json out = Json::array();
  for (const Input& input : provenance.inputs) out.push_back({{"path", input.path}, {"sha256", input.sha256}});
  return out;
}

Json change(const Estimate& e) { return {{"change", e.value}, {"low", e.low}, {"high", e.high}}; }

Json optional(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json of(const MeasureChange& m) {
  return {{"subject", m.subject},     {"measure", m.measure},         {"kind", m.chance ? "chance" : "money"},
          {"headline", m.headline},   {"before", m.before},           {"after", m.after},
          {"change", m.change.value}, {"low", m.change.low},          {"high", m.change.high},
          {"material", m.material},   {"verdict", name_of(m.verdict)}};
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

}  // namespace

std::string comparison_json(const CompareResult& r, const Provenance& before, const Provenance& after) {
  Json out;
  out["schema"] = "shortfall/comparison/1";
  out["program"] = after.program;
  out["system"] = r.after.system;
  out["trials"] = r.after.trials;
  out["seed"] = r.after.seed;
  out["optimism"] = r.after.optimism;
  out["given"] = Json::array();
  for (const Given& g : r.after.given) out["given"].push_back({{"factor", g.factor}, {"quantile", g.quantile}});
  out["inputs"] = {{"before", inputs(before)}, {"after", inputs(after)}};
  out["years"] = {{"before", r.before.years}, {"after", r.after.years}};
  out["currency"] = r.after.currency;
  out["material"] = {{"chance", r.material}, {"money", r.material_money ? Json(*r.material_money) : Json(nullptr)}};
  out["identical"] = r.identical;
  out["verdict"] = name_of(system_fails(r).verdict);
  out["saving"] = {{"planned", {{"before", r.before.planned_saving}, {"after", r.after.planned_saving}}},
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
  out["gates"] = Json::array();
  for (const GateResult& g : r.after.gates)
    out["gates"].push_back(
        {{"expression", g.gate.expression}, {"value", g.value.value}, {"low", g.value.low}, {"high", g.value.high}, {"verdict", name_of(g.verdict)}});
  out["changes"] = Json::array();
  for (const Change& c : r.difference.changes) out["changes"].push_back(of(c));
  out["effects"] = r.effects ? of(*r.effects) : Json(nullptr);
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shortfall
