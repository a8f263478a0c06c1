// Texts as trees of values with places.
#include "plan/document.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "plan/number_lists.hpp"

using namespace shortfall;

namespace {

// Every value with its place, in one line: "1:1{a@1:1 1:4[1:5'1' …".
std::string written(const Node& node) {
  std::string out = fmt::format("{}:{}", node.place.line, node.place.column);
  if (node.kind == Node::Kind::null) return out + "~";
  if (node.kind == Node::Kind::scalar) return out + (node.quoted ? "\"" : "'") + node.text + (node.quoted ? "\"" : "'");
  out += node.kind == Node::Kind::list ? "[" : "{";
  for (const Node& item : node.items) out += " " + written(item);
  for (const Entry& entry : node.entries) out += fmt::format(" {}@{}:{} ", entry.key, entry.place.line, entry.place.column) + written(entry.value);
  return out + (node.kind == Node::Kind::list ? "]" : "}");
}

// The tree, without its last key.
std::string tree_of(const std::string& text) {
  Checked<Node> document = parse_document(text, "plan.yaml");
  REQUIRE(document.has_value());
  document->entries.pop_back();
  return written(*document);
}

}  // namespace

TEST_CASE("a list of numbers and all that follows it stand where they stand in the text") {
  const auto document = parse_document("a: [1, -2.5 ,30%]\nb: {c: [4], d: [5e-1 , 6], e: x}\n", "plan.yaml");
  REQUIRE(document.has_value());
  CHECK(written(*document) ==
        "1:1{ a@1:1 1:4[ 1:5'1' 1:8'-2.5' 1:14'30%'] b@2:1 2:4{ c@2:5 2:8[ 2:9'4'] d@2:13 2:16[ 2:17'5e-1' 2:24'6'] e@2:28 2:31'x'}}");
}

TEST_CASE("what looks like a list of numbers within words is left to them") {
  const auto document = parse_document("a: see [1, 2]\nb: [3]\nc: '[4]'\n", "plan.yaml");
  REQUIRE(document.has_value());
  CHECK(written(*document) == "1:1{ a@1:1 1:4'see [1, 2]' b@2:1 2:4[ 2:5'3'] c@3:1 3:4\"[4]\"}");
}

TEST_CASE("lists of numbers are read alike whether they are taken out first or not") {
  // What looks like a list within words makes the whole text be read as it stands.
  const std::string taken_out = "last: none\n", as_it_stands = "last: see [1, 2]\n";
  for (const std::string text : {
           "a: [1,2,3]\nb: [ 1 , 2 ]\nc: [[1, 2], [3]]\nd: [{x: [1]}, [2, 3], 4]\n",
           "a: [-1, 2.5e-3, 1e+5, .5, 30%, 30 %, +4, 1.2.3, 1-2, --1]\nb: [1, 2]\n",
           "title: £5m at Café Zoë {x} [1, 2\nb: {é: [1, 2], c: [3], d: ü, e: [4]}\n",
           "a: [1, # one [9, 9]\n  2, [3, 4]]\nb: [5] # [6, 7]\n# [8]\nc: [9]\n",
           "a: \"[1, 2] and [3]\"\nb: [4]\n",
           "a: |\n  [1, 2]\n  [3]\nb: [4]\n",
           "a: '\n  [1]'\nb:\n  - [4, 5]\n  - - [6]\n    - 7\n",
           "a:\nb: [1, 2]\nc: [ , [1]]\nd: [1, 2, ]\ne: [1,,2]\nf: [[1, 2],\n  [3, 4], ~]\n",
           "a: [1, 2]\r\nb: {c: [3], d: 4}\r\n",
           "a: [\t1, 2]\nb: [1, 2]\t\nc: [3]\n",
           "? a\n: [1, 2]\nb: [3]\n",
       }) {
    INFO(text);
    const Checked<Node> readable = parse_document(text + as_it_stands, "plan.yaml");
    if (readable) {
      CHECK(tree_of(text + taken_out) == tree_of(text + as_it_stands));
    } else {
      const Checked<Node> same = parse_document(text + taken_out, "plan.yaml");
      REQUIRE_FALSE(same.has_value());
      CHECK(to_text(same.error().front()) == to_text(readable.error().front()));
    }
  }
}

TEST_CASE("nothing but lists of plain numbers is taken out") {
  const WithoutNumbers out = without_numbers("a: [1, 2] # [3]\nb: [x, 1]\nc: {d: [4], e: [5, '6'], f: [-7%]}");
  CHECK(out.text == "a: [] # [3]\nb: [x, 1]\nc: {d: [], e: [5, '6'], f: []}");
  REQUIRE(out.lists.size() == 3);
  CHECK(out.lists[1].line == 2);
  CHECK(out.lists[1].column == 7);
  CHECK(out.lists[2].column == 27);
  CHECK(out.lists[2].original_column == 28);
  CHECK(out.lists[2].numbers == "-7%");
}
