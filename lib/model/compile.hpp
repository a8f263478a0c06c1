// Checked plans to a model. What can be wrong with a plan has been reported by then, but for numbers that a model cannot hold (model/soundness).
#pragma once

#include <string>
#include <vector>

#include "model/known_tables.hpp"
#include "model/model.hpp"
#include "plan/dependence.hpp"
#include "plan/plan.hpp"

namespace shortfall {

struct CompileOptions {
  double optimism = 1;            // λ
  std::vector<Given> given = {};  // of names that factor_names() has
  Tables* tables = nullptr;       // made by earlier compilations, to use and to add to
  KnowledgeDraws knowledge = {};  // of what is not known of the reference classes
  unsigned threads = 1;           // 0: as many as the machine has; the model is the same
};

// Throws Unsound.
Model compile(const Plans& plans, const CompileOptions& options);

// The plan's own arithmetic: everything delivered in full, on time and at cost, no pressure beyond its mean, each claim counted as its plan counts
// it.
Model as_planned(const Plans& plans);

}  // namespace shortfall
