#include "history/yaml_text.hpp"

#include <fmt/format.h>

namespace shortfall {

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string flow_text(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::null:
      return "~";
    case Node::Kind::scalar:
      // What stood there without quotes can again, unless brackets around it would end it or give it another sense.
      return node.quoted || node.text.empty() || node.text.find_first_of(",[]{}:#\"'\n") != std::string::npos ? yaml_quoted(node.text) : node.text;
    case Node::Kind::list:
      for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + flow_text(item);
      return "[" + out + "]";
    default:
      for (const Entry& entry : node.entries) out += (out.empty() ? "" : ", ") + entry.key + ": " + flow_text(entry.value);
      return "{" + out + "}";
  }
}

}  // namespace shortfall
