// A comparison as one comment on a pull request: a headline, a table, and the rest folded away. GitHub's and GitLab's Markdown.
#pragma once

#include <string>

#include "report/provenance.hpp"
#include "study/compare.hpp"

namespace shortfall {

// Begins with an HTML comment that a script can find its own earlier comment by. Nothing of the plans can become markup or name a person.
std::string comparison_markdown(const CompareResult& result, const Provenance& provenance);

}  // namespace shortfall
