// What the months so far say of the year and the plan, in words, tables, JSON and CSV.
#pragma once

#include <optional>
#include <string>

#include "history/track.hpp"
#include "report/document.hpp"
#include "study/provenance.hpp"

namespace shortfall {

// Savings of the year so far, month by month: planned, saved, expected. And of the schemes that miss the largest sums: saved, to come, planned.
Chart year_chart(const TrackResult& result, int digits);
std::optional<Chart> schemes_chart(const TrackResult& result);

Document view_track(const TrackResult& result, const Provenance& provenance);
std::string json(const TrackResult& result, const Provenance& provenance);
std::string csv(const TrackResult& result);  // a line for each scheme, organisation and the system

}  // namespace shortfall
