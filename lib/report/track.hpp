// What the months so far say of the year and the plan, in words, tables, JSON and CSV.
#pragma once

#include <string>

#include "history/track.hpp"
#include "report/document.hpp"
#include "study/provenance.hpp"

namespace shortfall {

Document view_track(const TrackResult& result, const Provenance& provenance);
std::string json(const TrackResult& result, const Provenance& provenance);
std::string csv(const TrackResult& result);  // a line for each scheme, organisation and the system

}  // namespace shortfall
