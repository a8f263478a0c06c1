// Whether to pool, as JSON, schema shortfall/pool/1 (schema/pool-1.schema.json).
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/pooling.hpp"

namespace shortfall {

std::string pool_json(const PoolingResult& result, const Provenance& provenance);

}  // namespace shortfall
