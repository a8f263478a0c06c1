#include "history/posterior.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "history/imagined.hpp"
#include "model/model.hpp"
#include "model/quantile.hpp"

namespace shortfall {

ClassPosterior class_posterior(const Coefficients& centre, const Bounds& bounds, double went_ahead, double prior_weight) {
  const double n = went_ahead + prior_weight;
  return {bounds, centre, sampling_covariance(centre) / n, std::max(1.0, n - 3), {}};
}

double disagreement(const Coefficients& data, double n, const Coefficients& prior, double prior_weight, const Coefficients& centre) {
  const Eigen::Vector3d difference = data - prior;
  const Eigen::Matrix3d covariance = sampling_covariance(centre) * (1 / n + 1 / prior_weight);
  return difference.dot(covariance.ldlt().solve(difference));
}

namespace {

// One value in each of `count` equal parts of 0 to 1, in an order of its own.
std::vector<double> strata(std::size_t count, std::mt19937_64& random) {
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = (static_cast<double>(i) + uniform(random)) / static_cast<double>(count);
  for (std::size_t i = count; i > 1; --i) std::swap(out[i - 1], out[static_cast<std::size_t>(uniform(random) * static_cast<double>(i))]);
  return out;
}

}  // namespace

std::vector<ClassDraw> posterior_draws(const ClassPosterior& posterior, std::size_t count, std::uint64_t seed, std::string_view name) {
  std::mt19937_64 random(seed ^ stream_of(name));
  std::vector<std::vector<double>> at;
  for (int coordinate = 0; coordinate < 5; ++coordinate) at.push_back(strata(count, random));
  const Eigen::Matrix3d root = posterior.scale.llt().matrixL();
  std::vector<ClassDraw> out;
  for (std::size_t k = 0; k < count; ++k) {
    Eigen::Vector3d z;
    for (Eigen::Index c = 0; c < 3; ++c) z[c] = normal_score({at[static_cast<std::size_t>(c)][k], 1 - at[static_cast<std::size_t>(c)][k]});
    const double w = chi_squared_quantile({at[3][k], 1 - at[3][k]}, posterior.degrees);
    const Coefficients a = posterior.centre + root * z * std::sqrt(posterior.degrees / w);
    out.push_back({nearest_feasible(a), posterior.drops_out ? posterior.drops_out->quantile(at[4][k]) : 0});
  }
  return out;
}

double variance_within(const std::vector<std::vector<double>>& blocks_of_draws) {
  double squares = 0, degrees = 0;
  for (const std::vector<double>& blocks : blocks_of_draws) {
    const double mean = std::accumulate(blocks.begin(), blocks.end(), 0.0) / static_cast<double>(blocks.size());
    for (const double b : blocks) squares += (b - mean) * (b - mean);
    degrees += static_cast<double>(blocks.size()) - 1;
  }
  return degrees > 0 ? squares / degrees : 0;
}

namespace {

struct Moments {
  double mean, simulation_error, knowledge;
};

Moments moments(const std::vector<double>& means, const std::vector<double>& blocks, double within) {
  double all = 0, sum = 0, reciprocals = 0;
  for (std::size_t k = 0; k < means.size(); ++k) all += blocks[k], sum += blocks[k] * means[k], reciprocals += 1 / blocks[k];
  const double mean = sum / all, count = static_cast<double>(means.size());
  double spread = 0;
  for (const double m : means) spread += (m - mean) * (m - mean);
  spread /= std::max(1.0, count - 1);
  return {mean, std::sqrt(within / all), std::sqrt(std::max(0.0, spread - within * reciprocals / count))};
}

// The draws' P5 or P95, drawn in towards the mean until their standard deviation is τ.
double shrunk_quantile(std::vector<double> means, const Moments& m, double level) {
  double spread = 0;
  for (const double x : means) spread += (x - m.mean) * (x - m.mean);
  spread = std::sqrt(spread / std::max(1.0, static_cast<double>(means.size()) - 1));
  std::sort(means.begin(), means.end());
  const double at = std::clamp(level * static_cast<double>(means.size()) - 0.5, 0.0, static_cast<double>(means.size()) - 1);
  const auto below = static_cast<std::size_t>(at);
  const double next = means[std::min(below + 1, means.size() - 1)];
  const double value = means[below] + (at - static_cast<double>(below)) * (next - means[below]);
  return m.mean + (spread > 0 ? (value - m.mean) * m.knowledge / spread : 0);
}

}  // namespace

Known known_amount(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within) {
  const Moments m = moments(draw_means, blocks, within);
  return {m.mean, m.simulation_error, m.knowledge, shrunk_quantile(draw_means, m, 0.05), shrunk_quantile(draw_means, m, 0.95), false};
}

Known known_chance(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within) {
  Known out = known_amount(draw_means, blocks, within);
  out.low = std::clamp(out.low, 0.0, 1.0), out.high = std::clamp(out.high, 0.0, 1.0);
  const double m = out.mean, variance = out.knowledge * out.knowledge;
  if (variance <= 0 || m <= 0 || m >= 1 || variance >= m * (1 - m)) return out;
  const double sum = m * (1 - m) / variance - 1;
  const BetaPosterior beta{m * sum, (1 - m) * sum};
  const double low = beta.quantile(0.05), high = beta.quantile(0.95);
  out.shapes_differ = std::abs(low - out.low) > 0.02 || std::abs(high - out.high) > 0.02;
  if (!out.shapes_differ || high - low > out.high - out.low) out.low = low, out.high = high;
  return out;
}

}  // namespace shortfall
