#include "study/game.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include <Eigen/LU>

namespace shortfall {
namespace {

bool has(Coalition coalition, std::size_t player) { return (coalition >> player & 1) != 0; }

// A coalition's column of the dual: 1 for each member, then 1 for the sum of all weights.
Eigen::VectorXd column_of(Coalition coalition, Eigen::Index players) {
  return Eigen::VectorXd::NullaryExpr(players + 1,
                                      [=](Eigen::Index i) { return i == players || has(coalition, static_cast<std::size_t>(i)) ? 1.0 : 0.0; });
}

double sum_over(const std::vector<double>& allocation, Coalition coalition) {
  double sum = 0;
  for (std::size_t i = 0; i < allocation.size(); ++i)
    if (has(coalition, i)) sum += allocation[i];
  return sum;
}

bool worse(const Estimate& change, double material) { return change.low > material; }
bool better(const Estimate& change, double material) { return change.high < -material; }
bool immaterial(const Estimate& change, double material) { return change.low >= -material && change.high <= material; }

}  // namespace

std::vector<double> shapley(const std::vector<double>& value, std::size_t players) {
  // weight[s]: the share of all orders in which a given s players come before a given other one, s! (n − s − 1)! / n!.
  std::vector<double> weight(players);
  for (std::size_t s = 0; s < players; ++s) {
    double choose = static_cast<double>(players);
    for (std::size_t k = 0; k < s; ++k) choose *= static_cast<double>(players - 1 - k) / static_cast<double>(k + 1);
    weight[s] = 1 / choose;
  }
  std::vector<double> out(players, 0.0);
  for (Coalition s = 0; s < value.size(); ++s)
    for (std::size_t i = 0; i < players; ++i)
      if (!has(s, i)) out[i] += weight[static_cast<std::size_t>(std::popcount(s))] * (value[s | Coalition{1} << i] - value[s]);
  return out;
}

// The dual of the least core, by the simplex method: weights λ_S ≥ 0 and a cover μ with Σ_{S∋i} λ_S = μ for every player and Σ λ_S = 1, so that
// μ cost(all) − Σ λ_S cost(S) is largest. Its own duals are the allocation and the excess. Singles, with μ, are a basis to start from; the least
// eligible coalition comes in and goes out, so that it ends (Bland 1977). μ is free and never leaves.
LeastCore least_core(const std::vector<double>& cost, std::size_t players) {
  const Coalition all = static_cast<Coalition>(cost.size() - 1);
  LeastCore out;
  if (players < 2) {
    out.allocation.assign(players, cost[all]);
    return out;
  }
  const Eigen::Index n = static_cast<Eigen::Index>(players);
  const double scale =
      std::max(1e-300, Eigen::Map<const Eigen::VectorXd>(cost.data(), static_cast<Eigen::Index>(cost.size())).lpNorm<Eigen::Infinity>());
  std::vector<Coalition> basis;  // then μ
  Eigen::MatrixXd columns = Eigen::MatrixXd::Constant(n + 1, n + 1, -1.0);
  Eigen::VectorXd objective = Eigen::VectorXd::Constant(n + 1, cost[all]);
  columns(n, n) = 0;
  const auto enter = [&](Eigen::Index place, Coalition s) {
    columns.col(place) = column_of(s, n);
    objective[place] = -cost[s];
  };
  for (Eigen::Index i = 0; i < n; ++i) {
    basis.push_back(Coalition{1} << i);
    enter(i, basis.back());
  }
  Eigen::VectorXd weights, duals;
  for (;;) {
    const Eigen::PartialPivLU<Eigen::MatrixXd> solver(columns);
    weights = solver.solve(Eigen::VectorXd::Unit(n + 1, n));
    duals = solver.transpose().solve(objective);
    Coalition entering = 1;
    while (entering < all && -cost[entering] - column_of(entering, n).dot(duals) <= 1e-10 * scale) ++entering;
    if (entering == all) break;
    const Eigen::VectorXd direction = solver.solve(column_of(entering, n));
    Eigen::Index leaving = n;
    double least = 0;
    for (Eigen::Index k = 0; k < n; ++k) {
      if (direction[k] <= 1e-10) continue;
      const double ratio = std::max(0.0, weights[k]) / direction[k];
      if (leaving == n || ratio < least - 1e-12 || (ratio < least + 1e-12 && basis[k] < basis[leaving])) leaving = k, least = ratio;
    }
    if (leaving == n) break;  // the weights sum to 1, so that no direction is without end
    basis[leaving] = entering;
    enter(leaving, entering);
  }
  out.excess = duals[n];
  for (Eigen::Index i = 0; i < n; ++i) out.allocation.push_back(-duals[i]);
  out.cover = weights[n];
  for (Eigen::Index k = 0; k < n; ++k)
    if (weights[k] > 1e-10) out.claims.push_back({basis[k], weights[k]});
  std::sort(out.claims.begin(), out.claims.end(), [](const LeastCore::Claim& a, const LeastCore::Claim& b) { return a.coalition < b.coalition; });
  return out;
}

Objection strongest_objection(const std::vector<double>& cost, const std::vector<double>& allocation) {
  Objection out;
  for (Coalition s = 1; s + 1 < cost.size(); ++s) {
    const double excess = sum_over(allocation, s) - cost[s];
    if (out.coalition == 0 || excess > out.excess) out = {s, excess};
  }
  return out;
}

std::string_view name_of(Interest interest) {
  switch (interest) {
    case Interest::held:
      return "held by interest";
    case Interest::tempted:
      return "tempted to leave";
    case Interest::better_off_out:
      return "better off out";
    case Interest::indifferent:
      return "indifferent";
    case Interest::unclear:
      return "too close to call";
  }
  return "";
}

Interest interest_of(const Temptations& t, double material) {
  if (worse(t.leaving, material)) return Interest::held;
  if (immaterial(t.leaving, material)) return Interest::indifferent;
  if (!better(t.leaving, material)) return Interest::unclear;
  if (worse(t.all_leave, material)) return Interest::tempted;
  return t.all_leave.high <= material ? Interest::better_off_out : Interest::unclear;
}

std::string_view name_of(PoolVerdict verdict) {
  switch (verdict) {
    case PoolVerdict::dilemma:
      return "dilemma";
    case PoolVerdict::comes_apart:
      return "comes apart";
    case PoolVerdict::some_tempted:
      return "some tempted";
    case PoolVerdict::stag_hunt:
      return "stag hunt";
    case PoolVerdict::holds:
      return "holds";
    case PoolVerdict::indifferent:
      return "indifferent";
    case PoolVerdict::unclear:
      return "too close to call";
  }
  return "";
}

PoolVerdict verdict_of(const std::vector<Temptations>& members, double material) {
  const auto count = [&](Interest which) {
    return std::count_if(members.begin(), members.end(), [&](const Temptations& t) { return interest_of(t, material) == which; });
  };
  const auto all = [&](auto is) { return std::all_of(members.begin(), members.end(), is); };
  const auto n = static_cast<std::ptrdiff_t>(members.size());
  if (count(Interest::better_off_out) > 0) return PoolVerdict::comes_apart;
  if (count(Interest::tempted) == n) return PoolVerdict::dilemma;
  if (count(Interest::unclear) > 0) return PoolVerdict::unclear;
  if (count(Interest::tempted) > 0) return PoolVerdict::some_tempted;
  if (count(Interest::indifferent) == n) return PoolVerdict::indifferent;
  if (all([&](const Temptations& t) { return worse(t.all_leave, material) && better(t.following, material); })) return PoolVerdict::stag_hunt;
  return PoolVerdict::holds;
}

}  // namespace shortfall
