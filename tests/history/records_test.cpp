#include "history/records.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace shortfall;

namespace {

const std::vector<std::string> classes = {"workforce", "transactional"};
const std::string headings = "organisation,scheme,class,stage,year,planned,delivered,status,planned_start,started\n";

Checked<Records> read(const std::string& text, std::optional<int> as_at = {}) {
  const auto table = read_record_csv(text, "records.csv");
  if (!table) return tl::make_unexpected(table.error());
  return read_records(*table, "records.csv", classes, as_at);
}

// The one problem of a record below the headings.
std::string problem(const std::string& row, std::optional<int> as_at = {}) {
  const auto records = read(headings + row, as_at);
  if (records) return records->warnings.empty() ? "none" : to_text(records->warnings.front());
  return to_text(records.error().front());
}

}  // namespace

TEST_CASE("records are read by the names of their columns, in any order, as spreadsheets write them") {
  const auto records = read(
      "\xef\xbb\xbfYear;Class;Planned;Delivered;Scheme;Organisation;Stage;Status\r\n"
      "2017/18;workforce;\"1,200.5\";£600;\"Rota; nights, \"\"new\"\"\";acute;in "
      "progress;Finished\r\n\r\n2018/19;transactional;3;;tariff;ccg;;running\r\n");
  REQUIRE(records);
  REQUIRE(records->rows.size() == 2);
  const Record& r = records->rows[0];
  CHECK(r.scheme == "Rota; nights, \"new\"");
  CHECK(r.planned == 1200.5);
  CHECK(*r.delivered == 600);
  CHECK(r.stage == Stage::in_progress);
  CHECK(r.status == RecordStatus::finished);
  CHECK(records->rows[1].line == 4);
  CHECK_FALSE(records->rows[1].delivered);
  CHECK(month_text(records->as_at) == "2019-03");
}

TEST_CASE("without a status, what delivered exactly nothing is taken as dropped") {
  const auto records = read("organisation,scheme,class,stage,year,planned,delivered\na,s,workforce,developed,2017/18,2,0\n");
  REQUIRE(records);
  CHECK(records->rows[0].status == RecordStatus::dropped);
}

TEST_CASE("a bad record is named by its cell, and said in a word") {
  CHECK(problem("a,s,workfarce,developed,2017/18,2,1,,,\n") ==
        "records.csv:2:5: error: no class 'workfarce' in the prior reference file; did you mean 'workforce'?");
  CHECK(problem("a,s,workforce,developed,2017/18,,1,,,\n") == "records.csv:2:33: error: delivered without a plan (a share of nothing says nothing)");
  CHECK(problem("a,s,workforce,developed,2017/18,-2,1,,,\n") ==
        "records.csv:2:33: error: planned is -2, and a share of plan needs one above 0 (a plan to spend more is no saving)");
  CHECK(problem("a,s,workforce,developed,2017/18,2,1,dropped,,\n") ==
        "records.csv:2:35: error: dropped, but delivered 1 (what was dropped delivers nothing); call it finished, or delivered 0");
  CHECK(problem("a,s,workforce,developed,2017/18,2,,finished,,\n").find("it does not say what was delivered") != std::string::npos);
  CHECK(problem("a,s,workforce,developed,2017,2,1,finished,,\na,s,workforce,developed,2017,3,1,,,\n") ==
        "records.csv:3:3: error: 's' of a in 2017 stands on line 2 already; keep one");
  CHECK(problem("a,s,workforce,developed,2024/25,2,1,finished,,\n", *parse_month("2024-12")) ==
        "records.csv:2:25: error: finished, but 2024/25 ends after 2024-12 (so it is still running); say so, or give a later --as-at");
  CHECK(problem("a,s,workforce,developed,2017/18,2,1,finished,2017-04,2019-04\n") ==
        "records.csv:2:54: error: finished, but started in 2019-04, after 2018-03 (so it is still to come); mend the one or the other");
  CHECK(problem("a,s,workforce,developped,2017/18,2,1,,,\n").find("did you mean 'developed'?") != std::string::npos);
  CHECK(problem("a,s,workforce,developed,17/18,2,1,,,\n").find("not a year like 2017/18") != std::string::npos);
  CHECK(problem("a,s,workforce,developed,2017/18,two,1,,,\n").find("planned is 'two', not a number") != std::string::npos);
  CHECK(problem("a,s,workforce,developed,2017/18,2,20,,,\n") ==
        "records.csv:2:35: warning: delivered 10 times its plan (are both in one unit?); it counts");
}

TEST_CASE("a table that is no table of records is refused by its first row") {
  CHECK(to_text(read("").error().front()) == "records.csv: error: no records here (the first row names the columns)");
  CHECK(to_text(read("organisation,scheme,clas,stage,year,planned,delivered\n").error().front())
            .find("unknown heading 'clas'; did you mean 'class'?") != std::string::npos);
  CHECK(to_text(read(headings).error().front()).find("no record stands below the headings") != std::string::npos);
  CHECK(to_text(read("organisation,\"scheme\n1,2\n").error().front()) == "records.csv:1:1: error: a quotation mark opens here and never closes");
  CHECK(to_text(read("organisation,sch\xe9me\n").error().front()).find("not UTF-8") != std::string::npos);
}

TEST_CASE("every bad record is reported, up to a thousand") {
  std::string text = headings;
  for (int i = 0; i < 5000; ++i) text += "a,s" + std::to_string(i) + ",nothing,developed,2017/18,2,1,,,\n";
  const auto records = read(text);
  REQUIRE_FALSE(records);
  CHECK(records.error().size() == 1000);
}
