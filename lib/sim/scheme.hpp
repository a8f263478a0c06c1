// From draws to what a scheme comes to: the factors of a block, its teams' staffing, and each scheme's share, months late and overrun
// (lib/README.md, sections 2 to 4).
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

// A scheme's own outcome, as if it needed nobody: draws, luck and tables. And in which trials it drops out, where that is asked for.
void draw_outcome(const Model& model, const Schedule& schedule, std::size_t scheme, Draws& draws, LuckColumns& luck, Timings* timings,
                  SchemeOutcome& out, Flags* drops_out = nullptr);

// What others make of it: short teams, schemes that it needs (known on the memo's shelf of outcomes), and blackouts.
void bind_outcome(const Model& model, const Schedule& schedule, std::size_t scheme, const std::vector<Floats>& stretch, const Memo& memo,
                  const MemoPlaces& places, SchemeOutcome& out);
// The same step by step.
void bind_staff(const Schedule& schedule, const SchemeModel& scheme, const std::vector<Floats>& stretch, SchemeOutcome& out);
void bind_consultation(const Model& model, const Schedule& schedule, std::size_t scheme, SchemeOutcome& out);
template <class OutcomeOf>
void bind_needs(const SchemeModel& scheme, const OutcomeOf& outcome_of, SchemeOutcome& out) {
  if (scheme.needs.empty()) return;
  Floats weakest = Floats::Ones();
  for (const std::uint32_t j : scheme.needs) meet_need(outcome_of(j).share, outcome_of(j).months, weakest, out.months);
  scale_positive(out.share, weakest);
}

}  // namespace shortfall
