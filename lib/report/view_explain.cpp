#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/money.hpp"
#include "report/charts.hpp"
#include "report/views.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;
constexpr std::size_t most_schemes = 15, most_listed = 8, most_factors = 8;
constexpr double negligible = 1e-9;  // of money: rounding alone

class ExplainView {
 public:
  ExplainView(const ExplainResult& r, const Grounds& grounds, const Provenance& provenance)
      : r_(r), grounds_(grounds), provenance_(provenance), several_(r.setting.organisations.size() > 1) {
    for (const SchemeResult& s : r.schemes)
      for (const SchemeEffect* e : {&s.certain, &s.lost, &s.late}) widest_ = std::max(widest_, e->system.half_width());
    digits_ = digits_for(100 * widest_, 1);
  }

  Document whole() {
    document_ = begun(r_.setting,
                      fmt::format("what drives the failures: {} and {}, each in the same {}", counted(r_.schemes.size(), "scheme"),
                                  counted(r_.factors.size(), "shared factor"), counted(r_.setting.trials, "simulated future")),
                      provenance_.edits);
    summary();
    bridge();
    if (!r_.schemes.empty()) {
      tornado();
      how_far_known();
      owners();
      missing();
    }
    factors();
    organisations();
    variance();
    end(document_, r_.setting, provenance_,
        fmt::format("Changes of chances are good to {:.{}f} points or better, 19 times in 20; every scheme and interval: --format json, csv.",
                    100 * widest_, std::min(digits_ + 1, 2)));
    return std::move(document_);
  }

 private:
  std::string id_of(const SchemeResult& s) const { return several_ ? fmt::format("{}/{}", r_.setting.organisations[s.organisation].id, s.id) : s.id; }
  bool is_at(const SchemeResult& s, Stage stage) const {
    const auto at = grounds_.stages.find(r_.setting.organisations[s.organisation].id + "/" + s.id);
    return at != grounds_.stages.end() && at->second == stage;
  }
  bool unidentified(const SchemeResult& s) const { return is_at(s, Stage::unidentified); }
  bool delivered(const SchemeResult& s) const { return is_at(s, Stage::delivered); }
  double reserves_held() const {
    double held = 0;
    for (const Setting::Asked& o : r_.setting.organisations) held += o.reserves;
    return held;
  }
  std::string name(const SchemeResult& s) const { return s.title.empty() || s.title == s.id ? id_of(s) : fmt::format("{} ({})", s.title, id_of(s)); }
  PageCell change(const Estimate& e) const { return {points(e, digits_), tone_of_change(e)}; }
  std::string end_of_scale(double most) const { return points({most, most, most, 0}, digits_); }
  std::string_view what() const { return several_ ? "P(system fails)" : "P(fails)"; }
  std::string money(const Estimate& e) const { return money_with_interval(e, r_.setting.currency); }

  std::string known_words() const {
    const auto &fails = r_.system_fails.known, &reserves = r_.system_contingency.known;
    if (!fails || !reserves || !(r_.system_fails.little_known() || r_.system_contingency.little_known())) return {};
    return fmt::format(
        " Given how little is known of such schemes, the chance of failing lies between {} and {} % and {} between {}, nine times in ten.",
        decimal(100 * fails->low, 0), decimal(100 * fails->high, 0),
        r_.system_contingency.high == 0 ? "the reserves to be 80 % sure" : "those reserves", known_money(*reserves, r_.setting.currency));
  }

  // What a board should take away: only what somebody can act on is advised.
  void summary() {
    Section& s = document_.section();
    s.say(fmt::format(
        "{} fails in {} of futures; {}{}", several_ ? "The system" : "The plan", percent_with_interval(r_.system_fails),
        r_.system_contingency.high == 0
            ? std::string(reserves_held() == 0 ? "it needs no reserves to be 80 % sure not to fail." : "its reserves make it 80 % sure not to fail.")
            : fmt::format("to be 80 % sure not to fail, it needs {} more in reserves.", money(r_.system_contingency)),
        known_words()));
    if (std::string text = what_matters_most(); !text.empty()) s.say(std::move(text));
  }

 public:
  // What would help and hurt most.
  std::string what_matters_most() const {
    std::string text;
    // Advice is of schemes that there are and that can still go either way: none yet stands behind an unidentified one, and a delivered one is
    // banked.
    const SchemeResult *best = nullptr, *worst = nullptr;
    bool an_unidentified_would_help_more = false;
    for (const SchemeResult& x : r_.schemes) {
      if (!unidentified(x) && (best == nullptr || x.certain.system.value < best->certain.system.value)) best = &x;
      if (!delivered(x) && (worst == nullptr || x.lost.system.value > worst->lost.system.value)) worst = &x;
    }
    for (const SchemeResult& x : r_.schemes)
      an_unidentified_would_help_more |= best != nullptr && unidentified(x) && x.certain.system.value < best->certain.system.value;
    if (best != nullptr && best->certain.system.high < 0)
      text += fmt::format("{} {} certain would help most ({} points). ",
                          an_unidentified_would_help_more ? "Of the schemes that are identified, to make" : "To make", name(*best),
                          points(best->certain.system, digits_));
    if (worst != nullptr && worst->lost.system.low > 0)
      text += fmt::format("To lose {} would hurt most ({} points). ", name(*worst), points(worst->lost.system, digits_));
    double without_scheme = 0, planned = 0;
    for (const SchemeResult& x : r_.schemes) planned += x.planned, without_scheme += unidentified(x) ? x.planned : 0;
    if (without_scheme > 0)
      text += fmt::format("{} of the planned saving has no scheme yet: find some, or plan less. ", percent(without_scheme / planned, 0));
    if (!r_.factors.empty() && r_.factors.front().fails.front().low > r_.factors.front().fails.back().high)
      text += fmt::format("With bad luck of {} (its P5) it fails in {}, with good luck (its P95) in {}. ",
                          factor_words(r_.setting, r_.factors.front().name), percent(r_.factors.front().fails.front()),
                          percent(r_.factors.front().fails.back()));
    const auto most =
        std::max_element(r_.tail.parts.begin(), r_.tail.parts.end(), [](const Estimate& a, const Estimate& b) { return a.value < b.value; });
    if (several_ && most != r_.tail.parts.end() && r_.tail.whole.value > 0)
      if (const auto o = static_cast<std::size_t>(most - r_.tail.parts.begin()); o < r_.setting.organisations.size())
        text += fmt::format("The largest part of the worst 5 % of futures, {:.0f} %, falls to {}.", 100 * most->value / r_.tail.whole.value,
                            title_of(r_.setting, o));
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }

 private:
  // What is taken off on the way from the plan's savings to those to be expected. A step is the difference of rounded levels, so that the column adds
  // up as it is printed.
  void bridge() {
    const BridgeOf& b = r_.bridge.system;
    if (b.planned <= 0) return;
    const int digits = b.planned < 10 ? 2 : 1;
    const double unit = std::pow(10, digits);
    const auto rounded = [&](double x) { return std::round(x * unit) / unit; };
    const auto share = [&](double x) { return decimal(100 * x / b.planned, 0) + " %"; };
    const auto drawn = [&](double from, double to) {
      double low = std::clamp(std::min(from, to) / b.planned, 0.0, 1.0), high = std::clamp(std::max(from, to) / b.planned, 0.0, 1.0);
      // A step of less than half a sign has none, wherever it lies between two of them.
      if (high - low < 0.5 / static_cast<double>(longest_bar)) high = low;
      return bar({{low, Tone::plain, ""}, {high - low, to < from ? Tone::bad : Tone::good, "█"}});
    };
    PageTable t;
    t.columns = {{"", Kind::label}, {r_.setting.currency}, {"of plan"}, {"", Kind::bar, 1}};
    t.row({"planned", grouped(decimal(rounded(b.planned), digits)), share(b.planned), drawn(0, b.planned)});
    double level = b.planned;
    for (std::size_t k = 0; k < waterfall_steps; ++k) {
      const double next = level + b.steps[k], change = rounded(next) - rounded(level);
      if (std::abs(b.steps[k]) > negligible)
        t.row({std::string(bridge_steps()[k].words), signed_amount({change, change, change, 0}, digits), share(b.steps[k]), drawn(level, next)});
      level = next;
    }
    t.row({"expected", grouped(decimal(rounded(b.expected), digits)), share(b.expected), drawn(0, b.expected)}, true);
    Section& s = document_.section("From the savings that are planned to those to be expected, over all years");
    s.add(std::move(t));
    std::string beside;
    const auto sum = [&](double x) { return money_text(std::abs(x), r_.setting.currency); };
    if (std::abs(b.dearer) > negligible)
      beside += fmt::format("Beside these savings, schemes cost {} {} than planned. ", sum(b.dearer), b.dearer > 0 ? "more" : "less");
    if (b.found > negligible) beside += fmt::format("Of what is missing {} is found elsewhere, once. ", sum(b.found));
    if (!beside.empty()) s.say(beside.substr(0, beside.size() - 1));
  }

  void tornado() {
    double most = 0;
    for (const SchemeResult& s : r_.schemes) most = std::max({most, std::abs(s.certain.system.value), std::abs(s.lost.system.value)});
    PageTable t;
    t.columns = {{"", Kind::label},
                 {"certain"},
                 {fmt::format("{} months\nlate", months_late)},
                 {"lost"},
                 {"safer, to " + end_of_scale(-most), Kind::bar, 1},
                 {"riskier, to " + end_of_scale(most), Kind::bar, 1}};
    const std::size_t shown = std::min(most_schemes, r_.schemes.size());
    for (std::size_t k = 0; k < shown; ++k) {
      const SchemeResult& s = r_.schemes[k];
      double left = 0, right = 0;
      for (const double x : {s.certain.system.value, s.lost.system.value})
        (x < 0 ? left : right) = std::max(x < 0 ? left : right, most > 0 ? std::abs(x) / most : 0);
      t.row({name(s), change(s.certain.system), change(s.late.system), change(s.lost.system),
             bar({{1 - left, Tone::plain, ""}, {left, Tone::good, "█"}}), bar({{right, Tone::bad, "█"}})});
    }
    Section& s = document_.section(fmt::format("Schemes: points of {} if it is certain, {} months later, or lost", what(), months_late));
    if (auto picture = tornado_chart(r_, most_schemes)) s.add(on_pages_alone(std::move(*picture)));
    s.add(std::move(t));
    if (r_.schemes.size() > shown)
      s.say(fmt::format("and {} more, none with a wider span than {:.{}f} points", r_.schemes.size() - shown, 100 * r_.schemes[shown].spread(),
                        digits_),
            Tone::faint);
  }

  // Whether what is not known of such schemes could turn a lever's effect round, in each world that the records allow.
  void how_far_known() {
    if (r_.setting.knowledge_draws == 0) return;
    PageTable t;
    t.columns = {{"", Kind::label}, {"certain"}, {fmt::format("{} months\nlate", months_late)}, {"lost"}};
    const auto range = [&](const Estimate& e) {
      const auto end = [&](double x) { return points({x, x, x, 0}, digits_); };
      return e.known ? fmt::format("{} to {}", end(e.known->low), end(e.known->high)) : std::string();
    };
    for (std::size_t k = 0; k < std::min(most_listed, r_.schemes.size()); ++k)
      t.row({name(r_.schemes[k]), range(r_.schemes[k].certain.system), range(r_.schemes[k].late.system), range(r_.schemes[k].lost.system)});
    Section& s = document_.section("How far these points are known", Section::Shown::folded);
    s.add(std::move(t));
    s.say(fmt::format(
              "Nine times in ten within, as the reference classes rest on few records: from the 5th to the 95th percentile, by {} draws of what "
              "they may truly be. More records narrow it, more futures do not.",
              r_.setting.knowledge_draws),
          Tone::faint);
  }

  void owners() {
    const std::size_t shown = std::min(most_listed, r_.schemes.size());
    std::vector<Estimate> sums;
    for (std::size_t k = 0; k < shown; ++k)
      for (const SchemeEffect* e : {&r_.schemes[k].certain, &r_.schemes[k].lost, &r_.schemes[k].late})
        sums.push_back(e->system_contingency), sums.push_back(e->owner_contingency);
    const int digits = money_digits(sums);
    PageTable t;
    t.columns = {{"", Kind::label}};
    if (several_)
      t.columns.insert(t.columns.end(),
                       {{"P(owner fails)\nif certain"}, {"if lost"}, {"owner's reserves\nif certain"}, {"if lost"}, {"system's,\nif certain"}});
    else
      t.columns.insert(t.columns.end(), {{"certain"}, {"lost"}});
    const auto sum = [&](const Estimate& e) { return PageCell(signed_amount(e, digits)); };
    for (std::size_t k = 0; k < shown; ++k) {
      const SchemeResult& s = r_.schemes[k];
      if (several_)
        t.row({name(s), change(s.certain.owner), change(s.lost.owner), sum(s.certain.owner_contingency), sum(s.lost.owner_contingency),
               sum(s.certain.system_contingency)});
      else
        t.row({name(s), sum(s.certain.system_contingency), sum(s.lost.system_contingency)});
    }
    document_
        .section(fmt::format("Schemes again: what they do to {}the reserves to be 80 % sure, {}",
                             several_ ? "their owners' chance to fail alone, and to " : "", r_.setting.currency),
                 Section::Shown::folded)
        .add(std::move(t));
  }

  void missing() {
    if (r_.system_fails.value == 0) return;
    std::vector<const SchemeResult*> by_more;
    for (const SchemeResult& s : r_.schemes) by_more.push_back(&s);
    std::stable_sort(by_more.begin(), by_more.end(),
                     [](const SchemeResult* a, const SchemeResult* b) { return a->missing_more.value > b->missing_more.value; });
    by_more.resize(std::min(most_listed, by_more.size()));
    std::vector<Estimate> sums;
    for (const SchemeResult* s : by_more) sums.insert(sums.end(), {s->missing, s->missing_in_failure, s->missing_more});
    const int digits = money_digits(sums);
    PageTable t;
    t.columns = {{"", Kind::label}, {"planned"}, {"missing\non average"}, {"missing when\nit fails"}, {"more than\nusual"}};
    for (const SchemeResult* s : by_more)
      t.row({name(*s), grouped(decimal(s->planned, digits)), amount(s->missing, digits), amount(s->missing_in_failure, digits),
             signed_amount(s->missing_more, digits)});
    document_
        .section(fmt::format("What is missing when {} fails: planned less delivered, {}", several_ ? "the system" : "it", r_.setting.currency),
                 Section::Shown::folded)
        .add(std::move(t));
  }

  void factors() {
    if (r_.factors.empty() && r_.factors_not_told.empty()) return;
    std::vector<Estimate> all;
    for (const FactorResult& f : r_.factors) all.insert(all.end(), f.fails.begin(), f.fails.end());
    const int digits = chance_digits(all, 1);
    PageTable t;
    t.columns = {{"", Kind::name, 20}};
    for (const double q : factor_quantiles)
      t.columns.push_back({fmt::format("P{:g}{}", 100 * q, q == factor_quantiles[0] ? ",\nbad luck" : q == 0.95 ? ",\ngood luck" : "")});
    const std::size_t shown = std::min(most_factors, r_.factors.size());
    for (std::size_t k = 0; k < shown; ++k) {
      std::vector<PageCell> cells = {PageCell(factor_words(r_.setting, r_.factors[k].name))};
      for (const Estimate& e : r_.factors[k].fails) cells.emplace_back(percent(e.value, digits), tone_of_chance(e.value));
      t.row(std::move(cells));
    }
    Section& s = document_.section(fmt::format("Shared luck: {} when a factor sits at its", what()));
    if (shown > 0) s.add(std::move(t));
    if (r_.factors.size() > shown)
      s.say(fmt::format("and {} more, none with a wider span than {:.1f} points", r_.factors.size() - shown, 100 * r_.factors[shown].spread()),
            Tone::faint);
    if (r_.factor_trials < r_.setting.trials)
      s.say(fmt::format("Each is told by {}, as what was seen is learnt anew with it held.", counted(r_.factor_trials, "future")), Tone::faint);
    if (!r_.factors_not_told.empty()) {
      std::vector<std::string> names;
      for (const std::string& name : r_.factors_not_told) names.push_back(factor_words(r_.setting, name));
      s.say(luck_not_told(names));
    }
  }

  void organisations() {
    if (!several_ || r_.tail.whole.value <= 0) return;
    const int digits = money_digits(r_.tail.parts);
    std::vector<std::size_t> order(r_.tail.parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return r_.tail.parts[a].value > r_.tail.parts[b].value; });
    PageTable t;
    t.columns = {{"", Kind::name, 18}, {"part"}, {"of the whole"}, {"", Kind::bar, 1}};
    for (const std::size_t o : order) {
      const double share = r_.tail.parts[o].value / r_.tail.whole.value;
      t.row({o < r_.setting.organisations.size() ? title_of(r_.setting, o) : "the system's own target", amount(r_.tail.parts[o], digits),
             decimal(100 * share, 0) + " %", bar({{std::max(0.0, share), Tone::doubtful, "█"}})});
    }
    Section& s =
        document_.section(fmt::format("Whose the worst 5 % of futures are: the system's expected shortfall of {}, shared out", money(r_.tail.whole)));
    s.add(std::move(t));
    if (r_.tail.trials < thin_tail)
      s.say(fmt::format("Beware: only {} in that tail; more (--trials) would tell better.", lie(r_.tail.trials)), Tone::doubtful);
  }

  void variance() {
    if (r_.setting.seen)
      document_.section().say("The variance is not shared out among kinds of luck: what was seen of them together ties them to each other.",
                              Tone::faint);
    if (!r_.variance) return;
    double widest = r_.variance->interactions.half_width();
    if (r_.variance->knowledge) widest = std::max(widest, r_.variance->knowledge->half_width());
    for (const Estimate& e : r_.variance->shares) widest = std::max(widest, e.half_width());
    const int digits = std::isfinite(widest) ? digits_for(100 * widest, 1) : 0;
    PageTable t;
    t.columns = {{"", Kind::name, 16}, {"share"}, {"", Kind::words}, {"", Kind::bar, 1}};
    const auto row = [&](std::string_view kind, const Estimate& e) {
      t.row({std::string(kind), decimal(100 * std::max(0.0, e.value), digits) + " %",
             std::isfinite(e.half_width()) ? fmt::format("± {:.{}f}", 100 * e.half_width(), std::min(2, digits + 1)) : "± ?",
             bar({{std::clamp(e.value, 0.0, 1.0), Tone::doubtful, "█"}})});
    };
    std::vector<std::size_t> order(r_.variance->shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return r_.variance->shares[a].value > r_.variance->shares[b].value; });
    for (const std::size_t k : order)
      if (r_.variance->shares[k].high > 0.0005) row(name_of(static_cast<DriverKind>(k)), r_.variance->shares[k]);
    if (r_.variance->knowledge) row("not known", *r_.variance->knowledge);
    row("several together", r_.variance->interactions);
    document_
        .section(fmt::format("What makes {} shortfall vary: each kind of luck by itself", several_ ? "the system's" : "the"), Section::Shown::folded)
        .add(std::move(t));
  }

  const ExplainResult& r_;
  const Grounds& grounds_;
  const Provenance& provenance_;
  bool several_;
  double widest_ = 0;
  int digits_ = 1;
  Document document_;
};

}  // namespace

std::string what_matters_most(const ExplainResult& result, const Grounds& grounds, const Provenance& provenance) {
  return ExplainView(result, grounds, provenance).what_matters_most();
}

Document view_explain(const ExplainResult& result, const Grounds& grounds, const Provenance& provenance) {
  return ExplainView(result, grounds, provenance).whole();
}

}  // namespace shortfall
