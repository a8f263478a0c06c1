#include "sim/simulate.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace shortfall {

Tally simulate(const Model& model, const Scales& scales, Trials trials, const SimulateOptions& options) {
  const std::uint64_t first_block = trials.first / block_trials;
  const std::uint64_t blocks = (trials.count + block_trials - 1) / block_trials;
  const unsigned available = std::max(1u, std::thread::hardware_concurrency());
  const auto threads =
      static_cast<unsigned>(std::clamp<std::uint64_t>(options.threads == 0 ? available : options.threads, 1, std::max<std::uint64_t>(blocks, 1)));

  Tally total(model, scales);
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> done{0};
  std::mutex mutex;
  std::condition_variable finished;
  unsigned working = threads;
  std::exception_ptr failure;

  const auto work = [&] {
    try {
      BlockSimulator simulator(model, options.seed);
      Tally tally(model, scales);
      for (std::uint64_t b; (b = next.fetch_add(1)) < blocks;) {
        const std::uint64_t rows = std::min<std::uint64_t>(block_trials, trials.count - b * block_trials);
        tally.add(simulator.simulate(first_block + b), rows);
        done.fetch_add(rows, std::memory_order_relaxed);
      }
      const std::lock_guard lock(mutex);
      total.merge(tally);
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
    for (unsigned k = 0; k < threads; ++k) pool.emplace_back(work);
    std::unique_lock lock(mutex);
    while (!finished.wait_for(lock, std::chrono::milliseconds(50), [&] { return working == 0; }))
      if (options.progress) options.progress(done.load(std::memory_order_relaxed));
  }
  if (failure) std::rethrow_exception(failure);
  return total;
}

}  // namespace shortfall
