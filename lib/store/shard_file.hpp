// A part of a run as a file: its tally, and the plans and settings that it is of, so that `merge` needs nothing else.
//
//   shortfall/shard/2 LENGTH\n     LENGTH bytes of JSON: program, shard, its part of the trials, settings, the texts of all files     \n     the
//   tally     \n the SHA-256 of all of this, in hexadecimal     \n
#pragma once

#include <string>
#include <vector>

#include "store/load.hpp"
#include "study/shard.hpp"

namespace shortfall {

inline constexpr std::uint64_t most_shards = 1'000'000;

struct ShardFile {
  std::string program;
  Shard shard;
  Files files;                     // sources.edits: --set
  std::vector<std::string> given;  // --given
  RunOptions run;                  // trials, trials_asked, max_trials, seed, optimism, sampling
  std::string tally;
};

std::string to_text(const ShardFile& shard);

// Throws BadInput where the file is no shard, is damaged or cut short.
ShardFile read_shard(const std::string& path);

// How another shard's settings or plans differ from the first's: "seed 2, where a.shard has seed 1"; empty: they are of one run.
std::string difference(const ShardFile& shard, const ShardFile& first, const std::string& first_path);

}  // namespace shortfall
