// A run in parts, for machines that do not talk to each other: each part tallies its own trials, and the parts add up to the whole exactly.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/simulate.hpp"
#include "study/run.hpp"

namespace shortfall {

// Part `index` (from 1) of `count`.
struct Shard {
  std::uint64_t index = 1, count = 1;
};
// "3/64": 64 at most a million, 3 from 1 to 64.
std::optional<Shard> parse_shard(std::string_view text);

// The trials that fall to it: those of all parts follow each other without gap.
Trials trials_of(Shard shard, std::uint64_t trials);

// The tally of that part of options.trials, as bytes. Neither gates nor precision ask for more.
std::string run_shard(const Plans& plans, const RunOptions& options, Shard shard);

// Adds up the parts of one run: the same plans and options for all.
class ShardSum {
 public:
  ShardSum(const Plans& plans, const RunOptions& options);
  ~ShardSum();
  // False where the bytes are not those of such a part.
  bool add(std::string_view tally);
  // What `run` finds at its first look; gates are judged once.
  RunResult result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortfall
