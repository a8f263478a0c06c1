#include "report/explain_csv.hpp"

#include <fmt/format.h>

#include <cmath>

#include "report/csv.hpp"
#include "report/rows.hpp"

namespace shortfall {

std::string explain_csv(const ExplainResult& r, const Provenance& provenance) {
  const Setting& s = r.setting;
  std::string out = "system,subject,measure,value,low,high,trials,seed,optimism,changes\n";
  const std::string changes = quoted(shortfall::changes(provenance.edits, s.given));
  const auto end = [](double x) { return std::isfinite(x) ? fmt::format("{}", x) : std::string(); };
  const auto row = [&](const std::string& subject, std::string_view measure, const Estimate& e) {
    out += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", s.system, subject, measure, e.value, end(e.low), end(e.high), s.trials, s.seed, s.optimism,
                       changes);
  };
  for (const SchemeResult& x : r.schemes) {
    const std::string who = s.organisations[x.organisation].id + "/" + x.id;
    for (const auto& [name, effect] : {std::pair("certain", &x.certain), std::pair("lost", &x.lost), std::pair("late", &x.late)}) {
      row(who, fmt::format("{}.system.fails", name), effect->system);
      row(who, fmt::format("{}.system.contingency.p80", name), effect->system_contingency);
      row(who, fmt::format("{}.owner.fails", name), effect->owner);
      row(who, fmt::format("{}.owner.contingency.p80", name), effect->owner_contingency);
    }
    row(who, "missing.all", x.missing);
    row(who, "missing.in_failure", x.missing_in_failure);
    row(who, "missing.more", x.missing_more);
  }
  for (const FactorResult& f : r.factors)
    for (std::size_t q = 0; q < f.fails.size(); ++q)
      row(quoted("factor:" + f.name), fmt::format("fails.p{:g}", 100 * factor_quantiles[q]), f.fails[q]);
  for (std::size_t o = 0; o < s.organisations.size(); ++o) {
    row(s.organisations[o].id, "fails.alone", r.fails[o]);
    row(s.organisations[o].id, "contingency.p80", r.contingency[o]);
  }
  for (std::size_t o = 0; o < r.tail.parts.size(); ++o)
    row(o < s.organisations.size() ? s.organisations[o].id : "own target", "es95", r.tail.parts[o]);
  row("system", "fails", r.system_fails);
  row("system", "contingency.p80", r.system_contingency);
  row("system", "es95", r.tail.whole);
  if (r.variance) {
    for (std::size_t k = 0; k < r.variance->shares.size(); ++k)
      row("system", fmt::format("variance.{}", name_of(static_cast<DriverKind>(k))), r.variance->shares[k]);
    row("system", "variance.interactions", r.variance->interactions);
  }
  return out;
}

}  // namespace shortfall
