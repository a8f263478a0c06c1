#include "history/factor_posterior.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <Eigen/Eigenvalues>
#include <numeric>

#include "model/quantile.hpp"
#include "sim/column.hpp"

namespace shortfall {

namespace {

SHORTFALL_STAGE void add_scaled(double weight, const double* values, std::size_t count, double* sum) {
  for (std::size_t k = 0; k < count; ++k) sum[k] += weight * values[k];
}
SHORTFALL_STAGE void add_squares(const double* values, std::size_t count, double* sum) {
  for (std::size_t k = 0; k < count; ++k) sum[k] += values[k] * values[k];
}

}  // namespace

Spline::Spline(double first, double step, std::vector<double> values) : first_(first), step_(step), values_(std::move(values)) {
  const std::size_t n = values_.size();
  curvatures_.assign(n, 0.0);
  if (n < 3) return;
  // The tridiagonal system of the second derivatives, by elimination; 0 at both ends.
  std::vector<double> pivot(n, 0.0), right(n, 0.0);
  for (std::size_t k = 1; k + 1 < n; ++k) {
    const double second = (values_[k - 1] - 2 * values_[k] + values_[k + 1]) / (step_ * step_);
    pivot[k] = 1 / (4 - (k > 1 ? pivot[k - 1] : 0));
    right[k] = (6 * second - (k > 1 ? right[k - 1] : 0)) * pivot[k];
  }
  for (std::size_t k = n - 2; k > 0; --k) curvatures_[k] = right[k] - pivot[k] * curvatures_[k + 1];
  const double h2 = step_ * step_ / 6;
  for (std::size_t k = 0; k + 1 < n; ++k) {
    const double a = values_[k], p = h2 * curvatures_[k], q = h2 * curvatures_[k + 1];
    cells_.push_back({{a, values_[k + 1] - a - 2 * p - q, 3 * p, q - p}});
  }
}

void Spline::add_values(const double* x, std::size_t count, double* sum) const {
  if (cells_.empty()) {
    for (std::size_t k = 0; k < count; ++k) sum[k] += value(x[k]);
    return;
  }
  const auto last = static_cast<double>(cells_.size());
  const Cell &lowest = cells_.front(), &highest = cells_.back();
  const double low_slope = lowest.of[1], high_slope = highest.of[1] + 2 * highest.of[2] + 3 * highest.of[3], inverse = 1 / step_;
  for (std::size_t k = 0; k < count; ++k) {
    const double place = (x[k] - first_) * inverse, inside = std::clamp(place, 0.0, last), over = place - inside;
    const std::size_t cell = std::min(static_cast<std::size_t>(inside), cells_.size() - 1);
    const double t = inside - static_cast<double>(cell), *of = cells_[cell].of;
    sum[k] += ((of[3] * t + of[2]) * t + of[1]) * t + of[0] + over * (over < 0 ? low_slope : high_slope);
  }
}

Spline::Point Spline::at(double x) const {
  const std::size_t n = values_.size();
  if (n == 0) return {0, 0, 0};
  if (n == 1) return {values_[0], 0, 0};
  const double place = (x - first_) / step_;
  const double inside = std::clamp(place, 0.0, static_cast<double>(n - 1));
  const std::size_t k = std::min(static_cast<std::size_t>(inside), n - 2);
  const double t = inside - static_cast<double>(k), s = 1 - t, h2 = step_ * step_ / 6;
  const double a = values_[k], b = values_[k + 1], p = curvatures_[k], q = curvatures_[k + 1];
  const double value = s * a + t * b + h2 * ((s * s * s - s) * p + (t * t * t - t) * q);
  const double slope = (b - a) / step_ + step_ / 6 * ((1 - 3 * s * s) * p + (3 * t * t - 1) * q);
  if (place == inside) return {value, slope, s * p + t * q};
  return {value + slope * (place - inside) * step_, slope, 0};
}

FactorPosterior::FactorPosterior(std::size_t factors, std::vector<SharedEvidence> shared, std::vector<NormalEvidence> normal)
    : shared_(std::move(shared)), normal_(std::move(normal)) {
  const auto n = static_cast<Eigen::Index>(factors);
  mode_ = Eigen::VectorXd::Zero(n);
  if (n == 0) return;
  double best = -HUGE_VAL;
  for (const double start : {0.0, 1.0, -1.0}) {
    const Eigen::VectorXd found = climb(Eigen::VectorXd::Constant(n, start));
    const double value = log_density(found);
    if (value > best) best = value, mode_ = found;
  }
  // A direction in which the posterior is flatter than its prior is given the prior's width.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> parts(-derivatives(mode_).curvature);
  const Eigen::VectorXd precision = parts.eigenvalues().cwiseMax(0.5);
  covariance_ = parts.eigenvectors() * precision.cwiseInverse().asDiagonal() * parts.eigenvectors().transpose();
  root_ = covariance_.llt().matrixL();
}

double FactorPosterior::log_density(const Eigen::VectorXd& factor) const {
  double out = -factor.squaredNorm() / 2;
  for (const SharedEvidence& e : shared_) out += e.log_likelihood.value(e.weights.dot(factor));
  for (const NormalEvidence& e : normal_) {
    const double off = e.value - e.weights.dot(factor);
    out -= off * off / (2 * e.variance);
  }
  return out;
}

FactorPosterior::Derivatives FactorPosterior::derivatives(const Eigen::VectorXd& factor) const {
  const Eigen::Index n = factor.size();
  Derivatives out{log_density(factor), -factor, -Eigen::MatrixXd::Identity(n, n)};
  for (const SharedEvidence& e : shared_) {
    const Spline::Point p = e.log_likelihood.at(e.weights.dot(factor));
    out.slope += p.slope * e.weights;
    out.curvature += p.curvature * e.weights * e.weights.transpose();
  }
  for (const NormalEvidence& e : normal_) {
    out.slope += (e.value - e.weights.dot(factor)) / e.variance * e.weights;
    out.curvature -= e.weights * e.weights.transpose() / e.variance;
  }
  return out;
}

// Newton's steps, halved until they lead upwards; where the density is not concave, along the directions in which it is, with the others' curvature
// raised to a floor.
Eigen::VectorXd FactorPosterior::climb(Eigen::VectorXd at) const {
  constexpr int most_steps = 100, most_halvings = 40;
  constexpr double least_curvature = 0.1;
  for (int step = 0; step < most_steps; ++step) {
    const Derivatives d = derivatives(at);
    const Eigen::MatrixXd precision = -d.curvature;
    const Eigen::LLT<Eigen::MatrixXd> factored(precision);
    Eigen::VectorXd move;
    if (factored.info() == Eigen::Success) {
      move = factored.solve(d.slope);
    } else {
      const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> parts(precision);
      const Eigen::VectorXd raised = parts.eigenvalues().cwiseMax(least_curvature);
      move = parts.eigenvectors() * (parts.eigenvectors().transpose() * d.slope).cwiseQuotient(raised);
    }
    double length = 1;
    for (int k = 0; k < most_halvings && log_density(at + length * move) < d.value; ++k) length /= 2;
    const Eigen::VectorXd next = at + length * move;
    if (log_density(next) < d.value) return at;
    at = next;
    if (move.norm() * length < 1e-10) return at;
  }
  return at;
}

void FactorPosterior::propose(Eigen::MatrixXd& normals, const Eigen::VectorXd& mixing, Eigen::VectorXd& log_weights) const {
  const Eigen::Index n = normals.cols(), proposals = normals.rows();
  assert(static_cast<std::size_t>(n) == factors());
  const double degrees = proposal_degrees;
  log_weights.setZero(proposals);
  const auto each = static_cast<std::size_t>(proposals);
  // Of all proposals at once, a factor at a time: sum += weight · values.
  const auto add = [each](double weight, const auto& values, auto&& sum) { add_scaled(weight, values.data(), each, sum.data()); };
  for (Eigen::Index f = 0; f < n; ++f) add_squares(normals.col(f).data(), each, log_weights.data());
  for (Eigen::Index k = 0; k < proposals; ++k)  // minus the proposal's log density
    log_weights[k] = (degrees + static_cast<double>(n)) / 2 * std::log1p(log_weights[k] * mixing[k] * mixing[k] / degrees);
  Eigen::VectorXd sum(proposals);
  for (Eigen::Index f = n - 1; f >= 0; --f) {  // a factor's proposal is made of the normals up to its own
    sum.setZero();
    for (Eigen::Index j = 0; j <= f; ++j) add(root_(f, j), normals.col(j), sum);
    normals.col(f) = mode_[f] + mixing.array() * sum.array();
  }
  sum.setZero();
  for (Eigen::Index f = 0; f < n; ++f) add_squares(normals.col(f).data(), each, sum.data());
  log_weights -= sum / 2;
  const auto common = [&](const Eigen::VectorXd& weights) -> const Eigen::VectorXd& {
    sum.setZero();
    for (Eigen::Index f = 0; f < n; ++f)
      if (weights[f] != 0) add(weights[f], normals.col(f), sum);
    return sum;
  };
  for (const SharedEvidence& e : shared_) e.log_likelihood.add_values(common(e.weights).data(), each, log_weights.data());
  for (const NormalEvidence& e : normal_) log_weights.array() -= (e.value - common(e.weights).array()).square() / (2 * e.variance);
}

double FactorPosterior::log_constant() const {
  const auto n = static_cast<double>(factors());
  constexpr double degrees = proposal_degrees;
  return n / 2 * std::log(degrees / 2) + log_gamma(degrees / 2) - log_gamma((degrees + n) / 2) + root_.diagonal().array().log().sum();
}

std::vector<std::uint32_t> resample(const Eigen::VectorXd& log_weights, std::size_t trials, double offset) {
  const double most = log_weights.maxCoeff();
  const Eigen::ArrayXd weights = (log_weights.array() - most).exp();
  const double each = weights.sum() / static_cast<double>(trials);
  std::vector<std::uint32_t> out;
  out.reserve(trials);
  double below = 0;
  for (Eigen::Index k = 0; k < weights.size(); ++k) {
    below += weights[k];
    while (out.size() < trials && (static_cast<double>(out.size()) + offset) * each < below) out.push_back(static_cast<std::uint32_t>(k));
  }
  while (out.size() < trials) out.push_back(out.empty() ? 0 : out.back());  // what rounding leaves over
  return out;
}

std::vector<std::uint32_t> resample_in_order(const std::vector<double>& log_weights, const std::vector<double>& by, std::size_t count) {
  assert(log_weights.size() == by.size());
  std::vector<std::uint32_t> order(by.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return by[a] < by[b]; });
  Eigen::VectorXd in_order(static_cast<Eigen::Index>(order.size()));
  for (std::size_t k = 0; k < order.size(); ++k) in_order[static_cast<Eigen::Index>(k)] = log_weights[order[k]];
  std::vector<std::uint32_t> out = resample(in_order, count, 0.5);
  for (std::uint32_t& place : out) place = order[place];
  return out;
}

// The profile of Zhang and Stephens (2009), with the weak prior of Vehtari and others (2024) that draws the shape of few towards 0.5.
double pareto_shape(const std::vector<double>& x) {
  const std::size_t n = x.size();
  const auto size = static_cast<double>(n);
  const std::size_t grid = 30 + static_cast<std::size_t>(std::sqrt(size));
  const double quarter = x[static_cast<std::size_t>(size / 4 + 0.5) - 1];
  const auto shape = [&](double theta) {
    double sum = 0;
    for (const double value : x) sum += std::log1p(-theta * value);
    return sum / size;
  };
  std::vector<double> theta(grid), likelihood(grid);
  for (std::size_t j = 0; j < grid; ++j) {
    theta[j] = 1 / x.back() + (1 - std::sqrt(static_cast<double>(grid) / (static_cast<double>(j) + 0.5))) / (3 * quarter);
    const double k = shape(theta[j]);
    likelihood[j] = size * (std::log(-theta[j] / k) - k - 1);
  }
  double sum = 0, mean = 0;
  const double most = *std::max_element(likelihood.begin(), likelihood.end());
  for (std::size_t j = 0; j < grid; ++j) {
    const double weight = std::exp(likelihood[j] - most);
    sum += weight, mean += weight * theta[j];
  }
  constexpr double prior = 10;
  return (size * shape(mean / sum) + prior * 0.5) / (size + prior);
}

WeightsQuality quality_of(std::vector<double> log_weights) {
  WeightsQuality out;
  out.proposals = log_weights.size();
  if (log_weights.empty()) return out;
  const double most = *std::max_element(log_weights.begin(), log_weights.end());
  double sum = 0, squares = 0;
  for (double& w : log_weights) {
    w = std::exp(w - most);
    sum += w, squares += w * w;
  }
  const auto size = static_cast<double>(out.proposals);
  out.effective = sum * sum / squares;
  out.most_k = std::min(0.7, 1 - 1 / std::log10(size));
  const auto tail = static_cast<std::size_t>(std::ceil(std::min(0.2 * size, 3 * std::sqrt(size))));
  if (tail < 5) return out;
  std::nth_element(log_weights.begin(), log_weights.end() - static_cast<std::ptrdiff_t>(tail) - 1, log_weights.end());
  const double threshold = log_weights[log_weights.size() - tail - 1];
  std::vector<double> above;
  for (auto w = log_weights.end() - static_cast<std::ptrdiff_t>(tail); w != log_weights.end(); ++w)
    if (*w > threshold) above.push_back(*w - threshold);
  std::sort(above.begin(), above.end());
  // Weights that are all alike have no tail.
  if (above.size() < 5 || above.back() < 1e-12 * threshold) return out;
  out.pareto_k = pareto_shape(above);
  return out;
}

}  // namespace shortfall
