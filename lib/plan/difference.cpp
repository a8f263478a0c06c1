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
    out_.separable = same_years(before.system.years, after.system.years);
  }

  Difference all() {
    rename_organisations();
    rename_schemes();
    system();
    const auto organisations = [](auto& plans) { return &plans.organisations; };
    merge(after_.organisations, "", organisations);
    for (const std::string& id : keyed("", organisations)) organisation(id);
    reference();
    for (const Organisation& o : after_.organisations)
      if (!o.own_unit.empty()) out_.own_units[o.id.value] = o.own_unit;
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
      if (merged_.contains(path.empty() ? name : path + "." + name)) continue;
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

  // What of the old revision goes on under another name, or in it: what has an id that `of` says it had, and has left the new revision.
  template <class T>
  static std::vector<std::string> earlier(const T& of, const std::vector<T>& before, const std::vector<T>& after) {
    std::vector<std::string> out;
    if (of.was.empty() || named(before, name_in(of)) != nullptr) return out;
    for (const T& x : before) {
      const auto is = [&](const Id& was) {
        return was.value == name_in(x) || std::any_of(x.was.begin(), x.was.end(), [&](const Id& w) { return w.value == was.value; });
      };
      if (std::any_of(of.was.begin(), of.was.end(), is) && named(after, name_in(x)) == nullptr) out.push_back(name_in(x));
    }
    return out;
  }

  static std::string title_or_id(const std::string& title, const std::string& from, const std::string& to) { return title == from ? to : title; }

  // An organisation that was renamed keeps its luck too, and is renamed wherever the old revision speaks of it.
  void rename_organisations() {
    Plans& old = out_.before;
    for (const Organisation& now : after_.organisations) {
      const std::vector<std::string> names = earlier(now, old.organisations, after_.organisations);
      if (names.size() != 1) continue;
      const std::string from = names.front(), to = now.id.value;
      owner_ = to;
      add(Change::Kind::renamed, to, from, to, false, {});
      owner_.clear();
      Organisation& o = *named(old.organisations, from);
      o.id.value = to;
      o.was = now.was;
      o.title = title_or_id(o.title, from, to);
      rename_owner(from, to);
    }
    std::sort(old.organisations.begin(), old.organisations.end(),
              [](const Organisation& a, const Organisation& b) { return a.id.value < b.id.value; });
  }

  void rename_owner(const std::string& from, const std::string& to) {
    const auto rename = [&](Id& id) {
      if (id.value == from) id.value = to;
    };
    const auto rename_path = [&](Id& id) {
      if (id.value.starts_with(from + "/")) id.value = to + id.value.substr(from.size());
    };
    Plans& old = out_.before;
    if (old.system.pools)
      for (Pool& pool : *old.system.pools)
        for (Id& member : pool.members) rename(member);
    for (NamedFactor& f : old.system.dependence.factors)
      for (Id& o : f.organisations) rename(o);
    for (Organisation& o : old.organisations)
      for (Scheme& s : o.schemes) {
        for (std::vector<Weight>* weights : {&s.lands, &s.cost_falls})
          for (Weight& w : *weights) rename(w.organisation);
        for (std::vector<Id>* paths : {&s.needs, &s.was})
          for (Id& path : *paths) rename_path(path);
      }
    // A class's line of its own ("workforce@midshire-acute").
    for (ReferenceClass& c : old.reference.classes)
      if (c.id.value.ends_with("@" + from)) c.id.value = c.id.value.substr(0, c.id.value.size() - from.size()) + to;
  }

  // A scheme that was renamed keeps its luck: the old revision takes the new name, wherever it is used, and its streams.
  void rename_schemes() {
    for (Organisation& o : out_.before.organisations) {
      const Organisation* now = after_.find(o.id.value);
      if (now == nullptr) continue;
      owner_ = o.id.value;
      for (const Scheme& s : now->schemes) {
        const std::vector<std::string> names = earlier(s, o.schemes, now->schemes);
        if (names.size() != 1) continue;
        Scheme* old = named(o.schemes, names.front());
        const std::string name = old->id.value;
        scheme_ = s.id.value;
        add(Change::Kind::renamed, fmt::format("{}.schemes.{}", owner_, s.id.value), name, s.id.value, false, {});
        old->id.value = s.id.value;
        old->was = s.was;
        // Without a title the id is the title.
        old->title = title_or_id(old->title, name, s.id.value);
        rename_needs(o.id.value, name, s.id.value);
      }
      scheme_.clear();
      std::sort(o.schemes.begin(), o.schemes.end(), [](const Scheme& a, const Scheme& b) { return a.id.value < b.id.value; });
    }
    owner_.clear();
  }

  // Several of the old revision that are one in the new: their parts stand for each other, so that no edit of one of them would be an edit by itself.
  template <class T, class List>
  void merge(const std::vector<T>& after, const std::string& path, List list) {
    const auto* before = list(std::as_const(out_.before));
    if (before == nullptr) return;
    for (const T& whole : after) {
      const std::vector<std::string> parts = earlier(whole, *before, after);
      if (parts.size() < 2) continue;
      const auto path_of = [&](const std::string& name) { return path.empty() ? name : path + "." + name; };
      std::string were;
      for (const std::string& part : parts) were += fmt::format("{}{}: {}", were.empty() ? "" : "; ", part, summary(*named(*before, part)));
      std::vector<std::string> all = parts;
      all.push_back(name_in(whole));
      for (const std::string& name : all) merged_.insert(path_of(name));
      if constexpr (std::is_same_v<T, Organisation>) owner_ = name_in(whole);
      if constexpr (std::is_same_v<T, Scheme>) scheme_ = name_in(whole);
      add(Change::Kind::merged, path_of(name_in(whole)), were, summary(whole), true, [list, all](const Plans& from, Plans& to) {
        const auto* source = list(from);
        auto* target = list(to);
        if (source == nullptr || target == nullptr) return;
        for (const std::string& name : all) take_named(*source, *target, name);
      });
      if constexpr (std::is_same_v<T, Organisation>) owner_.clear();
      scheme_.clear();
    }
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
  static std::string earlier_text(const std::vector<Id>& list) { return earlier_ids(list); }
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
      const auto first = years.empty() ? std::nullopt : years.front().first;
      return "[" + out + "]" + (first ? " from " + month_names()[static_cast<std::size_t>(*first)] : "");
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
    field(path + "was", in(&Organisation::was), earlier_text);
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
    merge(after_.find(id)->schemes, path + "schemes", in(&Organisation::schemes));
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
    field(path + "was", in(&Scheme::was), earlier_text);
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
  std::set<std::string> merged_;  // paths of what was merged, and of what it was merged in
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
    case Change::Kind::merged:
      return "merged";
  }
  return "";
}

Difference difference(const Plans& before, const Plans& after) { return Comparer(before, after).all(); }

}  // namespace shortfall
