// What a report says, apart from how it looks: sections of paragraphs and tables. A view makes one of a result; writers turn any into text for a
// terminal, Markdown or a page of HTML.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "report/chart.hpp"

namespace shortfall {

enum class Tone { plain, strong, faint, good, doubtful, bad };

// A part of a bar: its share of the whole length, and the sign that a terminal draws it with.
struct Segment {
  double share = 0;
  Tone tone = Tone::plain;
  std::string_view sign = "█";
};

struct PageCell {
  PageCell() = default;
  PageCell(std::string what, Tone how = Tone::plain) : text(std::move(what)), tone(how) {}
  PageCell(const char* what, Tone how = Tone::plain) : text(what), tone(how) {}
  std::string text;
  Tone tone = Tone::plain;
  std::vector<Segment> bar;  // of a column of bars; a segment without a tone and sign leaves room
};
// How many signs the longest bar of a table takes in text.
constexpr std::size_t longest_bar = 24;
PageCell bar(std::vector<Segment> segments);

struct TableColumn {
  // name: what the row is of, cut where there is no room; label: the same, never cut; number: right-aligned; words: wrapped where there is no room;
  // bar: drawn where there is room.
  enum class Kind { name, label, number, words, bar };
  std::string heading;  // '\n' between its lines
  Kind kind = Kind::number;
  std::size_t least = 0;  // cells that it has at least on a terminal; of a bar: it is drawn without colours, too
};

struct PageRow {
  std::vector<PageCell> cells;
  bool rule = false;      // a line above it: what follows is a total
  bool spanning = false;  // one cell over all columns: what the rows below it have in common
};

struct PageTable {
  std::vector<TableColumn> columns;
  std::vector<PageRow> rows;
  void row(std::vector<PageCell> cells, bool rule = false) { rows.push_back({std::move(cells), rule, false}); }
  void span(std::string text) { rows.push_back({{PageCell(std::move(text), Tone::faint)}, false, true}); }
};

struct Paragraph {
  std::string text;
  Tone tone = Tone::plain;
  std::string indent;  // of its second line and those after it
  std::string marked;  // a word of it that stands out
  Tone marked_tone = Tone::plain;
  bool unbroken = false;  // a line that stays one, however long
};

// A picture under a title that says what it shows, with the numbers that it draws.
struct Chart {
  std::string title, description;
  Picture picture;
  PageTable table;
  bool on_pages_alone = false;  // not on a terminal and not in Markdown, where the report says the same otherwise
};
Chart on_pages_alone(Chart chart);

// A few numbers to be seen first: "57 of 100 futures", "£74m" or "none", and of what.
struct KeyFigure {
  std::string number, words;
  Tone tone = Tone::plain;
};
// A chance is a phrase by itself; an amount begins its sentence.
inline std::string_view after_number(const KeyFigure& k) { return k.number.ends_with("futures") ? ":" : ""; }
using KeyFigures = std::vector<KeyFigure>;

using Block = std::variant<Paragraph, PageTable, Chart, KeyFigures>;

struct Section {
  std::string heading;
  std::vector<Block> blocks;
  // open: everywhere; folded: open on a terminal, folded away in Markdown and HTML; detail: there alone, folded away.
  enum class Shown { open, folded, detail } shown = Shown::open;
  // Whether there is anything of it on a terminal and in Markdown.
  bool is_told() const;

  void say(std::string text, Tone tone = Tone::plain) { blocks.emplace_back(Paragraph{std::move(text), tone, {}, {}, {}, false}); }
  void add(PageTable table) { blocks.emplace_back(std::move(table)); }
  void add(Chart chart) { blocks.emplace_back(std::move(chart)); }
  void add(KeyFigures figures) { blocks.emplace_back(std::move(figures)); }
};

struct Document {
  std::string title, years;  // "Midshire plan", "2017/18 to 2020/21"
  std::string marker;        // by which a script finds an earlier comment of its own, in Markdown alone
  std::vector<Section> sections;

  Section& section(std::string heading = {}, Section::Shown shown = Section::Shown::open);
};

struct TextStyle {
  std::size_t width = 80;
  bool colour = false;  // a terminal's colours, and bars beside tables
  bool ascii = false;   // nothing but ASCII
};

inline constexpr std::size_t narrowest_page = 40, widest_page = 120;

std::string text(const Document& document, const TextStyle& style);
// GitHub's and GitLab's. Nothing of the plans can become markup or name a person.
std::string markdown(const Document& document);
// One page that needs nothing else: no script, no request, no part of the plans as markup. In print the pictures' tables stand in an appendix.
std::string html(const Document& document);

}  // namespace shortfall
