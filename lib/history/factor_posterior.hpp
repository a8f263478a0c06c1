// What is known of the factors that schemes and pressures share, once some of these have been seen: the posterior density, its mode, and proposals
// from which futures are resampled.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <vector>

namespace shortfall {

// A function at equally spaced points as a natural cubic spline, continued beyond both ends as a straight line.
class Spline {
 public:
  Spline() = default;
  Spline(double first, double step, std::vector<double> values);
  struct Point {
    double value, slope, curvature;
  };
  Point at(double x) const;
  double value(double x) const { return at(x).value; }
  // sum[k] += value(x[k]).
  void add_values(const double* x, std::size_t count, double* sum) const;
  double first() const { return first_; }
  double last() const { return first_ + step_ * static_cast<double>(values_.size() - 1); }
  const std::vector<double>& values() const { return values_; }

 private:
  double first_ = 0, step_ = 1;
  std::vector<double> values_, curvatures_;
  struct Cell {
    double of[4];  // 1, t, t², t³; t from 0 to 1 between two points
  };
  std::vector<Cell> cells_;
};

// Schemes that meet the factors in one and the same number c = Σ weight · factor: the sum of their log-likelihoods as a function of c.
struct SharedEvidence {
  Eigen::VectorXd weights;  // [factor]
  Spline log_likelihood;
};
// A number that is normal about weights · factors with that variance, and was seen to be `value`.
struct NormalEvidence {
  Eigen::VectorXd weights;
  double value = 0, variance = 1;
};

class FactorPosterior {
 public:
  // Of so many independent standard normals.
  FactorPosterior(std::size_t factors, std::vector<SharedEvidence> shared, std::vector<NormalEvidence> normal);

  std::size_t factors() const { return static_cast<std::size_t>(mode_.size()); }
  double log_density(const Eigen::VectorXd& factor) const;  // but for a constant
  const Eigen::VectorXd& mode() const { return mode_; }
  const Eigen::MatrixXd& covariance() const { return covariance_; }  // the inverse of minus the second derivative at the mode

  // Student's t about the mode with that covariance for its scale: heavier in the tail than the posterior, as a proposal must be.
  static constexpr double proposal_degrees = 7;
  // Proposals in place of standard normals, a row each, with `mixing` sqrt(ν/χ²) of each; and the logs of their weights, posterior over proposal.
  void propose(Eigen::MatrixXd& normals, const Eigen::VectorXd& mixing, Eigen::VectorXd& log_weights) const;
  // What is missing in those logs for the mean of the weights to be the chance of all that was seen: the constants of both densities.
  double log_constant() const;

 private:
  struct Derivatives {
    double value;
    Eigen::VectorXd slope;
    Eigen::MatrixXd curvature;
  };
  Derivatives derivatives(const Eigen::VectorXd& factor) const;
  Eigen::VectorXd climb(Eigen::VectorXd from) const;

  std::vector<SharedEvidence> shared_;
  std::vector<NormalEvidence> normal_;
  Eigen::VectorXd mode_;
  Eigen::MatrixXd covariance_, root_;  // root_: lower, root rootᵀ = covariance
};

// Which of the proposals the trials get, each as often as its weight says but for less than one (systematic resampling; Kitagawa 1996): `offset` from
// 0 to 1 says where the comb starts. Rising.
std::vector<std::uint32_t> resample(const Eigen::VectorXd& log_weights, std::size_t trials, double offset);
// The same, with the comb laid over the proposals in rising order of `by` and started in the middle of its step, so that each part of `by`'s range
// gets its share of the `count` trials. The indices come back in that order, not rising.
std::vector<std::uint32_t> resample_in_order(const std::vector<double>& log_weights, const std::vector<double>& by, std::size_t count);

// How good the proposals are. `effective` is (Σ w)²/Σ w²; `pareto_k` the shape of the generalised Pareto distribution of the largest weights (Vehtari
// and others 2024, by the estimator of Zhang, Stephens 2009): the mean is trustworthy below `most_k`, min(0.7, 1 − 1/log₁₀ S).
struct WeightsQuality {
  std::uint64_t proposals = 0;
  double effective = 0;
  double pareto_k = 0;
  double most_k = 0;
  bool trustworthy() const { return pareto_k <= most_k; }
};
WeightsQuality quality_of(std::vector<double> log_weights);
// The shape of exceedances above a threshold, rising and above 0.
double pareto_shape(const std::vector<double>& exceedances);

}  // namespace shortfall
