#include "report/history.hpp"

#include "report/json_parts.hpp"

namespace shortfall {
namespace {

using namespace json_parts;

Json of(const ShareFigures& f) { return {{"p10", f.p10}, {"p50", f.p50}, {"p90", f.p90}, {"mean", f.mean}}; }
Json of(const Range& r) { return {{"low", r.low}, {"high", r.high}}; }

Json of(const BetaPosterior& b) {
  return {{"mean", b.mean()}, {"low", b.quantile(0.05)}, {"high", b.quantile(0.95)}, {"alpha", b.alpha}, {"beta", b.beta}};
}

Json of(const SideCalibration& s) {
  return {{"records", s.ended}, {"at_least", s.at_least}, {"held", s.held}, {"before", of(s.before)}, {"after", of(s.after)}};
}

Json of(const OrganisationLine& line) {
  return {{"organisation", line.organisation},
          {"records", line.records},
          {"credibility", line.factor},
          {"own_mean", line.own_mean},
          {"estimate", line.estimate}};
}

Json scores(const LeftOutScores& s) {
  if (s.records == 0) return nullptr;
  return {{"records", s.records},       {"crps", s.crps},        {"prior_crps", s.prior_crps}, {"pit_mean", s.pit_mean},
          {"pit_fifths", s.pit_fifths}, {"by_parts", s.by_parts}};
}

Json of(const ClassCalibration& c) {
  Json lines = Json::array();
  for (const OrganisationLine& line : c.lines) lines.push_back(of(line));
  return {{"class", c.id},
          {"prior_grade", c.prior_grade},
          {"prior_weight", c.prior_weight},
          {"records", {{"all", c.records}, {"dropped", c.dropped}, {"running", c.running}, {"not_begun", c.not_begun}, {"shares", c.shares}}},
          {"drops_out", {{"before", c.prior_chance}, {"after", of(c.chance)}, {"stages", c.stages_chance}, {"own", c.drops_out}}},
          {"share",
           {{"before", of(c.before)},
            {"after", of(c.after)},
            {"p50_range", of(c.p50_range)},
            {"mean_range", of(c.mean_range)},
            {"half_prior", of(c.half_prior)},
            {"twice_prior", of(c.twice_prior)},
            {"coefficients", {c.blended[0], c.blended[1], c.blended[2]}},
            {"disagreement", c.disagreement}}},
          {"delay", of(c.delay)},
          {"overrun", of(c.overrun)},
          {"delivered_by_count", c.by_count},
          {"delivered_by_value", c.by_value},
          {"organisations", {{"count", c.groups}, {"differ_p", c.groups_p ? Json(*c.groups_p) : Json(nullptr)}, {"lines", std::move(lines)}}},
          {"left_out", scores(c.scores)},
          {"warnings", c.warnings},
          {"collect", c.collect}};
}

}  // namespace

std::string json(const Calibration& c, const Provenance& provenance) {
  Json out;
  out["schema"] = "shortfall/calibration/1";
  out["program"] = provenance.program;
  out["inputs"] = Json::array();
  for (const Input& input : provenance.inputs) out["inputs"].push_back({{"path", input.path}, {"sha256", input.sha256}});
  out["records"] = c.records, out["organisations"] = c.organisations;
  out["first_year"] = c.first_year, out["last_year"] = c.last_year, out["as_at"] = month_text(c.as_at), out["prior"] = c.prior_name;
  out["stages"] = Json::array();
  for (const StageCalibration& s : c.stages)
    out["stages"].push_back(
        {{"stage", name_of(s.stage)}, {"records", s.records}, {"dropped", s.dropped}, {"before", s.before}, {"after", of(s.chance)}});
  out["classes"] = Json::array();
  for (const ClassCalibration& k : c.classes) out["classes"].push_back(of(k));
  out["warnings"] = c.warnings;
  return text_of(out);
}

}  // namespace shortfall
