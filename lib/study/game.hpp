// The arithmetic of cooperation, apart from any simulation: who should get what of a pool's benefit, whether any group would do better by itself, and
// what breaking ranks is worth. Coalitions are bit masks: player i is in S where bit i of S is set; an array over coalitions has 2^players entries,
// that of the empty one 0.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "study/estimate.hpp"

namespace shortfall {

using Coalition = std::uint32_t;
inline constexpr std::size_t most_players = 12;

// Each player's value: the mean over all orders of joining of what it adds on joining (Shapley 1953). Of costs as of worths.
std::vector<double> shapley(const std::vector<double>& value, std::size_t players);

// The least core of a game of costs (Maschler, Peleg, Shapley 1979): among all ways to share cost(all), Σ x_i = cost(all), the one whose worst-off
// coalition pays least beyond its own cost, max_S (x(S) − cost(S)) over all coalitions but the empty one and all. The core (Gillies 1959) has a
// point, and nobody a reason to leave, exactly when that excess is at most 0. For one player: an excess of 0.
struct LeastCore {
  double excess = 0;
  std::vector<double> allocation;  // [player]
  // The coalitions whose claims decide: weights that sum to 1 and cover every player alike, so that
  // excess = cover · cost(all) − Σ weight_S cost(S) (Bondareva 1963, Shapley 1967).
  struct Claim {
    Coalition coalition;
    double weight;
  };
  std::vector<Claim> claims;
  double cover = 0;
};
LeastCore least_core(const std::vector<double>& cost, std::size_t players);

// The coalition with the largest x(S) − cost(S) for a given allocation, neither empty nor all; the smallest such mask where several are.
struct Objection {
  Coalition coalition = 0;
  double excess = 0;
};
Objection strongest_objection(const std::vector<double>& cost, const std::vector<double>& allocation);

// What a member stands to gain by breaking ranks: differences in its own P(fails), paired, negative where it fails less often.
struct Temptations {
  Estimate leaving;    // I alone leave, less all stay
  Estimate all_leave;  // everyone alone, less all stay
  Estimate following;  // everyone alone, less all others leave while I stay
};

// held: leaving alone would make it fail more often. tempted: less often, unless all did the same. better_off_out: less often, and no more often if
// all did the same. indifferent: no change above `material` in size. unclear: the interval straddles.
enum class Interest { held, tempted, better_off_out, indifferent, unclear };
std::string_view name_of(Interest interest);  // "held by interest"
Interest interest_of(const Temptations& temptations, double material);

// dilemma: each gains by leaving and all lose if all do (the prisoners' dilemma). comes_apart: someone is better off out. some_tempted: short of a
// dilemma. stag_hunt: nobody gains by leaving, all lose if all do, but each would follow the others out: it holds while all trust. holds: nobody
// gains by leaving. indifferent: nobody gains or loses by leaving. unclear: too close to call.
enum class PoolVerdict { dilemma, comes_apart, some_tempted, stag_hunt, holds, indifferent, unclear };
std::string_view name_of(PoolVerdict verdict);  // "stag hunt"
PoolVerdict verdict_of(const std::vector<Temptations>& members, double material);

}  // namespace shortfall
