#include "report/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/money.hpp"
#include "report/backtest_words.hpp"
#include "report/number_text.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;
// More would be too small to read on a telephone; the table of the page has all.
constexpr std::size_t most_in_picture = 12;

std::string sum(double x, int digits) { return grouped(decimal(x, digits)); }
// "62", "<1", ">99": of 100 futures.
std::string per_hundred(double chance) {
  const std::string text = percent(chance, 0);
  return text.substr(0, text.size() - std::string_view(" %").size());
}

// What a fan is of, year by year.
struct Fan {
  std::string name;
  std::string who;  // "All together are", "Eastwell Hospital is"
  std::string its = "its";
  std::vector<double> target, planned, mean, p10, p90;
};

Chart fan_of(const Fan& f, const RunResult& run) {
  const int digits = planned_digits(run);
  const std::size_t years = run.years.size();
  Chart out;
  const double gap = f.mean.back() - f.target.back();
  const std::string off = money_text(std::abs(gap), run.currency, digits);
  out.title = off == money_text(0, run.currency, digits)
                  ? fmt::format("{} expected to end {} on {} target", f.who, run.years.back(), f.its)
                  : fmt::format("{} expected to end {} {} {} {} target", f.who, run.years.back(), off, gap < 0 ? "below" : "above", f.its);
  out.description = fmt::format(
      "Income less spend in each year, {}: what is expected, the range from P10 to P90, what the plan says, and the target.", run.currency);
  LineChart c;
  c.x.names = run.years;
  c.y.title = fmt::format("income less spend, {}", run.currency);
  Band range{"P10 to P90", Hue::first, {}, sum(f.p10.back(), digits), sum(f.p90.back(), digits)};
  Series expected{"expected", Hue::first, Series::Style::line, {}, {}, sum(f.mean.back(), digits), "█"},
      plan{"plan", Hue::fourth, Series::Style::dashed, {}, {}, {}, "○"}, target{"target", Hue::third, Series::Style::line, {}, {}, {}, "●"};
  PageTable t;
  t.columns = {{f.name, Kind::name}, {"target"}, {"plan"}, {"expected"}, {"P10"}, {"P90"}, {"expected less target"}};
  for (std::size_t y = 0; y < years; ++y) {
    const double x = static_cast<double>(y);
    range.parts.push_back({x, f.p10[y], f.p90[y]});
    expected.points.push_back({x, f.mean[y]});
    plan.points.push_back({x, f.planned[y]});
    target.points.push_back({x, f.target[y]});
    t.row({run.years[y], sum(f.target[y], digits), sum(f.planned[y], digits), sum(f.mean[y], digits), sum(f.p10[y], digits), sum(f.p90[y], digits),
           sum(f.mean[y] - f.target[y], digits)});
  }
  c.bands = {std::move(range)};
  c.series = {std::move(target), std::move(plan), std::move(expected)};
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

// How often an organisation swims, is rescued, is dragged under, sinks.
struct Fate {
  std::string title;
  std::array<Estimate, 4> parts;
  const Estimate& dragged_under() const { return parts[2]; }
};

std::optional<Chart> fates_chart(std::vector<Fate> all, const Grounds& grounds) {
  if (all.size() < 2) return {};
  const std::size_t of = all.size();
  std::stable_sort(all.begin(), all.end(), [](const Fate& a, const Fate& b) { return a.dragged_under().value > b.dragged_under().value; });
  all.resize(std::min(of, most_in_picture));
  BarChart c;
  c.axis = {"% of futures", {}, 0.0, 100.0};
  c.keys = {{"swims: neither way", {Hue::second, false}},
            {"rescued: fails alone only", {Hue::first, true}},
            {"dragged under: together only", {Hue::fourth, true}},
            {"sinks: both ways", {Hue::third, false}}};
  PageTable t;
  t.columns = {{"", Kind::name}, {"swims"}, {"rescued"}, {"dragged under"}, {"sinks"}};
  for (const Fate& f : all) {
    BarRow row{f.title, {}, {}};
    std::vector<PageCell> cells = {f.title};
    double at = 0;
    for (std::size_t k = 0; k < f.parts.size(); ++k) {
      const std::string text = per_hundred(f.parts[k].value);
      cells.emplace_back(text + " %");
      row.pieces.push_back({at, at + 100 * f.parts[k].value, c.keys[k].paint, text});
      at += 100 * f.parts[k].value;
    }
    c.rows.push_back(std::move(row));
    t.row(std::move(cells));
  }
  Chart out;
  const Fate& most = all.front();
  const bool stated = grounds.agreement_stated;
  if (most.dragged_under().value >= 0.005)
    out.title = capital(fmt::format("{}{} would survive alone but {} dragged under in {}", stated ? "" : "were all one pool, ", most.title,
                                    stated ? "is" : "would be", futures(most.dragged_under())));
  else
    out.title = stated ? "The agreement drags nobody under" : "Were all one pool, nobody would be dragged under";
  out.description = fmt::format("Each organisation alone, and then together, {}{}.", stated ? "as agreed" : "were all one pool",
                                of > all.size() ? fmt::format("; the {} most often dragged under of {}", all.size(), of) : "");
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

}  // namespace

Chart fan_chart(const RunResult& run, const Pictures& pictures) {
  Fan f{run.organisations.size() == 1 ? run.organisations.front().title : "all together",
        run.organisations.size() == 1 ? run.organisations.front().title + " is" : "All together are",
        run.organisations.size() == 1 ? "its" : "the system's",
        {},
        {},
        {},
        {},
        {}};
  for (const Pictures::Year& y : pictures.years) {
    f.target.push_back(y.target), f.planned.push_back(y.planned), f.mean.push_back(y.mean);
    f.p10.push_back(y.p10), f.p90.push_back(y.p90);
  }
  return fan_of(f, run);
}

Chart fan_chart(const RunResult& run, const OrganisationResult& o, const Yearly& target) {
  return fan_of({o.title, o.title + " is", "its", target, o.position.planned, o.position.mean, o.position.p10, o.position.p90}, run);
}

Chart curve_chart(const RunResult& run, const Pictures& pictures) {
  const int digits = planned_digits(run);
  const auto money = [&](double x) { return money_text(x, run.currency, digits); };
  const auto share = [](double x) { return percent(x, 0); };
  const double held = 1 - run.system_fails.value;
  Chart out;
  out.title = fmt::format("Today's reserves of {} are enough in {} of futures", money(run.reserves), share(held));
  if (run.system_shortfall.p80.value > run.reserves)
    out.title += fmt::format("; to be enough in 80 % of them takes {}", money(run.system_shortfall.p80.value));
  out.description =
      "In how many futures no more than so much is missing below target at the worst, with the reserves held today and those that would "
      "be enough in 80 % of futures.";
  LineChart c;
  c.x.title = fmt::format("missing below target at the worst, {}", run.currency);
  c.y.title = "% of futures in which no more is missing";
  c.y.from = 0, c.y.to = 100, c.x.from = 0;
  Series curve{"", Hue::first, Series::Style::line, {}, {}, {}, "█"};
  PageTable t;
  t.columns = {{"", Kind::name}, {"share of futures"}, {fmt::format("no more missing than, {}", run.currency)}};
  for (const Pictures::CurvePoint& p : pictures.curve) {
    curve.points.push_back({p.value, 100 * p.share});
    t.row({"", share(p.share), sum(p.value, digits)});
  }
  t.row({"reserves held today", share(held), sum(run.reserves, digits)}, true);
  t.row({"reserves to be 80 % sure", "80 %", sum(run.system_shortfall.p80.value, digits)});
  c.x.to = std::max({pictures.curve.back().value, run.reserves, run.system_shortfall.p80.value}) * 1.01 + 1e-9;
  if (curve.points.front().x > 0) curve.points.insert(curve.points.begin(), {0, 0});
  c.marks = {{true, run.reserves, fmt::format("reserves held: {}, {}", money(run.reserves), share(held))},
             {true, run.system_shortfall.p80.value, fmt::format("80 % sure: {}", money(run.system_shortfall.p80.value))}};
  c.series = {std::move(curve)};
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

std::optional<Chart> joint_chart(const RunResult& run) {
  const std::size_t all = run.organisations.size();
  if (all < 2) return {};
  std::vector<std::size_t> order(all);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return run.organisations[a].alone.value > run.organisations[b].alone.value; });
  order.resize(std::min(all, most_in_picture));
  HeatMap map;
  map.key = "of 100 futures in which the column fails, alone, the row fails too in:";
  PageTable t;
  t.columns = {{"fails", Kind::name}};
  const auto cell = [&](std::size_t i, std::size_t j) { return std::isnan(run.pairs_given[i][j]) ? "–" : per_hundred(run.pairs_given[i][j]); };
  // How much more often i fails where j does.
  const auto lift = [&](std::size_t i, std::size_t j) {
    return std::isnan(run.pairs_given[i][j]) ? -1 : run.pairs_given[i][j] - run.organisations[i].alone.value;
  };
  std::size_t row = 0, column = 1;
  for (std::size_t r = 0; r < order.size(); ++r) {
    map.rows.push_back(fmt::format("{} {}", r + 1, run.organisations[order[r]].title));
    map.columns.push_back(fmt::format("{}", r + 1));
    t.columns.push_back({fmt::format("where {} fails", r + 1)});
  }
  for (std::size_t r = 0; r < order.size(); ++r) {
    std::vector<HeatMap::Cell> cells;
    std::vector<PageCell> texts = {map.rows[r]};
    for (std::size_t c = 0; c < order.size(); ++c) {
      const std::size_t i = order[r], j = order[c];
      const bool same = r == c;
      cells.push_back({std::isnan(run.pairs_given[i][j]) ? 0 : run.pairs_given[i][j], same ? "" : cell(i, j)});
      texts.push_back(same ? "" : cell(i, j));
      if (!same && lift(i, j) > lift(order[row], order[column])) row = r, column = c;
    }
    map.cells.push_back(std::move(cells));
    t.row(std::move(texts));
  }
  Chart out;
  const OrganisationResult& a = run.organisations[order[row]];
  const double given = run.pairs_given[order[row]][order[column]];
  out.title = std::isnan(given) ? std::string("Failures hardly come together")
                                : fmt::format("Where {} fails, {} fails too in {} of 100 futures, instead of {}",
                                              run.organisations[order[column]].title, a.title, per_hundred(given), per_hundred(a.alone.value));
  out.description = fmt::format("How often each organisation fails by its own means where another does{}.",
                                all > order.size() ? fmt::format("; the {} likeliest to fail of {}", order.size(), all) : "");
  t.columns.push_back({"at all"});
  for (std::size_t r = 0; r < order.size(); ++r) t.rows[r].cells.push_back(per_hundred(run.organisations[order[r]].alone.value));
  out.picture = std::move(map);
  out.table = std::move(t);
  return out;
}

std::optional<Chart> swim_or_sink_chart(const RunResult& run, const Grounds& grounds) {
  std::vector<Fate> all;
  for (const OrganisationResult& o : run.organisations) all.push_back({o.title, {o.swims, o.rescued, o.dragged_under, o.sinks}});
  return fates_chart(std::move(all), grounds);
}

std::optional<Chart> swim_or_sink_chart(const PoolingResult& pooled, const Grounds& grounds) {
  std::vector<Fate> all;
  for (std::size_t o = 0; o < pooled.setting.organisations.size() && !pooled.agreements.empty(); ++o) {
    const SwimSinkResult::Fate& f = pooled.agreements.front().organisations[o];
    all.push_back({title_of(pooled.setting, o), {f.swims, f.rescued, f.dragged_under, f.sinks}});
  }
  return fates_chart(std::move(all), grounds);
}

Chart bridge_chart(const BridgeSteps& bridge, const std::string& currency) {
  const int digits = std::min(planned_digits({bridge.planned, bridge.expected}), 2);
  BarChart c;
  c.axis.title = fmt::format("saving over all years, {}", currency);
  c.keys = {{"plan, expected", {Hue::first, false}}, {"lost", {Hue::third, true}}, {"gained", {Hue::second, false}}};
  PageTable t;
  t.columns = {{"what becomes of it", Kind::name}, {currency}};
  const auto total = [&](const char* name, double value, bool rule) {
    c.rows.push_back({name, sum(value, digits), {{0, value, {Hue::first, false}, {}}}});
    t.row({name, sum(value, digits)}, rule);
  };
  total("planned", bridge.planned, false);
  double at = bridge.planned;
  const BridgeSteps::Step* most = nullptr;
  for (const BridgeSteps::Step& s : bridge.steps) {
    const std::string text = signed_amount({s.amount, s.amount, s.amount, 0}, digits);
    c.rows.push_back({s.name, text, {{at, at + s.amount, s.amount < 0 ? Paint{Hue::third, true} : Paint{Hue::second, false}, {}}}});
    t.row({s.name, text});
    at += s.amount;
    if (most == nullptr || s.amount < most->amount) most = &s;
  }
  total("to be expected", bridge.expected, true);
  Chart out;
  out.title = fmt::format("Of {} planned, {} is to be expected{}", money_text(bridge.planned, currency, digits),
                          money_text(bridge.expected, currency, digits),
                          most == nullptr || most->amount >= 0 ? std::string() : ": most is lost to what is " + most->name);
  out.description = "From the planned saving to the expected one, step by step: means of one simulation, which sum to the difference.";
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

std::optional<Chart> tornado_chart(const ExplainResult& r, std::size_t most) {
  if (r.schemes.empty()) return {};
  std::vector<Estimate> all;
  for (const SchemeResult& s : r.schemes) all.insert(all.end(), {s.certain.system, s.lost.system});
  const int digits = chance_digits(all, 1);
  BarChart c;
  c.axis.title = "points of the chance to fail";
  c.keys = {{"if it is certain", {Hue::second, false}}, {"if it is lost", {Hue::third, true}}};
  PageTable t;
  t.columns = {{"", Kind::name}, {"certain"}, {"lost"}};
  const SchemeResult* best = nullptr;
  for (std::size_t k = 0; k < std::min(most, r.schemes.size()); ++k) {
    const SchemeResult& s = r.schemes[k];
    const std::string name = s.title.empty() ? s.id : s.title;
    const std::string certain = points(s.certain.system, digits), lost = points(s.lost.system, digits);
    c.rows.push_back({name,
                      certain + " / " + lost,
                      {{0, 100 * s.certain.system.value, {Hue::second, false}, {}}, {0, 100 * s.lost.system.value, {Hue::third, true}, {}}}});
    t.row({name, certain, lost});
    if (best == nullptr || s.lost.system.value > best->lost.system.value) best = &s;
  }
  Chart out;
  out.title = fmt::format("To lose {} would hurt most: {} points", best->title.empty() ? best->id : best->title, points(best->lost.system, digits));
  out.description = "How many points the chance to fail falls if a scheme is certain, and rises if it is lost; those with the widest span.";
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

std::optional<Chart> optimism_chart(const ReverseResult& r) {
  const auto dial = std::find_if(r.dials.begin(), r.dials.end(), [](const DialResult& d) { return d.name == "optimism"; });
  if (dial == r.dials.end() || dial->scan.size() < 2) return {};
  LineChart c;
  c.x.title = "how wrong schemes go, as a multiple of what is usual";
  c.y.title = "% of futures in which it fails";
  c.y.from = 0, c.y.to = 100;
  Series line{"", Hue::first, Series::Style::line, {}, {}, {}, "█"};
  PageTable t;
  t.columns = {{"", Kind::name}, {"how wrong"}, {"fails in"}};
  for (const DialPoint& p : dial->scan) {
    line.points.push_back({p.x, 100 * p.chance.value});
    t.row({"", decimal(p.x, 2), percent(p.chance.value, 0)});
  }
  Chart out;
  const std::string level = percent(r.until.level, 0);
  if (dial->outcome == Search::Outcome::found) {
    const std::string answer = decimal(dial->answer.value, 2);
    c.marks.push_back({true, dial->answer.value, fmt::format("{} at {}", level, answer)});
    t.row({"found", answer, level}, true);
    out.title = dial->answer.value < 1
                    ? fmt::format("It fails in no more than {} of futures only if schemes go {} times as wrong as such schemes have", level, answer)
                    : fmt::format("It fails in {} of futures only once schemes go {} times as wrong as such schemes have gone", level, answer);
  } else {
    out.title =
        dial->outcome == Search::Outcome::always_above
            ? fmt::format("Even if every scheme went as planned it would fail in {} of futures: the savings are too small", percent(dial->chance))
            : fmt::format("Even if schemes went {:g} times as wrong as such schemes have, it would fail in fewer than {} of futures", dial->to,
                          level);
  }
  out.description =
      "How the chance to fail rises with how far schemes stay behind their plans, from none of the usual bias to more of it than usual.";
  c.series = {std::move(line)};
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

std::optional<Chart> places_chart(const AmountSummary& summary, const BacktestResult& result) {
  constexpr std::size_t fifths = 5;
  if (summary.scores.size() < fifths) return {};
  std::array<std::size_t, fifths> counts{};
  for (const std::size_t i : summary.scores) ++counts[std::min(fifths - 1, static_cast<std::size_t>(result.amounts[i].pit * fifths))];
  const double even = static_cast<double>(summary.scores.size()) / fifths;
  LineChart c;
  c.x = {"where the outcome stood within its forecast", {"worst fifth", "2nd", "middle", "4th", "best fifth"}, {}, {}};
  c.y.title = "outcomes", c.y.from = 0;
  c.y.to = 1.12 * static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  Series columns{"outcomes", Hue::first, Series::Style::columns, {}, {}, {}, "█"};
  PageTable t;
  t.columns = {{"", Kind::name}, {"outcomes"}};
  for (std::size_t k = 0; k < fifths; ++k) {
    columns.points.push_back({static_cast<double>(k), static_cast<double>(counts[k])});
    columns.labels.push_back(fmt::format("{}", counts[k]));
    t.row({c.x.names[k], columns.labels.back()});
  }
  t.row({"were all alike", decimal(even, 1)}, true);
  c.marks = {{false, even, fmt::format("were all alike: {}", decimal(even, 1))}};
  c.series = {std::move(columns)};
  Chart out;
  const std::size_t middle = counts[1] + counts[2] + counts[3];
  out.title = fmt::format("{} of {} outcomes stood in the middle three fifths of their forecasts ({})", middle, summary.scores.size(), summary.name);
  out.description =
      "Outcomes counted by where they stood within their forecasts (the probability integral transform); if forecasts are right, all fifths "
      "hold about as many.";
  t.row({"in the middle three fifths", fmt::format("{}", middle)});
  t.row({"all", fmt::format("{}", summary.scores.size())});
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

std::optional<Chart> reliability_chart(const AmountSummary& summary, const BacktestResult& result) {
  const std::size_t n = summary.scores.size();
  if (n < 5) return {};
  std::vector<double> places;
  for (const std::size_t i : summary.scores) places.push_back(result.amounts[i].pit);
  std::sort(places.begin(), places.end());
  LineChart c;
  c.x = {"forecast: % of futures below", {}, 0.0, 100.0};
  c.y = {"came: % of outcomes below", {}, 0.0, 100.0};
  Series even{"as forecast", Hue::faint, Series::Style::dashed, {{0, 0}, {100, 100}}, {}, {}, "·"};
  Series came{"as it came", Hue::first, Series::Style::line, {}, {}, {}, "█"};
  Band range{"nine in ten, by chance alone", Hue::second, {}, {}, {}};
  PageTable t;
  t.columns = {{"forecast", Kind::number}, {"came"}, {"by chance, from"}, {"to"}};
  for (int level = 0; level <= 100; level += 10) {
    const double p = level / 100.0;
    const auto below = static_cast<double>(std::upper_bound(places.begin(), places.end(), p) - places.begin());
    const auto [low, high] = binomial_range(n, p, 0.9);
    const double size = static_cast<double>(n), share = 100 * (level == 0 ? 0 : level == 100 ? size : below) / size;
    came.points.push_back({static_cast<double>(level), share});
    range.parts.push_back({static_cast<double>(level), 100 * static_cast<double>(low) / size, 100 * static_cast<double>(high) / size});
    t.row({fmt::format("{} %", level), decimal(share, 0) + " %", decimal(range.parts.back().low, 0) + " %",
           decimal(range.parts.back().high, 0) + " %"});
  }
  c.bands = {std::move(range)};
  c.series = {std::move(even), std::move(came)};
  Chart out;
  out.title = fmt::format("{} of {} outcomes fell within P10 to P90, where eight in ten should ({})", summary.p10_p90.within, n, summary.name);
  out.description = "For each level of the forecasts, the share of outcomes that came out below it; on the diagonal if forecasts are right.";
  t.row({"P10 to P90", fmt::format("{} of {}", summary.p10_p90.within, n), "", ""}, true);
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

Chart frontier_chart(const std::vector<FrontierPoint>& points, const std::string& aim, const std::string& currency) {
  double most = 0;
  std::vector<Estimate> aims;
  for (const FrontierPoint& p : points) most = std::max(most, p.cost), aims.push_back(p.aim);
  const int digits = chance_digits(aims, 1), money = planned_digits({most});
  LineChart c;
  c.x.title = fmt::format("cost, {}", currency), c.x.from = 0;
  c.y.title = fmt::format("{}, %", aim), c.y.from = 0;
  // Where none but the best are drawn they need no sign of their own.
  const bool alone = std::all_of(points.begin(), points.end(), [](const FrontierPoint& p) { return p.on_frontier; });
  Series sets{alone ? "" : "sets of options", Hue::faint, Series::Style::points, {}, {}, {}, "·"},
      best{"none beats them at their cost", Hue::first, Series::Style::line, {}, {}, {}, "█"};
  std::vector<Point> afforded;
  PageTable t;
  t.columns = {{"", Kind::words}, {fmt::format("cost, {}", currency)}, {aim}, {"", Kind::words}};
  for (const FrontierPoint& p : points) {
    sets.points.push_back({p.cost, 100 * p.aim.value});
    if (p.on_frontier) best.points.push_back({p.cost, 100 * p.aim.value});
    if (p.on_frontier && p.affordable) afforded.push_back(best.points.back());
    t.row({p.name, sum(p.cost, money), percent(p.aim.value, digits), !p.affordable ? "beyond the budget" : p.on_frontier ? "none beats it" : ""});
  }
  for (std::vector<Point>* line : {&best.points, &afforded})
    std::stable_sort(line->begin(), line->end(), [](const Point& a, const Point& b) { return a.x < b.x; });
  Chart out;
  const std::vector<Point>& told = afforded.size() > 1 ? afforded : best.points;  // nothing done is always among them
  out.title = told.empty() ? fmt::format("What options cost, and what {} they leave", aim)
                           : fmt::format("For {} {} falls from {} to {}", money_text(told.back().x, currency, money), aim,
                                         percent(told.front().y / 100, digits), percent(told.back().y / 100, digits));
  out.description = "Sets of options by what they cost and the chance that they leave; a line joins those that none beats at its cost.";
  c.series = {std::move(sets), std::move(best)};
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

}  // namespace shortfall
