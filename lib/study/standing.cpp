#include "study/standing.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {

void shortfall_of_pool(const BlockResult& result, const Members& members, Doubles& shortfall) {
  std::vector<Doubles> pooled(result.years);
  pool_margins(result.margins(), members, pooled);
  double carried = 1;
  for (const std::uint32_t o : members) carried = std::min(carried, result.carry[o]);
  shortfall_of(pooled, carried, shortfall);
}

void shortfalls_under_aid(const BlockResult& result, const Members& members, double aid, std::vector<Doubles>& shortfalls) {
  std::vector<Doubles> aided;
  aid_margins(result.margins(), members, aid, aided);
  shortfalls.resize(members.size());
  for (std::size_t k = 0; k < members.size(); ++k)
    shortfall_of(std::span(aided).subspan(k * result.years, result.years), result.carry[members[k]], shortfalls[k]);
}

const Flags& fails_alone(const BlockResult& result, std::size_t organisation) { return result.alone_by_year[(organisation + 1) * result.years - 1]; }
const Flags& fails_together(const BlockResult& result, std::size_t organisation) {
  return result.together_by_year[(organisation + 1) * result.years - 1];
}

std::uint64_t count_of(const Flags& flags, std::size_t rows) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < rows; ++i) n += flags[i];
  return n;
}

double contingency_of(std::vector<double>& shortfalls, double reserves) {
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(sure * static_cast<double>(shortfalls.size()) - 1e-9)) - 1;
  // Most that is covered need not be put in order.
  if (std::count_if(shortfalls.begin(), shortfalls.end(), [&](double s) { return s <= reserves; }) > rank) return 0;
  std::nth_element(shortfalls.begin(), shortfalls.begin() + rank, shortfalls.end());
  return shortfalls[static_cast<std::size_t>(rank)] - reserves;
}

}  // namespace shortfall
