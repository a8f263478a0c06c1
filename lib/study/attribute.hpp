// Which edit did it?
#pragma once

#include "study/compare.hpp"

namespace shortfall {

// The effect of each edit on the chances of failing: the mean of making it alone in the old plans and of withholding it alone from the new ones.
// The old plans are `difference.before`, renamed so that their ids agree with those of `after`. Each comparison has `trials` futures, and the work
// grows with trials times groups of edits, as each group makes two more plans that are simulated. Edits that only together make a well-formed plan
// are taken together; above 30 edits those of one scheme are, and above 120 such groups those of one organisation. Empty where the revisions plan
// for different years, or where some edits make no well-formed plan even together. With actuals an edit has the luck of the plans that it is made
// in or withheld from: `seen_before` is the old plans', options.seen the new ones'.
std::optional<Effects> attribute(const Difference& difference, const Plans& after, const RunOptions& options, std::uint64_t trials,
                                 const MaybeSeen& seen_before = {});

}  // namespace shortfall
