// What a revision did: every measure before and now, the edits and what each did, limits.
#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "store/spreadsheet/answer_sheets.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {
namespace {

class CompareSheets {
 public:
  explicit CompareSheets(const CompareResult& result) : r_(result) {}

  std::string title() const { return r_.after.title.empty() ? r_.after.system : r_.after.title; }

  OutSheet verdict(const std::string& verdict) const {
    OutTable t = measures(true, true);
    t.title = title();
    t.notes = {verdict,
               fmt::format("{}; seed {}; optimism {:g}. A change counts beyond {:g} point{} of a chance; intervals of changes hold 95 times in 100, "
                           "widened for every look at more futures.",
                           counted(r_.after.trials, "simulated future"), r_.after.seed, r_.after.optimism, 100 * r_.material,
                           r_.material == 0.01 ? "" : "s")};
    return {"Verdict", {std::move(t)}};
  }

  OutSheet chances() const { return {"Chances", {measures(true, false)}}; }
  OutSheet money() const { return {"Money", {measures(false, false)}}; }

  OutSheet edits() const {
    OutTable t;
    t.title = "What was changed, and what each edit did to the chance that the system fails";
    t.columns = {text_column("Edit", 44), text_column("Whose", 24)};
    add_with_interval(t.columns, share_column("System fails", 2));
    t.columns.push_back(share_column("made alone", 2));
    t.columns.push_back(share_column("withheld alone", 2));
    add_with_interval(t.columns, share_column("Owner fails alone", 2));
    add_with_interval(t.columns, share_column("Owner fails together", 2));
    if (!r_.effects) {
      t.notes = {"Which edit did it was not asked for, or there is nothing to tell apart."};
      return {"Effects of edits", {std::move(t)}};
    }
    t.notes = {"An edit's effect is the mean of making it alone in the old plan and of withholding it alone from the new one."};
    for (const Effect& e : r_.effects->list) {
      OutCells row = {e.name, e.owner};
      add_with_interval(row, e.system);
      row.emplace_back(e.made_alone);
      row.emplace_back(e.withheld_alone);
      add_with_interval(row, e.alone);
      add_with_interval(row, e.together);
      t.rows.push_back(std::move(row));
    }
    t.chart = OutChart{OutChart::Kind::bar, "Effects of edits on the chance that the system fails", "", "change of the chance", {2}, 20};
    OutTable sum;
    sum.filters = false;
    sum.columns = {text_column("Together", 44), text_column("", 24)};
    add_with_interval(sum.columns, share_column("System fails", 2));
    for (const auto& [name, e] :
         {std::pair("all edits", &r_.effects->total), std::pair("of it: what they do to one another", &r_.effects->interaction)}) {
      OutCells row = {name, ""};
      add_with_interval(row, *e);
      sum.rows.push_back(std::move(row));
    }
    return {"Effects of edits", {std::move(t), std::move(sum)}};
  }

  OutSheet changes() const {
    OutTable t;
    t.title = "Every edit, in the plans' own words";
    t.columns = {text_column("Path", 44), text_column("Kind", 10),  text_column("Before", 30),
                 text_column("Now", 30),  text_column("Where", 30), text_column("Counts", 10)};
    for (const Change& c : r_.difference.changes)
      t.rows.push_back({c.path, std::string(name_of(c.kind)), c.before, c.after, to_text(c.place), c.counts ? "yes" : "no"});
    return {"Edits", {std::move(t)}};
  }

  OutSheet limits() const {
    OutTable t;
    t.title = "Limits on changes";
    t.filters = false;
    t.columns = {text_column("Limit", 44)};
    add_with_interval(t.columns, {"Change", CellForm::number, 4, 12, false});
    t.columns.push_back(text_column("Verdict", 12));
    for (const ChangeLimitResult& l : r_.limits) {
      OutCells row = {l.limit.expression};
      add_with_interval(row, l.change);
      row.emplace_back(std::string(name_of(l.verdict)));
      t.rows.push_back(std::move(row));
    }
    if (t.rows.empty()) t.notes = {"No limits were set."};
    return {"Gates", {gates_table(r_.after.gates), std::move(t)}};
  }

  static OutSheet rests_on(const Provenance& before, const Provenance& after) {
    OutTable old = files_table(before), now = files_table(after);
    old.title = "Files of the old revision";
    now.title = "Files of the new one";
    return {"Rests on", {std::move(old), std::move(now)}};
  }

 private:
  std::string name(const std::string& subject) const {
    for (const OrganisationResult& o : r_.after.organisations)
      if (o.id == subject) return o.title;
    return subject;
  }

  OutTable measures(bool of_chances, bool headline) const {
    OutTable t;
    t.title = of_chances ? "Every chance" : "Every sum of money";
    if (!of_chances) t.notes = {fmt::format("Money in {}.", r_.after.currency)};
    const auto column = [&](const char* title) { return of_chances ? share_column(title, 2) : money_column(title); };
    t.columns = {text_column("Subject"), text_column("Measure", 34), column("Before"), column("Now")};
    add_with_interval(t.columns, column("Change"));
    t.columns.push_back(column("Material beyond"));
    t.columns.push_back(text_column("Verdict", 20));
    for (const MeasureChange& m : r_.measures) {
      if (m.chance != of_chances || (headline && !m.headline)) continue;
      OutCells row = {name(m.subject), m.measure, m.before, m.after};
      add_with_interval(row, m.change);
      row.emplace_back(m.material);
      row.emplace_back(std::string(name_of(m.verdict)));
      t.rows.push_back(std::move(row));
    }
    return t;
  }

  const CompareResult& r_;
};

}  // namespace

OutWorkbook workbook_of(const CompareResult& result, const std::string& verdict, const Provenance& before, const Provenance& after) {
  const CompareSheets sheets(result);
  return {sheets.title(),
          {sheets.verdict(verdict), sheets.chances(), sheets.money(), sheets.edits(), sheets.changes(), sheets.limits(),
           CompareSheets::rests_on(before, after)}};
}

}  // namespace shortfall
