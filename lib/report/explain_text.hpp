// What drives the failures, for people: a tornado of schemes, shared luck, who is missing when the system sinks, whose the worst futures are.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "report/text.hpp"
#include "study/explain.hpp"

namespace shortfall {

std::string explain_text(const ExplainResult& result, const Provenance& provenance, const TextStyle& style);

}  // namespace shortfall
