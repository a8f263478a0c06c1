#include "report/csv.hpp"

#include <fmt/format.h>

#include <cmath>

namespace shortfall {
namespace {

class Table {
 public:
  Table(const RunResult& r, const Provenance& provenance)
      : ends_(fmt::format(",{},{},{},{}\n", r.trials, r.seed, r.optimism, csv_quoted(csv_changes(r.given, provenance)))), system_(r.system) {
    out_ = "system,organisation,measure,year,value,low,high,trials,seed,optimism,changes\n";
  }
  void row(std::string_view who, std::string_view measure, const Estimate& e, std::string_view year = "") {
    out_ += fmt::format("{},{},{},{},{},{},{}{}", system_, who, measure, year, e.value, end(e.low), end(e.high), ends_);
  }
  void row(std::string_view who, std::string_view measure, double value, std::string_view year = "") {
    out_ += fmt::format("{},{},{},{},{},,{}", system_, who, measure, year, value, ends_);
  }
  void rows(std::string_view who, const ShortfallResult& s) {
    row(who, "shortfall.mean", s.mean), row(who, "shortfall.p50", s.p50), row(who, "shortfall.p80", s.p80);
    row(who, "shortfall.p90", s.p90), row(who, "shortfall.p95", s.p95), row(who, "shortfall.es95", s.es95);
  }
  void rows(std::string_view who, const ContingencyResult& c) {
    row(who, "contingency.p50", c.p50), row(who, "contingency.p80", c.p80), row(who, "contingency.p90", c.p90), row(who, "contingency.p95", c.p95);
  }
  void rows(const JointResult& joint, std::string_view suffix) {
    row("any", fmt::format("fails{}", suffix), joint.any);
    row("all", fmt::format("fails{}", suffix), joint.all);
    for (std::size_t k = 0; k < joint.count.size(); ++k) row("any", fmt::format("count{}.{}", suffix, k), joint.count[k]);
  }
  static std::string end(double x) { return std::isfinite(x) ? fmt::format("{}", x) : ""; }
  std::string take() { return std::move(out_); }

 private:
  std::string ends_, system_, out_;
};

}  // namespace

std::string csv_quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv_changes(const std::vector<Given>& given, const Provenance& provenance) {
  std::string out;
  for (const std::string& edit : provenance.edits) out += fmt::format("{}set {}", out.empty() ? "" : "; ", edit);
  for (const Given& g : given) out += fmt::format("{}given {}=p{:g}", out.empty() ? "" : "; ", g.factor, 100 * g.quantile);
  return out;
}

std::string csv(const RunResult& r, const Provenance& provenance) {
  Table table(r, provenance);
  for (const OrganisationResult& o : r.organisations) {
    table.row(o.id, "fails.alone", o.alone);
    table.row(o.id, "fails.together", o.together);
    for (std::size_t y = 0; y < r.years.size(); ++y) table.row(o.id, "fails.alone_by_year", o.alone_by_year[y], r.years[y]);
    for (std::size_t y = 0; y < r.years.size(); ++y) table.row(o.id, "fails.together_by_year", o.together_by_year[y], r.years[y]);
    table.row(o.id, "swim_sink.swims", o.swims);
    table.row(o.id, "swim_sink.rescued", o.rescued);
    table.row(o.id, "swim_sink.dragged_under", o.dragged_under);
    table.row(o.id, "swim_sink.sinks", o.sinks);
    table.rows(o.id, o.shortfall);
    table.rows(o.id, o.contingency);
    table.row(o.id, "reserves", o.reserves);
    table.row(o.id, "saving.planned", o.saving.planned);
    table.row(o.id, "saving.mean", o.saving.mean);
    table.row(o.id, "saving.p10", o.saving.p10);
    table.row(o.id, "saving.p50", o.saving.p50);
    table.row(o.id, "saving.p90", o.saving.p90);
    table.row(o.id, "saving.planned_last_year", o.saving.planned_last_year);
    table.row(o.id, "saving.mean_last_year", o.saving.mean_last_year);
    for (std::size_t y = 0; y < r.years.size(); ++y) {
      table.row(o.id, "position.planned", o.position.planned[y], r.years[y]);
      table.row(o.id, "position.mean", o.position.mean[y], r.years[y]);
      table.row(o.id, "position.p10", o.position.p10[y], r.years[y]);
      table.row(o.id, "position.p90", o.position.p90[y], r.years[y]);
    }
  }
  for (const PoolResult& p : r.pools) {
    const std::string who = fmt::format("pool:{}", fmt::join(p.members, "+"));
    table.row(who, "fails", p.fails);
    table.rows(who, p.shortfall);
    table.rows(who, p.contingency);
  }
  table.row("system", "fails", r.system_fails);
  table.rows("system", r.system_shortfall);
  table.rows("system", r.system_contingency);
  table.row("system", "pooling_benefit.p80", r.pooling_benefit_p80);
  table.rows(r.joint, "");
  table.rows(r.joint_together, ".together");
  return table.take();
}

}  // namespace shortfall
