// How optimistic may the plan be before its chance of failing passes a level? How much reserve makes it sure?
#include "study/reverse.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/actuals.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "plan/suggestion.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"
#include "study/measures.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  ActualsOptions actuals;
  std::vector<std::string> given;
  std::string until = "system.fails = 20%", factor = "system";
  bool factor_given = false;
  ReverseOptions reverse;
  KnowledgeSaid knowledge;
};

ChanceTarget target_of(const std::string& text, const Plans& plans) {
  std::vector<std::string> subjects = {"system", "any", "all"};
  for (const Organisation& o : plans.organisations) subjects.push_back(o.id.value);
  return good(parse_chance_target(text, whole_file("--until"), subjects));
}

Status reverse_command(Words& words) {
  Loaded plans = loaded(words.input, words.reverse.run, words.given);
  words.reverse.until = target_of(words.until, plans.plans);
  words.reverse.run.knowledge = draws_knowledge(words.knowledge, !words.actuals.file.empty());
  words.reverse.learn = see(words.actuals, words.output, plans, words.reverse.run);
  const std::vector<std::string> factors = factor_names(plans.plans);
  if (std::find(factors.begin(), factors.end(), words.factor) == factors.end()) {
    if (words.factor_given)
      throw bad_input(
          "--factor",
          fmt::format("no factor '{}' here{} (there are system, organisation/ID, class/ID, year/LABEL, scheme/ORGANISATION/SCHEME and the "
                      "plan's own names)",
                      words.factor, did_you_mean(words.factor, factors)));
    words.factor.clear();
  }
  words.reverse.factor = words.factor;
  const ReverseResult result = answered(words.reverse.run, words.output, [&] {
    ReverseResult out = reverse(plans.plans, words.reverse);
    if (is_page(words.output))
      out.now = *value_of(told_by_run(plans.plans, words.reverse.run), out.until.subject, *find_measure(out.until.measure).measure);
    return out;
  });
  Forms forms;
  forms.document = [&] { return view_reverse(result, grounds_of(plans.plans), plans.provenance); };
  forms.json = [&] { return json(result, plans.provenance); };
  forms.csv = [&] { return csv(result, plans.provenance); };
  print(forms, words.output);
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
  add_actuals_options(command, words->actuals);
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv"});
  add_simulation_options(command, words->reverse.run, words->given, 1, "");
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall reverse plans/                                     how much optimism it can afford\n"
      "  shortfall reverse plans/ --until 'acute.fails.alone = 10%'   the same of one organisation");
  return [words, command] {
    words->factor_given = command.is_given("--factor");
    return reverse_command(*words);
  };
}

}  // namespace shortfall
