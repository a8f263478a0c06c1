// A result as tidy CSV (RFC 4180): a row for each organisation and measure, and for each year where there is one.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/run.hpp"

namespace shortfall {

// Columns: system, organisation, measure, year, value, low, high, trials, seed, optimism, changes (--set and --given). `organisation` is an id,
// "system", "any", "all", or "pool:a+b". Empty cells: no year, or no interval. Measures are named as in JSON and gates.
std::string csv(const RunResult& result, const Provenance& provenance);

// What was asked beyond the files: "set a.reserves=5; given system=p5".
std::string changes(const std::vector<std::string>& edits, const std::vector<Given>& given);

}  // namespace shortfall
