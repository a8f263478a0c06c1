// The table of codes: complete, used, explained; and the comments that allow a warning.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "plan/allowance.hpp"
#include "report/frame.hpp"
#include "report/views.hpp"

namespace {

using namespace shortfall;
namespace fs = std::filesystem;

std::string sources_but_the_table() {
  std::string all;
  for (const char* folder : {"lib", "cli"})
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(SHORTFALL_SOURCE) / folder)) {
      const std::string extension = entry.path().extension().string();
      if ((extension != ".cpp" && extension != ".hpp") || entry.path().filename() == "code.cpp") continue;
      std::ifstream stream(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(stream), {});
    }
  return all;
}

Problem warning(Code code, const char* file, int line) { return {{std::make_shared<const std::string>(file), line, 3}, code, "words"}; }

// A page as one line.
std::string line_of(const Document& document) {
  std::string out;
  for (const char c : text(document, {.width = 120}))
    if (c != '\n' && c != ' ')
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  return out;
}

}  // namespace

TEST_CASE("every code stands once in the table, in the order of the enumeration, with a name, a sentence and what mends it") {
  std::set<std::string_view> names;
  std::size_t place = 0;
  for (const CodeEntry& e : codes()) {
    INFO(e.name);
    CHECK(static_cast<std::size_t>(e.code) == place++);
    CHECK(names.insert(e.name).second);
    CHECK(e.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK(find_code(e.name) == e.code);
    CHECK(e.means.ends_with('.'));
    CHECK(e.mend.ends_with('.'));
    CHECK(&entry_of(e.code) == &e);
  }
  CHECK(place == static_cast<std::size_t>(Code::stretched_team) + 1);
  CHECK_FALSE(find_code("no-such-code"));
}

TEST_CASE("help explains every code, with its example where it has one") {
  for (const CodeEntry& e : codes()) {
    INFO(e.name);
    const auto document = view_help(e.name);
    REQUIRE(document);
    const std::string page = line_of(*document);
    CHECK(page.find(e.means) != std::string::npos);
    CHECK(page.find(e.mend) != std::string::npos);
    CHECK((e.example.empty() || page.find("# instead:") != std::string::npos));
  }
}

TEST_CASE("every code is reported somewhere") {
  const std::string all = sources_but_the_table();
  for (const CodeEntry& e : codes()) {
    std::string code = "Code::" + std::string(e.name);
    for (char& c : code)
      if (c == '-') c = '_';
    CHECK_MESSAGE(all.find(code) != std::string::npos, code);
  }
}

TEST_CASE("a comment allows a warning on its line, and on the line below it") {
  const std::vector<Source> sources = {{"a.yaml",
                                        "organisation: a\n"
                                        "schemes:\n"
                                        "  one: {}  # shortfall: allow one-scheme the board has seen it\n"
                                        "  # shortfall: allow idle-stage its own record counts\n"
                                        "\n"
                                        "  two: {}\n"}};
  const Allowed out = allow({warning(Code::one_scheme, "a.yaml", 3), warning(Code::idle_stage, "a.yaml", 6), warning(Code::idle_stage, "a.yaml", 3),
                             warning(Code::one_scheme, "b.yaml", 3)},
                            sources);
  REQUIRE(out.allowed.size() == 2);
  CHECK(out.allowed[0].reason == "the board has seen it");
  CHECK(out.allowed[1].reason == "its own record counts");
  REQUIRE(out.left.size() == 2);
  CHECK(out.left[0].code == Code::idle_stage);
  CHECK(*out.left[1].place.file == "b.yaml");
}

TEST_CASE("an allowance that allows nothing is a warning itself") {
  const auto told = [](const std::string& line) {
    const Allowed out = allow({warning(Code::one_scheme, "a.yaml", 1)}, {{"a.yaml", "organisation: a  " + line + "\n"}});
    std::string text;
    for (const Problem& p : out.left)
      if (p.code == Code::idle_allowance) text += to_text(p) + "\n";
    return text;
  };
  CHECK(told("# shortfall: allow one-scheme it is so") == "");
  CHECK(told("# a comment") == "");
  CHECK(told("# shortfall: allow one-scheme") == "a.yaml:1:18: warning: allows one-scheme without saying why; add the reason after it\n");
  CHECK(told("# shortfall: allow one-sheme it is so") ==
        "a.yaml:1:18: warning: allows 'one-sheme', which is no warning; did you mean 'one-scheme'? ('shortfall help codes' lists them)\n");
  CHECK(told("# shortfall: allow unknown-key it is so") == "a.yaml:1:18: warning: allows unknown-key, which is an error; an error is mended\n");
  CHECK(told("# shortfall: allow idle-stage it is so") == "a.yaml:1:18: warning: allows idle-stage, of which there is none on line 1; delete it\n");
}

TEST_CASE("an error is never allowed") {
  const Allowed out = allow({warning(Code::unknown_key, "a.yaml", 1)}, {{"a.yaml", "a: 1 # shortfall: allow unknown-key it is so\n"}});
  CHECK(out.allowed.empty());
  CHECK(out.left.size() == 2);
}

TEST_CASE("a frame shows the line and points at the place, whatever stands there") {
  const std::vector<Source> sources = {
      {"a.yaml", "title: Müller\n    class: transctional\r\nlong: " + std::string(300, 'x') + " end\ntitle: \x1b[31m\n"}};
  const auto framed = [&](int line, int column, std::size_t width) {
    std::string out;
    for (const std::string& one : frame({std::make_shared<const std::string>("a.yaml"), line, column}, sources, width)) out += one + "\n";
    return out;
  };
  CHECK(framed(2, 12, 80) == "    2 |     class: transctional\n      |            ^~~~~~~~~~~~\n");
  CHECK(framed(1, 8, 80) == "    1 | title: Müller\n      |        ^~~~~~\n");
  CHECK(framed(4, 8, 80) == "    4 | title: ?[31m\n      |        ^~~~~\n");
  CHECK(framed(3, 308, 40) == "    3 | " + std::string(28, 'x') + " end\n      | " + std::string(29, ' ') + "^~~\n");
  CHECK(framed(9, 1, 80) == "");
  CHECK(framed(0, 0, 80) == "");
  CHECK(frame(whole_file("a.yaml"), sources, 80).empty());
}
