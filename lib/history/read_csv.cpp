#include <algorithm>

#include "history/records.hpp"
#include "plan/fields.hpp"

namespace shortfall {
namespace {

char separator_of(std::string_view text) {
  const std::string_view first = text.substr(0, text.find_first_of("\r\n"));
  char best = ',';
  for (const char candidate : {';', '\t'})
    if (std::count(first.begin(), first.end(), candidate) > std::count(first.begin(), first.end(), best)) best = candidate;
  return best;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xc2 ? 4 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 4;
    if (more == 4 || i + more >= text.size() + (more == 0 ? 1 : 0)) return false;
    for (std::size_t k = 1; k <= more; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    i += more + 1;
  }
  return true;
}

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& name) : text_(text), file_(whole_file(name).file) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    separator_ = separator_of(text_);
  }

  Checked<RecordTable> read() {
    while (at_ < text_.size()) {
      RecordRow row{line_, {}};
      line_start_ = at_;
      while (read_cell(row)) {
      }
      if (open_quote_ > 0)
        return tl::make_unexpected(Problems{{Place{file_, open_quote_, 1}, Code::bad_record, "a quotation mark opens here and never closes"}});
      const bool empty = std::all_of(row.cells.begin(), row.cells.end(), [](const RecordCell& c) { return c.text.empty(); });
      if (!empty) table_.push_back(std::move(row));
    }
    return std::move(table_);
  }

 private:
  // The next cell; whether another follows on the same row.
  bool read_cell(RecordRow& row) {
    RecordCell cell{{}, static_cast<int>(at_ - line_start_) + 1};
    if (at_ < text_.size() && text_[at_] == '"') {
      quoted(cell.text);
    }
    const std::size_t end = std::min(text_.find_first_of(separator_ == ',' ? ",\r\n" : separator_ == ';' ? ";\r\n" : "\t\r\n", at_), text_.size());
    cell.text.append(text_.substr(at_, end - at_));
    at_ = end;
    while (!cell.text.empty() && (cell.text.back() == ' ')) cell.text.pop_back();
    cell.text.erase(0, cell.text.find_first_not_of(' '));
    row.cells.push_back(std::move(cell));
    if (at_ >= text_.size()) return false;
    if (text_[at_] == separator_) return ++at_, true;
    at_ += text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2 : 1;
    ++line_;
    return false;
  }

  void quoted(std::string& out) {
    const int opened = line_;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        if (at_ >= text_.size() || text_[at_] != '"') return;
      }
      line_ += text_[at_] == '\n';
      out += text_[at_];
    }
    open_quote_ = opened;
  }

  std::string_view text_;
  std::shared_ptr<const std::string> file_;
  char separator_ = ',';
  std::size_t at_ = 0, line_start_ = 0;
  int line_ = 1, open_quote_ = 0;
  RecordTable table_;
};

}  // namespace

Checked<RecordTable> read_record_csv(std::string_view text, const std::string& name) {
  if (!is_utf8(text))
    return tl::make_unexpected(
        Problems{{whole_file(name), Code::not_text, "not UTF-8 text (save the table as CSV UTF-8, or give the .xlsx itself)"}});
  return CsvReader(text, name).read();
}

}  // namespace shortfall
