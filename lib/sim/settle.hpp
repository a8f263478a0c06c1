// From positions to shortfalls (lib/README.md, sections 5 and 6).
#pragma once

#include <span>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// A miss by less than this counts as none: a millionth of the currency's unit, £1 in £m.
inline constexpr double grace = 1e-6;

// e = persistence · e − sd · luck; before -= spend · e.
void add_pressure(const Floats& luck, float sd, float persistence, double spend, Floats& pressure, Doubles& before);

// What one organisation and year has besides its savings.
struct YearRules {
  double conditional_funding = 0, one_offs = 0;
  double tied_to_organisation = 1, tied_to_system = 0;
  bool any() const { return conditional_funding != 0 || one_offs != 0; }
};

// Of margins before funding and one-offs: sum += margin + the one-offs it would use; the system is on target where the sum reaches −Σ F.
void add_before_funding(const Doubles& margin, const YearRules& rules, Doubles& sum);
void on_target(const Doubles& sum, double target, Flags& reached);

// margin += what funding and one-offs make of it; `system_reached` matters only to what is tied to the system.
void settle(const YearRules& rules, const Flags& system_reached, Doubles& margin);

// gap = carried · gap − margin, worst = max(worst, gap), then gap = max(0, gap): `worst`, the shortfall, is below 0 where no year ends in a gap, by
// how much the nearest fell short of one.
void carry(const Doubles& margin, double carried, Doubles& gap, Doubles& worst);

// What is found elsewhere, once, for one organisation and year: rate · max(0, planned − landed), at most `most`, less the one-offs that the margin
// before it uses already; margin += found.
void substitute(const Floats& rate, double planned, const Doubles& landed, double most, const YearRules& rules, Doubles& margin, Doubles& found);

// 1 where worst > reserves, by more than the grace.
void fails(const Doubles& worst, double reserves, Flags& failed);

// Mutual aid within a year: members in surplus offer up to `aid` each, gaps share it pro rata and never take more than they are. `margins` are the
// members' of that year, changed in place.
void offer_aid(double aid, const Doubles& margin, Doubles& offered, Doubles& gaps);
void transfer_aid(double aid, const Doubles& offered, const Doubles& gaps, Doubles& margin);
void give_aid(double aid, std::span<Doubles> margins);

}  // namespace shortfall
