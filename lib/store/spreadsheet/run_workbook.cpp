#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "base/money.hpp"
#include "plan/profile.hpp"
#include "store/spreadsheet/answer_sheets.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {
namespace {

using Cells = OutCells;

class RunSheets {
 public:
  RunSheets(const RunResult& result, const Plans& plans) : r_(result), plans_(plans) {}

  OutSheet headline() const {
    OutTable t;
    t.title = r_.title.empty() ? r_.system : r_.title;
    t.notes = {fmt::format("{}; {} of savings planned; {} simulated; optimism {:g}", counted(r_.organisations.size(), "organisation"),
                           money_text(r_.planned_saving, r_.currency), counted(r_.trials, "future"), r_.optimism),
               "Fails: falls further below its target than its reserves can carry. Alone: by its own means. Together: under the agreement that binds "
               "it. Intervals hold 95 times in 100.",
               fmt::format("Money in {}.", r_.currency)};
    t.columns = {text_column("Organisation"),
                 share_column("Fails alone"),
                 share_column("from"),
                 share_column("to"),
                 share_column("Fails together"),
                 share_column("together from"),
                 share_column("together to"),
                 money_column("Saving planned"),
                 money_column("Saving expected"),
                 money_column("Reserves"),
                 money_column("Reserves to add, 80 % sure")};
    for (const OrganisationResult& o : r_.organisations) {
      Cells row = {o.title};
      add_with_interval(row, o.alone);
      add_with_interval(row, o.together);
      for (const double money : {o.saving.planned, o.saving.mean.value, o.reserves, o.contingency.p80.value}) row.emplace_back(money);
      t.rows.push_back(std::move(row));
    }
    Cells all = {"All counted as one"};
    all.resize(4);
    add_with_interval(all, r_.system_fails);
    all.emplace_back(r_.planned_saving);
    all.emplace_back(std::accumulate(r_.organisations.begin(), r_.organisations.end(), 0.0,
                                     [](double s, const OrganisationResult& o) { return s + o.saving.mean.value; }));
    all.emplace_back(r_.reserves);
    all.emplace_back(r_.system_contingency.p80.value);
    t.rows.push_back(std::move(all));
    return {"Headline", {std::move(t)}};
  }

  OutSheet years() const {
    OutTable t;
    t.title = "Each organisation by year";
    t.notes = {fmt::format("Position: income less spend after savings, in {}. Failed by then: in that year or before.", r_.currency)};
    t.columns = {text_column("Organisation"),
                 text_column("Year", 12),
                 money_column("Target"),
                 money_column("Position planned"),
                 money_column("Position expected"),
                 money_column("Position P10"),
                 money_column("Position P90"),
                 share_column("Failed alone by then"),
                 share_column("Failed together by then")};
    for (const OrganisationResult& o : r_.organisations) {
      const Organisation* plan = plans_.find(o.id);
      for (std::size_t y = 0; y < r_.years.size(); ++y)
        t.rows.push_back({o.title, r_.years[y], plan == nullptr ? OutCell() : OutCell(plan->target[y]), o.position.planned[y], o.position.mean[y],
                          o.position.p10[y], o.position.p90[y], o.alone_by_year[y].value, o.together_by_year[y].value});
    }
    return {"By year", {std::move(t)}};
  }

  OutSheet shortfalls() const {
    OutTable t;
    t.title = "How far below target";
    t.notes = {fmt::format("The largest shortfall over the years, in {}: so much or less in that share of futures.", r_.currency)};
    t.columns = {share_column("Share of futures", 0)};
    for (const OrganisationResult& o : r_.organisations) t.columns.push_back(money_column(o.title));
    const auto line = [&](double share, Estimate ShortfallResult::*which) {
      Cells row = {share};
      for (const OrganisationResult& o : r_.organisations) row.emplace_back((o.shortfall.*which).value);
      t.rows.push_back(std::move(row));
    };
    line(0.50, &ShortfallResult::p50);
    line(0.80, &ShortfallResult::p80);
    line(0.90, &ShortfallResult::p90);
    line(0.95, &ShortfallResult::p95);
    OutChart chart;
    chart.title = "Shortfall by how sure one wants to be";
    chart.x_title = "share of futures";
    chart.y_title = r_.currency;
    for (std::size_t c = 1; c < t.columns.size(); ++c) chart.columns.push_back(c);
    t.chart = std::move(chart);
    return {"Shortfall", {std::move(t)}};
  }

  OutSheet schemes() const {
    OutTable t;
    t.title = "The schemes, as planned";
    t.notes = {fmt::format("In {}. What each is expected to deliver is in 'shortfall explain'.", r_.currency)};
    t.columns = {text_column("Organisation", 24), text_column("Id", 24),    text_column("Scheme", 36),
                 text_column("Class", 20),        text_column("Stage", 14), text_column("Recurrent", 10)};
    for (const std::string& year : r_.years) t.columns.push_back(money_column(year));
    t.columns.push_back(money_column("All years"));
    t.columns.push_back(text_column("Reference", 14));
    for (const Organisation& o : plans_.organisations)
      for (const Scheme& s : o.schemes) {
        Cells row = {o.title,
                     s.id.value,
                     s.title,
                     s.reference_class ? s.reference_class->value : std::string(),
                     std::string(name_of(s.stage.value)),
                     s.recurrent ? "yes" : "no"};
        double sum = 0;
        for (const double saving : planned_saving(s, plans_.system.years)) row.emplace_back(saving), sum += saving;
        row.emplace_back(sum);
        std::string ref;
        for (const auto& [key, text] : s.about)
          if (key == "ref") ref = text;
        row.emplace_back(ref);
        t.rows.push_back(std::move(row));
      }
    return {"Schemes", {std::move(t)}};
  }

  OutSheet joint() const {
    OutTable t;
    t.title = "Failing at once";
    t.notes = {"Of the futures in which the organisation above fails, the share in which the one at the left fails too (each on its own)."};
    t.columns = {text_column("Organisation")};
    for (const OrganisationResult& o : r_.organisations) t.columns.push_back({o.title, CellForm::share, 0, 14, true});
    for (std::size_t i = 0; i < r_.pairs_given.size(); ++i) {
      Cells row = {r_.organisations[i].title};
      for (const double given : r_.pairs_given[i]) row.push_back(std::isnan(given) ? OutCell("") : OutCell(given));
      t.rows.push_back(std::move(row));
    }
    OutTable count;
    count.title = "How many fail";
    count.filters = false;
    count.columns = {{"Organisations", CellForm::count, 0, 30, false}, share_column("each on its own"), share_column("together")};
    for (std::size_t k = 0; k < r_.joint.count.size(); ++k)
      count.rows.push_back({static_cast<double>(k), r_.joint.count[k].value,
                            k < r_.joint_together.count.size() ? OutCell(r_.joint_together.count[k].value) : OutCell()});
    return {"Failing at once", {std::move(t), std::move(count)}};
  }

  OutSheet gates() const { return {"Gates", {gates_table(r_.gates)}}; }

  OutSheet rests_on(const Provenance& provenance) const {
    OutTable classes;
    classes.title = "What the answer rests on";
    classes.notes = {fmt::format("{}; seed {}; {} sampling; optimism {:g}; reference classes of {}", provenance.program, r_.seed, r_.sampling,
                                 r_.optimism, r_.reference)};
    classes.columns = {text_column("Class", 24),
                       text_column("Grade", 12),
                       {"Schemes", CellForm::count, 0, 10, false},
                       money_column("Planned"),
                       text_column("Source", 90)};
    classes.filters = false;
    for (const ClassUsed& c : r_.classes)
      classes.rows.push_back({c.id.empty() ? "a delivery of its own" : c.id, c.grade, static_cast<double>(c.schemes), c.planned, c.source});
    std::vector<OutTable> tables = source_tables(provenance);
    tables.front().notes.clear();
    tables.insert(tables.begin(), std::move(classes));
    return {"Rests on", std::move(tables)};
  }

 private:
  const RunResult& r_;
  const Plans& plans_;
};

}  // namespace

OutWorkbook workbook_of(const RunResult& result, const Plans& plans, const Provenance& provenance) {
  const RunSheets sheets(result, plans);
  OutWorkbook out;
  out.title = result.title.empty() ? result.system : result.title;
  out.sheets = {sheets.headline(), sheets.years(), sheets.shortfalls(),        sheets.schemes(),
                sheets.joint(),    sheets.gates(), sheets.rests_on(provenance)};
  return out;
}

}  // namespace shortfall
