// What the columns and words of a tracker stand for: a file that is kept beside the plans, so that next month's tracker is imported by one command.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/plan.hpp"
#include "store/spreadsheet/amount.hpp"

namespace shortfall {

struct Mapping {
  // A heading as it stands in the tracker, or a column's letters.
  using Column = std::string;
  using Words = std::vector<std::pair<std::string, std::string>>;  // in the file's order
  enum class Separates { nothing, column, section, sheet, file };
  enum class HiddenRows { ask, include, exclude };

  // One organisation: what the tracker itself does not say. Amounts are in the plans' unit; "Finances!C4:E4" names cells in the tracker's.
  struct Finances {
    Id id;
    std::string name;  // as the tracker calls it; empty: as the id, or the title
    std::string title, kind;
    Placed<std::string> unit;  // what its plan and its amounts here count in, "£k" or a cell that says it; empty: what the plans count in
    std::string more;          // a cell like Organisations!H2 with further keys of the plan, one a line
    std::vector<Year> years;   // which its lists and cells are of, those of the mapping among them; empty: those of the mapping
    Placed<std::string> income, spend, target, reserves, one_offs;  // a number, a list "1 2 3", or cells; empty: not given
  };

  std::string system, title;
  std::string system_sheet;         // a sheet whose rows are further keys of system.yaml, each with its value: as `export` writes it
  std::vector<std::string> sheets;  // empty: the guesser chooses
  bool transposed = false;          // a scheme is a column
  std::vector<int> heading_rows;    // empty: the guesser looks for them
  int first_row = 0, last_row = 0;  // 0: right after the headings; to the end
  NumberForm number;
  bool day_first = true;
  std::optional<SheetUnit> unit;      // of the tracker's amounts
  SheetUnit plan_unit;                // of the plans
  std::map<Column, SheetUnit> units;  // of columns that differ
  bool negative = false;              // savings are written with a minus
  bool year_on_year = false;          // a year's figure is what is new in it
  std::vector<Year> years;

  Separates separates = Separates::nothing;
  std::vector<Finances> organisations;

  Column id, reference_class, more;  // as `export` writes them: what stands there is taken as it is; more: further keys of the scheme, one a line
  Column unit_column;                // says of each row what it counts in
  Column ref, title_column, organisation, category, stage, recurrent, starts, full_year, part_year, delay, forecast;
  std::vector<std::pair<std::string, std::vector<Column>>> saving, cost;  // year: the columns that add up to it
  std::vector<std::pair<std::string, Column>> about;                      // key: column
  std::vector<Column> fill_down;
  bool sections_are_categories = false;

  Words stages, classes, amounts;  // what the tracker writes: what it stands for
  std::string default_class;
  Stage default_stage = Stage::in_progress;
  std::vector<std::string> skip;
  HiddenRows hidden = HiddenRows::ask;

  std::map<std::string, std::string> comments;  // of keys, when the mapping is written: how a guess was made
};

// Appends what is wrong to `problems`.
Mapping read_mapping(std::string_view text, const std::string& name, Problems& problems);

std::string mapping_text(const Mapping& mapping);

}  // namespace shortfall
