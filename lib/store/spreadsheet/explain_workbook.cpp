// What drives the failures: every scheme, shared luck, whose the worst futures are, what varies.
#include <fmt/format.h>

#include <algorithm>

#include "store/spreadsheet/answer_sheets.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"
#include "study/variance_shares.hpp"

namespace shortfall {
namespace {

class ExplainSheets {
 public:
  explicit ExplainSheets(const ExplainResult& result)
      : r_(result), s_(result.setting), single_(result.setting.organisations.size() == 1), whole_(single_ ? "plan" : "system") {}

  std::string title() const { return s_.title.empty() ? s_.system : s_.title; }

  OutSheet schemes() const {
    OutTable t = of_schemes(
        fmt::format("Schemes: what it does to the chance that the {} fails if one is certain, {} months late, or lost", whole_, months_late));
    for (const char* what : {"If certain", "If late", "If lost"}) add_with_interval(t.columns, share_column(what, 2));
    for (std::size_t k = 0; k < r_.schemes.size(); ++k)
      for (const SchemeEffect* e : effects(r_.schemes[k])) add_with_interval(t.rows[k], e->system);
    // In the place of a tornado: both ends of each scheme's span.
    t.chart = OutChart{OutChart::Kind::bar, fmt::format("Change of the chance that the {} fails", whole_), "", "if certain, if lost", {4, 10}, 15};
    return {"Schemes", {std::move(t)}};
  }

  // Of one organisation, whose chance to fail is the plan's and stands among the schemes already.
  OutSheet reserves() const {
    OutTable t = of_schemes("Schemes again: the reserves to add to be 80 % sure");
    for (const char* what : {"Reserves, if certain", "Reserves, if late", "Reserves, if lost"}) t.columns.push_back(money_column(what));
    for (std::size_t k = 0; k < r_.schemes.size(); ++k)
      for (const SchemeEffect* e : effects(r_.schemes[k])) t.rows[k].emplace_back(e->system_contingency.value);
    return {"Reserves", {std::move(t)}};
  }

  OutSheet owners() const {
    if (single_) return reserves();
    OutTable t = of_schemes("Schemes again: the owner's own chance to fail, and the reserves to add to be 80 % sure");
    for (const char* what : {"Owner fails, if certain", "Owner fails, if late", "Owner fails, if lost"})
      add_with_interval(t.columns, share_column(what, 2));
    for (const char* what : {"Owner's reserves, if certain", "Owner's reserves, if late", "Owner's reserves, if lost",
                             "System's reserves, if certain", "System's reserves, if late", "System's reserves, if lost"})
      t.columns.push_back(money_column(what));
    for (std::size_t k = 0; k < r_.schemes.size(); ++k) {
      OutCells& row = t.rows[k];
      for (const SchemeEffect* e : effects(r_.schemes[k])) add_with_interval(row, e->owner);
      for (const SchemeEffect* e : effects(r_.schemes[k])) row.emplace_back(e->owner_contingency.value);
      for (const SchemeEffect* e : effects(r_.schemes[k])) row.emplace_back(e->system_contingency.value);
    }
    return {"Owners", {std::move(t)}};
  }

  OutSheet missing() const {
    OutTable t = of_schemes("Planned less delivered, all years");
    for (const std::string& what : {std::string("On average"), fmt::format("When the {} fails", whole_), std::string("More than usual")})
      add_with_interval(t.columns, money_column(what));
    for (std::size_t k = 0; k < r_.schemes.size(); ++k)
      for (const Estimate* e : {&r_.schemes[k].missing, &r_.schemes[k].missing_in_failure, &r_.schemes[k].missing_more})
        add_with_interval(t.rows[k], *e);
    return {"Missing", {std::move(t)}};
  }

  OutSheet luck() const {
    OutTable t;
    t.title = fmt::format("Shared luck: the chance that the {} fails when a factor sits at a quantile of its luck", whole_);
    t.notes = {"P5 is bad luck, P95 good luck."};
    t.columns = {text_column("Factor", 34)};
    std::vector<std::size_t> drawn;
    for (const double q : factor_quantiles) {
      drawn.push_back(t.columns.size());
      add_with_interval(t.columns, share_column(fmt::format("P{:g}", 100 * q), 1));
    }
    for (const FactorResult& f : r_.factors) {
      OutCells row = {f.name};
      for (const Estimate& e : f.fails) add_with_interval(row, e);
      t.rows.push_back(std::move(row));
    }
    t.chart = OutChart{
        OutChart::Kind::bar, fmt::format("The chance that the {} fails", whole_), "", "by the luck of a factor", {drawn.front(), drawn.back()}, 15};
    return {"Shared luck", {std::move(t)}};
  }

  OutSheet organisations() const {
    OutTable t;
    t.title = single_ ? "The organisation, and the worst 5 % of futures" : "Each organisation, and its part of the worst 5 % of futures";
    t.notes = {fmt::format("The {}'s expected shortfall in its worst 5 % of futures{}; in {}.", whole_, single_ ? "" : ", shared out", s_.currency)};
    t.columns = {text_column("Organisation")};
    add_with_interval(t.columns, share_column("Fails alone"));
    add_with_interval(t.columns, money_column("Reserves to add"));
    add_with_interval(t.columns, money_column("Part of the worst"));
    t.columns.push_back(share_column("of the whole"));
    for (std::size_t o = 0; o < std::max(r_.tail.parts.size(), s_.organisations.size()); ++o) {
      const bool own = o < s_.organisations.size();
      OutCells row = {own ? s_.organisations[o].title : std::string("the system's own target")};
      if (own) {
        add_with_interval(row, r_.fails[o]);
        add_with_interval(row, r_.contingency[o]);
      } else {
        row.resize(7);
      }
      if (o < r_.tail.parts.size()) {
        add_with_interval(row, r_.tail.parts[o]);
        row.push_back(r_.tail.whole.value > 0 ? OutCell(r_.tail.parts[o].value / r_.tail.whole.value) : OutCell());
      }
      t.rows.push_back(std::move(row));
    }
    t.chart = OutChart{OutChart::Kind::bar, "Whose the worst futures are", "", s_.currency, {7}, 0};
    return {"Organisations", {std::move(t)}};
  }

  OutSheet variance() const {
    OutTable t;
    t.title = fmt::format("What makes the {}'s shortfall vary: each kind of luck by itself", whole_);
    t.columns = {text_column("Kind of luck")};
    add_with_interval(t.columns, share_column("Share of the variance"));
    if (!r_.variance) {
      t.notes = {"It does not vary."};
      return {"What varies", {std::move(t)}};
    }
    const auto add = [&](std::string_view name, const Estimate& e) {
      OutCells row = {std::string(name)};
      add_with_interval(row, e);
      t.rows.push_back(std::move(row));
    };
    for (std::size_t k = 0; k < r_.variance->shares.size(); ++k) add(name_of(static_cast<DriverKind>(k)), r_.variance->shares[k]);
    if (r_.variance->knowledge) add("what is not known of the classes", *r_.variance->knowledge);
    add("several together", r_.variance->interactions);
    t.chart = OutChart{OutChart::Kind::bar, "What varies", "", "share of the variance", {1}, 0};
    return {"What varies", {std::move(t)}};
  }

 private:
  static std::vector<const SchemeEffect*> effects(const SchemeResult& s) { return {&s.certain, &s.late, &s.lost}; }

  OutTable of_schemes(std::string title) const {
    OutTable t;
    t.title = std::move(title);
    t.notes = {asked_line(s_), fmt::format("The {} fails in {:.2f} % of futures ({:.2f} to {:.2f}).", whole_, 100 * r_.system_fails.value,
                                           100 * r_.system_fails.low, 100 * r_.system_fails.high)};
    t.columns = {text_column("Scheme", 40), text_column("Organisation", 24), text_column("Id", 24), money_column("Planned")};
    for (const SchemeResult& x : r_.schemes)
      t.rows.push_back({x.title.empty() ? x.id : x.title, s_.organisations[x.organisation].title, x.id, x.planned});
    return t;
  }

  const ExplainResult& r_;
  const Setting& s_;
  bool single_;
  std::string_view whole_;  // what fails: a plan of one organisation is no system
};

}  // namespace

OutWorkbook workbook_of(const ExplainResult& result, const Provenance& provenance) {
  const ExplainSheets sheets(result);
  return {sheets.title(),
          {sheets.schemes(),
           sheets.owners(),
           sheets.missing(),
           sheets.luck(),
           sheets.organisations(),
           sheets.variance(),
           {"Rests on", source_tables(provenance)}}};
}

}  // namespace shortfall
