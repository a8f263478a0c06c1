#include "study/sweep.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "model/compile.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

// Models that are simulated together: more share a draw, but their tallies leave the cache.
constexpr std::uint64_t most_together = 8;
std::size_t most_of(const Plans& plans) {
  return std::clamp<std::size_t>(400 / std::max<std::size_t>(plans.organisations.size(), 1), 1, most_together);
}

// What `pilot` sees of each model, all on the same draws.
std::vector<Scales> pilots(const std::vector<Model>& models, const std::vector<const Update*>& lucks, std::uint64_t seed) {
  SideBySide simulators(pointers_to(models));
  DrawsOfModels draws(lucks, seed, Draws::Keep::yes, Sampling::plain);
  std::vector<std::array<BlockResult, pilot_blocks>> seen(models.size());
  for (std::size_t block = 0; block < pilot_blocks; ++block) {
    draws.start(block);
    const std::vector<const BlockResult*>& results = simulators.simulate(draws);
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
  std::vector<const Update*> lucks;
  Tables tables;
  for (const SweepPoint* p : points) {
    CompileOptions how = compile_options(p->options);
    how.tables = &tables;
    how.threads = threads;
    models.push_back(compile(p->plans, how));
    lucks.push_back(luck_of(p->options.seen));
    methods.push_back(own_method(models.back(), p->options.sampling, lucks.back()));
  }
  const std::vector<Scales> scales = pilots(models, lucks, common.seed);
  Tallies empty;
  SimulateOptions options{.seed = common.seed, .method = methods.front(), .threads = threads, .ranks = ranks, .updates = lucks, .progress = progress};
  for (std::size_t m = 0; m < models.size(); ++m) {
    empty.of.emplace_back(models[m], scales[m], methods[m]);
    options.pressures.push_back(methods[m].pressure);
  }
  const Tallies tallies = record(pointers_to(models), {.first = 0, .count = common.trials}, options, empty);
  for (std::size_t m = 0; m < points.size(); ++m) take(first + m, result_of(points[m]->plans, models[m], tallies.of[m], points[m]->options));
}

// Consecutive points, split where seed or trials change. `progress` is told how many of them are done, parts of points among them.
void answer(std::uint64_t first, std::uint64_t last, unsigned threads, Ranks* ranks, const std::function<SweepPoint(std::uint64_t)>& point,
            const std::function<void(std::uint64_t, const RunResult&)>& take, const std::function<void(double)>& progress) {
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
    std::function<void(std::uint64_t)> tell;
    if (progress)
      tell = [&](std::uint64_t trials) {
        const double share = static_cast<double>(trials) / static_cast<double>(std::max<std::uint64_t>(options.trials, 1));
        progress(static_cast<double>(at) + share * static_cast<double>(group.size()));
      };
    answer_together(group, first + at, threads, ranks, take, tell);
    at = end;
  }
}

}  // namespace

void for_each_group(std::uint64_t count, std::uint64_t size, unsigned threads, const std::function<void(std::uint64_t, std::uint64_t)>& work,
                    const std::function<void(double)>& progress) {
  std::function<void(std::uint64_t)> tell;
  if (progress) tell = [&](std::uint64_t groups) { progress(static_cast<double>(std::min(count, groups * size)) / static_cast<double>(count)); };
  for_each((count + size - 1) / size, threads, [&](std::uint64_t group, unsigned) { work(group * size, std::min(count, (group + 1) * size)); }, tell);
}

void sweep(std::uint64_t count, unsigned threads, Ranks* ranks, const std::function<SweepPoint(std::uint64_t)>& point,
           const std::function<void(std::uint64_t, const RunResult&)>& take, const std::function<void(double)>& progress) {
  if (count == 0) return;
  threads = threads_for(std::numeric_limits<std::uint64_t>::max(), threads);
  const double all = static_cast<double>(count);
  if (count < 2 * threads || count_of(ranks) > 1) {
    std::uint64_t first = 0;
    std::function<void(double)> tell;
    if (progress) tell = [&](double points) { progress((static_cast<double>(first) + points) / all); };
    for (; first < count; first += most_together) {
      const std::uint64_t last = std::min(count, first + most_together);
      answer(first, last, threads, ranks, point, take, tell);
    }
    return;
  }
  const std::uint64_t together = std::clamp<std::uint64_t>(count / (2 * threads), 1, most_together);
  for_each_group(
      count, together, threads, [&](std::uint64_t first, std::uint64_t last) { answer(first, last, 1, nullptr, point, take, {}); }, progress);
}

}  // namespace shortfall
