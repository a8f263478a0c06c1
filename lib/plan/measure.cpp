#include "plan/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "plan/gate.hpp"

namespace shortfall {
namespace {

constexpr unsigned own = subject::organisation, sums = subject::organisation | subject::pool | subject::system;
constexpr unsigned any_or_all = subject::any | subject::all;
constexpr Direction worse = Direction::higher_is_worse, better = Direction::higher_is_better, neither = Direction::neither;
constexpr Unit chance = Unit::chance, money = Unit::money;
using F = Family;
using G = Figure;

// family, figure, whose, unit, direction, by year, gate, headline, listed, words
constexpr Measure measure_table[] = {
    {F::fails, G::whole, subject::pool | subject::system | any_or_all, chance, worse, false, true, true, true, "chance to fail"},
    {F::fails, G::alone, own, chance, worse, false, true, true, true, "chance to fail by itself"},
    {F::fails, G::together, own | any_or_all, chance, worse, false, true, true, true, "chance to fail under the agreement"},
    {F::fails, G::alone_by_year, own, chance, worse, true, true, false, true, "chance to have failed by itself by the end of the year"},
    {F::fails, G::together_by_year, own, chance, worse, true, true, false, true, "chance to have failed under the agreement by the end of the year"},
    {F::swim_sink, G::swims, own, chance, better, false, false, false, true, "chance to fail neither by itself nor under the agreement"},
    {F::swim_sink, G::rescued, own, chance, neither, false, false, false, true, "chance to fail by itself, but not under the agreement"},
    {F::swim_sink, G::dragged_under, own, chance, worse, false, false, false, true, "chance to fail under the agreement, but not by itself"},
    {F::swim_sink, G::sinks, own, chance, worse, false, false, false, true, "chance to fail both by itself and under the agreement"},
    {F::shortfall, G::mean, sums, money, worse, false, true, false, true, "shortfall, mean"},
    {F::shortfall, G::p50, sums, money, worse, false, true, false, true, "shortfall that half of all futures keep to"},
    {F::shortfall, G::p80, sums, money, worse, false, true, false, true, "shortfall that 80 % of futures keep to"},
    {F::shortfall, G::p90, sums, money, worse, false, true, false, true, "shortfall that 90 % of futures keep to"},
    {F::shortfall, G::p95, sums, money, worse, false, true, false, true, "shortfall that 95 % of futures keep to"},
    {F::shortfall, G::es95, sums, money, worse, false, true, false, true, "shortfall, mean of the worst 5 % of futures"},
    {F::contingency, G::p50, sums, money, worse, false, true, false, true, "reserves to add, 50 % sure"},
    {F::contingency, G::p80, sums, money, worse, false, true, true, true, "reserves to add, 80 % sure"},
    {F::contingency, G::p90, sums, money, worse, false, true, false, true, "reserves to add, 90 % sure"},
    {F::contingency, G::p95, sums, money, worse, false, true, false, true, "reserves to add, 95 % sure"},
    {F::reserves, G::whole, own, money, better, false, false, false, true, "reserves today"},
    {F::saving, G::planned, own, money, better, false, false, false, true, "saving planned, all years"},
    {F::saving, G::mean, own, money, better, false, true, false, true, "saving to be expected, all years"},
    {F::saving, G::p10, own, money, better, false, true, false, true, "saving that 90 % of futures exceed, all years"},
    {F::saving, G::p50, own, money, better, false, true, false, true, "saving that half of all futures exceed, all years"},
    {F::saving, G::p90, own, money, better, false, true, false, true, "saving that 10 % of futures exceed, all years"},
    {F::saving, G::planned_last_year, own, money, better, false, false, false, true, "saving planned in the last year"},
    {F::saving, G::mean_last_year, own, money, better, false, false, false, true, "saving to be expected in the last year"},
    {F::found, G::mean, own, money, better, false, true, false, true, "found elsewhere, once, to be expected, all years"},
    {F::found, G::p10, own, money, better, false, true, false, true, "found elsewhere, once, that 90 % of futures exceed, all years"},
    {F::found, G::p50, own, money, better, false, true, false, true, "found elsewhere, once, that half of all futures exceed, all years"},
    {F::found, G::p90, own, money, better, false, true, false, true, "found elsewhere, once, that 10 % of futures exceed, all years"},
    {F::position, G::planned, own, money, better, true, false, false, true, "position as planned"},
    {F::position, G::mean, own, money, better, true, false, false, true, "position to be expected"},
    {F::position, G::p10, own, money, better, true, false, false, true, "position that 90 % of futures exceed"},
    {F::position, G::p90, own, money, better, true, false, false, true, "position that 10 % of futures exceed"},
    {F::pooling_benefit, G::p80, subject::system, money, better, false, false, false, true, "reserves that the agreement saves, 80 % sure"},
    {F::delivered, G::mean, own, Unit::share, better, false, true, false, false,
     "share of the planned saving that is to be expected, with what is found elsewhere"},
    {F::delivered, G::p10, own, Unit::share, better, false, true, false, false,
     "share of the planned saving that 90 % of futures exceed, with what is found elsewhere"},
    {F::delivered, G::p50, own, Unit::share, better, false, true, false, false,
     "share of the planned saving that half of all futures exceed, with what is found elsewhere"},
    {F::delivered, G::p90, own, Unit::share, better, false, true, false, false,
     "share of the planned saving that 10 % of futures exceed, with what is found elsewhere"},
};

constexpr std::string_view family_names[] = {"fails",    "swim_sink",       "shortfall", "contingency", "reserves", "saving",
                                             "position", "pooling_benefit", "count",     "delivered",   "found"};
constexpr std::string_view figure_names[] = {"",
                                             "alone",
                                             "together",
                                             "alone_by_year",
                                             "together_by_year",
                                             "swims",
                                             "rescued",
                                             "dragged_under",
                                             "sinks",
                                             "mean",
                                             "p10",
                                             "p50",
                                             "p80",
                                             "p90",
                                             "p95",
                                             "es95",
                                             "planned",
                                             "planned_last_year",
                                             "mean_last_year"};

bool is_count(std::string_view name) { return name.starts_with(name_of(Family::count)) && name.find('.') == name_of(Family::count).size(); }

}  // namespace

std::span<const Measure> measures() { return measure_table; }

std::string_view name_of(Family family) { return family_names[static_cast<std::size_t>(family)]; }
std::string_view name_of(Figure figure) { return figure_names[static_cast<std::size_t>(figure)]; }

std::string name_of(Family family, Figure figure) {
  return figure == Figure::whole ? std::string(name_of(family)) : fmt::format("{}.{}", name_of(family), name_of(figure));
}
std::string name_of(const Measure& measure) { return name_of(measure.family, measure.figure); }

std::string name_of_count(Figure figure, std::size_t organisations) { return fmt::format("{}.{}", name_of(Family::count, figure), organisations); }

const Measure* find_measure(Family family, Figure figure) {
  const auto at =
      std::find_if(std::begin(measure_table), std::end(measure_table), [&](const Measure& m) { return m.family == family && m.figure == figure; });
  return at == std::end(measure_table) ? nullptr : &*at;
}

MeasureOfYear find_measure(std::string_view name) {
  constexpr std::string_view by = ".by.", suffix = "_by_year.";
  for (const Measure& m : measure_table) {
    const std::string own_name = name_of(m);
    if (!m.by_year && name == own_name) return {&m, {}};
    if (!m.by_year) continue;
    if (name.starts_with(own_name + ".")) return {&m, std::string(name.substr(own_name.size() + 1))};
    // "fails.alone.by.2018/19" reads as people say it.
    const std::string said = own_name.substr(0, own_name.find(suffix.substr(0, suffix.size() - 1))) + std::string(by);
    if (name.starts_with(said)) return {&m, std::string(name.substr(said.size()))};
  }
  return {};
}

namespace {

// Of a measure by year, named with its year or, as in tidy tables, without.
const Measure* of_any_year(std::string_view name) {
  if (const Measure* found = find_measure(name).measure; found != nullptr) return found;
  const auto at = std::find_if(std::begin(measure_table), std::end(measure_table), [&](const Measure& m) { return name_of(m) == name; });
  return at == std::end(measure_table) ? nullptr : &*at;
}

}  // namespace

unsigned subject_of(std::string_view id) {
  if (id == "system") return subject::system;
  if (id == "any") return subject::any;
  if (id == "all") return subject::all;
  return id.starts_with("pool:") ? subject::pool : subject::organisation;
}

Unit unit_of(std::string_view name) {
  if (is_count(name)) return Unit::chance;
  const Measure* measure = of_any_year(name);
  return measure == nullptr ? Unit::money : measure->unit;
}

bool higher_is_better(std::string_view name) {
  const Measure* measure = of_any_year(name);
  return measure != nullptr && measure->direction == Direction::higher_is_better;
}

std::string words_of(std::string_view name) {
  if (is_count(name))
    return fmt::format("chance that exactly {} fail{}", name.substr(name.rfind('.') + 1),
                       name.find("together") == name.npos ? "" : " under the agreement");
  const MeasureOfYear found = find_measure(name);
  if (found.measure == nullptr) return std::string(name);
  return found.year.empty() ? std::string(found.measure->words) : fmt::format("{}, {}", found.measure->words, found.year);
}

const std::vector<std::string>& gate_measures(unsigned of) {
  static const std::map<unsigned, std::vector<std::string>> all = [] {
    std::map<unsigned, std::vector<std::string>> out;
    for (const unsigned who : {subject::organisation, subject::pool, subject::system, subject::any, subject::all})
      for (const Measure& m : measure_table)
        if ((m.of & who) != 0 && m.gate && !m.by_year && ((who & any_or_all) == 0 || m.figure == Figure::whole)) out[who].push_back(name_of(m));
    return out;
  }();
  return all.at(of);
}

}  // namespace shortfall
