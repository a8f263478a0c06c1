// What schemes were approved to save and what they delivered: a table of an organisation's own records, read row by row and believed only where it
// can be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/checked.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// A table as text: of a CSV file, or of a sheet.
struct RecordCell {
  std::string text;
  int column = 0;  // where it starts, as messages name it
  int line = 0;    // 0: its row's
};
struct RecordRow {
  int line = 0;
  std::vector<RecordCell> cells;
};
using RecordTable = std::vector<RecordRow>;

// RFC 4180, with commas, semicolons or tabs (whichever the first line has most of), a byte order mark, and any line ends. Errors: not UTF-8, a quote
// that never closes.
Checked<RecordTable> read_record_csv(std::string_view text, const std::string& name);

enum class RecordStatus { finished, running, dropped };

// One scheme as approved, in one year.
struct Record {
  std::string organisation, scheme, reference_class;
  Stage stage = Stage::in_progress;
  Year year;
  double planned = 0;
  std::optional<double> delivered;
  RecordStatus status = RecordStatus::finished;
  std::optional<int> planned_start, started;  // months
  std::optional<double> planned_cost, cost;
  std::optional<bool> audited;
  int line = 0;
};

struct Records {
  std::vector<Record> rows;
  int as_at = 0;  // the month up to which they tell
  bool have_status = false, have_starts = false, have_costs = false, have_audits = false;
  Problems warnings;
};

// `classes` are those that there are. `as_at`: none is the end of the latest year. Errors at the cell's place: a heading that is missing or unknown,
// a class that is not there, delivered without a plan, a plan that is not above 0, what was dropped yet delivered, finished before it can have been,
// the same scheme twice in a year.
Checked<Records> read_records(const RecordTable& table, const std::string& name, const std::vector<std::string>& classes, std::optional<int> as_at);

}  // namespace shortfall
