// What has been seen of plans while their years go on: a table of savings to date, month by month, checked against the plans that they are of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/records.hpp"
#include "plan/plan.hpp"

namespace shortfall {

enum class ActualStatus { delivered, dropped, asserted };

// A row: of a scheme, or of its organisation's pressure. Money is in the system's unit.
struct Actual {
  int as_at = 0;  // the month whose end it describes, since January of the year 0
  std::size_t organisation = 0;
  std::optional<std::size_t> scheme;  // within the organisation
  std::size_t year = 0;               // of the plan's
  std::optional<double> to_date;      // saved since the year's start
  double rounding = 0;                // half a unit of the file's last digit
  std::optional<ActualStatus> status;
  std::optional<double> pressure_to_date;  // spent beyond plan since the year's start
  std::optional<double> forecast, phased;  // the owner's: what the year will come to, and was to have come to by now
  Place place;
};

struct Actuals {
  std::string file;
  std::vector<Actual> rows;  // in the file's order
  std::vector<int> months;   // that it tells of, rising
  Problems warnings;         // what is doubtful, and restatements
};

// Columns: as_at, organisation, and scheme, year, to_date, status, pressure_to_date, forecast, phased, unit where there is something to say. Errors
// at the cell's place: a heading, an organisation, a scheme or a month that is not known, a month outside the plan, two rows for the same.
// Rows of what only the `others` have, of another revision, are left out with a warning. Another, once a scheme, tells of what was seen of a scheme
// that the plan takes as delivered, where it is otherwise: nothing can be learnt of such a scheme. No row at all is an error, unless it may be.
struct ActualsRead {
  const Plans* others = nullptr;
  bool may_be_empty = false;
  std::optional<int> as_at = {};  // by when schemes that the plan takes as delivered are held against it; none: the latest month of the file
};
Checked<Actuals> read_actuals(const RecordTable& table, const std::string& name, const Plans& plans, const ActualsRead& how = {});

// Why nothing can be said of that month, which is not among those from the first to the last of the actuals; empty where something can.
std::string why_not_at(const Actuals& actuals, int as_at);

// The same as YAML, whose first key is `actuals:`; as such a table, whose cells know their places.
//   actuals:
//     2017-09:
//       trust: {pressure_to_date: 0.1, schemes: {rotas: 1.2, wards: {to_date: 0.4, status: asserted}}}
//   unit: £m
bool is_yaml_of_actuals(std::string_view text);
Checked<RecordTable> read_yaml_of_actuals(std::string_view text, const std::string& name);

// The rows that were known by the end of a month, the latest of each scheme and year.
std::vector<const Actual*> known_by(const Actuals& actuals, int as_at);

}  // namespace shortfall
