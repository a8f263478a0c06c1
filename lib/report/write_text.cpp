// A document on a terminal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "report/chart_signs.hpp"
#include "report/document.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t gap = 2, shortest_name = 12, shortest_bar = 6, shortest_words = 16, longest_kept_word = 28;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

class TextWriter {
 public:
  explicit TextWriter(const TextStyle& style) : style_(style), width_(std::clamp(style.width, narrowest_page, widest_page)) {}

  std::string whole(const Document& d) {
    if (!d.title.empty()) {
      const std::string title = known(d.title), years = d.years.empty() ? "" : known(", " + d.years);
      const std::size_t room = width_ - std::min(width_, width_of(years));
      line(toned((width_of(title) > room ? padded(title, std::max<std::size_t>(room, 1)) : title) + years, Tone::strong));
    }
    bool first = true;
    for (const Section& s : d.sections) {
      if (s.shown == Section::Shown::detail || !s.is_told()) continue;
      if (!first) line();
      first = false;
      if (!s.heading.empty()) paragraph({s.heading, Tone::strong, {}, {}, {}, false});
      for (const Block& block : s.blocks) {
        if (const auto* p = std::get_if<Paragraph>(&block))
          paragraph(*p);
        else if (const auto* t = std::get_if<PageTable>(&block))
          table(*t);
        else if (const auto* c = std::get_if<Chart>(&block))
          c->on_pages_alone ? void() : chart(*c);
        else
          for (const KeyFigure& k : std::get<KeyFigures>(block))
            paragraph({fmt::format("{}{} {}", k.number, after_number(k), k.words), k.tone, "  ", {}, {}, false});
      }
    }
    return std::move(out_);
  }

 private:
  std::string known(std::string_view text) const { return style_.ascii ? ascii(text) : std::string(text); }

  std::string toned(std::string_view text, Tone tone) const {
    if (!style_.colour || tone == Tone::plain || text.empty()) return std::string(text);
    static constexpr const char* codes[] = {"", "1", "2", "32", "33", "31"};
    return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(tone)], text);
  }

  void line(std::string text = "") {
    while (text.ends_with(' ')) text.pop_back();
    out_ += text + "\n";
  }

  // Wrapped as it reads, coloured afterwards.
  void paragraph(const Paragraph& p) {
    for (std::string text : p.unbroken ? std::vector<std::string>{known(p.text)} : lines_of(wrapped(known(p.text), width_, p.indent))) {
      if (text.empty()) continue;
      const std::size_t at = p.marked.empty() ? std::string::npos : text.find(p.marked);
      if (at != std::string::npos && p.tone == Tone::plain) text.replace(at, p.marked.size(), toned(p.marked, p.marked_tone));
      line(toned(text, p.tone));
    }
  }

  // Lines and bands are drawn; of other pictures the numbers speak.
  void chart(const Chart& c) {
    if (!out_.empty() && !out_.ends_with("\n\n")) line();
    paragraph({c.title, Tone::strong, {}, {}, {}, false});
    const auto* lines = std::get_if<LineChart>(&c.picture);
    if (lines == nullptr || lines->x.names.size() == 1) return table(c.table);  // of one year there is nothing to draw
    for (const std::string& row : in_signs(*lines, width_)) line(known(row));
  }

  struct Layout {
    std::vector<std::size_t> widths;  // 0: left out
    bool below = false;               // the numbers stand below the label
    std::size_t total = 0;
  };

  // What each column would like to have.
  std::vector<std::size_t> wishes(const PageTable& t) const {
    std::vector<std::size_t> out;
    for (std::size_t c = 0; c < t.columns.size(); ++c) {
      const TableColumn& column = t.columns[c];
      if (column.kind == TableColumn::Kind::bar) {
        out.push_back(longest_bar);
        continue;
      }
      std::size_t w = column.least;
      for (const std::string& part : lines_of(known(column.heading))) w = std::max(w, width_of(part));
      for (const PageRow& row : t.rows)
        if (!row.spanning && c < row.cells.size()) w = std::max(w, width_of(known(row.cells[c].text)));
      out.push_back(w);
    }
    return out;
  }

  static std::size_t total_of(const std::vector<std::size_t>& widths) {
    std::size_t sum = 0;
    for (const std::size_t w : widths) sum += w == 0 ? 0 : w + (sum == 0 ? 0 : gap);
    return sum;
  }

  std::size_t longest_heading(const PageTable& t, std::size_t c) const {
    std::size_t longest = 0;
    for (const std::string& part : lines_of(known(t.columns[c].heading))) longest = std::max(longest, width_of(part));
    return longest;
  }
  std::size_t longest_word(const PageTable& t, std::size_t c) const {
    std::size_t longest = 0;
    for (const PageRow& row : t.rows) {
      if (row.spanning || c >= row.cells.size()) continue;
      const std::string text = known(row.cells[c].text);
      for (std::size_t at = 0; at < text.size();) {
        const std::size_t space = std::min(text.find(' ', at), text.size());
        longest = std::max(longest, width_of(std::string_view(text).substr(at, space - at)));
        at = space + 1;
      }
    }
    return longest;
  }

  // Room is taken from bars first, then from words, then from names.
  void fit(const PageTable& t, std::vector<std::size_t>& widths, std::size_t room) const {
    const auto shrink = [&](TableColumn::Kind kind, std::size_t least) {
      for (std::size_t c = 0; c < t.columns.size(); ++c) {
        const std::size_t total = total_of(widths);
        if (t.columns[c].kind != kind || total <= room) continue;
        std::size_t needs = least;
        if (kind == TableColumn::Kind::words)  // a heading stays whole, and so do words such as ids
          needs = std::max({needs, longest_heading(t, c), std::min(longest_word(t, c), longest_kept_word)});
        if (kind == TableColumn::Kind::bar) needs = std::max(needs, longest_heading(t, c));
        widths[c] = std::max(std::min(needs, widths[c]), widths[c] - std::min(widths[c], total - room));
      }
    };
    for (std::size_t c = 0; c < t.columns.size(); ++c)
      if (t.columns[c].kind == TableColumn::Kind::bar && !style_.colour && t.columns[c].least == 0) widths[c] = 0;
    shrink(TableColumn::Kind::bar, shortest_bar);
    shrink(TableColumn::Kind::words, shortest_words);
    shrink(TableColumn::Kind::name, 2 * shortest_name);
    // Without room for all bars there are none: of two sides, one alone would mislead.
    if (total_of(widths) > room)
      for (std::size_t c = 0; c < t.columns.size(); ++c)
        if (t.columns[c].kind == TableColumn::Kind::bar) widths[c] = 0;
    shrink(TableColumn::Kind::name, shortest_name);
  }

  Layout laid_out(const PageTable& t) const {
    Layout out{wishes(t), false, 0};
    fit(t, out.widths, width_);
    out.total = total_of(out.widths);
    if (out.total <= width_ || t.columns.front().kind != TableColumn::Kind::label) return out;
    // A label above its numbers leaves them the whole line.
    out = {wishes(t), true, 0};
    out.widths.front() = 0;
    fit(t, out.widths, width_ - gap);
    out.total = gap + total_of(out.widths);
    return out;
  }

  void table(const PageTable& t) {
    if (t.columns.empty()) return;
    const Layout layout = laid_out(t);
    if (layout.total <= width_) return table(t, layout);
    if (const auto one = in_one_column(t)) return table(*one, laid_out(*one));
    // Bars say again what numbers do, and long names stand once, above their numbers.
    if (const auto plain = without_bars(t)) return table(*plain);
    if (t.columns.front().kind == TableColumn::Kind::words && wishes(t).front() > width_ / 2) {
      PageTable labelled = t;
      labelled.columns.front().kind = TableColumn::Kind::label;
      return table(labelled);
    }
    // As many columns at a time as there is room for, each time with the name of the row.
    std::size_t first = 1;
    const std::vector<std::size_t> all = wishes(t);
    bool again = false;
    while (first < t.columns.size()) {
      const bool label = t.columns.front().kind == TableColumn::Kind::label;
      std::size_t used = label ? gap : std::min(all.front(), shortest_name) + gap, last = first;
      while (last < t.columns.size() && (last == first || used + all[last] <= width_)) used += all[last++] + gap;
      const PageTable part = part_of(t, first, last);
      first = last;
      if (part.rows.empty()) continue;
      if (again) line();
      again = true;
      table(part, laid_out(part));
    }
  }

  // Nothing where it has no bar that it can do without.
  static std::optional<PageTable> without_bars(const PageTable& t) {
    PageTable out = t;
    for (std::size_t c = t.columns.size(); c-- > 0;) {
      if (t.columns[c].kind != TableColumn::Kind::bar || t.columns[c].least > 0) continue;
      const auto at = static_cast<std::ptrdiff_t>(c);
      out.columns.erase(out.columns.begin() + at);
      for (PageRow& row : out.rows)
        if (!row.spanning && row.cells.size() > c) row.cells.erase(row.cells.begin() + at);
    }
    return out.columns.size() < t.columns.size() ? std::optional(std::move(out)) : std::nullopt;
  }

  // Some columns of a table beside its first, and the rows that say something in them, under the headings of such rows.
  static PageTable part_of(const PageTable& t, std::size_t first, std::size_t last) {
    PageTable part;
    part.columns.push_back(t.columns.front());
    part.columns.insert(part.columns.end(), t.columns.begin() + static_cast<std::ptrdiff_t>(first),
                        t.columns.begin() + static_cast<std::ptrdiff_t>(last));
    bool rule = false;
    std::vector<PageRow> headings;
    for (const PageRow& row : t.rows) {
      rule = rule || row.rule;
      if (row.spanning || row.cells.empty()) {
        if (!headings.empty() && headings.back().spanning) headings.clear();
        headings.push_back(row);
        continue;
      }
      PageRow some{{row.cells.front()}, rule, false};
      bool any = false;
      for (std::size_t c = first; c < std::min(last, row.cells.size()); ++c) {
        some.cells.push_back(row.cells[c]);
        any = any || !row.cells[c].text.empty() || !row.cells[c].bar.empty();
      }
      if (!any) continue;
      part.rows.insert(part.rows.end(), headings.begin(), headings.end());
      headings.clear();
      part.rows.push_back(std::move(some));
      rule = false;
    }
    return part;
  }

  // A name and two columns of words: the second behind the first, in brackets.
  static std::optional<PageTable> in_one_column(const PageTable& t) {
    using Kind = TableColumn::Kind;
    if (t.columns.size() != 3 || t.columns[1].kind != Kind::words || t.columns[2].kind != Kind::words || !t.columns[2].heading.empty()) return {};
    PageTable out = t;
    out.columns.pop_back();
    for (PageRow& row : out.rows) {
      if (row.spanning || row.cells.size() < 3) continue;
      if (!row.cells[2].text.empty()) row.cells[1].text += fmt::format(" ({})", row.cells[2].text);
      row.cells.pop_back();
    }
    return out;
  }

  std::string drawn(const PageCell& cell, std::size_t width) const {
    std::string out;
    double share = 0;
    std::size_t at = 0;
    for (const Segment& s : cell.bar) {
      share += s.share;
      const std::size_t end = std::clamp(static_cast<std::size_t>(std::lround(std::min(1.0, share) * static_cast<double>(width))), at, width);
      if (s.sign.empty()) {
        out += std::string(end - at, ' ');
      } else {
        std::string signs;
        for (std::size_t i = at; i < end; ++i) signs += known(s.sign);
        out += toned(signs, s.tone);
      }
      at = end;
    }
    return out + std::string(width - at, ' ');
  }

  std::string aligned(const PageTable& t, std::size_t c, const std::string& text, std::size_t width) const {
    return t.columns[c].kind == TableColumn::Kind::number ? right_aligned(text, width) : padded(text, width);
  }

  void table(const PageTable& t, const Layout& layout) {
    std::size_t heading_lines = 0;
    std::vector<std::vector<std::string>> headings;
    for (const TableColumn& c : t.columns) {
      headings.push_back(lines_of(known(c.heading)));
      if (!c.heading.empty()) heading_lines = std::max(heading_lines, headings.back().size());
    }
    const std::size_t first = layout.below ? 1 : 0;
    for (std::size_t k = 0; k < heading_lines; ++k) {
      std::string text(layout.below ? gap : 0, ' ');
      for (std::size_t c = first; c < t.columns.size(); ++c) {
        if (layout.widths[c] == 0) continue;
        const std::size_t missing = heading_lines - headings[c].size();
        // Headings stand on the numbers below them.
        text += (c == first ? "" : std::string(gap, ' ')) + aligned(t, c, k < missing ? "" : headings[c][k - missing], layout.widths[c]);
      }
      line(toned(std::string(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find_last_not_of(' ') + 1)), Tone::faint));
    }
    for (const PageRow& row : t.rows) table_row(t, layout, row);
  }

  void table_row(const PageTable& t, const Layout& layout, const PageRow& row) {
    if (row.rule) {
      std::string rule;
      for (std::size_t i = 0; i < layout.total; ++i) rule += known("─");
      line(toned(rule, Tone::faint));
    }
    if (row.spanning) return paragraph({row.cells.front().text, row.cells.front().tone, {}, {}, {}, false});
    const std::size_t first = layout.below ? 1 : 0;
    if (layout.below) paragraph({row.cells.front().text, row.cells.front().tone, "  ", {}, {}, false});
    // A cell of words may take several lines.
    std::vector<std::vector<std::string>> parts(t.columns.size());
    std::size_t lines = 1;
    for (std::size_t c = first; c < row.cells.size(); ++c) {
      if (t.columns[c].kind != TableColumn::Kind::words || layout.widths[c] == 0) continue;
      parts[c] = lines_of(wrapped(known(row.cells[c].text), layout.widths[c]));
      while (!parts[c].empty() && parts[c].back().empty()) parts[c].pop_back();
      lines = std::max(lines, parts[c].size());
    }
    for (std::size_t k = 0; k < lines; ++k) {
      std::string text(layout.below ? gap : 0, ' ');
      for (std::size_t c = first; c < t.columns.size(); ++c) {
        const std::size_t width = layout.widths[c];
        if (width == 0) continue;
        if (c > first) text += std::string(gap, ' ');
        const PageCell none, &cell = c < row.cells.size() ? row.cells[c] : none;
        std::string what = k == 0 ? known(cell.text) : "";
        if (t.columns[c].kind == TableColumn::Kind::words) what = k < parts[c].size() ? parts[c][k] : "";
        if (t.columns[c].kind == TableColumn::Kind::bar) {
          if (k == 0) text += drawn(cell, width);
          continue;
        }
        if (cell.tone == Tone::plain || !style_.colour)
          text += aligned(t, c, what, width);
        else
          text += toned(aligned(t, c, what, width), cell.tone);
      }
      line(text);
    }
  }

  TextStyle style_;
  std::size_t width_;
  std::string out_;
};

}  // namespace

PageCell bar(std::vector<Segment> segments) {
  PageCell out;
  out.bar = std::move(segments);
  return out;
}

Section& Document::section(std::string heading, Section::Shown shown) {
  sections.push_back({std::move(heading), {}, shown});
  return sections.back();
}

bool Section::is_told() const {
  return !heading.empty() || std::any_of(blocks.begin(), blocks.end(), [](const Block& b) {
    const auto* c = std::get_if<Chart>(&b);
    return c == nullptr || !c->on_pages_alone;
  });
}

Chart on_pages_alone(Chart chart) {
  chart.on_pages_alone = true;
  return chart;
}

std::string text(const Document& document, const TextStyle& style) { return TextWriter(style).whole(document); }

}  // namespace shortfall
