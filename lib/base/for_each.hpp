// The one loop over threads: work on many things, each by itself.
#pragma once

#include <cstdint>
#include <functional>

namespace shortfall {

// How many threads for_each works on, at least 1: those asked for (0: as many as the machine has), but no more than there are units.
unsigned threads_for(std::uint64_t count, unsigned threads);

// Calls work(unit, thread) once for every unit below `count`, in any order, on threads_for(count, threads) threads numbered from 0, each thread's
// calls one after the other. Where the machine starts fewer threads, those that there are do the work of all; the caller's works too where there is
// no progress to tell. `progress` is told about every 50 ms, on the caller's thread, how many units are done. The first exception of any call ends
// the loop, once every thread has finished the unit that it is at, and comes out here.
void for_each(std::uint64_t count, unsigned threads, const std::function<void(std::uint64_t unit, unsigned thread)>& work,
              const std::function<void(std::uint64_t done)>& progress = {});

}  // namespace shortfall
