// Which schemes, factors and organisations drive the failures?
#include "study/explain.hpp"

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "cli/terminal.hpp"
#include "report/explain_csv.hpp"
#include "report/explain_json.hpp"
#include "report/explain_markdown.hpp"
#include "report/explain_text.hpp"
#include "report/inert.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  std::vector<std::string> given;
  RunOptions run;
};

std::string reported(const ExplainResult& result, const Loaded& loaded, const OutputOptions& output) {
  if (output.format == "json") return explain_json(result, loaded.provenance);
  if (output.format == "csv") return explain_csv(result, loaded.provenance);
  if (output.format == "markdown") return inert(explain_markdown(result, loaded.provenance));
  return inert(explain_text(result, loaded.provenance, text_style(output.file)));
}

// Of 3,000 schemes it takes minutes.
constexpr std::size_t most_explained = 5000;

Status explain_command(Words& words) {
  const Loaded loaded = load(words.input.plans, words.input.edits, words.input.outside());
  std::size_t schemes = 0;
  for (const Organisation& o : loaded.plans.organisations) schemes += o.schemes.size();
  if (schemes > most_explained)
    throw BadInput({{whole_file(words.input.plans.front()), Severity::error,
                     fmt::format("{} schemes; at most {} can be told of together (the work grows with the square of their number); ask of some "
                                 "organisations by their plan files",
                                 schemes, most_explained)}});
  words.run.given = given_of(words.given, loaded.plans);
  spread_over_ranks(words.run);
  ExplainResult result;
  {
    Progress progress(words.output.quiet);
    words.run.progress = [&](std::uint64_t done, std::uint64_t of) { progress.show(done, of); };
    result = explain(loaded.plans, words.run);
  }
  write_output(reported(result, loaded, words.output), words.output.file);
  return Status::good;
}

}  // namespace

Action add_explain(CommandLine& line) {
  const Command command = line.add("explain", "Which schemes, shared luck and organisations drive the failures?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  add_output_options(command, words->output, {"text", "json", "csv", "markdown"});
  add_simulation_options(command, words->run, words->given, 1, "");
  return [words] { return explain_command(*words); };
}

}  // namespace shortfall
