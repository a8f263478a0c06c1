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

class PoolView {
 public:
  PoolView(const PoolingResult& r, const Grounds& grounds, const Provenance& provenance)
      : r_(r), grounds_(grounds), provenance_(provenance), n_(r.setting.organisations.size()) {
    for (const CoalitionResult& c : r.coalitions) widest_ = std::max(widest_, c.fails.half_width());
    digits_ = digits_for(100 * widest_, 2);
  }

  Document whole() {
    document_ = begun(r_.setting,
                      fmt::format("{} organisations, {} coalitions of them, all in the same {}", n_, grouped(std::uint64_t{r_.coalitions.size()}),
                                  counted(r_.setting.trials, "simulated future")),
                      provenance_.edits);
    for (const AgreementPoolResult& p : r_.pools) ranks(p);
    reserves();
    known();
    coalitions();
    swim_or_sink();
    aid();
    end(document_, r_.setting, provenance_,
        fmt::format("Chances are good to {:.{}f} points or better, 19 times in 20; a change of a chance below {:g} point{} is no reason to leave.",
                    100 * widest_, std::min(digits_ + 1, 2), 100 * r_.material, r_.material == 0.01 ? "" : "s"));
    return std::move(document_);
  }

 private:
  void known() {
    const CoalitionResult& all = r_.coalitions.back();
    if (!all.fails.little_known()) return;
    document_.section().say(fmt::format("One pool of {} fails in {}.", all_of(n_), known_futures(all.fails, Said::first)));
  }
  PageCell chance(const Estimate& e) const { return {percent(e.value, digits_), tone_of_chance(e.value)}; }
  std::string title(std::size_t o) const { return title_of(r_.setting, o); }
  std::string titles(const Members& members) const { return titles_of(r_.setting, members); }
  std::string money(const Estimate& e) const { return money_with_interval(e, r_.setting.currency); }
  static Tone tone_of(Interest i) {
    return i == Interest::held ? Tone::good : i == Interest::tempted || i == Interest::better_off_out ? Tone::bad : Tone::doubtful;
  }

  // What nobody has signed is never said to be.
  std::string heading(const AgreementPoolResult& p) const {
    if (!p.agreed) return "Nobody stands with anybody. Were all joint and several, how likely each would fail itself if";
    if (!grounds_.agreement_stated) return "The plans state no agreement. Were all joint and several, how likely each would fail itself if";
    return fmt::format("Breaking ranks in {}{}: how likely each fails itself if",
                       p.members.size() == n_ ? all_of(n_) : fmt::format("the pool of {}", p.members.size()),
                       p.aid ? fmt::format(" with mutual aid up to {}", money_text(*p.aid, r_.setting.currency)) : "");
  }

  void ranks(const AgreementPoolResult& p) {
    PageTable t;
    t.columns = {{"", Kind::name, 18}, {"all\nstay"}, {"it\nleaves"}, {"others\nleave"}, {"all\nleave"}, {"", Kind::words}};
    for (const MemberResult& m : p.ranks)
      t.row({title(m.organisation), chance(m.all_stay), chance(m.i_leave), chance(m.others_leave), chance(m.everyone_alone),
             PageCell(std::string(name_of(m.interest)), tone_of(m.interest))});
    Section& s = document_.section(heading(p));
    s.add(std::move(t));
    s.say(verdict(p));
  }

  static std::size_t count_of(const AgreementPoolResult& p, Interest which) {
    return static_cast<std::size_t>(std::count_if(p.ranks.begin(), p.ranks.end(), [&](const MemberResult& m) { return m.interest == which; }));
  }
  // "A and B are held by interest. ", nothing of nobody.
  std::string who_is(const AgreementPoolResult& p, Interest which, std::string_view words) const {
    Members members;
    for (const MemberResult& m : p.ranks)
      if (m.interest == which) members.push_back(m.organisation);
    return members.empty() ? "" : fmt::format("{} {} {}", titles(members), members.size() == 1 ? "is" : "are", words);
  }

  std::string verdict(const AgreementPoolResult& p) const {
    std::string s;
    switch (p.verdict) {
      case PoolVerdict::dilemma:
        s = "A dilemma: each would fail less often by leaving alone, and each would fail more often if all left. Only an agreement that is kept "
            "holds this together.";
        break;
      case PoolVerdict::comes_apart:
        s = (grounds_.agreement_stated ? "It comes apart: " : "It would come apart: ") +
            who_is(p, Interest::better_off_out, "better off out, even if all left. ") + who_is(p, Interest::tempted, "tempted to leave. ") +
            who_is(p, Interest::held, "held by interest.");
        break;
      case PoolVerdict::some_tempted:
        s = who_is(p, Interest::tempted, "tempted to leave: better off outside while the others stay, worse off if all leave.");
        break;
      case PoolVerdict::stag_hunt:
        s = "A stag hunt: nobody gains by leaving while the others stay, but each would follow them out, and all would be worse off. It holds as "
            "long as all trust that it does.";
        break;
      case PoolVerdict::holds:
        s = "It holds: nobody would fail less often by leaving.";
        break;
      case PoolVerdict::indifferent:
        s = "Nobody gains or loses by leaving.";
        break;
      case PoolVerdict::unclear:
        s = "Too close to call; more futures (--trials) would tell.";
        break;
    }
    s = s.substr(0, s.find_last_not_of(' ') + 1);
    for (const MemberResult& m : p.ranks)
      if (!m.withdraws.empty())
        s += fmt::format(" Were {} to leave, it would withdraw {}, which serve{} its fellow members more than itself.", title(m.organisation),
                         listed(m.withdraws), m.withdraws.size() == 1 ? "s" : "");
    if (!p.safest_group.empty() && p.safest_group_change.high < -r_.material)
      s += fmt::format(" {} most reason to stand without the rest: {}, which by {} would fail {:.{}f} points less often than the pool.",
                       p.safest_group.size() == 1 ? "The one with" : "The group with", titles(p.safest_group),
                       p.safest_group.size() == 1 ? "itself" : "themselves", -100 * p.safest_group_change.value, digits_);
    return s;
  }

  const CoalitionResult& single(std::size_t o) const {
    return *std::find_if(r_.coalitions.begin(), r_.coalitions.end(),
                         [&](const CoalitionResult& c) { return c.members == Members{std::uint32_t(o)}; });
  }

  void reserves() {
    const CoalitionResult& all = r_.coalitions.back();
    std::vector<Estimate> sums = {all.contingency};
    for (std::size_t o = 0; o < n_; ++o) sums.push_back(single(o).contingency);
    // One number of digits for all: the last row is the sum of those above it.
    if (r_.game) sums.push_back(r_.game->benefit);
    const int digits = money_digits(sums);
    PageTable t;
    t.columns = {{"", Kind::name, 18}, {"P(fails)\nby itself"}, {"reserves\nby itself"}};
    if (r_.game) t.columns.insert(t.columns.end(), {{"share in\none pool *"}, {"pooling\nsaves it"}});
    std::vector<double> own, share, benefit;
    for (std::size_t o = 0; o < n_; ++o) {
      const CoalitionResult& c = single(o);
      own.push_back(c.contingency.value);
      std::vector<PageCell> cells = {PageCell(title(o)), chance(c.fails), PageCell(amount(c.contingency, digits))};
      if (r_.game) {
        share.push_back(r_.game->share[o].value), benefit.push_back(r_.game->benefit_share[o].value);
        cells.insert(cells.end(), {PageCell(amount(r_.game->share[o], digits)), PageCell(signed_amount(r_.game->benefit_share[o], digits))});
      }
      t.row(std::move(cells));
    }
    const auto sum = [&](const std::vector<double>& column) { return exact(sum_as_printed(column, digits)); };
    std::vector<PageCell> cells = {PageCell(fmt::format("one pool of {}; sums", all_of(n_))), chance(all.fails), PageCell(amount(sum(own), digits))};
    if (r_.game) cells.insert(cells.end(), {PageCell(amount(sum(share), digits)), PageCell(signed_amount(sum(benefit), digits))});
    t.row(std::move(cells), true);
    Section& s = document_.section(fmt::format("Reserves to add to be 80 % sure not to fail, {}", r_.setting.currency));
    s.add(std::move(t));
    if (r_.game) printed_benefit_ = sum_as_printed(benefit, digits), benefit_digits_ = digits;
    if (r_.game) s.say("* Shapley's shares: what each adds to the reserves needed, on average over all orders of joining", Tone::faint);
    s.say(core());
    if (r_.own_target > 0)
      s.say(fmt::format(
          "No pool is held to the system's own target, in a year up to {} above its members': 'run' counts that in \"all counted as one\".",
          money_text(r_.own_target, r_.setting.currency)));
  }
  static Estimate exact(double value) { return {value, value, value, 0}; }

  std::string core() const {
    if (!r_.game) return fmt::format("Above {} organisations there are too many coalitions for Shapley's shares and the core.", most_players);
    const GameResult& g = *r_.game;
    // As the column adds up to, in its digits.
    const auto sum = [&](double sign) {
      const std::string value = money_text(sign * printed_benefit_, r_.setting.currency, benefit_digits_);
      const double low = sign > 0 ? g.benefit.low : -g.benefit.high, high = sign > 0 ? g.benefit.high : -g.benefit.low;
      return fmt::format("{} ({})", value, range_text(low, high, benefit_digits_));
    };
    std::string s = g.benefit.low > 0    ? fmt::format("One pool of all needs {} less than each by itself. ", sum(1))
                    : g.benefit.high < 0 ? fmt::format("One pool of all needs {} more than each by itself. ", sum(-1))
                                         : "One pool of all needs about as much as each by itself. ";
    if (g.core == GameResult::Core::unclear) return s + "Whether it can be shared so that no group would need less by itself is too close to call.";
    if (g.core == GameResult::Core::empty) {
      std::vector<std::string> claims;
      for (const Members& m : g.claims) claims.push_back(titles(m));
      return s + fmt::format(
                     "The core is empty: however that sum is shared, some group would need less by itself, by at least {}. Those whose claims cannot "
                     "all be met: {}.",
                     money(g.core_excess), fmt::join(claims, "; "));
    }
    s += "The core is not empty: that sum can be shared so that no group would need less by itself.";
    if (g.objection.low > 0)
      return s + fmt::format(" Shapley's shares are not such: {} would pay {} more than by {}.", titles(g.objectors), money(g.objection),
                             g.objectors.size() == 1 ? "itself" : "themselves");
    return g.objection.high <= 0 ? s + " Shapley's shares are such." : s;
  }

  // The safest coalition of each size, as a way into the list of all.
  void coalitions() {
    std::vector<const CoalitionResult*> safest(n_ + 1);
    for (const CoalitionResult& c : r_.coalitions)
      if (const CoalitionResult*& best = safest[c.members.size()]; best == nullptr || c.fails.value < best->fails.value) best = &c;
    std::vector<Estimate> sums;
    for (const CoalitionResult* c : safest)
      if (c != nullptr) sums.push_back(c->contingency);
    const int digits = money_digits(sums);
    PageTable t;
    t.columns = {{"size"}, {"P(fails)"}, {"reserves\nto add"}, {"", Kind::words}};
    for (const CoalitionResult* c : safest)
      if (c != nullptr)
        t.row({grouped(std::uint64_t{c->members.size()}), chance(c->fails), money_text(c->contingency.value, r_.setting.currency, digits),
               c->members.size() == n_ ? "all" : titles(c->members)});
    Section& s = document_.section("The safest group of each size, standing as one pool", Section::Shown::folded);
    s.add(std::move(t));
    s.say(fmt::format("Chance to fail, and reserves to add to be 80 % sure; all {} coalitions: --format json, csv",
                      grouped(std::uint64_t{r_.coalitions.size()})),
          Tone::faint);
  }

  void swim_or_sink() {
    PageTable t;
    t.columns = {{"", Kind::name, 18}, {"swims"}, {"rescued"}, {"dragged"}, {"sinks"}, {"", Kind::bar, 1}};
    for (const SwimSinkResult& a : r_.agreements) {
      const bool supposed = a.agreement == "as agreed" && !grounds_.agreement_stated;
      t.span(fmt::format("{}: any fails {}, all fail {}", supposed ? "were all joint and several" : a.agreement, percent(a.any.value, digits_),
                         percent(a.all.value, digits_)));
      for (std::size_t o = 0; o < n_; ++o) {
        const SwimSinkResult::Fate& f = a.organisations[o];
        t.row({title(o), percent(f.swims.value, digits_), percent(f.rescued.value, digits_), percent(f.dragged_under.value, digits_),
               percent(f.sinks.value, digits_),
               bar({{f.swims.value, Tone::good, "█"},
                    {f.rescued.value, Tone::doubtful, "▓"},
                    {f.dragged_under.value, Tone::bad, "▒"},
                    {f.sinks.value, Tone::faint, "·"}})});
      }
    }
    Section& s = document_.section("Swim or sink: each alone, and then together");
    if (auto picture = swim_or_sink_chart(r_, grounds_)) s.add(on_pages_alone(std::move(*picture)));
    s.add(std::move(t));
    s.say("█ swims: fails neither way; ▓ rescued: fails alone, not together; ▒ dragged: together, not alone; · sinks: both ways", Tone::faint);
  }

  // Digits after the point of an amount above 0 that is told by its first two figures.
  static int digits_of_two_figures(double amount) { return std::clamp(1 - static_cast<int>(std::floor(std::log10(amount))), 0, 6); }
  void aid() {
    PageTable t;
    t.columns = {{fmt::format("aid, {}", r_.setting.currency)}, {"any fails"}, {"all fail"}};
    // Of many that say the same, the first and the last.
    const auto same = [&](std::size_t i, std::size_t j) {
      return chance(r_.aid[i].any).text == chance(r_.aid[j].any).text && chance(r_.aid[i].all).text == chance(r_.aid[j].all).text;
    };
    for (std::size_t i = 0; i < r_.aid.size(); ++i) {
      const AidResult& a = r_.aid[i];
      if (i > 0 && i + 1 < r_.aid.size() && same(i - 1, i) && same(i, i + 1)) continue;
      t.row({!std::isfinite(a.aid) ? "no limit"
             : a.aid == 0          ? "none"
                                   : grouped(decimal(a.aid, digits_of_two_figures(a.aid))),
             chance(a.any), chance(a.all)});
    }
    Section& s = document_.section(fmt::format("If {} helped each other by up to so much a year each, but failed one by one", all_of(n_)));
    s.add(std::move(t));
    const std::string level = fmt::format("{:g} %", 100 * r_.any_fails);
    if (r_.least_aid && r_.least_aid->value == 0)
      s.say(fmt::format("Without any aid, the chance that any fails is already within {} (--any-fails).", level));
    else if (r_.least_aid)
      s.say(fmt::format("The least aid that keeps the chance that any fails to {} (--any-fails): {} a year each.", level, money(*r_.least_aid)));
    else
      s.say(fmt::format("No aid, however generous, keeps the chance that any fails to {} (--any-fails); without limit it is {}.", level,
                        percent_with_interval(r_.aid.back().any)));
  }

  const PoolingResult& r_;
  const Grounds& grounds_;
  const Provenance& provenance_;
  std::size_t n_;
  double widest_ = 0;
  int benefit_digits_ = 1;
  double printed_benefit_ = 0;  // what pooling saves all, as the table adds it up
  int digits_ = 1;
  Document document_;
};

}  // namespace

Document view_pool(const PoolingResult& result, const Grounds& grounds, const Provenance& provenance) {
  return PoolView(result, grounds, provenance).whole();
}

}  // namespace shortfall
