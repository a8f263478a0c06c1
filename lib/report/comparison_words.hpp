// The words that a comparison's text and Markdown have in common.
#pragma once

#include <string>
#include <vector>

#include "study/compare.hpp"

namespace shortfall {

std::string signed_points(const Estimate& change);  // "+6.2 points (+6.0 to +6.4)": a change of a chance, in percentage points
std::string measure_name(const MeasureChange& m);   // "midshire-acute.fails.alone"
std::string value_text(const MeasureChange& m, double value, std::string_view currency);
std::string change_text(const MeasureChange& m);  // "+6.2 (+6.0 to +6.4)", in points or in the currency's unit
std::string change_text(const MeasureChange& m, const Estimate& change);

// The rows of the table: the system's, then those of the headline that are material or unclear. And how many of the headline are not.
std::vector<const MeasureChange*> table_rows(const CompareResult& result);
std::size_t immaterial_rows(const CompareResult& result);

const MeasureChange& system_fails(const CompareResult& result);
// Whether anything of the headline is worse, better or unclear, or a limit does not hold.
bool is_quiet(const CompareResult& result);

// "The revision makes the plans riskier: the system fails in 61.3 % of futures, before in 55.1 % (+6.2 points, 6.0 to 6.4)."
std::string headline(const CompareResult& result);
// "£395.0m of savings planned, £13.7m more than before; £240.1m to be expected, £7.8m less."
std::string savings_sentence(const CompareResult& result);
std::string material_sentence(const CompareResult& result);

std::string edit_text(const Change& change);           // "in-progress → opportunity", "added: …", "removed (was …)"
std::string place_text(const Change& change);          // "plans/acute.yaml:12", "" where there is none
std::string effects_sentence(const Effects& effects);  // what an edit's effect is, and what is left over

}  // namespace shortfall
