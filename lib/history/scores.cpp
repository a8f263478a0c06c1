#include "history/scores.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

#include "model/quantile.hpp"

namespace shortfall {

double crps_normal(double mean, double sd, double outcome) {
  if (sd == 0) return std::abs(outcome - mean);
  const double z = (outcome - mean) / sd;
  const Chance chance = normal_chance(z);
  const double density = std::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
  return sd * (z * (chance.below - chance.above) + 2 * density - 1 / std::sqrt(std::numbers::pi));
}

namespace {

// ∫ (l(x) − shift)² dx over a stretch of that width on which l goes linearly from one level to the other.
double integral_of_square(double width, double from, double to, double shift) {
  const double a = from - shift, b = to - shift;
  return width * (a * a + a * b + b * b) / 3;
}

}  // namespace

double crps(const std::vector<QuantilePoint>& quantiles, double outcome) {
  assert(quantiles.size() >= 2 && quantiles.front().level == 0 && quantiles.back().level == 1);
  double sum = std::max(0.0, quantiles.front().value - outcome) + std::max(0.0, outcome - quantiles.back().value);
  for (std::size_t i = 1; i < quantiles.size(); ++i) {
    const auto [l0, v0] = quantiles[i - 1];
    const auto [l1, v1] = quantiles[i];
    if (v1 <= v0) continue;
    const double split = std::clamp(outcome, v0, v1), level = l0 + (l1 - l0) * (split - v0) / (v1 - v0);
    sum += integral_of_square(split - v0, l0, level, 0) + integral_of_square(v1 - split, level, l1, 1);
  }
  return sum;
}

Ensemble::Ensemble(std::vector<double> values) : sorted_(std::move(values)), sums_(sorted_.size() + 1, 0.0) {
  assert(!sorted_.empty());
  std::sort(sorted_.begin(), sorted_.end());
  const double n = static_cast<double>(sorted_.size());
  double weighted = 0;  // Σ_i (2 i − n + 1) x_i over i from 0 is Σ_{i<j} (x_j − x_i)
  for (std::size_t i = 0; i < sorted_.size(); ++i) {
    sums_[i + 1] = sums_[i] + sorted_[i];
    weighted += (2 * static_cast<double>(i) - n + 1) * sorted_[i];
  }
  spread_ = weighted / (n * n);
}

double Ensemble::quantile(double level) const {
  const double n = static_cast<double>(size()), at = std::clamp(level * n - 0.5, 0.0, n - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= size()) return sorted_.back();
  return sorted_[below] + (at - static_cast<double>(below)) * (sorted_[below + 1] - sorted_[below]);
}

double Ensemble::crps(double outcome) const {
  const double n = static_cast<double>(size());
  const auto below = static_cast<std::size_t>(std::upper_bound(sorted_.begin(), sorted_.end(), outcome) - sorted_.begin());
  const double k = static_cast<double>(below);
  const double distance = (k * outcome - sums_[below]) + (sums_.back() - sums_[below] - (n - k) * outcome);
  return std::max(0.0, distance / n - spread_);
}

Ensemble::Pit Ensemble::pit(double outcome) const {
  const auto [first, last] = std::equal_range(sorted_.begin(), sorted_.end(), outcome);
  const double n = static_cast<double>(size()) + 1;  // what happened is one more of them
  return {static_cast<double>(first - sorted_.begin()) / n, (static_cast<double>(last - sorted_.begin()) + 1) / n};
}

BrierScore brier(std::vector<ChanceAndOutcome> forecasts) {
  BrierScore out;
  if (forecasts.empty()) return out;
  std::sort(forecasts.begin(), forecasts.end(), [](const auto& a, const auto& b) { return a.chance < b.chance; });
  // Neighbours that violate the order are pooled (Ayer and others 1955); equal chances are one forecast.
  struct Block {
    double happened, count, last_chance;
  };
  std::vector<Block> blocks;
  const double n = static_cast<double>(forecasts.size());
  double happened = 0;
  for (const auto& [chance, did] : forecasts) {
    const double outcome = did ? 1 : 0;
    happened += outcome;
    out.score += (chance - outcome) * (chance - outcome) / n;
    if (!blocks.empty() && blocks.back().last_chance == chance) {
      blocks.back().happened += outcome, blocks.back().count += 1;
    } else {
      blocks.push_back({outcome, 1, chance});
    }
  }
  std::vector<Block> pooled;
  for (Block block : blocks) {
    while (!pooled.empty() && pooled.back().happened * block.count >= block.happened * pooled.back().count) {
      block.happened += pooled.back().happened, block.count += pooled.back().count;
      pooled.pop_back();
    }
    pooled.push_back(block);
  }
  double calibrated = 0;
  for (const Block& block : pooled) calibrated += block.happened * (1 - block.happened / block.count) / n;
  out.uncertainty = happened / n * (1 - happened / n);
  out.miscalibration = out.score - calibrated;
  out.discrimination = out.uncertainty - calibrated;
  return out;
}

double energy_score(const Eigen::ArrayXXd& futures, const Eigen::ArrayXd& outcome) {
  const Eigen::Index n = futures.rows();
  double to_outcome = 0, between = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    to_outcome += std::sqrt((futures.row(i).transpose() - outcome).square().sum());
    for (Eigen::Index j = 0; j < i; ++j) between += std::sqrt((futures.row(i) - futures.row(j)).square().sum());
  }
  const double count = static_cast<double>(n);
  return to_outcome / count - between / (count * count);
}

std::pair<std::size_t, std::size_t> binomial_range(std::size_t n, double chance, double level) {
  if (chance <= 0) return {0, 0};
  if (chance >= 1) return {n, n};
  const double tail = (1 - level) / 2, count = static_cast<double>(n);
  double below = 0;
  std::size_t low = n, high = n;
  bool found_low = false;
  for (std::size_t k = 0; k <= n; ++k) {
    const double x = static_cast<double>(k);
    below += std::exp(log_gamma(count + 1) - log_gamma(x + 1) - log_gamma(count - x + 1) + x * std::log(chance) + (count - x) * std::log1p(-chance));
    if (!found_low && below > tail) low = k, found_low = true;
    if (below >= 1 - tail) {
      high = k;
      break;
    }
  }
  return {low, high};
}

}  // namespace shortfall
