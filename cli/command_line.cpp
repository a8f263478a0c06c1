#include "cli/command_line.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <sstream>
#include <utility>

#include "plan/suggestion.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

// Of the short help: its width, and that of "shortfall calibrate" and the space after it.
constexpr std::size_t page_cells = 80, name_cells = 20;

CLI::Validator validator(const Rule& rule) { return CLI::Validator(rule.of, rule.name); }

}  // namespace

Option& Option::required(bool yes) {
  option_->required(yes);
  return *this;
}

Option& Option::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::check(const Rule& rule) {
  option_->check(validator(rule));
  return *this;
}

Option& Option::transform(const Rule& rule) {
  option_->transform(validator(rule));
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& values) {
  option_->check(CLI::IsMember(values));
  return *this;
}

Option& Option::repeatable() {
  option_->expected(1)->take_all()->allow_extra_args(false);
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::show_default(const std::string& text) {
  option_->default_str(text);
  return *this;
}

Option Command::option(const std::string& name, std::string& into, const std::string& what) const {
  return Option(app_->add_option(name, into, what));
}

Option Command::option(const std::string& name, std::vector<std::string>& into, const std::string& what) const {
  return Option(app_->add_option(name, into, what));
}

Option Command::option(const std::string& name, std::uint64_t& into, const std::string& what) const {
  return Option(app_->add_option(name, into, what));
}

Option Command::option(const std::string& name, unsigned& into, const std::string& what) const { return Option(app_->add_option(name, into, what)); }

Option Command::option(const std::string& name, double& into, const std::string& what) const { return Option(app_->add_option(name, into, what)); }

Option Command::option(const std::string& name, std::function<void(const std::string&)> take, const std::string& what) const {
  return Option(app_->add_option_function<std::string>(name, std::move(take), what));
}

Option& Option::group(const std::string& name) {
  option_->group(name);
  return *this;
}

Option Command::flag(const std::string& name, bool& into, const std::string& what) const { return Option(app_->add_flag(name, into, what)); }

void Command::examples(const std::string& text) const { app_->footer("Examples:\n" + text); }

Option Command::option(const std::string& name) const { return Option(app_->get_option(name)); }

bool Command::is_given(const std::string& option) const { return app_->count(option) > 0; }

CommandLine::CommandLine(const std::string& name, const std::string& version, const std::string& what, const std::string& footer)
    : app_(std::make_unique<CLI::App>(what, name)) {
  app_->set_version_flag("--version", version);
  app_->set_help_flag("--help", "Print this, and stop");
  app_->require_subcommand(1);
  app_->footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::add(const std::string& name, const std::string& what) {
  names_.push_back(name);
  CLI::App* command = app_->add_subcommand(name, what);
  command->set_help_flag("--help", "Print this, and stop; -h prints the options' names alone")->group("Output");
  return Command(command);
}

std::vector<CommandWords> CommandLine::all_words() const {
  std::vector<CommandWords> out;
  for (const std::string& name : names_) {
    const CLI::App* command = app_->get_subcommand(name);
    CommandWords words{name, command->get_description(), {}};
    for (const CLI::Option* o : command->get_options()) {
      if (o->get_positional()) continue;
      CommandWords::OptionWords option{o->get_name(), o->get_description(), {}, o->get_items_expected_max() > 0, false};
      // As "TEXT:{text,json}" or "FILE".
      const std::string type = o->get_type_name();
      const std::size_t open = type.find('{'), close = type.find('}');
      if (open != std::string::npos && close != std::string::npos)
        for (std::size_t at = open + 1; at < close;) {
          const std::size_t end = std::min(type.find(',', at), close);
          option.values.push_back(type.substr(at, end - at));
          at = end + 1;
        }
      option.takes_file = type.find("FILE") != std::string::npos || type.find("FOLDER") != std::string::npos;
      words.options.push_back(std::move(option));
    }
    out.push_back(std::move(words));
  }
  return out;
}

std::string CommandLine::short_help(const std::string& name) const {
  std::string out;
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
    for (const std::string& n : names_)
      out += wrapped("  " + padded("shortfall " + n, name_cells) + app_->get_subcommand(n)->get_description(), page_cells,
                     std::string(2 + name_cells, ' '));
    return out + "'shortfall COMMAND -h' and --help tell more; so does 'shortfall help'.\n";
  }
  const CLI::App* command = app_->get_subcommand(name);
  out = "shortfall " + name;
  for (const CLI::Option* o : command->get_options())
    if (o->get_positional()) out += o->get_required() ? " " + o->get_name(true) : " [" + o->get_name(true) + "]";
  out = wrapped(out + ": " + command->get_description(), page_cells, "  ");
  std::string line;
  for (const CLI::Option* o : command->get_options()) {
    if (o->get_positional()) continue;
    const std::string next = o->get_name() + (o->get_type_name().empty() ? "" : " " + o->get_type_name());
    if (!line.empty() && line.size() + next.size() + 4 > page_cells) out += "  " + line + "\n", line.clear();
    line += (line.empty() ? "" : "  ") + next;
  }
  return out + "  " + line + "\n'shortfall " + name + " --help' says what each is for.\n";
}

// An option that there is not: the nearest that there is.
std::string CommandLine::explained(const std::string& wrong, const std::string& name) const {
  const std::size_t at = wrong.find("--");
  if (wrong.find("not expected") == std::string::npos || at == std::string::npos || std::find(names_.begin(), names_.end(), name) == names_.end())
    return wrong;
  const std::string option = wrong.substr(at, wrong.find_first_of(" =,", at) - at);
  std::vector<std::string> known;
  for (const CLI::Option* o : app_->get_subcommand(name)->get_options())
    if (!o->get_positional()) known.push_back(o->get_name());
  return wrong + did_you_mean(option, known);
}

Asked CommandLine::read(int argc, char** argv) {
  for (int k = 1; k < argc; ++k)
    if (std::string_view(argv[k]) == "-h") return {{}, short_help(argc > 1 ? argv[1] : ""), {}};
  try {
    app_->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and the version come this way too, and are no error.
    if (error.get_exit_code() == 0) {
      std::ostringstream out;
      app_->exit(error, out, out);
      return {{}, out.str(), {}};
    }
    std::string words = error.what();
    std::replace(words.begin(), words.end(), '\n', ' ');
    return {{}, {}, explained(words, argc > 1 ? argv[1] : "")};
  }
  for (std::size_t k = 0; k < names_.size(); ++k)
    if (app_->get_subcommand(names_[k])->parsed()) return {k, {}, {}};
  return {};
}

}  // namespace shortfall
