#include "report/backtest_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/backtest_words.hpp"
#include "report/markdown_text.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

// The shares that a picture spans: all of the rows'.
struct Span {
  double low, high;
  std::size_t cell(double share, std::size_t cells) const {
    const double at = std::clamp((share - low) / (high - low), 0.0, 1.0);
    return std::min(cells - 1, static_cast<std::size_t>(at * static_cast<double>(cells)));
  }
};

Span span_of(const AmountSummary& summary, const BacktestResult& result) {
  Span out{0.5, 1.2};
  for (const std::size_t i : summary.scores) {
    const AmountScore& s = result.amounts[i];
    out.low = std::min({out.low, s.p10, s.share}), out.high = std::max({out.high, s.p90, s.share});
  }
  out.low = std::max(out.low, -1.0), out.high = std::min(out.high, 2.0);
  return out;
}

// "  ├──┼●─┤ ": P10, P50, P90 and what happened.
std::string picture(const AmountScore& s, const Span& span, std::size_t cells) {
  std::vector<std::string> out(cells, " ");
  for (std::size_t c = span.cell(s.p10, cells); c <= span.cell(s.p90, cells); ++c) out[c] = "─";
  out[span.cell(s.p10, cells)] = "├", out[span.cell(s.p90, cells)] = "┤";
  out[span.cell(s.p50, cells)] = "┼";
  out[span.cell(s.share, cells)] = "●";
  std::string text;
  for (const std::string& cell : out) text += cell;
  return text;
}

class Page {
 public:
  Page(const BacktestResult& r, const Provenance& provenance, const TextStyle& style)
      : r_(r), provenance_(provenance), colour_(style.colour), width_(std::clamp<std::size_t>(style.width, 72, 120)) {}

  std::string whole() {
    strong("Back-test");
    paragraph(headline(r_));
    for (const AmountSummary& s : r_.summaries) summary(s);
    failures();
    section("Outcomes of one system together", joint_sentences(r_));
    line();
    for (const std::string& text : legend(r_)) out_ += wrapped(text, width_, "   ");
    paragraph(fmt::format("Outcomes of one system share luck, so what is to be expected comes from the forecasts' own futures, whole system by whole "
                          "system; luck that systems share with each other is left out. Seed {}; {}.",
                          r_.seed, printable(provenance_.program)));
    return std::move(out_);
  }

 private:
  void line(std::string_view text = "") { out_.append(text).append("\n"); }
  void strong(const std::string& text) { line(colour_ ? "\x1b[1m" + text + "\x1b[0m" : text); }
  void paragraph(const std::string& text) { out_ += wrapped(text, width_); }

  static constexpr std::size_t column = 6;

  void summary(const AmountSummary& s) {
    line();
    strong(title_of(s));
    constexpr std::size_t numbers = 4 * column, cells = 16;
    const std::size_t name = width_ - numbers - cells - 6;
    const Span span = span_of(s, r_);
    line(padded("", name) + right_aligned("P10", column) + right_aligned("P50", column) + right_aligned("P90", column) + right_aligned("came", column) + "    " +
         padded(share_text(span.low), cells - 4) + right_aligned(share_text(span.high), 4));
    for (const std::size_t i : s.scores) row(r_.amounts[i], span, name, cells);
    line();
    bullets(sentences(s, r_));
  }

  void row(const AmountScore& s, const Span& span, std::size_t name, std::size_t cells) {
    const std::string subject = printable(s.subject, 200), years = " " + s.years;
    const std::size_t room = name > width_of(years) + 8 ? name - width_of(years) : name;
    const bool named = room < name && subject.find(s.years) == std::string::npos;
    const std::string label = named ? (width_of(subject) > room ? padded(subject, room) : subject) + years : subject;
    line(padded(label, name) + right_aligned(share_text(s.p10), column) + right_aligned(share_text(s.p50), column) + right_aligned(share_text(s.p90), column) +
         right_aligned(share_text(s.share), column) + " " + padded(marks_of(s), 3) + picture(s, span, cells));
  }

  void failures() {
    if (r_.failures.empty()) return;
    line();
    strong("Failures");
    for (const FailureScore& f : r_.failures)
      line(padded(printable(f.subject, 200), width_ - 30) + right_aligned(percent(f.chance, 0), 10) + (f.failed ? "   failed" : "   did not"));
    line();
    bullets(failure_sentences(r_));
  }

  void section(const std::string& title, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    line();
    strong(title);
    bullets(texts);
  }

  void bullets(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) out_ += wrapped("- " + printable(text, 1000), width_, "  ");
  }

  const BacktestResult& r_;
  const Provenance& provenance_;
  bool colour_;
  std::size_t width_;
  std::string out_;
};

std::string list_of(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += "- " + markdown_text(text, 2000) + "\n";
  return out + "\n";
}

}  // namespace

std::string backtest_text(const BacktestResult& result, const Provenance& provenance, const TextStyle& style) {
  return Page(result, provenance, style).whole();
}

std::string backtest_markdown(const BacktestResult& r, const Provenance& provenance) {
  std::string out = fmt::format("### Back-test\n\n{}\n\n", markdown_text(headline(r), 2000));
  for (const AmountSummary& s : r.summaries) {
    out += fmt::format("#### {}\n\n| | year | P10 | P50 | P90 | came | place | |\n|---|---|--:|--:|--:|--:|--:|---|\n",
                       markdown_text(title_of(s)));
    for (const std::size_t i : s.scores) {
      const AmountScore& a = r.amounts[i];
      out += fmt::format("| {} | {} | {} | {} | {} | {} | P{:.0f} | {} |\n", markdown_text(a.subject), markdown_text(a.years), share_text(a.p10),
                         share_text(a.p50), share_text(a.p90), share_text(a.share), 100 * a.pit, markdown_text(marks_of(a)));
    }
    out += "\n" + list_of(sentences(s, r));
  }
  if (!r.failures.empty()) {
    out += "#### Failures\n\n| | chance | |\n|---|--:|---|\n";
    for (const FailureScore& f : r.failures)
      out += fmt::format("| {} | {} | {} |\n", markdown_text(f.subject), percent(f.chance, 0), f.failed ? "failed" : "did not");
    out += "\n" + list_of(failure_sentences(r));
  }
  if (!r.energy.empty()) out += "#### Outcomes of one system together\n\n" + list_of(joint_sentences(r));
  if (const auto texts = legend(r); !texts.empty()) out += list_of(texts);
  return out + fmt::format("<sub>Seed {}; {}.</sub>\n", r.seed, markdown_text(provenance.program));
}

}  // namespace shortfall
