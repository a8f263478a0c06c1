// Whether to pool, for people: who would break ranks, what pooling saves, who swims and who sinks.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "report/text.hpp"
#include "study/pooling.hpp"

namespace shortfall {

std::string pool_text(const PoolingResult& result, const Provenance& provenance, const TextStyle& style);

}  // namespace shortfall
