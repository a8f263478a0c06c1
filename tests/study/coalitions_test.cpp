// Coalitions by adding one member at a time: the same bits as each summed by itself.
#include "study/coalitions.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <set>

#include "study/pool_design.hpp"

using namespace shortfall;

TEST_CASE("every coalition once, with the bits that its members' sum has") {
  std::mt19937_64 words(5);
  std::normal_distribution<double> normal;
  for (const std::size_t organisations : {1u, 2u, 5u, 8u}) {
    BlockResult result;
    result.organisations = organisations;
    result.years = 3;
    for (std::size_t o = 0; o < organisations; ++o) result.carry.push_back(1 - 0.1 * static_cast<double>(o % 3));
    for (std::size_t k = 0; k < organisations * result.years; ++k) {
      Doubles margin;
      for (double& x : margin) x = normal(words);
      result.margin.push_back(margin);
    }
    std::set<Coalition> seen;
    for_each_coalition(result, [&](Coalition coalition, const Doubles& shortfall) {
      CHECK(seen.insert(coalition).second);
      Doubles own;
      shortfall_of_pool(result, members_of(coalition), own);
      CHECK(std::memcmp(own.data(), shortfall.data(), sizeof own) == 0);
    });
    CHECK(seen.size() == (std::size_t{1} << organisations) - 1);
    CHECK(!seen.contains(0));
  }
}
