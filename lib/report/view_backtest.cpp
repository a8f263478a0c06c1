#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/backtest_words.hpp"
#include "report/charts.hpp"
#include "report/history.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;
constexpr std::size_t picture_cells = 16;

// The shares that a picture spans: all of the rows'.
struct Span {
  double low = 0.5, high = 1.2;
  std::size_t cell(double share) const {
    const double at = std::clamp((share - low) / (high - low), 0.0, 1.0);
    return std::min(picture_cells - 1, static_cast<std::size_t>(at * static_cast<double>(picture_cells)));
  }
};

Span span_of(const AmountSummary& summary, const BacktestResult& result) {
  Span out;
  for (const std::size_t i : summary.scores) {
    const AmountScore& s = result.amounts[i];
    out.low = std::min({out.low, s.p10, s.share}), out.high = std::max({out.high, s.p90, s.share});
  }
  out.low = std::max(out.low, -1.0), out.high = std::min(out.high, 2.0);
  return out;
}

// "  ├──┼●─┤ ": P10, P50, P90 and what happened.
std::string picture(const AmountScore& s, const Span& span) {
  std::vector<std::string> out(picture_cells, " ");
  for (std::size_t c = span.cell(s.p10); c <= span.cell(s.p90); ++c) out[c] = "─";
  out[span.cell(s.p10)] = "├", out[span.cell(s.p90)] = "┤";
  out[span.cell(s.p50)] = "┼";
  out[span.cell(s.share)] = "●";
  std::string text;
  for (const std::string& cell : out) text += cell;
  return text;
}

void bullets(Section& s, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) s.blocks.emplace_back(Paragraph{"- " + text, Tone::plain, "  ", {}, {}, false});
}

void summary(Document& d, const AmountSummary& s, const BacktestResult& r) {
  const Span span = span_of(s, r);
  PageTable t;
  t.columns = {{"", Kind::name, 20},
               {"year", Kind::words},
               {"P10"},
               {"P50"},
               {"P90"},
               {"came"},
               {"place"},
               {"", Kind::words},
               {fmt::format("{} to {}", share_text(span.low), share_text(span.high)), Kind::words}};
  for (const std::size_t i : s.scores) {
    const AmountScore& a = r.amounts[i];
    t.row({a.subject, a.years, share_text(a.p10), share_text(a.p50), share_text(a.p90), share_text(a.share), fmt::format("P{:.0f}", 100 * a.pit),
           marks_of(a), picture(a, span)});
  }
  Section& section = d.section(title_of(s));
  if (auto picture = reliability_chart(s, r)) section.add(on_pages_alone(std::move(*picture)));
  if (auto picture = places_chart(s, r)) section.add(on_pages_alone(std::move(*picture)));
  section.add(std::move(t));
  bullets(section, sentences(s, r));
}

}  // namespace

Document view_backtest(const BacktestResult& r, const Provenance& provenance) {
  Document out;
  out.title = "Back-test";
  out.section().say(headline(r));
  for (const AmountSummary& s : r.summaries) summary(out, s, r);
  if (!r.failures.empty()) {
    PageTable t;
    t.columns = {{"", Kind::name, 20}, {"chance"}, {"", Kind::words}};
    for (const FailureScore& f : r.failures) t.row({f.subject, percent(f.chance, 0), f.failed ? "failed" : "did not"});
    Section& s = out.section("Failures");
    s.add(std::move(t));
    bullets(s, failure_sentences(r));
  }
  if (const auto texts = joint_sentences(r); !texts.empty()) bullets(out.section("Outcomes of one system together"), texts);
  Section& last = out.section();
  for (const std::string& text : legend(r)) last.blocks.emplace_back(Paragraph{text, Tone::plain, "   ", {}, {}, false});
  last.say(fmt::format("Outcomes of one system share luck, so what is to be expected comes from the forecasts' own futures, whole system by whole "
                       "system; luck that systems share with "
                       "each other is left out. {}Seed {}; {}.",
                       r.knowledge ? "Forecasts of plans know no more of the reference classes than their records tell. " : "", r.seed,
                       provenance.program),
           Tone::faint);
  return out;
}

}  // namespace shortfall
