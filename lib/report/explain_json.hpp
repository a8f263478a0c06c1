// What drives the failures, as JSON, schema shortfall/explanation/1 (schema/explanation-1.schema.json).
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/explain.hpp"

namespace shortfall {

std::string explain_json(const ExplainResult& result, const Provenance& provenance);

}  // namespace shortfall
