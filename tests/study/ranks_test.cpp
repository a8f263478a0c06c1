// Work split over ranks, here threads that talk as MPI's processes do: every rank ends with the whole.
#include "base/ranks.hpp"

#include <doctest/doctest.h>

#include <barrier>
#include <map>
#include <thread>
#include <utility>

#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "sim/archive.hpp"
#include "study/vary.hpp"

using namespace shortfall;

namespace {

struct Meeting {
  explicit Meeting(unsigned count) : barrier(count) {}
  std::barrier<> barrier;
  std::string bytes;
};

class ThreadRank : public Ranks {
 public:
  ThreadRank(Meeting& meeting, unsigned rank, unsigned count) : meeting_(meeting), rank_(rank), count_(count) {}
  unsigned rank() const override { return rank_; }
  unsigned count() const override { return count_; }
  void broadcast(unsigned root, std::string& bytes) override {
    if (root == rank_) meeting_.bytes = bytes;
    meeting_.barrier.arrive_and_wait();
    bytes = meeting_.bytes;
    meeting_.barrier.arrive_and_wait();
  }
  void abort(int) override { std::terminate(); }

 private:
  Meeting& meeting_;
  unsigned rank_, count_;
};

// What `work` comes to on each of several ranks.
template <class Work>
auto on_ranks(unsigned count, const Work& work) {
  Meeting meeting(count);
  std::vector<decltype(work(static_cast<Ranks*>(nullptr)))> out(count);
  std::vector<std::jthread> threads;
  for (unsigned r = 0; r < count; ++r)
    threads.emplace_back([&, r] {
      ThreadRank rank(meeting, r, count);
      out[r] = work(&rank);
    });
  threads.clear();
  return out;
}

Model model_of(const std::string& reserves) {
  const auto plans =
      assemble({.system = {},
                .organisations = {{"plan.yaml", "organisation: one\nyears: [2017, 2018]\nincome: 10\nspend: 11\ntarget: 0\nreserves: " + reserves +
                                                    "\nschemes: {s: {class: workforce, saving: [1, 2]}}\n"}},
                .reference = built_in_reference(),
                .edits = {}});
  REQUIRE(plans);
  return compile(*plans, {});
}

}  // namespace

TEST_CASE("parts of trials follow each other without gap, whole blocks but the last") {
  for (const std::uint64_t trials : {std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256}, std::uint64_t{1000}, std::uint64_t{100'001}})
    for (const std::uint64_t count : {1u, 2u, 3u, 7u, 1000u}) {
      std::uint64_t next = 512;
      for (std::uint64_t k = 0; k < count; ++k) {
        const Trials part = part_of({.first = 512, .count = trials}, k, count);
        if (part.count == 0) continue;
        CHECK(part.first == next);
        CHECK(part.first % block_trials == 0);
        next += part.count;
      }
      CHECK(next == 512 + trials);
    }
}

TEST_CASE("a simulation on any number of ranks is the tally of one process, on every rank") {
  const Model model = model_of("1");
  const Scales scales = pilot(model, 3);
  const auto tally = [&](Ranks* ranks) {
    return to_bytes(simulate(model, scales, {.first = 0, .count = 5001}, {.seed = 3, .threads = 2, .ranks = ranks}));
  };
  const std::string alone = tally(nullptr);
  for (const unsigned count : {2u, 3u, 30u})
    for (const std::string& bytes : on_ranks(count, tally)) CHECK(bytes == alone);
}

TEST_CASE("an observation on any number of ranks is that of one process, on every rank") {
  const Model base = model_of("1"), variant = model_of("1.2");
  const auto varied = [&](Ranks* ranks) {
    return to_bytes(simulate_together(base, {variant, base}, {.first = 0, .count = 9000}, {.seed = 3, .threads = 2, .ranks = ranks}));
  };
  const std::string alone = varied(nullptr);
  for (const unsigned count : {2u, 3u, 12u})
    for (const std::string& bytes : on_ranks(count, varied)) CHECK(bytes == alone);
}

namespace {

struct Sections {
  std::uint64_t trials = 0;
  std::map<std::uint64_t, std::uint64_t> trials_of;  // [section]
  void add(const std::vector<const BlockResult*>&, std::size_t rows) { trials += rows, section_ += rows; }
  void end_section(std::uint64_t section) { trials_of[section] = std::exchange(section_, 0); }
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.trials), f(self.trials_of);
  }
  std::uint64_t section_ = 0;
};

}  // namespace

TEST_CASE("every rank learns of every section") {
  const Model model = model_of("1");
  const auto counted = [&](Ranks* ranks) {
    return record({&model}, {.first = 2048, .count = 5001}, {.seed = 3, .threads = 2, .ranks = ranks}, Sections());
  };
  for (const Sections& seen : on_ranks(3, counted)) {
    CHECK(seen.trials == 5001);
    CHECK(seen.trials_of == std::map<std::uint64_t, std::uint64_t>{{2, 1024}, {3, 1024}, {4, 1024}, {5, 1024}, {6, 905}});
  }
}
