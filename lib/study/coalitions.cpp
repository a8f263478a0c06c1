#include "study/coalitions.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "sim/agreement.hpp"

namespace shortfall {
namespace {

SHORTFALL_STAGE void add_member(const Doubles& before, const Doubles& margin, Doubles& pooled) { pooled = before + margin; }

class Coalitions {
 public:
  Coalitions(const BlockResult& result, const std::function<void(Coalition, const Doubles&)>& see)
      : result_(result), see_(see), pooled_((result.organisations + 1) * result.years, Doubles::Zero()) {}

  // Every coalition that `coalition`, of so many members, becomes by organisations from `next` on. It carries the least of its members' gaps.
  void extend(Coalition coalition, std::size_t members, std::size_t next, double carried) {
    const std::size_t years = result_.years;
    const std::span<Doubles> before = std::span(pooled_).subspan(members * years, years),
                             pooled = std::span(pooled_).subspan((members + 1) * years, years);
    for (std::size_t o = next; o < result_.organisations; ++o) {
      for (std::size_t y = 0; y < years; ++y) add_member(before[y], result_.margin[o * years + y], pooled[y]);
      const double least = std::min(carried, result_.carry[o]);
      shortfall_of(pooled, least, shortfall_);
      const Coalition with = coalition | Coalition{1} << o;
      see_(with, shortfall_);
      extend(with, members + 1, o + 1, least);
    }
  }

 private:
  const BlockResult& result_;
  const std::function<void(Coalition, const Doubles&)>& see_;
  std::vector<Doubles> pooled_;  // [members · years + year], of the coalition that is being extended and of those that it grew from
  Doubles shortfall_;
};

}  // namespace

void for_each_coalition(const BlockResult& result, const std::function<void(Coalition, const Doubles&)>& see) {
  Coalitions(result, see).extend(0, 0, 0, 1);
}

}  // namespace shortfall
