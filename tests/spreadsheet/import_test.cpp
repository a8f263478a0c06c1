// Trackers from file to plans: each of those beside this file with its whole account of rows.
#include <doctest/doctest.h>

#include <chrono>
#include <sstream>

#include "plan/assemble.hpp"
#include "plan/difference.hpp"
#include "spreadsheet/support.hpp"
#include "store/spreadsheet/export.hpp"
#include "store/spreadsheet/guess.hpp"
#include "store/spreadsheet/import.hpp"
#include "store/spreadsheet/workbook.hpp"

using namespace shortfall;
using namespace shortfall::test;

namespace {

// The account of an import without a mapping, as the first line of the expected one asks for it: "# --years 2025/26 --hidden exclude".
struct Outcome {
  std::string text;
  std::vector<Source> files;
  Mapping mapping;
};

Outcome imported(const std::vector<SheetFile>& files, const std::string& words) {
  GuessHints hints;
  std::istringstream in(words);
  Mapping::HiddenRows hidden = Mapping::HiddenRows::ask;
  for (std::string word, value; in >> word;) {
    if (word == "--years" && in >> value) hints.years.push_back(*parse_year(value));
    if (word == "--sheet" && in >> value) hints.sheet = value;
    if (word == "--hidden" && in >> value) hidden = value == "include" ? Mapping::HiddenRows::include : Mapping::HiddenRows::exclude;
  }
  Outcome out;
  Problems problems;
  const auto say = [&](const Problems& all) {
    for (const Problem& problem : all)
      if (problem.message.find("has no income") == std::string::npos) out.text += to_text(problem) + "\n";
  };
  out.mapping = guess_mapping(files, hints, problems);
  say(problems);
  if (has_errors(problems)) return out;
  out.mapping.hidden = hidden;
  const Checked<Imported> result = import_sheets(files, out.mapping);
  if (!result) {
    say(result.error());
    return out;
  }
  out.text += account_text(*result, out.mapping, true);
  say(result->warnings);
  out.files = plan_files(*result, out.mapping, {"Made for a test."});
  return out;
}

std::vector<SheetFile> read(const std::string& name) {
  auto file = read_sheets(kept(name), name.substr(name.rfind('/') == std::string::npos ? 0 : name.rfind('/') + 1));
  REQUIRE_MESSAGE(file, to_text(file.error().front()));
  return {*file};
}

// A sheet as CSV, imported by a mapping; the first message where it is refused.
std::string first_plan(const std::string& csv, const std::string& mapping) {
  Problems problems;
  const Mapping m = read_mapping(mapping, "mapping.yaml", problems);
  if (has_errors(problems)) return to_text(problems.front());
  const auto file = read_csv(csv, "t.csv");
  REQUIRE(file);
  const Checked<Imported> result = import_sheets({*file}, m);
  if (!result) return to_text(result.error().front());
  return plan_files(*result, m, {}).front().text;
}

Checked<Plans> plans_of(const std::vector<Source>& files) {
  Sources sources;
  sources.reference = built_in_reference();
  for (const Source& file : files)
    if (file.name == "system.yaml")
      sources.system = file;
    else
      sources.organisations.push_back(file);
  return assemble(sources);
}

std::string text_of_plan(const Outcome& outcome, const std::string& name) {
  for (const Source& file : outcome.files)
    if (file.name == name) return file.text;
  FAIL("no ", name);
  return {};
}

const char* const trackers[] = {"calendar-1904.xlsx",
                                "community-trust-2014.csv",
                                "dates-month-first.csv",
                                "error-value.xlsx",
                                "formulas-without-values.xlsx",
                                "hidden-rows.xlsx",
                                "merged-down.xlsx",
                                "merged-headings.xlsx",
                                "messy-amounts.csv",
                                "months.xlsx",
                                "negative-savings.csv",
                                "no-year.csv",
                                "old-mac-line-ends.csv",
                                "projects-as-columns.xlsx",
                                "quarters-and-gateways.csv",
                                "recurrent-and-not.csv",
                                "repeated-headings.csv",
                                "sections.csv",
                                "semicolons-windows-1252.csv",
                                "sheet-each.xlsx",
                                "statuses.csv",
                                "subtotals-without-words.csv",
                                "text-in-date-cells.xlsx",
                                "timelines.csv",
                                "utf16-tabs.csv",
                                "written-once.csv",
                                "year-on-year.csv"};

}  // namespace

TEST_CASE("every tracker has the account of rows that stands beside it, and its plans are well formed") {
  for (const std::string name : trackers) {
    INFO(name);
    const std::string expected = kept(name + ".account");
    const std::size_t first = expected.find('\n') + 1;
    const Outcome outcome = imported(read(name), expected.substr(2, first - 3));
    CHECK(outcome.text == expected.substr(first));
    if (outcome.files.size() < 2) continue;
    const auto plans = plans_of(outcome.files);
    CHECK_MESSAGE(plans, to_text(plans ? Problem{} : plans.error().front()));
  }
}

TEST_CASE("a guessed mapping, written and read again, imports the same") {
  for (const std::string name : trackers) {
    INFO(name);
    const std::string expected = kept(name + ".account");
    const Outcome outcome = imported(read(name), expected.substr(2, expected.find('\n') - 2));
    if (outcome.files.empty()) continue;
    Problems problems;
    Mapping again = read_mapping(mapping_text(outcome.mapping), "mapping.yaml", problems);
    CHECK_MESSAGE(problems.empty(), to_text(problems.empty() ? Problem{} : problems.front()) << "\n" << mapping_text(outcome.mapping));
    const Checked<Imported> result = import_sheets(read(name), again);
    REQUIRE(result);
    const std::vector<Source> files = plan_files(*result, again, {"Made for a test."});
    REQUIRE(files.size() == outcome.files.size());
    for (std::size_t i = 0; i < files.size(); ++i) CHECK(files[i].text == outcome.files[i].text);
  }
}

TEST_CASE("the rows of an account add up to the rows of the sheet") {
  for (const std::string name : trackers) {
    INFO(name);
    const std::string expected = kept(name + ".account");
    const std::vector<SheetFile> files = read(name);
    const Outcome outcome = imported(files, expected.substr(2, expected.find('\n') - 2));
    if (outcome.files.empty() || outcome.mapping.transposed) continue;
    const auto result = import_sheets(files, outcome.mapping);
    REQUIRE(result);
    for (const SheetAccount& sheet : result->sheets) {
      std::size_t rows = 0;
      for (const Sheet& s : files.front().sheets)
        if (sheet.name == name + (s.name.empty() ? "" : "!" + s.name)) rows = s.rows.size();
      CHECK(sheet.rows.size() == rows);
      CHECK(sheet.count(Fate::imported) + sheet.count(Fate::skipped) + sheet.count(Fate::not_understood) == rows);
    }
  }
}

TEST_CASE("what the rows say is what the plans say") {
  const auto amounts = imported(read("messy-amounts.csv"), "--years 2025/26");
  const std::string plan = text_of_plan(amounts, "messy-amounts.yaml");
  INFO(plan);
  CHECK(plan.find("# from messy-amounts.csv!B2\n    title: Energy contract\n    class: transactional") != std::string::npos);
  CHECK(plan.find("saving: [1.2345]") != std::string::npos);
  CHECK(plan.find("saving: [8.5]") != std::string::npos);
  CHECK(plan.find("delivery: {uniform: [0.588235, 1.41176], drops_out: 25%}") != std::string::npos);
  const auto part = imported(read("calendar-1904.xlsx"), "");
  CHECK(text_of_plan(part, "calendar-1904.yaml").find("saving: {full_year: 0.12, starts: 2025-10}") != std::string::npos);
  const auto notes = imported(read("months.xlsx"), "");
  CHECK(text_of_plan(notes, "months.yaml").find("notes: \"First line\\nsecond line\"") != std::string::npos);
  CHECK(text_of_plan(notes, "months.yaml").find("saving: [0.36]") != std::string::npos);
  const auto delays = imported(read("timelines.csv"), "");
  CHECK(text_of_plan(delays, "timelines.yaml").find("delay: {uniform: [6, 18]}") != std::string::npos);
  const auto years = imported(read("year-on-year.csv"), "");
  CHECK(text_of_plan(years, "year-on-year.yaml").find("saving: [0.15, 0.2, 0.2]") != std::string::npos);
}

TEST_CASE("two imports of one file give the same bytes") {
  const auto once = imported(read("scenarios/tracker/riverside-tracker.xlsx"), "--hidden exclude"),
             twice = imported(read("scenarios/tracker/riverside-tracker.xlsx"), "--hidden exclude");
  REQUIRE(once.files.size() == 3);
  for (std::size_t i = 0; i < once.files.size(); ++i) CHECK(once.files[i].text == twice.files[i].text);
  CHECK(mapping_text(once.mapping) == mapping_text(twice.mapping));
}

TEST_CASE("a title that would be something else in YAML comes back as it was") {
  const std::string csv =
      "Scheme,Owner,RAG,2025/26 £k\n\"yes: [#1] 'x' \"\"y\"\"\",null,Green,1\n=SUM(A1),*a,Green,2\n- item,\"&b\ttab\",Green,3\n\xf0\x9f\x92\xb7 "
      "money,😀,Green,4\n";
  const auto outcome = imported({*read_sheets(csv, "t.csv")}, "");
  const auto plans = plans_of(outcome.files);
  REQUIRE_MESSAGE(plans, to_text(plans.error().front()) << outcome.text);
  std::string titles;
  for (const Scheme& s : plans->organisations.front().schemes) titles += s.title + "|";
  CHECK(titles == "- item|💷 money|=SUM(A1)|yes: [#1] 'x' \"y\"|");
}

TEST_CASE("a tracker of 500 rows imports in half a second, one of 100,000 in five") {
  const auto seconds = [](int rows) {
    std::string csv = "Ref,Scheme,Category,RAG,Owner,2025/26 £k,2026/27 £k,Notes\n";
    for (int i = 0; i < rows; ++i)
      csv += "C" + std::to_string(i) + ",Scheme number " + std::to_string(i) + ",Procurement,Green,A. Person," + std::to_string(i % 97 + 1) + "," +
             std::to_string(i % 89 + 1) + ",\"some words\nof two lines\"\n";
    const auto start = std::chrono::steady_clock::now();
    const auto outcome = imported({*read_sheets(csv, "t.csv")}, "");
    REQUIRE(outcome.files.size() == 2);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const double few = seconds(500), many = seconds(100'000);
  MESSAGE("500 rows: ", few, " s, 100,000 rows: ", many, " s");
  // Ten times as long as on a machine that does nothing else.
  CHECK(few < 5);
  CHECK(many < 50);
}

TEST_CASE("plans that are exported and imported again are the same plans") {
  for (const std::vector<std::string>& names : {std::vector<std::string>{"scenarios/midshire/system.yaml", "eastwell-acute", "eastwell-ccg",
                                                                         "midshire-acute", "midshire-ccg", "midshire-community", "midshire-council"},
                                                {"", "scenarios/mechanisms/teams.yaml"},
                                                {"", "scenarios/published/community-trust-2014/community-trust.yaml"}}) {
    Sources sources;
    sources.reference = built_in_reference();
    if (!names[0].empty()) sources.system = Source{"system.yaml", kept(names[0])};
    for (std::size_t i = 1; i < names.size(); ++i)
      sources.organisations.push_back({names[i], kept(names[0].empty() ? names[i] : "scenarios/midshire/" + names[i] + ".yaml")});
    const auto before = assemble(sources);
    REQUIRE_MESSAGE(before, to_text(before.error().front()));
    const auto book = tracker_of(sources, *before);
    REQUIRE(book);
    const auto file = read_sheets(workbook_bytes(*book, 1'700'000'000), "t.xlsx");
    REQUIRE(file);
    std::string text;
    for (const SheetRow& row : file->find("Mapping")->rows) text += row.cells.front().text + "\n";
    Problems problems;
    const Mapping mapping = read_mapping(text, "Mapping", problems);
    REQUIRE_MESSAGE(problems.empty(), to_text(problems.empty() ? Problem{} : problems.front()) << text);
    const auto result = import_sheets({*file}, mapping);
    REQUIRE_MESSAGE(result, to_text(result.error().front()));
    CHECK_MESSAGE(result->whole(), account_text(*result, mapping, true));
    const auto files = plan_files(*result, mapping, {"Made for a test."});
    const auto after = plans_of(files);
    REQUIRE_MESSAGE(after, to_text(after.error().front()) << "\n" << files.front().text);
    CHECK(after->organisations.size() == before->organisations.size());
    const Difference difference_of_both = difference(*before, *after);
    std::string differences;
    // Plan files without a system have no title for it.
    for (const Change& change : difference_of_both.changes)
      if (change.path != "title") differences += change.path + ": " + change.before + " -> " + change.after + "\n";
    CHECK(differences == "");
  }
}

TEST_CASE("a workbook that is written is read as it was meant, twice the same") {
  OutWorkbook book{"A title", {{"First: sheet?", {}}}};
  OutTable table{"Table",
                 {"a note"},
                 {{"Name", CellForm::text, 0, 20, false}, {"Money", CellForm::money, 3, 12, false}, {"Share", CellForm::share, 1, 12, true}},
                 {},
                 {},
                 true};
  table.rows = {{"=1+1", 1.25, 0.4}, {"@cmd", -3.5, 0.25}, {"+x", {}, 1.0}};
  table.chart = OutChart{OutChart::Kind::line, "chart", "x", "y", {1}};
  book.sheets.front().tables.push_back(table);
  const std::string bytes = workbook_bytes(book, 1'700'000'000);
  CHECK(bytes == workbook_bytes(book, 1'700'000'000));
  const auto file = read_sheets(bytes, "t.xlsx");
  REQUIRE(file);
  const Sheet& sheet = file->sheets.front();
  CHECK(sheet.name == "First sheet");
  REQUIRE(sheet.rows.size() == 6);
  CHECK(sheet.rows[3].cells[0].text == "=1+1");
  CHECK(sheet.rows[3].cells[0].kind == SheetCell::Kind::text);
  CHECK(sheet.rows[3].cells[1].number == 1.25);
  CHECK(sheet.rows[3].cells[2].percent);
  CHECK(sheet.rows[5].find(1) == nullptr);
}

TEST_CASE("an organisation's finances may be of more years than are imported") {
  const std::string sheet = "Scheme,2025/26,2026/27\nBeds,1,2\n";
  const auto mapping = [](const std::string& finances) {
    return "mapping: 1\nsystem: s\nheadings: [1]\nunit: £m\nplans_in: £m\nyears: [2025/26, 2026/27]\norganisations:\n  a:\n" + finances +
           "columns:\n  title: Scheme\n  saving: {2025/26: 2025/26, 2026/27: 2026/27}\n";
  };
  const std::string plan =
      first_plan(sheet, mapping("    years: [2024/25, 2025/26, 2026/27]\n    income: [100, 110, 120]\n    spend: [101, 111, 121]\n    target: 0\n"));
  CHECK_MESSAGE(plan.find("income: [110, 120]\nspend: [111, 121]\ntarget: 0\n") != std::string::npos, plan);
  CHECK(first_plan(sheet, mapping("    income: [100, 110, 120]\n    spend: 1\n    target: 0\n")) ==
        "mapping.yaml:9:13: error: income has 3 amounts, but 2 are needed (one for all years, or one for each)");
  CHECK(first_plan(sheet, mapping("    years: [2024/25, 2025/26]\n    income: 1\n    spend: 1\n    target: 0\n")) ==
        "mapping.yaml:9:12: error: the years of 'a' leave 2026/27 out, which the mapping imports; give its finances of all years");
  // A mapping that is written says it again.
  Problems problems;
  const Mapping m = read_mapping(mapping("    years: [2024/25, 2025/26, 2026/27]\n"), "mapping.yaml", problems);
  const Mapping again = read_mapping(mapping_text(m), "mapping.yaml", problems);
  CHECK(problems.empty());
  REQUIRE(again.organisations.size() == 1);
  CHECK(again.organisations.front().years.size() == 3);
}

TEST_CASE("the sum of a block of one row is a sum where the other blocks have theirs") {
  const std::string sheet =
      "Scheme,Owner,2025/26\n"
      "Beds,Ann,1\nTheatres,Ben,2\nClinical,,3\n"
      "Boilers,Cat,4\nEstates,,4\n"
      "Buying,Dan,5\nDrugs,Eve,6\nSupplies,,11\n";
  const auto outcome = imported({*read_csv(sheet, "t.csv")}, "");
  CHECK_MESSAGE(outcome.text.find("5  imported") != std::string::npos, outcome.text);
  CHECK_MESSAGE(outcome.text.find("the sum of the row above it (row 6)") != std::string::npos, outcome.text);
  CHECK_MESSAGE(outcome.text.find("the sum of the 2 rows above it (rows 4, 9)") != std::string::npos, outcome.text);
  // Without sums of several rows a row that repeats the one above it is a scheme.
  const auto alike = imported({*read_csv("Scheme,Owner,2025/26\nBeds,Ann,1\nBoilers,Cat,4\nEstates,,4\n", "t.csv")}, "");
  CHECK_MESSAGE(alike.text.find("3  imported") != std::string::npos, alike.text);
}
