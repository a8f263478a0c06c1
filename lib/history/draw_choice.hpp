// Draws of what is not known of the reference classes, put together anew of parts that fit what was seen of each: of draws that are drawn whole, few
// fit what was seen of all classes.
#pragma once

#include <memory>
#include <vector>

#include "history/actuals.hpp"
#include "model/known_tables.hpp"
#include "plan/dependence.hpp"

namespace shortfall {

// What is asked of which plans.
struct ActualsSeen {
  const Plans& plans;
  const Actuals& actuals;
  int as_at;  // by what was known at the end of this month
  double optimism;
  const std::vector<Given>& given;  // factors held
  std::uint64_t seed;
  unsigned threads;
};

// As many draws as are drawn whole. A class, and a stage's chance of dropping out, is taken from a draw about as often as what was seen of its
// schemes is likely by it, all else as it is written and the factors where they are likeliest; classes and stages independently of each other.
// `log_proposal_over_prior`: the log of how much oftener each draw comes so than it is drawn whole. Within each, draws are in order of what they let
// the schemes deliver, so that the comb that chooses takes some of every part of them.
struct DrawChoice {
  std::shared_ptr<const KnowledgeDraws::Choice> choice;
  std::vector<double> log_proposal_over_prior;  // [draw]
};
// `common`: of each scheme, where the factors are likeliest.
DrawChoice choose_draws(const ActualsSeen& seen, const std::vector<double>& common);

}  // namespace shortfall
