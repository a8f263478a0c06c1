// One value of a plan replaced by path: `--set midshire-acute.reserves=5`. The edit is made in the document, before it is read, so the new
// value meets the same checks and messages as a file.
#pragma once

#include "plan/document.hpp"

namespace shortfall {

// "path=value": the first word of the path is an organisation's id, or a key of system.yaml; the value is YAML ("[1, 2]", "{uniform: [0, 1]}").
struct Edit {
  Place place;
  std::string text;
  std::vector<std::string> path;
  Node value;
  bool adds = false;  // a named thing that must not be there yet, where otherwise it must
};
Checked<Edit> parse_edit(const std::string& text);
// The same, asked for at another place than --set.
Checked<Edit> parse_edit(const std::string& text, const Place& place);
// "midshire-acute.reserves" into its words; none, where one of them is empty.
std::vector<std::string> words_of_path(std::string_view path);

// Sets the value at the path below `root`, adding the key when its map lacks it. Schemes, teams and other named things are never added: a path
// that names one that is not there is an error, unless the edit adds it.
void apply(const Edit& edit, std::size_t first_word, Node& root, Problems& problems);

}  // namespace shortfall
