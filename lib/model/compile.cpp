#include "model/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "base/for_each.hpp"
#include "model/alter.hpp"
#include "model/landing.hpp"
#include "model/quantile.hpp"
#include "model/soundness.hpp"
#include "plan/profile.hpp"

namespace shortfall {

Stream stream_of(std::string_view driver) {
  Stream hash = 0xcbf29ce484222325u;  // FNV-1a, 64 bits (Fowler, Noll, Vo)
  for (const char c : driver) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::vector<std::uint32_t> order_of_needs(const std::vector<SchemeModel>& schemes) {
  const std::size_t n = schemes.size();
  std::vector<std::uint32_t> order;
  std::vector<bool> involved(n, false), placed(n, false);
  for (std::size_t i = 0; i < n; ++i)
    for (const std::uint32_t j : schemes[i].needs) involved[i] = involved[j] = true;
  struct Step {
    std::uint32_t scheme;
    std::size_t next;
  };
  for (std::uint32_t start = 0; start < n; ++start) {
    if (!involved[start] || placed[start]) continue;
    std::vector<Step> path{{start, 0}};
    while (!path.empty()) {
      Step& step = path.back();
      const std::vector<std::uint32_t>& needs = schemes[step.scheme].needs;
      if (step.next < needs.size()) {
        const std::uint32_t next = needs[step.next++];
        if (!placed[next]) path.push_back({next, 0});
        continue;
      }
      if (!placed[step.scheme]) order.push_back(step.scheme);
      placed[step.scheme] = true;
      path.pop_back();
    }
  }
  return order;
}

namespace {

class Compiler {
 public:
  Compiler(const Plans& plans, const CompileOptions& options)
      : plans_(plans),
        optimism_(options.optimism),
        given_(options.given),
        years_(plans.system.years.size()),
        threads_(options.threads),
        knowledge_(options.knowledge),
        tables_(options.tables == nullptr ? own_tables_ : *options.tables) {
    std::uint32_t next = 0;
    for (const Organisation& o : plans.organisations) {
      organisation_index_.emplace(o.id.value, static_cast<std::uint32_t>(organisation_index_.size()));
      for (const Scheme& s : o.schemes) scheme_index_.emplace(o.id.value + "/" + s.id.value, next++);
    }
  }

  Model compile() {
    const System& system = plans_.system;
    model_.years_before = years_before();
    model_.id = system.id.value;
    model_.title = system.title;
    model_.currency = system.currency;
    for (const Year& y : system.years) model_.years.push_back(y.label);
    if (knowledge_.count > 0) known_.emplace(plans_.reference, knowledge_, optimism_, model_.table().latest(), tables_);
    model_.draws = knowledge_.count;
    model_.draws_chosen = knowledge_.choice != nullptr;
    teams();
    opportunities();
    for (const Organisation& o : plans_.organisations) organisation(o);
    make_tables();
    model_.needs_order = order_of_needs(model_.schemes);
    pools();
    std::vector<std::uint32_t> everyone(model_.organisations.size());
    std::iota(everyone.begin(), everyone.end(), 0u);
    model_.carry = least_carry(model_.organisations, everyone);
    const int first = first_month(system.years.front());
    for (const Blackout& b : system.blackouts) model_.blackouts.push_back({b.from - first, b.to - first});
    model_.system_excess.assign(years_, 0.0);
    if (system.target)
      for (std::size_t y = 0; y < years_; ++y) {
        double sum = 0;
        for (const Organisation& o : plans_.organisations) sum += o.target[y];
        model_.system_excess[y] = std::max(0.0, (*system.target)[y] - sum);
      }
    plan_landing(model_);
    if (system.dependence.copula == Copula::student_t) {
      const double nu = system.dependence.degrees_of_freedom;
      model_.student_t = std::make_shared<const Model::StudentT>(
          Model::StudentT{static_cast<float>(nu), stream_of("factor:student-t"), mixing_curve(nu), student_t_to_normal_curve(nu)});
    }
    return std::move(model_);
  }

 private:
  // By how many years the earliest scheme starts before the plan.
  std::size_t years_before() const {
    int earliest = 0;
    for (const Organisation& o : plans_.organisations)
      for (const Scheme& s : o.schemes)
        if (std::holds_alternative<Ramp>(s.saving.profile)) earliest = std::min(earliest, start_month(s, plans_.system.years));
    return static_cast<std::size_t>((11 - earliest) / 12);
  }

  // `known_as`: what its random stream goes by, where that is another name.
  std::uint32_t factor(const std::string& name, const std::string& known_as) {
    const auto [at, fresh] = factor_index_.emplace(name, static_cast<std::uint32_t>(model_.factors.size()));
    if (fresh) model_.factors.push_back({name, stream_of("factor:" + known_as), held(name)});
    return at->second;
  }

  std::optional<float> held(const std::string& name) const {
    for (const Given& g : given_)
      if (g.factor == name) return static_cast<float>(normal_score({g.quantile, 1 - g.quantile}));
    return {};
  }

  struct Weights {
    Luck luck;
    double total = 0;
  };
  void add(Weights& w, const std::string& name, double share) { add(w, name, name, share); }
  void add(Weights& w, const std::string& name, const std::string& known_as, double share) {
    if (share == 0) return;
    w.luck.loadings.push_back({factor(name, known_as), static_cast<float>(std::sqrt(share))});
    w.total += share;
  }
  static Luck finished(Weights w, double further = 0) {
    w.luck.own_weight = static_cast<float>(std::sqrt(std::max(0.0, 1 - w.total - further)));
    return std::move(w.luck);
  }
  Weights of_organisation(const Organisation& o, const std::string* reference_class) {
    const std::string& organisation = o.id.value;
    const Dependence& d = plans_.system.dependence;
    Weights w;
    add(w, "system", d.shared.system);
    add(w, "organisation/" + organisation, "organisation/" + luck_name_of(o), d.shared.organisation);
    if (reference_class != nullptr) add(w, "class/" + *reference_class, d.shared.reference_class);
    const auto names = [](const std::vector<Id>& ids, const std::string& id) {
      return std::any_of(ids.begin(), ids.end(), [&](const Id& x) { return x.value == id; });
    };
    for (const NamedFactor& f : d.factors)
      if (names(f.organisations, organisation) || (reference_class != nullptr && names(f.classes, *reference_class))) add(w, f.name.value, f.share);
    return w;
  }

  std::uint32_t keep(Marginal marginal) {
    model_.marginals.push_back(std::move(marginal));
    return static_cast<std::uint32_t>(model_.marginals.size() - 1);
  }
  std::uint32_t keep(Months months) {
    model_.months.push_back(std::move(months));
    return static_cast<std::uint32_t>(model_.months.size() - 1);
  }
  // Made once for all schemes that describe it alike, and when all are known. What is drawn (`known`: its number among the known tables, or −1)
  // stands by itself, however alike two classes are.
  struct Described {
    Distribution distribution;
    std::ptrdiff_t known = -1;
    auto operator<=>(const Described&) const = default;
  };
  using Made = std::map<Described, std::uint32_t>;
  template <class Table>
  std::uint32_t once(Made& made, const Distribution& distribution, std::optional<std::size_t> known) {
    const auto [at, fresh] = made.try_emplace({distribution, known ? static_cast<std::ptrdiff_t>(*known) : -1}, 0);
    if (fresh) at->second = keep(Table());
    return at->second;
  }
  using Known = std::optional<std::size_t>;
  std::uint32_t share(const Distribution& d, Known known = {}) { return once<Marginal>(shares_, d, known); }
  std::uint32_t overrun(const Distribution& d, Known known = {}) { return once<Marginal>(overruns_, d, known); }
  std::uint32_t delay(const Distribution& d, Known known = {}) { return once<Months>(delays_, d, known); }

  void make_tables() {
    const auto make = [&](const Made& made, auto&& each) {
      std::vector<Made::const_pointer> all;
      for (const Made::value_type& m : made) all.push_back(&m);
      for_each(all.size(), threads_, [&](std::uint64_t i, unsigned) { each(all[i]->first.distribution, all[i]->second); });
    };
    const int last = model_.table().latest();
    make(shares_, [&](const Distribution& d, std::uint32_t at) { model_.marginals[at] = share_marginal(d, optimism_, &tables_); });
    make(overruns_, [&](const Distribution& d, std::uint32_t at) { model_.marginals[at] = overrun_marginal(d, optimism_, &tables_); });
    make(delays_, [&](const Distribution& d, std::uint32_t at) { model_.months[at] = delay_months(d, optimism_, last); });
    if (known_) draw_tables();
  }
  void draw_tables() {
    known_->make(threads_);
    model_.drawn_marginals.resize(model_.marginals.size());
    model_.drawn_months.resize(model_.months.size());
    const auto place = [](const Made& made, auto&& drawn, auto& out) {
      for (const auto& [described, at] : made)
        if (described.known >= 0) out[at] = drawn(static_cast<std::size_t>(described.known));
    };
    place(
        shares_, [&](std::size_t n) { return known_->share(n); }, model_.drawn_marginals);
    place(
        overruns_, [&](std::size_t n) { return known_->overrun(n); }, model_.drawn_marginals);
    place(
        delays_, [&](std::size_t n) { return known_->delay(n); }, model_.drawn_months);
  }
  // Of what is banked: delivered in full, at cost, whatever the dial.
  std::uint32_t certain() {
    if (!certain_) {
      Marginal one;
      one.value = 1;
      one.dropped = 1;
      certain_ = keep(std::move(one));
    }
    return *certain_;
  }

  void teams() {
    const auto add_team = [&](const Team& t, const Organisation* owner) {
      TeamModel team;
      team.name = owner == nullptr ? t.id.value : owner->id.value + "/" + t.id.value;
      Weights w;
      if (owner == nullptr) add(w, "system", plans_.system.dependence.shared.system);
      team.luck = finished(owner == nullptr ? std::move(w) : of_organisation(*owner, nullptr));
      team.stream = stream_of("staffing:" + (owner == nullptr ? t.id.value : luck_name_of(*owner) + "/" + t.id.value));
      team.staffing = staffing_marginal(t.staffing, optimism_, &tables_);
      team.wte = t.wte;
      team.effort.assign(years_, 0.0);
      team_index_.emplace(team.name, static_cast<std::uint32_t>(model_.teams.size()));
      model_.teams.push_back(std::move(team));
    };
    for (const Team& t : plans_.system.teams) add_team(t, nullptr);
    for (const Organisation& o : plans_.organisations)
      for (const Team& t : o.teams) add_team(t, &o);
  }

  void opportunities() {
    for (const Opportunity& o : plans_.system.opportunities) {
      opportunity_index_.emplace(o.id.value, static_cast<std::int32_t>(model_.opportunities.size()));
      model_.opportunities.push_back(o.size);
    }
  }

  void organisation(const Organisation& o) {
    OrganisationModel out;
    out.id = o.id.value;
    out.title = o.title;
    out.reserves = o.reserves;
    for (std::size_t y = 0; y < years_; ++y) out.before_pressure.push_back(o.income[y] - o.spend[y] * (1 + o.pressure.mean[y]) - o.target[y]);
    out.spend = o.spend;
    out.target = o.target;
    out.conditional_funding = o.conditional_funding.amount.empty() ? Yearly(years_, 0.0) : o.conditional_funding.amount;
    out.tied_to_organisation = o.conditional_funding.tied_to_organisation;
    out.tied_to_system = o.conditional_funding.tied_to_system;
    out.one_offs = o.one_offs;
    out.pressure_sd = o.pressure.sd;
    out.persistence = o.pressure.persistence;
    for (const std::string& year : model_.years) {
      Weights w = of_organisation(o, nullptr);
      add(w, "year/" + year, plans_.system.dependence.shared.year);
      out.pressure_luck.push_back(finished(std::move(w)));
      out.pressure_stream.push_back(stream_of("pressure:" + luck_name_of(o) + "@" + year));
    }
    out.carry = carry_of(o, plans_.system);
    substitutes(o, out);
    const auto index = static_cast<std::uint32_t>(model_.organisations.size());
    model_.organisations.push_back(std::move(out));
    for (const Scheme& s : o.schemes) scheme(o, s, index);
  }

  // The rate at which what is missing is found elsewhere is luck of its organisation; the dial does not move it, as nothing is missing at λ = 0.
  void substitutes(const Organisation& o, OrganisationModel& out) {
    const Substitutes found = substitutes_of(o, plans_.reference);
    if (is_fixed(found.rate) && std::get<Fixed>(found.rate.shape).value == 0) return;
    out.planned_landing.assign(years_, 0.0);
    out.substitutes_most = found.most.empty() ? Yearly(years_, HUGE_VAL) : found.most;
    out.substitute_rate = keep(staffing_marginal(found.rate, 1, &tables_));
    out.substitute_luck = finished(of_organisation(o, nullptr));
    for (const std::string& year : model_.years) out.substitute_stream.push_back(stream_of("substitutes:" + luck_name_of(o) + "@" + year));
  }

  std::vector<Landing> landings(const std::vector<Weight>& weights, std::uint32_t owner) const {
    if (weights.empty()) return {{owner, 1.0}};
    std::vector<Landing> out;
    for (const Weight& w : weights) out.push_back({organisation_index_.at(w.organisation.value), w.share});
    std::sort(out.begin(), out.end(), [](const Landing& a, const Landing& b) { return a.organisation < b.organisation; });
    return out;
  }

  void scheme(const Organisation& o, const Scheme& s, std::uint32_t owner) {
    SchemeModel out;
    out.organisation = owner;
    // What was renamed keeps its earlier name's streams.
    const std::string name = luck_name_of(plans_, o, s);
    const std::string* reference_class = s.reference_class ? &s.reference_class->value : nullptr;
    const double scheme_share = plans_.system.dependence.shared.scheme;
    out.luck = finished(of_organisation(o, reference_class), scheme_share);
    out.scheme_weight = static_cast<float>(std::sqrt(scheme_share));
    out.scheme_held_at = held("scheme/" + o.id.value + "/" + s.id.value);
    out.share_stream = stream_of("share:" + name);
    out.delay_stream = stream_of("delay:" + name);
    out.overrun_stream = stream_of("overrun:" + name);
    outcomes(o, s, out);
    // Beyond λ = 1 the dial makes harm of a share of 0.
    const Support shares = support(shares_of(o, s));
    out.may_harm = 1 + optimism_ * (shares.low - 1) < 0;
    // On the dial's way from the plan, a part of what lapses; at λ = 0 the plan's own arithmetic.
    const double lapses = std::min(1.0, optimism_ * lapses_of(s, o.id.value, plans_.reference));
    out.saving = savings(s, lapses);
    if (lapses > 0) out.saving_without_lapses = savings(s, 0);
    out.programme = holds_a_programme(s, o.id.value, plans_.reference);
    out.lands = landings(s.lands, owner);
    costs(s, owner, out);
    out.start = start_month(s, plans_.system.years);
    out.consults = s.consultation;
    for (const Id& need : s.needs) {
      const auto [organisation, scheme] = split_reference(need.value, o.id.value);
      out.needs.push_back(scheme_index_.at(organisation + "/" + scheme));
    }
    std::sort(out.needs.begin(), out.needs.end());
    for (const Effort& e : s.effort) {
      if (std::all_of(e.wte.begin(), e.wte.end(), [](double x) { return x == 0; })) continue;
      const auto own = team_index_.find(o.id.value + "/" + e.team.value);
      const std::uint32_t team = own != team_index_.end() ? own->second : team_index_.at(e.team.value);
      out.effort.push_back({team, e.wte});
      for (std::size_t y = 0; y < years_; ++y) model_.teams[team].effort[y] += e.wte[y];
    }
    std::sort(out.effort.begin(), out.effort.end(), [](const TeamEffort& a, const TeamEffort& b) { return a.team < b.team; });
    if (s.claims) out.opportunity = opportunity_index_.at(s.claims->value);
    model_.schemes.push_back(std::move(out));
  }

  // Less what lapses: of the flow of a year, the part `lapses` of what it has in common with the flow of the year before.
  std::vector<double> savings(const Scheme& s, double lapses) const {
    const CumulativeSaving saved = cumulative_saving(s, plans_.system.years);
    const SavingTable table = model_.table();
    const int lead = static_cast<int>(table.lead()), years = static_cast<int>(years_);
    std::vector<double> out(table.size(), 0.0);
    for (int late = 0; late < 12; ++late) {
      double* row = out.data() + table.window(static_cast<std::size_t>(late));
      double before = 0;
      for (int y = saved.first < 0 ? -lead : 0; y < years; ++y) {
        const double flow = saved(12 * (y + 1) - late) - saved(12 * y - late);
        row[y] = lapses == 0 ? flow : std::max(0.0, flow - lapses * std::min(before, flow));
        before = flow;
      }
    }
    return out;
  }

  void costs(const Scheme& s, std::uint32_t owner, SchemeModel& out) const {
    if (std::all_of(s.cost.begin(), s.cost.end(), [](double c) { return c == 0; })) return;
    for (const Landing& l : landings(s.cost_falls, owner)) {
      std::vector<double> row(lanes_for(years_), 0.0);
      for (std::size_t y = 0; y < years_; ++y) row[y] = -s.cost[y] * l.share;
      out.cost_rows.emplace_back(l.organisation, std::move(row));
    }
  }

  // The share that a scheme delivers, drop-out included.
  Distribution shares_of(const Organisation& o, const Scheme& s) const {
    if (s.stage.value == Stage::delivered) return {Fixed{1.0}, 0.0};
    if (s.delivery) return s.delivery->distribution;
    const ReferenceClass& c = *plans_.reference.find(s.reference_class->value, o.id.value);
    // What a whole programme's lines dropped is in its class's share.
    const double stage = c.programme ? 0.0 : plans_.reference.drops_out[static_cast<std::size_t>(s.stage.value)];
    Distribution out = c.share;
    out.drops_out = stage + (1 - stage) * out.drops_out;
    return out;
  }

  void outcomes(const Organisation& o, const Scheme& s, SchemeModel& out) {
    const Distribution on_time{Fixed{0.0}, 0.0}, at_cost{Fixed{1.0}, 0.0};
    if (s.stage.value == Stage::delivered) {
      out.share = out.overrun = certain();
      out.delay = delay(on_time);
      return;
    }
    const ReferenceClass* c = s.reference_class ? plans_.reference.find(s.reference_class->value, o.id.value) : nullptr;
    // What a plan says of a scheme of its own is taken at its word; of a class it is asked how much is known.
    const auto known = [&](bool own, auto&& number) { return known_ && c != nullptr && !own ? Known(number()) : Known(); };
    const Distribution as_written = shares_of(o, s);
    out.share = share(as_written, known(s.delivery.has_value(), [&] { return known_->add_share(*c, s.stage.value, as_written); }));
    out.delay = delay(s.delay        ? s.delay->distribution
                      : c != nullptr ? c->delay
                                     : on_time,
                      known(s.delay.has_value(), [&] { return known_->add_delay(*c); }));
    const bool costs = std::any_of(s.cost.begin(), s.cost.end(), [](double x) { return x != 0; });
    out.overrun = overrun(s.overrun      ? s.overrun->distribution
                          : c != nullptr ? c->overrun
                                         : at_cost,
                          known(s.overrun.has_value() || !costs, [&] { return known_->add_overrun(*c); }));
  }

  void pools() {
    if (!plans_.system.pools) {
      PoolModel all;
      for (std::uint32_t o = 0; o < model_.organisations.size(); ++o) all.members.push_back(o);
      all.carry = least_carry(model_.organisations, all.members);
      model_.pools.push_back(std::move(all));
      return;
    }
    for (const Pool& pool : *plans_.system.pools) {
      PoolModel out;
      out.aid = pool.aid;
      out.reserves = pool.reserves;
      model_.pooled_reserves += pool.reserves;
      for (const Id& member : pool.members) out.members.push_back(organisation_index_.at(member.value));
      std::sort(out.members.begin(), out.members.end());
      out.carry = least_carry(model_.organisations, out.members);
      model_.pools.push_back(std::move(out));
    }
    std::sort(model_.pools.begin(), model_.pools.end(), [](const PoolModel& a, const PoolModel& b) { return a.members < b.members; });
  }

  const Plans& plans_;
  double optimism_;
  const std::vector<Given>& given_;
  std::size_t years_;
  unsigned threads_;
  KnowledgeDraws knowledge_;
  Model model_;
  std::unordered_map<std::string, std::uint32_t> factor_index_, organisation_index_, scheme_index_, team_index_;
  std::unordered_map<std::string, std::int32_t> opportunity_index_;
  Tables own_tables_;
  Tables& tables_;
  Made shares_, overruns_, delays_;
  std::optional<KnownTables> known_;  // none: nothing is drawn
  std::optional<std::uint32_t> certain_;
};

}  // namespace

Model compile(const Plans& plans, const CompileOptions& options) {
  Model model = Compiler(plans, options).compile();
  if (Problems problems = soundness(plans, model); !problems.empty()) throw Unsound(sorted(std::move(problems)));
  return model;
}

Model as_planned(const Plans& plans) {
  Model model = compile(plans, {.optimism = 0});
  keep_to_plan(model);
  return model;
}

}  // namespace shortfall
