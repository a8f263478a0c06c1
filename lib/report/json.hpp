// A result as JSON, schema shortfall/result/1.
#pragma once

#include <string>

#include "report/extras.hpp"
#include "report/provenance.hpp"
#include "study/run.hpp"

namespace shortfall {

// Ends with a line end. Numbers are written with the fewest digits that read back as the same double.
// Keys beyond the schema's stand only where they were asked for: "edits" (--set), "precision", "given", "mechanisms", "correlations".
std::string json(const RunResult& result, const Extras& extras, const Provenance& provenance);

}  // namespace shortfall
