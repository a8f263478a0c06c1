#include "plan/document.hpp"

#include <fmt/format.h>
#include <utf8.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <unordered_map>

namespace shortfall {
namespace {

constexpr std::size_t deepest = 32;
constexpr std::size_t most_values = 500'000;

constexpr std::string_view an_alias = "an alias (each value is written where it is used, so that its place can be named); write the value out";

struct Refused {
  Place place;
  std::string why;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::shared_ptr<const std::string> file, std::string_view text) : file_(std::move(file)) {
    for (int line = 0; !text.empty(); ++line) {
      const std::string_view here = text.substr(0, text.find('\n'));
      if (std::any_of(here.begin(), here.end(), [](char c) { return (c & 0x80) != 0; })) beyond_ascii_.emplace(line, here);
      text.remove_prefix(std::min(here.size() + 1, text.size()));
    }
  }

  Node take() { return std::move(root_); }
  // yaml-cpp counts bytes, people characters.
  Place place(const YAML::Mark& mark) const {
    const auto line = beyond_ascii_.find(mark.line);
    const auto bytes = static_cast<std::size_t>(std::max(mark.column, 0));
    constexpr std::size_t longest = 10'000;  // of a longer line nobody counts characters
    if (line == beyond_ascii_.end() || bytes > std::min(line->second.size(), longest)) return {file_, mark.line + 1, mark.column + 1};
    const std::string_view before = line->second.substr(0, bytes);
    return {file_, mark.line + 1, static_cast<int>(utf8::unchecked::distance(before.begin(), before.end())) + 1};
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { throw Refused{place(mark), std::string(an_alias)}; }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    put({Node::Kind::null, place(mark), {}, false, {}, {}});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    put({Node::Kind::scalar, place(mark), value, tag == "!", {}, {}});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    bool has_key = false;
    Entry pending;
  };

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) throw Refused{place(mark), "an anchor (each value is written where it is used); leave the &name out"};
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!") throw Refused{place(mark), fmt::format("the tag '{}' (a plan has none); leave it out", tag)};
  }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (stack_.size() == deepest) throw Refused{place(mark), fmt::format("values nested more than {} deep", deepest)};
    if (!stack_.empty() && stack_.back().node.kind == Node::Kind::map && !stack_.back().has_key)
      throw Refused{place(mark), "a list or a map as a key (a key is a word)"};
    stack_.push_back({{kind, place(mark), {}, false, {}, {}}, false, {}});
  }
  void close() {
    Node done = std::move(stack_.back().node);
    stack_.pop_back();
    put(std::move(done));
  }
  void put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.kind == Node::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      parent.pending = {node.kind == Node::Kind::null ? "~" : node.text, node.place, {}};
      parent.has_key = true;
    } else {
      // yaml-cpp gives a value left out the place of whatever comes next.
      if (node.kind == Node::Kind::null) node.place = parent.pending.place;
      parent.pending.value = std::move(node);
      parent.node.entries.push_back(std::move(parent.pending));
      parent.has_key = false;
    }
  }

  std::shared_ptr<const std::string> file_;
  std::unordered_map<int, std::string_view> beyond_ascii_;  // lines with other than ASCII characters, from 0
  std::vector<Open> stack_;
  Node root_;
};

Place place_of_offset(std::string_view text, std::size_t offset, const std::shared_ptr<const std::string>& file) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return {file, static_cast<int>(line) + 1,
          static_cast<int>(utf8::unchecked::distance(before.begin() + static_cast<std::ptrdiff_t>(start), before.end())) + 1};
}

// yaml-cpp's words in the reader's.
std::string in_words(const std::string& message) {
  static const std::unordered_map<std::string_view, std::string_view> words = {
      {"the referenced anchor is not defined", an_alias},
      {"end of sequence flow not found", "a [ before this is not closed; close it with ]"},
      {"end of map flow not found", "a { before this is not closed; close it with }"},
      {"illegal flow end", "a bracket closes here that is not the one last opened; make them match"},
      {"end of map not found", "this line is indented neither like the keys above it nor like any map they stand in; align it with its fellows"},
      {"end of sequence not found", "this line is indented neither like the list above it nor like any map it stands in; align it with its fellows"},
      {"illegal map value", "a colon where no key can stand; put text that holds a colon in quotes, and align keys with their fellows"},
      {"illegal block entry", "a hyphen where no list can stand; put each entry of a list on a line of its own, or the list in brackets"},
      {"illegal EOF in scalar", "a quotation mark is never closed; close it where its text ends"},
  };
  const auto at = words.find(message);
  return at == words.end() ? fmt::format("not valid YAML ({})", message) : std::string(at->second);
}

// The first tab that indents one of the first `lines` lines.
std::size_t find_indenting_tab(std::string_view text, int lines) {
  for (std::size_t at = 0; lines > 0 && at < text.size(); --lines) {
    const std::size_t first = text.find_first_not_of(' ', at);
    if (first != std::string_view::npos && text[first] == '\t') return first;
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return std::string_view::npos;
}

// Where the text asks for more than any plan holds, and what to say. yaml-cpp keeps every token of an open bracket, so this is asked first; it only
// counts what may start a value, and brackets left open. Words may hold such characters too, hence the limits far above what a plan needs.
std::optional<std::pair<std::size_t, std::string>> find_excess(std::string_view text) {
  constexpr std::size_t most_open = 200;
  constexpr std::string_view starts = ",[{\n&*!\"'", starts_before_space = ":-?";
  std::size_t open = 0, first_too_deep = 0, values = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool before_space = i + 1 < text.size() && text[i + 1] == ' ';
    if (starts.find(c) != std::string_view::npos || (before_space && starts_before_space.find(c) != std::string_view::npos)) ++values;
    if (values > most_values) return std::pair(i, std::string("more than 500,000 lines and values (a plan is a text of some kilobytes)"));
    if (c == '[' || c == '{') {
      if (++open == deepest + 1) first_too_deep = i;
      if (open > most_open) return std::pair(first_too_deep, fmt::format("values nested more than {} deep", deepest));
    } else if ((c == ']' || c == '}') && open > 0) {
      --open;
    }
  }
  return {};
}

// The first byte that no plan contains: a control character other than line ends and tabs.
std::size_t find_control(std::string_view text) {
  const auto at = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f;
  });
  return static_cast<std::size_t>(at - text.begin());
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return at == entries.end() ? nullptr : &at->value;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

Checked<Node> parse_document(std::string_view text, const std::string& name) {
  const auto file = std::make_shared<const std::string>(name);
  Problems problems;
  const auto fail = [&](Place place, std::string message) -> Checked<Node> {
    problems.push_back({std::move(place), Severity::error, std::move(message)});
    return tl::make_unexpected(std::move(problems));
  };
  const auto invalid = utf8::find_invalid(text.begin(), text.end());
  if (invalid != text.end())
    return fail(place_of_offset(text, static_cast<std::size_t>(invalid - text.begin()), file),
                "not UTF-8 (a plan is text in UTF-8); save the file in that encoding");
  if (const std::size_t control = find_control(text); control < text.size())
    return fail(place_of_offset(text, control, file),
                fmt::format("a control character (U+{:04X}) in the text; delete it", static_cast<unsigned>(text[control])));

  if (const auto excess = find_excess(text)) return fail(place_of_offset(text, excess->first, file), excess->second);

  TreeBuilder builder(file, text);
  // yaml-cpp notices a quotation mark never closed only where the text ends in it, without a line end.
  std::istringstream stream{std::string(text.substr(0, text.find_last_not_of(" \t\r\n") + 1))};
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return Node{Node::Kind::map, {file, 1, 1}, {}, false, {}, {}};
    Node root = builder.take();
    TreeBuilder second(file, text);
    if (parser.HandleNextDocument(second))
      return fail(second.take().place, "several YAML documents in one file (after a line ---); one plan is one file");
    return root;
  } catch (const Refused& refused) {
    return fail(refused.place, refused.why);
  } catch (const YAML::Exception& error) {
    if (const std::size_t tab = find_indenting_tab(text, error.mark.line + 1); tab != std::string_view::npos)
      return fail(place_of_offset(text, tab, file), "a tab in the indentation (YAML indents by spaces alone); replace it by spaces");
    return fail(builder.place(error.mark), in_words(error.msg));
  }
}

}  // namespace shortfall
