#include "history/credibility.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace shortfall {

Credibility credibility(const std::vector<CredibilityGroup>& groups) {
  Credibility out;
  std::vector<double> weights;
  double degrees = 0, all = 0, squares = 0, sum = 0;
  for (const CredibilityGroup& g : groups) {
    assert(!g.values.empty() && g.values.size() == g.weights.size());
    double weight = 0, mean = 0;
    for (std::size_t i = 0; i < g.values.size(); ++i) weight += g.weights[i], mean += g.weights[i] * g.values[i];
    mean /= weight;
    for (std::size_t i = 0; i < g.values.size(); ++i) out.within += g.weights[i] * (g.values[i] - mean) * (g.values[i] - mean);
    degrees += static_cast<double>(g.values.size()) - 1;
    weights.push_back(weight), out.group_means.push_back(mean);
    all += weight, squares += weight * weight, sum += weight * mean;
  }
  out.within = degrees > 0 ? out.within / degrees : 0;
  const double overall = sum / all, spread = all - squares / all;
  double between = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) between += weights[g] * (out.group_means[g] - overall) * (out.group_means[g] - overall);
  if (spread > 0) out.between = std::max(0.0, (between - (static_cast<double>(groups.size()) - 1) * out.within) / spread);
  double factors = 0, weighted = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const double z = out.between == 0 ? 0 : weights[g] / (weights[g] + out.within / out.between);
    out.factors.push_back(z);
    factors += z, weighted += z * out.group_means[g];
  }
  out.mean = factors > 0 ? weighted / factors : overall;
  for (std::size_t g = 0; g < groups.size(); ++g) out.estimates.push_back(out.factors[g] * out.group_means[g] + (1 - out.factors[g]) * out.mean);
  return out;
}

double exponential_mean(const std::vector<Censored>& values) {
  double passed = 0, ended = 0;
  for (const Censored& v : values) passed += v.value, ended += v.at_least ? 0 : 1;
  return passed / ended;
}

}  // namespace shortfall
