// Is the plan well formed, and where is it visibly optimistic?
#include <fmt/format.h>
#include <unistd.h>

#include "base/money.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "model/compile.hpp"
#include "model/soundness.hpp"
#include "plan/allowance.hpp"
#include "plan/optimism.hpp"
#include "plan/profile.hpp"
#include "report/ci.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  std::string fail_on = "error";
};

std::string summary(const Plans& plans, std::size_t warnings, std::size_t allowed) {
  std::size_t schemes = 0;
  double planned = 0;
  for (const Organisation& o : plans.organisations) {
    schemes += o.schemes.size();
    for (const Scheme& s : o.schemes)
      for (const double saving : planned_saving(s, plans.system.years)) planned += saving;
  }
  return fmt::format(
      "{}, {}, {} of savings planned: well formed, {}{}", counted(plans.organisations.size(), "organisation"), counted(schemes, "scheme"),
      money_text(planned, plans.system.currency),
      warnings == 0 ? allowed == 0 ? "no sign of optimism that can be seen without simulating" : "no warning" : counted(warnings, "warning"),
      allowed == 0 ? std::string() : fmt::format(" ({} more allowed by the plans' owners)", allowed));
}

// What only a model can tell: that the numbers of a distribution, or of a scheme's money, can be reckoned with.
void must_compile(const Loaded& loaded) {
  try {
    compile(loaded.plans, {});
  } catch (const Unsound& error) {
    throw BadInput(error.problems, loaded.sources);
  }
}

Status validate_command(const Words& words) {
  Problems problems;
  std::vector<AllowedProblem> allowed;
  std::vector<Source> sources;
  Status status = Status::good;
  std::string closing;
  try {
    const Loaded loaded = load(words.input.plans, words.input.edits, words.input.outside());
    must_compile(loaded);
    Allowed all = allow(signs_of_optimism(loaded.plans), loaded.sources);
    problems = std::move(all.left);
    allowed = std::move(all.allowed);
    closing = summary(loaded.plans, problems.size(), allowed.size());
    if (is_terminal(STDOUT_FILENO) && words.output.file.empty() && words.output.format == "text") sources = loaded.sources;
  } catch (const BadInput& error) {
    // A script gets the errors in the format it asks for; people read them on standard error, as with any command.
    if (words.output.format == "text") throw;
    problems = error.problems;
    status = Status::bad_input;
  }
  Forms forms;
  forms.document = [&] {
    Document document = view_problems(problems, words.output.quiet ? "" : closing, Codes::shown, sources, text_style(words.output).width);
    if (words.output.format == "html") document.title = "What is wrong with the plans, and what looks optimistic";
    return document;
  };
  forms.json = [&] { return json(problems, allowed); };
  forms.csv = [&] { return csv(problems); };
  forms.sarif = [&] { return sarif(problems, allowed, "shortfall", SHORTFALL_VERSION); };
  forms.github = [&] { return github(problems); };
  print(forms, words.output);
  if (status == Status::good && words.fail_on == "warning" && !problems.empty()) return Status::gate_crossed;
  return status;
}

}  // namespace

Action add_validate(CommandLine& line) {
  const Command command = line.add("validate", "Is the plan well formed, and where is it visibly optimistic?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  add_output_options(command, words->output, {"text", "markdown", "html", "json", "csv", "sarif", "github"});
  command.option("--fail-on", words->fail_on, "Exit with status 1 where there are warnings, too").one_of({"error", "warning"}).show_default();
  command.examples(
      "  shortfall validate plans/                    what is wrong, and what looks optimistic\n"
      "  shortfall validate plans/ --fail-on warning  for a hook that wants no warning\n"
      "  shortfall help one-scheme                    what a code means, and how to accept a warning");
  return [words] { return validate_command(*words); };
}

}  // namespace shortfall
