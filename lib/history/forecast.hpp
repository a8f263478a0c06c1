// The futures that plans are forecast to have, each as a whole: what outcomes are scored against, and what is frozen for later.
#pragma once

#include <cstdint>
#include <Eigen/Core>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace shortfall {

// Something of a forecast that can turn out. Money is in the system's unit.
struct Measured {
  enum class Kind {
    saving,               // delivered, whatever was found elsewhere in it
    position,             // surplus (+) or deficit (−)
    failed,               // 0 or 1, by the year's end: an organisation's fate under the agreement; of the system, of all years together
    organisations_failed  // how many by the year's end, under the agreement
  };
  Kind kind = Kind::saving;
  std::optional<std::size_t> organisation;  // in order of id; none: the system
  std::optional<std::size_t> year;          // none: all years together
  bool operator==(const Measured&) const = default;
};
std::string name_of(Measured::Kind kind);  // "saving", "position", "failed", "organisations_failed"

struct Futures {
  std::vector<Measured> measured;
  std::vector<double> planned;  // [measured]: the plan's own arithmetic
  Eigen::ArrayXXd values;       // [future, measured]
};

struct FuturesOptions {
  std::uint64_t trials = 4096;
  std::uint64_t seed = 1;
  unsigned threads = 0;
  double optimism = 1;
  bool knowledge = false;  // whether what is not known of the reference classes is drawn: a draw for each block, at most 256
};

// Simulates `options.trials` futures of the plans: `values` is [future, measured] and `planned` [measured], money in the system's unit. A year's
// saving is simulated with the plans ended after that year; everything else with the whole plans. The same for any number of threads.
Futures futures_of(const Plans& plans, const std::vector<Measured>& measured, const FuturesOptions& options);

// All that can be measured of the plans, in one order.
std::vector<Measured> everything_of(const Plans& plans);

}  // namespace shortfall
