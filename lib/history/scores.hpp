// How good forecasts were: proper scores, calibration and coverage, each of one forecast and what happened. Forecasts are samples of equally likely
// futures, or piecewise linear quantile functions.
#pragma once

#include <cstddef>
#include <Eigen/Core>
#include <utility>
#include <vector>

namespace shortfall {

// The continuous ranked probability score, in the unit of what is forecast; less is better (Matheson, Winkler 1976; Gneiting, Raftery 2007): the
// integral of (F(x) − [x >= outcome])². Of one certain value it is the absolute error.
double crps_normal(double mean, double sd, double outcome);
// Of a quantile function, linear between points whose levels go from 0 to 1; neither levels nor values fall. Equal values at two levels are an atom,
// equal levels at two values a gap.
struct QuantilePoint {
  double level, value;
};
double crps(const std::vector<QuantilePoint>& quantiles, double outcome);

// A sample of one quantity in rising order, with its running sums, so that many outcomes can be scored against it.
class Ensemble {
 public:
  explicit Ensemble(std::vector<double> values);
  std::size_t size() const { return sorted_.size(); }
  double mean() const { return sums_.back() / static_cast<double>(size()); }
  double quantile(double level) const;  // linear between order statistics, the i-th of n standing at (i − 1/2)/n
  double crps(double outcome) const;    // of the sample taken as the distribution
  // The probability integral transform: the share of futures below the outcome, and of those at or below it. They differ where futures share a value;
  // `at` then stands between them, at the place that `between`, from 0 to 1, says (Czado, Gneiting, Held 2009).
  struct Pit {
    double low, high;
    double at(double between) const { return low + between * (high - low); }
  };
  Pit pit(double outcome) const;

 private:
  std::vector<double> sorted_;
  std::vector<double> sums_;  // [i]: of the first i values
  double spread_;             // half the mean distance of two futures
};

// The mean squared error of chances (Brier 1950), as what is lost by their being miscalibrated, less what they tell apart, plus what the base rate
// leaves open. Calibrated chances come from isotonic regression (CORP: Dimitriadis, Gneiting, Jordan 2021), so no bins are chosen.
struct BrierScore {
  double score = 0, miscalibration = 0, discrimination = 0, uncertainty = 0;  // score = miscalibration − discrimination + uncertainty
};
struct ChanceAndOutcome {
  double chance;
  bool happened;
};
BrierScore brier(std::vector<ChanceAndOutcome> forecasts);

// The energy score of a joint forecast (Gneiting, Raftery 2007), its rows being futures: the CRPS in several dimensions, by Euclid's distance.
double energy_score(const Eigen::ArrayXXd& futures, const Eigen::ArrayXd& outcome);

// The least and most that a count of n independent events of that chance comes to, but for (1 − level)/2 at either end.
std::pair<std::size_t, std::size_t> binomial_range(std::size_t n, double chance, double level);

}  // namespace shortfall
