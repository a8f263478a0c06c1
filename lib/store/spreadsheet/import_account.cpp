// What became of every row, for people.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>

#include "base/money.hpp"
#include "store/spreadsheet/import.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

std::string rows_text(std::size_t n) { return counted(n, "row"); }

// "4-5, 9-12".
std::string places(const std::vector<const RowFate*>& rows) {
  std::vector<int> numbers;
  for (const RowFate* row : rows) numbers.push_back(row->row);
  std::string out;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (++shown > 8) return out + fmt::format(" and {} more", numbers.size() - i);
    out += (out.empty() ? "" : ", ") + (last == i ? std::to_string(numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[last]));
    i = last + 1;
  }
  return out;
}

std::string rule_lines(const SheetAccount& sheet) {
  std::vector<std::pair<std::string, std::vector<const RowFate*>>> reasons;
  for (const RowFate& row : sheet.rows) {
    if (row.fate != Fate::skipped) continue;
    const auto at = std::find_if(reasons.begin(), reasons.end(), [&](const auto& r) { return r.first == row.reason; });
    (at == reasons.end() ? reasons.emplace_back(row.reason, std::vector<const RowFate*>()) : *at).second.push_back(&row);
  }
  std::string out;
  for (const auto& [reason, rows] : reasons)
    out += fmt::format("    {:>5}  {} (row{} {})\n", rows.size(), printable(reason, 100), rows.size() == 1 ? "" : "s", places(rows));
  return out;
}

std::string not_understood_lines(const SheetAccount& sheet, bool all) {
  constexpr std::size_t most = 20;
  std::string out;
  std::size_t shown = 0, more = 0;
  for (const RowFate& row : sheet.rows) {
    if (row.fate != Fate::not_understood) continue;
    if (!all && shown == most) {
      ++more;
      continue;
    }
    ++shown;
    out += fmt::format("           {}: {}\n", printable(row.address, 200), printable(row.reason, 300));
  }
  if (more > 0) out += fmt::format("           and {} more; --dry-run lists all\n", more);
  return out;
}

std::string total_lines(const SheetAccount& sheet, const Mapping& mapping) {
  std::string out;
  std::size_t others = 0;
  for (const TotalCheck& t : sheet.totals) {
    others += !t.imported;
    if (!t.imported) continue;
    const auto amount = [&](double a) { return grouped(decimal_text(std::abs(a) < 1e12 ? std::round(a * 1e6) / 1e6 : a)); };
    const auto money = [&](double a) { return amount(a) + (t.unit.empty() ? "" : " " + t.unit); };
    out += fmt::format("  {}, total of '{}': {}; the {} imported {} up to {}{} (within {})\n", t.cell, printable(t.heading, 40), amount(t.total),
                       rows_text(t.rows), t.rows == 1 ? "adds" : "add", money(t.sum),
                       !t.agrees        ? ", which does NOT agree"
                       : t.with.empty() ? ", which agrees"
                                        : fmt::format(", and with {} of {} that is the total", money(t.with_sum), t.with),
                       amount(t.tolerance));
  }
  if (others > 0)
    out += fmt::format("  the {} of {} that the plans do not have {}, too\n", others == 1 ? "total" : "totals", counted(others, "other column"),
                       others == 1 ? "agrees" : "agree");
  if (sheet.totals.empty()) out += "  no row of totals to check the sum against\n";
  if (sheet.forecast && sheet.forecast->second > 0)
    out +=
        fmt::format("  the tracker's own forecast: {} of {} planned ({:.0f} %)\n", money_text(sheet.forecast->first, unit_text(mapping.plan_unit), 3),
                    money_text(sheet.forecast->second, unit_text(mapping.plan_unit), 3), 100 * sheet.forecast->first / sheet.forecast->second);
  return out;
}

}  // namespace

std::string account_text(const Imported& imported, const Mapping& mapping, bool all) {
  std::string out;
  for (const SheetAccount& sheet : imported.sheets) {
    const std::size_t taken = sheet.count(Fate::imported), skipped = sheet.count(Fate::skipped), lost = sheet.count(Fate::not_understood);
    out += fmt::format("{}: {}\n", printable(sheet.name, 120), rows_text(sheet.rows.size()));
    out += fmt::format("  {:>5}  imported\n  {:>5}  skipped by rule\n", taken, skipped) + rule_lines(sheet);
    out += fmt::format("  {:>5}  not understood\n", lost) + not_understood_lines(sheet, all) + total_lines(sheet, mapping);
  }
  for (const ImportedOrganisation& o : imported.organisations) {
    Yearly sum(mapping.years.size(), 0.0);
    std::size_t by_keys = 0;
    for (const ImportedScheme& s : o.schemes) {
      by_keys += std::any_of(s.more.begin(), s.more.end(), [](const std::string& line) { return line.starts_with("saving:"); });
      for (std::size_t y = 0; y < sum.size(); ++y) sum[y] += s.saving[y];
    }
    std::string years;
    const std::string unit = unit_text(o.unit.value_or(mapping.plan_unit));
    for (std::size_t y = 0; y < sum.size(); ++y)
      years += fmt::format("{}{} in {}", y == 0 ? "" : ", ", money_text(sum[y], unit, 3), mapping.years[y].label);
    // A scheme whose saving is a key of the plan, as `export` writes what no column of years can say, is in no sum.
    const std::string others = by_keys == 0                  ? "saving " + years
                               : by_keys == o.schemes.size() ? "their savings as written in column '" + printable(mapping.more, 40) + "'"
                                                             : fmt::format("saving {}, beside {} whose saving is written in column '{}'", years,
                                                                           by_keys, printable(mapping.more, 40));
    out += fmt::format("{}: {}, {}\n", o.id, counted(o.schemes.size(), "scheme"), others);
  }
  std::map<std::string, std::size_t> classes;
  std::size_t guessed = 0;
  for (const ImportedOrganisation& o : imported.organisations)
    for (const ImportedScheme& s : o.schemes) ++classes[s.reference_class], guessed += s.why_class.ends_with("the default");
  std::string words;
  for (const auto& [name, n] : classes) words += fmt::format("{}{} {}", words.empty() ? "" : ", ", grouped(std::to_string(n)), name);
  if (!words.empty())
    out += fmt::format("classes: {}{}\n", words,
                       guessed > 0 ? fmt::format("; {} by default, as no word says how they go", grouped(std::to_string(guessed))) : "");
  return out;
}

}  // namespace shortfall
