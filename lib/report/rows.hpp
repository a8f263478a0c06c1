// A result as a flat list of measures: what every tidy table is made of.
#pragma once

#include <string>
#include <vector>

#include "study/run.hpp"

namespace shortfall {

struct Row {
  std::string organisation;  // an id, "system", "any", "all", or "pool:a+b"
  std::string measure;       // named as in JSON and gates
  std::string year;          // empty: of no single year
  double value = 0;
  double low = 0, high = 0;  // NaN: no interval, or no end to it
};

std::vector<Row> rows(const RunResult& result);

// A cell of RFC 4180: quoted where it must be.
std::string quoted(const std::string& text);
// A text from outside as a cell that a spreadsheet does not reckon: "=1+1" comes out as "'=1+1". Numbers and percentages stay.
std::string no_formula(const std::string& text);
// The fewest digits that read back as the same double; nothing for a NaN.
std::string cell(double value);

}  // namespace shortfall
