// The parts of an .xlsx workbook that hold cells: ECMA-376, as Excel, LibreOffice, Google and the common libraries write it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

#include "store/spreadsheet/archive.hpp"
#include "store/spreadsheet/sheet.hpp"
#include "store/spreadsheet/xml.hpp"

namespace shortfall {
namespace {

// Serial days of the calendar that begins in 1904 are this much smaller.
constexpr double days_from_1900_to_1904 = 1462;
constexpr std::size_t longest_text = 32'767;  // of a cell, as Excel has it

struct Refused {
  std::string why;
};

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// "B17" as its column, from 0, and row; nothing where it is none.
std::optional<std::pair<int, int>> reference(std::string_view text) {
  const auto digits = text.find_first_of("0123456789");
  if (digits == std::string_view::npos) return {};
  const int column = column_number(text.substr(0, digits));
  const auto row = whole(text.substr(digits));
  if (column < 0 || !row || *row < 1 || *row > most_sheet_rows) return {};
  return std::pair(column, *row);
}

// Whether a number format shows a date: it has a day, month or year outside of quotes, brackets and escapes.
bool shows_date(std::string_view code) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '"' || c == '[') {
      const auto end = code.find(c == '"' ? '"' : ']', i + 1);
      if (end == std::string_view::npos) return false;
      i = end;
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (std::string_view("yYmMdD").find(c) != std::string_view::npos) {
      return true;
    } else if (code.substr(i).starts_with("General")) {
      return false;
    }
  }
  return false;
}

// Excel writes a carriage return within a text as _x000D_.
void drop_carriage_returns(std::string& text) {
  constexpr std::string_view mark = "_x000D_";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) text.erase(at, mark.size());
}

struct CellStyle {
  bool date = false, percent = false;
};

CellStyle style_of(int id, const std::map<int, std::string>& codes) {
  if (const auto code = codes.find(id); code != codes.end()) return {shows_date(code->second), code->second.find('%') != std::string::npos};
  const bool date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58;
  return {date, id == 9 || id == 10};
}

struct SheetPart {
  std::string name, path;
  bool hidden = false;
};

struct CommonParts {
  bool from_1904 = false;
  std::vector<std::string> strings;
  std::vector<CellStyle> styles;
};

// Paths of parts are relative to the folder of the part that names them, or absolute.
std::string resolved(std::string_view folder, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  std::string base(folder);
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    const auto slash = base.rfind('/');
    base = slash == std::string::npos ? std::string() : base.substr(0, slash);
  }
  return base.empty() ? std::string(target) : base + "/" + std::string(target);
}

std::string folder_of(const std::string& path) { return path.find('/') == std::string::npos ? std::string() : path.substr(0, path.rfind('/')); }

// Reads one sheet's cells as they go by.
class SheetBuilder {
 public:
  SheetBuilder(const CommonParts& shared, Sheet& sheet, std::size_t& cells, std::size_t& bytes)
      : shared_(shared), sheet_(sheet), cells_(cells), bytes_(bytes) {}

  XmlEvents events() {
    return {[this](std::string_view name, const Attributes& attributes) { start(name, attributes); }, [this](std::string_view name) { end(name); },
            [this](std::string_view text) {
              if (taking_) value_.append(text);
              if (value_.size() > longest_text)
                stream->refuse(fmt::format("has a cell of more than 32,767 characters ({}{})", column_letters(column_), row_));
            }};
  }
  XmlStream* stream = nullptr;

 private:
  void start(std::string_view name, const Attributes& attributes) {
    if (name == "c") return start_cell(attributes);
    if (name == "v" || name == "t") {
      taking_ = in_cell_ && !in_phonetic_;
      has_value_ = has_value_ || taking_;
    } else if (name == "rPh") {
      in_phonetic_ = true;
    } else if (name == "f") {
      formula_ = true;
    } else if (name == "row") {
      start_row(attributes);
    } else if (name == "mergeCell") {
      merge(attributes.of("ref"));
    } else if (name == "col" && attributes.is_true("hidden")) {
      const auto first = whole(attributes.of("min")), last = whole(attributes.of("max"));
      if (first && last && sheet_.hidden_columns.size() < static_cast<std::size_t>(most_sheet_columns))
        sheet_.hidden_columns.emplace_back(*first - 1, *last - 1);
    }
  }

  void end(std::string_view name) {
    if (name == "v" || name == "t") taking_ = false;
    if (name == "rPh") in_phonetic_ = false;
    if (name == "c") end_cell();
    if (name == "row") end_row();
  }

  void start_row(const Attributes& attributes) {
    const auto number = attributes.of("r").empty() ? std::optional(row_ + 1) : whole(attributes.of("r"));
    if (!number || *number <= row_) return stream->refuse(fmt::format("has rows out of order (after row {})", row_));
    if (*number > most_sheet_rows) return stream->refuse("has a row beyond 1,048,576");
    row_ = *number;
    column_ = -1;
    current_ = {row_, attributes.is_true("hidden"), {}};
  }

  void start_cell(const Attributes& attributes) {
    const std::string_view at = attributes.of("r");
    const auto place = reference(at);
    if (!at.empty() && (!place || place->second != row_ || place->first <= column_))
      return stream->refuse(fmt::format("has cells out of order or out of its bounds (row {})", row_));
    column_ = place ? place->first : column_ + 1;
    if (column_ >= most_sheet_columns) return stream->refuse(fmt::format("has more than 16,384 columns (row {})", row_));
    type_ = std::string(attributes.of("t"));
    style_ = whole(attributes.of("s")).value_or(0);
    value_.clear();
    in_cell_ = true;
    formula_ = has_value_ = false;
  }

  void end_cell() {
    in_cell_ = false;
    SheetCell cell{column_, SheetCell::Kind::text, false, 0, {}};
    if (!has_value_ || (value_.empty() && formula_)) {
      if (!formula_) return;
      if (type_ == "str" && has_value_) return;  // a formula that gives an empty text
      cell.kind = SheetCell::Kind::no_value;
    } else if (!fill(cell)) {
      return;
    }
    bytes_ += cell.text.size();
    if (++cells_ > most_sheet_cells || bytes_ > most_text_bytes)
      return stream->refuse(
          fmt::format("fills more than {} cells or {} MiB of text; import its schemes alone", most_sheet_cells, most_text_bytes >> 20));
    current_.cells.push_back(std::move(cell));
  }

  // False where the cell turns out to be empty.
  bool fill(SheetCell& cell) {
    if (type_ == "e") {
      cell.kind = SheetCell::Kind::error;
      cell.text = value_;
    } else if (type_ == "s") {
      const auto index = whole(value_);
      if (!index || *index < 0 || static_cast<std::size_t>(*index) >= shared_.strings.size()) {
        stream->refuse(fmt::format("names a text that is not there ({}{})", column_letters(column_), row_));
        return false;
      }
      cell.text = shared_.strings[static_cast<std::size_t>(*index)];
    } else if (type_ == "b") {
      cell.text = value_ == "0" || value_ == "false" ? "FALSE" : "TRUE";
    } else if (type_ == "str" || type_ == "inlineStr" || type_ == "d") {
      cell.text = value_;
    } else {
      return fill_number(cell);
    }
    drop_carriage_returns(cell.text);
    return cell.text.find_first_not_of(" \t\r\n") != std::string::npos;
  }

  bool fill_number(SheetCell& cell) {
    const char* last = value_.data() + value_.size();
    const auto [end, error] = std::from_chars(value_.data(), last, cell.number);
    if (error != std::errc() || end != last) {
      stream->refuse(fmt::format("has a number that is none ({}{})", column_letters(column_), row_));
      return false;
    }
    const CellStyle style =
        style_ >= 0 && static_cast<std::size_t>(style_) < shared_.styles.size() ? shared_.styles[static_cast<std::size_t>(style_)] : CellStyle{};
    cell.kind = style.date ? SheetCell::Kind::date : SheetCell::Kind::number;
    cell.percent = style.percent;
    if (style.date && shared_.from_1904) cell.number += days_from_1900_to_1904;
    return true;
  }

  void end_row() {
    if (current_.cells.empty()) return;
    sheet_.rows.push_back(std::move(current_));
    current_ = {};
    if (sheet_.rows.size() > most_filled_rows)
      stream->refuse(fmt::format("fills more than {} rows (a savings tracker has some hundred); import its schemes alone", most_filled_rows));
  }

  void merge(std::string_view text) {
    const auto colon = text.find(':');
    const auto first = reference(text.substr(0, colon)), last = colon == std::string_view::npos ? first : reference(text.substr(colon + 1));
    if (!first || !last || sheet_.merged.size() >= most_filled_rows) return;
    sheet_.merged.push_back({first->second, last->second, first->first, last->first});
  }

  const CommonParts& shared_;
  Sheet& sheet_;
  std::size_t &cells_, &bytes_;
  SheetRow current_;
  std::string type_, value_;
  int row_ = 0, column_ = -1, style_ = 0;
  bool in_cell_ = false, taking_ = false, in_phonetic_ = false, formula_ = false, has_value_ = false;
};

class WorkbookReader {
 public:
  WorkbookReader(const Archive& archive, SheetFile& file) : archive_(archive), file_(file) {}

  void read() {
    const std::string main = main_part();
    const std::vector<SheetPart> parts = sheets(main);
    if (parts.empty()) throw Refused{"a workbook without a sheet"};
    if (parts.size() > 1000) throw Refused{"a workbook of more than 1,000 sheets"};
    std::size_t cells = 0, bytes = 0;
    for (const SheetPart& part : parts) {
      Sheet sheet{part.name, part.hidden, false, {}, {}, {}};
      SheetBuilder builder(shared_, sheet, cells, bytes);
      stream(part.path, builder.events(), [&](XmlStream& s) { builder.stream = &s; });
      file_.sheets.push_back(std::move(sheet));
    }
  }

 private:
  using Relations = std::map<std::string, std::pair<std::string, std::string>>;  // id: the last word of its type, and the part

  void stream(const std::string& path, XmlEvents events, const std::function<void(XmlStream&)>& know = {}) {
    XmlStream xml(std::move(events));
    if (know) know(xml);
    const std::string wrong = archive_.read(path, most_part_bytes, [&](std::string_view piece) { return xml.take(piece); });
    if (wrong.empty()) xml.finish();
    if (!xml.wrong().empty()) throw Refused{fmt::format("{} {}", path, xml.wrong())};
    if (!wrong.empty()) throw Refused{wrong};
  }

  Relations relations(const std::string& path) {
    const std::string folder = folder_of(path);
    Relations out;
    const std::string file = (folder.empty() ? "" : folder + "/") + "_rels/" + path.substr(folder.empty() ? 0 : folder.size() + 1) + ".rels";
    if (!archive_.has(file)) return out;
    stream(file, {[&](std::string_view name, const Attributes& a) {
                    if (name != "Relationship" || a.of("TargetMode") == "External") return;
                    const std::string_view type = a.of("Type");
                    out[std::string(a.of("Id"))] = {std::string(type.substr(type.rfind('/') + 1)), resolved(folder, a.of("Target"))};
                  },
                  {},
                  {}});
    return out;
  }

  std::string main_part() {
    for (const auto& [id, relation] : relations(""))
      if (relation.first == "officeDocument" && archive_.has(relation.second)) return known(relation.second);
    if (archive_.has("xl/workbook.xml")) return "xl/workbook.xml";
    if (archive_.has("xl/workbook.bin")) return known("xl/workbook.bin");
    if (archive_.has("content.xml") && archive_.has("mimetype")) throw Refused{"an OpenDocument file (.ods), which is not read; save it as .xlsx"};
    throw Refused{"a ZIP archive, but not a workbook (it has no xl/workbook.xml); give the .xlsx itself"};
  }

  static std::string known(const std::string& part) {
    if (part.ends_with(".bin")) throw Refused{"a binary workbook (.xlsb), which is not read; save it as .xlsx"};
    if (part.starts_with("word/") || part.starts_with("ppt/")) throw Refused{"a document or presentation, not a workbook; save its table as .xlsx"};
    return part;
  }

  std::vector<SheetPart> sheets(const std::string& main) {
    const Relations related = relations(main);
    std::vector<SheetPart> out;
    stream(main, {[&](std::string_view name, const Attributes& a) {
                    if (name == "workbookPr") shared_.from_1904 = a.is_true("date1904");
                    if (name != "sheet") return;
                    const auto found = related.find(std::string(a.of("id")));
                    const bool is_sheet = found != related.end() && found->second.first == "worksheet";
                    const bool is_hidden = a.of("state") == "hidden" || a.of("state") == "veryHidden";
                    if (is_sheet) out.push_back({std::string(a.of("name")), found->second.second, is_hidden});
                  },
                  {},
                  {}});
    for (const auto& [id, relation] : related) {
      if (relation.first == "sharedStrings" && archive_.has(relation.second)) strings(relation.second);
      if (relation.first == "styles" && archive_.has(relation.second)) styles(relation.second);
    }
    return out;
  }

  void strings(const std::string& path) {
    bool taking = false, phonetic = false;
    std::string text;
    XmlStream* xml = nullptr;
    stream(path,
           {[&](std::string_view name, const Attributes&) {
              if (name == "si") text.clear();
              if (name == "rPh") phonetic = true;
              taking = name == "t" && !phonetic;
            },
            [&](std::string_view name) {
              if (name == "t") taking = false;
              if (name == "rPh") phonetic = false;
              if (name != "si") return;
              shared_.strings.push_back(text);
              if (shared_.strings.size() > most_sheet_cells || text.size() > longest_text)
                xml->refuse("holds more texts, or a longer one, than a workbook may");
            },
            [&](std::string_view more) {
              if (taking && text.size() <= longest_text) text.append(more);
            }},
           [&](XmlStream& s) { xml = &s; });
  }

  void styles(const std::string& path) {
    std::map<int, std::string> codes;
    bool in_cell_formats = false;
    stream(path, {[&](std::string_view name, const Attributes& a) {
                    if (name == "numFmt" && codes.size() < 100'000) codes[whole(a.of("numFmtId")).value_or(-1)] = std::string(a.of("formatCode"));
                    if (name == "cellXfs") in_cell_formats = true;
                    if (name == "xf" && in_cell_formats && shared_.styles.size() < 100'000)
                      shared_.styles.push_back(style_of(whole(a.of("numFmtId")).value_or(0), codes));
                  },
                  [&](std::string_view name) {
                    if (name == "cellXfs") in_cell_formats = false;
                  },
                  {}});
  }

  const Archive& archive_;
  SheetFile& file_;
  CommonParts shared_;
};

}  // namespace

Checked<SheetFile> read_xlsx(std::string_view bytes, const std::string& name) {
  const auto refuse = [&](std::string why) { return tl::make_unexpected(Problems{{whole_file(name), Code::bad_tracker, std::move(why)}}); };
  const Archive archive(bytes);
  if (!archive.is_open()) return refuse("a damaged ZIP archive, so no workbook; open it in a spreadsheet program and save it again");
  SheetFile file{name, {}, {}};
  try {
    WorkbookReader(archive, file).read();
  } catch (const Refused& refused) {
    return refuse(refused.why);
  }
  const bool filled = std::any_of(file.sheets.begin(), file.sheets.end(), [](const Sheet& s) { return !s.rows.empty(); });
  if (!filled) return refuse("empty (there is not one cell in it)");
  return file;
}

}  // namespace shortfall
