#include "report/futures_table.hpp"

#include <fmt/format.h>

#include <iterator>
#include <set>

#include "report/tables.hpp"
#include "study/measures.hpp"

namespace shortfall {

std::string futures_head(const std::vector<std::string>& organisations, const std::vector<std::string>& years) {
  std::string out = "future";
  for (const std::string& id : organisations) {
    out += fmt::format(",{0}.saving,{0}.found", id);
    for (const std::string& year : years) out += fmt::format(",{}.margin.{}", id, year);
    out += fmt::format(",{0}.shortfall,{0}.fails.alone,{0}.fails.together", id);
  }
  return out + ",system.shortfall,system.fails\n";
}

std::string futures_lines(const BlockResult& b, std::uint64_t first) {
  std::string out;
  const auto to = std::back_inserter(out);
  for (Eigen::Index i = 0; i < static_cast<Eigen::Index>(block_trials); ++i) {
    fmt::format_to(to, "{}", first + static_cast<std::uint64_t>(i) + 1);
    for (std::size_t o = 0; o < b.organisations; ++o) {
      double found = 0;
      for (std::size_t y = 0; y < b.years && !b.found.empty(); ++y) found += b.found[o * b.years + y][i];
      fmt::format_to(to, ",{},{}", b.saving[o][i], found);
      for (std::size_t y = 0; y < b.years; ++y) fmt::format_to(to, ",{}", b.margin[o * b.years + y][i]);
      const std::size_t last = (o + 1) * b.years - 1;
      fmt::format_to(to, ",{},{},{}", b.shortfall[o][i], int{b.alone_by_year[last][i]}, int{b.together_by_year[last][i]});
    }
    fmt::format_to(to, ",{},{}\n", b.system_shortfall[i], int{b.system_fails[i]});
  }
  return out;
}

std::string csv(const std::vector<QuantileRow>& quantiles, const std::vector<double>& levels, const RunResult& r, const Provenance& provenance) {
  std::set<std::string> own;
  for (const Row& row : rows(r)) own.insert(row.organisation + "," + row.measure);
  std::string out;
  for (const QuantileRow& q : quantiles)
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const std::string measure = fmt::format("{}.p{:g}", q.measure, 100 * levels[k]);
      if (own.contains(q.subject + "," + measure)) continue;
      out += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", r.system, q.subject, measure, q.year, q.at[k].value, q.at[k].low, q.at[k].high, r.trials, r.seed,
                         r.optimism, quoted(changes(provenance.edits, r.given)));
    }
  return out;
}

}  // namespace shortfall
