// What `shortfall compare` compares: every chance and sum of money that both revisions have, and how each is read from what was simulated.
#pragma once

#include <functional>
#include <vector>

#include "sim/tally.hpp"
#include "sim/vectors.hpp"
#include "study/compare.hpp"

namespace shortfall {

using vectors::Mask;  // the trials of a block in which something is so, a bit each

// Those of the first `rows` trials.
Mask first_rows(std::size_t rows);

// What a block came to for one of the plans, as masks.
struct Fates {
  explicit Fates(const BlockResult& result);

  std::vector<Mask> alone_by_year, together_by_year, pools;  // [organisation · years + year], [pool]
  std::vector<Mask> alone, together;                         // [organisation], by the last year
  std::vector<Mask> alone_count, together_count;             // [k]: exactly k organisations fail
  Mask system;
};

using Happens = std::function<Mask(const Fates&)>;
using Amount = std::function<double(const Tally&)>;

struct ComparedChance {
  MeasureChange measure;
  Happens before, after;
};
struct ComparedMoney {
  MeasureChange measure;
  Amount before, after;
};

struct Measures {
  std::vector<ComparedChance> chances;
  std::vector<ComparedMoney> money;
};

// What both plans have, by id. `old_plans`: of which `before` is the model.
Measures measures_of(const Plans& old_plans, const Model& before, const Model& after, const CompareOptions& options);

}  // namespace shortfall
