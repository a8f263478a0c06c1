#include "report/explain_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace shortfall {
namespace {

constexpr std::size_t most_schemes = 15, most_missing = 8, most_factors = 8;

class ExplainPage {
 public:
  ExplainPage(const ExplainResult& r, const Provenance& provenance, const TextStyle& style)
      : r_(r), provenance_(provenance), page_(r.setting, style), several_(r.setting.organisations.size() > 1) {
    for (const SchemeResult& s : r.schemes)
      for (const SchemeEffect* e : {&s.certain, &s.lost, &s.late}) widest_ = std::max(widest_, e->system.half_width());
    digits_ = digits_for(100 * widest_, 1);
  }

  std::string whole() {
    page_.head(fmt::format("what drives the failures: {} and {}, each in the same {}", counted(r_.schemes.size(), "scheme"),
                           counted(r_.factors.size(), "shared factor"), counted(r_.setting.trials, "simulated future")),
               provenance_.edits);
    const std::string who = several_ ? "The system" : "The plan";
    page_.paragraph(fmt::format("{} fails in {} of futures; ", who, percent_with_interval(r_.system_fails)) +
                    (r_.system_contingency.high == 0
                         ? std::string("its reserves make it 80 % sure not to.")
                         : fmt::format("to be 80 % sure not to it needs {} more of reserves.", page_.money_with_interval(r_.system_contingency))));
    summary();
    page_.line();
    if (!r_.schemes.empty()) {
      tornado();
      owners();
      missing();
    }
    factors();
    organisations();
    variance();
    page_.paragraph(
        fmt::format("Changes of chances are good to {:.{}f} points or better, 19 times in 20; seed {}; every scheme and interval: --format "
                    "json, csv.",
                    100 * widest_, std::min(digits_ + 1, 2), r_.setting.seed),
        Tone::faint);
    return page_.take();
  }

 private:
  std::string name(const SchemeResult& s, std::size_t width) const {
    const std::string text = several_ ? fmt::format("{}/{}", r_.setting.organisations[s.organisation].id, s.id) : s.id;
    return padded(width_of(text) >= width ? padded(text, width - 1) : text, width);
  }
  std::size_t name_width(std::size_t numbers, std::size_t least = 20) const {
    std::size_t longest = least;
    for (const SchemeResult& s : r_.schemes)
      longest = std::max(longest, width_of(s.id) + 1 + (several_ ? width_of(r_.setting.organisations[s.organisation].id) + 1 : 0));
    return std::min(longest, page_.width() - numbers);
  }
  std::string change(const Estimate& e, std::size_t width) const {
    const std::string text = right_aligned(points(e, digits_), width);
    return page_.toned(text, e.low > 0 ? Tone::bad : e.high < 0 ? Tone::good : Tone::faint);
  }
  std::string_view what() const { return several_ ? "P(system fails)" : "P(fails)"; }

  std::string full_name(const SchemeResult& s) const {
    return several_ ? fmt::format("{}/{}", r_.setting.organisations[s.organisation].id, s.id) : s.id;
  }

  // What a board should take away.
  void summary() {
    std::string text;
    const auto best = std::min_element(r_.schemes.begin(), r_.schemes.end(),
                                       [](const SchemeResult& a, const SchemeResult& b) { return a.certain.system.value < b.certain.system.value; });
    const auto worst = std::max_element(r_.schemes.begin(), r_.schemes.end(),
                                        [](const SchemeResult& a, const SchemeResult& b) { return a.lost.system.value < b.lost.system.value; });
    if (best != r_.schemes.end() && best->certain.system.high < 0)
      text += fmt::format("To make {} certain would help most ({} points). ", full_name(*best), points(best->certain.system, digits_));
    if (worst != r_.schemes.end() && worst->lost.system.low > 0)
      text += fmt::format("To lose {} would hurt most ({}). ", full_name(*worst), points(worst->lost.system, digits_));
    if (!r_.factors.empty() && r_.factors.front().fails.front().low > r_.factors.front().fails.back().high)
      text += fmt::format("With the luck of {} at its P5 it fails in {}, at its P95 in {}. ",
                          r_.factors.front().name == "system" ? "the system" : r_.factors.front().name, percent(r_.factors.front().fails.front()),
                          percent(r_.factors.front().fails.back()));
    if (several_ && !r_.tail.parts.empty() && r_.tail.whole.value > 0) {
      const auto most =
          std::max_element(r_.tail.parts.begin(), r_.tail.parts.end(), [](const Estimate& a, const Estimate& b) { return a.value < b.value; });
      const auto o = static_cast<std::size_t>(most - r_.tail.parts.begin());
      if (o < r_.setting.organisations.size())
        text += fmt::format("The largest part of the worst 5 % of futures, {:.0f} %, falls to {}.", 100 * most->value / r_.tail.whole.value,
                            page_.title(o));
    }
    while (text.ends_with(' ')) text.pop_back();
    if (!text.empty()) page_.paragraph(text);
  }

  void tornado() {
    constexpr std::size_t cell = 8, least_bar = 20;
    const std::size_t names = name_width(3 * cell + least_bar + 2), room = page_.width() - names - 3 * cell - 2;
    // Each half of the bar as long as the largest effect needs.
    double most = 0;
    for (const SchemeResult& s : r_.schemes) most = std::max({most, std::abs(s.certain.system.value), std::abs(s.lost.system.value)});
    const std::size_t half = std::min<std::size_t>((room - 1) / 2, 24);
    const auto cells = [&](double x) { return most > 0 ? static_cast<std::size_t>(std::lround(std::abs(x) / most * static_cast<double>(half))) : 0; };
    page_.heading(fmt::format("Schemes: points of {} if it is certain, {} months later, or lost", what(), months_late));
    page_.line(page_.toned(std::string(names, ' ') + right_aligned("certain", cell) + right_aligned("late", cell) + right_aligned("lost", cell) +
                               "  " + right_aligned("safer", half) + "│" + "riskier",
                           Tone::faint));
    for (std::size_t k = 0; k < std::min(most_schemes, r_.schemes.size()); ++k) {
      const SchemeResult& s = r_.schemes[k];
      std::size_t left = 0, right = 0;
      for (const double x : {s.certain.system.value, s.lost.system.value}) (x < 0 ? left : right) = std::max(x < 0 ? left : right, cells(x));
      page_.line(name(s, names) + change(s.certain.system, cell) + change(s.late.system, cell) + change(s.lost.system, cell) + "  " +
                 std::string(half - left, ' ') + page_.toned(repeated("█", left), Tone::good) + "│" + page_.toned(repeated("█", right), Tone::bad));
    }
    if (r_.schemes.size() > most_schemes)
      page_.paragraph(fmt::format("and {} more, none with a wider span than {:.{}f} points", r_.schemes.size() - most_schemes,
                                  100 * r_.schemes[most_schemes].spread(), digits_),
                      Tone::faint);
    page_.line();
  }

  void owners() {
    constexpr std::size_t cell = 9;
    const std::size_t names = name_width(5 * cell + 1);
    std::vector<Estimate> sums;
    const std::size_t rows = std::min(most_missing, r_.schemes.size());
    for (std::size_t k = 0; k < rows; ++k)
      for (const SchemeEffect* e : {&r_.schemes[k].certain, &r_.schemes[k].lost, &r_.schemes[k].late}) {
        sums.push_back(e->system_contingency);
        sums.push_back(e->owner_contingency);
      }
    const int digits = money_digits(sums);
    page_.heading(
        fmt::format("The same of {} reserves to be 80 % sure, {}", several_ ? "its owner's P(fails) alone, and of the" : "the", r_.setting.currency));
    const auto pair = [&](const char* a, const char* b) { return right_aligned(a, cell) + right_aligned(b, cell); };
    if (several_)
      page_.line(page_.toned(std::string(names, ' ') + right_aligned("P(owner fails)", 2 * cell) + right_aligned("owner's reserves", 2 * cell) +
                                 right_aligned("system's", cell + 1),
                             Tone::faint));
    page_.line(
        page_.toned(std::string(names, ' ') +
                        (several_ ? pair("certain", "lost") + pair("certain", "lost") + right_aligned("certain", cell + 1) : pair("certain", "lost")),
                    Tone::faint));
    for (std::size_t k = 0; k < rows; ++k) {
      const SchemeResult& s = r_.schemes[k];
      const auto sum = [&](const Estimate& e, std::size_t width) { return right_aligned(signed_amount(e, digits), width); };
      if (several_)
        page_.line(name(s, names) + change(s.certain.owner, cell) + change(s.lost.owner, cell) + sum(s.certain.owner_contingency, cell) +
                   sum(s.lost.owner_contingency, cell) + sum(s.certain.system_contingency, cell + 1));
      else
        page_.line(name(s, names) + sum(s.certain.system_contingency, cell) + sum(s.lost.system_contingency, cell));
    }
    page_.line();
  }

  void missing() {
    if (r_.system_fails.value == 0) return;
    constexpr std::size_t cell = 12;
    const std::size_t names = name_width(4 * cell);
    std::vector<const SchemeResult*> by_more;
    std::vector<Estimate> sums;
    for (const SchemeResult& s : r_.schemes) by_more.push_back(&s);
    std::stable_sort(by_more.begin(), by_more.end(),
                     [](const SchemeResult* a, const SchemeResult* b) { return a->missing_more.value > b->missing_more.value; });
    by_more.resize(std::min(most_missing, by_more.size()));
    for (const SchemeResult* s : by_more) sums.insert(sums.end(), {s->missing, s->missing_in_failure, s->missing_more});
    const int digits = money_digits(sums);
    page_.heading(fmt::format("Who is missing when {} sinks: planned less delivered, {}", several_ ? "the system" : "it", r_.setting.currency));
    page_.line(page_.toned(std::string(names, ' ') + right_aligned("planned", cell) + right_aligned("missing", cell) +
                               right_aligned("when it", cell) + right_aligned("more than", cell),
                           Tone::faint));
    page_.line(page_.toned(std::string(names, ' ') + right_aligned("", cell) + right_aligned("on average", cell) + right_aligned("sinks", cell) +
                               right_aligned("usual", cell),
                           Tone::faint));
    for (const SchemeResult* s : by_more)
      page_.line(name(*s, names) + right_aligned(grouped(decimal(s->planned, digits)), cell) + right_aligned(amount(s->missing, digits), cell) +
                 right_aligned(amount(s->missing_in_failure, digits), cell) + right_aligned(signed_amount(s->missing_more, digits), cell));
    page_.line();
  }

  void factors() {
    if (r_.factors.empty()) return;
    constexpr std::size_t cell = 9;
    std::size_t names = 20;
    for (const FactorResult& f : r_.factors) names = std::max(names, width_of(f.name) + 1);
    names = std::min(names, page_.width() - 5 * cell);
    double widest = 0;
    for (const FactorResult& f : r_.factors)
      for (const Estimate& e : f.fails) widest = std::max(widest, e.half_width());
    const int digits = digits_for(100 * widest, 1);
    page_.heading(fmt::format("Shared luck: {} when a factor sits at its", what()));
    std::string levels(names, ' ');
    for (const double q : factor_quantiles) levels += right_aligned(fmt::format("P{:g}", 100 * q), cell);
    page_.line(page_.toned(levels, Tone::faint));
    for (std::size_t k = 0; k < std::min(most_factors, r_.factors.size()); ++k) {
      std::string text = padded(width_of(r_.factors[k].name) >= names ? padded(r_.factors[k].name, names - 1) : r_.factors[k].name, names);
      for (const Estimate& e : r_.factors[k].fails) text += right_aligned(percent(e.value, digits), cell);
      page_.line(text);
    }
    if (r_.factors.size() > most_factors)
      page_.paragraph(fmt::format("and {} more, none with a wider span than {:.1f} points", r_.factors.size() - most_factors,
                                  100 * r_.factors[most_factors].spread()),
                      Tone::faint);
    page_.line();
  }

  std::string bar(double share, std::size_t cells) const {
    return page_.toned(repeated("█", static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(cells)))),
                       Tone::doubtful);
  }

  void organisations() {
    if (!several_ || r_.tail.whole.value <= 0) return;
    constexpr std::size_t cell = 9, cells = 24;
    const int digits = money_digits(r_.tail.parts);
    page_.heading(fmt::format("Whose the worst 5 % of futures are: the system's expected shortfall of {}, shared out",
                              page_.money_with_interval(r_.tail.whole)));
    std::vector<std::size_t> order(r_.tail.parts.size());
    for (std::size_t o = 0; o < order.size(); ++o) order[o] = o;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return r_.tail.parts[a].value > r_.tail.parts[b].value; });
    const std::size_t names = std::min<std::size_t>(40, page_.width() - 2 * cell - cells - 2);
    for (const std::size_t o : order) {
      const Estimate& part = r_.tail.parts[o];
      const double share = part.value / r_.tail.whole.value;
      page_.line((o < r_.setting.organisations.size() ? page_.name(o, names) : padded("the system's own target", names)) +
                 right_aligned(amount(part, digits), cell) + right_aligned(decimal(100 * share, 0) + " %", cell) + "  " + bar(share, cells));
    }
    if (r_.tail.trials < thin_tail)
      page_.paragraph(fmt::format("Beware: only {} in that tail; more (--trials) would tell better.", lie(r_.tail.trials)), Tone::doubtful);
    page_.line();
  }

  void variance() {
    if (!r_.variance) return;
    constexpr std::size_t names = 20, cell = 8, cells = 24;
    page_.heading(fmt::format("What makes {} shortfall vary: each kind of luck by itself", several_ ? "the system's" : "the"));
    double widest = r_.variance->interactions.half_width();
    for (const Estimate& e : r_.variance->shares) widest = std::max(widest, e.half_width());
    const int digits = std::isfinite(widest) ? digits_for(100 * widest, 1) : 0;
    const auto row = [&](std::string_view kind, const Estimate& e) {
      page_.line(padded(kind, names) + right_aligned(decimal(100 * std::max(0.0, e.value), digits) + " %", cell) +
                 padded(std::isfinite(e.half_width()) ? fmt::format("  ± {:.{}f}", 100 * e.half_width(), std::min(2, digits + 1)) : "  ± ?", 10) +
                 bar(e.value, cells));
    };
    std::vector<std::size_t> order(driver_kinds);
    for (std::size_t k = 0; k < driver_kinds; ++k) order[k] = k;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return r_.variance->shares[a].value > r_.variance->shares[b].value; });
    for (const std::size_t k : order)
      if (r_.variance->shares[k].high > 0.0005) row(name_of(static_cast<DriverKind>(k)), r_.variance->shares[k]);
    row("only together", r_.variance->interactions);
    page_.line();
  }

  const ExplainResult& r_;
  const Provenance& provenance_;
  Page page_;
  bool several_;
  double widest_ = 0;
  int digits_ = 1;
};

}  // namespace

std::string explain_text(const ExplainResult& result, const Provenance& provenance, const TextStyle& style) {
  return ExplainPage(result, provenance, style).whole();
}

}  // namespace shortfall
