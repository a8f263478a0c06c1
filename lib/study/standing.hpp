// How organisations stand under another agreement than the plans' own, by the margins of a block that has been simulated: nothing is drawn again.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/result.hpp"

namespace shortfall {

// What is missing when the members are joint and several: the largest cumulative fall below their targets taken together.
void shortfall_of_pool(const BlockResult& result, const Members& members, Doubles& shortfall);

// Of each member alone after mutual aid of up to `aid` a year each (model, section 7).
void shortfalls_under_aid(const BlockResult& result, const Members& members, double aid, std::vector<Doubles>& shortfalls);

// Whether the organisation has failed by the end of the last year.
const Flags& fails_alone(const BlockResult& result, std::size_t organisation);
const Flags& fails_together(const BlockResult& result, std::size_t organisation);

// How many of the first `rows` trials are flagged.
std::uint64_t count_of(const Flags& flags, std::size_t rows);

// A contingency makes so sure.
inline constexpr double sure = 0.8;
// Of a section's shortfalls, which it puts in another order: the least that at least so many keep to, less the reserves, at least 0.
double contingency_of(std::vector<double>& shortfalls, double reserves);

}  // namespace shortfall
