#include "report/reverse_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace shortfall {
namespace {

// "four times in five", where that says it exactly.
std::string often(double chance) {
  static constexpr const char* words[] = {"", "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};
  if (chance == 0.5) return "every other time";
  for (int of = 3; of <= 10; ++of) {
    const double times = chance * of;
    const auto whole = static_cast<int>(std::lround(times));
    if (std::abs(times - whole) < 1e-9 && whole >= 2 && whole < of) return fmt::format("{} times in {}", words[whole + 1], words[of + 1]);
  }
  return fmt::format("{:g} time{} in 100", 100 * chance, std::abs(100 * chance - 1) < 1e-9 ? "" : "s");
}

class ReversePage {
 public:
  ReversePage(const ReverseResult& r, const Provenance& provenance, const TextStyle& style)
      : r_(r), provenance_(provenance), page_(r.setting, style) {}

  std::string whole() {
    page_.head(
        fmt::format("how far until {}, by turning one thing at a time; {}", r_.until.expression, counted(r_.setting.trials, "simulated future")),
        provenance_.edits);
    page_.paragraph(fmt::format("{}, {} {}.", capital(as_gone()), subject_fails(), percent_with_interval(r_.now)));
    page_.line();
    table();
    for (const DialResult& d : r_.dials) sentence(d);
    if (r_.dials.size() == 1) page_.paragraph("Without schemes, and with the luck of " + factor() + " held, there is nothing to turn but the reserves.");
    page_.line();
    page_.paragraph(fmt::format("In brackets: as far as {} can tell the chance from {}, 19 times in 20. One thing at a time: with a share or a delay "
                                "the same for every scheme, nothing else goes wrong but pressure and savings that are counted twice; seed {}.",
                                counted(r_.setting.trials, "future"), level(), r_.setting.seed),
                    Tone::faint);
    return page_.take();
  }

 private:
  std::string level() const { return fmt::format("{:g} %", 100 * r_.until.level); }

  std::string subject() const {
    if (r_.until.subject == "system") return r_.setting.organisations.size() == 1 ? "the plan" : "the system";
    if (r_.until.subject == "any") return "each of the organisations";
    if (r_.until.subject == "all") return "at least one of the organisations";
    for (std::size_t o = 0; o < r_.setting.organisations.size(); ++o)
      if (r_.setting.organisations[o].id == r_.until.subject)
        return page_.title(o) + (r_.until.measure == "fails.alone" ? ", by itself," : ", as agreed,");
    return r_.until.subject;
  }
  // How things go where nothing is turned.
  std::string as_gone() const {
    return r_.setting.optimism == 1 && r_.setting.given.empty() ? "as such plans have gone" : "in the futures asked for";
  }
  std::string subject_fails() const {
    if (r_.until.subject == "any") return "at least one organisation fails in";
    if (r_.until.subject == "all") return "all organisations fail in";
    return subject() + " fails in";
  }
  static std::string capital(std::string s) {
    if (!s.empty() && s[0] >= 'a' && s[0] <= 'z') s[0] = static_cast<char>(s[0] - 'a' + 'A');
    return s;
  }

  std::string name(const DialResult& d) const {
    if (d.name == "optimism") return "optimism (0: plan, 1: track record)";
    if (d.name == "share") return "share delivered of every saving";
    if (d.name == "delay") return "months late, every scheme";
    if (d.name == "luck") return "luck of " + factor();
    return fmt::format("reserves to add, {}", r_.setting.currency);
  }

  // A value of the dial, with as many digits as the answer's interval supports.
  static std::string value(const DialResult& d, double x) { return number(d, x) + (d.name == "share" ? " %" : ""); }

  static std::string number(const DialResult& d, double x) {
    const double half = d.outcome == Search::Outcome::found && std::isfinite(d.answer.half_width()) ? d.answer.half_width() : 0;
    if (d.name == "delay") return decimal(x, 0);
    if (d.name == "share") return decimal(100 * x, digits_for(100 * half, 1));
    if (d.name == "luck") return "P" + decimal(100 * x, digits_for(100 * half, 1));
    if (!std::isfinite(x)) return "who knows";
    return decimal(x, digits_for(half, 3));
  }

  // What stands right of the numbers.
  static std::string remark(const DialResult& d) {
    const bool found = d.outcome == Search::Outcome::found;
    return (found ? fmt::format("  ({} to {})", number(d, d.answer.low), number(d, d.answer.high)) : "") + (d.monotone ? "" : "  not monotone");
  }

  void table() {
    constexpr std::size_t cell = 13, longest_name = 40, least_name = 12;
    const std::size_t room = page_.width() - 2 * cell;
    std::size_t remarks = 20;
    for (const DialResult& d : r_.dials) remarks = std::max(remarks, width_of(remark(d)));
    const std::size_t name_width = room < remarks + least_name ? least_name : std::min(room - remarks, longest_name);
    page_.line(page_.toned(std::string(name_width, ' ') + right_aligned("now", cell) + right_aligned("meets " + level(), cell), Tone::faint));
    for (const DialResult& d : r_.dials) {
      const std::string met = d.outcome == Search::Outcome::found          ? value(d, d.answer.value)
                              : d.outcome == Search::Outcome::always_above ? "nowhere"
                                                                           : "anywhere";
      page_.line(padded(name(d), name_width) + right_aligned(now(d), cell) + right_aligned(met, cell) + remark(d));
    }
    page_.line();
  }

  static std::string now(const DialResult& d) {
    if (!d.now) return "any";
    if (d.name == "share") return decimal(100 * *d.now, 0) + " %";
    if (d.name == "delay") return decimal(*d.now, 1);
    return fmt::format("{:g}", *d.now == 0 ? 0 : *d.now);
  }

  std::string survives() const { return fmt::format("{} survives {}", subject(), often(1 - r_.until.level)); }

  void sentence(const DialResult& d) {
    std::string s;
    if (d.outcome == Search::Outcome::found)
      s = found(d);
    else
      s = d.outcome == Search::Outcome::always_above ? nowhere(d) : anywhere(d);
    if (s.empty()) return;
    if (!d.monotone)
      s += fmt::format(" Beware: the chance does not go one way as {} turns, so that there may be other such values; this is the first.", dial(d));
    page_.paragraph(capital(s), d.monotone ? Tone::plain : Tone::doubtful);
  }

  std::string dial(const DialResult& d) const {
    return d.name == "luck" ? "the luck of " + factor() : d.name == "share" ? "the share delivered" : "the " + d.name;
  }

  std::string factor() const { return r_.factor == "system" ? "the system" : r_.factor; }

  std::string found(const DialResult& d) const {
    const std::string at = value(d, d.answer.value);
    const bool as_expected = d.rising == (d.name == "optimism" || d.name == "delay");
    if (!as_expected) return fmt::format("{} only if {} is at {} {}.", survives(), dial(d), d.rising ? "most" : "least", at);
    if (d.name == "optimism")
      return fmt::format("{} only if things go no further than {} of the way from the plan to the record of such plans.", survives(), at);
    if (d.name == "share")
      return fmt::format("{} only if {} of what is promised is delivered, all on time; {}, {:.0f} % is.", survives(), at, as_gone(),
                         100 * d.now.value_or(0));
    if (d.name == "delay")
      return fmt::format("If all of it is delivered, {} only if nothing comes more than {} month{} late; {}, schemes come {:.1f} late.", survives(),
                         at, d.answer.value == 1 ? "" : "s", as_gone(), *d.now);
    if (d.name == "luck")
      return fmt::format("{}, {} only if the luck of {} is {} or better: a chance of {:.0f} in 100.", capital(as_gone()), survives(), factor(), at,
                         100 * (1 - d.answer.value));
    const Estimate& a = d.answer;
    if (signed_amount(a, money_digits({a})) == "0") return fmt::format("Today's reserves are just enough{}.", whose());
    if (a.value > 0) return fmt::format("Or it takes {} of reserves on top of today's{}.", page_.money_with_interval(a), whose());
    return fmt::format("Reserves could be {} lower{}.", page_.money_with_interval({-a.value, -a.high, -a.low, a.trials}), whose());
  }
  std::string whose() const { return r_.until.subject == "any" || r_.until.subject == "all" ? ", for each organisation" : ""; }

  std::string nowhere(const DialResult& d) const {
    const std::string still = fmt::format("{} {}", subject_fails(), percent(d.chance));
    if (d.name == "optimism") return fmt::format("No optimism up to {:g} is enough: at best {}.", d.to, still);
    if (d.name == "share") return fmt::format("Even if {:.0f} % of what is promised came, all on time, {}.", 100 * d.to, still);
    if (d.name == "delay") return fmt::format("Even if all of it is delivered on time, {}.", still);
    return fmt::format("However lucky {} is, {}.", factor(), still);
  }
  std::string anywhere(const DialResult& d) const {
    const std::string still = fmt::format("{} no more than {}", subject_fails(), percent(d.chance));
    if (d.name == "optimism") return fmt::format("Even at {:g} times the record of such plans {}.", d.to, still);
    if (d.name == "share") return fmt::format("Even if nothing of it were delivered, {}.", still);
    if (d.name == "delay") return fmt::format("However late it comes, {}.", still);
    if (d.name == "reserve") {
      if (whose().empty()) return fmt::format("Even with no reserves {}.", still);
      if (d.from == 0) return fmt::format("Even with no more reserves than today's {}.", still);
      return fmt::format("Even with {} less of reserves each, {}.", page_.money(-d.from), still);
    }
    return fmt::format("However unlucky {} is, {}.", factor(), still);
  }

  const ReverseResult& r_;
  const Provenance& provenance_;
  Page page_;
};

}  // namespace

std::string reverse_text(const ReverseResult& result, const Provenance& provenance, const TextStyle& style) {
  return ReversePage(result, provenance, style).whole();
}

}  // namespace shortfall
