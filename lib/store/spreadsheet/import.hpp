// From a tracker and its mapping to plans, with an account of what became of every row.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/assemble.hpp"
#include "store/spreadsheet/mapping.hpp"
#include "store/spreadsheet/sheet.hpp"

namespace shortfall {

enum class Fate { imported, skipped, not_understood };

struct RowFate {
  std::string address;
  int row = 0;
  Fate fate = Fate::imported;
  std::string reason;
};

// A total that the tracker gives, beside the sum of what was imported. Amounts are as the tracker writes them, in its column's unit.
struct TotalCheck {
  std::string cell, heading, unit;  // no unit: the mapping names none
  double total = 0, sum = 0, tolerance = 0;
  std::size_t rows = 0;
  std::string with;     // which rows beyond the imported ones the total counts: "the rows that are left out"
  double with_sum = 0;  // what they add up to
  bool agrees = false;
  bool imported = true;  // false: a column that the plans do not have, so that nothing hangs on it
};

struct SheetAccount {
  std::string name;  // "tracker.xlsx!Schemes"
  std::vector<RowFate> rows;
  std::vector<TotalCheck> totals;
  std::optional<std::pair<double, double>> forecast;  // what the tracker itself expects, of what it planned, in the plans' unit
  std::size_t count(Fate fate) const;
};

// Of a range: as shares of its middle.
struct DeliveryRange {
  double low = 0, high = 0;
};

struct ImportedScheme {
  std::string id, title, address;
  std::string reference_class, why_class;
  Stage stage = Stage::in_progress;
  std::string why_stage;
  bool says_stage = true;  // false: the plan leaves the stage to its default
  bool recurrent = true;
  Yearly saving, cost;       // in the unit of its organisation's plan; no cost: empty
  std::optional<Ramp> ramp;  // in the place of `saving`
  std::optional<DeliveryRange> delivery;
  std::optional<std::pair<double, double>> delay;  // months, equal ends where it is one number
  std::vector<std::pair<std::string, std::string>> about;
  std::vector<std::string> more;  // further keys, a line each
};

struct ImportedOrganisation {
  std::string id, title, kind;
  std::optional<SheetUnit> unit;  // what all its amounts are in; none: what the plans count in
  std::optional<Yearly> income, spend, target, one_offs;
  std::optional<double> reserves;
  std::vector<ImportedScheme> schemes;
  std::vector<std::string> more;  // further keys, a line each
};

struct Imported {
  std::vector<std::string> system;  // further keys of system.yaml, a line each
  std::vector<ImportedOrganisation> organisations;
  std::vector<SheetAccount> sheets;
  Problems warnings;
  bool whole() const;  // every row ended somewhere, and every total agrees
};

// Errors: what keeps the mapping from being applied at all.
Checked<Imported> import_sheets(const std::vector<SheetFile>& files, const Mapping& mapping);

// Plans and system.yaml, each with its name. `origins`: a line for each file that was read.
std::vector<Source> plan_files(const Imported& imported, const Mapping& mapping, const std::vector<std::string>& origins);

// What became of the rows, for people. `all`: every row that is not imported, else the first of each reason.
std::string account_text(const Imported& imported, const Mapping& mapping, bool all);

}  // namespace shortfall
