// Blocks of trials spread over threads: the one loop that all simulation goes through.
#pragma once

#include <functional>
#include <memory>

#include "base/ranks.hpp"
#include "model/model.hpp"
#include "sim/tally.hpp"
#include "sim/timings.hpp"

namespace shortfall {

struct Trials {
  std::uint64_t first = 0;  // a multiple of the block's 256
  std::uint64_t count = 100'000;
};

// The most precise that a model allows: a Latin hypercube within each block, pressures integrated where they may be.
Method method_for(const Model& model);

// Part `index` (from 0) of `count`: consecutive blocks; the parts follow each other without gap and differ by at most a block.
Trials part_of(Trials all, std::uint64_t index, std::uint64_t count);

struct SimulateOptions {
  std::uint64_t seed = 1;
  Method method = {};
  unsigned threads = 0;        // 0: as many as the machine has
  Ranks* ranks = nullptr;      // none: this process alone
  Timings* timings = nullptr;  // of all threads together, added to what is there
  // Called now and then, on the caller's thread, with the trials done so far.
  std::function<void(std::uint64_t)> progress = {};
};

// The tally of those trials: the same bits for any number of threads. Throws std::bad_alloc when memory runs out.
Tally simulate(const Model& model, const Scales& scales, Trials trials, const SimulateOptions& options);

// Each of the tallies becomes that of all ranks; `make` gives empty ones.
void merge_over_ranks(Ranks* ranks, std::vector<Tally>& tallies, const std::function<std::vector<Tally>()>& make);

// What one thread makes of the blocks that fall to it.
class Worker {
 public:
  virtual ~Worker() = default;
  virtual void work(std::uint64_t block, std::size_t rows) = 0;
};

// Makes a worker a thread, hands out the blocks, and gives each worker to `merge` when there are no more; `merge` is never called twice at once, in
// no particular order. An exception in a worker ends the loop and comes out here.
void for_each_block(Trials trials, const SimulateOptions& options, const std::function<std::unique_ptr<Worker>()>& make,
                    const std::function<void(Worker&)>& merge);

}  // namespace shortfall
