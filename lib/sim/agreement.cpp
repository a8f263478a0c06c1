#include "sim/agreement.hpp"

#include <cassert>

#include "sim/settle.hpp"

namespace shortfall {

void shortfall_of(std::span<const Doubles> margins, Doubles& shortfall) {
  Doubles gap = Doubles::Zero();
  shortfall.setZero();
  for (const Doubles& margin : margins) carry(margin, gap, shortfall);
}

void stand(std::span<const Doubles> margins, double reserves, Doubles& shortfall, std::span<Flags> fails_by) {
  assert(fails_by.size() == margins.size());
  Doubles gap = Doubles::Zero();
  shortfall.setZero();
  for (std::size_t y = 0; y < margins.size(); ++y) {
    carry(margins[y], gap, shortfall);
    fails(shortfall, reserves, fails_by[y]);
  }
}

void pool_margins(const Margins& margins, const Members& members, double start, std::size_t year, Doubles& pooled) {
  pooled.setConstant(start);
  for (const std::uint32_t o : members) pooled += margins.of(o)[year];
}

void pool_margins(const Margins& margins, const Members& members, std::span<Doubles> pooled) {
  assert(pooled.size() == margins.years);
  for (std::size_t y = 0; y < pooled.size(); ++y) pool_margins(margins, members, 0, y, pooled[y]);
}

void aid_margins(const Margins& margins, const Members& members, double aid, std::vector<Doubles>& aided) {
  std::vector<Doubles> of_year(members.size());
  aided.resize(members.size() * margins.years);
  for (std::size_t y = 0; y < margins.years; ++y) {
    for (std::size_t k = 0; k < members.size(); ++k) of_year[k] = margins.of(members[k])[y];
    give_aid(aid, of_year);
    for (std::size_t k = 0; k < members.size(); ++k) aided[k * margins.years + y] = of_year[k];
  }
}

double reserves_of(const Model& model, const Members& members) {
  double sum = 0;
  for (const std::uint32_t o : members) sum += model.organisations[o].reserves;
  return sum;
}

}  // namespace shortfall
