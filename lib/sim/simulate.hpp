// Blocks of trials spread over threads: the one thread loop of the program.
#pragma once

#include <functional>

#include "model/model.hpp"
#include "sim/tally.hpp"

namespace shortfall {

struct Trials {
  std::uint64_t first = 0;  // a multiple of the block's 256
  std::uint64_t count = 100'000;
};

struct SimulateOptions {
  std::uint64_t seed = 1;
  unsigned threads = 0;  // 0: as many as the machine has
  // Called now and then, on the caller's thread, with the trials done so far.
  std::function<void(std::uint64_t)> progress;
};

// The tally of those trials: the same bits for any number of threads. Throws std::bad_alloc when memory runs out.
Tally simulate(const Model& model, const Scales& scales, Trials trials, const SimulateOptions& options);

}  // namespace shortfall
