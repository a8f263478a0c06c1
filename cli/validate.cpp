// Is the plan well formed, and where is it visibly optimistic?
#include <fmt/format.h>

#include <cstdio>

#include "base/money.hpp"
#include "cli/commands.hpp"
#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "model/compile.hpp"
#include "model/soundness.hpp"
#include "plan/optimism.hpp"
#include "plan/profile.hpp"
#include "report/github.hpp"
#include "report/inert.hpp"
#include "report/problems.hpp"
#include "report/sarif.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
};

std::string summary(const Plans& plans, std::size_t warnings) {
  std::size_t schemes = 0;
  double planned = 0;
  for (const Organisation& o : plans.organisations) {
    schemes += o.schemes.size();
    for (const Scheme& s : o.schemes)
      for (const double saving : planned_saving(s, plans.system.years)) planned += saving;
  }
  const auto count = [](std::size_t n, std::string_view one) { return fmt::format("{} {}{}", n, one, n == 1 ? "" : "s"); };
  return fmt::format("{}, {}, {} of savings planned: well formed, {}\n", count(plans.organisations.size(), "organisation"), count(schemes, "scheme"),
                     money_text(planned, plans.system.currency),
                     warnings == 0 ? "no sign of optimism that can be seen without simulating" : count(warnings, "warning"));
}

// What only a model can tell: that the numbers of a distribution, or of a scheme's money, can be reckoned with.
void must_compile(const Plans& plans) {
  try {
    compile(plans, {});
  } catch (const Unsound& error) {
    throw BadInput(error.problems);
  }
}

Status validate_command(const Words& words) {
  Problems problems;
  Status status = Status::good;
  std::string closing;
  try {
    const Loaded loaded = load(words.input.plans, words.input.edits, words.input.outside());
    must_compile(loaded.plans);
    problems = signs_of_optimism(loaded.plans);
    closing = summary(loaded.plans, problems.size());
  } catch (const BadInput& error) {
    // A script gets the errors in the format it asks for; people read them on standard error, as with any command.
    if (words.output.format == "text") throw;
    problems = error.problems;
    status = Status::bad_input;
  }
  if (words.output.format == "json") {
    write_output(problems_json(problems), words.output.file);
  } else if (words.output.format == "sarif") {
    write_output(sarif(problems, "shortfall", SHORTFALL_VERSION), words.output.file);
  } else if (words.output.format == "github") {
    write_output(github(problems), words.output.file);
  } else {
    write_output(inert(problems_text(problems) + (words.output.quiet ? "" : closing)), words.output.file);
  }
  return status;
}

}  // namespace

Action add_validate(CommandLine& line) {
  const Command command = line.add("validate", "Is the plan well formed, and where is it visibly optimistic?");
  auto words = std::make_shared<Words>();
  add_input_options(command, words->input);
  add_output_options(command, words->output, {"text", "json", "sarif", "github"});
  return [words] { return validate_command(*words); };
}

}  // namespace shortfall
