// What to do about it: which options buy the most safety for the money, and what to find out first?
#include "study/recover.hpp"

#include <fmt/format.h>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"
#include "store/folder.hpp"
#include "store/written_plan.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  std::vector<std::string> given;
  std::string options, to;
  RunOptions run;
  KnowledgeSaid knowledge;
};

void write(const RecoverResult& result, const Files& files, const Documents& documents, const Plans& plans, const Words& words) {
  std::uint64_t set = 0;
  std::string ids;
  for (const std::size_t i : result.chosen.options) {
    set |= std::uint64_t{1} << i;
    ids += (ids.empty() ? "" : ", ") + result.recovery.options[i].id.value;
  }
  const std::vector<Edit> edits = edits_to_write(result.recovery, set, plans, files.sources);
  const std::string what = fmt::format("Written by shortfall recover: with {} of {}; the comments of the original are not in it.",
                                       ids.empty() ? "none" : ids, words.options);
  if (is_first()) write_folder(written_plan(files.sources, documents, edits, what), words.to, Existing::refused);
  if (!words.output.quiet)
    note(fmt::format("wrote the plans with {} into {}; next: shortfall compare {} {}", ids.empty() ? "none of the options" : ids, words.to,
                     words.input.plans.front(), words.to));
}

Status recover_command(Words& words) {
  Files files = read_files(words.input.plans, words.input.outside());
  files.sources.edits = words.input.edits;
  for (const std::string& text : files.notes) note("note: " + text);
  const Documents documents(files.sources);
  const Plans plans = good(documents.with({}));
  words.run.knowledge = draws_knowledge(words.knowledge);
  words.run.given = good(parse_given(words.given, plans));
  spread_over_ranks(words.run);
  Provenance provenance{"shortfall " SHORTFALL_VERSION, files.inputs, words.input.edits};
  const Recovery recovery = recovery_of(words.options, plans, documents, provenance);
  const RecoverResult result = answered(words.run, words.output, [&] { return good(recover(plans, documents, recovery, words.run)); });
  Forms forms;
  forms.document = [&] { return view_recover(result, provenance); };
  forms.json = [&] { return json(result, provenance); };
  forms.csv = [&] { return csv(result, provenance); };
  if (!words.to.empty()) write(result, files, documents, plans, words);
  print(forms, words.output);
  return Status::good;
}

}  // namespace

Action add_recover(CommandLine& line) {
  const Command command = line.add("recover", "What to do about it: which options buy the most safety, and what to find out first?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  command.option("--options", words->options, "What could be done, what it costs, and the budget").type_name("OPTIONS.yaml").required();
  command.option("--write", words->to, "Write the plans with the chosen options in them into this folder").type_name("FOLDER");
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv"});
  add_simulation_options(command, words->run, words->given, least_recovered, "");
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall recover plans/ --options options.yaml                 the best set for the money\n"
      "  shortfall recover plans/ --options options.yaml --write better  the same, and the plans with it; then compare plans/ better/");
  return [words] { return recover_command(*words); };
}

}  // namespace shortfall
