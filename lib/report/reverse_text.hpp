// How far each dial may be turned, for people.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "report/text.hpp"
#include "study/reverse.hpp"

namespace shortfall {

std::string reverse_text(const ReverseResult& result, const Provenance& provenance, const TextStyle& style);

}  // namespace shortfall
