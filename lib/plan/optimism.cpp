#include "plan/optimism.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "base/money.hpp"
#include "plan/profile.hpp"

namespace shortfall {
namespace {

double sum(const Yearly& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

class Reader {
 public:
  explicit Reader(const Plans& plans) : plans_(plans), years_(plans.system.years), positions_(planned_positions(plans)) {
    const auto has_needs = [](const Organisation& o) {
      return std::any_of(o.schemes.begin(), o.schemes.end(), [](const Scheme& s) { return !s.needs.empty(); });
    };
    if (std::any_of(plans.organisations.begin(), plans.organisations.end(), has_needs))
      for (const Organisation& o : plans.organisations)
        for (const Scheme& s : o.schemes) schemes_.emplace(o.id.value + "/" + s.id.value, &s);
    for (const Organisation& owner : plans.organisations)
      for (const Scheme& s : owner.schemes)
        for (const Weight& w : s.lands)
          if (w.share < 0 && w.organisation.value != owner.id.value) taken_[w.organisation.value].push_back({&s, w.share});
  }

  Problems all() {
    for (std::size_t o = 0; o < plans_.organisations.size(); ++o) {
      const Organisation& organisation = plans_.organisations[o];
      own_target(organisation, positions_[o]);
      back_loading(organisation);
      copies(organisation);
      sizes_and_stages(organisation);
      losses(organisation, o);
      cliff(organisation, positions_[o]);
      reserves_above_income(organisation);
      year_on_year(organisation);
      whole_programme(organisation);
      for (const Scheme& s : organisation.schemes) {
        landing(s);
        stage_beside_delivery(s);
        needs_out_of_order(organisation, s);
      }
    }
    thousandfold();
    agreement();
    mixed_carry();
    kinds();
    double_counting();
    stretched_teams();
    return sorted(std::move(problems_));
  }

 private:
  void warn(Code code, const Place& place, std::string message) { problems_.push_back({place, code, std::move(message)}); }
  std::string money(double amount) const { return money_text(amount, plans_.system.currency); }
  // Less than this is rounding of the plan's own figures.
  static constexpr double slack = 0.005;

  void own_target(const Organisation& o, const Yearly& position) {
    for (std::size_t y = 0; y < years_.size(); ++y) {
      const double funding = o.conditional_funding.amount.empty() ? 0.0 : o.conditional_funding.amount[y];
      const double gap = o.target[y] - (position[y] + funding + o.one_offs[y]);
      if (gap > slack)
        warn(Code::misses_target, o.id.place,
             fmt::format("'{}' misses its own target of {} in {} by {} even if everything is delivered, funded and helped by one-offs", o.id.value,
                         money(o.target[y]), years_[y].label, money(gap)));
    }
  }

  void reserves_above_income(const Organisation& o) {
    const double most = o.income.empty() ? 0 : *std::max_element(o.income.begin(), o.income.end());
    if (most > 0 && o.reserves > most)
      warn(Code::reserves_above_income, o.id.place,
           fmt::format("'{}' has reserves of {}, more than its whole income of a year, {}: is one of the two in another unit?", o.id.value,
                       money(o.reserves), money(most)));
  }

  // A council's table says what each year adds; read as what each year has, recurrent savings seem to fall.
  void year_on_year(const Organisation& o) {
    std::size_t lists = 0, falls = 0;
    const Scheme* first = nullptr;
    for (const Scheme& s : o.schemes) {
      const Yearly list = planned_saving(s, years_);
      if (std::holds_alternative<Ramp>(s.saving.profile) || !s.recurrent || list.size() < 2) continue;
      ++lists;
      const bool fall = std::adjacent_find(list.begin(), list.end(), [](double a, double b) { return b < a - slack; }) != list.end();
      falls += fall;
      if (fall && first == nullptr) first = &s;
    }
    if (falls == 0 || 2 * falls < lists || lists < 2) return;
    warn(Code::falling_savings, first->saving.place,
         fmt::format("{} of the {} recurrent savings of '{}' fall from one year to the next, first of '{}': if each figure is "
                     "what a year adds, say basis: year-on-year; what ends "
                     "is recurrent: false",
                     falls, lists, o.id.value, first->id.value));
  }

  // A plan in thousands beside plans in millions.
  void thousandfold() {
    const auto size = [](const Organisation& o) { return o.income.empty() ? 0.0 : std::abs(o.income.front()); };
    const Organisation *least = nullptr, *most = nullptr;
    for (const Organisation& o : plans_.organisations) {
      if (size(o) <= 0) continue;
      if (least == nullptr || size(o) < size(*least)) least = &o;
      if (most == nullptr || size(o) > size(*most)) most = &o;
    }
    if (least != nullptr && size(*most) >= 300 * size(*least))
      warn(Code::other_unit, most->id.place,
           fmt::format("'{}' has an income of {}, {:.0f} times that of '{}': where a plan counts in another unit, say so with unit: (as in unit: £k)",
                       most->id.value, money(size(*most)), size(*most) / size(*least), least->id.value));
  }

  // The same title and the same savings within one plan.
  void copies(const Organisation& o) {
    std::map<std::pair<std::string_view, Yearly>, const Scheme*> seen;
    for (const Scheme& s : o.schemes) {
      Yearly saving = planned_saving(s, years_);
      if (s.title.empty() || s.title == s.id.value || sum(saving) <= slack) continue;
      const auto [at, fresh] = seen.emplace(std::pair(std::string_view(s.title), std::move(saving)), &s);
      if (!fresh)
        warn(Code::copied_scheme, s.id.place,
             fmt::format("scheme '{}' has the title and the savings of '{}': if it is a copy, {} is counted twice", s.id.value, at->second->id.value,
                         money(sum(at->first.second))));
    }
  }

  void back_loading(const Organisation& o) {
    Yearly by_year(years_.size(), 0.0);
    for (const Scheme& s : o.schemes) {
      const Yearly saving = planned_saving(s, years_);
      // What is new in a year is what counts: a saving once made recurs by itself.
      for (std::size_t y = 0; y < by_year.size(); ++y) by_year[y] += std::max(0.0, saving[y] - (y == 0 ? 0.0 : saving[y - 1]));
    }
    const double total = sum(by_year);
    if (total <= slack || years_.size() < 2) return;
    const std::size_t last_third = years_.size() - std::max<std::size_t>(1, years_.size() / 3);
    const double late = std::accumulate(by_year.begin() + static_cast<std::ptrdiff_t>(last_third), by_year.end(), 0.0);
    if (late > total / 2)
      warn(Code::back_loaded, o.id.place,
           fmt::format(
               "'{}' is back-loaded: {} of {} of new saving ({:.0f}%) comes in {}", o.id.value, money(late), money(total), 100 * late / total,
               last_third + 1 == years_.size() ? years_.back().label : fmt::format("{} to {}", years_[last_third].label, years_.back().label)));
  }

  void sizes_and_stages(const Organisation& o) {
    double total = 0, by_stage[stage_count] = {}, recurrent = 0, last_year = 0;
    const Scheme* largest = nullptr;
    double most = 0;
    for (const Scheme& s : o.schemes) {
      const Yearly yearly = planned_saving(s, years_);
      const double saving = sum(yearly);
      total += saving;
      // A delivery of its own takes the stage's place.
      if (!s.delivery) by_stage[static_cast<std::size_t>(s.stage.value)] += saving;
      last_year += yearly.back();
      if (s.recurrent) recurrent += yearly.back();
      if (largest == nullptr || saving > most) largest = &s, most = saving;
    }
    if (total <= slack) return;
    if (o.schemes.size() > 1 && most > 0.4 * total)
      warn(Code::one_scheme, largest->id.place,
           fmt::format("scheme '{}' carries {} of the {} that '{}' plans to save ({:.0f}%); if it fails, the plan does", largest->id.value,
                       money(most), money(total), o.id.value, 100 * most / total));
    const double unidentified = by_stage[static_cast<std::size_t>(Stage::unidentified)],
                 opportunity = by_stage[static_cast<std::size_t>(Stage::opportunity)];
    if (unidentified > slack)
      warn(Code::unidentified_savings, o.id.place,
           fmt::format("'{}' counts on {} that nobody has identified yet ({:.0f}% of {})", o.id.value, money(unidentified),
                       100 * unidentified / total, money(total)));
    if (opportunity + unidentified > total / 4)
      warn(Code::unready_savings, o.id.place,
           fmt::format("'{}' counts on {} that is no more than an opportunity or unidentified ({:.0f}% of {})", o.id.value,
                       money(opportunity + unidentified), 100 * (opportunity + unidentified) / total, money(total)));
    if (last_year > slack && recurrent < 0.7 * last_year)
      warn(Code::non_recurrent, o.id.place,
           fmt::format("of the {} that '{}' saves in {}, {} does not recur: the gap returns the year after", money(last_year), o.id.value,
                       years_.back().label, money(last_year - recurrent)));
  }

  // Classes are of single schemes: a programme as a whole is steadier than one of them, and holds what is found elsewhere.
  void whole_programme(const Organisation& o) {
    double total = 0;
    for (const Scheme& s : o.schemes) total += sum(planned_saving(s, years_));
    if (total <= slack) return;
    bool all_programmes = true;
    for (const Scheme& s : o.schemes) {
      const bool programme = holds_a_programme(s, o.id.value, plans_.reference);
      all_programmes = all_programmes && programme;
      const double saving = sum(planned_saving(s, years_));
      if (programme || s.delivery || !s.reference_class || s.stage.value == Stage::delivered || saving < 0.8 * total) continue;
      warn(Code::whole_programme, s.id.place,
           fmt::format("scheme '{}' holds {} programme of '{}' ({}), but '{}' is a class of single schemes; give it programme-provider, "
                       "programme-commissioner or programme-council, or list its schemes",
                       s.id.value, o.schemes.size() == 1 ? "the whole" : fmt::format("{:.0f}% of the", 100 * saving / total), o.id.value,
                       money(saving), s.reference_class->value));
    }
    if (all_programmes && o.substitutes && !is_none(*o.substitutes))
      warn(Code::idle_substitutes, o.substitutes->place,
           fmt::format("substitutes of '{}' add nothing: every scheme of it is a whole programme, whose share holds what is "
                       "found elsewhere",
                       o.id.value));
  }

  static bool is_none(const Substitutes& s) { return is_fixed(s.rate) && std::get<Fixed>(s.rate.shape).value == 0; }

  void mixed_carry() {
    const auto mixed = [&](const std::vector<const Organisation*>& members) -> const Organisation* {
      for (const Organisation* o : members)
        if (carry_of(*o, plans_.system) != carry_of(*members.front(), plans_.system)) return o;
      return nullptr;
    };
    const auto check = [&](const std::vector<const Organisation*>& members) {
      const Organisation* odd = mixed(members);
      if (odd == nullptr) return;
      const Organisation& first = *members.front();
      const Place& place = odd->carry ? odd->carry->place : first.carry ? first.carry->place : odd->id.place;
      warn(Code::mixed_carry, place,
           fmt::format("'{}' carries {:.0f}% of a gap into the next year and '{}' {:.0f}%, in one pool: the pool takes the least of its "
                       "members', so that alone and together differ by that too",
                       first.id.value, 100 * carry_of(first, plans_.system), odd->id.value, 100 * carry_of(*odd, plans_.system)));
    };
    std::vector<const Organisation*> members;
    if (!plans_.system.pools) {
      for (const Organisation& o : plans_.organisations) members.push_back(&o);
      return check(members);
    }
    for (const Pool& pool : *plans_.system.pools) {
      members.clear();
      for (const Id& member : pool.members)
        if (const Organisation* o = plans_.find(member.value)) members.push_back(o);
      if (!members.empty()) check(members);
    }
  }

  // What kind of body an organisation is decides what it finds elsewhere; without it, nothing.
  void kinds() {
    const Organisation* first = nullptr;
    std::size_t count = 0;
    for (const Organisation& o : plans_.organisations) {
      if (o.says_kind || o.substitutes || o.schemes.empty()) continue;
      if (std::all_of(o.schemes.begin(), o.schemes.end(), [&](const Scheme& s) { return holds_a_programme(s, o.id.value, plans_.reference); }))
        continue;
      if (first == nullptr) first = &o;
      ++count;
    }
    if (first == nullptr) return;
    warn(Code::no_kind, first->id.place,
         fmt::format("'{}'{} no kind: (provider, commissioner, council or other) and no substitutes:, so nothing of what schemes "
                     "miss is taken to be found elsewhere",
                     first->id.value, count == 1 ? std::string(" says") : fmt::format(" and {} more say", count - 1)));
  }

  // Savings elsewhere that this organisation's own target only survives without.
  void losses(const Organisation& o, std::size_t index) {
    Yearly without = positions_[index];
    const Scheme* heaviest = nullptr;
    double most = 0, lost = 0;
    const auto taken = taken_.find(o.id.value);
    if (taken == taken_.end()) return;
    for (const auto& [scheme, share] : taken->second) {
      const Yearly saving = planned_saving(*scheme, years_);
      for (std::size_t y = 0; y < saving.size(); ++y) without[y] -= share * saving[y];
      lost -= share * sum(saving);
      if (-share * sum(saving) > most) most = -share * sum(saving), heaviest = scheme;
    }
    if (heaviest == nullptr) return;
    for (std::size_t y = 0; y < years_.size(); ++y) {
      const double funding = o.conditional_funding.amount.empty() ? 0.0 : o.conditional_funding.amount[y];
      const double help = funding + o.one_offs[y] - o.target[y];
      if (positions_[index][y] + help < -slack && without[y] + help >= -slack) {
        warn(Code::unplanned_loss, heaviest->lands.front().organisation.place,
             fmt::format("others' savings take {} from '{}', which reaches its target in {} only without "
                         "that loss: nobody has planned for it (the largest is '{}', {})",
                         money(lost), o.id.value, years_[y].label, heaviest->id.value, money(most)));
        return;
      }
    }
  }

  // Conditional funding that hangs on less than itself.
  void cliff(const Organisation& o, const Yearly& position) {
    if (o.conditional_funding.amount.empty()) return;
    double least = 0, funding = 0;
    std::size_t year = years_.size();
    for (std::size_t y = 0; y < years_.size(); ++y) {
      // The part that its own margin decides; what hangs on the system's is the system's cliff.
      const double full = o.conditional_funding.amount[y], amount = full * o.conditional_funding.tied_to_organisation;
      const double headroom = position[y] + o.one_offs[y] - (o.target[y] - full);
      if (amount <= slack || headroom < -slack || headroom >= amount) continue;
      if (year == years_.size() || amount - headroom > funding - least) least = headroom, funding = amount, year = y;
    }
    if (year < years_.size())
      warn(Code::funding_cliff, o.conditional_funding.place,
           fmt::format("{} of conditional funding for '{}' hangs on a margin of its own of {} in {}: to miss by more than that costs all of it",
                       money(funding), o.id.value, money(std::max(least, 0.0)), years_[year].label));
  }

  void stage_beside_delivery(const Scheme& s) {
    const bool says_stage = s.stage.place.line != s.id.place.line || s.stage.place.column != s.id.place.column;
    if (!s.delivery || !says_stage || s.stage.value == Stage::delivered || s.delivery->distribution.drops_out > 0) return;
    const double chance = plans_.reference.drops_out[static_cast<std::size_t>(s.stage.value)];
    if (chance > 0)
      warn(Code::idle_stage, s.stage.place,
           fmt::format("scheme '{}' is {}, but its delivery: takes the stage's place: the {:.0f}% chance that it drops out does not "
                       "count; add drops_out: {:.0f}% to delivery if it should",
                       s.id.value, name_of(s.stage.value), 100 * chance, 100 * chance));
  }

  // A need that is planned to start later than what needs it: the model takes over its lateness, not its plan.
  void needs_out_of_order(const Organisation& o, const Scheme& s) {
    for (const Id& need : s.needs) {
      const auto [organisation, scheme] = split_reference(need.value, o.id.value);
      const Scheme& needed = *schemes_.at(organisation + "/" + scheme);
      const int first = first_month(years_.front()), own = start_month(s, years_), its = start_month(needed, years_);
      const int end = 12 * static_cast<int>(years_.size());
      if (its > own && its < end)
        warn(Code::needs_out_of_order, need.place,
             fmt::format("scheme '{}' is planned to save from {}, before what it needs, '{}', starts in {}; plan it to follow", s.id.value,
                         month_text(first + own), need.value, month_text(first + its)));
    }
  }

  void agreement() {
    if (plans_.system.pools)
      for (const Pool& pool : *plans_.system.pools)
        if (pool.members.size() == 1)
          warn(Code::pool_of_one, pool.place, fmt::format("a pool of '{}' alone: to be in it is to stand alone", pool.members.front().value));
    if (!plans_.system.target) return;
    for (std::size_t y = 0; y < years_.size(); ++y) {
      double targets = 0;
      for (const Organisation& o : plans_.organisations) targets += o.target[y];
      if ((*plans_.system.target)[y] < targets - slack)
        return warn(Code::low_system_target, plans_.system.id.place,
                    fmt::format("the system's target of {} in {} is below the sum of the organisations', {}: it asks nothing of anyone",
                                money((*plans_.system.target)[y]), years_[y].label, money(targets)));
    }
  }

  void landing(const Scheme& s) {
    double landed = 0;
    for (const Weight& w : s.lands) landed += w.share;
    if (landed > 1 + 1e-9)
      warn(Code::counted_twice, s.lands.front().organisation.place,
           fmt::format("scheme '{}' lands {:.0f}% of its {}: {} of it is counted more than once", s.id.value, 100 * landed,
                       money(sum(planned_saving(s, years_))), money((landed - 1) * sum(planned_saving(s, years_)))));
  }

  void double_counting() {
    for (const Opportunity& opportunity : plans_.system.opportunities) {
      Yearly claimed(years_.size(), 0.0);
      std::vector<const Scheme*> claimants;
      std::string names;
      for (const Organisation& o : plans_.organisations)
        for (const Scheme& s : o.schemes)
          if (s.claims && s.claims->value == opportunity.id.value) {
            claimants.push_back(&s);
            const Yearly saving = planned_saving(s, years_);
            for (std::size_t y = 0; y < claimed.size(); ++y) claimed[y] += std::max(0.0, saving[y]);
            names += fmt::format("{}{}/{} at {}", names.empty() ? "" : ", ", o.id.value, s.id.value, to_text(s.claims->place));
          }
      std::size_t worst = 0;
      for (std::size_t y = 1; y < years_.size(); ++y)
        if (claimed[y] - opportunity.size[y] > claimed[worst] - opportunity.size[worst]) worst = y;
      if (claimants.size() > 1 && claimed[worst] > opportunity.size[worst] + slack)
        warn(Code::claimed_twice, claimants.back()->claims->place,
             fmt::format("double counting: {} is claimed from '{}' in {}, which is worth {} ({}); size at {}", money(claimed[worst]),
                         opportunity.id.value, years_[worst].label, money(opportunity.size[worst]), names, to_text(opportunity.id.place)));
      else if (claimants.size() == 1 && claimed[worst] > opportunity.size[worst] + slack)
        warn(Code::claimed_too_much, claimants.front()->claims->place,
             fmt::format("{} is claimed from '{}' in {}, which is worth {} (size at {})", money(claimed[worst]), opportunity.id.value,
                         years_[worst].label, money(opportunity.size[worst]), to_text(opportunity.id.place)));
    }
  }

  void stretched_teams() {
    const auto stretched = [&](const Team& team, const std::vector<const Organisation*>& users, const std::string& where) {
      Yearly effort(years_.size(), 0.0), waiting(years_.size(), 0.0);
      for (const Organisation* o : users) {
        const auto same = [&](const Team& t) { return t.id.value == team.id.value; };
        if (where.empty() && std::any_of(o->teams.begin(), o->teams.end(), same)) continue;  // its own team of that name comes first
        for (const Scheme& s : o->schemes)
          for (const Effort& e : s.effort)
            if (e.team.value == team.id.value) {
              const Yearly saving = planned_saving(s, years_);
              for (std::size_t y = 0; y < effort.size(); ++y) {
                effort[y] += e.wte[y];
                if (e.wte[y] > 0) waiting[y] += saving[y];
              }
            }
      }
      std::size_t worst = 0;
      for (std::size_t y = 1; y < years_.size(); ++y)
        if (effort[y] - team.wte[y] > effort[worst] - team.wte[worst]) worst = y;
      if (effort[worst] > team.wte[worst] + 1e-9)
        warn(Code::stretched_team, team.place,
             fmt::format("team '{}'{} has {:g} post{} in {}, but schemes ask for {:g}, {} of savings among them", team.id.value, where,
                         team.wte[worst], team.wte[worst] == 1 ? "" : "s", years_[worst].label, effort[worst], money(waiting[worst])));
    };
    std::vector<const Organisation*> everyone;
    for (const Organisation& o : plans_.organisations) everyone.push_back(&o);
    for (const Team& t : plans_.system.teams) stretched(t, everyone, "");
    for (const Organisation& o : plans_.organisations)
      for (const Team& t : o.teams) stretched(t, {&o}, fmt::format(" of '{}'", o.id.value));
  }

  const Plans& plans_;
  const std::vector<Year>& years_;
  std::vector<Yearly> positions_;
  std::unordered_map<std::string, const Scheme*> schemes_;  // by "organisation/scheme"; none where none needs another
  // What others' schemes take from an organisation: the scheme, and its share (below 0), in the order of the plans.
  std::unordered_map<std::string_view, std::vector<std::pair<const Scheme*, double>>> taken_;
  Problems problems_;
};

}  // namespace

std::vector<Yearly> planned_positions(const Plans& plans) {
  const std::size_t years = plans.system.years.size();
  std::unordered_map<std::string, std::size_t> index;
  std::vector<Yearly> out;
  for (const Organisation& o : plans.organisations) {
    index.emplace(o.id.value, out.size());
    Yearly position(years);
    for (std::size_t y = 0; y < years; ++y) position[y] = o.income[y] - o.spend[y] * (1 + o.pressure.mean[y]);
    out.push_back(std::move(position));
  }
  const auto add = [&](const std::vector<Weight>& weights, std::size_t owner, const Yearly& amount, double sign) {
    for (std::size_t y = 0; y < amount.size(); ++y) {
      if (weights.empty()) out[owner][y] += sign * amount[y];
      for (const Weight& w : weights) out[index.at(w.organisation.value)][y] += sign * w.share * amount[y];
    }
  };
  for (std::size_t o = 0; o < plans.organisations.size(); ++o)
    for (const Scheme& s : plans.organisations[o].schemes) {
      add(s.lands, o, planned_saving(s, plans.system.years), 1);
      add(s.cost_falls, o, s.cost, -1);
    }
  return out;
}

Problems signs_of_optimism(const Plans& plans) { return Reader(plans).all(); }

}  // namespace shortfall
