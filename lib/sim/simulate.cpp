#include "sim/simulate.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "sim/archive.hpp"
#include "sim/block.hpp"

namespace shortfall {
namespace {

class Simulation : public Worker {
 public:
  Simulation(const Model& model, const Scales& scales, const SimulateOptions& options)
      : tally(model, scales, options.method),
        simulator_(model, options.method.pressure),
        draws_(options.seed, Draws::Keep::no, options.method.sampling) {
    if (options.timings == nullptr) return;
    simulator_.time(&timings);
    draws_.time(&timings);
  }
  void work(std::uint64_t block, std::size_t rows) override {
    draws_.start(block);
    tally.add(simulator_.simulate(draws_), rows);
  }
  Tally tally;
  Timings timings;

 private:
  BlockSimulator simulator_;
  Draws draws_;
};

}  // namespace

Method method_for(const Model& model) {
  return {Sampling::latin_hypercube, PressureIntegral::allowed(model) ? PressureMethod::integrated : PressureMethod::sampled};
}

Trials part_of(Trials all, std::uint64_t index, std::uint64_t count) {
  const std::uint64_t blocks = (all.count + block_trials - 1) / block_trials, each = blocks / count, over = blocks % count;
  const std::uint64_t before = (index * each + std::min(index, over)) * block_trials, mine = (each + (index < over ? 1 : 0)) * block_trials;
  return {all.first + before, before < all.count ? std::min(mine, all.count - before) : 0};
}

void merge_over_ranks(Ranks* ranks, std::vector<Tally>& tallies, const std::function<std::vector<Tally>()>& make) {
  if (count_of(ranks) == 1) return;
  exchange(ranks, to_bytes(tallies), [&](const std::string& bytes) {
    std::vector<Tally> theirs = make();
    if (!from_bytes(bytes, theirs)) throw std::runtime_error("the ranks do not simulate the same plans");
    for (std::size_t m = 0; m < tallies.size(); ++m) tallies[m].merge(theirs[m]);
  });
}

Tally simulate(const Model& model, const Scales& scales, Trials trials, const SimulateOptions& options) {
  std::vector<Tally> tallies(1, Tally(model, scales, options.method));
  Tally& total = tallies.front();
  SimulateOptions mine = options;
  const unsigned ranks = count_of(options.ranks);
  if (options.progress) mine.progress = [&](std::uint64_t done) { options.progress(std::min(trials.count, done * ranks)); };
  for_each_block(
      part_of(trials, rank_of(options.ranks), ranks), mine, [&] { return std::make_unique<Simulation>(model, scales, options); },
      [&](Worker& worker) {
        total.merge(static_cast<Simulation&>(worker).tally);
        if (options.timings == nullptr) return;
        static_cast<Simulation&>(worker).timings.enter(TrialStage::tally);
        options.timings->merge(static_cast<Simulation&>(worker).timings);
      });
  merge_over_ranks(options.ranks, tallies, [&] { return std::vector<Tally>(1, Tally(model, scales, options.method)); });
  return std::move(total);
}

void for_each_block(Trials trials, const SimulateOptions& options, const std::function<std::unique_ptr<Worker>()>& make,
                    const std::function<void(Worker&)>& merge) {
  const std::uint64_t first_block = trials.first / block_trials;
  const std::uint64_t blocks = (trials.count + block_trials - 1) / block_trials;
  const unsigned available = std::max(1u, std::thread::hardware_concurrency());
  const auto threads =
      static_cast<unsigned>(std::clamp<std::uint64_t>(options.threads == 0 ? available : options.threads, 1, std::max<std::uint64_t>(blocks, 1)));

  std::atomic<std::uint64_t> next{0}, done{0};
  std::mutex mutex;
  std::condition_variable finished;
  unsigned working = threads;
  std::exception_ptr failure;

  const auto thread = [&] {
    try {
      const std::unique_ptr<Worker> worker = make();
      for (std::uint64_t b; (b = next.fetch_add(1)) < blocks;) {
        const std::uint64_t rows = std::min<std::uint64_t>(block_trials, trials.count - b * block_trials);
        worker->work(first_block + b, rows);
        done.fetch_add(rows, std::memory_order_relaxed);
      }
      const std::lock_guard lock(mutex);
      merge(*worker);
    } catch (...) {
      next = blocks;  // the others stop at their next block
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex);
    --working;
    finished.notify_one();
  };

  {
    std::vector<std::jthread> pool;
    pool.reserve(threads);
    try {
      while (pool.size() < threads) pool.emplace_back(thread);
    } catch (const std::system_error&) {
      // The machine starts no more: those that there are do the work of all.
      if (pool.empty()) throw std::runtime_error("the machine starts no thread (its limit is reached, or its memory)");
      const std::lock_guard lock(mutex);
      working -= threads - static_cast<unsigned>(pool.size());
    }
    std::unique_lock lock(mutex);
    while (!finished.wait_for(lock, std::chrono::milliseconds(50), [&] { return working == 0; }))
      if (options.progress) options.progress(done.load(std::memory_order_relaxed));
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace shortfall
