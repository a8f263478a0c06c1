// The simulated futures themselves, one by one, for analysts; and quantiles of any level of what a run counts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/result.hpp"
#include "study/run.hpp"

namespace shortfall {

// Blocks of futures in their order: `made` turns each into text, on several threads at once, and `taken` is given these texts one after the other.
// Pressures are sampled, so that every future has its own margins and its own fate. `first` counts from 0.
void each_block_of_futures(const Plans& plans, const RunOptions& options,
                           const std::function<std::string(const BlockResult& block, std::uint64_t first)>& made,
                           const std::function<void(const std::string&)>& taken);

// A future a line. Columns: future (from 1); of each organisation ID.saving, ID.found, ID.margin.YEAR of each year, ID.shortfall, ID.fails.alone and
// ID.fails.together (0 or 1); system.shortfall, system.fails.
std::string futures_head(const std::vector<std::string>& organisations, const std::vector<std::string>& years);
std::string futures_lines(const BlockResult& block, std::uint64_t first);

// Quantiles of what a run with these options counts: as that run gives them, where it gives any.
struct QuantileRow {
  std::string subject, measure, year;  // "acute", "shortfall", ""
  std::vector<Estimate> at;            // [level]
};
std::vector<QuantileRow> quantiles(const Plans& plans, const RunOptions& options, const std::vector<double>& levels);

}  // namespace shortfall
