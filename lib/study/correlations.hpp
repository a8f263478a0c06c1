// What a dependence setting comes to: "correlation 0.25" means different things to different people.
#pragma once

#include <string>
#include <vector>

#include "study/run.hpp"

namespace shortfall {

struct Correlation {
  std::string first, second;  // "share of midshire-acute/theatres"
  double luck = 0;            // of the two luck scores, by the weights (the same for a student-t copula)
  Estimate rank;              // Spearman's, of what was simulated; ties share their mean rank; interval by Fisher's transformation
};

// A few telling pairs: a scheme's share and delay, two schemes of one organisation, of two organisations, of one class, a scheme and a pressure's
// organisation, and the shortfalls of two organisations. From 10,240 trials.
std::vector<Correlation> telling_correlations(const Plans& plans, const RunOptions& options);

// Spearman's rank correlation (Spearman 1904), ties by their mean rank; 0 when either does not vary.
double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace shortfall
