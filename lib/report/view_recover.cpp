#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/money.hpp"
#include "plan/measure.hpp"
#include "report/charts.hpp"
#include "report/views.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;
constexpr std::size_t most_information = 8;
// The third sentence tells of what is worth at least this part of what is spent.
constexpr double worth_telling = 0.05;
// A cheaper set that brings this part of what the chosen one does is told of.
constexpr double most_of_it = 0.9;

class RecoverView {
 public:
  RecoverView(const RecoverResult& r, const Provenance& provenance) : r_(r), provenance_(provenance), several_(r.setting.organisations.size() > 1) {
    std::vector<Estimate> changes, sums;
    for (const SetOfOptions& s : r.frontier) changes.push_back(s.aim_change), sums.push_back(s.aim), money_.push_back(s.net_benefit);
    for (const OptionResult& o : r.options) {
      changes.insert(changes.end(), {o.alone, o.marginal});
      money_.insert(money_.end(), {o.alone_net_benefit, o.marginal_net_benefit});
    }
    sums.push_back(r.now);
    digits_ = r.aim_is_chance ? std::min(chance_digits(changes, 2), chance_digits(sums, 2)) : money_digits(changes);
    money_digits_ = money_digits(money_);
    for (const RecoveryOption& o : r.recovery.options)
      if (std::abs(10 * o.total_cost() - std::round(10 * o.total_cost())) > 1e-6) cost_digits_ = 2;
  }

  // What to do, whether it pays, and what to find out first.
  std::string sentences() const { return fmt::format("{} {}{} {}", choice(), worth(), how_far_known(), next_step()); }
  std::optional<Chart> picture() const {
    if (!r_.aim_is_chance || r_.frontier.size() < 2) return {};
    return frontier_chart(frontier_points(), aim(), r_.setting.currency);
  }

  Document whole() {
    document_ = begun(r_.setting,
                      fmt::format("what to do about it: {}; {} in {}, {} to choose and {} to value what was chosen",
                                  counted(r_.recovery.options.size(), "option"), counted(r_.sets_tried, "set"),
                                  counted(r_.setting.trials, "simulated future"), grouped(r_.futures_to_choose), grouped(r_.futures_to_value)),
                      provenance_.edits);
    document_.section().say(sentences());
    frontier();
    options();
    alike();
    information();
    reasons();
    notes();
    end(document_, r_.setting, provenance_);
    return std::move(document_);
  }

 private:
  const RecoveryOption& option(std::size_t i) const { return r_.recovery.options[i]; }
  bool by_value() const { return r_.recovery.per_point || !r_.recovery.budget; }
  std::string money(const Estimate& e) const { return money_with_interval(e, r_.setting.currency); }
  std::string sum(double x) const {
    return money_text(x, r_.setting.currency, std::abs(x) < 10 && std::abs(10 * x - std::round(10 * x)) > 1e-6 ? 2 : 1);
  }
  // An option as a board knows it: by its title, or by its id where it has none.
  bool has_title(std::size_t i) const { return option(i).title != option(i).id.value; }
  std::string title(std::size_t i) const { return printable(option(i).title, 200); }
  std::string in_quotes(std::size_t i) const { return has_title(i) ? fmt::format("“{}”", title(i)) : title(i); }
  // Within a sentence, and in a table's cell.
  std::string told(const std::vector<std::size_t>& set) const {
    std::vector<std::string> names;
    for (const std::size_t i : set) names.push_back(in_quotes(i));
    return names.empty() ? "nothing" : listed(names);
  }
  std::string cell(const std::vector<std::size_t>& set) const {
    const bool titles = std::any_of(set.begin(), set.end(), [&](std::size_t i) { return has_title(i); });
    if (!titles || set.empty()) return set.empty() ? "nothing done" : told(set);
    std::string out;
    for (const std::size_t i : set) out += (out.empty() ? "" : "; ") + title(i);
    return out;
  }
  // "the chance that the system fails", "midshire-acute's shortfall, mean".
  std::string aim() const {
    const std::string& who = r_.recovery.aim.subject;
    if (r_.recovery.aim.measure == "fails" && who == "system")
      return several_ ? "the chance that the system fails" : "the chance that the plan fails";
    const std::string name = who == "system" ? "the system" : who == "any" ? "any organisation" : who == "all" ? "all organisations" : title_of(who);
    const MeasureOfYear found = find_measure(r_.recovery.aim.measure);
    return fmt::format("{}'s {}{}", name, found.measure->words, found.year.empty() ? "" : " " + found.year);
  }
  std::string title_of(const std::string& id) const {
    for (std::size_t o = 0; o < r_.setting.organisations.size(); ++o)
      if (r_.setting.organisations[o].id == id) return shortfall::title_of(r_.setting, o);
    return id;
  }
  std::string level(const Estimate& e) const {
    return r_.aim_is_chance ? percent(e.value, digits_) : money_text(e.value, r_.setting.currency, digits_);
  }
  std::string change(const Estimate& e) const { return r_.aim_is_chance ? points(e, digits_) : signed_amount(e, digits_); }
  std::string unit() const { return r_.aim_is_chance ? "points" : r_.setting.currency; }
  Tone tone(const Estimate& e) const { return tone_of_change(r_.aim_higher_is_better ? negated(e) : e); }
  // How far the aim moves for the better, without a sign.
  Estimate gained(const Estimate& e) const { return r_.aim_higher_is_better ? e : negated(e); }
  std::string gained_words(const Estimate& e) const {
    const Estimate g = gained(e);
    const double by = r_.aim_is_chance ? 100 : 1;
    return fmt::format("{:.{}f} {} ({:.{}f} to {:.{}f})", by * g.value, digits_, unit(), by * g.low, digits_, by * g.high, digits_);
  }
  std::string for_the_money() const { return r_.recovery.budget ? fmt::format("For at most {}", sum(*r_.recovery.budget)) : "Whatever they cost"; }

  // The first sentence: what to do.
  std::string choice() const {
    if (r_.verdict == RecoverVerdict::none_is_worth_it)
      return fmt::format("{}, none of these options is worth it: no set {}, as far as {} can tell (99 % sure), and {} stays at {}.", for_the_money(),
                         by_value() ? "brings more than it costs" : "makes " + aim() + " surely better", counted(r_.futures_to_value, "future"),
                         aim(), level(r_.now));
    return fmt::format("{}, do {} ({}): {} {} from {} to {}, by {}.", for_the_money(), told(r_.chosen.options), sum(r_.chosen.cost), aim(),
                       r_.aim_higher_is_better ? "rises" : "falls", level(r_.now), level(r_.chosen.aim), gained_words(r_.chosen.aim_change));
  }

  // The second: what it costs, and whether that comes back.
  std::string worth() const {
    if (r_.verdict == RecoverVerdict::none_is_worth_it) {
      const auto best = std::max_element(r_.options.begin(), r_.options.end(), [](const OptionResult& a, const OptionResult& b) {
        return a.alone_net_benefit.value < b.alone_net_benefit.value;
      });
      if (best == r_.options.end() || best->alone_net_benefit.trials == 0) return "Keep the money.";
      return fmt::format("The best of them by itself, {}, has a net benefit of {}.", in_quotes(static_cast<std::size_t>(best - r_.options.begin())),
                         money(best->alone_net_benefit));
    }
    const Estimate& net = r_.chosen.net_benefit;
    const std::string rate = per_point(r_.chosen.cost, gained(r_.chosen.aim_change));
    const std::string in_words = r_.recovery.per_point ? fmt::format("at {} a point", sum(*r_.recovery.per_point)) : "in shortfall beyond reserves";
    const auto after_rate = [&](const std::string& verdict) {
      return rate.empty() ? capital(verdict) : fmt::format("That is {}, and {}", rate, verdict);
    };
    if (net.low > 0) return after_rate(fmt::format("it pays: {}, it saves {} more than it costs.", in_words, money(net)));
    if (net.high < 0)
      return after_rate(fmt::format("it buys safety, not savings: {}, it costs {} more than it saves.", in_words, money(negated(net))));
    return after_rate(fmt::format("whether it pays cannot be told: {}, what it saves less what it costs is {}.", in_words, money(net)));
  }
  // Of what is chosen, or else of the aim as it is: in each world that the records allow.
  std::string how_far_known() const {
    const bool worth_it = r_.verdict == RecoverVerdict::worth_it;
    const Estimate of = worth_it ? gained(r_.chosen.aim_change) : r_.now;
    const auto aim_range = of.known, net = r_.chosen.net_benefit.known;
    if (!of.little_known() && !(worth_it && r_.chosen.net_benefit.little_known())) return {};
    const auto told = [&](double x) {
      return r_.aim_is_chance ? decimal(100 * x, worth_it ? 1 : 0) : money_text(x, r_.setting.currency, money_digits_);
    };
    const std::string unit = !r_.aim_is_chance ? "" : worth_it ? " points" : " %";
    std::string out = fmt::format(" Given how little is known of such schemes, {} lies between {} and {}{}", worth_it ? "what it brings" : aim(),
                                  told(aim_range->low), told(aim_range->high), unit);
    if (worth_it && net) out += fmt::format(", its net benefit between {}", known_money(*net, r_.setting.currency));
    return out + ", nine times in ten.";
  }
  // A sentence's words as they stand after a semicolon; a title or a sum begins as it did.
  static std::string uncapital(std::string text) {
    if (text.front() >= 'A' && text.front() <= 'Z') text.front() = static_cast<char>(text.front() - 'A' + 'a');
    return text;
  }
  std::string per_point(double cost, const Estimate& gain) const {
    if (!r_.aim_is_chance || gain.low <= 0 || cost <= 0) return {};
    return fmt::format("{} a point", money_text(cost / (100 * gain.value), r_.setting.currency, 2));
  }

  // The third: what else would do, or what to find out first.
  std::string next_step() const {
    const std::string near = nearly_as_good(), rest = what_first();
    return near.empty() ? rest : fmt::format("{}; {}", near, uncapital(rest));
  }
  // A cheaper set that brings most of it.
  std::string nearly_as_good() const {
    const double whole = gained(r_.chosen.aim_change).value;
    const SetOfOptions* best = nullptr;
    for (const SetOfOptions& s : r_.frontier)
      if (!s.options.empty() && s.cost < r_.chosen.cost && gained(s.aim_change).value >= most_of_it * whole &&
          (best == nullptr || s.cost < best->cost))
        best = &s;
    if (r_.verdict == RecoverVerdict::none_is_worth_it || best == nullptr) return {};
    const double part = 100 * std::min(1.0, gained(best->aim_change).value / whole);
    const std::string less = sum(r_.chosen.cost - best->cost);
    std::vector<std::size_t> left_out;
    std::set_difference(r_.chosen.options.begin(), r_.chosen.options.end(), best->options.begin(), best->options.end(), std::back_inserter(left_out));
    if (left_out.size() + best->options.size() == r_.chosen.options.size() && left_out.size() < best->options.size())
      return fmt::format("Without {}, {:.0f} % of that remains, for {} less", told(left_out), part, less);
    return fmt::format("{} bring{} {:.0f} % of that for {} less", capital(told(best->options)), best->options.size() == 1 ? "s" : "", part, less);
  }
  std::string what_first() const {
    const InformationResult* best = r_.information.empty() ? nullptr : &r_.information.front();
    if (best != nullptr && best->value.value >= worth_telling * money_at_stake())
      return fmt::format("Before you decide, find out {}: to know it is worth up to {}.", told(*best), money(best->value));
    const auto cheaper = std::find_if(r_.alike.begin(), r_.alike.end(), [&](const SetOfOptions& s) { return s.cost < r_.chosen.cost; });
    if (cheaper != r_.alike.end()) return fmt::format("{} ({}) cannot be told apart from it.", capital(told(cheaper->options)), sum(cheaper->cost));
    if (best != nullptr && best->value.value > 0)
      return fmt::format("Nothing that could be found out first is worth waiting for: at most {}, to know {}.", money(best->value), told(*best));
    return "Nothing that could be found out first would change the choice: neither the luck of a shared factor nor how a large scheme goes.";
  }
  // What the choice is about: what is spent or, where that is nothing, what could be.
  double money_at_stake() const {
    if (r_.chosen.cost > 0) return r_.chosen.cost;
    double least = std::numeric_limits<double>::infinity();
    for (const RecoveryOption& o : r_.recovery.options)
      if (o.total_cost() > 0) least = std::min(least, o.total_cost());
    return std::isfinite(least) ? least : 0;
  }
  std::string told(const InformationResult& i) const {
    if (!i.scheme) return fmt::format("how the luck of {} will turn out", factor_words(r_.setting, i.name));
    // A scheme that an option adds goes by the option's title where it has none.
    for (std::size_t o = 0; o < r_.recovery.options.size(); ++o)
      if (has_title(o) && i.name.ends_with("/" + option(o).id.value) && i.name.ends_with("/" + i.title))
        return fmt::format("how {} will go", in_quotes(o));
    if (i.title.empty() || i.name.ends_with("/" + i.title)) return fmt::format("how {} will go", i.name);
    return fmt::format("how “{}”{} will go", printable(i.title, 200), several_ ? fmt::format(" ({})", title_of(i.organisation)) : "");
  }

  void frontier() {
    PageTable t;
    t.columns = {{"", Kind::words, 28}, {"cost"}, {r_.aim_is_chance ? "chance" : "aim"}, {"change"}, {r_.aim_is_chance ? "a point" : ""}};
    bool beyond = false;
    for (const SetOfOptions& s : r_.frontier) {
      if (!s.affordable && !beyond) t.span(fmt::format("beyond the budget of {}", sum(*r_.recovery.budget)));
      beyond = beyond || !s.affordable;
      const bool chosen = s.options == r_.chosen.options;
      const Estimate gain = gained(s.aim_change);
      const std::string rate = r_.aim_is_chance && gain.low > 0 && s.cost > 0 ? decimal(s.cost / (100 * gain.value), 2) : "";
      t.row({{cell(s.options), chosen ? Tone::strong : Tone::plain},
             decimal(s.cost, cost_digits_),
             level(s.aim),
             s.options.empty() ? PageCell("") : PageCell(change(s.aim_change), tone(s.aim_change)),
             rate});
    }
    Section& s = document_.section(fmt::format("How far money goes: {}, by what is spent ({})", aim(), r_.setting.currency));
    if (auto chart = picture()) s.add(on_pages_alone(std::move(*chart)));
    s.add(std::move(t));
  }

  std::vector<FrontierPoint> frontier_points() const {
    std::vector<FrontierPoint> out;
    for (const SetOfOptions& s : r_.frontier) out.push_back({cell(s.options), s.cost, s.aim, true, s.affordable});
    return out;
  }

  static std::string mark(const OptionResult& o) {
    return o.chosen ? "chosen" : o.too_late ? "too late" : !o.affordable ? "too dear" : !o.has_marginal ? "excluded" : "";
  }

  void options() {
    PageTable t;
    t.columns = {{"", Kind::words, 24}, {"cost"}, {"by\nitself"}, {"beside\nthe rest"}, {"95 %", Kind::label}, {"net\nbenefit"}, {"", Kind::label}};
    for (std::size_t i = 0; i < r_.options.size(); ++i) {
      const OptionResult& o = r_.options[i];
      const bool known = o.alone.trials > 0;
      const double by = r_.aim_is_chance ? 100 : 1;
      t.row({{title(i), o.chosen ? Tone::strong : Tone::plain},
             decimal(option(i).total_cost(), cost_digits_),
             known ? PageCell(change(o.alone), tone(o.alone)) : PageCell("–"),
             o.has_marginal ? PageCell(change(o.marginal), tone(o.marginal)) : PageCell("–"),
             o.has_marginal ? range_text(by * o.marginal.low, by * o.marginal.high, digits_) : "",
             o.has_marginal ? signed_amount(o.marginal_net_benefit, money_digits_)
             : known        ? signed_amount(o.alone_net_benefit, money_digits_)
                            : "–",
             mark(o)});
    }
    Section& s = document_.section(fmt::format("Each option: {} of {}", unit(), aim()));
    s.add(std::move(t));
    s.say(fmt::format("Beside the rest: given what else is chosen. Costs and net benefits in {}, over all years. What is chosen buys the most safety "
                      "for the money; an option in it may cost more than it saves.",
                      r_.setting.currency),
          Tone::faint);
  }

  void reasons() {
    if (std::all_of(r_.recovery.options.begin(), r_.recovery.options.end(),
                    [](const RecoveryOption& o) { return o.title == o.id.value && o.why.empty(); }))
      return;
    Section& s = document_.section("What the options are", Section::Shown::folded);
    for (const RecoveryOption& o : r_.recovery.options) {
      if (o.title == o.id.value && o.why.empty()) continue;
      std::string text = o.title == o.id.value ? o.id.value : fmt::format("{}: {}", o.id.value, o.title);
      if (!o.why.empty()) text += "; " + o.why;
      s.say(printable(text + ".", 2000));
    }
  }

  void alike() {
    if (r_.alike.empty()) return;
    Section& s = document_.section("What cannot be told apart from the choice", Section::Shown::folded);
    for (const SetOfOptions& a : r_.alike)
      s.say(fmt::format("{}: {}, {}.", capital(told(a.options)), sum(a.cost), r_.aim_is_chance ? percent_with_interval(a.aim) : money(a.aim)));
  }

  void information() {
    Section& s = document_.section("What to find out first");
    PageTable t;
    t.columns = {{"", Kind::words, 28}, {"worth", Kind::label}};
    std::size_t shown = 0, nothing = 0;
    for (const InformationResult& i : r_.information) {
      if (i.value.value <= 0)
        ++nothing;
      else if (shown++ < most_information)
        t.row({capital(told(i)), money(i.value)});
    }
    if (shown > 0) s.add(std::move(t));
    if (nothing > 0)
      s.say(fmt::format("{} of {} would change no choice, or by too little to tell: to know {} beforehand is worth nothing.", nothing,
                        r_.information.size() == 1 ? "1 factor or scheme" : fmt::format("{} factors and schemes", r_.information.size()),
                        nothing == 1 ? "it" : "them"),
            Tone::faint);
  }

  void notes() {
    Section& s = document_.section();
    if (!r_.all_sets) {
      std::string text = fmt::format("Not all sets were tried, only {}: greedily, then by swaps.", counted(r_.sets_tried, "set"));
      if (r_.bound)
        text += fmt::format(" If what the options bring adds up, no set that can be afforded comes to better than {}.",
                            by_value() ? fmt::format("a net benefit of {}", sum(*r_.bound)) : level({*r_.bound, *r_.bound, *r_.bound, 0}));
      s.say(text);
    }
    for (std::size_t i = 0; i < r_.options.size(); ++i) {
      if (r_.options[i].too_late)
        s.say(fmt::format("Too late: {} would have had to be decided by {}.", in_quotes(i), month_text(*option(i).by)), Tone::doubtful);
      if (option(i).succeeds < 1)
        s.say(fmt::format("{} succeeds in {:g} of 100 futures; it costs its money in all.", capital(in_quotes(i)), 100 * option(i).succeeds),
              Tone::faint);
    }
    s.say(fmt::format("An option stays in the choice where it is 99 % sure to add to it.{}",
                      r_.sets_tried < 3
                          ? std::string()
                          : fmt::format(" The best of {} equal sets would look {:.2f} standard errors better than it is; that is why what "
                                        "was chosen on one half of the futures is valued on the other.",
                                        grouped(r_.sets_tried - 1), r_.noise)),
          Tone::faint);
    s.say(r_.recovery.per_point ? fmt::format("Net benefit: {} for each point, less what is spent.", sum(*r_.recovery.per_point))
                                : "Net benefit: the fall of the expected shortfall beyond reserves, less what is spent (counted once, whoever pays).",
          Tone::faint);
  }

  const RecoverResult& r_;
  const Provenance& provenance_;
  bool several_;
  int digits_ = 1, money_digits_ = 2, cost_digits_ = 1;
  std::vector<Estimate> money_;
  Document document_;
};

}  // namespace

void add_recover(const RecoverResult& result, Section& section) {
  const Provenance none;
  const RecoverView view(result, none);
  section.say(view.sentences());
  if (auto chart = view.picture()) section.add(std::move(*chart));
  section.say(fmt::format("Of {}, by {} of them, in {}; more with 'shortfall recover'.", counted(result.recovery.options.size(), "option"),
                          counted(result.sets_tried, "set"), counted(result.setting.trials, "simulated future")),
              Tone::faint);
}

Document view_recover(const RecoverResult& result, const Provenance& provenance) { return RecoverView(result, provenance).whole(); }

}  // namespace shortfall
