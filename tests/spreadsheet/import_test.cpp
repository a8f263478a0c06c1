// Trackers from file to plans: each of those beside this file with its whole account of rows.
#include <doctest/doctest.h>

#include <chrono>
#include <sstream>

#include "plan/assemble.hpp"
#include "plan/difference.hpp"
#include "plan/document.hpp"
#include "plan/read.hpp"
#include "spreadsheet/support.hpp"
#include "store/spreadsheet/export.hpp"
#include "store/spreadsheet/guess.hpp"
#include "store/spreadsheet/import.hpp"
#include "store/spreadsheet/words.hpp"
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

// The account of a sheet's rows, imported by a mapping.
std::string account_of(const std::string& csv, const std::string& mapping) {
  Problems problems;
  const Mapping m = read_mapping(mapping, "mapping.yaml", problems);
  REQUIRE_MESSAGE(problems.empty(), to_text(problems.empty() ? Problem{} : problems.front()));
  const auto file = read_csv(csv, "t.csv");
  REQUIRE(file);
  const Checked<Imported> result = import_sheets({*file}, m);
  REQUIRE_MESSAGE(result, to_text(result ? Problem{} : result.error().front()));
  return account_text(*result, m, true);
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

// Plans as a workbook that has been read, the same as it comes back from it, and what import says of that.
struct Exported {
  SheetFile workbook;
  std::vector<Source> files;
  Plans plans;
  std::string account;
};

Exported exported(const Sources& sources, const Plans& plans) {
  Exported out;
  const auto book = tracker_of(sources, plans);
  REQUIRE_MESSAGE(book, to_text(book ? Problem{} : book.error().front()));
  const auto file = read_sheets(workbook_bytes(*book, 1'700'000'000), "t.xlsx");
  REQUIRE(file);
  out.workbook = *file;
  std::string text;
  for (const SheetRow& row : file->find("Mapping")->rows) text += row.cells.front().text + "\n";
  Problems problems;
  const Mapping mapping = read_mapping(text, "Mapping", problems);
  REQUIRE_MESSAGE(problems.empty(), to_text(problems.empty() ? Problem{} : problems.front()) << text);
  const auto result = import_sheets({*file}, mapping);
  REQUIRE_MESSAGE(result, to_text(result ? Problem{} : result.error().front()));
  out.account = account_text(*result, mapping, true);
  CHECK_MESSAGE(result->whole(), out.account);
  out.files = plan_files(*result, mapping, {"Made for a test."});
  const auto after = plans_of(out.files);
  REQUIRE_MESSAGE(after, to_text(after ? Problem{} : after.error().front()) << "\n" << out.files.front().text);
  out.plans = *after;
  return out;
}

std::string differences(const Plans& before, const Plans& after) {
  std::string out;
  for (const Change& change : difference(before, after).changes) out += change.path + ": " + change.before + " -> " + change.after + "\n";
  return out;
}

// A system of these plans, each a text, as `assemble` takes them.
Sources sources_of(const std::string& system, const std::vector<std::string>& plans) {
  Sources sources;
  sources.reference = built_in_reference();
  sources.system = Source{"system.yaml", system};
  for (const std::string& plan : plans) sources.organisations.push_back({"plan-" + std::to_string(sources.organisations.size()) + ".yaml", plan});
  return sources;
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
    Plans after = exported(sources, *before).plans;
    CHECK(after.organisations.size() == before->organisations.size());
    // Plan files without a system have no title for it.
    if (!sources.system) after.system.title = before->system.title;
    CHECK(differences(*before, after) == "");
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

TEST_CASE("a column's own unit is found by its heading in whatever letters, or by the column's") {
  const auto mapping = [](const std::string& unit, const std::string& cost) {
    return "mapping: 1\nsystem: s\nheadings: [1]\nunit: £m\nplans_in: £m\nunits: {" + unit +
           ": £k}\nyears: [2025/26, 2026/27]\norganisations: {a: {}}\ncolumns:\n  title: Scheme\n  saving: {2025/26: 2025/26, 2026/27: 2026/27}\n"
           "  cost: " +
           cost + "\n";
  };
  const std::string once = "Scheme,2025/26,2026/27,Cost £k\nBeds,1,2,350\n";
  for (const char* unit : {"\"Cost £k\"", "\"cost  £K\"", "D"}) {
    INFO(unit);
    const std::string plan = first_plan(once, mapping(unit, "{2025/26: \"Cost £k\"}"));
    CHECK_MESSAGE(plan.find("cost: [0.35, 0]") != std::string::npos, plan);
  }
  CHECK(first_plan(once, mapping("Costs", "{2025/26: D}")).starts_with("t.csv: error: no column is headed 'Costs' in row 1"));
  // One heading for a column of each year.
  const std::string plan = first_plan("Scheme,2025/26,Cost,2026/27,Cost\nBeds,1,350,2,100\n", mapping("Cost", "{2025/26: C, 2026/27: E}"));
  CHECK_MESSAGE(plan.find("cost: [0.35, 0.1]") != std::string::npos, plan);
}

TEST_CASE("a total is checked and told in its own column's unit") {
  const std::string account = account_of("Scheme,2025/26,Cost\nBeds,1,350\nTheatres,2,£0.65m\nTotal,3,\"1,000\"\n",
                                         "mapping: 1\nsystem: s\nheadings: [1]\nunit: £m\nplans_in: £m\nunits: {Cost: £k}\nyears: [2025/26]\n"
                                         "organisations: {a: {}}\ncolumns: {title: Scheme, saving: {2025/26: 2025/26}, cost: {2025/26: Cost}}\n");
  CHECK_MESSAGE(account.find("B4, total of '2025/26': 3; the 2 rows imported add up to 3 £m, which agrees") != std::string::npos, account);
  CHECK_MESSAGE(account.find("C4, total of 'Cost': 1,000; the 2 rows imported add up to 1,000 £k, which agrees") != std::string::npos, account);
}

TEST_CASE("a guessed mapping says the unit of each column whose own heading names another than the first") {
  const std::string years =
      "Scheme,Directorate,Status,£k,£k,2025/26 Plan £000s,26/27 plan (£m)\n"
      "Agency nurses off framework,Nursing,In delivery,100,1200,1200,1.5\n"
      "Biosimilars,Pharmacy,Plans in progress,70,800,800,0.9\n"
      "Energy,Estates,Fully developed,30,300,300,0.3\n"
      "Total,,,200,2300,2300,2.8\n";
  const auto two = imported({*read_csv(years, "t2.csv")}, "");
  const std::string plan = text_of_plan(two, "t2.yaml"), mapping = mapping_text(two.mapping);
  INFO(two.text, plan, mapping);
  for (const char* saving : {"saving: [1.2, 1.5]", "saving: [0.8, 0.9]", "saving: [0.3, 0.3]"}) CHECK(plan.find(saving) != std::string::npos);
  CHECK(mapping.find("\n  \"26/27 plan (£m)\": £m\n") != std::string::npos);
  CHECK(two.text.find("G5, total of '26/27 plan (£m)': 2.8; the 3 rows imported add up to 2.7 £m, which agrees") != std::string::npos);
  CHECK(two.text.find("t2: 3 schemes, saving £2.300m in 2025/26, £2.700m in 2026/27\n") != std::string::npos);

  const auto forecast = imported({*read_csv("Scheme,Category,Status,2025/26 Plan £k,2025/26 Cost £m,2025/26 Forecast £m\n"
                                            "Agency nurses,Workforce,Amber,1200,0.1,1.1\nBiosimilars,Procurement,Green,800,0,0.78\n",
                                            "t4.csv")},
                                 "");
  CHECK_MESSAGE(forecast.text.find("the tracker's own forecast: £1.880m of £2.000m planned (94 %)") != std::string::npos, forecast.text);
  CHECK(text_of_plan(forecast, "t4.yaml").find("saving: [1.2]\n    cost: [0.1]\n") != std::string::npos);

  // The lowest heading that names a unit is the column's; a title is of the columns whose headings name none.
  const auto titled = imported({*read_csv("Savings plan,,£k,\nScheme,RAG,2025/26,2026/27 (£m)\nBeds,Green,1200,1.5\n"
                                          "Agency,Amber,800,0.9\nDrugs,Red,300,0.3\n",
                                          "t.csv")},
                               "");
  CHECK_MESSAGE(text_of_plan(titled, "t.yaml").find("saving: [1.2, 1.5]") != std::string::npos, titled.text);
  const auto under_title = imported({*read_csv("All figures in £000,,,\nScheme,RAG,Plan 2025/26,Plan 2026/27 (£m)\nBeds,Green,1200,1.5\n"
                                               "Agency,Amber,800,0.9\nDrugs,Red,300,0.3\n",
                                               "t.csv")},
                                    "");
  CHECK_MESSAGE(text_of_plan(under_title, "t.yaml").find("saving: [1.2, 1.5]") != std::string::npos, under_title.text);
}

TEST_CASE("a mapping that reads a column in another unit than its heading names must say so") {
  const auto mapping = [](const std::string& units, const std::string& column) {
    return "mapping: 1\nsystem: s\nheadings: [1]\n" + units +
           "years: [2025/26]\norganisations: {a: {}}\ncolumns: {title: Scheme, saving: {2025/26: " + column + "}}\n";
  };
  const std::string sheet = "Scheme,RAG,Plan (£m)\nBeds,Green,1.5\n", column = "\"Plan (£m)\"";
  CHECK(
      first_plan(sheet, mapping("unit: £k\n", column)) ==
      "t.csv!C1: error: the heading 'Plan (£m)' names £m, but the mapping reads the column in £k (its unit:); say in the mapping which it is: units: "
      "{Plan (£m): £m}, or £k");
  CHECK(first_plan(sheet, mapping("", column)).find("but the mapping reads the column in £ (it has no unit:); say") != std::string::npos);
  CHECK(first_plan("Scheme,Plan,Plan millions,Plan millions\nBeds,1,2,3\n", mapping("unit: £k\n", "D"))
            .starts_with(
                "t.csv!D1: error: the heading 'Plan millions' names £m, but the mapping reads the column in £k (its unit:); say in the mapping "
                "which it is: units: {D: £m}, or £k"));
  CHECK(first_plan(sheet, mapping("unit: £k\nunits: {" + column + ": £m}\n", column)).find("saving: [1.5]") != std::string::npos);
  CHECK(first_plan(sheet, mapping("unit: £k\nunits: {" + column + ": £k}\n", column)).find("saving: [0.0015]") != std::string::npos);
  // "Plan £" may mean no more than money.
  const std::string sign = "Scheme,Plan £\nBeds,1500\n";
  CHECK(first_plan(sign, mapping("unit: £k\n", "\"Plan £\"")).find("saving: [1.5]") != std::string::npos);
  Problems problems;
  const auto result = import_sheets({*read_csv(sign, "t.csv")}, read_mapping(mapping("unit: £k\n", "\"Plan £\""), "mapping.yaml", problems));
  REQUIRE(result);
  CHECK(to_text(result->warnings.back()).starts_with("t.csv!B1: warning: the heading 'Plan £' names £, but the mapping reads the column in £k"));
}

TEST_CASE("of two columns with the heading of a year's plan a warning and the mapping say which was taken") {
  const auto outcome =
      imported({*read_csv("Scheme,Category,2025/26 £k,2025/26 £k\nAgency nurses,Workforce,900,1200\nBiosimilars,Procurement,780,800\n"
                          "Total,,1680,2000\n",
                          "t6.csv")},
               "");
  CHECK_MESSAGE(
      outcome.text.starts_with("t6.csv: warning: two columns are headed '2025/26 £k', C and D; C was taken; if it is not the plan's, say which "
                               "by its letter under saving: in the mapping\n"),
      outcome.text);
  const std::string mapping = mapping_text(outcome.mapping);
  CHECK_MESSAGE(mapping.find("two columns are headed '2025/26 £k', C and D; C was taken\n") != std::string::npos, mapping);
  const auto costs = imported({*read_csv("Scheme,2025/26 £k,Cost £k,2026/27 £k,Cost £k\nBeds,900,12,90,5\nWards,780,10,80,6\n", "t.csv")}, "");
  CHECK_MESSAGE(costs.text.find("two columns are headed 'Cost £k', C and E; C was taken") != std::string::npos, costs.text);
  // What stands above tells them apart.
  const auto apart = imported({*read_csv("Scheme,Category,Plan,Forecast\n,,2025/26 £k,2025/26 £k\nAgency nurses,Workforce,900,1200\n"
                                         "Biosimilars,Procurement,780,800\n",
                                         "t5.csv")},
                              "");
  CHECK_MESSAGE(apart.text.find("are headed") == std::string::npos, apart.text);
}

TEST_CASE("a total that counts rows which are not imported says how they make it up") {
  const std::string mapping =
      "mapping: 1\nsystem: s\nheadings: [1]\nunit: £k\nyears: [2025/26]\norganisations: {a: {}}\n"
      "columns: {title: Scheme, stage: Status, saving: {2025/26: Plan}}\nstages: {Green: developed, Withdrawn: skip}\n";
  const std::string unread = account_of("Scheme,Status,Plan\nBeds,Green,5\nWards,Green,0.4\nDrugs,Purple,1.05\nTotal,,6.45\n", mapping);
  CHECK_MESSAGE(
      unread.find("the 2 rows imported add up to 5.4 £k, and with 1.05 £k of the rows that are not understood that is the total (within ") !=
          std::string::npos,
      unread);
  const std::string left_out = account_of("Scheme,Status,Plan\nBeds,Green,50\nDrugs,Withdrawn,10\nTotal,,60\n", mapping);
  CHECK_MESSAGE(left_out.find("the 1 row imported adds up to 50 £k, and with 10 £k of the rows that are left out that is the total (within ") !=
                    std::string::npos,
                left_out);
}

TEST_CASE("one row adds up, one total agrees") {
  const std::string mapping =
      "mapping: 1\nsystem: s\nheadings: [1]\nunit: £k\nyears: [2025/26]\norganisations: {a: {}}\n"
      "columns: {title: Scheme, saving: {2025/26: Plan}}\n";
  const std::string one = account_of("Scheme,Plan,Owner\nBeds,10,Ann\nTotal,10\n", mapping);
  CHECK_MESSAGE(one.find("the 1 row imported adds up to 10 £k") != std::string::npos, one);
  const std::string two = account_of("Scheme,Plan,Spent\nBeds,10,3\nTheatres,20,4\nTotal,30,7\n", mapping);
  CHECK_MESSAGE(two.find("  the total of 1 other column that the plans do not have agrees, too\n") != std::string::npos, two);
  const std::string three = account_of("Scheme,Plan,Spent,Left\nBeds,10,3,7\nTheatres,20,4,16\nTotal,30,7,23\n", mapping);
  CHECK_MESSAGE(three.find("  the totals of 2 other columns that the plans do not have agree, too\n") != std::string::npos, three);
}

TEST_CASE("a tracker's own forecast is a share of its plan") {
  const std::vector<SheetFile> files = read("community-trust-2014.csv");
  const std::string expected = kept("community-trust-2014.csv.account");
  const Outcome outcome = imported(files, expected.substr(2, expected.find('\n') - 2));
  const auto result = import_sheets(files, outcome.mapping);
  REQUIRE(result);
  REQUIRE(result->sheets.front().forecast);
  const auto& [forecast, planned] = *result->sheets.front().forecast;
  CHECK(forecast / planned == doctest::Approx(0.68762).epsilon(1e-5));
}

TEST_CASE("a cell that no sheet can have is refused") {
  for (const char* cell : {"!H99999999999", "!H0", "!H1.5", "!2"}) {
    INFO(cell);
    const std::string mapping = "mapping: 1\nsystem: s\nheadings: [1]\nunit: £m\nyears: [2025/26]\norganisations: {a: {more: \"" + std::string(cell) +
                                "\"}}\ncolumns: {title: Scheme, saving: {2025/26: 2025/26}}\n";
    CHECK(first_plan("Scheme,2025/26\nBeds,1\n", mapping).ends_with("more is '" + std::string(cell) + "', not a cell like Organisations!H2"));
  }
}

TEST_CASE("plans in any currency come back from a workbook in that currency") {
  const std::string plan = "organisation: a\nincome: 100\nspend: 105\ntarget: 0\nschemes: {beds: {class: workforce, saving: [3, 4]}}\n";
  for (const char* currency : {"kr m", "CHF k", "points", "¥m", "€k", "$bn", "A$m", "£"}) {
    INFO(currency);
    const Sources sources = sources_of("system: s\ncurrency: \"" + std::string(currency) + "\"\nyears: [2025/26, 2026/27]\n", {plan});
    const auto before = assemble(sources);
    REQUIRE(before);
    const Exported after = exported(sources, *before);
    CHECK(after.plans.system.currency == currency);
    CHECK(differences(*before, after.plans) == "");
    CHECK(text_of(after.workbook.find("Schemes")->rows.front().cells[6]) == "Saving 2025/26 " + std::string(currency));
  }
  const Sources sources = sources_of("system: s\ncurrency: £ million\nyears: [2025/26, 2026/27]\n", {plan});
  const auto before = assemble(sources);
  REQUIRE(before);
  const auto refused = tracker_of(sources, *before);
  REQUIRE(!refused);
  CHECK(to_text(refused.error().front()) ==
        "system.yaml: error: the plans count in '£ million', which a workbook's mapping cannot say; write £m, £k, £000, £, €m, $k or kr m");
}

TEST_CASE("a mapping that would turn one currency into another is refused") {
  const auto mapping = [](const std::string& units) {
    return "mapping: 1\nsystem: s\nheadings: [1]\n" + units +
           "years: [2025/26]\norganisations: {a: {}}\ncolumns: {title: Scheme, saving: {2025/26: 2025/26}}\n";
  };
  const std::string sheet = "Scheme,2025/26\nBeds,1\n";
  CHECK(first_plan(sheet, mapping("unit: kr m\n")).find("amounts are in kr m, but that the plans are in £m (plans_in)") != std::string::npos);
  CHECK(first_plan(sheet, mapping("unit: £m\nunits: {B: €m}\n")).find("the column 'B' is in €m, but that the plans are in £m") != std::string::npos);
  CHECK(first_plan(sheet, mapping("unit: kr m\nplans_in: kr k\n")).find("saving: [1000]") != std::string::npos);
  CHECK(first_plan(sheet, mapping("unit: £l\n")).find("unit is '£l', not a unit like £k, £m, £000 or €m") != std::string::npos);
}

TEST_CASE("an organisation that counts in its own unit says so beside its figures, and comes back the same to the bit") {
  const std::string in_thousands =
      "organisation: a\nunit: £k\nincome: [203.1, 208]\nspend: [205, 215]\ntarget: -1\nreserves: 350.1\none_offs: [1, 2]\n"
      "adjustments: {late: [1, -1]}\nconditional_funding: {amount: 7}\nsubstitutes: {rate: 40%, most: 9.9}\nschemes:\n"
      "  beds: {class: workforce, saving: [350.1, 0.7], cost: [12.3, 0]}\n"
      "  theatres: {class: workforce, saving: {full_year: 90, starts: 2025-10}}\n";
  const std::string in_millions = "organisation: b\nincome: 100\nspend: 105\ntarget: 0\nschemes: {wards: {class: workforce, saving: [3, 4]}}\n";
  const Sources sources = sources_of("system: s\nyears: [2025/26, 2026/27]\n", {in_thousands, in_millions});
  const auto before = assemble(sources);
  REQUIRE_MESSAGE(before, to_text(before ? Problem{} : before.error().front()));
  const Exported after = exported(sources, *before);
  CHECK(differences(*before, after.plans) == "");
  for (const char* sheet : {"Schemes", "Organisations"}) {
    const std::vector<SheetRow>& rows = after.workbook.find(sheet)->rows;
    int unit = -1, first = -1;
    for (const SheetCell& cell : rows.front().cells) {
      CHECK_MESSAGE(text_of(cell).find("£m") == std::string::npos, text_of(cell));
      if (cell.text == "Unit") unit = cell.column;
      if (cell.text == "Saving 2025/26" || cell.text == "Income 2025/26") first = cell.column;
    }
    REQUIRE(unit >= 0);
    REQUIRE(first >= 0);
    for (std::size_t r = 1; r < rows.size(); ++r) CHECK(text_of(*rows[r].find(unit)) == (r + 1 < rows.size() ? "£k" : "£m"));
    CHECK(rows[1].find(first)->number == (std::string_view(sheet) == "Schemes" ? 350.1 : 203.1));
  }
  CHECK(after.files[0].text.find("\nunit: £k\n") != std::string::npos);
  CHECK(after.files[1].text.find("\nunit:") == std::string::npos);
  CHECK_MESSAGE(after.account.find("a: 2 schemes, saving £350.100k in 2025/26") != std::string::npos, after.account);
  CHECK_MESSAGE(after.account.find("b: 1 scheme, saving £3.000m in 2025/26") != std::string::npos, after.account);
}

TEST_CASE("what plans by themselves say and those of a system may not goes to the system, and the limits of all hold") {
  const auto plan = [](const std::string& id, const std::string& more) {
    return Source{id + ".yaml", "organisation: " + id + "\nyears: [2025/26, 2026/27]\nincome: 100\nspend: 105\ntarget: 0\n" + more +
                                    "schemes: {beds: {class: workforce, saving: [3, 4]}}\n"};
  };
  const std::string list = "gates: [\"system.fails <= 30%\", \"a.fails.alone <= 40%\"]\n";
  for (const std::vector<Source>& plans :
       {std::vector{plan("a", list)},
        {plan("a", list + "year_starts: july\n")},
        {plan("a", list), plan("b", "")},
        {plan("a", list), plan("b", "gates: {limits: [\"b.fails.alone <= 50%\"], changes: [system.fails +2pp]}\n")},
        {plan("a", "gates: {changes: [system.fails +2pp]}\n"), plan("b", "gates: [\"b.fails.alone <= 50%\"]\n")}}) {
    Sources sources;
    sources.reference = built_in_reference();
    sources.organisations = plans;
    const auto before = assemble(sources);
    REQUIRE_MESSAGE(before, to_text(before ? Problem{} : before.error().front()));
    Exported after = exported(sources, *before);
    after.plans.system.title = before->system.title;
    CHECK(differences(*before, after.plans) == "");
    CHECK(after.plans.system.gates.size() == before->system.gates.size());
    CHECK(after.plans.system.changes.size() == before->system.changes.size());
    CHECK(after.files.front().text.find("gates") == std::string::npos);
  }
}

TEST_CASE("a column may say what each row counts in") {
  const auto mapping = [](const std::string& organisation) {
    return "mapping: 1\nsystem: s\nheadings: [1]\nunit: £m\nyears: [2025/26]\norganisations: {a: {" + organisation +
           "}}\ncolumns: {title: Scheme, unit: Unit, saving: {2025/26: 2025/26}, cost: {2025/26: Cost}}\n";
  };
  const std::string sheet = "Scheme,Unit,2025/26,Cost\nBeds,£k,350,20\nTheatres,£m,2,1\nWards,,£3m,0.5\n";
  const std::string plan = first_plan(sheet, mapping(""));
  CHECK_MESSAGE(plan.find("saving: [0.35]\n    cost: [0.02]") != std::string::npos, plan);
  CHECK_MESSAGE(plan.find("saving: [2]\n    cost: [1]") != std::string::npos, plan);
  CHECK_MESSAGE(plan.find("saving: [3]\n    cost: [0.5]") != std::string::npos, plan);
  const std::string own = first_plan(sheet, mapping("unit: £k, income: 5, spend: 6, target: 0"));
  CHECK_MESSAGE(own.find("unit: £k\nincome: [5]\n") != std::string::npos, own);
  CHECK_MESSAGE(own.find("saving: [350]\n    cost: [20]") != std::string::npos, own);
  CHECK_MESSAGE(own.find("saving: [2000]\n    cost: [1000]") != std::string::npos, own);
  const std::string account = account_of("Scheme,Unit,2025/26,Cost\nBeds,£l,350,0\nTheatres,€m,2,0\n", mapping(""));
  CHECK_MESSAGE(account.find("B2: '£l' is not a unit like £k, £m, £000 or €m") != std::string::npos, account);
  CHECK_MESSAGE(account.find("B3: the row is in €m, but the plans are in £m") != std::string::npos, account);
  CHECK(first_plan(sheet, mapping("unit: €k")) == "mapping.yaml:6:27: error: unit is '€k', not a unit of £ like £k (the plans count in £m)");
}

TEST_CASE("a text that is too long for a cell is cut between two letters, and no plan loses any that way") {
  const std::string most(most_cell_bytes - 1, 'a'), heading = "x" + [] {
    std::string out;
    for (int k = 0; k < 200; ++k) out += "£";
    return out;
  }();
  OutTable table{"", {}, {{heading, CellForm::text, 0, 20, false}, {"Other", CellForm::text, 0, 20, false}}, {{most + "💷💷", "b"}}, {}, true};
  const auto file = read_sheets(workbook_bytes({"", {{"S", {table}}}}, 1'700'000'000), "t.xlsx");
  REQUIRE_MESSAGE(file, to_text(file ? Problem{} : file.error().front()));
  CHECK(file->sheets.front().rows[0].cells[0].text.ends_with("£…"));
  CHECK(file->sheets.front().rows[1].cells[0].text == most + "…");

  std::string about;
  for (const char* key : {"one", "two", "three", "four"}) about += "      " + std::string(key) + ": " + std::string(9'000, 'x') + "\n";
  const Sources sources =
      sources_of("system: s\nyears: [2025/26]\n", {"organisation: a\nincome: 100\nspend: 105\ntarget: 0\nschemes:\n  beds:\n    class: workforce\n"
                                                   "    saving: [3]\n    about:\n" +
                                                   about});
  const auto plans = assemble(sources);
  REQUIRE_MESSAGE(plans, to_text(plans ? Problem{} : plans.error().front()));
  const auto refused = tracker_of(sources, *plans);
  REQUIRE(!refused);
  const std::string message = to_text(refused.error().front());
  CHECK_MESSAGE(message.starts_with("plan-0.yaml:6:3: error: scheme 'beds' has a text of 36,0"), message);
  CHECK_MESSAGE(message.find("but a cell of a workbook holds 32,000; shorten it") != std::string::npos, message);
}

TEST_CASE("a range drops out as the built-in reference says of its stage") {
  Problems none;
  const Source source = built_in_reference();
  const Reference reference = read_reference(*parse_document(source.text, source.name), none);
  for (std::size_t s = 1; s < stage_count; ++s) {
    const std::string stage(name_of(static_cast<Stage>(s)));
    const std::string plan = first_plan("Scheme,Stage,2025/26\nBeds," + stage + ",5-12\n",
                                        "mapping: 1\nsystem: s\nheadings: [1]\nunit: £m\nyears: [2025/26]\norganisations: {a: {}}\n"
                                        "columns: {title: Scheme, stage: Stage, saving: {2025/26: 2025/26}}\ndefault_class: workforce\n");
    const auto at = plan.find("drops_out: ");
    REQUIRE_MESSAGE(at != std::string::npos, plan);
    CHECK(std::stod(plan.substr(at + 11)) / 100 == doctest::Approx(reference.drops_out[s]).epsilon(1e-12));
  }
}

TEST_CASE("a file whose name begins with its only point is an organisation as others are") {
  const auto outcome = imported({*read_csv("Scheme,RAG,2025/26 £k\nBeds,Green,10\nAgency,Amber,20\nDrugs,Red,35\n", "trackers/.north"),
                                 *read_csv("Scheme,RAG,2025/26 £k\nWards,Green,40\nEstates,Amber,50\nPay,Red,60\n", "trackers/south.csv")},
                                "");
  CHECK_MESSAGE(outcome.text.find("no organisation") == std::string::npos, outcome.text);
  CHECK_MESSAGE(outcome.text.find("\nnorth: 3 schemes, ") != std::string::npos, outcome.text);
  CHECK_MESSAGE(outcome.text.find("\nsouth: 3 schemes, ") != std::string::npos, outcome.text);
}
