#include "model/metalog_fit.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <Eigen/Dense>

#include "model/quantile.hpp"

namespace shortfall {

double onto_line(double x, const Bounds& b) {
  if (b.low && b.high) return std::log((x - *b.low) / (*b.high - x));
  if (b.low) return std::log(x - *b.low);
  if (b.high) return -std::log(*b.high - x);
  return x;
}

double off_line(double z, const Bounds& b) {
  if (b.low && b.high) return z > 0 ? (*b.high + *b.low * std::exp(-z)) / (1 + std::exp(-z)) : (*b.low + *b.high * std::exp(z)) / (1 + std::exp(z));
  if (b.low) return *b.low + std::exp(z);
  if (b.high) return *b.high - std::exp(-z);
  return z;
}

Eigen::RowVector3d metalog_basis(double level) {
  const double odds = std::log(level / (1 - level));
  return {1, odds, (level - 0.5) * odds};
}

double metalog_quantile(const Coefficients& a, const Bounds& bounds, double level) { return off_line(metalog_basis(level).dot(a), bounds); }

double metalog_mean(const Coefficients& a, const Bounds& bounds) {
  // With y = 1/(1 + e^−t) the integral over y becomes one over t whose ends fall off exponentially, where the trapezium rule is all but exact.
  constexpr double step = 0.05;
  double sum = 0, weights = 0;
  for (int k = -800; k <= 800; ++k) {
    const double t = step * k, y = t > 0 ? 1 / (1 + std::exp(-t)) : std::exp(t) / (1 + std::exp(t));
    const double weight = std::exp(-std::abs(t)) / std::pow(1 + std::exp(-std::abs(t)), 2);
    sum += weight * off_line(a[0] + a[1] * t + a[2] * (y - 0.5) * t, bounds);
    weights += weight;
  }
  return sum / weights;
}

double metalog_chance_below(const Coefficients& a, const Bounds& bounds, double x) {
  if (bounds.low && x <= *bounds.low) return 0;
  if (bounds.high && x >= *bounds.high) return 1;
  const double z = onto_line(x, bounds);
  double low = -40, high = 40;  // log odds
  for (int i = 0; i < 80; ++i) {
    const double t = 0.5 * (low + high), y = 1 / (1 + std::exp(-t));
    (a[0] + a[1] * t + a[2] * (y - 0.5) * t < z ? low : high) = t;
  }
  return 1 / (1 + std::exp(-0.5 * (low + high)));
}

namespace {

Eigen::Matrix<double, Eigen::Dynamic, 3> design(Eigen::Index n) {
  Eigen::Matrix<double, Eigen::Dynamic, 3> rows(n, 3);
  for (Eigen::Index i = 0; i < n; ++i) rows.row(i) = metalog_basis((static_cast<double>(i) + 0.5) / static_cast<double>(n));
  return rows;
}

double within(double x, const Bounds& b, double range) {
  if (b.low) x = std::max(x, *b.low + 0.005 * range);
  if (b.high) x = std::min(x, *b.high - 0.005 * range);
  return x;
}

}  // namespace

Coefficients fit_metalog(std::vector<double> values, const Bounds& bounds) {
  assert(values.size() >= 3);
  std::sort(values.begin(), values.end());
  const double range = bounds.low && bounds.high ? *bounds.high - *bounds.low : std::max(values.back() - values.front(), 1e-9);
  const auto n = static_cast<Eigen::Index>(values.size());
  Eigen::VectorXd line(n);
  for (Eigen::Index i = 0; i < n; ++i) line[i] = onto_line(within(values[static_cast<std::size_t>(i)], bounds, range), bounds);
  return design(n).colPivHouseholderQr().solve(line);
}

Coefficients fit_metalog(const Shape& shape, const Bounds& bounds) {
  const QuantileFunction quantile = quantile_function(shape);
  constexpr int levels = 19;
  Eigen::Matrix<double, levels, 3> rows;
  Eigen::Matrix<double, levels, 1> line;
  std::array<double, levels> values;
  for (int i = 0; i < levels; ++i) {
    const double level = (i + 1) / 20.0;
    rows.row(i) = metalog_basis(level);
    values[static_cast<std::size_t>(i)] = quantile({level, 1 - level});
  }
  const double range = bounds.low && bounds.high ? *bounds.high - *bounds.low : std::max(values.back() - values.front(), 1e-9);
  const bool own = bounds_of(shape) == bounds && std::holds_alternative<Metalog>(shape);
  for (int i = 0; i < levels; ++i) {
    const double value = values[static_cast<std::size_t>(i)];
    line[i] = onto_line(own ? value : within(value, bounds, range), bounds);
  }
  return rows.colPivHouseholderQr().solve(line);
}

Bounds bounds_of(const Shape& shape) {
  const Support s = support({shape, 0.0});
  Bounds out;
  if (std::isfinite(s.low)) out.low = s.low;
  if (std::isfinite(s.high)) out.high = s.high;
  return out;
}

bool is_feasible(const Coefficients& a) { return a[1] > 0 && feasible(MetalogTerms{a[0], a[1], a[2]}); }

namespace {

// The largest |a3| that an a2 of 1 allows, a hair within.
double steepest() {
  static const double slope = [] {
    double low = 1, high = 2;
    for (int i = 0; i < 60; ++i) {
      const double middle = 0.5 * (low + high);
      (feasible(MetalogTerms{0, 1, middle}) ? low : high) = middle;
    }
    return low * (1 - 1e-6);
  }();
  return slope;
}

}  // namespace

Coefficients nearest_feasible(const Coefficients& a) {
  if (is_feasible(a)) return a;
  static const Eigen::Matrix3d metric = [] {
    const Eigen::Matrix<double, Eigen::Dynamic, 3> rows = design(200);
    return Eigen::Matrix3d(rows.transpose() * rows);
  }();
  static const Eigen::Matrix3d inverse = metric.inverse();
  constexpr double least_spread = 1e-4;
  // Onto the plane where normal · a = at, the shortest way by the metric.
  const auto onto = [&](const Eigen::Vector3d& normal, double at) -> Coefficients {
    return a - inverse * normal * ((normal.dot(a) - at) / (normal.dot(inverse * normal)));
  };
  Coefficients best(a[0], least_spread, 0);
  double least = std::numeric_limits<double>::infinity();
  const auto take = [&](const Coefficients& candidate) {
    const double distance = (candidate - a).dot(metric * (candidate - a));
    if (candidate[1] >= least_spread * (1 - 1e-9) && is_feasible(candidate) && distance < least) best = candidate, least = distance;
  };
  for (const double sign : {1.0, -1.0}) take(onto({0, -steepest(), sign}, -1e-12));
  take(onto({0, 1, 0}, least_spread));
  if (std::isinf(least)) take(best);
  return best;
}

Coefficients blend(const Coefficients& data, double n, const Coefficients& prior, double prior_weight) {
  return (n * data + prior_weight * prior) / (n + prior_weight);
}

Metalog as_metalog(const Coefficients& a, const Bounds& b) {
  return {metalog_quantile(a, b, 0.1), metalog_quantile(a, b, 0.5), metalog_quantile(a, b, 0.9), b.low, b.high};
}

namespace {

// The covariance is quadratic in a2 and a3, which the slope M′ = a2 u + a3 w has for factors: what stands at a2², a2 a3 and a3².
struct SamplingCovariance {
  Eigen::Matrix3d spreads, both, bends;
  SamplingCovariance() {
    constexpr Eigen::Index n = 200;
    const Eigen::Matrix<double, Eigen::Dynamic, 3> rows = design(n);
    const Eigen::Matrix<double, 3, Eigen::Dynamic> h = (rows.transpose() * rows).ldlt().solve(rows.transpose());
    Eigen::ArrayXd level(n), u(n), w(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const double p = (static_cast<double>(i) + 0.5) / n, spread = p * (1 - p);
      level[i] = p;
      u[i] = 1 / spread;
      w[i] = (p - 0.5) / spread + std::log(p / (1 - p));
    }
    Eigen::MatrixXd together(n, n);
    for (Eigen::Index i = 0; i < n; ++i)
      for (Eigen::Index j = 0; j < n; ++j) together(i, j) = std::min(level[i], level[j]) - level[i] * level[j];
    const Eigen::Matrix<double, 3, Eigen::Dynamic> hu = h * u.matrix().asDiagonal(), hw = h * w.matrix().asDiagonal();
    spreads = hu * together * hu.transpose();
    bends = hw * together * hw.transpose();
    both = hu * together * hw.transpose();
    both += both.transpose().eval();
  }
};

}  // namespace

Eigen::Matrix3d sampling_covariance(const Coefficients& a) {
  static const SamplingCovariance of;
  return a[1] * a[1] * of.spreads + a[1] * a[2] * of.both + a[2] * a[2] * of.bends;
}

}  // namespace shortfall
