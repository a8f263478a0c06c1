// A batch of what-ifs, each answered as `run` would answer it, with the work that they have in common done once.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "study/run.hpp"

namespace shortfall {

// options.trials are run, neither more nor fewer: a batch stops neither for gates nor for precision.
struct SweepPoint {
  Plans plans;
  RunOptions options;
};

// Answers points 0 … count − 1. `point` makes one and `take` receives its answer; both are called by several threads at once, each once for every
// point, in no particular order. Points side by side with one seed and one number of trials share their draws. Where there are many points each
// thread works on its own; where there are few, their trials are spread over the threads. The numbers are those of `run` in any case.
// With `ranks` every point's trials are spread over them; many points are better dealt out to the ranks by the caller.
// `progress` is told now and then, on the caller's thread, what part of the whole is done.
void sweep(std::uint64_t count, unsigned threads, Ranks* ranks, const std::function<SweepPoint(std::uint64_t)>& point,
           const std::function<void(std::uint64_t, const RunResult&)>& take, const std::function<void(double)>& progress);

// Hands out 0 … count − 1 in groups of consecutive ones to several threads.
void for_each_group(std::uint64_t count, std::uint64_t size, unsigned threads, const std::function<void(std::uint64_t, std::uint64_t)>& work,
                    const std::function<void(double)>& progress);

}  // namespace shortfall
