// A document as Markdown.
#include <fmt/format.h>

#include <algorithm>

#include "base/problem.hpp"
#include "report/document.hpp"
#include "report/markup.hpp"

namespace shortfall {
namespace {

constexpr std::size_t most_text = 4000;

std::string joined(std::string heading) {
  std::replace(heading.begin(), heading.end(), '\n', ' ');
  return heading;
}

// What both notations would read as markup, and what `also` says of the one; nothing of a sign that stands for itself.
template <class Also>
std::string escaped(std::string_view text, std::size_t most, const Also& also) {
  std::string out;
  for (const char c : printable(text, most)) {
    const std::string other = c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : also(c);
    if (other.empty())
      out += c;
    else
      out += other;
  }
  return out;
}

bool is_drawn(const TableColumn& column) { return column.kind == TableColumn::Kind::bar; }

class MarkdownWriter {
 public:
  std::string whole(const Document& d) {
    if (!d.marker.empty()) line(fmt::format("<!-- {} -->", d.marker));
    if (!d.title.empty()) line(fmt::format("### {}{}\n", markdown_text(d.title), d.years.empty() ? "" : markdown_text(", " + d.years)));
    for (const Section& s : d.sections) {
      if (!s.is_told()) continue;
      const bool folded = s.shown != Section::Shown::open;
      if (folded)
        line(fmt::format("<details><summary>{}</summary>\n", html_text(s.heading)));
      else if (!s.heading.empty())
        line(fmt::format("**{}**\n", markdown_text(s.heading)));
      for (const Block& block : s.blocks) {
        if (const auto* p = std::get_if<Paragraph>(&block)) {
          line(p->tone == Tone::faint ? fmt::format("<sub>{}</sub>\n", markdown_text(p->text, most_text)) : markdown_text(p->text, most_text) + "\n");
        } else if (const auto* t = std::get_if<PageTable>(&block)) {
          table(*t);
        } else if (const auto* c = std::get_if<Chart>(&block)) {
          if (c->on_pages_alone) continue;
          // Hosts of Markdown show no SVG: the numbers speak.
          line(fmt::format("*{}*\n", markdown_text(c->title, most_text)));
          table(c->table);
        } else {
          for (const KeyFigure& k : std::get<KeyFigures>(block))
            line(fmt::format("- **{}**{} {}", markdown_text(k.number), after_number(k), markdown_text(k.words)));
          line("");
        }
      }
      if (folded) line("</details>\n");
    }
    while (out_.ends_with("\n\n")) out_.pop_back();
    return std::move(out_);
  }

 private:
  void line(const std::string& text) { out_ += text + "\n"; }

  void table(const PageTable& t) {
    std::string heads = "|", rule = "|";
    for (const TableColumn& c : t.columns) {
      if (is_drawn(c)) continue;
      heads += fmt::format(" {} |", markdown_text(joined(c.heading)));
      rule += c.kind == TableColumn::Kind::number ? "---:|" : "---|";
    }
    line(heads);
    line(rule);
    for (const PageRow& row : t.rows) {
      std::string text = "|";
      for (std::size_t c = 0; c < t.columns.size(); ++c) {
        if (is_drawn(t.columns[c])) continue;
        const PageCell none, &cell = c < row.cells.size() ? row.cells[c] : none;
        const std::string what = markdown_text(cell.text, most_text);
        const bool stands_out = (cell.tone == Tone::bad || cell.tone == Tone::good || cell.tone == Tone::doubtful || cell.tone == Tone::strong) &&
                                t.columns[c].kind == TableColumn::Kind::words && !what.empty();
        text += what.empty() ? " |" : (stands_out ? " **" + what + "** |" : " " + what + " |");
      }
      line(text);
    }
    line("");
  }

  std::string out_;
};

}  // namespace

std::string markdown(const Document& document) { return MarkdownWriter().whole(document); }

std::string markdown_text(std::string_view text, std::size_t most) {
  static constexpr std::string_view marks = "\\`*_[]#~!$";
  return escaped(text, most, [](char c) -> std::string {
    if (c == '@') return "&#64;";
    if (c == '|') return "&#124;";
    return marks.find(c) == std::string_view::npos ? std::string() : std::string("\\") + c;
  });
}

std::string html_text(std::string_view text, std::size_t most) {
  return escaped(text, most, [](char c) -> std::string { return c == '"' ? "&quot;" : c == '\'' ? "&apos;" : ""; });
}

}  // namespace shortfall
