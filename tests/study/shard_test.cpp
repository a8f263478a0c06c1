// Parts of a run: every block falls to exactly one.
#include "study/shard.hpp"

#include <doctest/doctest.h>

#include "sim/archive.hpp"
#include "sim/histogram.hpp"

using namespace shortfall;

TEST_CASE("shards cover all blocks once, in order, and differ by at most one block") {
  for (const std::uint64_t trials :
       {std::uint64_t{1}, std::uint64_t{256}, std::uint64_t{257}, std::uint64_t{100'000}, std::uint64_t{1'000'000'000'000}})
    for (const std::uint64_t count : {1u, 2u, 7u, 64u, 1000u}) {
      const std::uint64_t blocks = (trials + 255) / 256;
      std::uint64_t next = 0;
      for (std::uint64_t k = 1; k <= count; ++k) {
        const Trials part = trials_of({k, count}, trials);
        const std::uint64_t whole = (part.count + 255) / 256;
        if (part.count > 0) CHECK(part.first == next);
        CHECK((whole == blocks / count || whole == blocks / count + 1));
        next += part.count;
      }
      CHECK(next == trials);
    }
}

TEST_CASE("an archive gives back what was written and refuses what is of another shape") {
  Doubles column;
  for (std::size_t i = 0; i < block_trials; ++i) column[i] = 0.1 * static_cast<double>(i) - 3;
  Histogram histogram({0, 10}), read({0, 10}), other_scale({0, 11}), other_kind({0, 10, {}, Atoms::within_a_bin});
  histogram.add(column, 200);
  const std::string bytes = to_bytes(histogram);
  REQUIRE(from_bytes(bytes, read));
  CHECK(to_bytes(read) == bytes);
  CHECK(read.mean() == histogram.mean());
  CHECK(read.quantile(0.8) == histogram.quantile(0.8));
  CHECK(read.mean_above(0.95).mean == histogram.mean_above(0.95).mean);
  CHECK(!from_bytes(bytes, other_scale));
  CHECK(!from_bytes(bytes, other_kind));
  CHECK(!from_bytes(bytes + "x", read));
  CHECK(!from_bytes(bytes.substr(0, bytes.size() - 1), read));
  CHECK(!from_bytes("", read));
}
