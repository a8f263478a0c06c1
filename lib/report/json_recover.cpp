#include <cmath>

#include "report/json.hpp"
#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

class RecoverJson {
 public:
  explicit RecoverJson(const RecoverResult& r) : r_(r) {}

  Json of(const SetOfOptions& s) const {
    return {{"options", ids(s.options)},     {"cost", s.cost},
            {"affordable", s.affordable},    {"aim", level(s.aim)},
            {"change", money(s.aim_change)}, {"net_benefit", money(s.net_benefit)}};
  }
  Json option(std::size_t i) const {
    const RecoveryOption& o = r_.recovery.options[i];
    const OptionResult& x = r_.options[i];
    Json out = {{"id", o.id.value},       {"title", o.title},
                {"why", o.why},           {"owner", o.owner.empty() ? Json(nullptr) : Json(o.owner)},
                {"cost", o.total_cost()}, {"paid_from", o.paid_from == PaidFrom::margin ? "margin" : "budget"},
                {"succeeds", o.succeeds}, {"chosen", x.chosen},
                {"too_late", x.too_late}, {"affordable", x.affordable}};
    const bool known = x.alone.trials > 0;
    out["alone"] = known ? Json{{"change", money(x.alone)}, {"net_benefit", money(x.alone_net_benefit)}} : Json(nullptr);
    out["marginal"] = x.has_marginal ? Json{{"change", money(x.marginal)}, {"net_benefit", money(x.marginal_net_benefit)}} : Json(nullptr);
    return out;
  }
  Json sets(const std::vector<SetOfOptions>& list) const {
    Json out = Json::array();
    for (const SetOfOptions& s : list) out.push_back(of(s));
    return out;
  }
  Json level(const Estimate& e) const { return r_.aim_is_chance ? chance(e) : money(e); }

 private:
  Json ids(const std::vector<std::size_t>& set) const {
    Json out = Json::array();
    for (const std::size_t i : set) out.push_back(r_.recovery.options[i].id.value);
    return out;
  }
  const RecoverResult& r_;
};

}  // namespace

std::string json(const RecoverResult& r, const Provenance& provenance) {
  const RecoverJson as(r);
  const auto maybe = [](const std::optional<double>& x) { return x ? Json(*x) : Json(nullptr); };
  Json out = head("shortfall/recovery/1", r.setting, provenance);
  out["aim"] = {{"expression", r.recovery.aim.expression},
                {"subject", r.recovery.aim.subject},
                {"measure", r.recovery.aim.measure},
                {"higher_is_better", r.aim_higher_is_better}};
  out["budget"] = maybe(r.recovery.budget);
  out["per_point"] = maybe(r.recovery.per_point);
  out["decide"] = r.recovery.decide ? Json(month_text(*r.recovery.decide)) : Json(nullptr);
  out["futures"] = {{"to_choose", r.futures_to_choose}, {"to_value", r.futures_to_value}};
  out["search"] = {{"all_sets", r.all_sets}, {"sets", r.sets_tried}, {"bound", maybe(r.bound)}, {"luck_of_the_best", r.noise}};
  out["verdict"] = r.verdict == RecoverVerdict::worth_it ? "worth it" : "none is worth it";
  out["now"] = as.level(r.now);
  out["chosen"] = as.of(r.chosen);
  out["alike"] = as.sets(r.alike);
  out["frontier"] = as.sets(r.frontier);
  out["options"] = Json::array();
  for (std::size_t i = 0; i < r.options.size(); ++i) out["options"].push_back(as.option(i));
  out["information"] = Json::array();
  for (const InformationResult& i : r.information)
    out["information"].push_back({{"name", i.name}, {"kind", i.scheme ? "scheme" : "factor"}, {"value", money(i.value)}});
  return text_of(out);
}

}  // namespace shortfall
