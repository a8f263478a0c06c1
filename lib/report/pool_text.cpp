#include "report/pool_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace shortfall {
namespace {

constexpr std::size_t cell = 9, shortest_name = 18;

class PoolPage {
 public:
  PoolPage(const PoolingResult& r, const Provenance& provenance, const TextStyle& style)
      : r_(r), provenance_(provenance), page_(r.setting, style), n_(r.setting.organisations.size()) {
    double widest = 0;
    for (const CoalitionResult& c : r.coalitions) widest = std::max(widest, c.fails.half_width());
    digits_ = digits_for(100 * widest, 2);
    for (std::size_t o = 0; o < n_; ++o) longest_ = std::max(longest_, width_of(page_.title(o)) + 1);
  }

  std::string whole() {
    page_.head(fmt::format("{} organisations, {} coalitions of them, all in the same {}", n_, grouped(r_.coalitions.size()),
                           counted(r_.setting.trials, "simulated future")),
               provenance_.edits);
    for (const AgreementPoolResult& p : r_.pools) ranks(p);
    reserves();
    coalitions();
    swim_or_sink();
    aid();
    page_.paragraph(
        fmt::format("Chances are good to {:.{}f} points or better, 19 times in 20; a change of a chance below {:g} point{} is no reason to "
                    "leave; seed {}.",
                    100 * widest(), std::min(digits_ + 1, 2), 100 * r_.material, r_.material == 0.01 ? "" : "s", r_.setting.seed),
        Tone::faint);
    return page_.take();
  }

 private:
  double widest() const {
    double w = 0;
    for (const CoalitionResult& c : r_.coalitions) w = std::max(w, c.fails.half_width());
    return w;
  }
  std::string chance(const Estimate& e, std::size_t width = cell) const { return right_aligned(percent(e.value, digits_), width); }
  std::size_t names(std::size_t numbers) const { return std::clamp(longest_, shortest_name, std::max(shortest_name, page_.width() - numbers)); }
  static Tone tone_of(Interest i) {
    return i == Interest::held ? Tone::good : i == Interest::tempted || i == Interest::better_off_out ? Tone::bad : Tone::doubtful;
  }

  void ranks(const AgreementPoolResult& p) {
    constexpr std::size_t verdict_width = 19;
    const std::size_t name_width = names(4 * cell + verdict_width);
    const std::string who = (p.members.size() == n_ ? fmt::format("all {}", n_) : fmt::format("the pool of {}", p.members.size())) +
                            (p.aid ? fmt::format(" with mutual aid up to {}", page_.money(*p.aid)) : "");
    page_.heading(p.agreed ? fmt::format("Breaking ranks in {}: how likely each fails itself if", who)
                           : "Nobody stands with anybody. Were all joint and several, how likely each would fail itself if");
    const std::string blank(name_width, ' ');
    page_.line(page_.toned(
        blank + right_aligned("all", cell) + right_aligned("it", cell) + right_aligned("others", cell) + right_aligned("all", cell), Tone::faint));
    page_.line(
        page_.toned(blank + right_aligned("stay", cell) + right_aligned("leaves", cell) + right_aligned("leave", cell) + right_aligned("leave", cell),
                    Tone::faint));
    for (const MemberResult& m : p.ranks)
      page_.line(page_.name(m.organisation, name_width) + chance(m.all_stay) + chance(m.i_leave) + chance(m.others_leave) + chance(m.everyone_alone) +
                 "  " + page_.toned(name_of(m.interest), tone_of(m.interest)));
    page_.paragraph(verdict(p));
    page_.line();
  }

  std::string names_of(const AgreementPoolResult& p, Interest which) const {
    Members members;
    for (const MemberResult& m : p.ranks)
      if (m.interest == which) members.push_back(m.organisation);
    return page_.titles(members);
  }
  static std::size_t count_of(const AgreementPoolResult& p, Interest which) {
    return static_cast<std::size_t>(std::count_if(p.ranks.begin(), p.ranks.end(), [&](const MemberResult& m) { return m.interest == which; }));
  }

  std::string verdict(const AgreementPoolResult& p) const {
    const auto is_or_are = [&](Interest i) { return count_of(p, i) == 1 ? "is" : "are"; };
    std::string s;
    switch (p.verdict) {
      case PoolVerdict::dilemma:
        s = "A dilemma: each would fail less often by leaving alone, and each would fail more often if all left. Only an agreement that is kept "
            "holds "
            "this together.";
        break;
      case PoolVerdict::comes_apart:
        s = fmt::format("It comes apart: {} {} better off out, even if all left. ", names_of(p, Interest::better_off_out),
                        is_or_are(Interest::better_off_out));
        if (count_of(p, Interest::tempted) > 0)
          s += fmt::format("{} {} tempted to leave. ", names_of(p, Interest::tempted), is_or_are(Interest::tempted));
        if (count_of(p, Interest::held) > 0) s += fmt::format("{} {} held by interest.", names_of(p, Interest::held), is_or_are(Interest::held));
        break;
      case PoolVerdict::some_tempted:
        s = fmt::format("{} {} tempted to leave: better off outside while the others stay, worse off if all leave.", names_of(p, Interest::tempted),
                        is_or_are(Interest::tempted));
        break;
      case PoolVerdict::stag_hunt:
        s = "A stag hunt: nobody gains by leaving while the others stay, but each would follow them out, and all would be worse off. It holds as "
            "long "
            "as all trust that it does.";
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
    while (s.ends_with(' ')) s.pop_back();
    for (const MemberResult& m : p.ranks)
      if (!m.withdraws.empty()) {
        std::vector<std::string> schemes = m.withdraws;
        s += fmt::format(" Were {} to leave, it would withdraw {}, which serve{} its fellow members more than itself.", page_.title(m.organisation),
                         listed(schemes), schemes.size() == 1 ? "s" : "");
      }
    if (!p.safest_group.empty() && p.safest_group_change.high < -r_.material)
      s += fmt::format(" The group with most reason to stand without the rest: {}, which by {} would fail {:.{}f} points less often than the pool.",
                       page_.titles(p.safest_group), p.safest_group.size() == 1 ? "itself" : "themselves", -100 * p.safest_group_change.value,
                       digits_);
    return s;
  }

  const CoalitionResult& single(std::size_t o) const {
    return *std::find_if(r_.coalitions.begin(), r_.coalitions.end(),
                         [&](const CoalitionResult& c) { return c.members == Members{std::uint32_t(o)}; });
  }

  void reserves() {
    const std::size_t name_width = names(4 * cell + 1);
    const CoalitionResult& all = r_.coalitions.back();
    std::vector<Estimate> sums;
    for (std::size_t o = 0; o < n_; ++o) sums.push_back(single(o).contingency);
    const int digits = money_digits(sums);
    page_.heading(fmt::format("Reserves to add to be 80 % sure not to fail, {}", r_.setting.currency));
    const std::string blank(name_width, ' ');
    if (r_.game) {
      page_.line(page_.toned(blank + right_aligned("P(fails)", cell) + right_aligned("reserves", cell + 1) + right_aligned("in one", cell) +
                                 right_aligned("pooling", cell),
                             Tone::faint));
      page_.line(page_.toned(blank + right_aligned("by itself", cell) + right_aligned("by itself", cell + 1) + right_aligned("pool *", cell) +
                                 right_aligned("saves it", cell),
                             Tone::faint));
    } else {
      page_.line(page_.toned(blank + right_aligned("P(fails)", cell) + right_aligned("reserves", cell), Tone::faint));
    }
    Estimate sum;
    for (std::size_t o = 0; o < n_; ++o) {
      const CoalitionResult& c = single(o);
      std::string text = page_.name(o, name_width) + chance(c.fails) + right_aligned(amount(c.contingency, digits), cell + 1);
      if (r_.game)
        text += right_aligned(amount(r_.game->share[o], digits), cell) + right_aligned(signed_amount(r_.game->benefit_share[o], digits), cell);
      page_.line(text);
      sum.value += c.contingency.value;
      sum.low += c.contingency.low;
      sum.high += c.contingency.high;
    }
    page_.line(page_.toned(repeated("─", name_width + (r_.game ? 4 : 2) * cell + 1), Tone::faint));
    std::string total = padded(fmt::format("one pool of all {}", n_), name_width) + chance(all.fails) +
                        right_aligned(amount(sum, money_digits({all.contingency})), cell + 1);
    if (r_.game)
      total += right_aligned(amount(all.contingency, money_digits({all.contingency})), cell) +
               right_aligned(signed_amount(r_.game->benefit, money_digits({r_.game->benefit})), cell);
    page_.line(total);
    if (r_.game) page_.paragraph("* Shapley's shares: what each adds to the reserves needed, on average over all orders of joining", Tone::faint);
    page_.paragraph(core());
    if (r_.own_target > 0)
      page_.paragraph(
          fmt::format("No pool is held to the system's own target, in a year up to {} above its members': 'run' counts that in \"all counted "
                      "as one\".",
                      page_.money(r_.own_target)));
    page_.line();
  }

  std::string core() const {
    if (!r_.game) return fmt::format("Above {} organisations there are too many coalitions for Shapley's shares and the core.", most_players);
    const GameResult& g = *r_.game;
    std::string s = g.benefit.low > 0 ? fmt::format("One pool of all needs {} less than each by itself. ", page_.money_with_interval(g.benefit))
                    : g.benefit.high < 0
                        ? fmt::format("One pool of all needs {} more than each by itself. ",
                                      page_.money_with_interval({-g.benefit.value, -g.benefit.high, -g.benefit.low, g.benefit.trials}))
                        : "One pool of all needs about as much as each by itself. ";
    switch (g.core) {
      case GameResult::Core::not_empty:
        s += "The core is not empty: that sum can be shared so that no group would need less by itself. ";
        if (g.objection.low > 0)
          s += fmt::format("Shapley's shares are not such: {} would pay {} more than by {}.", page_.titles(g.objectors),
                           page_.money_with_interval(g.objection), g.objectors.size() == 1 ? "itself" : "themselves");
        else if (g.objection.high <= 0)
          s += "Shapley's shares are such.";
        break;
      case GameResult::Core::empty: {
        std::vector<std::string> claims;
        for (const Members& m : g.claims) claims.push_back(page_.titles(m));
        std::string list;
        for (std::size_t i = 0; i < claims.size(); ++i) list += (i == 0 ? "" : "; ") + claims[i];
        s += fmt::format(
            "The core is empty: however that sum is shared, some group would need less by itself, by at least {}. Those whose claims "
            "cannot all be met: {}.",
            page_.money_with_interval(g.core_excess), list);
        break;
      }
      case GameResult::Core::unclear:
        s += "Whether it can be shared so that no group would need less by itself is too close to call.";
        break;
    }
    while (s.ends_with(' ')) s.pop_back();
    return s;
  }

  // The safest coalition of each size, as a way into the JSON's list of all.
  void coalitions() {
    page_.heading("The safest group of each size, standing as one pool");
    std::vector<const CoalitionResult*> safest(n_ + 1);
    std::vector<Estimate> sums;
    for (const CoalitionResult& c : r_.coalitions) {
      const CoalitionResult*& best = safest[c.members.size()];
      if (best == nullptr || c.fails.value < best->fails.value) best = &c;
    }
    for (const CoalitionResult* c : safest)
      if (c != nullptr) sums.push_back(c->contingency);
    const int digits = money_digits(sums);
    for (const CoalitionResult* c : safest)
      if (c != nullptr)
        page_.paragraph(
            fmt::format("{:>2} {} {}  {}", c->members.size(), chance(c->fails, 8), right_aligned(page_.money(c->contingency.value, digits), cell),
                        c->members.size() == n_ ? "all" : page_.titles(c->members)),
            Tone::plain, std::string(24, ' '));
    page_.paragraph(
        fmt::format("Chance to fail, and reserves to add to be 80 % sure; all {} coalitions: --format json", grouped(r_.coalitions.size())),
        Tone::faint);
    page_.line();
  }

  void swim_or_sink() {
    constexpr std::size_t column = 8, least_bar = 12, longest_bar = 32;
    const std::size_t name_width = std::min(names(4 * column + least_bar + 1), std::size_t{26});
    const std::size_t bar_cells = std::clamp(page_.width() - name_width - 4 * column - 2, least_bar, longest_bar);
    page_.heading("Swim or sink: each alone, and then together");
    page_.line(page_.toned(std::string(name_width, ' ') + right_aligned("swims", column) + right_aligned("rescued", column) +
                               right_aligned("dragged", column) + right_aligned("sinks", column),
                           Tone::faint));
    for (const SwimSinkResult& a : r_.agreements) {
      page_.line(page_.toned(fmt::format("{}: any fails {}, all fail {}", a.agreement, percent(a.any.value, digits_), percent(a.all.value, digits_)),
                             Tone::faint));
      for (std::size_t o = 0; o < n_; ++o) {
        const SwimSinkResult::Fate& f = a.organisations[o];
        page_.line(page_.name(o, name_width) + chance(f.swims, column) + chance(f.rescued, column) + chance(f.dragged_under, column) +
                   chance(f.sinks, column) + "  " + bar(f, bar_cells));
      }
    }
    page_.paragraph("█ swims: fails neither way; ▓ rescued: fails alone, not together; ▒ dragged: together, not alone; · sinks: both ways",
                    Tone::faint);
    page_.line();
  }

  // The four fates side by side; what sinks is left blank on the right.
  std::string bar(const SwimSinkResult::Fate& f, std::size_t cells) const {
    const auto place = [&](double share) { return static_cast<std::size_t>(std::lround(std::min(1.0, share) * static_cast<double>(cells))); };
    const std::size_t a = place(f.swims.value), b = place(f.swims.value + f.rescued.value),
                      c = place(f.swims.value + f.rescued.value + f.dragged_under.value);
    return page_.toned(repeated("█", a), Tone::good) + page_.toned(repeated("▓", b - a), Tone::doubtful) +
           page_.toned(repeated("▒", c - b), Tone::bad) + page_.toned(repeated("·", cells - c), Tone::faint);
  }

  void aid() {
    page_.heading(fmt::format("If all {} helped each other by up to so much a year each, but failed one by one", n_));
    std::string levels = padded(fmt::format("aid, {}", r_.setting.currency), 14), any = padded("any fails", 14), all = padded("all fail", 14);
    const std::size_t room = (page_.width() - 14) / cell;
    // The levels lie closer together where help is small; as many as there is room for, the first and the last among them.
    for (std::size_t k = 0; k < room; ++k) {
      const AidResult& a = r_.aid[k * (r_.aid.size() - 1) / (room - 1)];
      levels += right_aligned(!std::isfinite(a.aid) ? "no limit" : a.aid == 0 ? "none" : fmt::format("{:.2g}", a.aid), cell);
      any += chance(a.any);
      all += chance(a.all);
    }
    page_.line(page_.toned(levels, Tone::faint));
    page_.line(any);
    page_.line(all);
    const std::string level = fmt::format("{:g} %", 100 * r_.any_fails);
    if (r_.least_aid && r_.least_aid->value == 0)
      page_.paragraph(fmt::format("Without any aid, the chance that any fails is already within {} (--any-fails).", level));
    else if (r_.least_aid)
      page_.paragraph(fmt::format("The least aid that keeps the chance that any fails to {} (--any-fails): {} a year each.", level,
                                  page_.money_with_interval(*r_.least_aid)));
    else
      page_.paragraph(fmt::format("No aid, however generous, keeps the chance that any fails to {} (--any-fails); without limit it is {}.", level,
                                  percent_with_interval(r_.aid.back().any)));
    page_.line();
  }

  const PoolingResult& r_;
  const Provenance& provenance_;
  Page page_;
  std::size_t n_, longest_ = 0;
  int digits_ = 1;
};

}  // namespace

std::string pool_text(const PoolingResult& result, const Provenance& provenance, const TextStyle& style) {
  return PoolPage(result, provenance, style).whole();
}

}  // namespace shortfall
