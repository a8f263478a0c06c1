// Would it have foreseen what happened? Plans and frozen forecasts, scored against their outcomes.
#include "history/backtest.hpp"

#include "cli/ask.hpp"
#include "cli/backtest_cases.hpp"
#include "cli/commands.hpp"
#include "history/outcomes_file.hpp"
#include "report/history.hpp"

namespace shortfall {
namespace {

struct Words {
  std::vector<std::string> paths;
  std::string outcomes;
  OutputOptions output;
  BacktestOptions backtest;
  KnowledgeSaid knowledge;
  bool keep_seen = false;
};

Status backtest_command(Words& words) {
  Provenance provenance{"shortfall " SHORTFALL_VERSION, {}};
  BacktestCases read = backtest_cases(words.paths, provenance);
  std::vector<BacktestCase>& cases = read.list;
  if (!words.outcomes.empty()) {
    if (cases.size() != 1) throw bad_input("--outcomes", "belongs to one system or forecast; score several one by one");
    const std::string text = text_of_file(words.outcomes, largest_forecast);
    auto outcomes = read_outcomes_file(text, words.outcomes);
    read.sources.push_back({words.outcomes, text});
    if (!outcomes) throw BadInput(std::move(outcomes.error()), std::move(read.sources));
    provenance.inputs.push_back({words.outcomes, sha256(text)});
    cases.front().outturns.insert(cases.front().outturns.end(), outcomes->begin(), outcomes->end());
  }
  words.backtest.futures.knowledge = draws_knowledge(words.knowledge);
  words.backtest.leave_out = !words.keep_seen;
  const auto result = backtest(cases, words.backtest);
  if (!result) throw BadInput(result.error(), std::move(read.sources));
  Forms forms;
  forms.document = [&] { return view_backtest(*result, provenance); };
  forms.json = [&] { return json(*result, provenance); };
  print(forms, words.output);
  return Status::good;
}

}  // namespace

Action add_backtest(CommandLine& line) {
  const Command command = line.add("backtest", "Would it have foreseen what happened? Plans with an outcome:, scored against their forecasts");
  auto words = std::make_shared<Words>();
  command.option("PLAN", words->paths, "Systems, plans, folders of them, or forecasts of 'run --freeze'").required();
  command.option("--outcomes", words->outcomes, "A file that says what happened (outcomes: by organisation)").type_name("FILE");
  command.flag("--keep-seen", words->keep_seen, "Leave cases in the reference classes that rest on them");
  FuturesOptions& futures = words->backtest.futures;
  command.option("--trials", futures.trials, "Futures of each forecast").transform(a_count(256, 1'000'000)).show_default();
  command.option("--seed", futures.seed, "Another seed, other futures")
      .transform(a_count(0, std::numeric_limits<std::uint64_t>::max()))
      .show_default();
  command.option("--threads", futures.threads, "Threads (0: one a core); the result is the same for any number")
      .transform(a_count(0, 1024))
      .show_default();
  command.option("--optimism", futures.optimism, "As in 'run'").check(a_number(0, 10)).show_default();
  knowledge_option(command, words->knowledge,
                   "on: forecasts know no more of the reference classes than their records tell; off: the classes as written");
  add_output_options(command, words->output, {"text", "markdown", "html", "json"});
  command.examples(
      "  shortfall backtest plans-of-2017/\n"
      "  shortfall backtest forecast.json --outcomes outcomes.yaml");
  return [words] { return backtest_command(*words); };
}

}  // namespace shortfall
