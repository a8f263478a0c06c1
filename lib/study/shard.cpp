#include "study/shard.hpp"

#include "model/compile.hpp"
#include "plan/number.hpp"
#include "sim/archive.hpp"

namespace shortfall {

std::optional<Shard> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  std::string index(text.substr(0, slash)), count(text.substr(slash + 1));
  if (!wrong_count(count, 1, 1'000'000).empty() || !wrong_count(index, 1, std::stoull(count)).empty()) return {};
  return Shard{std::stoull(index), std::stoull(count)};
}

Trials trials_of(Shard shard, std::uint64_t trials) { return part_of({.first = 0, .count = trials}, shard.index - 1, shard.count); }

std::string run_shard(const Plans& plans, const RunOptions& options, Shard shard) {
  const Model model = compile(plans, compile_options(options));
  const Trials trials = trials_of(shard, options.trials);
  SimulateOptions simulate_options{
      .seed = options.seed, .method = own_method(model, options.sampling), .threads = options.threads, .ranks = options.ranks};
  if (options.progress) simulate_options.progress = [&](std::uint64_t done) { options.progress(done, trials.count); };
  return to_bytes(simulate(model, pilot(model, options.seed), trials, simulate_options));
}

struct ShardSum::State {
  State(const Plans& p, const RunOptions& o)
      : plans(p),
        options(o),
        model(compile(p, compile_options(o))),
        scales(pilot(model, o.seed)),
        total(model, scales, own_method(model, o.sampling)) {
    options.max_trials = options.trials;  // one look
  }
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
  merge(state_->total, part);
  return true;
}

RunResult ShardSum::result() const { return result_of(state_->plans, state_->model, state_->total, state_->options); }

}  // namespace shortfall
