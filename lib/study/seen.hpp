// What has been seen of plans since they were made, and the luck that is left to them: any question can be asked of the futures that are left.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "model/known_tables.hpp"

namespace shortfall {

class Update;

struct Seen {
  std::string file;           // of the actuals
  int as_at = 0;              // by the end of this month, since January of the year 0
  std::size_t schemes = 0;    // of which something was seen that says something
  std::size_t pressures = 0;  // organisations whose pressure to date was seen
  double effective = 1;       // sample of the proposals, as a share of them
  double pareto_k = 0;        // of their weights
  // Where what is not known of the reference classes is drawn: the draws that the luck is of, by which the plans are compiled, and how many draws
  // that fit equally well they are worth.
  KnowledgeDraws draws = {};
  double effective_draws = 0;
  std::shared_ptr<const Update> luck;
};
// None: nothing was seen, and all futures are left.
using MaybeSeen = std::shared_ptr<const Seen>;

inline const Update* luck_of(const MaybeSeen& seen) { return seen ? seen->luck.get() : nullptr; }

}  // namespace shortfall
