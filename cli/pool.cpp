// Swim together or sink alone: who gains from pooling, who is tempted to break ranks, which pools hold?
#include <fmt/format.h>

#include "cli/actuals.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "plan/number.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  ActualsOptions actuals;
  std::vector<std::string> given;
  std::string material = "1pp", any_fails = "20%";
  PoolingOptions pool;
  KnowledgeSaid knowledge;
};

// Of 500 organisations it would take 6 GB.
constexpr std::size_t most_pooled = 128;

Status pool_command(Words& words) {
  needs_a_file(words.output);
  Loaded plans = loaded(words.input, words.pool.run, words.given);
  if (plans.plans.organisations.size() < 2)
    throw bad_input(words.input.plans.front(),
                    "one organisation cannot pool with itself; give a system of two or more (for one plan ask 'shortfall run')");
  if (plans.plans.organisations.size() > most_pooled)
    throw bad_input(
        words.input.plans.front(),
        fmt::format("{} organisations; at most {} can be told of together (the work grows with the square of their number); ask of some of "
                    "them by their plan files",
                    plans.plans.organisations.size(), most_pooled));
  words.pool.material = *parse_points(words.material);
  words.pool.any_fails = *parse_fraction(words.any_fails);
  words.pool.run.knowledge = draws_knowledge(words.knowledge, !words.actuals.file.empty());
  see(words.actuals, words.output, plans, words.pool.run);
  const PoolingResult result = answered(words.pool.run, words.output, [&] { return pooling(plans.plans, words.pool); });
  Forms forms;
  forms.document = [&] { return view_pool(result, grounds_of(plans.plans), plans.provenance); };
  forms.json = [&] { return json(result, plans.provenance); };
  forms.csv = [&] { return csv(result, plans.provenance); };
  forms.xlsx = [&] { return workbook_of(result, plans.provenance); };
  print(forms, words.output);
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
  add_actuals_options(command, words->actuals);
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv", "xlsx"});
  add_simulation_options(command, words->pool.run, words->given, 1, "");
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall pool plans/                  who would break ranks\n"
      "  shortfall pool plans/ --any-fails 10%  how much mutual aid keeps any from failing");
  return [words] { return pool_command(*words); };
}

}  // namespace shortfall
