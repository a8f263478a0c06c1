// The parts of a run, made by `run --shard`, added up to the whole.
#include <fmt/format.h>

#include <map>
#include <optional>

#include "cli/commands.hpp"
#include "cli/run_report.hpp"
#include "store/shard_file.hpp"

namespace shortfall {
namespace {

struct Words {
  std::vector<std::string> shards;
  OutputOptions output;
  bool pairs = false;
};

// "2", "2 and 5", "2, 5 and 7", "2, 5, 7 and 12 more".
std::string listed(const std::vector<std::uint64_t>& numbers) {
  constexpr std::size_t most = 6;
  if (numbers.size() == 1) return fmt::format("{}", numbers[0]);
  const bool all = numbers.size() <= most;
  const std::size_t shown = all ? numbers.size() - 1 : most;
  const std::string last = all ? fmt::format("{}", numbers.back()) : fmt::format("{} more", numbers.size() - most);
  return fmt::format("{} and {}", fmt::join(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(shown), ", "), last);
}

Plans plans_of(const ShardFile& shard, const std::string& path) {
  Checked<Plans> plans = assemble(shard.files.sources);
  if (!plans) throw BadInput({{whole_file(path), Code::bad_shard, "its plans are not well formed for this program; make it again"}});
  return std::move(*plans);
}

Status merge_command(const Words& words) {
  Problems problems;
  const auto error = [&](const std::string& path, std::string message) {
    problems.push_back({whole_file(path), Code::bad_shard, std::move(message)});
  };
  std::optional<ShardFile> first;
  std::string first_path;
  Loaded loaded;
  std::optional<ShardSum> sum;
  std::map<std::uint64_t, std::string> seen;
  // One shard at a time in memory.
  for (const std::string& path : words.shards) {
    ShardFile shard;
    try {
      shard = read_shard(path);
    } catch (const BadInput& bad) {
      problems.insert(problems.end(), bad.problems.begin(), bad.problems.end());
      continue;
    }
    if (!first) {
      if (shard.program != "shortfall " SHORTFALL_VERSION) {
        error(path,
              fmt::format("made by {}, and this is shortfall " SHORTFALL_VERSION "; merge with the version that made the shards", shard.program));
        continue;
      }
      loaded = {plans_of(shard, path), {shard.program, shard.files.inputs, shard.files.sources.edits}, {}, {}};
      RunOptions options = shard.run;
      options.given = good(parse_given(shard.given, loaded.plans));
      sum.emplace(loaded.plans, options);
      first = shard;
      first->tally.clear();
      first_path = path;
    } else if (const std::string why = difference(shard, *first, first_path); !why.empty()) {
      error(path, why);
      continue;
    }
    const auto [at, fresh] = seen.emplace(shard.shard.index, path);
    if (!fresh)
      error(path, fmt::format("shard {} of {} again; {} is that already", shard.shard.index, shard.shard.count, at->second));
    else if (!sum->add(shard.tally))
      error(path, "its tally is not of its plans; make it again");
  }
  if (problems.empty()) {
    std::vector<std::uint64_t> missing;
    for (std::uint64_t k = 1; k <= first->shard.count; ++k)
      if (!seen.contains(k)) missing.push_back(k);
    if (!missing.empty())
      error("shortfall merge", fmt::format("shard{} {} of {} {} missing", missing.size() == 1 ? "" : "s", listed(missing), first->shard.count,
                                           missing.size() == 1 ? "is" : "are"));
  }
  if (!problems.empty()) throw BadInput(std::move(problems));
  const RunResult result = sum->result();
  Extras extras;
  extras.pairs = words.pairs;
  print(result, extras, loaded, words.output);
  notes(result, loaded, words.output);
  return status_of(result.gates);
}

}  // namespace

Action add_merge(CommandLine& line) {
  const Command command = line.add("merge", "The whole of what 'run --shard' made in parts");
  auto words = std::make_shared<Words>();
  command.option("FILE", words->shards, "All shards of one run, in any order").required();
  add_output_options(command, words->output, run_formats);
  command.flag("--pairs", words->pairs, "In JSON, how often each two fail together, also of more than 64 organisations");
  command.examples(
      "  shortfall merge part-*.shard\n"
      "  shortfall merge part-*.shard --output result.json");
  return [words] { return merge_command(*words); };
}

}  // namespace shortfall
