// What scores would be if the forecasts were right: each system has one of its own futures for its outcomes, all of them at once, so that what they
// share is in it; systems are drawn independently of each other.
#pragma once

#include <cstdint>
#include <Eigen/Core>
#include <random>
#include <vector>

#include "base/random.hpp"
#include "history/scores.hpp"

namespace shortfall {

struct BacktestResult;

class ImaginedScores {
 public:
  // Of one outcome: what every future of it would have scored. In the order in which outcomes are scored.
  struct Amount {
    std::size_t case_index;
    std::vector<float> crps, pit;  // [future]
    std::vector<bool> within_80, within_90;
  };
  struct Failure {
    std::size_t case_index;
    double chance;
    std::vector<bool> failed;
  };
  void add_amount(std::size_t case_index, const Eigen::ArrayXd& shares, const Ensemble& ensemble, std::mt19937_64& random);
  void add_failure(std::size_t case_index, const Eigen::ArrayXd& failed);
  const std::vector<Amount>& amounts() const { return amounts_; }
  const std::vector<Failure>& failures() const { return failures_; }

 private:
  std::vector<Amount> amounts_;
  std::vector<Failure> failures_;
};

// Fills the summaries of what has been scored: by kind, outturns apart from figures of before the year's end.
void summarise(const ImaginedScores& imagined, std::size_t cases, std::uint64_t seed, BacktestResult& result);

}  // namespace shortfall
