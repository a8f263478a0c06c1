#include "store/spreadsheet/import_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/money.hpp"
#include "store/spreadsheet/import_scheme.hpp"
#include "store/spreadsheet/table.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

class RowReader {
 public:
  RowReader(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns, Problems& warnings)
      : file_(file), sheet_(sheet), m_(mapping), c_(columns), scheme_(file, sheet, mapping, columns, warnings) {
    for (const MergedRange& range : sheet.merged)
      if (range.last_row > range.first_row) merged_ = true;
  }

  std::vector<ReadRow> all() {
    std::vector<ReadRow> out;
    for (const SheetRow& row : sheet_.rows) out.push_back(one(row));
    mark_sums(out);
    return out;
  }

 private:
  static ReadRow skipped(ReadRow row, std::string reason) {
    row.fate = Fate::skipped;
    row.reason = std::move(reason);
    return row;
  }

  const SheetCell* cell(const SheetRow& row, int column) const {
    if (column < 0) return nullptr;
    const SheetCell* here = row.find(column);
    return here != nullptr || !merged_ ? here : cell_at(sheet_, row.number, column);
  }
  std::string text(const SheetRow& row, int column) const {
    const SheetCell* here = cell(row, column);
    return here == nullptr ? std::string() : one_line(text_of(*here));
  }

  ReadRow one(const SheetRow& row) {
    ReadRow out;
    out.number = row.number;
    if (!m_.heading_rows.empty() && row.number <= m_.heading_rows.back()) return skipped(std::move(out), "headings and what stands above them");
    if ((m_.first_row > 0 && row.number < m_.first_row) || (m_.last_row > 0 && row.number > m_.last_row))
      return skipped(std::move(out), "outside of the mapping's rows");
    if (is_heading_again(row)) return skipped(std::move(out), "the headings once more");
    if (is_total(row)) {
      out.total = true;
      return skipped(std::move(out), "a total of other rows");
    }
    if (is_note(row)) {
      section_ = one_line(text_of(row.cells.front()));
      return skipped(std::move(out), "a heading or a note: one text, no amount");
    }
    remember(row);
    out.organisation = m_.separates == Mapping::Separates::section ? section_ : filled(row, c_.organisation);
    out.scheme.title = text(row, c_.title);
    out.scheme.address = address_of(file_, sheet_, row.number, c_.title);
    scheme_.read(out, row, {.category = category(row), .section = section_});
    if (out.fate != Fate::not_understood && row.hidden && m_.hidden == Mapping::HiddenRows::exclude) {
      out.left_out = out.fate == Fate::imported;
      return skipped(std::move(out), "hidden");
    }
    return out;
  }

  std::string category(const SheetRow& row) const {
    const std::string own = filled(row, c_.category);
    return own.empty() && m_.sections_are_categories ? section_ : own;
  }

  // Printed sheets repeat their headings.
  bool is_heading_again(const SheetRow& row) const {
    if (row.cells.size() < 2 || m_.heading_rows.empty()) return false;
    const SheetRow* heading = sheet_.find(m_.heading_rows.back());
    if (heading == nullptr || heading->cells.size() != row.cells.size()) return false;
    return std::equal(row.cells.begin(), row.cells.end(), heading->cells.begin(),
                      [](const SheetCell& a, const SheetCell& b) { return a.column == b.column && text_of(a) == text_of(b); });
  }

  // "Total", "Estates total", "Sub-total: pay": at an end of what names the row. A scheme may begin with the word, but a total has no stage or
  // reference.
  bool is_total(const SheetRow& row) const {
    const bool scheme_like =
        (c_.ref >= 0 && row.find(c_.ref) != nullptr && c_.ref != row.cells.front().column) || (c_.stage >= 0 && row.find(c_.stage) != nullptr);
    for (const SheetCell& cell : row.cells) {
      if (cell.kind != SheetCell::Kind::text) continue;
      const bool names = cell.column == c_.title || cell.column == c_.organisation || cell.column == c_.category || cell.column == c_.ref ||
                         &cell == &row.cells.front();
      if (!names) continue;
      const std::string words = plain_words(cell.text);
      for (const std::string& skip : m_.skip) {
        const std::string s = plain_words(skip);
        if (words == s) return true;
        const bool at_end = words.starts_with(s + " ") || words.ends_with(" " + s);
        if (at_end && !scheme_like) return true;
      }
    }
    return false;
  }

  bool is_note(const SheetRow& row) const {
    const SheetCell& first = row.cells.front();
    if (first.kind != SheetCell::Kind::text) return false;
    // Cells merged with the first hold nothing of their own.
    return row.cells.size() == 1;
  }

  // Words that stand once for the rows beneath.
  void remember(const SheetRow& row) {
    above_.resize(c_.fill_down.size());
    for (std::size_t i = 0; i < c_.fill_down.size(); ++i)
      if (const std::string here = text(row, c_.fill_down[i]); !here.empty()) above_[i] = here;
  }
  std::string filled(const SheetRow& row, int column) const {
    const std::string here = text(row, column);
    const auto at = std::find(c_.fill_down.begin(), c_.fill_down.end(), column);
    return here.empty() && column >= 0 && at != c_.fill_down.end() ? above_[static_cast<std::size_t>(at - c_.fill_down.begin())] : here;
  }

  static bool same(const Yearly& a, const Yearly& b) {
    for (std::size_t y = 0; y < a.size(); ++y)
      if (std::abs(a[y] - b[y]) > 1e-9 * std::max(1.0, std::abs(a[y]))) return false;
    return !a.empty() && a.size() == b.size();
  }

  // A row with a name and amounts and nothing else that is the sum of the rows above it or beneath it, up to the next such row.
  bool is_bare(const ReadRow& row) const {
    const SheetRow* cells = sheet_.find(row.number);
    if (cells == nullptr || row.scheme.saving.empty() || row.left_out || row.total) return false;
    const std::vector<int> money = c_.money();
    std::size_t words = 0;
    for (const SheetCell& cell : cells->cells)
      words += std::find(money.begin(), money.end(), cell.column) == money.end() && cell.kind == SheetCell::Kind::text;
    return words <= 1;
  }

  void mark_sums(std::vector<ReadRow>& rows) const {
    std::vector<bool> bare(rows.size());
    bool others_say_more = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bare[i] = is_bare(rows[i]);
      others_say_more = others_say_more || (rows[i].fate == Fate::imported && !bare[i]);
    }
    // Where there are sums of several rows, a row that repeats the only one of its block is a sum on the same side.
    bool sums_above = false, sums_beneath = false;
    for (const std::size_t least : {2u, 1u})
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool nameless = rows[i].scheme.title.empty() && !rows[i].scheme.saving.empty();
        if (!bare[i] || rows[i].total || (!others_say_more && !nameless)) continue;
        for (const int step : {-1, 1}) {
          bool& seen = step < 0 ? sums_above : sums_beneath;
          if (least == 1 && !(seen && others_say_more)) continue;
          const std::size_t count = rows_summed(rows, bare, i, step, others_say_more);
          if (count < least) continue;
          rows[i].fate = Fate::skipped;
          rows[i].total = true;
          rows[i].reason = fmt::format("the sum of the {} {} it", count == 1 ? "row" : fmt::format("{} rows", count), step < 0 ? "above" : "beneath");
          seen = true;
          break;
        }
      }
  }

  // How many rows on that side of row i it is the sum of; 0: it is no sum.
  std::size_t rows_summed(const std::vector<ReadRow>& rows, const std::vector<bool>& bare, std::size_t i, int step, bool ends_at_bare) const {
    constexpr std::ptrdiff_t farthest = 1000;
    Yearly sum(rows[i].scheme.saving.size(), 0.0);
    std::size_t count = 0;
    const auto at = static_cast<std::ptrdiff_t>(i), end = static_cast<std::ptrdiff_t>(rows.size());
    for (std::ptrdiff_t j = at + step; j >= 0 && j < end && std::abs(j - at) < farthest; j += step) {
      const ReadRow& other = rows[static_cast<std::size_t>(j)];
      if (other.total || (other.fate == Fate::skipped && !other.left_out && count > 0) || (ends_at_bare && bare[static_cast<std::size_t>(j)])) break;
      if (other.fate != Fate::imported || other.scheme.saving.size() != sum.size()) continue;
      ++count;
      for (std::size_t y = 0; y < sum.size(); ++y) sum[y] += other.scheme.saving[y];
    }
    return count > 0 && same(sum, rows[i].scheme.saving) ? count : 0;
  }

  const SheetFile& file_;
  const Sheet& sheet_;
  const Mapping& m_;
  const SheetColumns& c_;
  SchemeReader scheme_;
  bool merged_ = false;
  std::string section_;
  std::vector<std::string> above_;
};

// How many places after the point the sheet shows, by the most that its amounts have.
int decimals_of(double amount) {
  const std::string text = decimal_text(amount);
  const auto point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(std::min<std::size_t>(text.size() - point - 1, 6));
}

struct ColumnSum {
  double sum = 0, left_out = 0, not_understood = 0;
  int decimals = 0;
  std::size_t rows = 0, imported = 0;  // that have an amount
};

// In what the column is in.
ColumnSum sum_of(const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns, const std::vector<ReadRow>& rows, int column,
                 std::size_t before) {
  ColumnSum out;
  for (std::size_t i = 0; i < before; ++i) {
    const ReadRow& row = rows[i];
    if (row.fate == Fate::skipped && !row.left_out) continue;
    const SheetRow* cells = sheet.find(row.number);
    const SheetCell* cell = cells == nullptr ? nullptr : cells->find(column);
    const CellAmount amount = mapped_amount(cell, mapping);
    if (amount.kind != CellAmount::Kind::number && amount.kind != CellAmount::Kind::range) continue;
    const double value = rescaled(amount.middle(), columns.power_of(amount, column, row.unit, mapping), columns.power_of({}, column, {}, mapping));
    ++out.rows;
    out.imported += row.fate == Fate::imported;
    out.decimals = std::max(out.decimals, decimals_of(value));
    (row.left_out ? out.left_out : row.fate == Fate::not_understood ? out.not_understood : out.sum) += value;
  }
  return out;
}

}  // namespace

std::vector<ReadRow> read_rows(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns, Problems& warnings) {
  return RowReader(file, sheet, mapping, columns, warnings).all();
}

std::vector<TotalCheck> check_totals(const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns, const std::vector<ReadRow>& rows) {
  std::vector<TotalCheck> out;
  const auto last = std::find_if(rows.rbegin(), rows.rend(), [](const ReadRow& r) { return r.total; });
  if (last == rows.rend()) return out;
  const std::size_t at = static_cast<std::size_t>(rows.rend() - last) - 1;
  // A last subtotal is not the sheet's total: schemes stand in blocks of their own.
  const std::string words = plain_words(text_of(sheet.find(last->number)->cells.front()));
  const bool several = std::count_if(rows.begin(), rows.end(), [](const ReadRow& r) { return r.total; }) > 1;
  if (several && (has_phrase(words, "sub total") || has_phrase(words, "subtotal") ||
                  (words != "total" && !has_phrase(words, "grand") && !has_phrase(words, "overall") && !words.starts_with("total"))))
    return out;
  const std::vector<int> money = columns.money();
  const SheetRow* cells = sheet.find(last->number);
  for (const SheetCell& printed_cell : cells->cells) {
    const int column = printed_cell.column;
    const bool imported = std::find(money.begin(), money.end(), column) != money.end();
    const CellAmount total = mapped_amount(cells->find(column), mapping);
    if (total.kind != CellAmount::Kind::number || total.percent) continue;
    const ColumnSum sum = sum_of(sheet, mapping, columns, rows, column, at);
    const std::optional<SheetUnit> unit = columns.unit_of(column, mapping);
    const double printed = rescaled(total.low, columns.power_of(total, column, {}, mapping), unit ? unit->power : 0);
    TotalCheck check{cell_name(sheet, last->number, column),
                     columns.headings[static_cast<std::size_t>(column)],
                     unit ? unit_text(*unit) : "",
                     printed,
                     sum.sum,
                     0,
                     sum.imported,
                     "",
                     0,
                     false,
                     imported};
    check.tolerance =
        std::max(0.5 * static_cast<double>(sum.rows) * std::pow(10.0, -sum.decimals), 0.5 * std::pow(10.0, -decimals_of(printed))) * (1 + 1e-9);
    for (const auto& [more, with] : {std::pair{0.0, ""},
                                     {sum.left_out, "the rows that are left out"},
                                     {sum.not_understood, "the rows that are not understood"},
                                     {sum.left_out + sum.not_understood, "the rows left out and those not understood"}}) {
      if (check.agrees || std::abs(sum.sum + more - printed) > check.tolerance) continue;
      check.agrees = true;
      check.with = with;
      check.with_sum = more;
    }
    if (imported || (check.agrees && sum.rows > 1)) out.push_back(std::move(check));
  }
  return out;
}

}  // namespace shortfall
