// One sheet's rows, each read by the mapping: a scheme, a row that a rule skips, or one that is not understood.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/spreadsheet/import.hpp"

namespace shortfall {

struct ReadRow {
  int number = 0;
  Fate fate = Fate::imported;
  std::string reason;
  bool total = false;             // a row of sums
  bool left_out = false;          // a scheme that a rule leaves out: hidden, cancelled
  std::string organisation;       // as the tracker calls it
  std::optional<SheetUnit> unit;  // where the row names one, its scheme's amounts are in it; else in the plans'
  ImportedScheme scheme;
};

// The columns of a mapping, found on one sheet; -1: not mapped.
struct SheetColumns {
  int id = -1, reference_class = -1, more = -1, unit = -1;
  int ref = -1, title = -1, organisation = -1, category = -1, stage = -1, recurrent = -1, starts = -1, full_year = -1, part_year = -1, delay = -1,
      forecast = -1;
  std::vector<std::vector<int>> saving, cost;  // by year
  std::vector<std::pair<std::string, int>> about;
  std::vector<int> fill_down;
  std::vector<std::string> headings;
  std::vector<std::optional<SheetUnit>> units;  // by column, of those that the mapping gives a unit of their own
  std::vector<int> money() const;               // all with amounts, each once
  // What a column's amounts are in, unless they or their row say otherwise.
  std::optional<SheetUnit> unit_of(int column, const Mapping& mapping) const;
  // An amount says itself what it is in ("£440k"), else its column does, its row, or the mapping: as a power of a thousand.
  int power_of(const CellAmount& amount, int column, const std::optional<SheetUnit>& row, const Mapping& mapping) const;
};

// What stands in the way goes to `problems`.
SheetColumns find_columns(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, Problems& problems);

// Of columns whose headings name another unit than the one that the mapping reads them in without saying so under `units:`. Where only the sign of
// a currency stands ("Plan £") it may mean no more than money, which is a warning; a power of a thousand is an error.
Problems units_not_said(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns);

std::vector<ReadRow> read_rows(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns, Problems& warnings);

// The totals among `rows`, each column beside the sum of what was imported.
std::vector<TotalCheck> check_totals(const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns, const std::vector<ReadRow>& rows);

// What the mapping says that word of a tracker stands for; nothing where it says nothing.
const std::string* meaning_of(const Mapping::Words& words, std::string_view word);

// Words of the mapping stand for amounts, too.
CellAmount mapped_amount(const SheetCell* cell, const Mapping& mapping);

}  // namespace shortfall
