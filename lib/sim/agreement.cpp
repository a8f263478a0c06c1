#include "sim/agreement.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/settle.hpp"

namespace shortfall {

void worst_gap_of(std::span<const Doubles> margins, double carried, Doubles& worst) {
  Doubles gap = Doubles::Zero();
  worst.setConstant(-HUGE_VAL);
  for (const Doubles& margin : margins) carry(margin, carried, gap, worst);
}

void shortfall_of(std::span<const Doubles> margins, double carried, Doubles& shortfall) {
  worst_gap_of(margins, carried, shortfall);
  shortfall = shortfall.max(0.0);
}

void stand(std::span<const Doubles> margins, double carried, double reserves, Doubles& worst, std::span<Flags> fails_by) {
  assert(fails_by.size() == margins.size());
  Doubles gap = Doubles::Zero();
  worst.setConstant(-HUGE_VAL);
  for (std::size_t y = 0; y < margins.size(); ++y) {
    carry(margins[y], carried, gap, worst);
    fails(worst, reserves, fails_by[y]);
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
  if (model.pooled_reserves == 0) return sum;
  for (const PoolModel& pool : model.pools)
    if (std::includes(members.begin(), members.end(), pool.members.begin(), pool.members.end())) sum += pool.reserves;
  return sum;
}

double reserves_of(const Model& model) {
  double sum = 0;
  for (const OrganisationModel& o : model.organisations) sum += o.reserves;
  return sum + model.pooled_reserves;
}

}  // namespace shortfall
