// A comparison as JSON, schema shortfall/comparison/1 (schema/comparison-1.schema.json).
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/compare.hpp"

namespace shortfall {

std::string comparison_json(const CompareResult& result, const Provenance& before, const Provenance& after);

}  // namespace shortfall
