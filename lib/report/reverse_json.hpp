// How far each dial may be turned, as JSON, schema shortfall/reverse/1 (schema/reverse-1.schema.json).
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/reverse.hpp"

namespace shortfall {

std::string reverse_json(const ReverseResult& result, const Provenance& provenance);

}  // namespace shortfall
