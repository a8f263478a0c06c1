// How much of a group's own record to believe: Bühlmann and Straub's credibility (1970), and small estimates from records that have not ended.
#pragma once

#include <cstddef>
#include <vector>

#include "model/posterior.hpp"

namespace shortfall {

struct CredibilityGroup {
  std::vector<double> values, weights;
};
struct Credibility {
  double within = 0, between = 0;   // variances; of the means of groups, at least 0
  double mean = 0;                  // of all, by credibility
  std::vector<double> factors;      // [group]: Z, from 0 to 1
  std::vector<double> group_means;  // [group]: by weight
  std::vector<double> estimates;    // [group]: Z of its own mean, the rest of all
};
// At least one group has two values.
Credibility credibility(const std::vector<CredibilityGroup>& groups);

// A value, or what it is at least.
struct Censored {
  double value;
  bool at_least = false;
};
// The mean of an exponential distribution by maximum likelihood: all that has passed over the number of ends.
double exponential_mean(const std::vector<Censored>& values);

}  // namespace shortfall
