// A document as Markdown and as HTML: the same walk, in two notations.
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
      if (s.heading.empty() && s.blocks.empty()) continue;
      const bool folded = s.shown != Section::Shown::open;
      if (folded)
        line(fmt::format("<details><summary>{}</summary>\n", html_text(s.heading)));
      else if (!s.heading.empty())
        line(fmt::format("**{}**\n", markdown_text(s.heading)));
      for (const Block& block : s.blocks) {
        if (const auto* p = std::get_if<Paragraph>(&block))
          line(p->tone == Tone::faint ? fmt::format("<sub>{}</sub>\n", markdown_text(p->text, most_text)) : markdown_text(p->text, most_text) + "\n");
        else
          table(std::get<PageTable>(block));
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

constexpr std::string_view style_sheet = R"(
:root{color-scheme:light dark;--ink:#0b0c0c;--paper:#fff;--faint:#505a5f;--line:#b1b4b6;--good:#00703c;--doubtful:#7a4b00;--bad:#a1001c}
@media(prefers-color-scheme:dark){:root{--ink:#f3f2f1;--paper:#12161a;--faint:#b1b4b6;--line:#505a5f;--good:#7fd6a4;--doubtful:#f5c26b;--bad:#ff9a9a}}
body{font:16px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:1.5rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:1.6rem}table{border-collapse:collapse;margin:.6rem 0;display:block;overflow-x:auto}
th,td{padding:.2rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
.n{text-align:right;white-space:nowrap}.rule td{border-top:2px solid var(--ink)}.faint{color:var(--faint)}.strong{font-weight:600}
.good{color:var(--good)}.doubtful{color:var(--doubtful)}.bad{color:var(--bad)}
@media print{details{display:block}table{display:table}body{max-width:none}}
)";

class HtmlWriter {
 public:
  std::string whole(const Document& d) {
    const std::string title = d.title + (d.years.empty() ? "" : ", " + d.years);
    out_ = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
        html_text(title), style_sheet);
    for (const Section& s : d.sections) {
      if (s.heading.empty() && s.blocks.empty()) continue;
      const bool folded = s.shown != Section::Shown::open;
      if (folded)
        out_ += fmt::format("<details><summary>{}</summary>\n", html_text(s.heading));
      else if (!s.heading.empty())
        out_ += fmt::format("<h2>{}</h2>\n", html_text(s.heading));
      for (const Block& block : s.blocks) {
        if (const auto* p = std::get_if<Paragraph>(&block))
          out_ += fmt::format("<p{}>{}</p>\n", classed(p->tone), html_text(p->text));
        else
          table(std::get<PageTable>(block));
      }
      if (folded) out_ += "</details>\n";
    }
    return std::move(out_) + "</main>\n</body>\n</html>\n";
  }

 private:
  static std::string classed(Tone tone, std::string_view more = "") {
    static constexpr std::string_view names[] = {"", "strong", "faint", "good", "doubtful", "bad"};
    const std::string_view name = names[static_cast<std::size_t>(tone)];
    if (name.empty() && more.empty()) return {};
    return fmt::format(" class=\"{}{}{}\"", more, more.empty() || name.empty() ? "" : " ", name);
  }

  void table(const PageTable& t) {
    out_ += "<table>\n<thead><tr>";
    for (const TableColumn& c : t.columns)
      if (!is_drawn(c))
        out_ += fmt::format("<th scope=\"col\"{}>{}</th>", classed(Tone::plain, c.kind == TableColumn::Kind::number ? "n" : ""),
                            html_text(joined(c.heading)));
    out_ += "</tr></thead>\n<tbody>\n";
    const auto drawn = std::count_if(t.columns.begin(), t.columns.end(), is_drawn);
    for (const PageRow& row : t.rows) {
      out_ += row.rule ? "<tr class=\"rule\">" : "<tr>";
      if (row.spanning)
        out_ += fmt::format("<td colspan=\"{}\" class=\"faint\">{}</td>", t.columns.size() - static_cast<std::size_t>(drawn),
                            html_text(row.cells.front().text));
      for (std::size_t c = 0; c < t.columns.size() && !row.spanning; ++c) {
        if (is_drawn(t.columns[c])) continue;
        const PageCell none, &cell = c < row.cells.size() ? row.cells[c] : none;
        out_ += fmt::format("<td{}>{}</td>", classed(cell.tone, t.columns[c].kind == TableColumn::Kind::number ? "n" : ""), html_text(cell.text));
      }
      out_ += "</tr>\n";
    }
    out_ += "</tbody>\n</table>\n";
  }

  std::string out_;
};

}  // namespace

std::string markdown(const Document& document) { return MarkdownWriter().whole(document); }
std::string html(const Document& document) { return HtmlWriter().whole(document); }

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
