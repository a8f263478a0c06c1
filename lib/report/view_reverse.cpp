#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/charts.hpp"
#include "report/views.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;

// "four times in five", where that says it exactly.
std::string often(double chance) {
  if (chance == 0.5) return "half the time";
  for (std::size_t of = 3; of <= 10; ++of) {
    const double times = chance * static_cast<double>(of);
    const auto whole = static_cast<std::size_t>(std::lround(times));
    if (std::abs(times - static_cast<double>(whole)) < 1e-9 && whole >= 2 && whole < of)
      return fmt::format("{} times in {}", number_word(whole), number_word(of));
  }
  return fmt::format("{:g} time{} in 100", 100 * chance, std::abs(100 * chance - 1) < 1e-9 ? "" : "s");
}

class ReverseView {
 public:
  ReverseView(const ReverseResult& r, const Grounds& grounds, const Provenance& provenance) : r_(r), grounds_(grounds), provenance_(provenance) {}

  Document whole() {
    document_ = begun(
        r_.setting,
        fmt::format("how far until {}, by turning one thing at a time; {}", r_.until.expression, counted(r_.setting.trials, "simulated future")),
        provenance_.edits);
    document_.section().say(fmt::format("{}, {} {}{}.", capital(as_gone()), subject_fails(), percent_with_interval(r_.now), known_chance()));
    table();
    Section& s = document_.section();
    if (auto picture = optimism_chart(r_); picture && r_.until.subject == "system") s.add(on_pages_alone(std::move(*picture)));
    for (const DialResult& d : r_.dials) sentence(s, d);
    if (r_.luck_not_told) s.say(luck_not_told({factor()}));
    if (r_.dials.size() == 1) s.say("Without schemes, and with the luck of " + factor() + " held, there is nothing to turn but the reserves.");
    document_.section().say(fmt::format("In brackets: as far as {} can tell the chance from {}, 19 times in 20; seed {}; {}.",
                                        counted(r_.setting.trials, "future"), level(), r_.setting.seed, provenance_.program),
                            Tone::faint);
    return std::move(document_);
  }

 private:
  std::string level() const { return fmt::format("{:g} %", 100 * r_.until.level); }
  bool single() const { return r_.setting.organisations.size() == 1; }

  std::string subject() const {
    if (r_.until.subject == "system") return single() ? "the plan" : "the system";
    if (r_.until.subject == "any") return "each of the organisations";
    if (r_.until.subject == "all") return "at least one of the organisations";
    for (std::size_t o = 0; o < r_.setting.organisations.size(); ++o)
      if (r_.setting.organisations[o].id == r_.until.subject)
        return title_of(r_.setting, o) + (r_.until.measure == name_of(Family::fails, Figure::alone) ? ", by itself,"
                                          : grounds_.agreement_stated                               ? ", as agreed,"
                                                                                                    : ", were all joint and several,");
    return r_.until.subject;
  }
  // How things go where nothing is turned.
  std::string as_gone() const {
    if (r_.setting.seen) return "given what was seen";
    return r_.setting.optimism == 1 && r_.setting.given.empty() ? "as such plans have gone" : "in the futures asked for";
  }
  std::string subject_fails() const {
    if (r_.until.subject == "any") return "at least one organisation fails in";
    if (r_.until.subject == "all") return "all organisations fail in";
    return subject() + " fails in";
  }

  std::string name(const DialResult& d) const {
    if (d.name == "optimism") return "optimism (0: plan, 1: track record)";
    if (d.name == "share") return "share delivered of every saving";
    if (d.name == "delay") return "months late, every scheme";
    if (d.name == "luck") return "luck of " + factor();
    return fmt::format("reserves to add, {}", r_.setting.currency);
  }
  // What does not move while the dial is turned.
  static std::string held(const DialResult& d) {
    if (d.name == "optimism") return "nothing else";
    if (d.name == "share") return "all on time, at cost";
    if (d.name == "delay") return "all delivered, at cost";
    return d.name == "luck" ? "all else by chance" : "nothing else";
  }

  // A value of the dial, with as many digits as the answer's interval supports.
  static std::string number(const DialResult& d, double x) {
    const double half = d.outcome == Search::Outcome::found && std::isfinite(d.answer.half_width()) ? d.answer.half_width() : 0;
    if (d.name == "delay") return decimal(x, 0);
    if (d.name == "share") return decimal(100 * x, digits_for(100 * half, 1));
    // Of the best futures: a luck of P80 or better is the best 20 in 100. Of the worst, where that is the shorter way to say it.
    if (d.name == "luck") {
      const int digits = digits_for(100 * half, bears_bad_luck(d) ? 3 : 1);
      const std::string part = decimal(100 * (bears_bad_luck(d) ? x : 1 - x), digits);
      return part == decimal(0, digits) ? "fewer than " + least_luck(digits) : part;
    }
    return std::isfinite(x) ? decimal(x, digits_for(half, 3)) : "?";
  }
  // Whether less than half of the luck is enough.
  static bool bears_bad_luck(const DialResult& d) { return d.answer.value < 0.5; }
  // The smallest part of 100 futures that so many digits can tell from none.
  static std::string least_luck(int digits) { return decimal(std::pow(10.0, -digits), digits); }
  static std::string value(const DialResult& d, double x) {
    if (d.name == "luck" && bears_bad_luck(d)) return "all but " + number(d, x) + " in 100";
    if (d.name == "luck" && number(d, x).starts_with("fewer")) return number(d, x) + " in 100";
    if (d.name == "luck") return "best " + number(d, x) + " in 100";
    return number(d, x) + (d.name == "share" ? " %" : "");
  }

  void table() {
    PageTable t;
    t.columns = {{"", Kind::label}, {"now"}, {"meets " + level()}, {"(95 % interval)", Kind::words}, {"what else is held", Kind::words}};
    for (const DialResult& d : r_.dials) {
      const bool found = d.outcome == Search::Outcome::found;
      const std::string met = found ? value(d, d.answer.value) : d.outcome == Search::Outcome::always_above ? "nowhere" : "anywhere";
      const bool backwards = d.name == "luck" && !bears_bad_luck(d);
      const std::string from = number(d, backwards ? d.answer.high : d.answer.low), to = number(d, backwards ? d.answer.low : d.answer.high);
      std::string range = found && !(from == to && from.starts_with("fewer")) ? fmt::format("({} to {})", from, to) : "";
      if (!d.monotone) range += range.empty() ? "not monotone" : ", not monotone";
      t.row({name(d), now(d), met, range, held(d)});
    }
    document_.section().add(std::move(t));
  }

  static std::string now(const DialResult& d) {
    if (!d.now) return "any";
    if (d.name == "share") return decimal(100 * *d.now, 0) + " %";
    if (d.name == "delay") return decimal(*d.now, 1);
    return fmt::format("{:g}", *d.now == 0 ? 0 : *d.now);
  }

  std::string survives() const { return fmt::format("{} survives {}", subject(), often(1 - r_.until.level)); }

  void sentence(Section& section, const DialResult& d) const {
    std::string s = d.outcome == Search::Outcome::found ? found(d) : d.outcome == Search::Outcome::always_above ? nowhere(d) : anywhere(d);
    if (s.empty()) return;
    if (!d.monotone)
      s += fmt::format(" Beware: the chance does not go one way as {} turns, so that there may be other such values; this is the first.", dial(d));
    section.say(capital(s), d.monotone ? Tone::plain : Tone::doubtful);
  }

  std::string dial(const DialResult& d) const {
    return d.name == "luck" ? "the luck of " + factor() : d.name == "share" ? "the share delivered" : "the " + d.name;
  }
  std::string factor() const { return factor_words(r_.setting, r_.factor); }

  std::string found(const DialResult& d) const {
    const std::string at = value(d, d.answer.value);
    const bool as_expected = d.rising == (d.name == "optimism" || d.name == "delay");
    if (!as_expected)
      return fmt::format("{} only if {} is at {} {}.", survives(), dial(d), d.rising ? "most" : "least",
                         d.name == "luck" ? fmt::format("P{:g}", 100 * d.answer.value) : at);
    if (d.name == "optimism")
      return fmt::format("{} only if things go no further than {} of the way from the plan to the record of such plans.", survives(), at);
    if (d.name == "share")
      return fmt::format("{} only if {} of what is promised is delivered, all on time; {}, {:.0f} % is.", survives(), at, as_gone(),
                         100 * d.now.value_or(0));
    if (d.name == "delay")
      return fmt::format("If all that is promised is delivered, {} only if {}{}.", survives(),
                         number(d, d.answer.value) == "0"
                             ? std::string("everything comes on time")
                             : fmt::format("nothing comes more than {} month{} late", at, d.answer.value == 1 ? "" : "s"),
                         d.now ? fmt::format("; {}, schemes come {:.1f} months late", as_gone(), *d.now) : "");
    if (d.name == "luck") {
      const std::string best = number(d, d.answer.value);
      const std::string futures = best == "1" ? "future" : "futures";
      if (bears_bad_luck(d))
        return fmt::format("{}, {} with any luck of {} but the worst: that of {} {} in 100.", capital(as_gone()), survives(), factor(), best,
                           futures);
      return fmt::format(
          "{}, {} only with good luck of {}: that of {}.", capital(as_gone()), survives(), factor(),
          best.starts_with("fewer") ? fmt::format("{} {} in 100", best, futures) : fmt::format("the best {} {} in 100", best, futures));
    }
    const Estimate& a = d.answer;
    if (signed_amount(a, money_digits({a})) == "0") return fmt::format("Today's reserves are just enough{}.", whose());
    if (a.value > 0)
      return fmt::format("Or it takes {} of reserves on top of today's{}.{}", money_with_interval(a, r_.setting.currency), whose(),
                         known_reserves(a));
    return fmt::format("Reserves could be {} lower{}.{}", money_with_interval(negated(a), r_.setting.currency), whose(), known_reserves(a));
  }
  std::string known_chance() const {
    if (!r_.now.little_known()) return {};
    return fmt::format("; given how little is known of such schemes, in {} to {} %, nine times in ten", decimal(100 * r_.now.known->low, 0),
                       decimal(100 * r_.now.known->high, 0));
  }
  std::string known_reserves(const Estimate& a) const {
    if (!a.little_known()) return {};
    return fmt::format(" Given how little is known of such schemes, what it takes lies between {}, nine times in ten.",
                       known_money(*a.known, r_.setting.currency));
  }
  std::string whose() const { return r_.until.subject == "any" || r_.until.subject == "all" ? ", for each organisation" : ""; }

  std::string nowhere(const DialResult& d) const {
    const std::string still = fmt::format("{} {}", subject_fails(), percent(d.chance));
    if (d.name == "optimism")
      return fmt::format(
          "Even if every scheme goes to plan, {}: the savings planned are too small for the targets and what may go wrong beside them.",
          fmt::format("{} {}", subject_fails(), futures(d.chance)));
    if (d.name == "share") return fmt::format("Even if {:.0f} % of what is promised came, all on time, {}.", 100 * d.to, still);
    if (d.name == "delay") return fmt::format("Even if all that is promised is delivered on time, {}.", still);
    return fmt::format("However lucky {} is, {}.", factor(), still);
  }
  std::string anywhere(const DialResult& d) const {
    const std::string still = fmt::format("{} no more than {}", subject_fails(), percent(d.chance));
    if (d.name == "optimism") return fmt::format("Even at {:g} times the record of such plans {}.", d.to, still);
    if (d.name == "share") return fmt::format("Even if no saving came at all, {}.", still);
    if (d.name == "delay") return fmt::format("However late the savings come, {}.", still);
    if (d.name != "reserve") return fmt::format("However unlucky {} is, {}.", factor(), still);
    if (whose().empty()) return fmt::format("Even with no reserves {}.", still);
    if (d.from == 0) return fmt::format("Even with no more reserves than today's {}.", still);
    return fmt::format("Even with {} less of reserves each, {}.", money_text(-d.from, r_.setting.currency), still);
  }

  const ReverseResult& r_;
  const Grounds& grounds_;
  const Provenance& provenance_;
  Document document_;
};

}  // namespace

Document view_reverse(const ReverseResult& result, const Grounds& grounds, const Provenance& provenance) {
  return ReverseView(result, grounds, provenance).whole();
}

}  // namespace shortfall
