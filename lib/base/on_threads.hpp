// Work on many things, each by itself, shared by threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <system_error>
#include <thread>
#include <vector>

namespace shortfall {

// Calls each(i) once for every i below `count`, in any order, on at most `most` threads (0: as many as the machine has), the caller's among them;
// where the machine starts no more of them, on fewer. Whatever one throws is thrown when all have ended.
template <class Each>
void on_threads(std::size_t most, std::size_t count, Each each) {
  const std::size_t threads = std::clamp<std::size_t>(most == 0 ? std::thread::hardware_concurrency() : most, 1, std::max<std::size_t>(count, 1));
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) each(i);
  };
  std::vector<std::future<void>> others;
  try {
    for (std::size_t t = 1; t < threads; ++t) others.push_back(std::async(std::launch::async, work));
  } catch (const std::system_error&) {  // no more threads: those that there are do the work of all
  }
  work();
  for (std::future<void>& other : others) other.get();
}

}  // namespace shortfall
