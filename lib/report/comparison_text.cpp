#include "report/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "report/comparison_words.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t most_effects = 10, most_listed = 3;

class Page {
 public:
  Page(const CompareResult& r, const TextStyle& style) : r_(r), style_(style), width_(std::clamp<std::size_t>(style.width, 60, 120)) {}

  std::string whole() {
    const std::string title = r_.after.title.empty() ? r_.after.system : r_.after.title;
    line(strong(width_of(title) > width_ ? padded(title, width_) : title));
    paragraph(fmt::format("{} edit{}; {} simulated futures, both revisions in the same ones", r_.difference.changes.size(),
                          r_.difference.changes.size() == 1 ? "" : "s", grouped(r_.after.trials)));
    line();
    paragraph(headline(r_));
    if (!r_.identical) paragraph(savings_sentence(r_));
    line();
    table();
    limits();
    effects();
    others();
    out_ += wrapped(fmt::format("{} Seed {}.", material_sentence(r_), r_.after.seed), width_);
    return std::move(out_);
  }

 private:
  void line(std::string_view text = "") { out_.append(text).append("\n"); }
  void paragraph(const std::string& text) { out_ += wrapped(text, width_); }
  std::string coloured(const std::string& text, const char* code) const {
    return style_.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
  }
  std::string strong(const std::string& text) const { return coloured(text, "1"); }

  static std::string_view short_name(ChangeVerdict v) { return v == ChangeVerdict::no_material_change ? "immaterial" : name_of(v); }
  static const char* colour_of(ChangeVerdict v) {
    return v == ChangeVerdict::worse ? "31" : v == ChangeVerdict::better ? "32" : v == ChangeVerdict::unclear ? "33" : "2";
  }

  void table() {
    const std::vector<const MeasureChange*> rows = table_rows(r_);
    const std::string heading = "change (95 % interval)";
    std::size_t verdict_width = 8, name_width = 14, value_width = 8, change_width = width_of(heading);
    for (const MeasureChange* m : rows) {
      verdict_width = std::max(verdict_width, width_of(short_name(m->verdict)) + 1);
      name_width = std::max(name_width, width_of(measure_name(*m)));
      for (const double value : {m->before, m->after}) value_width = std::max(value_width, width_of(value_text(*m, value, r_.after.currency)) + 2);
      change_width = std::max(change_width, width_of(change_text(*m)));
    }
    // Names are never cut: they are what --allow is given. Where there is no room beside them the numbers stand below.
    const bool beside = verdict_width + name_width + 2 * value_width + 2 + change_width <= width_;
    const auto row = [&](const std::string& verdict, const std::string& name, const std::string& before, const std::string& after,
                         const std::string& change) {
      const std::string numbers = right_aligned(before, value_width) + right_aligned(after, value_width) + "  " + change;
      if (beside) return line(verdict + padded(name, name_width) + numbers);
      if (!name.empty()) line(verdict + name);
      line(std::string(verdict_width, ' ') + numbers);
    };
    row(std::string(verdict_width, ' '), "", "before", "now", heading);
    for (const MeasureChange* m : rows)
      row(coloured(padded(short_name(m->verdict), verdict_width), colour_of(m->verdict)), measure_name(*m),
          value_text(*m, m->before, r_.after.currency), value_text(*m, m->after, r_.after.currency), change_text(*m));
    if (const std::size_t n = immaterial_rows(r_))
      paragraph(fmt::format("{} of the organisations without a material change", counted(n, "other measure")));
    line();
  }

  void limits() {
    const auto colour = [](Verdict v) { return v == Verdict::passed ? "32" : v == Verdict::crossed ? "31" : "33"; };
    // Wrapped as it reads, coloured afterwards.
    const auto limit = [&](const std::string& verdict, Verdict v, const std::string& text) {
      const std::string block = wrapped(fmt::format("{}  {}", verdict, text), width_, std::string(4, ' '));
      out_ += coloured(verdict, colour(v)) + block.substr(verdict.size());
    };
    for (const ChangeLimitResult& l : r_.limits) {
      const MeasureChange& m = *r_.find(l.limit.subject, l.limit.measure);
      limit(fmt::format("change {}", l.verdict == Verdict::passed ? "allowed" : name_of(l.verdict)), l.verdict,
            fmt::format("{}  it is {}{}", l.limit.expression, change_text(m, l.change), m.chance ? " points" : " " + r_.after.currency));
    }
    for (const GateResult& g : r_.after.gates) {
      const bool chance = g.gate.measure.starts_with("fails");
      limit(fmt::format("gate {}", name_of(g.verdict)), g.verdict,
            fmt::format("{}  it is {}", g.gate.expression,
                        chance ? percent_with_interval(g.value)
                               : fmt::format("{} ({} to {})", money_text(g.value.value, r_.after.currency), decimal(g.value.low, 1),
                                             decimal(g.value.high, 1))));
    }
    if (!r_.limits.empty() || !r_.after.gates.empty()) line();
  }

  void effects() {
    if (!r_.effects) {
      if (!r_.identical && !r_.difference.separable)
        paragraph("The revisions plan for different years, so that no edit can be made without the others: which did it cannot be told.\n");
      return;
    }
    line(strong("Which edits did it: points of P(system fails) (and of P(its owner fails alone))"));
    const std::vector<Effect>& all = r_.effects->list;
    const std::size_t shown = all.size() > most_effects + 1 ? most_effects : all.size();
    for (std::size_t i = 0; i < shown; ++i) {
      const Effect& e = all[i];
      const std::string head =
          fmt::format("{}{}", right_aligned(points(e.system), 7),
                      right_aligned(e.owner.empty() || r_.after.organisations.size() == 1 ? "" : "(" + points(e.alone) + ")", 9));
      const std::string indent(18, ' ');
      if (e.changes.size() > 1) {
        line(head + "  " + (width_of(e.name) + 18 > width_ ? padded(e.name, width_ - 18) : e.name));
        const std::size_t listed = e.changes.size() > most_listed + 1 ? most_listed : e.changes.size();
        for (std::size_t k = 0; k < listed; ++k) edit(r_.difference.changes[e.changes[k]], indent + "  ");
        if (listed < e.changes.size()) line(fmt::format("{}  and {} more edits", indent, e.changes.size() - listed));
      } else {
        const Change& c = r_.difference.changes[e.changes.front()];
        hanging(head + "  ", c.path);
        values(c, indent);
      }
    }
    if (shown < all.size()) {
      double rest = 0;
      for (std::size_t i = shown; i < all.size(); ++i) rest += all[i].system.value;
      line(fmt::format("{}{}  {} other edits, each with less effect", right_aligned(signed_decimal(100 * rest, 2), 7), std::string(9, ' '),
                       all.size() - shown));
    }
    paragraph(effects_sentence(*r_.effects));
    line();
  }

  static std::string points(const Estimate& e) { return signed_decimal(100 * e.value, std::max(1, digits_for(100 * e.half_width(), 2))); }

  // Of "(path:line)".
  static std::string without_first_folders(std::string place, std::size_t width) {
    while (width_of(place) > width && place.find('/', 5) != std::string::npos) place = "(…" + place.substr(place.find('/', 5));
    return place;
  }

  // A text in the room right of what it begins with.
  void hanging(const std::string& begin, const std::string& text) {
    const std::string block = wrapped(std::string(width_of(begin), '.') + text, width_, std::string(width_of(begin), ' '));
    out_ += begin + block.substr(width_of(begin));
  }
  void values(const Change& c, const std::string& indent) {
    const std::string place = place_text(c).empty() ? "" : "(" + place_text(c) + ")", text = printable(edit_text(c));
    // A path that would be broken stands further left and, where even that is too narrow, without its first folders.
    const bool beside = width_of(indent) + width_of(place) <= width_;
    hanging(indent, beside && !place.empty() ? text + " " + place : text);
    if (!beside) hanging("  ", without_first_folders(place, width_ - 2));
  }
  void edit(const Change& c, const std::string& indent) {
    hanging(indent, c.path);
    values(c, indent + "  ");
  }

  // What has no effect of its own to show.
  void others() {
    std::vector<const Change*> rest;
    for (const Change& c : r_.difference.changes)
      if (!r_.effects || !c.counts) rest.push_back(&c);
    if (rest.empty()) return;
    line(strong(r_.effects || r_.identical ? "Changed without any effect on the chances:" : "What changed:"));
    for (const Change* c : rest) edit(*c, "  ");
    line();
  }

  const CompareResult& r_;
  TextStyle style_;
  std::size_t width_;
  std::string out_;
};

}  // namespace

std::string comparison_text(const CompareResult& result, const TextStyle& style) { return Page(result, style).whole(); }

}  // namespace shortfall
