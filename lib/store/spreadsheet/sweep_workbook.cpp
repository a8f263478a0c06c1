// A sweep: a line for each point with its chances, and every measure of every point as CSV has them.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "plan/number.hpp"
#include "store/spreadsheet/answer_sheets.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"

namespace shortfall {
namespace {

bool has_column(const std::string& path) { return path == "optimism" || path == "seed" || path == "trials"; }

// A number as a number, so that it can be charted and sorted; anything else as it was given.
OutCell setting(const std::string& value) {
  const auto number = parse_number(value);
  return number ? OutCell(*number) : OutCell(value);
}

class SweepSheets {
 public:
  SweepSheets(const std::vector<PointRecord>& points, const std::vector<std::string>& paths) : points_(points) {
    for (const std::string& path : paths)
      if (!has_column(path)) paths_.push_back(path);
  }

  OutSheet points() const {
    const std::vector<std::string> measures = headline();
    OutTable t;
    t.title = "A line for each point";
    t.columns = settings_columns();
    const std::size_t first = t.columns.size();
    for (const std::string& name : measures)
      t.columns.push_back({name, is_chance(name) ? CellForm::share : CellForm::money, is_chance(name) ? 2 : 3, 14, false});
    for (const PointRecord& p : points_) {
      OutCells row = settings_of(p);
      std::map<std::string, double> values;
      for (const Row& r : p.rows)
        if (r.year.empty()) values.emplace(r.organisation + "." + r.measure, r.value);
      for (const std::string& name : measures) {
        const auto at = values.find(name);
        row.push_back(at == values.end() ? OutCell() : OutCell(at->second));
      }
      t.rows.push_back(std::move(row));
    }
    std::vector<std::size_t> drawn;
    for (std::size_t k = 0; k < measures.size() && drawn.size() < 8; ++k)
      if (is_chance(measures[k])) drawn.push_back(first + k);
    if (points_.size() > 1 && !drawn.empty()) t.chart = OutChart{OutChart::Kind::line, "Chances to fail", "point", "chance", drawn, 0};
    return {"Points", {std::move(t)}};
  }

  OutSheet measures() const {
    OutTable t;
    t.columns = settings_columns();
    t.columns.insert(t.columns.end(), {text_column("organisation", 24), text_column("measure", 30), text_column("year", 10)});
    add_with_interval(t.columns, {"value", CellForm::number, 4, 12, false});
    const bool known = std::any_of(points_.begin(), points_.end(), [](const PointRecord& p) { return p.knowledge; });
    if (known) t.columns.insert(t.columns.end(), {{"known from", CellForm::number, 4, 12, false}, {"known to", CellForm::number, 4, 12, false}});
    for (const PointRecord& p : points_) {
      const OutCells settings = settings_of(p);
      for (const Row& r : p.rows) {
        OutCells row = settings;
        row.insert(row.end(), {OutCell(r.organisation), OutCell(r.measure), OutCell(r.year), OutCell(r.value), OutCell(r.low), OutCell(r.high)});
        if (known) row.insert(row.end(), {OutCell(r.known_low), OutCell(r.known_high)});
        t.rows.push_back(std::move(row));
      }
    }
    return {"Measures", {std::move(t)}};
  }

 private:
  static bool is_chance(const std::string& name) { return name.find(".fails") != std::string::npos; }

  // In the order in which the points have them.
  std::vector<std::string> headline() const {
    static const std::set<std::string> told = {name_of(Family::fails, Figure::whole), name_of(Family::fails, Figure::alone),
                                               name_of(Family::fails, Figure::together), name_of(Family::contingency, Figure::p80)};
    std::vector<std::string> out;
    std::set<std::string> seen;
    for (const PointRecord& p : points_)
      for (const Row& r : p.rows)
        if (r.year.empty() && told.contains(r.measure))
          if (const std::string name = r.organisation + "." + r.measure; seen.insert(name).second) out.push_back(name);
    return out;
  }

  std::vector<OutColumn> settings_columns() const {
    std::vector<OutColumn> out = {text_column("system", 20)};
    for (const std::string& path : paths_) out.push_back(text_column(path, 18));
    out.insert(out.end(), {count_column("trials"), count_column("seed"), {"optimism", CellForm::number, 3, 10, false}, text_column("changes", 20)});
    return out;
  }

  OutCells settings_of(const PointRecord& p) const {
    OutCells row = {p.system};
    for (const std::string& path : paths_) {
      const auto at = std::find_if(p.settings.begin(), p.settings.end(), [&](const auto& s) { return s.first == path; });
      row.push_back(at == p.settings.end() ? OutCell() : setting(at->second));
    }
    // A spreadsheet's numbers have 53 bits.
    row.push_back(static_cast<double>(p.trials));
    row.push_back(p.seed < (1ull << 53) ? OutCell(static_cast<double>(p.seed)) : OutCell(std::to_string(p.seed)));
    row.push_back(p.optimism);
    row.push_back(p.changes);
    return row;
  }

  const std::vector<PointRecord>& points_;
  std::vector<std::string> paths_;
};

}  // namespace

OutWorkbook workbook_of(const std::vector<PointRecord>& points, const std::vector<std::string>& paths) {
  const SweepSheets sheets(points, paths);
  return {"A sweep", {sheets.points(), sheets.measures()}};
}

}  // namespace shortfall
