#include "report/rows.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string_view>

#include "plan/number.hpp"

namespace shortfall {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

class List {
 public:
  void row(std::string_view who, std::string_view measure, const Estimate& e, std::string_view year = "") {
    // Adding 0 makes −0 a 0, which tables and databases do not all keep apart.
    out_.push_back({std::string(who), std::string(measure), std::string(year), e.value + 0.0, end(e.low), end(e.high)});
  }
  void row(std::string_view who, std::string_view measure, double value, std::string_view year = "") {
    out_.push_back({std::string(who), std::string(measure), std::string(year), value + 0.0, none, none});
  }
  void all(std::string_view who, const ShortfallResult& s) {
    row(who, "shortfall.mean", s.mean), row(who, "shortfall.p50", s.p50), row(who, "shortfall.p80", s.p80);
    row(who, "shortfall.p90", s.p90), row(who, "shortfall.p95", s.p95), row(who, "shortfall.es95", s.es95);
  }
  void all(std::string_view who, const ContingencyResult& c) {
    row(who, "contingency.p50", c.p50), row(who, "contingency.p80", c.p80), row(who, "contingency.p90", c.p90), row(who, "contingency.p95", c.p95);
  }
  void all(const JointResult& joint, std::string_view suffix) {
    row("any", fmt::format("fails{}", suffix), joint.any);
    row("all", fmt::format("fails{}", suffix), joint.all);
    for (std::size_t k = 0; k < joint.count.size(); ++k) row("any", fmt::format("count{}.{}", suffix, k), joint.count[k]);
  }
  std::vector<Row> take() { return std::move(out_); }

 private:
  static double end(double x) { return std::isfinite(x) ? x + 0.0 : none; }
  std::vector<Row> out_;
};

}  // namespace

std::vector<Row> rows(const RunResult& r) {
  List list;
  for (const OrganisationResult& o : r.organisations) {
    list.row(o.id, "fails.alone", o.alone);
    list.row(o.id, "fails.together", o.together);
    for (std::size_t y = 0; y < r.years.size(); ++y) list.row(o.id, "fails.alone_by_year", o.alone_by_year[y], r.years[y]);
    for (std::size_t y = 0; y < r.years.size(); ++y) list.row(o.id, "fails.together_by_year", o.together_by_year[y], r.years[y]);
    list.row(o.id, "swim_sink.swims", o.swims);
    list.row(o.id, "swim_sink.rescued", o.rescued);
    list.row(o.id, "swim_sink.dragged_under", o.dragged_under);
    list.row(o.id, "swim_sink.sinks", o.sinks);
    list.all(o.id, o.shortfall);
    list.all(o.id, o.contingency);
    list.row(o.id, "reserves", o.reserves);
    list.row(o.id, "saving.planned", o.saving.planned);
    list.row(o.id, "saving.mean", o.saving.mean);
    list.row(o.id, "saving.p10", o.saving.p10);
    list.row(o.id, "saving.p50", o.saving.p50);
    list.row(o.id, "saving.p90", o.saving.p90);
    list.row(o.id, "saving.planned_last_year", o.saving.planned_last_year);
    list.row(o.id, "saving.mean_last_year", o.saving.mean_last_year);
    for (std::size_t y = 0; y < r.years.size(); ++y) {
      list.row(o.id, "position.planned", o.position.planned[y], r.years[y]);
      list.row(o.id, "position.mean", o.position.mean[y], r.years[y]);
      list.row(o.id, "position.p10", o.position.p10[y], r.years[y]);
      list.row(o.id, "position.p90", o.position.p90[y], r.years[y]);
    }
  }
  for (const PoolResult& p : r.pools) {
    const std::string who = fmt::format("pool:{}", fmt::join(p.members, "+"));
    list.row(who, "fails", p.fails);
    list.all(who, p.shortfall);
    list.all(who, p.contingency);
  }
  list.row("system", "fails", r.system_fails);
  list.all("system", r.system_shortfall);
  list.all("system", r.system_contingency);
  list.row("system", "pooling_benefit.p80", r.pooling_benefit_p80);
  list.all(r.joint, "");
  list.all(r.joint_together, ".together");
  return list.take();
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string no_formula(const std::string& text) {
  if (text.empty() || std::string_view("=+-@\t\r").find(text.front()) == std::string_view::npos || parse_fraction(text)) return text;
  return "'" + text;
}

std::string cell(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

}  // namespace shortfall
