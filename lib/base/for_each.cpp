#include "base/for_each.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace shortfall {
namespace {

constexpr std::chrono::milliseconds between_reports{50};

using Work = std::function<void(std::uint64_t, unsigned)>;
using Progress = std::function<void(std::uint64_t)>;

// What the threads of one loop have in common.
class Loop {
 public:
  Loop(std::uint64_t count, const Work& work) : count_(count), work_(work) {}

  // Works on one unit after the other until none is left. With `progress`, tells it between units.
  void work(unsigned thread, const Progress& progress = {}) {
    auto told = std::chrono::steady_clock::now();
    try {
      for (std::uint64_t unit; (unit = next_.fetch_add(1)) < count_;) {
        work_(unit, thread);
        done_.fetch_add(1, std::memory_order_relaxed);
        if (!progress || std::chrono::steady_clock::now() - told < between_reports) continue;
        progress(done_.load(std::memory_order_relaxed));
        told = std::chrono::steady_clock::now();
      }
    } catch (...) {
      fail();
    }
    const std::lock_guard lock(mutex_);
    ++ended_;
    changed_.notify_one();
  }

  // Tells `progress` until so many threads have ended.
  void watch(std::size_t threads, const Progress& progress) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, between_reports, [&] { return ended_ == threads; })) {
      lock.unlock();
      try {
        progress(done_.load(std::memory_order_relaxed));
      } catch (...) {
        return fail();
      }
      lock.lock();
    }
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void fail() {
    next_ = count_;  // the others stop after the unit that they are at
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
  }

  std::uint64_t count_;
  const Work& work_;
  std::atomic<std::uint64_t> next_{0}, done_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t ended_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

unsigned threads_for(std::uint64_t count, unsigned threads) {
  const unsigned wanted = threads == 0 ? std::max(1u, std::thread::hardware_concurrency()) : threads;
  return static_cast<unsigned>(std::clamp<std::uint64_t>(wanted, 1, std::max<std::uint64_t>(count, 1)));
}

void for_each(std::uint64_t count, unsigned threads, const Work& work, const Progress& progress) {
  const unsigned all = threads_for(count, threads), own = all - 1, others_wanted = progress ? all : own;
  Loop loop(count, work);
  {
    std::vector<std::jthread> others;
    others.reserve(others_wanted);
    try {
      for (unsigned t = 0; t < others_wanted; ++t) others.emplace_back([&loop, t] { loop.work(t); });
    } catch (const std::system_error&) {  // the machine starts no more threads
    }
    if (!progress || others.empty())
      loop.work(own, progress);
    else
      loop.watch(others.size(), progress);
  }
  loop.rethrow();
}

}  // namespace shortfall
