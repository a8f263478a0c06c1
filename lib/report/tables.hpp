// Answers as tidy tables: CSV (RFC 4180), and JSON lines of a sweep (schema shortfall/point/1). A row for each subject, measure and year.
#pragma once

#include <string>
#include <vector>

#include "study/compare.hpp"
#include "study/explain.hpp"
#include "study/measures.hpp"
#include "study/pooling.hpp"
#include "study/provenance.hpp"
#include "study/recover.hpp"
#include "study/reverse.hpp"
#include "study/sweep.hpp"

namespace shortfall {

// Columns: system, organisation, measure, year, value, low, high, trials, seed, optimism, changes (--set and --given). `organisation` is an id,
// "system", "any", "all", or "pool:a+b". Empty cells: no year, or no interval. Measures are named as in JSON and gates. Every table but that of
// problems ends with known_low and known_high where what is not known of the reference classes was drawn; empty: not told of the measure.
std::string csv(const RunResult& result, const Provenance& provenance);
// The others have a column `subject` in the place of organisation and year: "ORGANISATION/SCHEME", "factor:NAME", "coalition:a+b", "dial:NAME",
// "option:ID", "set:a+b" or whom a measure is of.
std::string csv(const ExplainResult& result, const Provenance& provenance);
std::string csv(const PoolingResult& result, const Provenance& provenance);
std::string csv(const ReverseResult& result, const Provenance& provenance);
std::string csv(const RecoverResult& result, const Provenance& provenance);
// Columns: system, organisation, measure, before, after, change, low, high, material, verdict, trials, seed, optimism, changes.
std::string csv(const CompareResult& result, const Provenance& provenance);

// Columns: file, line, column, severity, message, code.
std::string csv(const Problems& problems);

// A column for each path, beside those of a run's CSV; optimism, seed and trials have theirs anyway.
std::string sweep_csv_head(const std::vector<std::string>& paths, bool knowledge);
std::string sweep_csv(const PointRecord& point);
// One line. "measures" has a key for each, like "midshire-acute.fails.alone", or "midshire-acute.position.mean@2017/18" of a year; "known"
// in it, where what is not known of the reference classes was drawn.
std::string sweep_json_line(const PointRecord& point);

// A text from outside as a cell that a spreadsheet does not reckon: "=1+1" comes out as "'=1+1". Numbers and percentages stay.
std::string no_formula(const std::string& text);
// A cell of RFC 4180: quoted where it must be.
std::string quoted(const std::string& text);

}  // namespace shortfall
