#include "plan/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shortfall {
namespace {

constexpr std::size_t longest_line = 140;

// What was plain stays plain where nothing in it could be taken for YAML; all else is quoted.
std::string scalar(std::string_view text, bool quoted) {
  const bool starts_plainly = !text.empty() && std::string_view("-?:,[]{}#&*!|>'\"%@` ").find(text.front()) == std::string_view::npos;
  const bool number =
      !text.empty() && (text.front() == '-' || text.front() == '+') && text.size() > 1 && (text[1] == '.' || (text[1] >= '0' && text[1] <= '9'));
  const bool has_syntax = text.find_first_of(",[]{}\"\n\t\\") != std::string_view::npos || text.find(": ") != std::string_view::npos ||
                          text.find(" #") != std::string_view::npos || text.ends_with(':') || text.ends_with(' ');
  if (!quoted && (starts_plainly || number) && !has_syntax) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else
      out += c;
  }
  return out + "\"";
}

std::string within_line(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "~";
    case Node::Kind::scalar:
      return scalar(node.text, node.quoted);
    case Node::Kind::list: {
      std::string out;
      for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + within_line(item);
      return "[" + out + "]";
    }
    case Node::Kind::map: {
      std::string out;
      for (const Entry& entry : node.entries) out += (out.empty() ? "" : ", ") + scalar(entry.key, false) + ": " + within_line(entry.value);
      return "{" + out + "}";
    }
  }
  return {};
}

bool holds_single_values(const Node& node) {
  return std::all_of(node.entries.begin(), node.entries.end(), [](const Entry& e) { return e.value.kind == Node::Kind::scalar; });
}

void by_lines(const Node& map, const std::string& indent, std::string& out) {
  for (const Entry& entry : map.entries) {
    const Node& value = entry.value;
    const std::string key = indent + scalar(entry.key, false) + ":";
    const std::string line = within_line(value);
    const bool fits = key.size() + line.size() < longest_line;
    if (value.kind == Node::Kind::map && !value.entries.empty() && !(fits && holds_single_values(value) && !indent.empty())) {
      out += key + "\n";
      by_lines(value, indent + "  ", out);
    } else if (value.kind == Node::Kind::list && !fits) {
      out += key + "\n";
      for (const Node& item : value.items) out += indent + "  - " + within_line(item) + "\n";
    } else {
      out += key + " " + line + "\n";
    }
  }
}

}  // namespace

std::string yaml_of(const Node& node) {
  if (node.kind != Node::Kind::map) return within_line(node) + "\n";
  std::string out;
  by_lines(node, "", out);
  return out;
}

}  // namespace shortfall
