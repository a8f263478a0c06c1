#include "report/history.hpp"
#include "report/json.hpp"
#include "report/json_parts.hpp"
#include "report/page.hpp"

namespace shortfall {

std::string json(const BoardAnswers& a, const Provenance& provenance) {
  using namespace json_parts;
  const auto answer = [](const std::string& text) { return Json::parse(text); };
  Json out;
  out["schema"] = "shortfall/report/1";
  out["program"] = provenance.program;
  Extras extras;
  extras.pairs = true;
  out["run"] = answer(json(a.run, extras, provenance));
  Json& system = out["pictures"]["system"];
  for (const auto& [key, value] : std::initializer_list<std::pair<const char*, double Pictures::Year::*>>{{"target", &Pictures::Year::target},
                                                                                                          {"planned", &Pictures::Year::planned},
                                                                                                          {"mean", &Pictures::Year::mean},
                                                                                                          {"p10", &Pictures::Year::p10},
                                                                                                          {"p90", &Pictures::Year::p90}}) {
    system["position"][key] = Json::array();
    for (const Pictures::Year& y : a.pictures.years) system["position"][key].push_back(y.*value);
  }
  system["fails_by_year"] = Json::array();
  for (const Pictures::Year& y : a.pictures.years) system["fails_by_year"].push_back(chance(y.failed));
  system["shortfall"] = Json::array();
  for (const Pictures::CurvePoint& p : a.pictures.curve) system["shortfall"].push_back({{"share", p.share}, {"value", p.value}});
  // What the page's table of classes says: none of the answers' own JSON has it.
  Json& classes = out["pictures"]["classes"] = Json::array();
  for (const ClassUsed& c : a.run.classes)
    classes.push_back({{"id", c.id}, {"schemes", c.schemes}, {"planned", c.planned}, {"grade", c.grade}, {"source", c.source}});
  if (a.bridge) {
    Json& bridge = out["pictures"]["bridge"];
    bridge["planned"] = a.bridge->planned;
    bridge["steps"] = Json::array();
    for (const BridgeSteps::Step& s : a.bridge->steps) bridge["steps"].push_back({{"name", s.name}, {"amount", s.amount}});
    bridge["expected"] = a.bridge->expected;
  }
  if (a.explained) out["explain"] = answer(json(*a.explained, provenance));
  if (a.reversed) out["reverse"] = answer(json(*a.reversed, provenance));
  if (a.pooled) out["pool"] = answer(json(*a.pooled, provenance));
  if (a.backtested) out["backtest"] = answer(json(*a.backtested, a.backtested_from));
  if (a.recovered) out["recover"] = answer(json(*a.recovered, provenance));
  if (a.compared) out["compare"] = answer(json(*a.compared, a.before, provenance));
  return text_of(out);
}

}  // namespace shortfall
