// A result as JSON, schema shortfall/result/1.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/run.hpp"

namespace shortfall {

// Ends with a line end. Numbers are written with the fewest digits that read back as the same double.
std::string json(const RunResult& result, const Provenance& provenance);

}  // namespace shortfall
