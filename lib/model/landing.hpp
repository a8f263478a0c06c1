// What the plans would have land on each organisation: what its missing savings, and so what is found elsewhere, are measured against.
#pragma once

#include "model/model.hpp"

namespace shortfall {

// Sets the planned landing of every organisation that finds substitutes: the savings that land on it in each year, those of whole programmes aside,
// where every scheme delivers in full and on time and every team is fully staffed (λ = 0), after teams, needs, blackouts and claims. In the
// arithmetic of a trial, to the last bit, so that at λ = 0 nothing is missing. To be called again when any of these mechanisms has been changed.
void plan_landing(Model& model);

// Nothing is found elsewhere from now on.
void find_nothing(OrganisationModel& organisation);

// Months late, by the scheme's own months late, once the blackouts have been waited out: a start inside a window moves to its end, and from there
// perhaps into the next. Empty: none to wait for.
std::vector<std::int32_t> waited(const SchemeModel& scheme, const std::vector<BlackoutModel>& blackouts, int most);

}  // namespace shortfall
