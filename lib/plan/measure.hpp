// Every measure of a result, named once: what gates, CSV, JSON, comparisons, sweeps, the results database, reports, help and completions call it,
// what its unit is, which way is worse, and whom it is of.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

enum class Unit { chance, money, share, count };
enum class Direction { higher_is_worse, higher_is_better, neither };

// What is measured, and which figure of it: "contingency" and "p80" are the measure "contingency.p80".
enum class Family { fails, swim_sink, shortfall, contingency, reserves, saving, position, pooling_benefit, count, delivered, found };
enum class Figure {
  whole,
  alone,
  together,
  alone_by_year,
  together_by_year,
  swims,
  rescued,
  dragged_under,
  sinks,
  mean,
  p10,
  p50,
  p80,
  p90,
  p95,
  es95,
  planned,
  planned_last_year,
  mean_last_year
};

// Whom a measure may be of, as bits.
namespace subject {
inline constexpr unsigned organisation = 1, pool = 2, system = 4, any = 8, all = 16;
}

struct Measure {
  Family family;
  Figure figure;
  unsigned of;
  Unit unit;
  Direction direction;
  bool by_year = false;    // one figure for each year
  bool gate = false;       // a limit may be set on it
  bool headline = false;   // in the table of `compare`
  bool listed = true;      // in JSON and in tidy tables; else only for limits
  std::string_view words;  // for people: "reserves to add, 80 % sure"
};

// In the order in which tidy tables list them.
std::span<const Measure> measures();

std::string_view name_of(Family family);
std::string_view name_of(Figure figure);  // nothing of the whole
std::string name_of(const Measure& measure);
std::string name_of(Family family, Figure figure);
// "count.3", "count.together.3": that exactly so many organisations fail.
std::string name_of_count(Figure figure, std::size_t organisations);

const Measure* find_measure(Family family, Figure figure);
// As texts name it; of a year: "fails.alone_by_year.2018/19" and "fails.alone.by.2018/19" are both that measure's.
struct MeasureOfYear {
  const Measure* measure = nullptr;
  std::string year;  // empty: of no single year
};
MeasureOfYear find_measure(std::string_view name);
// A subject by its id, "system", "any", "all" or "pool:a+b".
unsigned subject_of(std::string_view id);
// The unit of a measure that is named as above, of a count, too.
Unit unit_of(std::string_view name);
inline bool is_chance(std::string_view name) { return unit_of(name) == Unit::chance; }
std::string words_of(std::string_view name);

// The names of those of a subject that a limit may be set on.
const std::vector<std::string>& gate_measures(unsigned of);

}  // namespace shortfall
