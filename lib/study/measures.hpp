// The values of a result's measures, by the one table of their names (plan/measure).
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/measure.hpp"
#include "study/run.hpp"

namespace shortfall {

// A value without an interval: what the plans say, or what is told only by itself. Its ends are not numbers.
Estimate exactly(double value);

// Of an organisation, a pool or the system: its own measure, of a year where there is one for each.
Estimate value_of(const OrganisationResult& organisation, const Measure& measure, std::size_t year = 0);
Estimate value_of(const PoolResult& pool, const Measure& measure);
Estimate value_of_system(const RunResult& result, const Measure& measure);
// Of "system", "any", "all", "pool:a+b" or an organisation's id; none where the result has no such subject or measure.
std::optional<Estimate> value_of(const RunResult& result, std::string_view subject, const Measure& measure, std::string_view year = {});

// Calls `take` for each measure that JSON and tidy tables list of the subjects in `of` (a set of bits, plan/measure's `subject`), in their order:
// once without a year, or for a measure by year once for each of the `years`, by index.
void for_each_listed(unsigned of, std::size_t years, const std::function<void(const Measure&, std::optional<std::size_t> year)>& take);

// A result as a flat list: what every tidy table is made of.
struct Row {
  std::string organisation;  // an id, "system", "any", "all", or "pool:a+b"
  std::string measure;
  std::string year;  // empty: of no single year
  double value = 0;
  double low = 0, high = 0;  // not a number: no interval, or no end to it
  double known_low = std::numeric_limits<double>::quiet_NaN(), known_high = std::numeric_limits<double>::quiet_NaN();  // likewise
};
Row row_of(std::string subject, std::string measure, const Estimate& estimate, std::string year = {});
std::vector<Row> rows(const RunResult& result);
// The fewest digits that read back as the same double; nothing for what is no number.
std::string cell(double value);

// What a point of a sweep came to, as it is kept and printed.
struct PointRecord {
  std::string point;    // identifies it: the SHA-256 of its whole input and settings
  std::string program;  // "shortfall 0.1.0"
  std::string system;
  std::vector<std::pair<std::string, std::string>> settings;  // path and value, as they were given
  std::uint64_t trials = 0, seed = 0;
  double optimism = 1;
  std::string changes;  // --set and --given
  std::vector<Row> rows;
  bool knowledge = false;  // whether what is not known of the reference classes was drawn
};

std::string name_of_pool(const PoolResult& pool);  // "pool:a+b"

}  // namespace shortfall
