// What drives the failures, as tidy CSV (RFC 4180): a row for each subject and measure.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/explain.hpp"

namespace shortfall {

// Columns: system, subject, measure, value, low, high, trials, seed, optimism, changes (--set and --given). `subject` is "ORGANISATION/SCHEME",
// "factor:NAME", an organisation's id, "own target", or "system". Measures: "certain.system.fails" and the like (lost, late; owner; contingency.p80),
// "missing.all" and the like, "fails.p5" and the like of factors, "es95", "variance.KIND".
std::string explain_csv(const ExplainResult& result, const Provenance& provenance);

}  // namespace shortfall
