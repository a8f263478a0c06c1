#include "model/posterior.hpp"

#include <algorithm>
#include <cmath>
#include <Eigen/Dense>
#include <map>
#include <mutex>
#include <random>
#include <utility>

#include "base/random.hpp"
#include "model/model.hpp"
#include "model/quantile.hpp"

namespace shortfall {

namespace {

Shape as_shape(const BetaPosterior& b) {
  const double sum = b.alpha + b.beta, m = b.alpha / sum;
  return ScaledBeta{m, std::sqrt(m * (1 - m) / (sum + 1)), 0, 1};
}

}  // namespace

double BetaPosterior::quantile(double level) const {
  if (alpha <= 0) return 0;
  if (beta <= 0) return 1;
  return shortfall::quantile(as_shape(*this), Chance{level, 1 - level});
}

double BetaPosterior::all_of(std::size_t n) const {
  double chance = 1;
  for (std::size_t k = 0; k < n; ++k) chance *= (alpha + static_cast<double>(k)) / (alpha + beta + static_cast<double>(k));
  return chance;
}

ClassPosterior class_posterior(const Coefficients& centre, const Bounds& bounds, double went_ahead, double prior_weight) {
  const double n = went_ahead + prior_weight;
  // Without a prior the fit's own error is all there is.
  return {bounds, centre, sampling_covariance(centre) / (prior_weight > 0 ? n : std::max(1.0, n - 3)), std::max(1.0, n - 3)};
}

double disagreement(const Coefficients& data, double n, const Coefficients& prior, double prior_weight, const Coefficients& centre) {
  const Eigen::Vector3d difference = data - prior;
  const Eigen::Matrix3d covariance = sampling_covariance(centre) * (1 / n + 1 / prior_weight);
  return difference.dot(covariance.ldlt().solve(difference));
}

namespace {

// The places 0 to count − 1 in an order of their own.
std::vector<std::size_t> shuffled(std::size_t count, std::mt19937_64& random) {
  std::vector<std::size_t> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = i;
  shuffle(out, random);
  return out;
}

// The quantile function in the middle of each of `count` equal parts of 0 to 1, asked for in rising order and returned in an order of its own.
template <class QuantileOf>
std::vector<double> by_strata(std::size_t count, std::mt19937_64& random, QuantileOf quantile_of) {
  const std::vector<std::size_t> place = shuffled(count, random);
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[place[i]] = quantile_of((static_cast<double>(i) + 0.5) / static_cast<double>(count));
  return out;
}

}  // namespace

std::vector<double> BetaPosterior::draws(std::size_t count, std::uint64_t seed, std::string_view name) const {
  if (alpha <= 0 || beta <= 0) return std::vector<double>(count, alpha <= 0 ? 0.0 : 1.0);
  std::mt19937_64 random(seed ^ stream_of(name));
  QuantileFunction inverse = quantile_function(as_shape(*this));
  return by_strata(count, random, [&](double level) { return inverse({level, 1 - level}); });
}

double prior_weight(std::string_view grade) { return grade == "evidence" || grade == "calibrated" ? 40 : grade == "derived" ? 20 : 10; }

namespace {

// χ² at the middle of each of so many equal parts: made once for all classes that have as many degrees of freedom.
const std::vector<double>& chi_squared_strata(std::size_t count, double degrees) {
  static std::mutex making;
  static std::map<std::pair<std::size_t, double>, std::vector<double>> made;
  const std::lock_guard lock(making);
  std::vector<double>& out = made[{count, degrees}];
  for (std::size_t i = out.size(); i < count; ++i) {
    const double level = (static_cast<double>(i) + 0.5) / static_cast<double>(count);
    out.push_back(chi_squared_quantile({level, 1 - level}, degrees));
  }
  return out;
}

}  // namespace

std::vector<Coefficients> posterior_draws(const ClassPosterior& posterior, std::size_t count, std::uint64_t seed, std::string_view name) {
  std::mt19937_64 random(seed ^ stream_of(name));
  std::vector<std::vector<double>> z;
  for (int c = 0; c < 3; ++c) z.push_back(by_strata(count, random, [](double level) { return normal_score({level, 1 - level}); }));
  const std::vector<double>& chi_squared = chi_squared_strata(count, posterior.degrees);
  const std::vector<std::size_t> place = shuffled(count, random);
  const Eigen::Matrix3d root = posterior.scale.llt().matrixL();
  std::vector<Coefficients> out;
  for (std::size_t k = 0; k < count; ++k) {
    const Eigen::Vector3d normal(z[0][k], z[1][k], z[2][k]);
    out.push_back(nearest_feasible(posterior.centre + root * normal * std::sqrt(posterior.degrees / chi_squared[place[k]])));
  }
  return out;
}

}  // namespace shortfall
