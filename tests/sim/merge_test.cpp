// Parts that add up to the whole, by the same list of fields that archives are written from.
#include "sim/merge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

#include "sim/histogram.hpp"

using namespace shortfall;

namespace {

struct Inner {
  std::uint64_t count = 0;
  Sum sum;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.count), f(self.sum);
  }
};

struct Range {
  double least = 0, most = 0;
  void merge(const Range& other) { least = std::min(least, other.least), most = std::max(most, other.most); }
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.least), f(self.most);
  }
};

struct Whole {
  std::uint64_t shape = 7;
  std::vector<Inner> list = std::vector<Inner>(2);
  std::array<std::uint64_t, 2> pair{};
  std::map<std::uint64_t, std::uint64_t> sections;
  std::vector<std::uint64_t> sparse;
  Range range;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f.same(self.shape);
    f(self.list), f(self.pair), f(self.sections), f.any(self.sparse), f(self.range);
  }
};

}  // namespace

TEST_CASE("counts and sums add, maps take the other's entries, what has a merge of its own uses it") {
  Whole a, b;
  a.list[0].count = 1;
  a.list[1].sum.add(0.5);
  a.pair = {3, 4};
  a.sections[2] = 20;
  a.range = {-1, 5};
  b.list[0].count = 10;
  b.list[1].sum.add(0.25);
  b.pair = {30, 40};
  b.sections[1] = 10;
  b.sparse = {6, 7};
  b.range = {0, 9};
  merge(a, b);
  CHECK(a.shape == 7);
  CHECK(a.list[0].count == 11);
  CHECK(a.list[1].count == 0);
  CHECK(a.list[1].sum.value() == 0.75);
  CHECK(a.pair == std::array<std::uint64_t, 2>{33, 44});
  CHECK(a.sections == std::map<std::uint64_t, std::uint64_t>{{1, 10}, {2, 20}});
  CHECK(a.sparse == std::vector<std::uint64_t>{6, 7});
  CHECK(a.range.least == -1);
  CHECK(a.range.most == 9);
  merge(a, b);
  CHECK(a.sparse == std::vector<std::uint64_t>{12, 14});
  CHECK(a.pair[1] == 84);
  merge(a, Whole());
  CHECK(a.sparse == std::vector<std::uint64_t>{12, 14});
}

TEST_CASE("an archive of the parts' sum is the sum of the parts' archives") {
  Whole a, b, sum;
  a.list[0].count = 1, a.list[1].sum.add(1.0 / 3), a.sections[4] = 1, a.sparse = {1}, a.range = {-2, 0};
  b.list[0].count = 2, b.list[1].sum.add(2.0 / 3), b.sections[9] = 2, b.sparse = {2}, b.range = {0, 3};
  merge(sum, a);
  merge(sum, b);
  Whole read, other;
  REQUIRE(from_bytes(to_bytes(b), read));
  REQUIRE(from_bytes(to_bytes(a), other));
  merge(read, other);
  CHECK(to_bytes(read) == to_bytes(sum));
  // Of another shape, or cut short: refused.
  Whole smaller;
  smaller.list.resize(1);
  CHECK(!from_bytes(to_bytes(a), smaller));
  Whole shaped;
  shaped.shape = 8;
  CHECK(!from_bytes(to_bytes(a), shaped));
  const std::string bytes = to_bytes(a);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Whole cut;
    CHECK(!from_bytes(std::string_view(bytes).substr(0, size), cut));
  }
}

TEST_CASE("histograms merged in any order are that of all values") {
  Histogram all(Scale{0, 10}), left = all, right = all;
  for (int part = 0; part < 6; ++part) {
    Doubles column;
    for (std::size_t i = 0; i < block_trials; ++i) column[i] = 0.01 * static_cast<double>(i) * part;
    all.add(column, block_trials);
    (part % 2 == 0 ? left : right).add(column, block_trials);
  }
  std::vector<Histogram> ours = {right}, theirs = {left};
  merge(ours, theirs);
  CHECK(to_bytes(ours[0]) == to_bytes(all));
}
