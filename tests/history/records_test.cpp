#include "history/records.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "history/actuals.hpp"
#include "plan/assemble.hpp"

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

// The plans of one organisation with two schemes, and so many more.
Plans trust_with(std::size_t more) {
  std::string text = "organisation: trust\nyears: [2017/18]\nincome: 100\nspend: 100\ntarget: 0\nschemes:\n";
  for (const std::string id : {"rotas", "wards"}) text += "  " + id + ": {class: workforce, saving: [2]}\n";
  for (std::size_t i = 0; i < more; ++i) text += "  s" + std::to_string(i) + ": {class: workforce, saving: [1]}\n";
  const auto plans = assemble({.system = {}, .organisations = {{"plan.yaml", text}}, .reference = built_in_reference(), .edits = {}});
  REQUIRE(plans);
  return *plans;
}

Checked<Actuals> read_seen(const std::string& rows, const Plans& plans, const Plans* others = nullptr) {
  const auto table = read_record_csv("as_at,organisation,scheme,to_date\n" + rows, "a.csv");
  REQUIRE(table);
  return read_actuals(*table, "a.csv", plans, {.others = others});
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
  CHECK(problem("a,s,workforce,developed,2017/18,2,2468000,,,\n") ==
        "records.csv:2:35: warning: delivered 1,234,000 times its plan (are both in one unit?); it counts");
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

TEST_CASE("rows of what only another revision has end no reading, however many, and are told of once a scheme") {
  const Plans old_plans = trust_with(90), new_plans = trust_with(0);
  std::string rows;
  for (int month = *parse_month("2017-04"); month <= *parse_month("2018-03"); ++month)
    for (int i = 0; i < 90; ++i) rows += month_text(month) + ",trust,s" + std::to_string(i) + ",0.1\n";
  // 1,080 rows are left out; a good one below them counts, and a bad one is told of.
  const auto seen = read_seen(rows + "2017-12,trust,rotas,0.5\n", new_plans, &old_plans);
  REQUIRE(seen);
  CHECK(seen->rows.size() == 1);
  CHECK(seen->months == std::vector<int>{*parse_month("2017-12")});
  REQUIRE(seen->warnings.size() == 90);
  CHECK(to_text(seen->warnings.front()) ==
        "a.csv:2:15: warning: only one of the revisions has the scheme trust/s0 (what was seen of it counts in that one alone)");
  const auto bad = read_seen(rows + "2017-13,trust,rotas,0.5\n", new_plans, &old_plans);
  REQUIRE_FALSE(bad);
  CHECK(to_text(bad.error().back()) == "a.csv:1082:1: error: as_at is '2017-13', not a month like 2017-10");
}

TEST_CASE("what was seen of a scheme that is delivered is told of once where it is off what is banked, and why it does not count") {
  const std::string text =
      "organisation: trust\nyears: [2017/18, 2018/19]\nincome: 100\nspend: 100\ntarget: 0\nschemes:\n"
      "  chc: {class: transactional, stage: delivered, saving: [8, 12]}\n  gas: {stage: delivered, saving: [4, 4]}\n"
      "  rotas: {class: workforce, saving: [4, 4]}\n";
  const auto plans = assemble({.system = {}, .organisations = {{"plan.yaml", text}}, .reference = built_in_reference(), .edits = {}});
  REQUIRE(plans);
  const auto warned = [&](const std::string& rows, std::optional<int> as_at = {}) {
    const auto table = read_record_csv("as_at,organisation,scheme,to_date,status,unit\n" + rows, "a.csv");
    REQUIRE(table);
    const auto seen = read_actuals(*table, "a.csv", *plans, {.as_at = as_at});
    REQUIRE(seen);
    std::vector<std::string> out;
    for (const Problem& problem : seen->warnings) out.push_back(to_text(problem));
    return out;
  };
  using Texts = std::vector<std::string>;
  const std::string why = "; that does not count, as the plan takes it as delivered (its saving is banked); change its stage:";
  const std::string months = "2017-05,trust,chc,0,,\n2017-06,trust,chc,0,,\n";
  CHECK(warned(months) == Texts{"a.csv:3:15: warning: trust/chc has saved £0m of £2m planned by 2017-06" + why});
  CHECK(warned(months, parse_month("2017-05")) == Texts{"a.csv:2:15: warning: trust/chc has saved £0m of £1.333m planned by 2017-05" + why});
  // By the year that it is of, in its own unit, and above what is banked as well as below.
  CHECK(warned("2018-09,trust,chc,6600,,£k\n") == Texts{"a.csv:2:15: warning: trust/chc has saved £6.6m of £6m planned by 2018-09" + why});
  const std::string gas = "a.csv:2:15: warning: trust/gas was dropped by 2017-06", more = why + " and give it a class: or a delivery:";
  CHECK(warned("2017-06,trust,gas,0.5,dropped,\n") == Texts{gas + ", having saved £0.5m of £1m planned" + more});
  CHECK(warned("2017-06,trust,gas,,dropped,\n") == Texts{gas + more});
  // As near as it is measured, or as it is only asserted; what is said to be so; and a scheme of which something can be learnt.
  CHECK(warned("2017-06,trust,gas,1.04,,\n2017-06,trust,chc,1.75,asserted,\n").empty());
  CHECK(warned("2017-06,trust,gas,1.06,,\n2017-06,trust,chc,1.65,asserted,\n").size() == 2);
  CHECK(warned("2017-06,trust,gas,,delivered,\n2017-06,trust,rotas,0,,\n2017-09,trust,rotas,,dropped,\n").empty());
}

TEST_CASE("what is restated is told with all its digits") {
  const auto seen = read_seen("2017-09,trust,rotas,12340.5\n2017-12,trust,rotas,12000\n", trust_with(0));
  REQUIRE(seen);
  REQUIRE(seen->warnings.size() == 1);
  CHECK(to_text(seen->warnings.front()) ==
        "a.csv:3:15: warning: trust/rotas has saved 12,000 by 2017-12, and had 12,340.5 by 2017-09 (restated; the later counts)");
}
