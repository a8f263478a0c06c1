// What `shortfall pool` simulates, once: the plans, and the plans without the schemes that are withdrawn when ranks break.
#pragma once

#include <optional>
#include <vector>

#include "sim/histogram.hpp"
#include "study/game.hpp"
#include "study/run.hpp"
#include "study/standing.hpp"

namespace shortfall {

inline constexpr double without_limit = 1e12;  // aid: more than any plan's money

Members members_of(Coalition coalition);

// A pool that may break, and which model tells what happens when it does.
struct BreakingRanks {
  Members members;
  std::optional<double> aid;
  bool agreed = true;
  struct Member {
    std::vector<std::size_t> withdraws;  // schemes
    std::size_t i_leave = 0, others_leave = 0;
  };
  std::vector<Member> each;
  std::size_t everyone_alone = 0;
  std::vector<std::size_t> groups;  // the coalitions of some, not all, of its members
};

struct PoolDesign {
  std::vector<Model> models;        // the first is the plans'
  std::vector<Members> coalitions;  // up to most_players organisations all of them, that of mask m at m − 1
  std::vector<double> reserves;     // [coalition]
  Members all;
  std::vector<BreakingRanks> ranks;
  std::vector<double> aid;    // levels, rising, the last without limit
  std::vector<Scale> scales;  // [coalition], of its shortfall
  bool game = false;          // whether all coalitions are there
};

PoolDesign design_of(const Plans& plans, const RunOptions& options);

}  // namespace shortfall
