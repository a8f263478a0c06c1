#include "study/game.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace shortfall {
namespace {

// Solves rows · x = right by elimination with pivoting.
std::vector<double> solved(std::vector<std::vector<double>> rows, std::vector<double> right) {
  const std::size_t n = right.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t r = k + 1; r < n; ++r)
      if (std::abs(rows[r][k]) > std::abs(rows[pivot][k])) pivot = r;
    std::swap(rows[k], rows[pivot]);
    std::swap(right[k], right[pivot]);
    for (std::size_t r = k + 1; r < n; ++r) {
      const double factor = rows[r][k] / rows[k][k];
      if (factor == 0) continue;
      for (std::size_t c = k; c < n; ++c) rows[r][c] -= factor * rows[k][c];
      right[r] -= factor * right[k];
    }
  }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t c = k + 1; c < n; ++c) right[k] -= rows[k][c] * right[c];
    right[k] /= rows[k][k];
  }
  return right;
}

std::vector<std::vector<double>> transposed(const std::vector<std::vector<double>>& rows) {
  std::vector<std::vector<double>> out(rows.size(), std::vector<double>(rows.size()));
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows.size(); ++c) out[c][r] = rows[r][c];
  return out;
}

bool has(Coalition coalition, std::size_t player) { return (coalition >> player & 1) != 0; }

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

LeastCore least_core(const std::vector<double>& cost, std::size_t players) {
  const Coalition all = static_cast<Coalition>(cost.size() - 1);
  LeastCore out;
  if (players < 2) {
    out.allocation.assign(players, cost[all]);
    return out;
  }
  // The dual, by the simplex method: weights λ_S ≥ 0 and a cover μ with Σ_{S∋i} λ_S = μ for every player and Σ λ_S = 1, so that
  // μ cost(all) − Σ λ_S cost(S) is largest. Its own duals are the allocation and the excess. Singles, with μ, are a basis to start from; the least
  // eligible coalition comes in and goes out, so that it ends (Bland 1977). μ is free and never leaves.
  const std::size_t n = players;
  double scale = 1e-300;
  for (const double c : cost) scale = std::max(scale, std::abs(c));
  std::vector<Coalition> basis;  // then μ
  for (std::size_t i = 0; i < n; ++i) basis.push_back(Coalition{1} << i);
  const auto column = [&](Coalition s) {
    std::vector<double> c(n + 1, 0.0);
    for (std::size_t i = 0; i < n; ++i) c[i] = has(s, i) ? 1 : 0;
    c[n] = 1;
    return c;
  };
  std::vector<double> weights, duals;
  for (;;) {
    std::vector<std::vector<double>> by_column;
    std::vector<double> objective, right(n + 1, 0.0);
    for (const Coalition s : basis) {
      by_column.push_back(column(s));
      objective.push_back(-cost[s]);
    }
    std::vector<double> cover(n + 1, -1.0);
    cover[n] = 0;
    by_column.push_back(cover);
    objective.push_back(cost[all]);
    right[n] = 1;
    const std::vector<std::vector<double>> rows = transposed(by_column);
    weights = solved(rows, right);
    duals = solved(by_column, objective);
    Coalition entering = 0;
    for (Coalition s = 1; s < all && entering == 0; ++s) {
      double reduced = -cost[s] - duals[n];
      for (std::size_t i = 0; i < n; ++i)
        if (has(s, i)) reduced -= duals[i];
      if (reduced > 1e-10 * scale) entering = s;
    }
    if (entering == 0) break;
    const std::vector<double> direction = solved(rows, column(entering));
    std::size_t leaving = n;
    double least = 0;
    for (std::size_t k = 0; k < n; ++k) {
      if (direction[k] <= 1e-10) continue;
      const double ratio = std::max(0.0, weights[k]) / direction[k];
      if (leaving == n || ratio < least - 1e-12 || (ratio < least + 1e-12 && basis[k] < basis[leaving])) leaving = k, least = ratio;
    }
    if (leaving == n) break;  // the weights sum to 1, so that no direction is without end
    basis[leaving] = entering;
  }
  out.excess = duals[n];
  for (std::size_t i = 0; i < n; ++i) out.allocation.push_back(-duals[i]);
  out.cover = weights[n];
  for (std::size_t k = 0; k < n; ++k)
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
