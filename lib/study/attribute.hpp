// Which edit did it?
#pragma once

#include "study/compare.hpp"

namespace shortfall {

// `before` is the difference's, so that names agree. Edits that only together make a well-formed plan are taken together; above 30 edits those of one
// scheme are, and above 120 such groups those of one organisation. Nothing where the revisions plan for different years.
std::optional<Effects> attribute(const Difference& difference, const Plans& after, const RunOptions& options, std::uint64_t trials);

}  // namespace shortfall
