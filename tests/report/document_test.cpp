// One document in three notations: what it says is the same, and nothing of a plan becomes markup or breaks a page.
#include "report/document.hpp"

#include <doctest/doctest.h>

#include <sstream>

#include "report/number_text.hpp"

using namespace shortfall;

namespace {

using Kind = TableColumn::Kind;

Document sample(const std::string& name) {
  Document d;
  d.title = "A plan of " + name;
  d.years = "2017/18 to 2020/21";
  Section& s = d.section("Chances");
  PageTable t;
  t.columns = {{"", Kind::name, 12}, {"P(fails)\nalone"}, {"P(fails)\ntogether"}, {"savings\nplanned"}, {"savings\nexpected"}, {"reserves\nto add"}};
  t.row({name, "12.3 %", "4.5 %", "1,234.5", "1,000.0", "7.5"});
  t.row({"all", "20.0 %", "5.0 %", "2,000.0", "1,500.0", "9.0"}, true);
  s.add(std::move(t));
  s.say("A sentence that is long enough to be wrapped where the page is narrow, with " + name + " in it.");
  d.section("More", Section::Shown::detail).say("told in full");
  return d;
}

}  // namespace

TEST_CASE("no line is wider than the page, from 40 cells on, and every figure is there at every width") {
  const Document d = sample("an organisation with quite a long name");
  for (std::size_t width = 40; width <= 120; width += 8) {
    const std::string page = text(d, {.width = width});
    INFO(page);
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) CHECK(width_of(line) <= width);
    for (const char* figure : {"12.3 %", "4.5 %", "1,234.5", "1,000.0", "7.5", "1,500.0"}) CHECK(page.find(figure) != std::string::npos);
  }
}

TEST_CASE("columns never touch") {
  const std::string page = text(sample("x"), {.width = 80});
  CHECK(page.find("12.3 %4.5") == std::string::npos);
  CHECK(page.find("1,234.5   1,000.0") != std::string::npos);  // right-aligned below headings, of which the wider, "expected", has 8 cells
}

TEST_CASE("where only ASCII can be shown nothing else is") {
  const std::string page = text(sample("Café £ … → ≤ 日本"), {.width = 80, .ascii = true});
  for (const char c : page) CHECK(static_cast<unsigned char>(c) < 0x80);
  CHECK(page.find("GBP") != std::string::npos);
}

TEST_CASE("hostile names are text in Markdown and HTML") {
  const Document d = sample("<script>alert(1)</script>|x|@everyone \"quoted\" ![a](http://x)");
  const std::string marked = markdown(d), page = html(d);
  for (const std::string* out : {&marked, &page}) CHECK(out->find("<script") == std::string::npos);
  CHECK(marked.find("@everyone") == std::string::npos);
  CHECK(marked.find("\\!\\[a\\](http://x)") != std::string::npos);
  for (std::size_t at = marked.find("](http"); at != std::string::npos; at = marked.find("](http", at + 1)) CHECK(marked[at - 1] == '\\');
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(page.find("<details class=\"fold\"><summary>More</summary>") != std::string::npos);
  CHECK(marked.find("<details><summary>More</summary>") != std::string::npos);
  CHECK(text(d, {}).find("told in full") == std::string::npos);
}
