#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "plan/calendar.hpp"
#include "report/number_text.hpp"
#include "report/track.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;

constexpr std::size_t months_of_year = 12, most_schemes = 12;

std::string month_of(int first_month, std::size_t months_on) {
  return capital(month_names()[(static_cast<std::size_t>(first_month) + months_on) % months_of_year].substr(0, 3));
}

// Savings of the year so far, month by month, from what is saved to what the year will come to.
class YearFan {
 public:
  YearFan(const TrackResult& result, int digits) : r_(result), digits_(digits) {
    t_.columns = {{"by the end of", Kind::name}, {"plan"}, {"saved"}, {"expected"}, {"P10"}, {"P90"}};
  }

  Chart chart() {
    const auto n = static_cast<std::size_t>(r_.months);
    for (std::size_t m = 0; m < months_of_year; ++m) add_month(m, n);
    Chart out;
    out.title =
        fmt::format("The year is expected to end {} its planned savings: {} of {}", r_.system.now.mean < r_.system.planned ? "below" : "above",
                    money_text(r_.system.now.mean, r_.now.currency, digits_), money_text(r_.system.planned, r_.now.currency, digits_));
    out.description = fmt::format(
        "Savings of {} so far at the end of each month, {}: planned, saved, and from {} on what is expected, with the range from P10 to P90.",
        r_.year, r_.now.currency, month_text(r_.as_at));
    const OutturnRange& end = r_.system.now;
    expected_.end_label = money(end.mean), range_.low_label = money(end.p10), range_.high_label = money(end.p90);
    LineChart c;
    for (std::size_t m = 0; m < months_of_year; ++m) c.x.names.push_back(month_of(first_month(), m));
    c.y.title = fmt::format("saved in the year so far, {}", r_.now.currency), c.y.from = 0;
    c.bands = {std::move(range_)};
    c.series = {std::move(plan_), std::move(expected_), std::move(saved_)};
    out.picture = std::move(c);
    out.table = std::move(t_);
    return out;
  }

 private:
  int first_month() const { return (r_.as_at - r_.months + 1) % static_cast<int>(months_of_year); }
  std::string money(double x) const { return grouped(decimal(x, digits_)); }

  void add_month(std::size_t m, std::size_t seen) {
    const double x = static_cast<double>(m);
    std::vector<PageCell> row = {month_of(first_month(), m), money(r_.planned_by_month[m])};
    plan_.points.push_back({x, r_.planned_by_month[m]});
    const auto found = std::find_if(r_.saved.begin(), r_.saved.end(), [m](const auto& s) { return s.first == static_cast<int>(m) + 1; });
    if (found != r_.saved.end()) saved_.points.push_back({x, found->second});
    row.emplace_back(found != r_.saved.end() ? money(found->second) : "–");
    if (m + 1 < seen) {
      row.insert(row.end(), {"–", "–", "–"});
    } else {
      const OutturnRange& range = m + 1 == months_of_year ? r_.system.now : r_.path[m];
      expected_.points.push_back({x, range.mean}), range_.parts.push_back({x, range.p10, range.p90});
      row.insert(row.end(), {money(range.mean), money(range.p10), money(range.p90)});
    }
    t_.row(std::move(row));
  }

  const TrackResult& r_;
  int digits_;
  PageTable t_;
  Band range_{"P10 to P90", Hue::first, {}, {}, {}};
  Series expected_{"expected", Hue::first, Series::Style::line, {}, {}, {}, "█"}, plan_{"plan", Hue::fourth, Series::Style::dashed, {}, {}, {}, "○"},
      saved_{"saved", Hue::third, Series::Style::points, {}, {}, {}, "●"};
};

}  // namespace

Chart year_chart(const TrackResult& result, int digits) { return YearFan(result, digits).chart(); }

std::optional<Chart> schemes_chart(const TrackResult& r) {
  std::vector<const TrackedSchemeResult*> order;
  for (const TrackedSchemeResult& x : r.schemes)
    if (x.planned > 0) order.push_back(&x);
  if (order.empty()) return {};
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->planned - a->now.mean > b->planned - b->now.mean; });
  const std::size_t of = order.size();
  order.resize(std::min(order.size(), most_schemes));
  BarChart c;
  c.axis.title = fmt::format("saving of the year, {}", r.now.currency);
  c.keys = {{"saved to date", {Hue::first, false}}, {"expected to come", {Hue::second, true}}, {"planned beyond that", {Hue::faint, false}}};
  PageTable t;
  t.columns = {{"", Kind::name}, {"planned"}, {"to date"}, {"expected"}, {"P10"}, {"P90"}};
  for (const TrackedSchemeResult* x : order) {
    const double saved = std::max(0.0, x->to_date.value_or(0)), expected = std::max(saved, x->now.mean);
    const std::string name = fmt::format("{}/{}", x->organisation, x->id);
    BarRow row{name, fmt::format("{} of {}", decimal(x->now.mean, 2), money_text(x->planned, r.now.currency, 2)), {}};
    if (saved > 0) row.pieces.push_back({0, saved, {Hue::first, false}, {}});
    if (expected > saved) row.pieces.push_back({saved, expected, {Hue::second, true}, {}});
    if (x->planned > expected) row.pieces.push_back({expected, x->planned, {Hue::faint, false}, {}});
    c.rows.push_back(std::move(row));
    t.row({name, decimal(x->planned, 2), x->to_date ? decimal(*x->to_date, 2) : "–", decimal(x->now.mean, 2), decimal(x->now.p10, 2),
           decimal(x->now.p90, 2)});
  }
  Chart out;
  const TrackedSchemeResult& most = *order.front();
  out.title = most.planned > most.now.mean
                  ? fmt::format("{} is expected to miss more of its plan than any other: {} of {}", most.title.empty() ? most.id : most.title,
                                money_text(most.planned - most.now.mean, r.now.currency, 2), money_text(most.planned, r.now.currency, 2))
                  : "No scheme is expected to miss its plan";
  out.description =
      fmt::format("Of {}: what is saved, what is expected to come, and what was planned beyond that; those that miss the largest sums first.",
                  of > order.size() ? fmt::format("{} schemes of {} with savings in the year", order.size(), of) : counted(of, "scheme"));
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

}  // namespace shortfall
