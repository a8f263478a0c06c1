// The same model, but for one thing: a scheme certain, lost or late, every scheme as planned or alike, a factor held, draws made anew, a mechanism
// taken away. What other schemes then do follows: who needs a lost scheme delivers nothing, who shares its team gains.
//
// Each leaves what compile promises, so that they may follow one another in any order: a team's effort is the sum of what its schemes ask for, and
// needs_order holds the schemes that need or are needed, each after all that it needs. The planned landing, which substitutes are measured by, stays
// the plan's own whatever befalls a scheme, and follows where a mechanism is taken away or all schemes are made alike.
#pragma once

#include <cstddef>
#include <optional>

#include "model/model.hpp"

namespace shortfall {

// No saving, no cost, no effort.
void lose(Model& model, std::size_t scheme);

// In full, on time and at cost, whatever it needs, however short its teams, with nothing to wait for; it still asks its teams for its effort, and
// still shares out what it claims.
void make_certain(Model& model, std::size_t scheme);

// So many months later than it would be, at most the whole plan.
void put_off(Model& model, std::size_t scheme, int months);

// Every scheme delivers this share of its plan, so many months late, at cost, whatever it needs, without effort.
void make_all_alike(Model& model, double share, int months);

// The plan's own arithmetic, of a model compiled without optimism (λ = 0): no pressure beyond its mean, and none of the mechanisms between schemes.
void keep_to_plan(Model& model);

// A shared factor at a quantile of its luck in every trial: a stress.
void hold_factor(Model& model, std::size_t factor, double quantile);

// Drivers of one kind. The kinds together are all drivers.
enum class DriverKind { shared_factors, scheme_factors, shares, delays, overruns, staffing, pressures, substitutes };
inline constexpr std::size_t driver_kinds = 8;
std::size_t driver_kinds_of(const Model& model);  // substitutes come last, and only where something may be found elsewhere

// Draws the scheme factors by themselves, where they are otherwise within the normals of share, delay and overrun.
void separate_scheme_factors(Model& model);

// The same, and makes every draw anew, independent of the model's own; but those of one kind, where it is named.
void redraw(Model& model, std::optional<DriverKind> kept);

// What binds organisations and schemes together.
enum class Mechanism {
  needs,
  shared_staff,
  double_counting,
  blackouts,
  harm_at_once,
  lapses,
  substitutes,
  conditional_funding,
  dependence,
  agreement
};
bool uses(const Model& model, Mechanism mechanism);
void remove(Model& model, Mechanism mechanism);

}  // namespace shortfall
