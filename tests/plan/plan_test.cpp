// What plans say, read piece by piece: numbers, months, profiles, names that are nearly right.
#include <doctest/doctest.h>

#include <cmath>

#include "plan/assemble.hpp"
#include "plan/calendar.hpp"
#include "plan/dependence.hpp"
#include "plan/number.hpp"
#include "plan/profile.hpp"
#include "plan/suggestion.hpp"

using namespace shortfall;

namespace {

const std::vector<Year> two_years = {*parse_year("2017/18"), *parse_year("2018/19")};

Scheme with(std::variant<Yearly, Ramp, PartsOfYears> profile) {
  Scheme scheme;
  scheme.saving.profile = std::move(profile);
  return scheme;
}

bool close(double a, double b) { return std::abs(a - b) <= 1e-12 * std::max(1.0, std::abs(b)); }

}  // namespace

TEST_CASE("numbers are read whole, finite, in decimal, up to 1e12") {
  for (const auto& [text, value] : {std::pair("1.5", 1.5), {"-3", -3.0}, {"+2", 2.0}, {".5", 0.5}, {"2e3", 2000.0}, {"1e12", 1e12}})
    CHECK(parse_number(text) == value);
  for (const char* text : {"", " 1", "1 ", "1,5", "1_000", "0x10", "nan", ".nan", "inf", "-.inf", "1e400", "2e12", "--1", "+-1", "1.5m", "30%"}) {
    INFO(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
  CHECK(parse_fraction("35%") == 0.35);
  CHECK(parse_fraction("0.35") == 0.35);
  CHECK(parse_fraction("30 %") == 0.3);
  CHECK_FALSE(parse_fraction("%").has_value());
}

TEST_CASE("a financial year starts in April, a calendar year in January") {
  CHECK(first_month(*parse_year("2017/18")) == *parse_month("2017-04"));
  CHECK(first_month(*parse_year("2017")) == *parse_month("2017-01"));
  CHECK(parse_year("1999/00").has_value());
  for (const char* text : {"2025-26", "2025/2026", "2025–26", "FY26"}) CHECK(parse_year(text)->label == "2025/26");
  for (const char* text : {"2017/19", "17/18", "2017-19", "2017/2019", "1066", "year"}) CHECK_FALSE(parse_year(text).has_value());
  CHECK(month_text(*parse_month("2017-10")) == "2017-10");
  for (const char* text : {"2017-13", "2017-00", "2017-1", "2017/10", "october"}) CHECK_FALSE(parse_month(text).has_value());
}

TEST_CASE("a list of years is spread evenly over each year, and starts with its first year that is not zero") {
  const Scheme scheme = with(Yearly{0, 6});
  const CumulativeSaving s = cumulative_saving(scheme, two_years);
  REQUIRE(s.at.size() == 25);
  CHECK(s(12) == 0);
  CHECK(close(s(15), 1.5));
  CHECK(s(24) == 6);
  CHECK(start_month(scheme, two_years) == 12);
  CHECK(planned_saving(scheme, two_years) == Yearly{0, 6});
}

TEST_CASE("a ramp of r months saves (j + ½)/r of a month's full saving in its j-th") {
  // 12 a year from October 2017 (month 6), over 4 months: ⅛, ⅜, ⅝, ⅞, then 1 a month.
  const Scheme scheme = with(Ramp{12, *parse_month("2017-10"), 4});
  const CumulativeSaving s = cumulative_saving(scheme, two_years);
  CHECK(s(6) == 0);
  CHECK(close(s(7), 0.125));
  CHECK(close(s(8), 0.5));
  CHECK(close(s(10), 2));
  CHECK(close(s(12), 4));
  CHECK(close(s(24), 16));
  CHECK(start_month(scheme, two_years) == 6);
  CHECK(close(planned_saving(scheme, two_years)[1], 12));
  // Without a ramp, all at once.
  CHECK(close(cumulative_saving(with(Ramp{12, *parse_month("2018-03"), 0}), two_years)(12), 1));
}

TEST_CASE("a ramp that starts before the plan has saved by then, and one that ends saves no more") {
  // 1 a month from January 2017, three months before the plan, to December 2017.
  const Scheme scheme = with(Ramp{12, *parse_month("2017-01"), 2, *parse_month("2017-12")});
  const CumulativeSaving s = cumulative_saving(scheme, two_years);
  CHECK(s(-40) == s(-3));
  CHECK(close(s(-3), -(0.25 + 0.75 + 1)));
  CHECK(close(s(-1), -1));
  CHECK(s(0) == 0);
  CHECK(close(s(9), 9));
  CHECK(close(s(24), 9));
  CHECK(start_month(scheme, two_years) == -3);
  CHECK(close(planned_saving(scheme, two_years)[0], 9));
  CHECK(planned_saving(scheme, two_years)[1] == 0);
}

TEST_CASE("savings by month and by quarter keep their course within the year") {
  PartsOfYears quarters{4, {0, 0, 1, 2, 3, 3, 3, 3}}, months{12, std::vector<double>(24, 0.0)};
  months.amounts[5] = 6;
  const CumulativeSaving s = cumulative_saving(with(quarters), two_years);
  CHECK(s(6) == 0);
  CHECK(close(s(7), 1.0 / 3));
  CHECK(s(9) == 1);
  CHECK(s(12) == 3);
  CHECK(s(24) == 15);
  CHECK(start_month(with(quarters), two_years) == 6);
  CHECK(planned_saving(with(quarters), two_years) == Yearly{3, 12});
  CHECK(cumulative_saving(with(months), two_years)(5) == 0);
  CHECK(cumulative_saving(with(months), two_years)(6) == 6);
  CHECK(start_month(with(months), two_years) == 5);
}

TEST_CASE("years start in the month that year_starts says") {
  Year year = *parse_year("2025");
  year.first = 3;
  CHECK(first_month(year) == first_month(*parse_year("2025/26")));
  Year october = *parse_year("FY26");
  october.first = 9;
  CHECK(month_text(first_month(october)) == "2025-10");
  CHECK(!same_years({year}, {*parse_year("2025")}));
  CHECK(same_years({year}, {year}));
}

TEST_CASE("what was nearly right is suggested, what was not is not") {
  const std::vector<std::string> words = {"needs", "saving", "consultation", "reserves"};
  CHECK(did_you_mean("need", words) == "; did you mean 'needs'?");
  CHECK(did_you_mean("savign", words) == "; did you mean 'saving'?");  // neighbours swapped: one slip
  CHECK(did_you_mean("colour", words).empty());
  CHECK(did_you_mean("x", words).empty());
}

TEST_CASE("factors are named as --given names them") {
  const auto plans = assemble(
      {.system = Source{"system.yaml", "system: s\nyears: [2017]\ndependence: {factors: [{name: weather, share: 5%, organisations: [one]}]}\n"},
       .organisations = {{"one.yaml", "organisation: one\nincome: 0\nspend: 0\ntarget: 0\nschemes: {a: {class: workforce, saving: 1}}\n"}},
       .reference = built_in_reference(),
       .edits = {}});
  REQUIRE(plans);
  CHECK(factor_names(*plans) == std::vector<std::string>{"class/workforce", "organisation/one", "scheme/one/a", "system", "weather", "year/2017"});
  const auto given = parse_given({"system=p5", "weather=95%"}, *plans);
  REQUIRE(given);
  CHECK(given->at(0).quantile == 0.05);
  CHECK(given->at(1).quantile == 0.95);
  for (const char* wrong : {"system", "system=5", "system=p0", "system=p100", "systm=p5", "=p5", "system=pp5"}) {
    INFO(wrong);
    CHECK_FALSE(parse_given({wrong}, *plans).has_value());
  }
  CHECK_FALSE(parse_given({"system=p5", "system=p6"}, *plans).has_value());
}

TEST_CASE("columns count characters, as editors do, not bytes") {
  const auto plans = assemble({.system = {},
                               .organisations = {{"one.yaml",
                                                  "organisation: one\nyears: [2017]\nincome: 0\nspend: 0\ntarget: 0\nschemes:\n"
                                                  "  a: {title: \"££££\", class: workforce, saving: x}\n"}},
                               .reference = built_in_reference(),
                               .edits = {}});
  REQUIRE_FALSE(plans);
  CHECK(plans.error().front().place.line == 7);
  CHECK(plans.error().front().place.column == 48);
}

TEST_CASE("a repeated key, an unreadable number, an unknown class and an unknown need all come out at once") {
  const auto plans = assemble({.system = {},
                               .organisations = {{"one.yaml",
                                                  "organisation: one\nyears: [2017]\nincome: 0\nincome: 1\nspend: £4m\ntarget: 0\nschemes:\n"
                                                  "  a: {class: transctional, saving: 1, needs: [nothing]}\n"}},
                               .reference = built_in_reference(),
                               .edits = {}});
  REQUIRE_FALSE(plans);
  CHECK(plans.error().size() == 4);
}

TEST_CASE("a share of 30 is asked back") {
  const auto plans = assemble({.system = {},
                               .organisations = {{"one.yaml",
                                                  "organisation: one\nyears: [2017]\nincome: 0\nspend: 0\ntarget: 0\nschemes:\n"
                                                  "  a: {saving: 1, delivery: {p10: 30, p50: 40, p90: 90}}\n"}},
                               .reference = built_in_reference(),
                               .edits = {}});
  REQUIRE_FALSE(plans);
  CHECK(plans.error().front().message == "delivery says 90, which is 9000% of plan; did you mean 90%?");
}

TEST_CASE("the mistakes of many files come out in the order of the files, whichever was read first") {
  Sources sources;
  for (int k = 0; k < 40; ++k) {
    const std::string name = "org-" + std::to_string(k);
    std::string text = "organisation: " + name + "\nyears: [2017]\nincome: 0\nspend: x\ntarget: 0\n";
    if (k % 7 == 6) text += "reserves: [\n";
    // A long file takes longer to read than those after it.
    for (int filler = 0; k % 5 == 0 && filler < 2000; ++filler) text += "# the rest is silence\n";
    sources.organisations.push_back({name + ".yaml", text});
  }
  sources.reference = built_in_reference();
  for (int again = 0; again < 5; ++again) {
    const auto plans = assemble(sources);
    REQUIRE_FALSE(plans);
    REQUIRE(plans.error().size() == 40);
    // What is no YAML is met first.
    for (int k = 0, broken = 0; k < 40; ++k) {
      const int place = k % 7 == 6 ? broken++ : 5 + k - k / 7;
      INFO(k);
      CHECK(*plans.error()[static_cast<std::size_t>(place)].place.file == "org-" + std::to_string(k) + ".yaml");
    }
  }
}
