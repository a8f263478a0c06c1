#include "study/sweep.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <thread>

#include "model/compile.hpp"
#include "sim/block.hpp"
#include "sim/simulate.hpp"

namespace shortfall {
namespace {

// Models that are simulated together: more share a draw, but their tallies leave the cache.
constexpr std::uint64_t most_together = 8;
std::size_t most_of(const Plans& plans) {
  return std::clamp<std::size_t>(400 / std::max<std::size_t>(plans.organisations.size(), 1), 1, most_together);
}

std::vector<const Model*> pointers_to(const std::vector<Model>& models) {
  std::vector<const Model*> out;
  for (const Model& m : models) out.push_back(&m);
  return out;
}

std::vector<PressureMethod> pressures_of(const std::vector<Method>& methods) {
  std::vector<PressureMethod> out;
  for (const Method& m : methods) out.push_back(m.pressure);
  return out;
}

class Together : public Worker {
 public:
  Together(const std::vector<Model>& models, const std::vector<Method>& methods, const std::vector<Scales>& scales, std::uint64_t seed)
      : draws_(seed, Draws::Keep::yes, methods.front().sampling), side_by_side_(pointers_to(models), pressures_of(methods)) {
    for (std::size_t m = 0; m < models.size(); ++m) tallies.emplace_back(models[m], scales[m], methods[m]);
  }
  void work(std::uint64_t block, std::size_t rows) override {
    draws_.start(block);
    const std::vector<const BlockResult*>& results = side_by_side_.simulate(draws_);
    for (std::size_t m = 0; m < results.size(); ++m) tallies[m].add(*results[m], rows);
  }
  std::vector<Tally> tallies;

 private:
  Draws draws_;  // all methods sample alike
  SideBySide side_by_side_;
};

// What `pilot` sees of each model, all on the same draws.
std::vector<Scales> pilots(const std::vector<Model>& models, std::uint64_t seed) {
  SideBySide side_by_side(pointers_to(models));
  Draws draws(seed, Draws::Keep::yes);
  std::vector<std::array<BlockResult, pilot_blocks>> seen(models.size());
  for (std::size_t block = 0; block < pilot_blocks; ++block) {
    draws.start(block);
    const std::vector<const BlockResult*>& results = side_by_side.simulate(draws);
    for (std::size_t m = 0; m < models.size(); ++m) seen[m][block] = *results[m];
  }
  std::vector<Scales> out;
  for (std::size_t m = 0; m < models.size(); ++m)
    out.push_back(pilot(models[m], [&](std::size_t block) -> const BlockResult& { return seen[m][block]; }));
  return out;
}

// Points with one seed and one number of trials.
void answer_together(const std::vector<const SweepPoint*>& points, std::uint64_t first, unsigned threads, Ranks* ranks,
                     const std::function<void(std::uint64_t, const RunResult&)>& take, const std::function<void(std::uint64_t)>& progress) {
  const RunOptions& common = points.front()->options;
  std::vector<Model> models;
  std::vector<Method> methods;
  Tables tables;
  for (const SweepPoint* p : points) {
    models.push_back(compile(p->plans, {.optimism = p->options.optimism, .given = p->options.given, .tables = &tables, .threads = threads}));
    methods.push_back(own_method(models.back(), p->options.sampling));
  }
  const std::vector<Scales> scales = pilots(models, common.seed);
  const auto empty = [&] {
    std::vector<Tally> out;
    for (std::size_t m = 0; m < models.size(); ++m) out.emplace_back(models[m], scales[m], methods[m]);
    return out;
  };
  std::vector<Tally> tallies;
  for_each_block(
      part_of({.first = 0, .count = common.trials}, rank_of(ranks), count_of(ranks)), {.seed = common.seed, .threads = threads, .progress = progress},
      [&] { return std::make_unique<Together>(models, methods, scales, common.seed); },
      [&](Worker& worker) {
        std::vector<Tally>& theirs = static_cast<Together&>(worker).tallies;
        if (tallies.empty())
          tallies = std::move(theirs);
        else
          for (std::size_t m = 0; m < tallies.size(); ++m) tallies[m].merge(theirs[m]);
      });
  merge_over_ranks(ranks, tallies, empty);
  for (std::size_t m = 0; m < points.size(); ++m) take(first + m, result_of(points[m]->plans, models[m], tallies[m], points[m]->options));
}

// Consecutive points, split where seed or trials change.
void answer(std::uint64_t first, std::uint64_t last, unsigned threads, Ranks* ranks, const std::function<SweepPoint(std::uint64_t)>& point,
            const std::function<void(std::uint64_t, const RunResult&)>& take, const std::function<void(std::uint64_t)>& progress) {
  std::vector<SweepPoint> points;
  for (std::uint64_t i = first; i < last; ++i) points.push_back(point(i));
  for (std::size_t at = 0; at < points.size();) {
    const RunOptions& options = points[at].options;
    std::vector<const SweepPoint*> group;
    std::size_t end = at;
    const std::size_t most = at + most_of(points[at].plans);
    for (; end < points.size() && end < most && points[end].options.seed == options.seed && points[end].options.trials == options.trials &&
           points[end].options.sampling == options.sampling;
         ++end)
      group.push_back(&points[end]);
    answer_together(group, first + at, threads, ranks, take, progress);
    at = end;
  }
}

// A group of points stands for a block of the loop, so that one loop over threads does all simulation.
class PointWorker : public Worker {
 public:
  explicit PointWorker(const std::function<void(std::uint64_t)>& work) : work_(work) {}
  void work(std::uint64_t group, std::size_t) override { work_(group); }

 private:
  const std::function<void(std::uint64_t)>& work_;
};

}  // namespace

void for_each_group(std::uint64_t count, std::uint64_t size, unsigned threads, const std::function<void(std::uint64_t, std::uint64_t)>& work,
                    const std::function<void(double)>& progress) {
  std::atomic<std::uint64_t> done{0};
  const std::function<void(std::uint64_t)> one = [&](std::uint64_t group) {
    const std::uint64_t first = group * size, last = std::min(count, first + size);
    work(first, last);
    done += last - first;
  };
  const auto tell = [&](std::uint64_t) {
    if (progress) progress(static_cast<double>(done.load(std::memory_order_relaxed)) / static_cast<double>(count));
  };
  for_each_block(
      {.first = 0, .count = (count + size - 1) / size * block_trials}, {.threads = threads, .progress = tell},
      [&] { return std::make_unique<PointWorker>(one); }, [](Worker&) {});
}

void sweep(std::uint64_t count, unsigned threads, Ranks* ranks, const std::function<SweepPoint(std::uint64_t)>& point,
           const std::function<void(std::uint64_t, const RunResult&)>& take, const std::function<void(double)>& progress) {
  if (count == 0) return;
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  const double all = static_cast<double>(count);
  if (count < 2 * threads || count_of(ranks) > 1) {
    std::uint64_t first = 0;
    for (; first < count; first += most_together) {
      const std::uint64_t last = std::min(count, first + most_together);
      const std::uint64_t trials = point(first).options.trials;
      answer(first, last, threads, ranks, point, take, [&](std::uint64_t done) {
        const double share = static_cast<double>(done * count_of(ranks)) / static_cast<double>(std::max<std::uint64_t>(trials, 1));
        if (progress) progress((static_cast<double>(first) + share * static_cast<double>(last - first)) / all);
      });
    }
    return;
  }
  const std::uint64_t together = std::clamp<std::uint64_t>(count / (2 * threads), 1, most_together);
  for_each_group(
      count, together, threads, [&](std::uint64_t first, std::uint64_t last) { answer(first, last, 1, nullptr, point, take, {}); }, progress);
}

}  // namespace shortfall
