#include "study/standing.hpp"

#include <algorithm>
#include <cmath>

#include "sim/deliver.hpp"
#include "sim/settle.hpp"

namespace shortfall {

void shortfall_of(std::span<const Doubles> margins, Doubles& shortfall) {
  Doubles gap = Doubles::Zero();
  shortfall.setZero();
  for (const Doubles& margin : margins) carry(margin, gap, shortfall);
}

void shortfall_of_pool(const BlockResult& result, const Members& members, Doubles& shortfall) {
  Doubles pooled, gap = Doubles::Zero();
  shortfall.setZero();
  for (std::size_t y = 0; y < result.years; ++y) {
    pooled.setZero();
    for (const std::uint32_t o : members) add_money(pooled, result.margin[o * result.years + y], 1);
    carry(pooled, gap, shortfall);
  }
}

void shortfalls_under_aid(const BlockResult& result, const Members& members, double aid, std::vector<Doubles>& shortfalls) {
  std::vector<Doubles> margins(members.size()), gaps(members.size());
  std::vector<Doubles*> pointers;
  for (std::size_t k = 0; k < members.size(); ++k) {
    gaps[k].setZero();
    pointers.push_back(&margins[k]);
  }
  shortfalls.assign(members.size(), Doubles::Zero());
  for (std::size_t y = 0; y < result.years; ++y) {
    for (std::size_t k = 0; k < members.size(); ++k) margins[k] = result.margin[members[k] * result.years + y];
    give_aid(aid, pointers.data(), pointers.size());
    for (std::size_t k = 0; k < members.size(); ++k) carry(margins[k], gaps[k], shortfalls[k]);
  }
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
