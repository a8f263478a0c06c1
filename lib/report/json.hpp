// Answers as JSON: shortfall/result/1, comparison/1, explanation/1, pool/1, reverse/1, recovery/1 and problems/1 (schema/). Each text ends with a
// line end; numbers are written with the fewest digits that read back as the same double. Keys only ever grow.
#pragma once

#include <string>

#include "base/problem.hpp"
#include "plan/allowance.hpp"
#include "study/compare.hpp"
#include "study/explain.hpp"
#include "study/extras.hpp"
#include "study/pooling.hpp"
#include "study/provenance.hpp"
#include "study/recover.hpp"
#include "study/reverse.hpp"

namespace shortfall {

// Keys beyond the schema's stand only where they were asked for: "edits" (--set), "precision", "given", "mechanisms", "correlations".
std::string json(const RunResult& result, const Extras& extras, const Provenance& provenance);
std::string json(const CompareResult& result, const Provenance& before, const Provenance& after);
std::string json(const ExplainResult& result, const Provenance& provenance);
std::string json(const PoolingResult& result, const Provenance& provenance);
std::string json(const ReverseResult& result, const Provenance& provenance);
std::string json(const Problems& problems, const std::vector<AllowedProblem>& allowed = {});
std::string json(const RecoverResult& result, const Provenance& provenance);

}  // namespace shortfall
