#include "plan/edit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/fields.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

void replace_places(Node& node, const Place& place) {
  node.place = place;
  for (Node& item : node.items) replace_places(item, place);
  for (Entry& entry : node.entries) {
    entry.place = place;
    replace_places(entry.value, place);
  }
}

}  // namespace

std::vector<std::string> words_of_path(std::string_view path) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('.', at), path.size());
    if (end == at) return {};
    words.emplace_back(path.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

Checked<Edit> parse_edit(const std::string& text) { return parse_edit(text, whole_file("--set " + text)); }

Checked<Edit> parse_edit(const std::string& text, const Place& place) {
  Edit edit;
  edit.place = place;
  edit.text = text;
  const auto fail = [&](std::string message) { return tl::make_unexpected(Problems{{edit.place, Code::bad_edit, std::move(message)}}); };
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return fail("needs path=value, as in midshire-acute.reserves=5");
  edit.path = words_of_path(std::string_view(text).substr(0, equals));
  if (edit.path.empty()) return fail("an empty word in the path (two points, or one at an end)");
  // Read as the value of a key, so that a plain word, a list or a map all parse.
  Checked<Node> document = parse_document("value: " + text.substr(equals + 1), edit.text);
  if (!document) return fail(fmt::format("in the value: {}", document.error().front().message));
  edit.value = document->find("value") == nullptr ? Node{} : std::move(*document->find("value"));
  if (document->entries.size() != 1) return fail("the value holds more than one key");
  if (edit.value.kind == Node::Kind::null) return fail("has no value after the =");
  replace_places(edit.value, edit.place);
  return edit;
}

void apply(const Edit& edit, std::size_t first_word, Node& root, Problems& problems) {
  static const std::vector<std::string> named = {"schemes", "teams", "opportunities", "classes"};
  if (root.kind != Node::Kind::map) return;  // reported where it is read
  Node* at = &root;
  for (std::size_t i = first_word; i < edit.path.size(); ++i) {
    const std::string& word = edit.path[i];
    const bool last = i + 1 == edit.path.size();
    // A saving written as a ramp, or a distribution's number, is replaced whole, so a map is needed only where the path goes on.
    if (at->kind != Node::Kind::map) {
      if (at->kind == Node::Kind::list)
        return report(problems, Code::bad_edit, edit.place,
                      fmt::format("'{}' is a list; give the whole of it, as in …={}", edit.path[i - 1], "[1, 2]"));
      if (at->kind == Node::Kind::scalar)
        return report(problems, Code::bad_edit, edit.place, fmt::format("'{}' is a single value and has no '{}'", edit.path[i - 1], word));
      at->kind = Node::Kind::map;
    }
    Node* next = at->find(word);
    const bool must_exist = i > 0 && std::find(named.begin(), named.end(), edit.path[i - 1]) != named.end();
    const bool added = edit.adds && last;
    if (next != nullptr && added && must_exist)
      return report(problems, Code::bad_edit, edit.place, fmt::format("'{}' is already in {}; give what is new another id", word, edit.path[i - 1]));
    if (next == nullptr && must_exist && !added) {
      std::vector<std::string> names;
      for (const Entry& entry : at->entries) names.push_back(entry.key);
      return report(problems, Code::bad_edit, edit.place, fmt::format("no '{}' in {}{}", word, edit.path[i - 1], did_you_mean(word, names)));
    }
    if (next == nullptr) {
      at->entries.push_back({word, edit.place, Node{last ? Node::Kind::null : Node::Kind::map, edit.place, {}, false, {}, {}}});
      next = &at->entries.back().value;
    }
    at = next;
  }
  *at = edit.value;
}

}  // namespace shortfall
