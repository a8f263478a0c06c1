// The points of a sweep as a tidy table: CSV (RFC 4180), or JSON lines (schema shortfall/point/1, schema/point-1.schema.json).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "report/rows.hpp"

namespace shortfall {

struct PointRecord {
  std::string point;    // identifies it: the SHA-256 of its whole input and settings
  std::string program;  // "shortfall 0.1.0"
  std::string system;
  std::vector<std::pair<std::string, std::string>> settings;  // path and value, as they were given
  std::uint64_t trials = 0, seed = 0;
  double optimism = 1;
  std::string changes;  // --set and --given
  std::vector<Row> rows;
};

// A column for each path, beside those of a run's CSV; optimism, seed and trials have theirs anyway.
std::string sweep_csv_head(const std::vector<std::string>& paths);
std::string sweep_csv(const PointRecord& point);

// One line. "measures" has a key for each, like "midshire-acute.fails.alone", or "midshire-acute.position.mean@2017/18" of a year.
std::string sweep_json_line(const PointRecord& point);

}  // namespace shortfall
