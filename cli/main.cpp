// Words to calls: a table of sub-commands, and the one place where errors become an exit status.
#include <fmt/format.h>

#include <cstdio>
#include <new>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "plan/suggestion.hpp"

namespace {

using namespace shortfall;

Status fail(Status status, const std::string& message) {
  std::fputs((printable(message, 2000) + "\n").c_str(), stderr);
  return status;
}

Status chosen(int argc, char** argv) {
  CLI::App program("Stress-tests the optimism bias of savings plans: how likely is failure, alone and together?", "shortfall");
  program.set_version_flag("--version", "shortfall " SHORTFALL_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Exit status: 0 good, 1 a gate was crossed, 2 the input or the command line is wrong, 3 the machine failed, 4 a gate is unclear, 130 "
      "interrupted.\n"
      "'shortfall COMMAND --help' tells more; so does 'man shortfall'.");

  using Add = Action (*)(CLI::App&);
  static constexpr Add commands[] = {add_run, add_validate, add_compare, add_explain, add_pool, add_reverse, add_sweep, add_merge};
  std::vector<std::pair<CLI::App*, Action>> actions;
  for (const Add add : commands) {
    Action action = add(program);
    actions.emplace_back(program.get_subcommands({}).back(), std::move(action));
  }
  std::vector<std::string> names;
  for (const auto& [command, action] : actions) names.push_back(command->get_name());
  if (argc > 1 && argv[1][0] != '-' && std::find(names.begin(), names.end(), argv[1]) == names.end())
    return fail(Status::bad_input,
                fmt::format("shortfall: no command '{}'{} (see 'shortfall --help')", printable(argv[1], 60), did_you_mean(argv[1], names)));
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and the version come this way too, and are no error.
    if (error.get_exit_code() == 0) {
      std::ostringstream out;
      program.exit(error, out, out);
      write_output(out.str(), {});
      return Status::good;
    }
    std::string words = error.what();
    std::replace(words.begin(), words.end(), '\n', ' ');
    return fail(Status::bad_input, fmt::format("shortfall: {} (see 'shortfall --help')", words));
  }
  for (const auto& [command, action] : actions)
    if (command->parsed()) return action();
  return Status::bad_input;
}

}  // namespace

int main(int argc, char** argv) {
  stop_at_once_when_interrupted();
  try {
    return static_cast<int>(chosen(argc, argv));
  } catch (const BadInput& error) {
    for (const Problem& problem : error.problems) std::fputs((to_text(problem) + "\n").c_str(), stderr);
    return static_cast<int>(Status::bad_input);
  } catch (const MachineFailed& error) {
    return static_cast<int>(fail(Status::machine_failed, fmt::format("shortfall: {}", error.what())));
  } catch (const std::bad_alloc&) {
    return static_cast<int>(fail(Status::machine_failed, "shortfall: out of memory"));
  } catch (const std::exception& error) {
    return static_cast<int>(fail(Status::machine_failed, fmt::format("shortfall: {}", error.what())));
  }
}
