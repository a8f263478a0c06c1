#include "study/measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace shortfall {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

Estimate of(const ShortfallResult& s, Figure figure) {
  switch (figure) {
    case Figure::mean:
      return s.mean;
    case Figure::p50:
      return s.p50;
    case Figure::p80:
      return s.p80;
    case Figure::p90:
      return s.p90;
    case Figure::p95:
      return s.p95;
    default:
      return s.es95;
  }
}

Estimate of(const ContingencyResult& c, Figure figure) {
  switch (figure) {
    case Figure::p50:
      return c.p50;
    case Figure::p80:
      return c.p80;
    case Figure::p90:
      return c.p90;
    default:
      return c.p95;
  }
}

Estimate saving(const OrganisationResult& o, Figure figure) {
  switch (figure) {
    case Figure::planned:
      return exactly(o.saving.planned);
    case Figure::mean:
      return o.saving.mean;
    case Figure::p10:
      return o.saving.p10;
    case Figure::p50:
      return o.saving.p50;
    case Figure::p90:
      return o.saving.p90;
    case Figure::planned_last_year:
      return exactly(o.saving.planned_last_year);
    default:
      return exactly(o.saving.mean_last_year);
  }
}

Estimate of(const MoneyResult& m, Figure figure) {
  switch (figure) {
    case Figure::mean:
      return m.mean;
    case Figure::p10:
      return m.p10;
    case Figure::p50:
      return m.p50;
    default:
      return m.p90;
  }
}

Estimate position(const OrganisationResult& o, Figure figure, std::size_t year) {
  switch (figure) {
    case Figure::planned:
      return exactly(o.position.planned[year]);
    case Figure::mean:
      return exactly(o.position.mean[year]);
    case Figure::p10:
      return exactly(o.position.p10[year]);
    default:
      return exactly(o.position.p90[year]);
  }
}

Estimate fate(const OrganisationResult& o, Figure figure) {
  switch (figure) {
    case Figure::swims:
      return o.swims;
    case Figure::rescued:
      return o.rescued;
    case Figure::dragged_under:
      return o.dragged_under;
    default:
      return o.sinks;
  }
}

Estimate divided(const Estimate& e, double by) {
  if (by == 0) return exactly(1);
  Estimate out{e.value / by, e.low / by, e.high / by, e.trials};
  if (e.known) out.known = {e.known->low / by, e.known->high / by};
  return out;
}

}  // namespace

Estimate exactly(double value) { return {value, none, none, 0}; }

Estimate value_of(const OrganisationResult& o, const Measure& m, std::size_t year) {
  switch (m.family) {
    case Family::fails:
      return m.figure == Figure::alone           ? o.alone
             : m.figure == Figure::together      ? o.together
             : m.figure == Figure::alone_by_year ? o.alone_by_year[year]
                                                 : o.together_by_year[year];
    case Family::swim_sink:
      return fate(o, m.figure);
    case Family::shortfall:
      return of(o.shortfall, m.figure);
    case Family::contingency:
      return of(o.contingency, m.figure);
    case Family::reserves:
      return exactly(o.reserves);
    case Family::saving:
      return saving(o, m.figure);
    case Family::position:
      return position(o, m.figure, year);
    case Family::found:
      return of(o.found, m.figure);
    default:
      return divided(of(o.delivered_and_found, m.figure), o.saving.planned);
  }
}

Estimate value_of(const PoolResult& p, const Measure& m) {
  return m.family == Family::fails ? p.fails : m.family == Family::shortfall ? of(p.shortfall, m.figure) : of(p.contingency, m.figure);
}

Estimate value_of_system(const RunResult& r, const Measure& m) {
  switch (m.family) {
    case Family::fails:
      return r.system_fails;
    case Family::shortfall:
      return of(r.system_shortfall, m.figure);
    case Family::contingency:
      return of(r.system_contingency, m.figure);
    default:
      return exactly(r.pooling_benefit_p80);
  }
}

std::optional<Estimate> value_of(const RunResult& r, std::string_view id, const Measure& m, std::string_view year) {
  const unsigned who = subject_of(id);
  if ((m.of & who) == 0) return {};
  if (who == subject::system) return value_of_system(r, m);
  if (who == subject::any || who == subject::all) {
    const JointResult& joint = m.figure == Figure::together ? r.joint_together : r.joint;
    return who == subject::any ? joint.any : joint.all;
  }
  if (who == subject::pool) {
    const auto p = std::find_if(r.pools.begin(), r.pools.end(), [&](const PoolResult& x) { return name_of_pool(x) == id; });
    return p == r.pools.end() ? std::optional<Estimate>() : value_of(*p, m);
  }
  const auto o = std::find_if(r.organisations.begin(), r.organisations.end(), [&](const OrganisationResult& x) { return x.id == id; });
  if (o == r.organisations.end()) return {};
  const auto y = std::find(r.years.begin(), r.years.end(), year);
  if (m.by_year && y == r.years.end()) return {};
  return value_of(*o, m, m.by_year ? static_cast<std::size_t>(y - r.years.begin()) : 0);
}

void for_each_listed(unsigned of, std::size_t years, const std::function<void(const Measure&, std::optional<std::size_t>)>& take) {
  const std::span<const Measure> all = measures();
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Measure& m = all[k];
    if ((m.of & of) == 0 || !m.listed) continue;
    if (!m.by_year) {
      take(m, {});
    } else if (m.family != Family::position) {
      for (std::size_t y = 0; y < years; ++y) take(m, y);
    } else if (k == 0 || all[k - 1].family != m.family) {  // positions stand year by year
      for (std::size_t y = 0; y < years; ++y)
        for (std::size_t i = k; i < all.size() && all[i].family == m.family; ++i) take(all[i], y);
    }
  }
}

Row row_of(std::string subject, std::string measure, const Estimate& e, std::string year) {
  const auto end = [](double x) { return std::isfinite(x) ? x + 0.0 : none; };
  // Adding 0 makes −0 a 0, which tables and databases do not all keep apart.
  Row out{std::move(subject), std::move(measure), std::move(year), e.value + 0.0, end(e.low), end(e.high)};
  if (e.known) out.known_low = end(e.known->low), out.known_high = end(e.known->high);
  return out;
}

std::string cell(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string name_of_pool(const PoolResult& pool) { return fmt::format("pool:{}", fmt::join(pool.members, "+")); }

std::vector<Row> rows(const RunResult& r) {
  std::vector<Row> out;
  for (const OrganisationResult& o : r.organisations)
    for_each_listed(subject::organisation, r.years.size(), [&](const Measure& m, std::optional<std::size_t> y) {
      out.push_back(row_of(o.id, name_of(m), value_of(o, m, y.value_or(0)), y ? r.years[*y] : ""));
    });
  for (const PoolResult& p : r.pools)
    for_each_listed(subject::pool, 0, [&](const Measure& m, auto) { out.push_back(row_of(name_of_pool(p), name_of(m), value_of(p, m))); });
  for_each_listed(subject::system, 0, [&](const Measure& m, auto) { out.push_back(row_of("system", name_of(m), value_of_system(r, m))); });
  for (const Figure figure : {Figure::whole, Figure::together}) {
    const JointResult& joint = figure == Figure::together ? r.joint_together : r.joint;
    out.push_back(row_of("any", name_of(Family::fails, figure), joint.any));
    out.push_back(row_of("all", name_of(Family::fails, figure), joint.all));
    for (std::size_t k = 0; k < joint.count.size(); ++k) out.push_back(row_of("any", name_of_count(figure, k), joint.count[k]));
  }
  return out;
}

}  // namespace shortfall
