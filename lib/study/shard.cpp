#include "study/shard.hpp"

#include <algorithm>

#include "model/compile.hpp"
#include "sim/archive.hpp"
#include "sim/simulate.hpp"

namespace shortfall {

ShardBlocks blocks_of(Shard shard, std::uint64_t trials) {
  const std::uint64_t blocks = (trials + block_trials - 1) / block_trials;
  // Shares that differ by at most one block; no product that could overflow.
  const std::uint64_t each = blocks / shard.count, over = blocks % shard.count, before = shard.index - 1;
  return {before * each + std::min(before, over), each + (before < over ? 1 : 0)};
}

std::string run_shard(const Plans& plans, const RunOptions& options, Shard shard) {
  const Model model = compile(plans, {.optimism = options.optimism, .given = options.given});
  const ShardBlocks blocks = blocks_of(shard, options.trials);
  const std::uint64_t first = blocks.first * block_trials, last = std::min(options.trials, first + blocks.count * block_trials);
  SimulateOptions simulate_options{.seed = options.seed, .method = own_method(model, options.sampling), .threads = options.threads};
  if (options.progress) simulate_options.progress = [&](std::uint64_t done) { options.progress(done, last - first); };
  return to_bytes(simulate(model, pilot(model, options.seed), {.first = first, .count = first < last ? last - first : 0}, simulate_options));
}

struct ShardSum::State {
  State(const Plans& p, const RunOptions& o)
      : plans(p), options(o), model(compile(p, {.optimism = o.optimism, .given = o.given})), scales(pilot(model, o.seed)), total(model, scales, own_method(model, o.sampling)) {}
  const Plans& plans;
  RunOptions options;
  Model model;
  Scales scales;
  Tally total;
};

ShardSum::ShardSum(const Plans& plans, const RunOptions& options) : state_(std::make_unique<State>(plans, options)) {}
ShardSum::~ShardSum() = default;

bool ShardSum::add(std::string_view bytes) {
  Tally part(state_->model, state_->scales, state_->total.method);
  if (!from_bytes(bytes, part)) return false;
  state_->total.merge(part);
  return true;
}

RunResult ShardSum::result() const { return result_of(state_->plans, state_->model, state_->total, state_->options); }

}  // namespace shortfall
