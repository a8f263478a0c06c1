// Swim together or sink alone: who gains from pooling, who is tempted to break ranks, which pools hold?
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "cli/terminal.hpp"
#include "plan/number.hpp"
#include "report/inert.hpp"
#include "report/pool_json.hpp"
#include "report/pool_text.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  std::vector<std::string> given;
  std::string material = "1pp", any_fails = "20%";
  PoolingOptions pool;
};

// Of 500 organisations it would take 6 GB.
constexpr std::size_t most_pooled = 128;

Status pool_command(Words& words) {
  const Loaded loaded = load(words.input.plans, words.input.edits, words.input.outside());
  const std::size_t organisations = loaded.plans.organisations.size();
  if (organisations < 2)
    throw BadInput({{whole_file(words.input.plans.front()), Severity::error,
                     "one organisation cannot pool with itself; give a system of two or more (for one plan ask 'shortfall run')"}});
  if (organisations > most_pooled)
    throw BadInput(
        {{whole_file(words.input.plans.front()), Severity::error,
          fmt::format("{} organisations; at most {} can be told of together (the work grows with the square of their number); ask of some of "
                      "them by their plan files",
                      organisations, most_pooled)}});
  words.pool.run.given = given_of(words.given, loaded.plans);
  spread_over_ranks(words.pool.run);
  words.pool.material = *parse_points(words.material);
  words.pool.any_fails = *parse_fraction(words.any_fails);
  PoolingResult result;
  {
    Progress progress(words.output.quiet);
    words.pool.run.progress = [&](std::uint64_t done, std::uint64_t of) { progress.show(done, of); };
    result = pooling(loaded.plans, words.pool);
  }
  write_output(words.output.format == "json" ? pool_json(result, loaded.provenance)
                                             : inert(pool_text(result, loaded.provenance, text_style(words.output.file))),
               words.output.file);
  return Status::good;
}

}  // namespace

Action add_pool(CommandLine& line) {
  const Command command = line.add("pool", "Who gains from pooling, who is tempted to break ranks, which pools hold?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  command.option("--material", words->material, "The smallest change of a chance that is a reason to leave, in percentage points")
      .check(a_number_of_points())
      .show_default();
  command.option("--any-fails", words->any_fails, "The chance that any fails which mutual aid is to keep to").check(a_fraction(0, 1)).show_default();
  add_output_options(command, words->output, {"text", "json"});
  add_simulation_options(command, words->pool.run, words->given, 1, "");
  return [words] { return pool_command(*words); };
}

}  // namespace shortfall
