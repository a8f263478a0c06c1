#include "report/futures_table.hpp"

#include <fmt/format.h>

#include <set>

#include "report/tables.hpp"
#include "study/measures.hpp"

namespace shortfall {

std::string csv(const std::vector<QuantileRow>& quantiles, const std::vector<double>& levels, const RunResult& r, const Provenance& provenance) {
  std::set<std::string> own;
  for (const Row& row : rows(r)) own.insert(row.organisation + "," + row.measure);
  std::string out;
  for (const QuantileRow& q : quantiles)
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const std::string measure = fmt::format("{}.p{:g}", q.measure, 100 * levels[k]);
      if (own.contains(q.subject + "," + measure)) continue;
      out += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", r.system, q.subject, measure, q.year, q.at[k].value, q.at[k].low, q.at[k].high,
                         r.trials, r.seed, r.optimism, quoted(changes(provenance.edits, r.given, r.seen)));
    }
  return out;
}

}  // namespace shortfall
