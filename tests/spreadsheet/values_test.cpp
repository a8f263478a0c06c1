// Amounts, dates, years and words as people write them.
#include <doctest/doctest.h>
#include <utf8.h>

#include "base/problem.hpp"
#include "store/spreadsheet/amount.hpp"
#include "store/spreadsheet/dates.hpp"
#include "store/spreadsheet/vocabulary.hpp"
#include "store/spreadsheet/words.hpp"
#include "store/spreadsheet/yaml_text.hpp"

using namespace shortfall;

namespace {

using Kind = CellAmount::Kind;

// In £m, where a bare number is in thousands.
double in_millions(std::string_view text) {
  const CellAmount amount = parse_amount(text, {});
  INFO(text, " ", amount.why);
  REQUIRE(amount.kind == Kind::number);
  return rescaled(amount.low, amount.power.value_or(1), 2);
}

}  // namespace

TEST_CASE("an amount is read as people write it, to the digit") {
  CHECK(in_millions("£1,234.5k") == 1.2345);
  CHECK(in_millions("1,234.56") == 1.23456);
  CHECK(in_millions("£1.2m") == 1.2);
  CHECK(in_millions("£440k") == 0.44);
  CHECK(in_millions(" £ 440 K ") == 0.44);
  CHECK(in_millions("1.5 million") == 1.5);
  CHECK(in_millions("£2bn") == 2000);
  CHECK(in_millions("1 234 567") == 1234.567);
  CHECK(in_millions("£1'200") == 1.2);
  CHECK(in_millions("1.5E+03") == 1.5);
  CHECK(in_millions("$250") == 0.25);
  CHECK(parse_amount("(987.65)", {}).low == -987.65);
  CHECK(parse_amount("–5", {}).low == -5);  // an en dash
  CHECK(parse_amount("−5", {}).low == -5);  // a typographic minus
  CHECK(parse_amount("-£5", {}).low == -5);
  CHECK(parse_amount("987.65-", {}).low == -987.65);
  CHECK(in_millions("-") == 0);
  CHECK(in_millions("nil") == 0);
  const CellAmount percent = parse_amount("12%", {});
  CHECK(percent.percent);
  CHECK(percent.low == 0.12);
  CHECK(parse_amount("  ", {}).kind == Kind::blank);
}

TEST_CASE("an amount that can be read in two ways, or in none, is refused") {
  const CellAmount foreign = parse_amount("1.234,56", {});
  CHECK(foreign.kind == Kind::wrong);
  CHECK(foreign.why == "'1.234,56' is not a number as this file writes them, 1,234.56; if it does otherwise, say number: 1.234,56 in the mapping");
  CHECK(parse_amount("1.234,56", {',', '.'}).low == 1234.56);
  for (const char* text :
       {"1,23", "12,34,567", "1,2345", "abc", "5 apples?", "£", "1.2.3", "10-5", "5m-10", "(5) x", "(5", "1e400", "99999999999999"}) {
    INFO(text);
    const SheetCell cell{0, SheetCell::Kind::text, false, 0, text};
    CHECK(amount_of(&cell, {}).kind == Kind::wrong);
  }
  for (const char* text : {"TBC", "n/a", "to be determined", "TBD", "?", "N/A"}) CHECK(parse_amount(text, {}).kind == Kind::words);
}

TEST_CASE("a range has two ends of one unit") {
  const CellAmount range = parse_amount("£5-12M", {});
  CHECK(range.kind == Kind::range);
  CHECK(range.low == 5);
  CHECK(range.high == 12);
  CHECK(range.power == 2);
  const CellAmount mixed = parse_amount("£500k to £1.5m", {});
  CHECK(mixed.low == 0.5);
  CHECK(mixed.high == 1.5);
  const SheetCell months{0, SheetCell::Kind::text, false, 0, "6-18 months"};
  CHECK(months_of(&months, {}).low == 6);
  CHECK(months_of(&months, {}).high == 18);
  const SheetCell years{0, SheetCell::Kind::text, false, 0, "1 year"};
  CHECK(months_of(&years, {}).low == 12);
}

TEST_CASE("units are read from headings") {
  const auto unit = [](const char* heading) {
    const auto found = unit_in(heading);
    return found ? unit_text(*found) : std::string("none");
  };
  CHECK(unit("Savings Approved £'000") == "£k");
  CHECK(unit("Savings Approved £’000") == "£k");
  CHECK(unit("Plan (£m)") == "£m");
  CHECK(unit("2025/26 £k") == "£k");
  CHECK(unit("All figures £000s") == "£k");
  CHECK(unit("£ million a year") == "£m");
  CHECK(unit("Value (£)") == "£");
  CHECK(unit("Einsparung (€ k)") == "€k");
  CHECK(unit("Figures in thousands") == "£k");
  CHECK(unit("Scheme") == "none");
  CHECK(unit("Year 2000") == "none");
}

TEST_CASE("a unit that somebody declares may be a currency by its name, and is written as it is read") {
  for (const char* unit : {"£m", "£k", "£", "€bn", "$k", "¥m", "kr m", "CHF k", "points", "A$m"}) {
    INFO(unit);
    const auto read = declared_unit(unit);
    REQUIRE(read);
    CHECK(unit_text(*read) == unit);
  }
  CHECK(declared_unit("kr m") == SheetUnit{"kr", 2});
  CHECK(declared_unit("points") == SheetUnit{"points", 0});
  CHECK(declared_unit("£'000") == SheetUnit{"£", 1});
  for (const char* wrong : {"£l", "", "12", " kr m", "-"}) CHECK(!declared_unit(wrong));
  // A heading is no declaration: words that end in k or m are words.
  CHECK(!parse_unit("kr m"));
  CHECK(!parse_unit("Team m"));
}

TEST_CASE("a text is cut between two letters") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abcd", 3) == "abc…");
  CHECK(cut("a£b", 2) == "a…");
  CHECK(cut("💷💷", 7) == "💷…");
}

TEST_CASE("days, months and years") {
  CHECK(date_text(date_of_serial(45748)) == "2025-04-01");
  CHECK(date_text(date_of_serial(44286 + 1462)) == "2025-04-01");  // the same day of the calendar that begins in 1904
  CHECK(date_text(date_of_serial(60.5 + 1)) == "1900-03-01");
  const auto date = [](const char* text, bool day_first = true) {
    const auto found = parse_date(text, day_first);
    return found ? date_text(*found) : std::string("none");
  };
  CHECK(date("2025-04-01") == "2025-04-01");
  CHECK(date("2025-04-01T00:00:00") == "2025-04-01");
  CHECK(date("01/04/2025") == "2025-04-01");
  CHECK(date("1.4.25") == "2025-04-01");
  CHECK(date("20.05.2020") == "2020-05-20");
  CHECK(date("2/13/25") == "none");
  CHECK(date("2/13/25", false) == "2025-02-13");
  CHECK(date("Apr-25") == "2025-04-01");
  CHECK(date("1st April 2025") == "2025-04-01");
  CHECK(date("April 1, 2025") == "2025-04-01");
  CHECK(date("Q2 2025/26") == "2025-07-01");
  CHECK(date("31/02/2025") == "none");
  CHECK(date("TBC") == "none");
  const auto year = [](const char* text) {
    const auto found = year_in(text);
    return found ? found->label : std::string("none");
  };
  for (const char* text :
       {"2025/26", "2025-26", "2025/2026", "FY26", "FY2026", "25/26", "Savings 2025–26 £k", "net_2025_26", "FY25/26", "FYE 2025/26"}) {
    INFO(text);
    CHECK(year(text) == "2025/26");
  }
  CHECK(year("05/06") == "2005/06");
  CHECK(year("2025") == "2025");
  CHECK(year("Apr 2025") == "none");
  CHECK(year("01/04") == "none");
  CHECK(part_of_year_in("Apr")->first == 0);
  CHECK(part_of_year_in("M12")->first == 11);
  CHECK(part_of_year_in("Mar-26")->year->label == "2025/26");
  CHECK(part_of_year_in("Q3")->months == 3);
  CHECK(!part_of_year_in("Plan"));
}

TEST_CASE("a status is a stage, of two colours the worse") {
  const auto stage = [](const char* text, bool risk = false) {
    const auto found = stage_of(text, risk);
    return found ? std::string(name_of(*found)) : std::string("none");
  };
  CHECK(stage("Blue") == "delivered");
  CHECK(stage("GREEN") == "developed");
  CHECK(stage("Amber") == "in-progress");
  CHECK(stage("Amber/Green") == "in-progress");
  CHECK(stage("Amber / Red") == "opportunity");
  CHECK(stage("A/R") == "opportunity");
  CHECK(stage("R") == "opportunity");
  CHECK(stage("Black") == "unidentified");
  CHECK(stage("Fully developed") == "developed");
  CHECK(stage("Plans in progress") == "in-progress");
  CHECK(stage("Not approved") == "opportunity");
  CHECK(stage("Gateway 2") == "in-progress");
  CHECK(stage("High", true) == "opportunity");
  CHECK(stage("High", false) == "developed");
  CHECK(stage("Purple") == "none");
  CHECK(is_cancelled("Withdrawn - see notes"));
}

TEST_CASE("words say how such schemes go") {
  const auto kind = [](const char* text) {
    const auto found = class_of(text);
    return found ? found->reference_class : std::string("none");
  };
  CHECK(kind("Procurement of gloves") == "transactional");
  CHECK(kind("Procurement: theatre consumables") == "transactional");
  CHECK(kind("Theatre productivity") == "service-redesign");
  CHECK(kind("Non-pay") == "transactional");
  CHECK(kind("Pay") == "workforce");
  CHECK(kind("Agency nursing cap") == "workforce");
  CHECK(kind("Length of stay") == "service-redesign");
  CHECK(kind("Admission avoidance") == "demand-reduction");
  CHECK(kind("Back office") == "shared-services");
  CHECK(kind("Digital letters") == "it-enabled");
  CHECK(kind("Garden waste charges") == "income");
  CHECK(kind("Savings to be identified") == "unidentified");
  CHECK(kind("Paying guests") == "none");
}

TEST_CASE("titles become ids, and any text comes back from YAML as it was") {
  CHECK(id_from("Theatre utilisation – 2nd phase") == "theatre-utilisation-2nd-phase");
  CHECK(id_from("Café & bar") == "cafe-and-bar");
  CHECK(id_from("???") == "");
  CHECK(yaml_text("plain words") == "plain words");
  CHECK(yaml_text("a: b") == "\"a: b\"");
  CHECK(yaml_text("no") == "\"no\"");
  CHECK(yaml_text("12") == "\"12\"");
  CHECK(yaml_text("say \"x\"\n=2") == "\"say \\\"x\\\"\\n=2\"");
}

TEST_CASE("what a plan may not have for a title is taken out of a cell's text") {
  CHECK(one_line("St\u00a0Mary's\r\n  Trust ") == "St Mary's Trust");
  CHECK(one_line("Manage\u00adment \u206ecosts\u202e") == "Management costs");  // a soft hyphen, a shape of digits, an override of direction
  CHECK(one_line("\u0085a\u200bb") == "a b");
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    std::string text = "a";
    utf8::append(c, std::back_inserter(text));
    if (const std::string line = one_line(text + "b"); printable(line) != line) FAIL(static_cast<unsigned>(c));
  }
}
