// Plans by what was seen of them to the end of a month, for `track` and for every other question that is asked of the futures that are left.
#pragma once

#include "history/known_luck.hpp"
#include "study/learn.hpp"
#include "study/run.hpp"
#include "study/seen.hpp"

namespace shortfall {

// The luck by what was known at the end of a month, and how well it is reached by so many trials. Errors: those of the luck; a posterior that the
// proposals do not reach.
struct Tracked {
  std::shared_ptr<const Update> luck;
  std::vector<std::size_t> schemes;  // of the model: of which something was seen that says something
  std::size_t pressures = 0;         // the same, as many as there are
  WeightsQuality quality;
  // Where what is not known of the reference classes is drawn: by which draws the plans are compiled, and how many that fit equally well these are
  // worth. None: by the options'.
  KnowledgeDraws draws = {};
  double effective_draws = 0;
};
Checked<Tracked> tracked(const Plans& plans, const Model& model, const Actuals& actuals, int as_at, const RunOptions& options);

// The same for the options of another question; none where the file has no actual.
Checked<MaybeSeen> seen_of(const Plans& plans, const Actuals& actuals, std::optional<int> as_at, const RunOptions& options);

// What another model of the same plans, of that optimism, learns of the actuals that `options.seen`, made by seen_of, is of; null where its
// proposals, by Pareto's k of the first of them, do not reach the futures that are left.
Checked<LearntLuck> learnt(const Plans& plans, const Actuals& actuals, const RunOptions& options, const Model& model, double optimism);

}  // namespace shortfall
