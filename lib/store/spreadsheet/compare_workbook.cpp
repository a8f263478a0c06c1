// What a revision did: every measure before and now, the edits and what each did, limits.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "store/spreadsheet/answer_sheets.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {
namespace {

class CompareSheets {
 public:
  explicit CompareSheets(const CompareResult& result)
      : r_(result), single_(result.before.organisations.size() == 1 && result.after.organisations.size() == 1) {}

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
    t.title = fmt::format("What was changed, and what each edit did to the chance that the {} fails", whole());
    t.columns = {text_column("Edit", 44)};
    if (!single_) t.columns.push_back(text_column("Whose", 24));
    const std::size_t drawn = t.columns.size();
    add_with_interval(t.columns, share_column(whole_fails(), 2));
    t.columns.push_back(share_column("made alone", 2));
    t.columns.push_back(share_column("withheld alone", 2));
    if (!single_) add_with_interval(t.columns, share_column("Owner fails alone", 2));
    if (!single_) add_with_interval(t.columns, share_column("Owner fails together", 2));
    if (!r_.effects) {
      t.notes = {"Which edit did it was not asked for, or there is nothing to tell apart."};
      return {"Effects of edits", {std::move(t)}};
    }
    t.notes = {"An edit's effect is the mean of making it alone in the old plan and of withholding it alone from the new one."};
    for (const Effect& e : r_.effects->list) {
      OutCells row = {e.name};
      if (!single_) row.emplace_back(e.owner);
      add_with_interval(row, e.system);
      row.emplace_back(e.made_alone);
      row.emplace_back(e.withheld_alone);
      if (!single_) add_with_interval(row, e.alone);
      if (!single_) add_with_interval(row, e.together);
      t.rows.push_back(std::move(row));
    }
    t.chart = OutChart{
        OutChart::Kind::bar, fmt::format("Effects of edits on the chance that the {} fails", whole()), "", "change of the chance", {drawn}, 20};
    return {"Effects of edits", {std::move(t), together()}};
  }

  // What all edits did, beneath each one's effect.
  OutTable together() const {
    OutTable sum;
    sum.filters = false;
    sum.columns = {text_column("Together", 44)};
    if (!single_) sum.columns.push_back(text_column("", 24));
    add_with_interval(sum.columns, share_column(whole_fails(), 2));
    for (const auto& [name, e] :
         {std::pair("all edits", &r_.effects->total), std::pair("of it: what they do to one another", &r_.effects->interaction)}) {
      OutCells row = {name};
      if (!single_) row.emplace_back("");
      add_with_interval(row, *e);
      sum.rows.push_back(std::move(row));
    }
    return sum;
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
    std::vector<OutTable> tables = source_tables(before), now = source_tables(after);
    tables.front().title = "Files of the old revision";
    now.front().title = "Files of the new one";
    tables.insert(tables.end(), now.begin(), now.end());
    return {"Rests on", std::move(tables)};
  }

 private:
  // A plan of one organisation is no system.
  std::string whole() const { return single_ ? "plan" : "system"; }
  std::string whole_fails() const { return single_ ? "Plan fails" : "System fails"; }

  std::string name(const std::string& subject) const {
    if (single_ && subject == "system") return r_.after.organisations.front().title;
    for (const OrganisationResult& o : r_.after.organisations)
      if (o.id == subject) return o.title;
    return subject;
  }

  // What is told of all counted as one, of any or all, or of a pool, and is told of the only organisation as well.
  bool told_twice(const MeasureChange& m) const {
    const std::string& only = r_.after.organisations.front().id;
    if (!single_ || m.subject == only) return false;
    if (m.subject == "any" || m.subject == "all") return true;
    const auto near = [](double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(a)); };
    return std::any_of(r_.measures.begin(), r_.measures.end(), [&](const MeasureChange& own) {
      const bool same = own.measure == m.measure || own.measure.starts_with(m.measure + ".");
      return own.subject == only && same && near(own.before, m.before) && near(own.after, m.after);
    });
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
      if (m.chance != of_chances || (headline ? !m.headline : told_twice(m))) continue;
      OutCells row = {name(m.subject), m.measure, m.before, m.after};
      add_with_interval(row, m.change);
      row.emplace_back(m.material);
      row.emplace_back(std::string(name_of(m.verdict)));
      t.rows.push_back(std::move(row));
    }
    return t;
  }

  const CompareResult& r_;
  bool single_;
};

}  // namespace

OutWorkbook workbook_of(const CompareResult& result, const std::string& verdict, const Provenance& before, const Provenance& after) {
  const CompareSheets sheets(result);
  return {sheets.title(),
          {sheets.verdict(verdict), sheets.chances(), sheets.money(), sheets.edits(), sheets.changes(), sheets.limits(),
           CompareSheets::rests_on(before, after)}};
}

}  // namespace shortfall
