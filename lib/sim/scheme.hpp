// From draws to what a scheme comes to: the factors of a block, its teams' staffing, and each scheme's share, months late and overrun (model,
// sections 2 to 5).
#pragma once

#include <vector>

#include "sim/draw.hpp"
#include "sim/memo.hpp"

namespace shortfall {

// All factors of the block that `draws` was started at; no sum of them is known yet.
void draw_factors(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck);

// score = common + own_weight · own, brought to a normal score where the copula is Student's; no own normal is needed where it weighs nothing.
void score(const Model& model, const LuckColumns& luck, const Floats& common, float own_weight, const Floats* own, Floats& out);

// stretch[team · years + year]: how far the posts of each team go that schemes ask for.
void staff_teams(const Model& model, const Schedule& schedule, Draws& draws, LuckColumns& luck, std::vector<Floats>& stretch);

// A scheme's own outcome, as if it needed nobody: draws, luck and tables.
void draw_outcome(const Model& model, const Schedule& schedule, std::size_t scheme, Draws& draws, LuckColumns& luck, Timings* timings,
                  SchemeOutcome& out);

// What others make of it: short teams, schemes that it needs (known on the memo's shelf of outcomes), and blackouts.
void bind_outcome(const Model& model, const Schedule& schedule, std::size_t scheme, const std::vector<Floats>& stretch, const Memo& memo,
                  const MemoPlaces& places, SchemeOutcome& out);

}  // namespace shortfall
