#include "store/spreadsheet/import_scheme.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/money.hpp"
#include "store/spreadsheet/dates.hpp"
#include "store/spreadsheet/table.hpp"
#include "store/spreadsheet/vocabulary.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

constexpr std::size_t longest_title = 900, longest_about = 5000;

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void SchemeReader::read(ReadRow& out, const SheetRow& row, const Around& around) {
  if (const SheetCell* cell = c_.more < 0 ? nullptr : row.find(c_.more)) out.scheme.more = lines_of(cell->text);
  out.scheme.id = text(row, c_.id);
  if (!unit(out, row)) return;
  const bool paid = saving(out, row);
  if (out.scheme.title.empty() && out.fate != Fate::not_understood) {
    refuse(out, row, c_.title, fmt::format("no name in the column '{}'", heading(c_.title)));
    return;
  }
  if (!paid || !stage(out, row) || !recurrent(out, row) || !cost(out, row) || !delay(out, row)) return;
  out.scheme.reference_class = text(row, c_.reference_class);
  reference_class(out, around);
  about(out, row);
  out.scheme.title = cut(out.scheme.title, longest_title);
  // A delivered scheme is banked, whatever the tracker's range said of it.
  if (out.scheme.stage == Stage::delivered) out.scheme.delivery.reset(), out.scheme.delay.reset();
}

std::string SchemeReader::text(const SheetRow& row, int column) const {
  const SheetCell* cell = column < 0 ? nullptr : row.find(column);
  return cell == nullptr ? std::string() : one_line(text_of(*cell));
}

std::string SchemeReader::heading(int column) const {
  const std::string& heading = c_.headings[static_cast<std::size_t>(column)];
  return heading.empty() ? column_letters(column) : heading;
}

bool SchemeReader::refuse(ReadRow& out, const SheetRow& row, int column, const std::string& why) const {
  out.fate = Fate::not_understood;
  out.reason = column < 0 ? why : fmt::format("{}: {}", cell_name(sheet_, row.number, column), why);
  return false;
}

void SchemeReader::warn(const SheetRow& row, int column, std::string message) {
  constexpr std::size_t most = 200;
  if (warnings_.size() < most)
    warnings_.push_back({whole_file(address_of(file_, sheet_, row.number, column)), Code::doubtful_import, std::move(message)});
}

std::string SchemeReader::money(const ReadRow& out, double amount) const { return money_text(amount, unit_text(out.unit.value_or(m_.plan_unit)), 3); }

bool SchemeReader::unit(ReadRow& out, const SheetRow& row) const {
  const std::string word = text(row, c_.unit);
  if (word.empty()) return true;
  out.unit = declared_unit(word);
  if (!out.unit) return refuse(out, row, c_.unit, fmt::format("'{}' is not a unit like £k, £m, £000 or €m", printable(word, 60)));
  if (out.unit->symbol != m_.plan_unit.symbol)
    return refuse(out, row, c_.unit,
                  fmt::format("the row is in {}, but the plans are in {}: one currency is not turned into another", unit_text(*out.unit),
                              unit_text(m_.plan_unit)));
  return true;
}

// Several columns together, in the unit that the row names, else the plans'.
SchemeReader::Sum SchemeReader::sum(const ReadRow& read, const SheetRow& row, const std::vector<int>& columns) const {
  Sum out;
  for (const int column : columns) {
    const SheetCell* cell = row.find(column);
    const CellAmount amount = mapped_amount(cell, m_);
    if (amount.kind == CellAmount::Kind::blank) continue;
    if (amount.kind == CellAmount::Kind::wrong || amount.kind == CellAmount::Kind::words || amount.percent) {
      out.wrong = amount.percent ? "a percentage where an amount is expected" : amount.why;
      out.wrong_column = column;
      return out;
    }
    const int power = c_.power_of(amount, column, read.unit, m_), into = read.unit.value_or(m_.plan_unit).power;
    out.any = true;
    out.low += rescaled(amount.low, power, into);
    out.high += rescaled(amount.high, power, into);
  }
  return out;
}

bool SchemeReader::saving(ReadRow& out, const SheetRow& row) { return c_.full_year >= 0 ? full_year(out, row) : yearly_saving(out, row); }

bool SchemeReader::yearly_saving(ReadRow& out, const SheetRow& row) {
  Yearly& saving = out.scheme.saving;
  double low = 0, high = 0;
  bool any = false;
  Yearly values;
  for (std::size_t y = 0; y < m_.years.size(); ++y) {
    Sum sum = y < c_.saving.size() ? this->sum(out, row, c_.saving[y]) : Sum{};
    if (!sum.wrong.empty()) return refuse(out, row, sum.wrong_column, sum.wrong);
    if (m_.negative) sum.low = -sum.low, sum.high = -sum.high, std::swap(sum.low, sum.high);
    any = any || sum.any;
    low += sum.low;
    high += sum.high;
    values.push_back(sum.middle());
    if (sum.any && sum.middle() < 0)
      return refuse(
          out, row, c_.saving[y].front(),
          fmt::format("the saving is negative ({}); what costs more is no saving of a scheme (sign: in the mapping says how savings are written)",
                      money(out, sum.middle())));
  }
  // Its saving stands among its further keys.
  if (!any && std::any_of(out.scheme.more.begin(), out.scheme.more.end(), [](const std::string& line) { return line.starts_with("saving:"); })) {
    saving = std::move(values);
    return true;
  }
  if (!any) return refuse(out, row, c_.saving.empty() || c_.saving.front().empty() ? -1 : c_.saving.front().front(), "no saving in any year");
  for (double& value : values) value = rescaled(value + 0.0, 0, 0);
  saving = std::move(values);
  if (low != high) {
    const double middle = (low + high) / 2;
    if (middle > 0) out.scheme.delivery = DeliveryRange{low / middle, high / middle};
  }
  return true;
}

std::optional<int> SchemeReader::start_month(const SheetRow& row, std::string& wrong) const {
  const SheetCell* cell = c_.starts < 0 ? nullptr : row.find(c_.starts);
  if (cell == nullptr) return {};
  const bool serial =
      cell->kind == SheetCell::Kind::date || (cell->kind == SheetCell::Kind::number && cell->number > 32'874 && cell->number < 73'051);
  const auto date = serial                                ? std::optional(date_of_serial(cell->number))
                    : cell->kind == SheetCell::Kind::text ? parse_date(cell->text, m_.day_first)
                                                          : std::nullopt;
  if (date) return month_of(*date);
  const auto other = cell->kind == SheetCell::Kind::text ? parse_date(cell->text, !m_.day_first) : std::nullopt;
  wrong = fmt::format("'{}' is not a date{}", printable(one_line(text_of(*cell)), 60),
                      other ? fmt::format(" with the {} first; if dates here are written so, say dates: {} in the mapping",
                                          m_.day_first ? "day" : "month", m_.day_first ? "month-first" : "day-first")
                            : " like 01/04/2025 or Apr-25");
  return {};
}

// From the effect of a full year, and of the part of one that the first year sees.
bool SchemeReader::full_year(ReadRow& out, const SheetRow& row) {
  const Sum full = sum(out, row, {c_.full_year}), part = c_.part_year >= 0 ? sum(out, row, {c_.part_year}) : Sum{};
  if (!full.wrong.empty()) return refuse(out, row, full.wrong_column, full.wrong);
  if (!part.wrong.empty()) return refuse(out, row, part.wrong_column, part.wrong);
  if (!full.any && !part.any) return refuse(out, row, c_.full_year, "neither a full-year nor a part-year saving");
  const double sign = m_.negative ? -1 : 1;
  const double whole = sign * (full.any ? full.middle() : part.middle()), first = sign * (part.any ? part.middle() : whole);
  if (whole < 0 || first < 0) return refuse(out, row, c_.full_year, "the saving is negative; what costs more is no saving of a scheme");
  if (full.low != full.high && whole > 0) {
    const auto [low, high] = std::minmax(sign * full.low / whole, sign * full.high / whole);
    out.scheme.delivery = DeliveryRange{low, high};
  }
  out.scheme.saving.assign(m_.years.size(), whole);
  out.scheme.saving.front() = first;
  std::string wrong;
  const auto starts = start_month(row, wrong);
  if (!wrong.empty()) return refuse(out, row, c_.starts, wrong);
  if (!full.any) {
    warn(row, c_.full_year, "no full-year effect: later years are taken to save what the first does");
    return true;
  }
  if (!starts) return true;
  if (*starts >= first_month(m_.years.back()) + 12)
    return refuse(out, row, c_.starts, fmt::format("starts in {}, after the plan's last year", month_text(*starts)));
  Sum shown = part;
  shown.low *= sign, shown.high *= sign;
  ramp(out, row, whole, shown, *starts);
  return true;
}

void SchemeReader::ramp(ReadRow& out, const SheetRow& row, double full, const Sum& part, int starts) {
  const int first = first_month(m_.years.front());
  const int months = std::clamp(first + 12 - starts, 0, 12);
  const double expected = full * months / 12;
  if (part.any && std::abs(part.middle() - expected) > 0.1 * std::max(std::abs(part.middle()), std::abs(expected)))
    warn(row, c_.part_year,
         fmt::format("the part-year saving of {} contradicts {} a year from {} on, which makes {}; the latter is imported", money(out, part.middle()),
                     money(out, full), month_text(starts), money(out, expected)));
  for (std::size_t y = 0; y < m_.years.size(); ++y) {
    const int in_year = std::clamp(first + 12 * static_cast<int>(y + 1) - starts, 0, 12);
    out.scheme.saving[y] = full * in_year / 12;
  }
  // What has begun before the plan saves in full from its first month.
  if (starts > first) out.scheme.ramp = Ramp{full, starts, 0};
}

bool SchemeReader::cost(ReadRow& out, const SheetRow& row) {
  Yearly cost(m_.years.size(), 0.0);
  bool any = false;
  for (std::size_t y = 0; y < c_.cost.size(); ++y) {
    const Sum sum = this->sum(out, row, c_.cost[y]);
    if (!sum.wrong.empty()) return refuse(out, row, sum.wrong_column, sum.wrong);
    // Costs are written with either sign.
    cost[y] = std::abs(sum.middle());
    any = any || cost[y] != 0;
  }
  if (any) out.scheme.cost = std::move(cost);
  return true;
}

bool SchemeReader::stage(ReadRow& out, const SheetRow& row) {
  out.scheme.stage = m_.default_stage;
  const std::string word = text(row, c_.stage);
  out.scheme.says_stage = !word.empty() || c_.reference_class < 0;
  if (word.empty()) return true;
  const std::string* meaning = meaning_of(m_.stages, word);
  if (meaning == nullptr && std::find(stage_names().begin(), stage_names().end(), word) != stage_names().end()) meaning = &word;
  if (meaning == nullptr)
    return refuse(out, row, c_.stage,
                  fmt::format("'{}' is no status that stages: in the mapping knows; say there which stage it is, or skip", printable(word, 60)));
  if (*meaning == "skip") {
    out.fate = Fate::skipped;
    out.left_out = true;
    out.reason = fmt::format("its status is '{}'", printable(word, 60));
    return false;
  }
  for (std::size_t s = 0; s < stage_count; ++s)
    if (stage_names()[s] == *meaning) out.scheme.stage = static_cast<Stage>(s);
  out.scheme.why_stage = word;
  return true;
}

void SchemeReader::reference_class(ReadRow& out, const Around& around) const {
  ImportedScheme& s = out.scheme;
  if (c_.reference_class >= 0) return;  // taken as it stands
  const std::string* meaning = around.category.empty() ? nullptr : meaning_of(m_.classes, around.category);
  const auto of_category = meaning == nullptr ? class_of(around.category) : std::nullopt, of_title = class_of(s.title);
  if (meaning != nullptr) {
    s.reference_class = *meaning;
    s.why_class = around.category;
  } else if (of_category || of_title) {
    s.reference_class = (of_category ? of_category : of_title)->reference_class;
    s.why_class = fmt::format("by the word '{}'", (of_category ? of_category : of_title)->word);
  } else {
    s.reference_class = m_.default_class;
    s.why_class = "no word says how such schemes go: the default";
  }
  // What is yet to be found drops out nine times in ten, whatever kind it turns out to be.
  const bool unidentified = (of_title && of_title->reference_class == "unidentified") || s.reference_class == "unidentified";
  if (unidentified && s.stage != Stage::delivered) {
    s.reference_class = "unidentified";
    s.stage = Stage::unidentified;
    s.why_stage = "nobody has found it yet";
  }
}

bool SchemeReader::recurrent(ReadRow& out, const SheetRow& row) const {
  const std::string word = text(row, c_.recurrent);
  if (!word.empty()) {
    const std::string heading = plain_words(c_.headings[static_cast<std::size_t>(c_.recurrent)]);
    const bool asks_for_non_recurrent =
        !has_phrase(heading, "r nr") && (has_phrase(heading, "non recurrent") || has_phrase(heading, "one off")) && !heading.starts_with("recurrent");
    const auto recurrent = recurrent_of(word, asks_for_non_recurrent);
    if (!recurrent)
      return refuse(out, row, c_.recurrent, fmt::format("'{}' says neither recurrent nor non-recurrent; write R or NR", printable(word, 60)));
    out.scheme.recurrent = *recurrent;
  }
  Yearly& saving = out.scheme.saving;
  if (!out.scheme.recurrent && c_.full_year >= 0) {
    // It saves in the first year alone, as the plan's rules ask for a list of years.
    const auto first = std::find_if(saving.begin(), saving.end(), [](double s) { return s != 0; });
    if (first != saving.end()) std::fill(first + 1, saving.end(), 0.0);
    out.scheme.ramp.reset();
  }
  if (m_.year_on_year && out.scheme.recurrent && c_.full_year < 0) std::partial_sum(saving.begin(), saving.end(), saving.begin());
  return true;
}

bool SchemeReader::delay(ReadRow& out, const SheetRow& row) const {
  const SheetCell* cell = c_.delay < 0 ? nullptr : row.find(c_.delay);
  if (cell == nullptr) return true;
  const CellAmount months = months_of(cell, m_.number);
  if (months.kind == CellAmount::Kind::blank) return true;
  if (months.kind != CellAmount::Kind::number && months.kind != CellAmount::Kind::range) return refuse(out, row, c_.delay, months.why);
  if (months.low < 0 || months.high > 1200) return refuse(out, row, c_.delay, "not a length of time from 0 to 1200 months");
  out.scheme.delay = {months.low, months.high};
  return true;
}

void SchemeReader::about(ReadRow& out, const SheetRow& row) const {
  const auto add = [&](const std::string& key, const std::string& text) {
    if (!text.empty()) out.scheme.about.emplace_back(key, cut(text, longest_about));
  };
  add("ref", text(row, c_.ref));
  // Where the date makes no saving it is kept as it stands.
  if (!out.scheme.ramp) add("starts", text(row, c_.starts));
  for (const auto& [key, column] : c_.about) {
    const SheetCell* cell = column < 0 ? nullptr : row.find(column);
    if (cell == nullptr) continue;
    // Lines are kept as lines.
    std::string lines;
    std::string_view rest = cell->kind == SheetCell::Kind::text ? std::string_view(cell->text) : std::string_view();
    if (rest.empty()) lines = text(row, column);
    while (!rest.empty()) {
      const auto end = std::min(rest.find_first_of("\r\n"), rest.size());
      if (const std::string line = one_line(rest.substr(0, end)); !line.empty()) lines += (lines.empty() ? "" : "\n") + line;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    add(key, lines);
  }
}

}  // namespace shortfall
