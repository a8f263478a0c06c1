// What is drawn beside the simulation's own streams, the same on every machine (the standard library's distributions are not).
#pragma once

#include <cstddef>
#include <random>
#include <utility>
#include <vector>

namespace shortfall {

// From 0 to 1, without 1.
inline double uniform(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// In an order in which every other is as likely (Fisher, Yates 1938).
template <class T>
void shuffle(std::vector<T>& values, std::mt19937_64& random) {
  for (std::size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[static_cast<std::size_t>(uniform(random) * static_cast<double>(i))]);
}

}  // namespace shortfall
