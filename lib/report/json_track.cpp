#include <fmt/format.h>

#include <cmath>

#include "report/json_parts.hpp"
#include "report/track.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace track_json {

using json_parts::Json;

Json of(const OutturnRange& r) {
  Json out = {{"mean", r.mean}, {"p10", r.p10}, {"p50", r.p50}, {"p90", r.p90}};
  if (!r.quantiles.empty()) out["quantiles"] = r.quantiles;
  return out;
}
Json maybe(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }
Json maybe(const std::optional<OutturnRange>& value) { return value ? of(*value) : Json(nullptr); }

void add_saving(const TrackedSaving& x, Json& out) {
  out["id"] = x.id, out["title"] = x.title;
  out["planned"] = x.planned, out["planned_to_date"] = x.planned_to_date, out["to_date"] = maybe(x.to_date);
  out["outturn"] = {{"before", of(x.before)}, {"last", maybe(x.last)}, {"now", of(x.now)}};
  out["simple"] = {{"straight_line", x.naive.straight_line},
                   {"phased_index", x.naive.phased_index},
                   {"plan_to_go", x.naive.plan_to_go},
                   {"owner", maybe(x.naive.owner)}};
}

Json of(const TrackedTotal& x) {
  Json out;
  add_saving(x, out);
  out["plan"] = {{"planned", x.plan}, {"before", of(x.plan_before)}, {"now", of(x.plan_now)}};
  return out;
}

Json of(const std::optional<SavedByNow>& x) { return x ? Json{{"expected", of(x->expected)}, {"at_most", x->at_most}} : Json(nullptr); }

Json path(const std::vector<OutturnRange>& months) {
  Json out = Json::array();
  for (const OutturnRange& r : months) out.push_back(of(r));
  return out;
}

Json fails(const TrackResult& r, const Estimate RunResult::*of) {
  return {{"before", json_parts::chance(r.before.*of)},
          {"last", r.last ? json_parts::chance((*r.last).*of) : Json(nullptr)},
          {"now", json_parts::chance(r.now.*of)}};
}

Json organisation_fails(const TrackResult& r, std::size_t o, Estimate OrganisationResult::*of) {
  return {{"before", json_parts::chance(r.before.organisations[o].*of)},
          {"last", r.last ? json_parts::chance(r.last->organisations[o].*of) : Json(nullptr)},
          {"now", json_parts::chance(r.now.organisations[o].*of)}};
}

}  // namespace track_json

std::string json(const TrackResult& r, const Provenance& provenance) {
  using namespace track_json;
  Json out = json_parts::head("shortfall/tracking/1", setting_of(r.now), provenance);
  out.erase("organisations");
  out["as_at"] = month_text(r.as_at);
  out["last_as_at"] = r.last_as_at ? Json(month_text(*r.last_as_at)) : Json(nullptr);
  out["year"] = r.year, out["months"] = r.months;
  out["schemes_seen"] = r.seen;
  out["quality"] = {
      {"proposals", r.quality.proposals}, {"effective", r.quality.effective}, {"pareto_k", r.quality.pareto_k}, {"most_k", r.quality.most_k}};
  if (r.effective_draws > 0) out["quality"]["effective_draws"] = r.effective_draws;
  out["total"] = of(r.system);
  out["total"]["by_now"] = {{"before", of(r.to_date_before)}, {"last", of(r.to_date_last)}};
  out["total"]["by_month"] = {{"before", path(r.path_before)}, {"now", path(r.path)}};
  out["total"]["fails"] = fails(r, static_cast<const Estimate RunResult::*>(&RunResult::system_fails));
  out["organisations"] = Json::array();
  for (std::size_t o = 0; o < r.organisations.size(); ++o) {
    Json one = of(r.organisations[o]);
    one["fails"] = {{"together", organisation_fails(r, o, &OrganisationResult::together)},
                    {"alone", organisation_fails(r, o, &OrganisationResult::alone)}};
    out["organisations"].push_back(std::move(one));
  }
  out["schemes"] = Json::array();
  for (const TrackedSchemeResult& x : r.schemes) {
    Json one;
    one["organisation"] = x.organisation;
    add_saving(x, one);
    one["drops_out"] = {{"before", x.drops_out_before}, {"now", x.drops_out}};
    one["seen"] = x.seen;
    out["schemes"].push_back(std::move(one));
  }
  out["gates"] = json_parts::gates(r.now.gates);
  return json_parts::text_of(out);
}

std::string csv(const TrackResult& r) {
  std::string out =
      "organisation,scheme,planned,planned_to_date,to_date,before_mean,mean,p10,p50,p90,straight_line,phased_index,plan_to_go,owner,drops_out\n";
  const auto line = [&](const std::string& organisation, const std::string& scheme, const TrackedSaving& x, const std::optional<double>& drops) {
    const auto maybe = [](const std::optional<double>& v) { return v ? fmt::format("{}", *v) : std::string(); };
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", organisation, scheme, x.planned, x.planned_to_date, maybe(x.to_date),
                       x.before.mean, x.now.mean, x.now.p10, x.now.p50, x.now.p90, x.naive.straight_line, x.naive.phased_index, x.naive.plan_to_go,
                       maybe(x.naive.owner), maybe(drops));
  };
  for (const TrackedSchemeResult& x : r.schemes) line(x.organisation, x.id, x, x.drops_out);
  for (const TrackedTotal& x : r.organisations) line(x.id, "", x, {});
  line("system", "", r.system, {});
  return out;
}

}  // namespace shortfall
