// Whether to pool: who would break ranks, what pooling saves whom, every coalition, who swims and who sinks, mutual aid.
#include <fmt/format.h>

#include <cmath>

#include "store/spreadsheet/answer_sheets.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {
namespace {

class PoolSheets {
 public:
  explicit PoolSheets(const PoolingResult& result) : r_(result), s_(result.setting) {}

  std::string title() const { return s_.title.empty() ? s_.system : s_.title; }

  OutSheet ranks() const {
    std::vector<OutTable> tables;
    for (const AgreementPoolResult& p : r_.pools) {
      OutTable t;
      t.title = p.agreed ? "Breaking ranks: how likely each fails itself" : "Were all joint and several: how likely each would fail itself";
      t.notes = {names(p.members), fmt::format("{}. A change below {:g} point{} is no reason to leave.", std::string(name_of(p.verdict)),
                                               100 * r_.material, r_.material == 0.01 ? "" : "s")};
      t.filters = false;
      t.columns = {text_column("Member")};
      for (const char* what : {"All stay", "It leaves", "Others leave", "All leave", "The rest fail, when it leaves"})
        add_with_interval(t.columns, share_column(what, 2));
      t.columns.push_back(text_column("Interest", 18));
      t.columns.push_back(text_column("Would withdraw", 30));
      for (const MemberResult& m : p.ranks) {
        OutCells row = {s_.organisations[m.organisation].title};
        for (const Estimate* e : {&m.all_stay, &m.i_leave, &m.others_leave, &m.everyone_alone, &m.left_behind}) add_with_interval(row, *e);
        row.emplace_back(std::string(name_of(m.interest)));
        row.emplace_back(fmt::format("{}", fmt::join(m.withdraws, ", ")));
        t.rows.push_back(std::move(row));
      }
      tables.push_back(std::move(t));
    }
    tables.front().notes.insert(tables.front().notes.begin(), {title(), asked_line(s_)});
    return {"Ranks", std::move(tables)};
  }

  OutSheet reserves() const {
    OutTable t;
    t.title = "Reserves to add to be 80 % sure, by itself and in one pool of all";
    t.notes = {fmt::format("In {}. The share in one pool is Shapley's; it saves what it would need by itself less that.", s_.currency)};
    t.columns = {text_column("Organisation")};
    add_with_interval(t.columns, share_column("Fails by itself", 2));
    add_with_interval(t.columns, money_column("Reserves by itself"));
    if (r_.game) {
      add_with_interval(t.columns, money_column("Share in one pool"));
      add_with_interval(t.columns, money_column("Pooling saves it"));
    }
    for (std::size_t o = 0; o < s_.organisations.size(); ++o)
      for (const CoalitionResult& c : r_.coalitions) {
        if (c.members != Members{static_cast<std::uint32_t>(o)}) continue;
        OutCells row = {s_.organisations[o].title};
        add_with_interval(row, c.fails);
        add_with_interval(row, c.contingency);
        if (r_.game) {
          add_with_interval(row, r_.game->share[o]);
          add_with_interval(row, r_.game->benefit_share[o]);
        }
        t.rows.push_back(std::move(row));
      }
    t.chart =
        OutChart{OutChart::Kind::bar, "Reserves to add", "", s_.currency, r_.game ? std::vector<std::size_t>{4, 7} : std::vector<std::size_t>{4}, 0};
    return {"Reserves", {std::move(t)}};
  }

  OutSheet coalitions() const {
    OutTable t;
    t.title = "Coalitions, each as a pool of its own";
    if (!r_.every_coalition) t.notes = {"Of so many organisations: single ones, pairs, all but one, and all."};
    t.columns = {text_column("Members", 50), count_column("Size"), money_column("Reserves held")};
    add_with_interval(t.columns, {"Fails", CellForm::share, 2, 12, true});
    add_with_interval(t.columns, money_column("Reserves to add"));
    for (const CoalitionResult& c : r_.coalitions) {
      OutCells row = {names(c.members), static_cast<double>(c.members.size()), c.reserves};
      add_with_interval(row, c.fails);
      add_with_interval(row, c.contingency);
      t.rows.push_back(std::move(row));
    }
    return {"Coalitions", {std::move(t)}};
  }

  OutSheet fates() const {
    OutTable t;
    t.title = "Swim together or sink alone";
    t.columns = {text_column("Agreement"), text_column("Organisation")};
    for (const char* what : {"Swims", "Rescued", "Dragged under", "Sinks"}) add_with_interval(t.columns, share_column(what, 2));
    for (const SwimSinkResult& a : r_.agreements)
      for (std::size_t o = 0; o < a.organisations.size(); ++o) {
        const SwimSinkResult::Fate& f = a.organisations[o];
        OutCells row = {a.agreement, s_.organisations[o].title};
        for (const Estimate* e : {&f.swims, &f.rescued, &f.dragged_under, &f.sinks}) add_with_interval(row, *e);
        t.rows.push_back(std::move(row));
      }
    return {"Swim or sink", {std::move(t)}};
  }

  OutSheet aid() const {
    OutTable t;
    t.title = "Mutual aid: all helping each other by up to so much a year each";
    t.notes = {fmt::format("In {}.", s_.currency)};
    t.columns = {text_column("Aid a year", 16)};
    add_with_interval(t.columns, share_column("Any fails", 2));
    add_with_interval(t.columns, share_column("All fail", 2));
    for (const AidResult& a : r_.aid) {
      OutCells row = {std::isfinite(a.aid) ? OutCell(a.aid) : OutCell("without limit")};
      add_with_interval(row, a.any);
      add_with_interval(row, a.all);
      t.rows.push_back(std::move(row));
    }
    t.chart = OutChart{OutChart::Kind::line, "Mutual aid", "aid a year, each", "chance", {1, 4}, 0};
    return {"Mutual aid", {std::move(t)}};
  }

 private:
  std::string names(const Members& members) const {
    std::string out;
    for (const std::uint32_t o : members) out += (out.empty() ? "" : ", ") + s_.organisations[o].title;
    return out;
  }

  const PoolingResult& r_;
  const Setting& s_;
};

}  // namespace

OutWorkbook workbook_of(const PoolingResult& result, const Provenance& provenance) {
  const PoolSheets sheets(result);
  return {sheets.title(),
          {sheets.ranks(), sheets.reserves(), sheets.coalitions(), sheets.fates(), sheets.aid(), {"Rests on", source_tables(provenance)}}};
}

}  // namespace shortfall
