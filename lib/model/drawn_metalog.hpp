// The tables of one class in a draw of its metalog, made from the draw's coefficients alone: as they are made anew for every block, without a
// quantile function and in single precision. Scores beyond ±6 (a chance of 2e-9) are taken as ±6.
#pragma once

#include <vector>

#include "model/marginal.hpp"
#include "model/metalog_fit.hpp"

namespace shortfall {

// Outcomes of a class as curves of the score, after the dial. Cells are as wide as the class's own metalog (its `centre`) allows with an error below
// 1e-4 of its range from P1 to P99, but at least an eighth of a unit.
class DrawnCurves {
 public:
  DrawnCurves(const Coefficients& centre, const Bounds& bounds, double optimism);
  Curve of(const Coefficients& drawn) const;
  int cells_per_unit() const { return cells_per_unit_; }

 private:
  // Outcome = base + times / (1 + e^−z) between two bounds, base + times · e^(sign z) beyond one, base + times · z with none.
  enum class Line { between, beyond, free };
  Line line_ = Line::free;
  float base_ = 0, times_ = 0, sign_ = 1;
  int cells_per_unit_ = 2;
};

// Months late of a class after the dial, rounded half up, of so many at most. Thresholds are right within 1e-4 of a score.
class DrawnDelays {
 public:
  DrawnDelays(const Bounds& bounds, double optimism, int most);
  Months of(const Coefficients& drawn) const;

 private:
  std::size_t always_ = 0;     // so many months are late in every future
  std::vector<double> later_;  // m + ½ months on the metalog's line, after those
};

}  // namespace shortfall
