// How optimistic may the plan be before its chance of failing passes a level? How much reserve makes it sure?
#include "study/reverse.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "cli/terminal.hpp"
#include "plan/suggestion.hpp"
#include "report/inert.hpp"
#include "report/reverse_json.hpp"
#include "report/reverse_text.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  std::vector<std::string> given;
  std::string until = "system.fails = 20%", factor = "system";
  bool factor_given = false;
  ReverseOptions reverse;
};

ChanceTarget target_of(const std::string& text, const Plans& plans) {
  std::vector<std::string> subjects = {"system", "any", "all"};
  for (const Organisation& o : plans.organisations) subjects.push_back(o.id.value);
  auto target = parse_chance_target(text, whole_file("--until"), subjects);
  if (!target) throw BadInput(std::move(target.error()));
  return std::move(*target);
}

Status reverse_command(Words& words) {
  const Loaded loaded = load(words.input.plans, words.input.edits, words.input.outside());
  words.reverse.until = target_of(words.until, loaded.plans);
  words.reverse.run.given = given_of(words.given, loaded.plans);
  spread_over_ranks(words.reverse.run);
  const std::vector<std::string> factors = factor_names(loaded.plans);
  if (std::find(factors.begin(), factors.end(), words.factor) == factors.end()) {
    if (words.factor_given)
      throw BadInput(
          {{whole_file("--factor"), Severity::error,
            fmt::format("no factor '{}' here{} (there are system, organisation/ID, class/ID, year/LABEL, scheme/ORGANISATION/SCHEME and the "
                        "plan's own names)",
                        words.factor, did_you_mean(words.factor, factors))}});
    words.factor.clear();
  }
  words.reverse.factor = words.factor;
  ReverseResult result;
  {
    Progress progress(words.output.quiet);
    words.reverse.run.progress = [&](std::uint64_t done, std::uint64_t of) { progress.show(done, of); };
    result = reverse(loaded.plans, words.reverse);
  }
  write_output(words.output.format == "json" ? reverse_json(result, loaded.provenance)
                                             : inert(reverse_text(result, loaded.provenance, text_style(words.output.file))),
               words.output.file);
  return Status::good;
}

}  // namespace

Action add_reverse(CommandLine& line) {
  const Command command = line.add("reverse", "How much optimism, delay or bad luck can the plan afford, and what reserve makes it sure?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  command.option("--until", words->until, "The chance to meet, as in 'system.fails = 20%' or 'midshire-acute.fails.alone = 10%'")
      .type_name("MEASURE = CHANCE")
      .show_default();
  command.option("--factor", words->factor, "The shared factor whose luck is turned, as in system or class/workforce").show_default();
  add_output_options(command, words->output, {"text", "json"});
  add_simulation_options(command, words->reverse.run, words->given, 1, "");
  return [words, command] {
    words->factor_given = command.is_given("--factor");
    return reverse_command(*words);
  };
}

}  // namespace shortfall
