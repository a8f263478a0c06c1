// What did this revision do to the risk, and which edits did it?
#include "study/compare.hpp"

#include "cli/actuals.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "plan/number.hpp"
#include "report/ci.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"
#include "report/words.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {
namespace {

struct Words {
  std::string before, after;
  std::vector<std::string> edits, allowed, given;
  std::string material = "1pp", material_money;
  InputOptions input;  // of which only whether files may lie outside
  OutputOptions output;
  ActualsOptions actuals;
  CompareOptions compare;
  KnowledgeSaid knowledge;
  bool no_effects = false;
};

Status status_of(const CompareResult& result) {
  std::vector<GateResult> limits = result.after.gates;
  for (const ChangeLimitResult& l : result.limits) limits.push_back({{}, l.change, l.verdict});
  return status_of(limits);
}

Loaded revision(const std::string& path, const std::vector<std::string>& edits, Outside outside, BadInput& wrong) {
  try {
    return load({path}, edits, outside, KeyPlacesAre::kept);
  } catch (BadInput& error) {
    std::move(error.problems.begin(), error.problems.end(), std::back_inserter(wrong.problems));
    std::move(error.sources.begin(), error.sources.end(), std::back_inserter(wrong.sources));
    return {};
  }
}

Status compare_command(Words& words) {
  needs_a_file(words.output);
  CompareOptions& options = words.compare;
  BadInput wrong({});
  Problems& problems = wrong.problems;
  Loaded before = revision(words.before, {}, words.input.outside(), wrong), after = revision(words.after, words.edits, words.input.outside(), wrong);
  for (const std::string& text : words.allowed) {
    auto limit = parse_change_limit(text, whole_file("--allow"));
    if (limit)
      options.allowed.push_back(std::move(*limit));
    else
      problems.insert(problems.end(), limit.error().begin(), limit.error().end());
  }
  if (problems.empty()) problems = comparable(before.plans, after.plans, options);
  if (!problems.empty()) throw wrong;
  options.material = *parse_points(words.material);
  if (!words.material_money.empty()) options.material_money = parse_number(words.material_money);
  options.effects = !words.no_effects;
  // Factors of new and old alike, so that both are held at the same stress.
  good(parse_given(words.given, before.plans));
  options.run.given = good(parse_given(words.given, after.plans));
  options.run.knowledge = draws_knowledge(words.knowledge, after.plans, !words.actuals.file.empty());
  spread_over_ranks(options.run);
  see(words.actuals, words.output, before, after, options);
  const CompareResult result = answered(options.run, words.output, [&] { return compare(before.plans, after.plans, options); });
  Forms forms;
  forms.document = [&] { return view_compare(result, after.provenance); };
  forms.json = [&] { return json(result, before.provenance, after.provenance); };
  forms.csv = [&] { return csv(result, after.provenance); };
  forms.junit = [&] { return junit(result); };
  forms.github = [&] { return github(result); };
  forms.xlsx = [&] { return workbook_of(result, compare_headline(result), before.provenance, after.provenance); };
  print(forms, words.output);
  return status_of(result);
}

}  // namespace

Action add_compare(CommandLine& line) {
  const Command command = line.add("compare", "What did a revision do to the risk, and which edits did it?");
  auto words = std::make_shared<Words>();
  command.option("OLD", words->before, "The plans before: a system's folder, a system.yaml, or a plan file").required();
  command.option("NEW", words->after, "The plans now").required();
  const auto repeatable = [&](const char* name, std::vector<std::string>& into, const char* what, const char* type) {
    command.option(name, into, what).type_name(type).repeatable();
  };
  repeatable("--set", words->edits, "PATH=VALUE: change a value of the new plans, as in midshire-acute.reserves=5 (repeatable)", "PATH=VALUE");
  repeatable("--allow", words->allowed, "How far a measure may move, as in 'system.fails +2pp' or 'acute.contingency.p80 +0.5' (repeatable)",
             "LIMIT");
  command.option("--material", words->material, "The smallest change of a chance that matters, in percentage points")
      .check(a_number_of_points())
      .show_default();
  command.option("--material-money", words->material_money, "The smallest change of money that matters (default: 1 % of the saving planned in OLD)")
      .check(a_number(0, 1e12));
  command.flag("--no-effects", words->no_effects, "Do not work out which edit did it");
  add_outside_option(command, words->input);
  add_actuals_options(command, words->actuals);
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv", "junit", "github", "xlsx"});
  add_simulation_options(command, words->compare.run, words->given, least_compared, "while a verdict or a limit is unclear");
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall compare old/ new/                             is the revision safer?\n"
      "  shortfall compare old/ new/ --allow 'system.fails +2pp'  exits 1 where it rises further");
  return [words] { return compare_command(*words); };
}

}  // namespace shortfall
