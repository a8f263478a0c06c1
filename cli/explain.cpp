// Which schemes, factors and organisations drive the failures?
#include "study/explain.hpp"

#include <fmt/format.h>

#include "cli/actuals.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
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
  RunOptions run;
  KnowledgeSaid knowledge;
};

// Of 3,000 schemes it takes minutes.
constexpr std::size_t most_explained = 5000;

Status explain_command(Words& words) {
  needs_a_file(words.output);
  Loaded plans = loaded(words.input, words.run, words.given);
  std::size_t schemes = 0;
  for (const Organisation& o : plans.plans.organisations) schemes += o.schemes.size();
  if (schemes > most_explained)
    throw bad_input(words.input.plans.front(),
                    fmt::format("{} schemes; at most {} can be told of together (the work grows with the square of their number); ask of some "
                                "organisations by their plan files",
                                schemes, most_explained));
  words.run.knowledge = draws_knowledge(words.knowledge, !words.actuals.file.empty());
  const Learn learn = see(words.actuals, words.output, plans, words.run);
  const ExplainResult result = answered(words.run, words.output, [&] {
    ExplainResult out = explain(plans.plans, words.run, nullptr, learn);
    if (!is_page(words.output) && words.output.format != "xlsx") return out;
    const RunResult whole = told_by_run(plans.plans, words.run);
    out.system_fails = whole.system_fails;
    out.system_contingency = whole.system_contingency.p80;
    return out;
  });
  Forms forms;
  forms.document = [&] { return view_explain(result, grounds_of(plans.plans), plans.provenance); };
  forms.json = [&] { return json(result, plans.provenance); };
  forms.csv = [&] { return csv(result, plans.provenance); };
  forms.xlsx = [&] { return workbook_of(result, plans.provenance); };
  print(forms, words.output);
  return Status::good;
}

}  // namespace

Action add_explain(CommandLine& line) {
  const Command command = line.add("explain", "Which schemes, shared luck and organisations drive the failures?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  add_actuals_options(command, words->actuals);
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv", "xlsx"});
  add_simulation_options(command, words->run, words->given, 1, "");
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall explain plans/                       what drives the failures\n"
      "  shortfall explain plans/ --output schemes.csv  every scheme, with intervals");
  return [words] { return explain_command(*words); };
}

}  // namespace shortfall
