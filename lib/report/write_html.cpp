// A document as one page of HTML.
#include <fmt/format.h>

#include <algorithm>

#include "base/problem.hpp"
#include "report/document.hpp"
#include "report/markup.hpp"
#include "report/svg.hpp"

namespace shortfall {
namespace {

// Colours: text 4.5 to 1 at least against the page, graphics 3 to 1, on a light page and on a dark one.
constexpr std::string_view style_sheet = R"(
:root{color-scheme:light dark;--ink:#0b0c0c;--paper:#fff;--faint:#505a5f;--line:#b1b4b6;--grid:#d0d4d6;--tile:#f3f4f5;--good:#00703c;--doubtful:#7a4b00;--bad:#a1001c;--a:#12436d;--b:#28a197;--c:#801650;--d:#f46a25}
@media(prefers-color-scheme:dark){:root{--ink:#f3f2f1;--paper:#12161a;--faint:#b9bec1;--line:#505a5f;--grid:#343b41;--tile:#1d242a;--good:#7fd6a4;--doubtful:#f5c26b;--bad:#ff9a9a;--a:#86b6e8;--c:#e08ab8}}
*{box-sizing:border-box}
body{font:16px/1.45 Arial,Helvetica,"Liberation Sans",sans-serif;color:var(--ink);background:var(--paper);max-width:62rem;margin:1.5rem auto;padding:0 1rem;overflow-wrap:break-word}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .8rem;text-wrap:balance}h3{font-size:1rem;margin:1rem 0 .3rem}h2{font-size:1.2rem;line-height:1.25;margin:1.9rem 0 .5rem;border-top:2px solid var(--ink);padding-top:.6rem}
p{margin:.5rem 0;max-width:46rem}summary{cursor:pointer;padding:.25rem 0}a{color:var(--a)}
.wide{overflow-x:auto;margin:.6rem 0}.wide:focus-visible,summary:focus-visible{outline:3px solid var(--d);outline-offset:2px}
table{border-collapse:collapse}
th,td{padding:.22rem .7rem .22rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
th{font-weight:600;vertical-align:bottom}th.r{font-weight:400;vertical-align:top;min-width:8.5rem}.n{text-align:right}td.n{white-space:nowrap}td.w{min-width:11rem}
.rule td,.rule th{border-top:2px solid var(--ink)}.group td{padding-top:.6rem;color:var(--faint)}
.faint{color:var(--faint)}.strong{font-weight:600}.lead{font-size:1.1rem}.good{color:var(--good)}.doubtful{color:var(--doubtful)}.bad{color:var(--bad)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:.7rem;margin:1rem 0;padding:0;list-style:none}
.figures li{background:var(--tile);border-left:5px solid var(--line);padding:.6rem .8rem}.figures b{display:block;font-size:1.35rem;line-height:1.2}
.figures .bad{color:inherit;border-color:var(--bad)}.figures .doubtful{color:inherit;border-color:var(--doubtful)}.figures .good{color:inherit;border-color:var(--good)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21.5rem),1fr));gap:1.2rem 2rem;align-items:start;margin:.8rem 0}
figure{margin:0;min-width:0}figcaption{font-weight:600;margin-bottom:.3rem}svg{display:block;width:100%;max-width:30rem;height:auto}
figure details{font-size:.9rem}
.fi,.ti,.tl{fill:var(--ink)}.fw,.tw{fill:var(--faint)}.fa{fill:var(--a)}.fb{fill:var(--b)}.fc{fill:var(--c)}.fd{fill:var(--d)}.fp,.tp{fill:var(--paper)}.tl{fill:#0b0c0c}
.si{stroke:var(--ink)}.sw{stroke:var(--faint)}.sa{stroke:var(--a)}.sb{stroke:var(--b)}.sc{stroke:var(--c)}.sd{stroke:var(--d)}.sp{stroke:var(--paper)}.sg{stroke:var(--grid)}
@media(max-width:30rem){table{font-size:.875rem}th,td{padding-right:.45rem}th.r{min-width:5rem}}
@media print{@page{size:A4;margin:11mm 13mm}:root{color-scheme:light;--ink:#0b0c0c;--paper:#fff;--faint:#505a5f;--line:#b1b4b6;--grid:#d0d4d6;--tile:#f3f4f5;--good:#00703c;--doubtful:#7a4b00;--bad:#a1001c;--a:#12436d;--b:#28a197;--c:#801650;--d:#f46a25}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:9pt;line-height:1.3;max-width:none;margin:0;padding:0}p{max-width:none;margin:.3rem 0}h1{font-size:14pt;margin:0 0 .4rem}th.r{min-width:0}h2{font-size:12pt;margin:.9rem 0 .3rem;padding-top:.35rem;break-after:avoid}
figure,tr,.figures li{break-inside:avoid}p.strong,h2+p{break-after:avoid}figure details{display:none}.charts{grid-template-columns:repeat(2,1fr);gap:.7rem 1.6rem}svg{max-width:92%}
.figures{grid-template-columns:repeat(3,1fr);margin:.4rem 0;gap:.4rem}.figures li{padding:.25rem .6rem}.figures b{font-size:12pt}th,td{padding:.1rem .5rem .1rem 0}.wide{overflow:visible;margin:.3rem 0}
.pictured .fold{display:none}.fold::details-content{content-visibility:visible;display:block;height:auto}.fold>summary{font-weight:600;list-style:none}
.appendix{display:block!important;break-before:page;font-size:8.5pt}}
)";

class HtmlWriter {
 public:
  std::string whole(const Document& d) {
    const std::string title = d.title + (d.years.empty() ? "" : ", " + d.years);
    out_ = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main{2}>\n<h1>{0}</h1>\n",
        html_text(title), style_sheet, has_pictures(d) ? " class=\"pictured\"" : "");
    for (const Section& s : d.sections) section(s);
    appendix(d);
    return std::move(out_) + "</main>\n</body>\n</html>\n";
  }

 private:
  static std::string classed(Tone tone, std::string_view more = "") {
    static constexpr std::string_view names[] = {"", "strong", "faint", "good", "doubtful", "bad"};
    const std::string_view name = names[static_cast<std::size_t>(tone)];
    if (name.empty() && more.empty()) return "";
    return fmt::format(" class=\"{}{}{}\"", name, name.empty() || more.empty() ? "" : " ", more);
  }
  static std::string joined(std::string heading) {
    std::replace(heading.begin(), heading.end(), '\n', ' ');
    return heading;
  }

  static bool has_pictures(const Document& d) {
    return std::any_of(d.sections.begin(), d.sections.end(), [](const Section& s) {
      return std::any_of(s.blocks.begin(), s.blocks.end(), [](const Block& b) { return std::holds_alternative<Chart>(b); });
    });
  }

  void section(const Section& s) {
    if (s.heading.empty() && s.blocks.empty()) return;
    const bool folded = s.shown != Section::Shown::open;
    if (folded)
      out_ += fmt::format("<details class=\"fold\"><summary>{}</summary>\n", html_text(s.heading));
    else if (!s.heading.empty())
      out_ += fmt::format("<h2>{}</h2>\n", html_text(s.heading));
    bool charts = false;  // pictures that follow each other stand side by side
    for (const Block& block : s.blocks) {
      const bool is_chart = std::holds_alternative<Chart>(block);
      if (is_chart != charts) out_ += is_chart ? "<div class=\"charts\">\n" : "</div>\n";
      charts = is_chart;
      std::visit([&](const auto& b) { write(b); }, block);
    }
    if (charts) out_ += "</div>\n";
    if (folded) out_ += "</details>\n";
  }

  void write(const Paragraph& p) { out_ += fmt::format("<p{}>{}</p>\n", classed(p.tone), html_text(p.text)); }

  void write(const KeyFigures& all) {
    out_ += "<ul class=\"figures\">\n";
    for (const KeyFigure& k : all) out_ += fmt::format("<li{}><b>{}</b> {}</li>\n", classed(k.tone), html_text(k.number), html_text(k.words));
    out_ += "</ul>\n";
  }

  void write(const Chart& c) {
    out_ += fmt::format("<figure>\n<figcaption>{}</figcaption>\n", html_text(c.title));
    out_ += svg(c.picture, fmt::format("picture-{}", ++pictures_), c.title, c.description);
    out_ += "<details><summary>The numbers</summary>\n";
    write(c.table, c.title);
    out_ += "</details>\n</figure>\n";
  }

  void write(const PageTable& t) { write(t, {}); }

  // One that is wider than the page scrolls by itself, by keys too.
  void write(const PageTable& t, const std::string& caption) {
    if (printing_ && !caption.empty()) out_ += fmt::format("<p class=\"strong\">{}</p>\n", html_text(caption));
    out_ += fmt::format("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"{}\"><table>\n",
                        html_text(caption.empty() ? "A table" : caption));
    const auto drawn = [](const TableColumn& c) { return c.kind == TableColumn::Kind::bar; };
    if (std::any_of(t.columns.begin(), t.columns.end(), [](const TableColumn& c) { return !c.heading.empty(); })) {
      out_ += "<thead><tr>";
      for (const TableColumn& c : t.columns) {
        if (drawn(c)) continue;
        const std::string numbers = classed(Tone::plain, c.kind == TableColumn::Kind::number ? "n" : "");
        out_ += c.heading.empty() ? fmt::format("<td{}></td>", numbers)
                                  : fmt::format("<th scope=\"col\"{}>{}</th>", numbers, html_text(joined(c.heading)));
      }
      out_ += "</tr></thead>\n";
    }
    out_ += "<tbody>\n";
    const auto hidden = static_cast<std::size_t>(std::count_if(t.columns.begin(), t.columns.end(), drawn));
    for (const PageRow& row : t.rows) {
      if (row.spanning) {
        out_ += fmt::format("<tr class=\"group\"><td colspan=\"{}\">{}</td></tr>\n", t.columns.size() - hidden, html_text(row.cells.front().text));
        continue;
      }
      out_ += row.rule ? "<tr class=\"rule\">" : "<tr>";
      for (std::size_t c = 0; c < t.columns.size(); ++c) cell(t.columns[c], c < row.cells.size() ? row.cells[c] : PageCell(), c == 0);
      out_ += "</tr>\n";
    }
    out_ += "</tbody>\n</table></div>\n";
  }

  void cell(const TableColumn& column, const PageCell& cell, bool first) {
    using Kind = TableColumn::Kind;
    if (column.kind == Kind::bar) return;
    if (first && column.kind != Kind::number && !cell.text.empty()) {
      out_ += fmt::format("<th scope=\"row\"{}>{}</th>", classed(cell.tone, "r"), html_text(cell.text));
      return;
    }
    const std::string_view kind = column.kind == Kind::number ? "n" : column.kind == Kind::words && cell.text.size() > 40 ? "w" : "";
    out_ += fmt::format("<td{}>{}</td>", classed(cell.tone, kind), html_text(cell.text));
  }

  // The numbers of all pictures and what is folded away, for print alone: on a screen they stand where they belong.
  void appendix(const Document& d) {
    if (pictures_ == 0) return;
    out_ += "<section class=\"appendix\" hidden>\n<h2>Appendix: the numbers of the pictures, and what the page folds away</h2>\n";
    printing_ = true;
    for (const Section& s : d.sections) {
      const bool folded = s.shown != Section::Shown::open;
      if (folded) out_ += fmt::format("<h3>{}</h3>\n", html_text(s.heading));
      for (const Block& block : s.blocks) {
        if (const auto* c = std::get_if<Chart>(&block))
          write(c->table, c->title);
        else if (folded)
          std::visit([&](const auto& b) { write(b); }, block);
      }
    }
    out_ += "</section>\n";
  }

  std::string out_;
  std::size_t pictures_ = 0;
  bool printing_ = false;
};

}  // namespace

std::string html(const Document& document) { return HtmlWriter().whole(document); }

}  // namespace shortfall
