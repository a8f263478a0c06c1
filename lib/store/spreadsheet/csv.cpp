// Comma-separated values in the dialects that spreadsheet programs write: RFC 4180 and its neighbours.
#include <fmt/format.h>
#include <utf8.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "store/spreadsheet/sheet.hpp"

namespace shortfall {
namespace {

constexpr std::string_view candidates = ",;\t|";

std::string name_of_separator(char separator) { return separator == '\t' ? "a tab" : fmt::format("'{}'", separator); }

// Windows-1252, 0x80 to 0x9f; 0 where it has no character.
constexpr std::array<char32_t, 32> windows_1252 = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                                   0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                                   0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

std::string from_windows_1252(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const char32_t point = byte < 0x80 || byte >= 0xa0 ? byte : windows_1252[byte - 0x80] == 0 ? 0xfffd : windows_1252[byte - 0x80];
    utf8::append(point, std::back_inserter(out));
  }
  return out;
}

// None where it is not UTF-16: an odd number of bytes, or half a pair.
std::optional<std::string> from_utf16(std::string_view bytes, bool big_endian) {
  if (bytes.size() % 2 != 0) return {};
  std::u16string units;
  units.reserve(bytes.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]), second = static_cast<unsigned char>(bytes[i + 1]);
    units.push_back(static_cast<char16_t>(big_endian ? first << 8 | second : second << 8 | first));
  }
  std::string out;
  try {
    utf8::utf16to8(units.begin(), units.end(), std::back_inserter(out));
  } catch (const utf8::exception&) {
    return {};
  }
  return out;
}

struct Text {
  std::string utf8;
  std::string note;
  std::string wrong;
};

Text decoded(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  for (const bool big : {false, true}) {
    if (!bytes.starts_with(big ? "\xfe\xff" : "\xff\xfe")) continue;
    const auto text = from_utf16(bytes.substr(2), big);
    if (!text) return {"", "", "it begins as UTF-16 does, but is not UTF-16; save it as UTF-8"};
    return {*text, "the text is UTF-16", ""};
  }
  if (bytes.find('\0') != std::string_view::npos) return {"", "", "it holds bytes of 0, so it is no text; save the sheet as .xlsx or CSV"};
  if (utf8::is_valid(bytes.begin(), bytes.end())) return {std::string(bytes), "", ""};
  return {from_windows_1252(bytes), "the text is not UTF-8: it was read as Windows-1252", ""};
}

// Cuts records and fields. A quote opens a quoted field only where the field begins; elsewhere it is a character like any other.
class Records {
 public:
  Records(std::string_view text, char separator) : text_(text), separator_(separator) {}

  // The next record into `fields`; false at the end.
  bool next(std::vector<std::string>& fields) {
    fields.clear();
    if (at_ >= text_.size()) return false;
    ++record_;
    while (true) {
      fields.push_back(field());
      if (at_ >= text_.size()) return true;
      const char c = text_[at_++];
      if (c == separator_) continue;
      if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      return true;
    }
  }
  int record() const { return record_; }
  int unclosed() const { return unclosed_; }  // the record whose quoted field never ends; 0: none

 private:
  std::string field() {
    std::string out;
    if (at_ < text_.size() && text_[at_] == '"') quoted(out);
    const std::size_t end = std::min(text_.find_first_of(ends_, at_), text_.size());
    out.append(text_.substr(at_, end - at_));
    at_ = end;
    return out;
  }

  void quoted(std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) break;
      out.append(text_.substr(at_, end - at_));
      at_ = end + 1;
      if (at_ >= text_.size() || text_[at_] != '"') return;
      out.push_back('"');
      ++at_;
    }
    out.append(text_.substr(std::min(at_, text_.size())));
    at_ = text_.size();
    unclosed_ = record_;
  }

  std::string_view text_;
  char separator_;
  std::string ends_ = std::string{separator_, '\r', '\n'};
  std::size_t at_ = 0;
  int record_ = 0, unclosed_ = 0;
};

// How well a separator fits the beginning of the text: rows of equally many fields, and many of them.
double fit(std::string_view text, char separator) {
  Records records(text, separator);
  std::vector<std::string> fields;
  std::vector<std::size_t> widths;
  while (widths.size() < 50 && records.next(fields))
    if (fields.size() > 1 || !fields.front().empty()) widths.push_back(fields.size());
  if (widths.empty()) return 0;
  std::vector<std::size_t> ordered = widths;
  std::nth_element(ordered.begin(), ordered.begin() + ordered.size() / 2, ordered.end());
  const std::size_t usual = ordered[ordered.size() / 2];
  if (usual < 2) return static_cast<double>(*std::max_element(widths.begin(), widths.end()) > 1) / 100;
  const auto agree = std::count(widths.begin(), widths.end(), usual);
  return static_cast<double>(agree) / static_cast<double>(widths.size()) * static_cast<double>(std::min<std::size_t>(usual, 20)) +
         static_cast<double>(usual) / 1000;
}

char separator_of(std::string_view text) {
  char best = ',';
  double most = 0;
  for (const char candidate : candidates) {
    const double here = fit(text.substr(0, 1 << 20), candidate);
    if (here > most) best = candidate, most = here;
  }
  return best;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

Checked<SheetFile> read_csv(std::string_view bytes, const std::string& name, char separator) {
  const auto refuse = [&](std::string why) { return tl::make_unexpected(Problems{{whole_file(name), Code::bad_tracker, std::move(why)}}); };
  const Text text = decoded(bytes);
  if (!text.wrong.empty()) return refuse(text.wrong);
  SheetFile file{name, {Sheet{}}, {}};
  if (!text.note.empty()) file.notes.push_back(text.note);
  std::string_view rest = text.utf8;
  // Excel's own line that names the separator.
  if (rest.size() > 5 && rest.starts_with("sep=") && (rest[5] == '\r' || rest[5] == '\n')) {
    if (separator == 0) separator = rest[4];
    rest.remove_prefix(rest[5] == '\r' && rest.size() > 6 && rest[6] == '\n' ? 7 : 6);
  }
  if (separator == 0) separator = separator_of(rest);
  if (separator != ',') file.notes.push_back(fmt::format("fields are separated by {}", name_of_separator(separator)));
  Sheet& sheet = file.sheets.front();
  Records records(rest, separator);
  std::size_t cells = 0;
  std::vector<std::string> fields;
  while (records.next(fields)) {
    if (fields.size() > static_cast<std::size_t>(most_sheet_columns))
      return refuse(fmt::format("row {} has more than 16,384 columns; is it a savings tracker?", records.record()));
    SheetRow row{records.record(), false, {}};
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (!trimmed(fields[i]).empty()) row.cells.push_back({static_cast<int>(i), SheetCell::Kind::text, false, 0, std::move(fields[i])});
    cells += row.cells.size();
    if (!row.cells.empty()) sheet.rows.push_back(std::move(row));
    if (sheet.rows.size() > most_filled_rows || cells > most_sheet_cells)
      return refuse(fmt::format("more than {} rows or {} cells with anything in them; import its schemes alone", most_filled_rows, most_sheet_cells));
  }
  if (records.unclosed() > 0)
    return refuse(
        fmt::format("the quote that opens a field in row {} is never closed (the rest of the file would be one cell); close it", records.unclosed()));
  if (sheet.rows.empty()) return refuse("empty (there is not one cell in it)");
  return file;
}

}  // namespace shortfall
