#include "history/record_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/fields.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {

std::string as_heading(std::string text) {
  for (char& c : text) c = c == ' ' || c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

RecordColumns::RecordColumns(const std::vector<std::string>& headings, const RecordRow& row, std::shared_ptr<const std::string> file,
                             Problems& problems)
    : file_(std::move(file)), at_(headings.size(), -1) {
  for (std::size_t c = 0; c < row.cells.size(); ++c) {
    if (row.cells[c].text.empty()) continue;
    const std::string name = as_heading(row.cells[c].text);
    const auto found = std::find(headings.begin(), headings.end(), name);
    const Place place{file_, row.line, row.cells[c].column};
    if (found == headings.end()) {
      report(problems, Code::bad_record, place,
             fmt::format("unknown heading '{}'{} (known are {})", printable(row.cells[c].text, 60), did_you_mean(name, headings),
                         fmt::join(headings, ", ")));
      continue;
    }
    int& at = at_[static_cast<std::size_t>(found - headings.begin())];
    if (at >= 0) report(problems, Code::bad_record, place, fmt::format("a second column '{}'; keep one", *found));
    at = static_cast<int>(c);
  }
}

const RecordCell* RecordColumns::cell(const RecordRow& row, std::size_t heading) const {
  const int at = at_[heading];
  return at < 0 || static_cast<std::size_t>(at) >= row.cells.size() ? nullptr : &row.cells[static_cast<std::size_t>(at)];
}

std::string_view RecordColumns::text(const RecordRow& row, std::size_t heading) const {
  const RecordCell* found = cell(row, heading);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

Place RecordColumns::place(const RecordRow& row, std::size_t heading) const {
  const RecordCell* found = cell(row, heading);
  return {file_, found == nullptr || found->line == 0 ? row.line : found->line, found == nullptr ? 1 : found->column};
}

}  // namespace shortfall
