// What drives the failures, as Markdown (GitHub's and GitLab's): for an issue, a wiki, a board paper.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/explain.hpp"

namespace shortfall {

std::string explain_markdown(const ExplainResult& result, const Provenance& provenance);

}  // namespace shortfall
