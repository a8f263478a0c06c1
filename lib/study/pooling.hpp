// Are we safer together? Every coalition's risk, what pooling saves and who should have it, and who would break ranks. The question of
// `shortfall pool`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/game.hpp"
#include "study/setting.hpp"
#include "study/standing.hpp"

namespace shortfall {

struct PoolingOptions {
  RunOptions run;
  double material = 0.01;  // the smallest change of a chance that is a reason to leave
  double any_fails = 0.2;  // the level that mutual aid is to keep P(any fails) under
};

// A coalition as a joint-and-several pool of its own, all schemes going on as they are planned.
struct CoalitionResult {
  Members members;
  double reserves = 0;
  Estimate fails, contingency;  // contingency: reserves to add to be 80 % sure
};

// The coalitions as a game of costs, the cost of each its contingency. Only up to most_players organisations.
struct GameResult {
  Estimate benefit;                            // Σ contingencies alone − contingency of all
  std::vector<Estimate> share, benefit_share;  // [organisation]: Shapley's share of the contingency of all, and of the benefit
  Estimate core_excess;                        // of the least core: the core has a point where it is at most 0
  enum class Core { not_empty, empty, unclear } core = Core::unclear;
  std::vector<double> least_core;  // [organisation]
  std::vector<Members> claims;     // the coalitions that decide it
  Members objectors;               // to Shapley's shares: the coalition that would pay most beyond its own contingency, and how much
  Estimate objection;
};

std::string_view name_of(GameResult::Core core);  // "not empty"

// A member of a joint-and-several pool, or one with mutual aid, under the four ways in which the pool can break. Who leaves withdraws those of its
// schemes that land on fellow members more than on itself.
struct MemberResult {
  std::uint32_t organisation = 0;
  std::vector<std::string> withdraws;                        // ids of its schemes
  Estimate all_stay, i_leave, others_leave, everyone_alone;  // its own P(fails)
  Estimate left_behind, left_behind_change;                  // P(the rest of the pool fails) when it leaves, less P(the pool fails)
  Temptations temptations;
  Interest interest = Interest::unclear;
};

struct AgreementPoolResult {
  bool agreed = true;  // false: nobody stands with anybody, and this is one pool of all as it might be
  Members members;
  std::optional<double> aid;
  std::vector<MemberResult> ranks;
  PoolVerdict verdict = PoolVerdict::unclear;
  // Of a joint-and-several pool: the group of its members, not all, that fails least often by itself, and how much less often than the pool. All
  // of its members would rather leave together where that is material.
  Members safest_group;
  Estimate safest_group_change;
};

struct SwimSinkResult {
  std::string agreement;  // "as agreed", "one pool of all", "mutual aid without limit"
  struct Fate {
    Estimate swims, rescued, dragged_under, sinks;
  };
  std::vector<Fate> organisations;
  Estimate any, all;
};

// All organisations helping each other by up to so much a year each.
struct AidResult {
  double aid = 0;
  Estimate any, all;
};

struct PoolingResult {
  Setting setting;
  double material = 0;
  std::vector<CoalitionResult> coalitions;  // by size, then members; all of them up to most_players organisations, else singles, pairs, all but
                                            // one, and all
  bool every_coalition = true;
  std::optional<GameResult> game;
  std::vector<AgreementPoolResult> pools;  // of the agreement, with at least two members; else one of all
  std::vector<SwimSinkResult> agreements;
  std::vector<AidResult> aid;  // rising
  double own_target = 0;       // the most in a year that the system's own target lies above the sum of its members'; no pool is held to it
  double any_fails = 0;
  std::optional<Estimate> least_aid;  // that keeps P(any fails) under any_fails; none: none does
};

// The plans hold at least two organisations.
PoolingResult pooling(const Plans& plans, const PoolingOptions& options);

}  // namespace shortfall
