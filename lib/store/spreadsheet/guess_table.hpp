// Where the table of schemes begins, and what each of its columns holds.
#pragma once

#include <string>
#include <vector>

#include "store/spreadsheet/amount.hpp"
#include "store/spreadsheet/sheet.hpp"
#include "store/spreadsheet/vocabulary.hpp"

namespace shortfall {

struct GuessedColumn {
  int column = 0;
  std::string heading;
  std::string name;  // by which a mapping calls it: the heading where no other column has it, else its letters
  Role role = Role::none;
  bool numbers = false;
  bool has_suffixes = false;  // amounts that say their own unit
  std::size_t filled = 0, distinct = 0;
  std::vector<double> amounts;     // of its first rows
  std::vector<std::string> words;  // likewise, distinct, as first met
};

struct GuessedTable {
  std::vector<int> heading_rows;
  std::vector<GuessedColumn> columns;
  double score = 0;  // 0: no table found
  const GuessedColumn* find(Role role) const;
};

GuessedTable guess_table(const Sheet& sheet, const NumberForm& form);

}  // namespace shortfall
