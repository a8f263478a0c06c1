// The one way in which trials are counted: any number of models side by side on the same draws, spread over threads and ranks.
#pragma once

#include <concepts>
#include <memory>
#include <stdexcept>
#include <vector>

#include "base/for_each.hpp"
#include "sim/merge.hpp"
#include "sim/side_by_side.hpp"
#include "sim/simulate.hpp"

namespace shortfall {

// A run of consecutive trials that one record sees whole: a sample by itself, by which quantiles of two variants are compared.
inline constexpr std::uint64_t section_trials = 4 * block_trials;

// What the trials are counted into. It names its fields once, for merging and for archives (sim/archive); what it needs besides, to count with, is
// copied from the empty one to each thread. `add` is given the first `rows` trials of a block: either of all models at once, results[m] being that of
// the m-th, or of one after the other, where the result stands until the next model's, and the first model's until the next block.
template <class R>
concept RecordableInTurn = requires(R record, std::size_t model, const BlockResult& result, std::size_t rows) {
  record.add(model, result, rows);
};
template <class R>
concept Recordable = requires(R record, const std::vector<const BlockResult*>& results, std::size_t rows, ArchiveReader reader) {
  R::each_field(record, reader);
  requires RecordableInTurn<R> || requires { record.add(results, rows); };
};
// One that is told when a section is complete sees whole sections.
template <class R>
concept RecordableBySections = Recordable<R> && requires(R record, std::uint64_t section) {
  record.end_section(section);
};
// One that asks the first model's simulator for more, before it simulates the block.
template <class R>
concept RecordableThatPrepares = Recordable<R> && requires(R record, BlockSimulator& simulator, Draws& draws) {
  record.prepare(simulator, draws);
};

// What one thread simulates, and what it has counted so far.
template <Recordable R>
class Recorder {
 public:
  static constexpr std::uint64_t unit_trials = RecordableBySections<R> ? section_trials : block_trials;

  Recorder(const std::vector<const Model*>& models, const SimulateOptions& options, const R& empty)
      : counted(empty),
        side_by_side_(models, options.pressures_of(models.size()), RecordableInTurn<R> ? Results::in_turn : Results::kept),
        draws_(options.updates_of(models.size()), options.seed, models.size() > 1 || RecordableThatPrepares<R> ? Draws::Keep::yes : Draws::Keep::no,
               options.method.sampling) {
    if (options.timings == nullptr) return;
    side_by_side_.time(&timings);
    draws_.time(&timings);
  }

  // The unit's trials below `end`.
  void add(std::uint64_t unit, std::uint64_t end) {
    const std::uint64_t first = unit * unit_trials, last = std::min(end, first + unit_trials);
    for (std::uint64_t at = first; at < last; at += block_trials) {
      draws_.start(at / block_trials);
      if constexpr (RecordableThatPrepares<R>) counted.prepare(side_by_side_.first(), draws_.first());
      const std::size_t rows = std::min<std::uint64_t>(block_trials, last - at);
      if constexpr (RecordableInTurn<R>)
        side_by_side_.simulate_in_turn(draws_, [&](std::size_t m, const BlockResult& result) { counted.add(m, result, rows); });
      else
        counted.add(side_by_side_.simulate(draws_), rows);
    }
    if constexpr (RecordableBySections<R>) counted.end_section(unit);
    timings.enter(TrialStage::tally);  // what it waits for from here on is no time of its own
  }

  R counted;
  Timings timings;

 private:
  SideBySide side_by_side_;
  DrawsOfModels draws_;
};

// The trials of all the models, counted: the same for any number of threads and ranks. trials.first is a multiple of a section's trials where the
// record is one of sections, else of a block's. Throws std::bad_alloc when memory runs out.
template <Recordable R>
R record(const std::vector<const Model*>& models, Trials trials, const SimulateOptions& options, const R& empty) {
  constexpr std::uint64_t unit_trials = Recorder<R>::unit_trials;
  const unsigned ranks = count_of(options.ranks);
  const Units part = part_of((trials.count + unit_trials - 1) / unit_trials, rank_of(options.ranks), ranks);
  const std::uint64_t first = trials.first / unit_trials + part.first, end = trials.first + trials.count;
  std::function<void(std::uint64_t)> progress;
  if (options.progress) progress = [&](std::uint64_t done) { options.progress(std::min(trials.count, done * unit_trials * ranks)); };

  std::vector<std::unique_ptr<Recorder<R>>> recorders(threads_for(part.count, options.threads));
  for_each(
      part.count, options.threads,
      [&](std::uint64_t unit, unsigned thread) {
        if (!recorders[thread]) recorders[thread] = std::make_unique<Recorder<R>>(models, options, empty);
        recorders[thread]->add(first + unit, end);
      },
      progress);
  R total = empty;
  for (std::unique_ptr<Recorder<R>>& recorder : recorders) {
    if (!recorder) continue;
    merge(total, recorder->counted);
    if (options.timings) options.timings->merge(recorder->timings);
    recorder.reset();
  }
  if (ranks == 1) return total;
  const std::string mine = to_bytes(total);
  exchange(options.ranks, mine, [&](const std::string& bytes) {
    R theirs = empty;
    if (!from_bytes(bytes, theirs)) throw std::runtime_error("the ranks do not simulate the same plans");
    merge(total, theirs);
  });
  return total;
}

// Tallies of one or several models.
struct Tallies {
  std::vector<Tally> of;  // [model]
  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    for (std::size_t m = 0; m < of.size(); ++m) of[m].add(*results[m], rows);
  }
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.of);
  }
};

}  // namespace shortfall
