// The one loop over threads.
#include "base/for_each.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace shortfall;

TEST_CASE("every unit is worked on once, by a thread below the number of threads") {
  for (const unsigned threads : {1u, 2u, 3u, 7u})
    for (const std::uint64_t count : {0u, 1u, 2u, 1000u}) {
      CAPTURE(threads);
      CAPTURE(count);
      std::vector<std::atomic<int>> seen(count);
      std::atomic<bool> in_range = true;
      for_each(count, threads, [&](std::uint64_t unit, unsigned thread) {
        ++seen[unit];
        if (thread >= threads_for(count, threads)) in_range = false;
      });
      CHECK(in_range);
      for (const std::atomic<int>& times : seen) CHECK(times == 1);
    }
}

TEST_CASE("never more threads than units, and at least one") {
  CHECK(threads_for(0, 4) == 1);
  CHECK(threads_for(3, 4) == 3);
  CHECK(threads_for(9, 4) == 4);
  CHECK(threads_for(1'000'000, 0) == std::max(1u, std::thread::hardware_concurrency()));
}

TEST_CASE("progress is told on the caller's thread, and rises") {
  const std::thread::id caller = std::this_thread::get_id();
  std::vector<std::uint64_t> told;
  bool elsewhere = false;
  for_each(
      8, 2, [](std::uint64_t, unsigned) { std::this_thread::sleep_for(std::chrono::milliseconds(60)); },
      [&](std::uint64_t done) {
        elsewhere = elsewhere || std::this_thread::get_id() != caller;
        told.push_back(done);
      });
  CHECK(!elsewhere);
  REQUIRE(!told.empty());
  for (std::size_t k = 1; k < told.size(); ++k) CHECK(told[k] >= told[k - 1]);
  CHECK(told.back() <= 8);
}

TEST_CASE("an exception of a unit, or of progress, ends the loop and comes out") {
  for (const unsigned threads : {1u, 3u}) {
    std::atomic<std::uint64_t> worked = 0;
    const auto fail = [&](std::uint64_t unit, unsigned) {
      ++worked;
      if (unit == 5) throw std::runtime_error("the fifth");
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    };
    CHECK_THROWS_WITH_AS(for_each(100'000, threads, fail), "the fifth", std::runtime_error);
    CHECK(worked < 1000);
  }
  const auto slow = [](std::uint64_t, unsigned) { std::this_thread::sleep_for(std::chrono::milliseconds(10)); };
  CHECK_THROWS_WITH_AS(for_each(1000, 2, slow, [](std::uint64_t) { throw std::runtime_error("enough"); }), "enough", std::runtime_error);
}
