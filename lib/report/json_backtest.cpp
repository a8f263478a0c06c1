#include "report/history.hpp"

#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

Json of(const Tested& t) { return {{"value", t.value}, {"low", t.low}, {"high", t.high}, {"p", t.p}}; }

Json optional(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json of(const AmountScore& s) {
  Json naive;
  for (std::size_t k = 0; k < naive_count; ++k)
    naive[std::string(naive_names[k])] = {{"share", optional(s.naive[k])}, {"crps", optional(s.naive_crps[k])}};
  return {{"system", s.system},
          {"subject", s.subject},
          {"kind", name_of(s.measured.kind)},
          {"years", s.years},
          {"currency", s.currency},
          {"planned", s.planned},
          {"outturn", s.outturn},
          {"share", s.share},
          {"forecast", {{"mean", s.mean}, {"p5", s.p5}, {"p10", s.p10}, {"p50", s.p50}, {"p90", s.p90}, {"p95", s.p95}}},
          {"pit", {{"low", s.pit_range.low}, {"high", s.pit_range.high}, {"at", s.pit}}},
          {"crps", s.crps},
          {"naive", std::move(naive)},
          {"before_year_end", s.in_year},
          {"seen", s.seen},
          {"left_out", s.left_out},
          {"source", s.source}};
}

Json of(const Coverage& c) {
  return {{"within", c.within}, {"nominal", c.nominal}, {"binomial", {c.binomial.first, c.binomial.second}}, {"share", of(c.tested)}};
}

Json of(const Skill& s) {
  if (s.count == 0) return nullptr;
  return {{"outcomes", s.count}, {"crps", s.crps}, {"naive_crps", s.naive}, {"skill", s.skill}, {"difference", {{"low", s.low}, {"high", s.high}}}};
}

Json of(const AmountSummary& s) {
  Json skills;
  for (std::size_t k = 0; k < naive_count; ++k) skills[std::string(naive_names[k])] = of(s.skills[k]);
  return {{"name", s.name},           {"outcomes", s.scores},       {"systems", s.systems},
          {"crps", of(s.crps)},       {"pit_mean", of(s.pit_mean)}, {"pit_variance", of(s.pit_variance)},
          {"p10_p90", of(s.p10_p90)}, {"p5_p95", of(s.p5_p95)},     {"skill", std::move(skills)}};
}

}  // namespace

std::string json(const BacktestResult& r, const Provenance& provenance) {
  Json out;
  out["schema"] = "shortfall/backtest/1";
  out["program"] = provenance.program;
  out["futures"] = r.futures, out["seed"] = r.seed, out["optimism"] = r.optimism;
  if (r.knowledge) out["knowledge"] = true;
  out["inputs"] = Json::array();
  for (const Input& input : provenance.inputs) out["inputs"].push_back({{"path", input.path}, {"sha256", input.sha256}});
  out["outcomes"] = Json::array();
  for (const AmountScore& s : r.amounts) out["outcomes"].push_back(of(s));
  out["failures"] = Json::array();
  for (const FailureScore& f : r.failures)
    out["failures"].push_back({{"system", f.system}, {"subject", f.subject}, {"chance", f.chance}, {"failed", f.failed}});
  out["summaries"] = Json::array();
  for (const AmountSummary& s : r.summaries) out["summaries"].push_back(of(s));
  out["energy"] = Json::array();
  for (const EnergyScore& e : r.energy) out["energy"].push_back({{"system", e.system}, {"outcomes", e.outcomes}, {"score", e.score}, {"p", e.p}});
  out["brier"] = nullptr;
  if (!r.failures.empty())
    out["brier"] = {{"score", r.brier.score},
                    {"miscalibration", r.brier.miscalibration},
                    {"discrimination", r.brier.discrimination},
                    {"uncertainty", r.brier.uncertainty},
                    {"tested", of(r.brier_tested)}};
  return text_of(out);
}

}  // namespace shortfall
