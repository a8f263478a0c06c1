#include "report/comparison_markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "report/comparison_words.hpp"
#include "report/markdown_text.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

std::string shown(ChangeVerdict v) {
  return v == ChangeVerdict::worse || v == ChangeVerdict::better || v == ChangeVerdict::unclear ? fmt::format("**{}**", name_of(v))
                                                                                                : std::string(name_of(v));
}

class Comment {
 public:
  Comment(const CompareResult& r, const Provenance& provenance) : r_(r), provenance_(provenance) {}

  std::string whole() {
    line("<!-- shortfall compare -->");
    const std::string title = r_.after.title.empty() ? r_.after.system : r_.after.title;
    line(r_.identical && is_quiet(r_) ? "### Savings plan checked: no change"
         : is_quiet(r_)               ? "### Savings plan checked: no material change"
                                      : fmt::format("### Savings plan: {}", markdown_text(title)));
    line();
    line(markdown_text(headline(r_), 2000) + (r_.identical ? "" : " " + markdown_text(savings_sentence(r_), 2000)));
    line();
    if (!is_quiet(r_)) {
      table(table_rows(r_));
      if (const std::size_t n = immaterial_rows(r_)) line(fmt::format("\n{} other measure{} without a material change.", n, n == 1 ? "" : "s"));
      line();
      limits();
      if (r_.effects) worst();
    }
    if (r_.effects) fold("Which edits did it", [&] { effects(); });
    if (!r_.difference.changes.empty())
      fold(fmt::format("What changed ({} edit{})", r_.difference.changes.size(), r_.difference.changes.size() == 1 ? "" : "s"), [&] { edits(); });
    if (is_quiet(r_) && !(r_.limits.empty() && r_.after.gates.empty())) fold("Limits, all kept", [&] { limits(); });
    fold("Every chance and sum of money", [&] { everything(); });
    line(fmt::format("<sub>Checked in {} simulated futures, both revisions in the same ones; seed {}; {}. {}</sub>", grouped(r_.after.trials),
                     r_.after.seed, markdown_text(provenance_.program), markdown_text(material_sentence(r_), 2000)));
    return std::move(out_);
  }

 private:
  void line(std::string_view text = "") { out_.append(text).append("\n"); }

  template <class Body>
  void fold(const std::string& summary, Body body) {
    line(fmt::format("<details><summary>{}</summary>", summary));
    line();
    body();
    line();
    line("</details>");
    line();
  }

  void table(const std::vector<const MeasureChange*>& rows) {
    line("| | before | now | change (95 % interval) | |");
    line("|---|---:|---:|---:|---|");
    for (const MeasureChange* m : rows)
      line(fmt::format("| {} | {} | {} | {}{} | {} |", markdown_text(measure_name(*m)), markdown_text(value_text(*m, m->before, r_.after.currency)),
                       markdown_text(value_text(*m, m->after, r_.after.currency)), change_text(*m), m->chance ? " points" : "", shown(m->verdict)));
  }

  void limits() {
    if (r_.limits.empty() && r_.after.gates.empty()) return;
    line("| limit | it is | |");
    line("|---|---:|---|");
    for (const ChangeLimitResult& l : r_.limits) {
      const MeasureChange& m = *r_.find(l.limit.subject, l.limit.measure);
      line(fmt::format("| {} | {}{} | {} |", markdown_text(l.limit.expression), change_text(m, l.change), m.chance ? " points" : "",
                       verdict(l.verdict)));
    }
    for (const GateResult& g : r_.after.gates)
      line(fmt::format(
          "| {} | {} | {} |", markdown_text(g.gate.expression),
          g.gate.measure.starts_with("fails") ? percent_with_interval(g.value) : markdown_text(money_text(g.value.value, r_.after.currency)),
          verdict(g.verdict)));
    line();
  }
  static std::string verdict(Verdict v) { return v == Verdict::passed ? "kept" : fmt::format("**{}**", name_of(v)); }

  // The edit to talk about, in a sentence outside the folds.
  void worst() {
    const Effect& e = r_.effects->list.front();
    if (std::abs(e.system.value) < r_.material) return;
    line(fmt::format("The edit that did most: {} ({}), {}.", markdown_text(e.name),
                     markdown_text(e.changes.size() == 1 ? edit_text(r_.difference.changes[e.changes.front()]) : "several edits"),
                     markdown_text(signed_points(e.system))));
    line();
  }

  void effects() {
    line("| edit | P(system fails), points | P(its owner fails), points: alone | together |");
    line("|---|---:|---:|---:|");
    const auto cell = [](const Estimate& e) {
      const std::string text = signed_points(e);
      return text.substr(0, text.find(" points")) + (text.find(" (") == std::string::npos ? "" : text.substr(text.find(" (")));
    };
    for (const Effect& e : r_.effects->list)
      line(fmt::format("| {} | {} | {} | {} |", markdown_text(e.name), cell(e.system), cell(e.alone), cell(e.together)));
    line();
    line(markdown_text(effects_sentence(*r_.effects), 2000));
  }

  void edits() {
    line("| | before | now | where |");
    line("|---|---|---|---|");
    for (const Change& c : r_.difference.changes)
      line(fmt::format("| {} {} | {} | {} | {} |", name_of(c.kind), markdown_text(c.path), markdown_text(c.before), markdown_text(c.after),
                       markdown_text(place_text(c))));
  }

  void everything() {
    std::vector<const MeasureChange*> rows;
    for (const MeasureChange& m : r_.measures)
      if (!m.subject.starts_with("pair:") && rows.size() < 400) rows.push_back(&m);
    table(rows);
  }

  const CompareResult& r_;
  const Provenance& provenance_;
  std::string out_;
};

}  // namespace

std::string comparison_markdown(const CompareResult& result, const Provenance& provenance) { return Comment(result, provenance).whole(); }

}  // namespace shortfall
