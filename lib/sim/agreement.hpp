// How organisations stand by their margins: each by its own, a pool that shares one fate, a pool whose members help each other, and the system. The
// agreement's arithmetic is written here once; the words of the whole program for it stand in sim/tally.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

using Members = std::vector<std::uint32_t>;  // organisations, rising

// A block's margins, money: those of organisation o are at [o · years] to [o · years + years − 1].
struct Margins {
  std::span<const Doubles> of_all;
  std::size_t years;
  std::span<const Doubles> of(std::size_t organisation) const { return of_all.subspan(organisation * years, years); }
};

// worst = max_y (carried · r_(y−1) − margin_y), r_y = max(0, carried · r_(y−1) − margin_y), from r = 0 before the first year: max(0, worst) is the
// shortfall, and a worst below 0 says how far the nearest year was from one.
void worst_gap_of(std::span<const Doubles> margins, double carried, Doubles& worst);
void shortfall_of(std::span<const Doubles> margins, double carried, Doubles& shortfall);
// The worst gap, and by[y]: whether it has exceeded the reserves by the end of year y.
void stand(std::span<const Doubles> margins, double carried, double reserves, Doubles& worst, std::span<Flags> fails_by);

// What the members' margins come to together, by year; `start` is what each year has before them.
void pool_margins(const Margins& margins, const Members& members, double start, std::size_t year, Doubles& pooled);
void pool_margins(const Margins& margins, const Members& members, std::span<Doubles> pooled);

// The members' margins after mutual aid of up to `aid` a year each (lib/README.md, section 6): aided[member · years + year].
void aid_margins(const Margins& margins, const Members& members, double aid, std::vector<Doubles>& aided);

// The members' own, and those of every pool that they hold all of: a pool's reserves go with the whole of it.
double reserves_of(const Model& model, const Members& members);
double reserves_of(const Model& model);  // of all

}  // namespace shortfall
