// Where a chance passes a level as a dial is turned: bisection that asks for a few simulations at a time, all on the same draws.
#pragma once

#include <map>
#include <vector>

#include "study/estimate.hpp"

namespace shortfall {

struct DialRange {
  double from = 0, to = 1;
  bool whole = false;  // only whole numbers
};

// What a simulation found with the dial at x.
struct DialPoint {
  double x = 0;
  Estimate chance;
};

class Search {
 public:
  // found: the chance is at the level at `answer`. always_above, always_below: nowhere in the range is it at most, at least, the level.
  enum class Outcome { searching, found, always_above, always_below };

  // `scan`: rising values over the whole range, of a few trials, to begin from. Where the chance passes the level more than once there, the first
  // passage is searched.
  Search(DialRange range, const std::vector<DialPoint>& scan, double level);

  // The dial's values to simulate next, by all trials; none when the search is over.
  std::vector<double> wanted() const { return wanted_; }
  // What they came to, in any order.
  void learn(const std::vector<DialPoint>& points);

  Outcome outcome() const { return outcome_; }
  // Of `found`. The value of the dial, simulated; of whole numbers, and where the chance jumps over the level, the last on the side where it is
  // below. low and high: where the 95 % interval of the chance begins, and ceases, to hold the level: between them the two cannot be told apart.
  Estimate answer() const { return answer_; }
  Estimate chance() const { return chance_; }  // at the answer; else at the end of the range that comes nearest to the level
  bool rising() const { return direction_ > 0; }

 private:
  void next();
  void finish();
  void want(double u);
  double crossing(double (*of)(const Estimate&), double otherwise) const;

  DialRange range_;
  double level_;
  double direction_ = 1;              // u = direction · x, so that the chance rises with u
  double lowest_, highest_;           // of u
  std::map<double, Estimate> known_;  // by u
  std::vector<double> wanted_;
  double last_width_ = 0, step_ = 0;
  bool at_ends_ = false;
  Outcome outcome_ = Outcome::searching;
  Estimate answer_, chance_;
};

}  // namespace shortfall
