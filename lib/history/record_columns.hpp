// Which column of a table each of the headings stands in.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "history/records.hpp"

namespace shortfall {

// "Planned start" is planned_start.
std::string as_heading(std::string text);

class RecordColumns {
 public:
  // `row` names the columns in any order and case, with spaces, hyphens or underscores. Errors: a name that is not one of the headings, or stands
  // twice.
  RecordColumns(const std::vector<std::string>& headings, const RecordRow& row, std::shared_ptr<const std::string> file, Problems& problems);

  // Of a heading by its index.
  bool has(std::size_t heading) const { return at_[heading] >= 0; }
  std::string_view text(const RecordRow& row, std::size_t heading) const;  // empty where there is no such cell
  Place place(const RecordRow& row, std::size_t heading) const;            // the row's beginning where there is no such cell

 private:
  const RecordCell* cell(const RecordRow& row, std::size_t heading) const;

  std::shared_ptr<const std::string> file_;
  std::vector<int> at_;  // [heading]; -1: nowhere
};

}  // namespace shortfall
