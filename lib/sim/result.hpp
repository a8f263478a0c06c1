// What the trials of a block came to.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/agreement.hpp"
#include "sim/column.hpp"

namespace shortfall {

// Where pressures are integrated: the chances of what the flags say of one sample. Given all else that is drawn, organisations fail independently of
// each other, and so do pools.
struct FailureChances {
  std::vector<Doubles> alone;  // [organisation · years + year]
  std::vector<Doubles> pool;   // [pool · years + year]
  std::vector<Doubles> both;   // [organisation]: of failing alone and with its pool, of those in a pool
  Doubles system;
};

// `alone` is each organisation by its own margins and reserves, as if it helped nobody and nobody helped it; `together` is its fate under the
// agreement; both per organisation. The system is all margins against all reserves.
struct BlockResult {
  std::size_t organisations = 0, years = 0;
  std::size_t draw = 0;                   // of what is not known of the classes
  std::vector<Doubles> margin;            // [organisation · years + year], before any aid
  std::vector<Doubles> shortfall;         // [organisation], alone
  std::vector<Doubles> worst_gap;         // [organisation]: the same, below 0 where there is no gap, by how much the nearest year was from one
  std::vector<Doubles> saving;            // [organisation], of its own schemes over all years
  std::vector<Doubles> last_year_saving;  // [organisation]
  std::vector<Doubles> found;             // [organisation · years + year]: elsewhere, once; of those that find anything
  std::vector<Flags> alone_by_year;       // [organisation · years + year]: has failed by the year's end
  std::vector<Flags> together_by_year;
  std::vector<double> carry;            // [organisation]: how much of a gap goes into the next year
  std::vector<Doubles> pool_shortfall;  // [pool]; of an aid pool the sum of its members'
  std::vector<Doubles> pool_excess;     // [pool]: what was missing beyond reserves; of an aid pool the sum over its members
  std::vector<Flags> pool_fails;        // [pool]; an aid pool fails when a member does
  std::vector<Doubles> pool_worst_gap;  // [pool], of those that share one fate
  Doubles system_shortfall, system_worst_gap;
  Flags system_fails;
  std::optional<FailureChances> chances;  // where pressures are integrated

  Margins margins() const { return {margin, years}; }
};

}  // namespace shortfall
