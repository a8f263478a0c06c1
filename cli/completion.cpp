// Completions of the command line for shells, from the commands themselves.
#include <fmt/format.h>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "report/schema.hpp"
#include "report/views.hpp"
#include "store/output.hpp"

namespace shortfall {
namespace {

const std::vector<std::string>& shells() {
  static const std::vector<std::string> names = {"bash", "zsh", "fish"};
  return names;
}

// What stands between single quotes: the first 70 bytes, without quotes and line ends, and without what is not ASCII at the end, which may have
// been cut.
std::string words_of(const std::string& what) {
  std::string out;
  for (const char c : what.substr(0, 70))
    if (c != '\'' && c != '\n') out += c;
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0) out.pop_back();
  return out;
}

// Of zsh's _arguments: brackets and colons are its own.
std::string zsh_words(const std::string& what) {
  std::string out;
  for (const char c : words_of(what)) out += (c == '[' || c == ']' || c == ':' ? "\\" : "") + std::string(1, c);
  return out;
}

// The words that may follow a command, where they are known.
std::vector<std::string> arguments_of(const CommandWords& command, const std::vector<CommandWords>& all) {
  std::vector<std::string> out;
  if (command.name == "schema") return schema_names();
  if (command.name == "completion") return shells();
  if (command.name != "help") return out;
  out = help_topics();
  for (const CommandWords& c : all) out.push_back(c.name);
  for (const CodeEntry& e : codes()) out.emplace_back(e.name);
  return out;
}

std::string names_of(const std::vector<CommandWords>& all) {
  std::string out;
  for (const CommandWords& c : all) out += (out.empty() ? "" : " ") + c.name;
  return out;
}

std::string bash(const std::vector<CommandWords>& all) {
  std::string out = fmt::format(
      "# Completion of shortfall for bash, as 'shortfall completion bash' writes it.\n"
      "_shortfall() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}}\n"
      "  local IFS=$' \\t\\n'\n"
      "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
      "    COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$word\"))\n"
      "    return\n"
      "  fi\n"
      "  case $command:$before in\n",
      names_of(all));
  for (const CommandWords& c : all)
    for (const auto& o : c.options)
      if (!o.values.empty())
        out += fmt::format("    {}:{}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n", c.name, o.name, fmt::join(o.values, " "));
  out += "  esac\n  if [[ $word == -* ]]; then\n    case $command in\n";
  for (const CommandWords& c : all) {
    std::string names;
    for (const auto& o : c.options) names += (names.empty() ? "" : " ") + o.name;
    out += fmt::format("      {}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n", c.name, names);
  }
  out += "    esac\n  fi\n  case $command in\n";
  for (const CommandWords& c : all)
    if (const auto words = arguments_of(c, all); !words.empty())
      out += fmt::format("    {}) COMPREPLY=($(compgen -W \"{}\" -- \"$word\")); return ;;\n", c.name, fmt::join(words, " "));
  return out +
         "  esac\n"
         "  compopt -o filenames\n"
         "  IFS=$'\\n'\n"
         "  COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "}\n"
         "complete -F _shortfall shortfall\n";
}

std::string zsh(const std::vector<CommandWords>& all) {
  std::string out =
      "#compdef shortfall\n# Completion of shortfall for zsh, as 'shortfall completion zsh' writes it.\nif (( CURRENT == 2 )); then\n  local -a "
      "commands=(\n";
  for (const CommandWords& c : all) out += fmt::format("    '{}:{}'\n", c.name, zsh_words(c.what));
  out += "  )\n  _describe command commands\n  return\nfi\ncase $words[2] in\n";
  for (const CommandWords& c : all) {
    out += fmt::format("  {})\n    shift words; (( CURRENT-- ))\n    _arguments \\\n", c.name);
    for (const auto& o : c.options) {
      const std::string takes = !o.values.empty() ? fmt::format(":value:({})", fmt::join(o.values, " "))
                                : o.takes_file    ? ":file:_files"
                                : o.takes_value   ? ":value: "
                                                  : "";
      out += fmt::format("      '*{}[{}]{}' \\\n", o.name, zsh_words(o.what), takes);
    }
    const auto words = arguments_of(c, all);
    out += words.empty() ? "      '*:file:_files'\n    ;;\n" : fmt::format("      '*:word:({})'\n    ;;\n", fmt::join(words, " "));
  }
  return out + "esac\n";
}

std::string fish(const std::vector<CommandWords>& all) {
  std::string out = "# Completion of shortfall for fish, as 'shortfall completion fish' writes it.\n";
  for (const CommandWords& c : all) out += fmt::format("complete -c shortfall -n __fish_use_subcommand -f -a {} -d '{}'\n", c.name, words_of(c.what));
  for (const CommandWords& c : all) {
    const std::string seen = fmt::format("complete -c shortfall -n '__fish_seen_subcommand_from {}'", c.name);
    for (const auto& o : c.options) {
      if (!o.name.starts_with("--")) continue;
      const std::string takes = !o.values.empty() ? fmt::format(" -x -a '{}'", fmt::join(o.values, " "))
                                : o.takes_file    ? " -r"
                                : o.takes_value   ? " -x"
                                                  : "";
      out += fmt::format("{} -l {}{} -d '{}'\n", seen, o.name.substr(2), takes, words_of(o.what));
    }
    if (const auto words = arguments_of(c, all); !words.empty()) out += fmt::format("{} -f -a '{}'\n", seen, fmt::join(words, " "));
  }
  return out;
}

}  // namespace

Action add_completion(CommandLine& line) {
  const Command command = line.add("completion", "Completions of this command line for a shell");
  auto shell = std::make_shared<std::string>();
  command.option("SHELL", *shell, fmt::format("Which: {}", fmt::join(shells(), ", "))).required().one_of(shells());
  command.examples("  source <(shortfall completion bash)  in this shell; for good: into ~/.bashrc");
  return [shell, &line] {
    const std::vector<CommandWords> all = line.all_words();
    write_output(*shell == "bash" ? bash(all) : *shell == "zsh" ? zsh(all) : fish(all), {}, is_first());
    return Status::good;
  };
}

}  // namespace shortfall
