#include "plan/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/money.hpp"
#include "plan/notation.hpp"

namespace shortfall {
namespace {

using namespace notation;

const std::string& name_in(const Organisation& o) { return o.id.value; }
const std::string& name_in(const Scheme& s) { return s.id.value; }
const std::string& name_in(const Team& t) { return t.id.value; }
const std::string& name_in(const Opportunity& o) { return o.id.value; }
const std::string& name_in(const ReferenceClass& c) { return c.id.value; }
const std::string& name_in(const NamedFactor& f) { return f.name.value; }

// The element of that name in a list, const or not; null: there is none.
template <class List>
auto* named(List& list, const std::string& name) {
  const auto at = std::find_if(list.begin(), list.end(), [&](const auto& x) { return name_in(x) == name; });
  return at == list.end() ? nullptr : &*at;
}

// Lists of named things stand in order of name, so that sums are made in one order.
template <class T>
void take_named(const std::vector<T>& from, std::vector<T>& to, const std::string& name) {
  std::erase_if(to, [&](const T& x) { return name_in(x) == name; });
  if (const T* found = named(from, name)) to.insert(std::find_if(to.begin(), to.end(), [&](const T& x) { return name_in(x) > name; }), *found);
}

std::string summary(const Organisation& o) { return fmt::format("{}, reserves {}", counted(o.schemes.size(), "scheme"), number(o.reserves)); }
std::string summary(const Scheme& s) {
  std::string kind;
  if (s.delivery)
    kind = "delivery " + distribution(s.delivery->distribution);
  else if (s.reference_class)
    kind = s.reference_class->value;
  return fmt::format("{}{}{}, saving {}", kind, kind.empty() ? "" : ", ", name_of(s.stage.value), saving(s.saving));
}
std::string summary(const Team& t) { return fmt::format("wte {}, staffing {}", yearly(t.wte), distribution(t.staffing)); }
std::string summary(const Opportunity& o) { return yearly(o.size); }
std::string summary(const NamedFactor& f) { return factor(f); }
std::string summary(const ReferenceClass& c) {
  return fmt::format("share {}, delay {}, overrun {}", distribution(c.share), distribution(c.delay), distribution(c.overrun));
}

template <class Limit>
std::string expressions(const std::vector<Limit>& limits) {
  std::string out;
  for (const Limit& limit : limits) out += (out.empty() ? "" : "; ") + limit.expression;
  return out;
}

class Comparer {
 public:
  Comparer(const Plans& before, const Plans& after) : after_(after) {
    out_.before = before;
    const auto same = [](const Year& a, const Year& b) { return a.label == b.label; };
    const std::vector<Year>&x = before.system.years, &y = after.system.years;
    out_.separable = std::equal(x.begin(), x.end(), y.begin(), y.end(), same);
  }

  Difference all() {
    renames();
    system();
    const auto organisations = [](auto& plans) { return &plans.organisations; };
    for (const std::string& id : keyed("", organisations)) organisation(id);
    reference();
    if (!out_.separable)
      for (Change& c : out_.changes) c.take = nullptr;
    return std::move(out_);
  }

 private:
  Place place_of(std::string path) const {
    if (after_.places)
      for (;;) {
        const auto at = after_.places->find(path);
        if (at != after_.places->end()) return at->second;
        const std::size_t dot = path.rfind('.');
        if (dot == std::string::npos) break;
        path.resize(dot);
      }
    if (!owner_.empty())
      if (const Organisation* o = after_.find(owner_)) return o->id.place;
    Place whole = after_.system.id.place.file ? after_.system.id.place : after_.organisations.empty() ? Place{} : after_.organisations[0].id.place;
    whole.line = whole.column = 0;
    return whole;
  }

  void add(Change::Kind kind, const std::string& path, std::string before, std::string after, bool counts,
           std::function<void(const Plans&, Plans&)> take) {
    out_.changes.push_back({kind, path, std::move(before), std::move(after), place_of(path), owner_, scheme_, counts, std::move(take)});
  }

  // `get` finds the value in plans, const or not (null: what holds it is not there); `text` is how a plan writes it.
  template <class Get, class Text>
  void field(const std::string& path, Get get, Text text, bool counts = true) {
    const auto* x = get(std::as_const(out_.before));
    const auto* y = get(after_);
    if (x == nullptr || y == nullptr) return;
    std::string before = text(*x), after = text(*y);
    if (before == after) return;
    const Change::Kind kind = before.empty() ? Change::Kind::added : after.empty() ? Change::Kind::removed : Change::Kind::edited;
    add(kind, path, std::move(before), std::move(after), counts, [get](const Plans& from, Plans& to) {
      const auto* source = get(from);
      auto* target = get(to);
      if (source != nullptr && target != nullptr) *target = *source;
    });
  }

  // What was added to a list of named things, or taken away; the names that stand in both.
  template <class List>
  std::vector<std::string> keyed(const std::string& path, List list) {
    std::vector<std::string> both;
    const auto* before = list(std::as_const(out_.before));
    const auto* after = list(after_);
    if (before == nullptr || after == nullptr) return both;
    std::set<std::string> names;
    for (const auto& x : *before) names.insert(name_in(x));
    for (const auto& x : *after) names.insert(name_in(x));
    using Item = typename std::remove_cvref_t<decltype(*before)>::value_type;
    for (const std::string& name : names) {
      const auto* x = named(*before, name);
      const auto* y = named(*after, name);
      if (x != nullptr && y != nullptr) {
        both.push_back(name);
        continue;
      }
      if constexpr (std::is_same_v<Item, Organisation>) owner_ = name;
      if constexpr (std::is_same_v<Item, Scheme>) scheme_ = name;
      add(x == nullptr ? Change::Kind::added : Change::Kind::removed, path.empty() ? name : path + "." + name, x == nullptr ? "" : summary(*x),
          y == nullptr ? "" : summary(*y), true, [list, name](const Plans& from, Plans& to) {
            const auto* source = list(from);
            auto* target = list(to);
            if (source != nullptr && target != nullptr) take_named(*source, *target, name);
          });
      if constexpr (std::is_same_v<Item, Organisation>) owner_.clear();
      scheme_.clear();
    }
    return both;
  }

  // A scheme that was renamed keeps its luck: the old revision takes the new name, wherever it is used, and its streams.
  void renames() {
    for (Organisation& o : out_.before.organisations) {
      const Organisation* now = after_.find(o.id.value);
      if (now == nullptr) continue;
      owner_ = o.id.value;
      for (const Scheme& s : now->schemes) {
        if (!s.was || named(o.schemes, s.id.value) != nullptr) continue;
        const auto old = std::find_if(o.schemes.begin(), o.schemes.end(),
                                      [&](const Scheme& x) { return x.id.value == s.was->value || (x.was && x.was->value == s.was->value); });
        if (old == o.schemes.end() || named(now->schemes, old->id.value) != nullptr) continue;
        const std::string name = old->id.value;
        scheme_ = s.id.value;
        add(Change::Kind::renamed, fmt::format("{}.schemes.{}", owner_, s.id.value), name, s.id.value, false, {});
        old->id.value = s.id.value;
        old->was = s.was;
        // Without a title the id is the title.
        if (old->title == name) old->title = s.id.value;
        rename_needs(o.id.value, name, s.id.value);
      }
      scheme_.clear();
      std::sort(o.schemes.begin(), o.schemes.end(), [](const Scheme& a, const Scheme& b) { return a.id.value < b.id.value; });
    }
    owner_.clear();
  }

  void rename_needs(const std::string& owner, const std::string& from, const std::string& to) {
    for (Organisation& o : out_.before.organisations)
      for (Scheme& s : o.schemes)
        for (Id& need : s.needs) {
          if (split_reference(need.value, o.id.value) != std::pair(owner, from)) continue;
          need.value = need.value.find('/') == std::string::npos ? to : owner + "/" + to;
        }
  }

  // Whether a scheme recurs says what lapses of it, and else nothing that the model asks.
  bool lapses_count() const {
    const auto lapse = [](const Plans& plans) {
      return std::any_of(plans.reference.classes.begin(), plans.reference.classes.end(), [](const ReferenceClass& c) { return c.lapses > 0; });
    };
    return lapse(out_.before) || lapse(after_);
  }

  static std::string words(const std::string& text) { return text; }
  static std::string id_text(const Id& id) { return id.value; }
  static std::string optional_id(const std::optional<Id>& id) { return id ? id->value : ""; }
  static std::string optional_distribution(const std::optional<PlacedDistribution>& d) { return d ? distribution(d->distribution) : ""; }
  static std::string part(const Placed<double>& x) { return fraction(x.value); }
  static std::string optional_part(const std::optional<Placed<double>>& x) { return x ? fraction(x->value) : ""; }
  static std::string truth(const bool& value) { return value ? "true" : "false"; }

  void system() {
    const auto in = [](auto member) { return [member](auto& plans) { return &(plans.system.*member); }; };
    field("system", in(&System::id), id_text, false);
    field("title", in(&System::title), words, false);
    field("years", in(&System::years), [](const std::vector<Year>& years) {
      std::string out;
      for (const Year& y : years) out += (out.empty() ? "" : ", ") + y.label;
      return "[" + out + "]";
    });
    field("target", in(&System::target), [](const std::optional<Yearly>& t) { return t ? yearly(*t) : ""; });
    field("carry", in(&System::carry), part);
    field("agreement.pools", in(&System::pools), [](const std::optional<std::vector<Pool>>& p) { return p ? pools(*p) : "all in one"; });
    const auto dependence = [](auto member) { return [member](auto& plans) { return &(plans.system.dependence.*member); }; };
    // A number of degrees of freedom stands beside a student-t copula only.
    field("dependence.copula", dependence(&Dependence::copula),
          [](const Copula& c) { return std::string(c == Copula::gaussian ? "gaussian" : "student-t"); });
    if (after_.system.dependence.copula == Copula::student_t || out_.before.system.dependence.copula == Copula::student_t)
      field("dependence.degrees_of_freedom", dependence(&Dependence::degrees_of_freedom), number);
    const auto shared = [](auto member) { return [member](auto& plans) { return &(plans.system.dependence.shared.*member); }; };
    field("dependence.shared.system", shared(&Shared::system), fraction);
    field("dependence.shared.organisation", shared(&Shared::organisation), fraction);
    field("dependence.shared.class", shared(&Shared::reference_class), fraction);
    field("dependence.shared.scheme", shared(&Shared::scheme), fraction);
    field("dependence.shared.year", shared(&Shared::year), fraction);
    const auto factors = [](auto& plans) { return &plans.system.dependence.factors; };
    for (const std::string& name : keyed("dependence.factors", factors))
      field(
          "dependence.factors." + name, [name](auto& plans) { return named(plans.system.dependence.factors, name); }, factor);
    teams("teams", [](auto& plans) { return &plans.system.teams; });
    for (const std::string& id : keyed("opportunities", [](auto& plans) { return &plans.system.opportunities; }))
      field(
          "opportunities." + id, [id](auto& plans) { return named(plans.system.opportunities, id); },
          [](const Opportunity& o) { return yearly(o.size); });
    field("blackouts", in(&System::blackouts), blackouts);
    field("gates", in(&System::gates), expressions<Gate>, false);
    field("gates.changes", in(&System::changes), expressions<ChangeLimit>, false);
  }

  template <class List>
  void teams(const std::string& path, List list) {
    for (const std::string& id : keyed(path, list)) {
      const auto team = [list, id](auto member) {
        return [list, id, member](auto& plans) {
          auto* all = list(plans);
          auto* t = all == nullptr ? nullptr : named(*all, id);
          return t == nullptr ? nullptr : &(t->*member);
        };
      };
      field(path + "." + id + ".wte", team(&Team::wte), yearly);
      field(path + "." + id + ".staffing", team(&Team::staffing), distribution);
    }
  }

  void organisation(const std::string& id) {
    owner_ = id;
    const std::string path = id + ".";
    const auto in = [id](auto member) {
      return [id, member](auto& plans) {
        auto* o = named(plans.organisations, id);
        return o == nullptr ? nullptr : &(o->*member);
      };
    };
    field(path + "title", in(&Organisation::title), words, false);
    field(path + "kind", in(&Organisation::kind), [](const Placed<OrganisationKind>& k) { return std::string(name_of(k.value)); });
    field(path + "income", in(&Organisation::income), yearly);
    field(path + "spend", in(&Organisation::spend), yearly);
    field(path + "target", in(&Organisation::target), yearly);
    field(path + "reserves", in(&Organisation::reserves), number);
    field(path + "carry", in(&Organisation::carry), optional_part);
    field(path + "one_offs", in(&Organisation::one_offs), yearly);
    field(path + "substitutes", in(&Organisation::substitutes), [](const std::optional<Substitutes>& s) { return s ? substitutes(*s) : ""; });
    const auto within = [id](auto outer, auto inner) {
      return [id, outer, inner](auto& plans) {
        auto* o = named(plans.organisations, id);
        return o == nullptr ? nullptr : &(o->*outer.*inner);
      };
    };
    const auto funding = &Organisation::conditional_funding;
    field(path + "conditional_funding.amount", within(funding, &ConditionalFunding::amount),
          [](const Yearly& a) { return a.empty() ? "0" : yearly(a); });
    // One number decides both shares, and both are one edit.
    field(path + "conditional_funding.tied_to", in(funding), [](const ConditionalFunding& f) {
      return fmt::format("{{organisation: {}, system: {}}}", fraction(f.tied_to_organisation), fraction(f.tied_to_system));
    });
    if (!out_.changes.empty() && out_.changes.back().path == path + "conditional_funding.tied_to")
      out_.changes.back().take = [id](const Plans& from, Plans& to) {
        const auto* source = named(from.organisations, id);
        auto* target = named(to.organisations, id);
        if (source == nullptr || target == nullptr) return;
        target->conditional_funding.tied_to_organisation = source->conditional_funding.tied_to_organisation;
        target->conditional_funding.tied_to_system = source->conditional_funding.tied_to_system;
      };
    const auto pressure = &Organisation::pressure;
    field(path + "pressure.mean", within(pressure, &Pressure::mean), yearly_fractions);
    field(path + "pressure.sd", within(pressure, &Pressure::sd), fraction);
    field(path + "pressure.persistence", within(pressure, &Pressure::persistence), fraction);
    teams(path + "teams", in(&Organisation::teams));
    for (const std::string& scheme_id : keyed(path + "schemes", in(&Organisation::schemes))) scheme(id, scheme_id);
    owner_.clear();
  }

  // Whether a scheme says how it delivers is a matter of its class and its delivery, so it changes with either.
  void says_how_follows(const std::string& owner, const std::string& id, const std::string& path) {
    if (out_.changes.empty() || out_.changes.back().path != path) return;
    auto& take = out_.changes.back().take;
    take = [owner, id, only = std::move(take)](const Plans& from, Plans& to) {
      only(from, to);
      auto* o = named(to.organisations, owner);
      auto* s = o == nullptr ? nullptr : named(o->schemes, id);
      if (s != nullptr) s->says_how = s->reference_class.has_value() || s->delivery.has_value();
    };
  }

  void scheme(const std::string& owner, const std::string& id) {
    scheme_ = id;
    const std::string path = owner + ".schemes." + id + ".";
    const auto in = [owner, id](auto member) {
      return [owner, id, member](auto& plans) {
        auto* o = named(plans.organisations, owner);
        auto* s = o == nullptr ? nullptr : named(o->schemes, id);
        return s == nullptr ? nullptr : &(s->*member);
      };
    };
    field(path + "title", in(&Scheme::title), words, false);
    field(path + "class", in(&Scheme::reference_class), optional_id);
    says_how_follows(owner, id, path + "class");
    field(path + "stage", in(&Scheme::stage), [](const Placed<Stage>& s) { return std::string(name_of(s.value)); });
    field(path + "saving", in(&Scheme::saving), saving);
    field(path + "recurrent", in(&Scheme::recurrent), truth, lapses_count());
    field(path + "lapses", in(&Scheme::lapses), optional_part);
    field(path + "cost", in(&Scheme::cost), [](const Yearly& c) { return c.empty() ? "0" : yearly(c); });
    field(path + "was", in(&Scheme::was), optional_id);
    field(path + "effort", in(&Scheme::effort), efforts);
    field(path + "consultation", in(&Scheme::consultation), truth);
    field(path + "needs", in(&Scheme::needs), ids);
    field(path + "claims", in(&Scheme::claims), optional_id);
    field(path + "lands", in(&Scheme::lands), weights);
    field(path + "cost_falls", in(&Scheme::cost_falls), weights);
    field(path + "delivery", in(&Scheme::delivery), optional_distribution);
    says_how_follows(owner, id, path + "delivery");
    field(path + "delay", in(&Scheme::delay), optional_distribution);
    field(path + "overrun", in(&Scheme::overrun), optional_distribution);
    scheme_.clear();
  }

  void reference() {
    for (std::size_t s = 0; s < stage_count; ++s)
      field(
          "reference.stages." + stage_names()[s], [s](auto& plans) { return &plans.reference.drops_out[s]; }, fraction);
    for (std::size_t k = 0; k < organisation_kind_count; ++k) {
      const std::string path = "reference.substitutes." + organisation_kind_names()[k] + ".";
      const auto in = [k](auto member) { return [k, member](auto& plans) { return &(plans.reference.substitutes[k].*member); }; };
      field(path + "rate", in(&SubstituteRate::rate), distribution);
      field(path + "grade", in(&SubstituteRate::grade), words, false);
      field(path + "source", in(&SubstituteRate::source), words, false);
    }
    for (const std::string& id : keyed("reference.classes", [](auto& plans) { return &plans.reference.classes; })) {
      const auto in = [id](auto member) {
        return [id, member](auto& plans) {
          auto* c = named(plans.reference.classes, id);
          return c == nullptr ? nullptr : &(c->*member);
        };
      };
      const std::string path = "reference.classes." + id + ".";
      field(path + "share", in(&ReferenceClass::share), distribution);
      field(path + "delay", in(&ReferenceClass::delay), distribution);
      field(path + "overrun", in(&ReferenceClass::overrun), distribution);
      field(path + "lapses", in(&ReferenceClass::lapses), fraction);
      field(path + "programme", in(&ReferenceClass::programme), truth);
      field(path + "grade", in(&ReferenceClass::grade), words, false);
      field(path + "source", in(&ReferenceClass::source), words, false);
    }
  }

  const Plans& after_;
  Difference out_;
  std::string owner_, scheme_;
};

}  // namespace

std::string_view name_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::added:
      return "added";
    case Change::Kind::removed:
      return "removed";
    case Change::Kind::edited:
      return "edited";
    case Change::Kind::renamed:
      return "renamed";
  }
  return "";
}

Difference difference(const Plans& before, const Plans& after) { return Comparer(before, after).all(); }

}  // namespace shortfall
