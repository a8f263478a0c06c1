// Words to calls: a table of sub-commands, and the one place where errors become an exit status.
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <new>
#include <span>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/ranks.hpp"
#include "cli/terminal.hpp"
#include "model/soundness.hpp"
#include "plan/suggestion.hpp"
#include "report/inert.hpp"
#include "report/views.hpp"
#include "store/descriptors.hpp"
#include "store/output.hpp"

namespace {

using namespace shortfall;

// One process of several ends them all. What is wrong with the input all see at once, and the first says it; what only one of the others has met it
// says itself, once the first has had time to.
void tell(const std::string& message) {
  if (!is_first()) std::this_thread::sleep_for(std::chrono::seconds(2));
  const std::string who = is_first() ? "" : fmt::format("rank {}: ", ranks()->rank());
  std::fputs(inert(who + message).c_str(), stderr);
}

int ended(Status status) {
  if (ranks() != nullptr) ranks()->abort(static_cast<int>(status));
  return static_cast<int>(status);
}

Status fail(Status status, const std::string& message) {
  if (is_first()) std::fputs(inert(shown_on(STDERR_FILENO, printable(message, 2000) + "\n")).c_str(), stderr);
  return status;
}

// "shortfall 0.1.0 (commit 2e0b758c1234)"; results name the version alone, which is what they depend on.
std::string version() {
  const std::string commit = SHORTFALL_COMMIT;
  return "shortfall " SHORTFALL_VERSION + (commit.empty() ? std::string() : fmt::format(" (commit {})", commit));
}

Status chosen(int argc, char** argv) {
  CommandLine line(
      "shortfall", version(), "Stress-tests the optimism bias of savings plans: how likely is failure, alone and together?",
      "Exit status: 0 good, 1 a gate was crossed, 2 the input or the command line is wrong, 3 the machine failed, 4 a gate is unclear, 130 "
      "interrupted.\n"
      "'shortfall COMMAND --help' tells more; so does 'man shortfall'.");
  using Add = Action (*)(CommandLine&);
  static constexpr Add commands[] = {add_run,    add_validate, add_compare, add_explain,    add_pool,     add_reverse,   add_recover,
                                     add_report, add_sweep,    add_merge,   add_track,      add_backtest, add_calibrate, add_import,
                                     add_export, add_init,     add_schema,  add_completion, add_help};
  std::vector<Action> actions;
  for (const Add add : commands) actions.push_back(add(line));
  const std::vector<std::string>& names = line.commands();
  const bool is_command = argc > 1 && std::find(names.begin(), names.end(), argv[1]) != names.end();
  if (argc > 1 && argv[1][0] != '-' && !is_command)
    return fail(Status::bad_input,
                fmt::format("shortfall: no command '{}'{} (see 'shortfall --help')", printable(argv[1], 60), did_you_mean(argv[1], names)));
  // "help run" is "run --help", and "help" alone is the program's own.
  std::vector<char*> words(argv, argv + argc);
  static char help[] = "--help";
  if (argc > 1 && std::string_view(argv[1]) == "help" && (argc == 2 || std::find(names.begin(), names.end(), argv[2]) != names.end())) {
    words.erase(words.begin() + 1);
    words.push_back(help);
  }
  const Asked asked = line.read(static_cast<int>(words.size()), words.data());
  if (asked.command) return actions[*asked.command]();
  if (!asked.text.empty()) {
    write_output(asked.text, {}, is_first());
    return Status::good;
  }
  return fail(Status::bad_input, fmt::format("shortfall: {} (see 'shortfall {}--help')", asked.wrong, is_command ? argv[1] + std::string(" ") : ""));
}

// The texts of the files that problems are in and that the command line itself names, such as a tracker's mapping: of no other file is a line shown
// that whoever found the problem did not bring along.
std::vector<Source> sources_named(const Problems& problems, std::span<char* const> words) {
  constexpr std::uintmax_t most = 64u << 20;
  std::vector<Source> out;
  for (const Problem& problem : problems) {
    if (!problem.place.file || problem.place.line < 1) continue;
    const std::string& file = *problem.place.file;
    const bool read = std::any_of(out.begin(), out.end(), [&](const Source& s) { return s.name == file; });
    const bool named = std::any_of(words.begin(), words.end(), [&](std::string_view word) { return word == file || word.ends_with("=" + file); });
    if (read || !named) continue;
    try {
      out.push_back({file, text_of_file(file, most)});
    } catch (const BadInput&) {
      // It is gone, or no plain file: the problem is told without its line.
    }
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const auto failed = [](const std::string& what) {
    tell(printable(fmt::format("shortfall: {}", what), 2000) + "\n");
    return ended(Status::machine_failed);
  };
  // On a terminal with their codes and the lines that they stand in.
  const auto refused = [&](const Problems& problems, std::vector<Source> sources) {
    const TextStyle style = style_of_messages();
    const bool seen = is_terminal(STDERR_FILENO);
    if (seen && sources.empty()) sources = sources_named(problems, std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    tell(text(view_problems(problems, "", seen ? Codes::shown : Codes::left_out, seen ? sources : std::vector<Source>(), style.width), style));
    return ended(Status::bad_input);
  };
  try {
    hold_standard_descriptors();
    guard_rank();
    stop_at_once_when_interrupted();
    join_ranks();
    const Status status = chosen(argc, argv);
    const bool first = is_first();
    leave_ranks();
    return first ? static_cast<int>(status) : 0;
  } catch (const BadInput& error) {
    return refused(error.problems, error.sources);
  } catch (const Unsound& error) {
    return refused(error.problems, {});
  } catch (const MachineFailed& error) {
    return failed(error.what());
  } catch (const std::bad_alloc&) {
    return failed("out of memory");
  } catch (const std::filesystem::filesystem_error& error) {
    return failed(fmt::format("{}: {}", error.path1().string(), error.code().message()));
  } catch (const std::system_error& error) {
    return failed(error.code().message());
  } catch (const std::exception&) {
    // What such an exception says names a function of a library, and helps no user.
    return failed(
        "a fault of the program itself; do not rely on any file that this command was to write, and please report it with the command and its plans");
  }
}
