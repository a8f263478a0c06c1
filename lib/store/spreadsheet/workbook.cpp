#include "store/spreadsheet/workbook.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>

#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

// libxlsxwriter writes to a path alone. This is one in memory, so that no end of the program leaves a file behind.
class PathInMemory {
 public:
  PathInMemory() : file_(memfd_create("workbook", MFD_CLOEXEC)) {
    if (file_ < 0) throw std::runtime_error(fmt::format("no memory for a workbook: {}", std::strerror(errno)));
  }
  ~PathInMemory() { close(file_); }
  PathInMemory(const PathInMemory&) = delete;
  PathInMemory& operator=(const PathInMemory&) = delete;
  std::string path() const { return fmt::format("/proc/self/fd/{}", file_); }

 private:
  int file_;
};

class WorkbookWriter {
 public:
  WorkbookWriter(const std::string& path, const OutWorkbook& workbook, long created) : book_(workbook_new(path.c_str())) {
    if (book_ == nullptr) throw std::bad_alloc();
    std::string title = one_line(workbook.title), program = "shortfall " SHORTFALL_VERSION;
    lxw_doc_properties properties{};
    properties.title = title.data();
    properties.author = program.data();
    properties.created = created;
    workbook_set_properties(book_, &properties);
    title_ = workbook_add_format(book_);
    format_set_bold(title_);
    format_set_font_size(title_, 14);
    heading_ = workbook_add_format(book_);
    format_set_bold(heading_);
    format_set_text_wrap(heading_);
    format_set_bottom(heading_, LXW_BORDER_THIN);
    note_ = workbook_add_format(book_);
    format_set_italic(note_);
    for (const OutSheet& sheet : workbook.sheets) write(sheet);
  }

  void finish() {
    const lxw_error error = workbook_close(book_);
    if (error != LXW_NO_ERROR) throw std::runtime_error(fmt::format("cannot write the workbook: {}", lxw_strerror(error)));
  }

 private:
  // Excel's rules: at most 31 characters, none of []:*?/\, not twice.
  std::string sheet_name(const std::string& wanted) {
    std::string name;
    std::size_t characters = 0;
    for (const char c : one_line(wanted)) {
      if (std::string_view("[]:*?/\\'").find(c) != std::string_view::npos) continue;
      characters += (c & 0xc0) != 0x80;
      if (characters > 28) break;
      name.push_back(c);
    }
    if (name.empty()) name = "Sheet";
    std::string unique = name;
    for (int n = 2; !names_.insert(plain_words(unique)).second; ++n) unique = fmt::format("{} {}", name, n);
    return unique;
  }

  lxw_format* format(const OutColumn& column) {
    const auto key = std::pair(column.form, column.digits);
    if (const auto at = formats_.find(key); at != formats_.end()) return at->second;
    lxw_format* out = workbook_add_format(book_);
    const std::string zeros = column.digits > 0 ? "." + std::string(static_cast<std::size_t>(column.digits), '0') : "";
    if (column.form == CellForm::money || column.form == CellForm::number) format_set_num_format(out, ("#,##0" + zeros).c_str());
    if (column.form == CellForm::count) format_set_num_format(out, "#,##0");
    if (column.form == CellForm::share) format_set_num_format(out, ("0" + zeros + "%").c_str());
    if (column.form == CellForm::text) format_set_text_wrap(out), format_set_align(out, LXW_ALIGN_VERTICAL_TOP);
    return formats_[key] = out;
  }

  void write(const OutSheet& sheet) {
    lxw_worksheet* page = workbook_add_worksheet(book_, sheet_name(sheet.name).c_str());
    lxw_row_t row = 0;
    for (const OutTable& table : sheet.tables) row = write(page, table, row) + 2;
    if (sheet.tables.size() == 1) worksheet_freeze_panes(page, first_data_row_, 1);
    for (const OutTable& table : sheet.tables)
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        double width = table.columns[c].width;
        for (const OutTable& other : sheet.tables)
          if (c < other.columns.size()) width = std::max(width, other.columns[c].width);
        worksheet_set_column(page, static_cast<lxw_col_t>(c), static_cast<lxw_col_t>(c), width, nullptr);
      }
  }

  void text(lxw_worksheet* page, lxw_row_t row, lxw_col_t column, const std::string& text, lxw_format* format) {
    if (!text.empty()) worksheet_write_string(page, row, column, cut(text, most_cell_bytes).c_str(), format);
  }

  // Returns the row after the last.
  lxw_row_t write(lxw_worksheet* page, const OutTable& table, lxw_row_t row) {
    if (!table.title.empty()) text(page, row++, 0, table.title, title_);
    for (const std::string& note : table.notes) text(page, row++, 0, note, note_);
    if (table.columns.empty()) return row;
    const lxw_row_t top = row;
    const bool is_table = table.filters && !table.rows.empty();
    for (std::size_t c = 0; c < table.columns.size(); ++c) text(page, top, static_cast<lxw_col_t>(c), table.columns[c].title, heading_);
    for (const std::vector<OutCell>& cells : table.rows) {
      ++row;
      for (std::size_t c = 0; c < std::min(cells.size(), table.columns.size()); ++c) {
        if (!cells[c].number)
          text(page, row, static_cast<lxw_col_t>(c), cells[c].text, format(table.columns[c]));
        else if (std::isfinite(*cells[c].number))
          worksheet_write_number(page, row, static_cast<lxw_col_t>(c), *cells[c].number, format(table.columns[c]));
      }
    }
    first_data_row_ = top + 1;
    if (is_table) add_table(page, table, top, row);
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      if (table.columns[c].heat && !table.rows.empty()) heat(page, top + 1, row, static_cast<lxw_col_t>(c));
    if (table.chart && !table.rows.empty()) chart(page, table, top, row);
    return row + 1;
  }

  void add_table(lxw_worksheet* page, const OutTable& table, lxw_row_t top, lxw_row_t bottom) {
    std::vector<std::string> titles;
    std::set<std::string> seen;
    for (const OutColumn& column : table.columns) {
      std::string title = column.title.empty() ? "column" : column.title;
      for (int n = 2; !seen.insert(plain_words(title)).second; ++n) title = fmt::format("{} {}", column.title, n);
      titles.push_back(cut(std::move(title), 240));
    }
    std::vector<lxw_table_column> columns(table.columns.size());
    std::vector<lxw_table_column*> pointers;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      columns[c].header = titles[c].data();
      columns[c].header_format = heading_;
      columns[c].format = format(table.columns[c]);
      pointers.push_back(&columns[c]);
    }
    pointers.push_back(nullptr);
    lxw_table_options options{};
    options.columns = pointers.data();
    options.style_type = LXW_TABLE_STYLE_TYPE_LIGHT;
    options.style_type_number = 1;
    worksheet_add_table(page, top, 0, bottom, static_cast<lxw_col_t>(table.columns.size() - 1), &options);
  }

  static void heat(lxw_worksheet* page, lxw_row_t first, lxw_row_t last, lxw_col_t column) {
    lxw_conditional_format scale{};
    scale.type = LXW_CONDITIONAL_2_COLOR_SCALE;
    scale.min_color = 0xFFFFFF;
    scale.max_color = 0xF4A582;
    scale.min_rule_type = scale.max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER;
    scale.min_value = 0;
    scale.max_value = 1;
    worksheet_conditional_format_range(page, first, column, last, column, &scale);
  }

  void chart(lxw_worksheet* page, const OutTable& table, lxw_row_t top, lxw_row_t bottom) {
    if (table.chart->rows > 0) bottom = std::min<lxw_row_t>(bottom, top + static_cast<lxw_row_t>(table.chart->rows));
    lxw_chart* chart = workbook_add_chart(book_, table.chart->kind == OutChart::Kind::line ? LXW_CHART_LINE : LXW_CHART_BAR);
    for (const std::size_t column : table.chart->columns) {
      lxw_chart_series* series = chart_add_series(chart, nullptr, nullptr);
      const auto c = static_cast<lxw_col_t>(column);
      chart_series_set_categories(series, page->name, top + 1, 0, bottom, 0);
      chart_series_set_values(series, page->name, top + 1, c, bottom, c);
      chart_series_set_name_range(series, page->name, top, c);
    }
    chart_title_set_name(chart, table.chart->title.c_str());
    chart_axis_set_name(chart->x_axis, table.chart->x_title.c_str());
    chart_axis_set_name(chart->y_axis, table.chart->y_title.c_str());
    worksheet_insert_chart(page, top, static_cast<lxw_col_t>(table.columns.size() + 1), chart);
  }

  lxw_workbook* book_;
  lxw_format *title_, *heading_, *note_;
  std::map<std::pair<CellForm, int>, lxw_format*> formats_;
  std::set<std::string> names_;
  lxw_row_t first_data_row_ = 0;
};

}  // namespace

std::string workbook_bytes(const OutWorkbook& workbook, long created) {
  const PathInMemory file;
  WorkbookWriter writer(file.path(), workbook, created);
  writer.finish();
  std::ifstream stream(file.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace shortfall
