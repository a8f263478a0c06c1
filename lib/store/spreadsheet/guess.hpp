// A mapping made from the tracker's own headings and words. Every guess is commented, so that its owner can see and change it.
#pragma once

#include "store/spreadsheet/mapping.hpp"
#include "store/spreadsheet/sheet.hpp"

namespace shortfall {

struct GuessHints {
  std::vector<Year> years;  // that the user has named
  std::string sheet;        // likewise
  std::optional<NumberForm> number;
};

// Files beyond the first are organisations of their own, with the same columns. What stands in the way comes as errors that say what to write.
Mapping guess_mapping(const std::vector<SheetFile>& files, const GuessHints& hints, Problems& problems);

}  // namespace shortfall
