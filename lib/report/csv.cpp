#include "report/csv.hpp"

#include <fmt/format.h>

#include "report/rows.hpp"

namespace shortfall {

std::string changes(const std::vector<std::string>& edits, const std::vector<Given>& given) {
  std::string out;
  for (const std::string& edit : edits) out += fmt::format("{}set {}", out.empty() ? "" : "; ", edit);
  for (const Given& g : given) out += fmt::format("{}given {}=p{:g}", out.empty() ? "" : "; ", g.factor, 100 * g.quantile);
  return out;
}

std::string csv(const RunResult& r, const Provenance& provenance) {
  std::string out = "system,organisation,measure,year,value,low,high,trials,seed,optimism,changes\n";
  const std::string ends = fmt::format("{},{},{},{}\n", r.trials, r.seed, r.optimism, quoted(changes(provenance.edits, r.given)));
  for (const Row& row : rows(r))
    out += fmt::format("{},{},{},{},{},{},{},{}", r.system, row.organisation, row.measure, row.year, cell(row.value), cell(row.low), cell(row.high),
                       ends);
  return out;
}

}  // namespace shortfall
