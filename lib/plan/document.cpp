#include "plan/document.hpp"

#include <fmt/format.h>
#include <utf8.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <istream>
#include <optional>
#include <streambuf>
#include <unordered_map>

#include "plan/number_lists.hpp"

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
  // `text` as it stands (nothing will do for one of ASCII characters alone), and the lists that were taken out of what yaml-cpp reads.
  TreeBuilder(std::shared_ptr<const std::string> file, std::string_view text, const std::vector<NumberList>& lists)
      : file_(std::move(file)), lists_(lists), next_list_(lists.begin()) {
    for (int line = 0; !text.empty(); ++line) {
      const std::string_view here = text.substr(0, text.find('\n'));
      if (std::any_of(here.begin(), here.end(), [](char c) { return (c & 0x80) != 0; })) beyond_ascii_.emplace(line, here);
      text.remove_prefix(std::min(here.size() + 1, text.size()));
    }
  }

  Node take() { return std::move(root_); }
  bool met_all_lists() const { return next_list_ == lists_.end(); }
  Place place(const YAML::Mark& mark) const {
    const auto before = [](const NumberList& list, const YAML::Mark& m) { return std::pair(list.line, list.column) < std::pair(m.line, m.column); };
    const auto next = std::lower_bound(lists_.begin(), lists_.end(), mark, before);
    if (next == lists_.begin() || (next - 1)->line != mark.line) return place(mark.line, mark.column);
    const NumberList& last = *(next - 1);
    return place(mark.line, mark.column + last.original_column - last.column + static_cast<int>(last.numbers.size()));
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
    if (next_list_ == lists_.end() || next_list_->line != mark.line || next_list_->column != mark.column) return;
    put_numbers(*next_list_);
    ++next_list_;
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

  // yaml-cpp counts bytes from 0, people characters from 1.
  Place place(int line, int column) const {
    const auto text = beyond_ascii_.find(line);
    const auto bytes = static_cast<std::size_t>(std::max(column, 0));
    constexpr std::size_t longest = 10'000;  // of a longer line nobody counts characters
    if (text == beyond_ascii_.end() || bytes > std::min(text->second.size(), longest)) return {file_, line + 1, column + 1};
    const std::string_view before = text->second.substr(0, bytes);
    return {file_, line + 1, static_cast<int>(utf8::unchecked::distance(before.begin(), before.end())) + 1};
  }

  void put_numbers(const NumberList& list) {
    std::vector<Node>& items = stack_.back().node.items;
    items.reserve(static_cast<std::size_t>(std::count(list.numbers.begin(), list.numbers.end(), ',')) + 1);
    const auto between = [](char c) { return c == ' ' || c == ','; };
    for (std::size_t at = 0; at < list.numbers.size();) {
      std::size_t end = at;
      while (end < list.numbers.size() && !between(list.numbers[end])) ++end;
      if (end > at)
        items.push_back({Node::Kind::scalar,
                         place(list.line, list.original_column + 1 + static_cast<int>(at)),
                         std::string(list.numbers.substr(at, end - at)),
                         false,
                         {},
                         {}});
      at = end + 1;
    }
  }

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
  const std::vector<NumberList>& lists_;
  std::vector<NumberList>::const_iterator next_list_;
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

// What a character can mean to the checks that come before yaml-cpp.
enum Meaning : std::uint8_t { starts_value = 1, starts_value_before_space = 2, opens = 4, closes = 8, control = 16, beyond_ascii = 32 };

constexpr std::array<std::uint8_t, 256> meanings() {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t c = 0; c < 0x20; ++c) out[c] = control;
  out[0x7f] = control;
  out['\n'] = out['\r'] = out['\t'] = 0;
  for (std::size_t c = 0x80; c < 0x100; ++c) out[c] = beyond_ascii;
  for (const char c : std::string_view(",[{\n&*!\"'")) out[static_cast<unsigned char>(c)] |= starts_value;
  for (const char c : std::string_view(":-?")) out[static_cast<unsigned char>(c)] |= starts_value_before_space;
  for (const char c : std::string_view("[{")) out[static_cast<unsigned char>(c)] |= opens;
  for (const char c : std::string_view("]}")) out[static_cast<unsigned char>(c)] |= closes;
  return out;
}

std::uint8_t meaning(char c) {
  static constexpr std::array<std::uint8_t, 256> table = meanings();
  return table[static_cast<unsigned char>(c)];
}

// All that its characters can mean.
std::uint8_t meanings_in(std::string_view text) {
  std::uint8_t all = 0;
  for (const char c : text) all |= meaning(c);
  return all;
}

// Where the text asks for more than any plan holds, and what to say. yaml-cpp keeps every token of an open bracket, so this is asked first; it only
// counts what may start a value, and brackets left open. Words may hold such characters too, hence the limits far above what a plan needs.
std::optional<std::pair<std::size_t, std::string>> find_excess(std::string_view text) {
  constexpr std::size_t most_open = 200;
  std::size_t open = 0, first_too_deep = 0, values = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint8_t can = meaning(text[i]);
    if (can == 0) continue;
    const bool before_space = i + 1 < text.size() && text[i + 1] == ' ';
    if ((can & starts_value) != 0 || ((can & starts_value_before_space) != 0 && before_space)) ++values;
    if (values > most_values) return std::pair(i, std::string("more than 500,000 lines and values (a plan is a text of some kilobytes)"));
    if ((can & opens) != 0) {
      if (++open == deepest + 1) first_too_deep = i;
      if (open > most_open) return std::pair(first_too_deep, fmt::format("values nested more than {} deep", deepest));
    } else if ((can & closes) != 0 && open > 0) {
      --open;
    }
  }
  return {};
}

// A text to be read where it lies.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // only ever read
    setg(begin, begin, begin + text.size());
  }
};

// `text` as a tree. `whole` is what stands in the file, `text` that without the `lists`.
Checked<Node> parse(std::string_view text, std::string_view whole, const std::vector<NumberList>& lists,
                    const std::shared_ptr<const std::string>& file, bool is_ascii) {
  const auto fail = [&](Code code, Place place, std::string message) -> Checked<Node> {
    return tl::make_unexpected(Problems{{std::move(place), code, std::move(message)}});
  };
  TreeBuilder builder(file, is_ascii ? std::string_view() : whole, lists);
  // yaml-cpp notices a quotation mark never closed only where the text ends in it, without a line end.
  TextBuffer buffer(text.substr(0, text.find_last_not_of(" \t\r\n") + 1));
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return Node{Node::Kind::map, {file, 1, 1}, {}, false, {}, {}};
    Node root = builder.take();
    if (!builder.met_all_lists()) return fail(Code::not_yaml, {file, 0, 0}, "");
    if (parser.HandleNextDocument(builder))
      return fail(Code::refused_yaml, builder.take().place, "several YAML documents in one file (after a line ---); one plan is one file");
    return root;
  } catch (const Refused& refused) {
    return fail(Code::refused_yaml, refused.place, refused.why);
  } catch (const YAML::Exception& error) {
    if (const std::size_t tab = find_indenting_tab(whole, error.mark.line + 1); tab != std::string_view::npos)
      return fail(Code::not_yaml, place_of_offset(whole, tab, file), "a tab in the indentation (YAML indents by spaces alone); replace it by spaces");
    return fail(Code::not_yaml, builder.place(error.mark), in_words(error.msg));
  }
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
  const auto fail = [&](Code code, Place place, std::string message) -> Checked<Node> {
    problems.push_back({std::move(place), code, std::move(message)});
    return tl::make_unexpected(std::move(problems));
  };
  const std::uint8_t all = meanings_in(text);
  const bool is_ascii = (all & beyond_ascii) == 0;
  if (const auto invalid = is_ascii ? text.end() : utf8::find_invalid(text.begin(), text.end()); invalid != text.end())
    return fail(Code::not_text, place_of_offset(text, static_cast<std::size_t>(invalid - text.begin()), file),
                "not UTF-8 (a plan is text in UTF-8); save the file in that encoding");
  if ((all & control) != 0) {
    const auto at = std::find_if(text.begin(), text.end(), [](char c) { return (meaning(c) & control) != 0; });
    return fail(Code::not_text, place_of_offset(text, static_cast<std::size_t>(at - text.begin()), file),
                fmt::format("a control character (U+{:04X}) in the text; delete it", static_cast<unsigned>(*at)));
  }
  if (const auto excess = find_excess(text)) return fail(Code::refused_yaml, place_of_offset(text, excess->first, file), excess->second);

  const WithoutNumbers shortened = without_numbers(text);
  if (!shortened.lists.empty())
    if (Checked<Node> document = parse(shortened.text, text, shortened.lists, file, is_ascii)) return document;
  // Whatever is wrong is told of the text as it stands.
  return parse(text, text, {}, file, is_ascii);
}

}  // namespace shortfall
