#include "cli/command_line.hpp"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <sstream>
#include <utility>

namespace shortfall {
namespace {

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

void Command::flag(const std::string& name, bool& into, const std::string& what) const { app_->add_flag(name, into, what); }

Option Command::option(const std::string& name) const { return Option(app_->get_option(name)); }

bool Command::is_given(const std::string& option) const { return app_->count(option) > 0; }

CommandLine::CommandLine(const std::string& name, const std::string& version, const std::string& what, const std::string& footer)
    : app_(std::make_unique<CLI::App>(what, name)) {
  app_->set_version_flag("--version", version);
  app_->require_subcommand(1);
  app_->footer(footer);
}

CommandLine::~CommandLine() = default;

Command CommandLine::add(const std::string& name, const std::string& what) {
  names_.push_back(name);
  return Command(app_->add_subcommand(name, what));
}

Asked CommandLine::read(int argc, char** argv) {
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
    return {{}, {}, std::move(words)};
  }
  for (std::size_t k = 0; k < names_.size(); ++k)
    if (app_->get_subcommand(names_[k])->parsed()) return {k, {}, {}};
  return {};
}

}  // namespace shortfall
