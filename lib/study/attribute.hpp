// Which edit did it?
#pragma once

#include "study/compare.hpp"

namespace shortfall {

// `before` is the difference's, so that names agree. Edits that only together make a well-formed plan are taken together; above 30 edits those of one
// scheme are, and above 120 such groups those of one organisation. Nothing where the revisions plan for different years. With actuals an edit has the
// luck of the plans that it is made in or withheld from: `seen_before` the old ones', options.seen the new ones'.
std::optional<Effects> attribute(const Difference& difference, const Plans& after, const RunOptions& options, std::uint64_t trials,
                                 const MaybeSeen& seen_before = {});

}  // namespace shortfall
