// What did this revision do to the risk, and which edits did it?
#include "study/compare.hpp"

#include <unistd.h>

#include <limits>

#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "cli/terminal.hpp"
#include "plan/number.hpp"
#include "report/comparison_json.hpp"
#include "report/comparison_markdown.hpp"
#include "report/comparison_text.hpp"
#include "report/github.hpp"
#include "report/inert.hpp"
#include "report/junit.hpp"

namespace shortfall {
namespace {

struct Words {
  std::string before, after;
  std::vector<std::string> edits, allowed, given;
  std::string material = "1pp", material_money;
  InputOptions input;  // of which only whether files may lie outside
  OutputOptions output;
  CompareOptions compare;
  bool no_effects = false;
};

// Those of new and old alike, so that both are held at the same stress.
std::vector<Given> given_of(const Words& words, const Plans& before, const Plans& after) {
  given_of(words.given, before);
  return given_of(words.given, after);
}

Status status_of(const CompareResult& result) {
  Status status = Status::good;
  const auto consider = [&](Verdict verdict) {
    if (verdict == Verdict::crossed) status = Status::gate_crossed;
    if (verdict == Verdict::unclear && status == Status::good) status = Status::gate_unclear;
  };
  for (const ChangeLimitResult& l : result.limits) consider(l.verdict);
  for (const GateResult& g : result.after.gates) consider(g.verdict);
  return status;
}

std::string reported(const CompareResult& result, const Loaded& before, const Loaded& after, const OutputOptions& output) {
  if (output.format == "json") return comparison_json(result, before.provenance, after.provenance);
  if (output.format == "markdown") return inert(comparison_markdown(result, after.provenance));
  if (output.format == "junit") return junit(result);
  if (output.format == "github") return github(result);
  return inert(comparison_text(result, text_style(output.file)));
}

Loaded loaded(const std::string& path, const std::vector<std::string>& edits, Outside outside, Problems& problems) {
  try {
    return load({path}, edits, outside, KeyPlacesAre::kept);
  } catch (BadInput& error) {
    problems.insert(problems.end(), error.problems.begin(), error.problems.end());
    return {};
  }
}

Status compare_command(Words& words) {
  CompareOptions& options = words.compare;
  Problems problems;
  const Loaded before = loaded(words.before, {}, words.input.outside(), problems),
               after = loaded(words.after, words.edits, words.input.outside(), problems);
  for (const std::string& text : words.allowed) {
    auto limit = parse_change_limit(text, whole_file("--allow"));
    if (limit)
      options.allowed.push_back(std::move(*limit));
    else
      problems.insert(problems.end(), limit.error().begin(), limit.error().end());
  }
  if (problems.empty()) problems = comparable(before.plans, after.plans, options);
  if (!problems.empty()) throw BadInput(std::move(problems));
  options.material = *parse_points(words.material);
  if (!words.material_money.empty()) options.material_money = parse_number(words.material_money);
  options.effects = !words.no_effects;
  options.run.given = given_of(words, before.plans, after.plans);
  spread_over_ranks(options.run);
  CompareResult result;
  {
    Progress progress(words.output.quiet);
    options.run.progress = [&](std::uint64_t done, std::uint64_t of) { progress.show(done, of); };
    result = compare(before.plans, after.plans, options);
  }
  write_output(reported(result, before, after, words.output), words.output.file);
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
  add_output_options(command, words->output, {"text", "markdown", "json", "junit", "github"});
  add_simulation_options(command, words->compare.run, words->given, least_compared, "while a verdict or a limit is unclear");
  return [words] { return compare_command(*words); };
}

}  // namespace shortfall
