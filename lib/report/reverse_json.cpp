#include "report/reverse_json.hpp"

#include <cmath>

#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

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
  for (const DialPoint& p : d.scan) scan.push_back({{"at", p.x}, {"fails", chance(p.chance)}});
  return {{"dial", d.name},
          {"unit", d.unit.empty() ? Json(nullptr) : Json(d.unit)},
          {"range", std::isfinite(d.from) ? Json{d.from, d.to} : Json(nullptr)},
          {"now", d.now ? Json(*d.now) : Json(nullptr)},
          {"outcome", name_of(d.outcome)},
          {"answer", d.outcome == Search::Outcome::found ? money(d.answer) : Json(nullptr)},
          {"fails", chance(d.chance)},
          {"rising", d.rising},
          {"monotone", d.monotone},
          {"scan", std::move(scan)}};
}

}  // namespace

std::string reverse_json(const ReverseResult& r, const Provenance& provenance) {
  Json out = head("shortfall/reverse/1", r.setting, provenance);
  out["until"] = {{"expression", r.until.expression}, {"subject", r.until.subject}, {"measure", r.until.measure}, {"level", r.until.level}};
  out["now"] = chance(r.now);
  out["factor"] = r.factor.empty() ? Json(nullptr) : Json(r.factor);
  out["saving"] = {{"planned", r.planned}, {"expected", r.expected}};
  out["dials"] = Json::array();
  for (const DialResult& d : r.dials) out["dials"].push_back(of(d));
  return text_of(out);
}

}  // namespace shortfall
