// How savings of a year arise month by month in simulated futures: what was to be expected by a month, beside what was seen by then.
#pragma once

#include <cstdint>
#include <vector>

#include "model/model.hpp"
#include "plan/plan.hpp"
#include "sim/update.hpp"

namespace shortfall {

struct OutturnRange {
  double mean = 0, p10 = 0, p50 = 0, p90 = 0;
  std::vector<double> quantiles;  // of levels that were asked for
};

// What a scheme that delivers in full saves in the year up to the end of a month of it, 0 to 12, by months late; the last stands for all later ones.
std::vector<double> saved_by_lateness(const Plans& plans, const Organisation& owner, const Scheme& scheme, double optimism, std::size_t year,
                                      int months);

// A scheme of the model, seen at the end of a month of the year.
struct SeenMonth {
  std::size_t scheme = 0;
  int months = 0;
};

struct YearPath {
  std::vector<OutturnRange> by_month;  // [months − 1]: all schemes' savings of the year so far
  std::vector<double> seen;            // rising: what all that was seen comes to, in each future
  OutturnRange expected_seen() const;
  double at_most(double amount) const;  // the share of futures in which what was seen comes to no more
};

struct YearPathOptions {
  std::size_t year = 0;
  double optimism = 1;
  std::uint64_t seed = 1;
  unsigned threads = 0;
};
// Of ten thousand futures; those that are left where there is an update.
YearPath year_path(const Plans& plans, const Model& model, const std::vector<SeenMonth>& seen, const YearPathOptions& options, const Update* update);

}  // namespace shortfall
