// The columns of a table of actuals, whatever kind of file it comes from.
#pragma once

#include <string>
#include <vector>

namespace shortfall::actual_rows {

enum Heading { as_at, organisation, scheme, year, to_date, status, pressure_to_date, forecast, phased, unit };
// Their names, in that order.
const std::vector<std::string>& headings();

}  // namespace shortfall::actual_rows
