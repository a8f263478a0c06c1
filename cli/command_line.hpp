// Commands and their options. CLI11 is all headers and slow to compile, so command_line.cpp alone sees it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace shortfall {

// What a value must be: returns what is wrong with it, and may rewrite it.
struct Rule {
  std::function<std::string(std::string&)> of;
  std::string name;  // as --help shows it
  std::string operator()(std::string& text) const { return of(text); }
};

class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option& required(bool yes = true);
  Option& type_name(const std::string& name);
  Option& check(const Rule& rule);      // the value stays as it was written
  Option& transform(const Rule& rule);  // the value is what the rule makes of it
  Option& one_of(const std::vector<std::string>& values);
  Option& repeatable();    // one value each time, all of them kept
  Option& show_default();  // in --help: what is there before the command line is read
  Option& show_default(const std::string& text);
  Option& group(const std::string& name);  // under which --help lists it

 private:
  CLI::Option* option_;
};

class Command {
 public:
  explicit Command(CLI::App* app) : app_(app) {}
  Option option(const std::string& name, std::string& into, const std::string& what) const;
  Option option(const std::string& name, std::vector<std::string>& into, const std::string& what) const;
  Option option(const std::string& name, std::uint64_t& into, const std::string& what) const;
  Option option(const std::string& name, unsigned& into, const std::string& what) const;
  Option option(const std::string& name, double& into, const std::string& what) const;
  Option option(const std::string& name, std::function<void(const std::string&)> take, const std::string& what) const;
  Option flag(const std::string& name, bool& into, const std::string& what) const;
  void examples(const std::string& text) const;    // at the end of --help
  Option option(const std::string& name) const;    // that there is already
  bool is_given(const std::string& option) const;  // once the command line is read

 private:
  CLI::App* app_;
};

// What the user asks for: a command, or to see a text, or nothing that is known.
struct Asked {
  std::optional<std::size_t> command;  // counted in the order in which they were added
  std::string text;
  std::string wrong;
};

// A command as completions know it.
struct CommandWords {
  struct OptionWords {
    std::string name, what;
    std::vector<std::string> values;  // those that it takes, where they are known
    bool takes_value = false, takes_file = false;
  };
  std::string name, what;
  std::vector<OptionWords> options;
};

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& version, const std::string& what, const std::string& footer);
  ~CommandLine();

  Command add(const std::string& name, const std::string& what);
  // -h: the options by name alone.
  std::string short_help(const std::string& command) const;
  const std::vector<std::string>& commands() const { return names_; }
  std::vector<CommandWords> all_words() const;
  Asked read(int argc, char** argv);

 private:
  std::string explained(const std::string& wrong, const std::string& command) const;

  std::unique_ptr<CLI::App> app_;
  std::vector<std::string> names_;
};

}  // namespace shortfall
