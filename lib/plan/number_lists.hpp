// Lists of numbers, which are most of a plan's text, taken out of it before yaml-cpp reads it: yaml-cpp takes twenty times as long over each of
// their characters as is needed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

// A list of plain numbers on one line. Lines and columns count from 0, columns in bytes.
struct NumberList {
  int line, column;          // of its [ in the text without numbers
  int original_column;       // of its [ in the text as it stands
  std::string_view numbers;  // what stands between its brackets
};

// `text` with [] in place of every list of plain numbers, and the lists in order. Brackets in a comment or within words may look like a list too: so
// whoever reads the text must find every one of `lists` to be a list, or read the text as it stands.
struct WithoutNumbers {
  std::string text;
  std::vector<NumberList> lists;
};
WithoutNumbers without_numbers(std::string_view text);

}  // namespace shortfall
