// All answers on one page, for a board.
#include <fmt/format.h>

#include <algorithm>

#include "cli/ask.hpp"
#include "cli/backtest_cases.hpp"
#include "cli/commands.hpp"
#include "report/page.hpp"
#include "store/folder.hpp"
#include "study/bridge.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  RunOptions run;
  std::vector<std::string> given, backtests;
  std::string since, options;
  std::uint64_t scheme_trials = 8192;
  KnowledgeSaid knowledge;
};

// More would take minutes, or pages that nobody reads.
constexpr std::size_t most_explained = 1000, most_pooled = 12;
constexpr std::uint64_t reverse_trials = 25'600, recover_trials = 20'480;

std::size_t schemes_of(const Plans& plans) {
  std::size_t out = 0;
  for (const Organisation& o : plans.organisations) out += o.schemes.size();
  return out;
}

BridgeSteps steps_of(const BridgeOf& system) {
  BridgeSteps out;
  out.planned = system.planned, out.expected = system.expected;
  for (std::size_t k = 0; k < system.steps.size(); ++k)
    if (system.steps[k] != 0) out.steps.push_back({std::string(bridge_steps()[k].words), system.steps[k]});
  return out;
}

// A gate is judged as `run` judges it: while one is unclear it asks for more futures, and the pictures are then of as many.
Portrayal judged(const Plans& plans, RunOptions& options) {
  Portrayal out = portray(plans, options);
  const bool unclear = std::any_of(out.run.gates.begin(), out.run.gates.end(), [](const GateResult& g) { return g.would_tell(); });
  if (!unclear || options.trials >= options.max_trials) return out;
  out.run = run(plans, options);
  options.knowledge_trials = options.trials;
  options.trials = out.run.trials;
  out.pictures = portray(plans, options).pictures;
  return out;
}

BoardAnswers answers(const Loaded& plans, const Words& words, RunOptions options) {
  auto [run, pictures] = judged(plans.plans, options);
  BoardAnswers out;
  out.run = std::move(run), out.pictures = std::move(pictures);
  RunOptions fewer = options;
  fewer.progress = {};
  const Bridge whole = bridge(plans.plans, fewer);
  out.bridge = steps_of(whole.system);
  const std::size_t schemes = schemes_of(plans.plans);
  if (schemes > 0 && schemes <= most_explained) {
    fewer.trials = std::min(options.trials, words.scheme_trials);
    // A figure that the page has already is that figure.
    out.explained = explain(plans.plans, fewer, &whole);
    out.explained->system_fails = out.run.system_fails;
    out.explained->system_contingency = out.run.system_contingency.p80;
    fewer.trials = std::min(options.trials, reverse_trials);
    out.reversed = reverse(plans.plans, {fewer, good(parse_chance_target("system.fails = 20%", whole_file("report"), {"system"})), {}});
    out.reversed->now = out.run.system_fails;
  }
  fewer.trials = options.trials;
  if (const std::size_t n = plans.plans.organisations.size(); n > 1 && n <= most_pooled) {
    PoolingOptions pool;
    pool.run = fewer;
    out.pooled = pooling(plans.plans, pool);
  }
  return out;
}

// The choice among options, with the options' file as one more input.
RecoverResult choice_of(const Plans& plans, const Documents& documents, const Words& words, Provenance& provenance) {
  const Recovery recovery = recovery_of(words.options, plans, documents, provenance);
  RunOptions options = words.run;
  options.progress = {};
  options.trials = recover_trials;
  return good(recover(plans, documents, recovery, options));
}

Status report_command(Words& words) {
  Files files = read_files(words.input.plans, words.input.outside());
  files.sources.edits = words.input.edits;
  files.sources.key_places = words.since.empty() ? KeyPlacesAre::left_out : KeyPlacesAre::kept;
  std::optional<Documents> documents;
  if (!words.options.empty()) documents.emplace(files.sources);
  Loaded plans = loaded(std::move(files), words.run, words.given);
  words.run.knowledge = draws_knowledge(words.knowledge, plans.plans);
  std::optional<Loaded> before;
  if (!words.since.empty()) {
    before = load({words.since}, {}, words.input.outside(), KeyPlacesAre::kept);
    if (const Problems problems = comparable(before->plans, plans.plans, {}); !problems.empty()) throw BadInput(problems);
  }
  BoardAnswers all = answered(words.run, words.output, [&] { return answers(plans, words, words.run); });
  if (before) {
    CompareOptions options;
    options.run = words.run;
    options.run.progress = {};
    options.run.max_trials = options.run.trials;
    all.compared = compare(before->plans, plans.plans, options);
    all.before = before->provenance;
  }
  if (documents) all.recovered = choice_of(plans.plans, *documents, words, plans.provenance);
  if (!words.backtests.empty()) {
    BacktestOptions options;
    options.futures.seed = words.run.seed, options.futures.threads = words.run.threads, options.futures.knowledge = words.run.knowledge;
    all.backtested_from.program = plans.provenance.program;
    const BacktestCases cases = backtest_cases(words.backtests, all.backtested_from);
    const auto scored = backtest(cases.list, options);
    if (!scored) throw BadInput(scored.error(), cases.sources);
    all.backtested = *scored;
  }
  Forms forms;
  forms.document = [&] { return view_page(all, grounds_of(plans.plans), plans.provenance); };
  forms.json = [&] { return json(all, plans.provenance); };
  print(forms, words.output);
  return status_of(all.run.gates);
}

}  // namespace

Action add_report(CommandLine& line) {
  const Command command = line.add("report", "All answers on one page for a board: HTML with pictures that needs nothing else");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  add_output_options(command, words->output, {"html", "text", "markdown", "json"});
  command.option("--since", words->since, "The plans before: also say what the revision did").type_name("OLD");
  command.option("--options", words->options, "What could be done, what it costs, and the budget: also say what to do").type_name("OPTIONS.yaml");
  command.option("--backtest", words->backtests, "Systems with outcomes, or folders of them: also say how forecasts of them did (repeatable)")
      .type_name("PLAN")
      .repeatable();
  command.option("--scheme-trials", words->scheme_trials, "Futures in which each scheme is made certain, late and lost; no more than --trials")
      .transform(a_count(256, 100'000'000))
      .show_default()
      .group("Simulation");
  add_simulation_options(command, words->run, words->given, 1, "where a gate asks for more");
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall report plans/ --output page.html                      exits 1 where a gate is crossed, 4 where one is unclear, as run does\n"
      "  shortfall report plans/ --since last-month/ --backtest scenarios/published --output page.html");
  return [words] { return report_command(*words); };
}

}  // namespace shortfall
