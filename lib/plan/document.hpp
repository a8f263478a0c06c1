// A YAML text as a tree of values with places: the one file that knows yaml-cpp. It refuses what YAML allows and a plan
// has no use for, because each can hide what a file says: anchors and aliases, tags, several documents. (Repeated keys are for `Fields` to report.)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/checked.hpp"

namespace shortfall {

struct Entry;

struct Node {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  Place place;
  std::string text;            // of a scalar
  bool quoted = false;         // a quoted scalar is text, never a number
  std::vector<Node> items;     // of a list
  std::vector<Entry> entries;  // of a map, in the file's order

  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
};

struct Entry {
  std::string key;
  Place place;
  Node value;
};

// `name` is what messages call the text. Errors: not UTF-8, not YAML, control characters, deeper than 32 levels, more than 500,000 lines and
// values, and the above.
// An empty text is an empty map.
Checked<Node> parse_document(std::string_view text, const std::string& name);

}  // namespace shortfall
