// What `shortfall explain` learns from other models on the same draws: each scheme made certain, lost or late; each shared factor held; all draws
// but one kind's made anew.
#pragma once

#include "sim/tally.hpp"
#include "study/explain.hpp"

namespace shortfall {

// Fills in the effects of out.schemes (in the model's order), out.factors and out.variance. `tally`: of the base, by the same trials.
void explain_by_variants(const Model& base, const Tally& tally, const RunOptions& options, const Learn& learn, ExplainResult& out);

}  // namespace shortfall
