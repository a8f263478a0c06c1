// How organisations stand under another agreement than the plans' own, by the margins of a block that has been simulated: nothing is drawn again.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/result.hpp"

namespace shortfall {

// What is missing when the members are joint and several: the largest cumulative fall below their targets taken together.
void shortfall_of_pool(const BlockResult& result, const Members& members, Doubles& shortfall);

// Of each member alone after mutual aid of up to `aid` a year each (lib/README.md, section 6).
void shortfalls_under_aid(const BlockResult& result, const Members& members, double aid, std::vector<Doubles>& shortfalls);

// Whether the organisation has failed by the end of the last year.
const Flags& fails_alone(const BlockResult& result, std::size_t organisation);
const Flags& fails_together(const BlockResult& result, std::size_t organisation);

// How many of the first `rows` trials are flagged.
std::uint64_t count_of(const Flags& flags, std::size_t rows);

// The chance not to fail that a contingency is to bring.
inline constexpr double sure = 0.8;
// The reserves to add to be 80 % sure not to fail, in the shortfalls' unit: of n shortfalls the ⌈0.8 n⌉-th smallest less `reserves`, at least 0.
// Reorders `shortfalls`, which must not be empty.
double contingency_of(std::vector<double>& shortfalls, double reserves);

}  // namespace shortfall
