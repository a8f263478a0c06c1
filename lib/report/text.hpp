// A result for people: a table that reads at a glance, then sentences that say what it means and what it rests on.
#pragma once

#include <string>

#include "report/extras.hpp"
#include "report/provenance.hpp"
#include "study/run.hpp"

namespace shortfall {

struct TextStyle {
  std::size_t width = 80;
  bool colour = false;  // a terminal: colours, and bars beside the table
};

std::string text(const RunResult& result, const Extras& extras, const Provenance& provenance, const TextStyle& style);

}  // namespace shortfall
