// What stands where, for people: measures, keys of plans, exit statuses, reference classes.
#include <fmt/format.h>

#include "base/code.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "plan/assemble.hpp"
#include "plan/read.hpp"
#include "plan/suggestion.hpp"
#include "report/views.hpp"

namespace shortfall {
namespace {

struct Words {
  std::string topic;
  OutputOptions output;
};

Document topic_of(const std::string& topic) {
  if (topic == "classes") {
    Problems none;
    return view_sources(read_reference(*parse_document(built_in_reference().text, built_in_reference().name), none));
  }
  if (auto document = view_help(topic)) return std::move(*document);
  std::vector<std::string> known = help_topics();
  for (const CodeEntry& e : codes()) known.emplace_back(e.name);
  throw bad_input("shortfall help", fmt::format("nothing on '{}'{} (there is help on {}, on every code and on every command)", printable(topic, 60),
                                                did_you_mean(topic, known), fmt::join(help_topics(), ", ")));
}

}  // namespace

Action add_help(CommandLine& line) {
  const Command command = line.add("help", "What a command, a measure, a key of a plan, a code or an exit status means");
  auto words = std::make_shared<Words>();
  command.option("TOPIC", words->topic, fmt::format("A command, the code of a message, or {}", fmt::join(help_topics(), ", "))).required();
  add_output_options(command, words->output, {"text", "markdown", "html"});
  return [words] {
    Forms forms;
    forms.document = [&] { return topic_of(words->topic); };
    print(forms, words->output);
    return Status::good;
  };
}

}  // namespace shortfall
