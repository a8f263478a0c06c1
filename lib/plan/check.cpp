#include "plan/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "plan/fields.hpp"
#include "plan/measure.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

std::string path_of(const Organisation& organisation, const Scheme& scheme) { return organisation.id.value + "/" + scheme.id.value; }

struct Names {
  std::vector<std::string> organisations, classes, opportunities, system_teams, schemes;
};

Names names_of(const Plans& plans) {
  Names names;
  for (const Organisation& o : plans.organisations) {
    names.organisations.push_back(o.id.value);
    for (const Scheme& s : o.schemes) names.schemes.push_back(path_of(o, s));
  }
  for (const ReferenceClass& c : plans.reference.classes) names.classes.push_back(c.id.value);
  for (const Opportunity& o : plans.system.opportunities) names.opportunities.push_back(o.id.value);
  for (const Team& t : plans.system.teams) names.system_teams.push_back(t.id.value);
  return names;
}

class Checker {
 public:
  Checker(const Plans& plans, Problems& problems) : plans_(plans), problems_(problems), names_(names_of(plans)) {
    organisations_.insert(names_.organisations.begin(), names_.organisations.end());
    opportunities_.insert(names_.opportunities.begin(), names_.opportunities.end());
  }

  void gate(const Gate& gate) {
    subject(gate, "gate");
    year(gate);
  }

  void all() {
    if (plans_.organisations.empty() && problems_.empty())
      error(Code::missing_key, plans_.system.id.place, "no organisation; a system has at least one plan file");
    organisation_ids();
    earlier_organisations();
    years();
    for (const Organisation& organisation : plans_.organisations) schemes(organisation);
    needs();
    dependence();
    pools();
    for (const Gate& g : plans_.system.gates) gate(g);
    for (const ChangeLimit& limit : plans_.system.changes) subject(limit, "change");
  }

 private:
  void error(Code code, const Place& place, std::string message) { report(problems_, code, place, std::move(message)); }

  // Among so many mistakes a near name helps nobody, and to look for it among every scheme takes time.
  std::string near(std::string_view word, const std::vector<std::string>& candidates) const {
    return problems_.size() < 100 ? did_you_mean(word, candidates) : std::string();
  }

  void must_exist(const Id& organisation, std::string_view where) {
    if (!organisations_.contains(organisation.value))
      error(Code::unknown_name, organisation.place,
            fmt::format("{} names '{}', which is no organisation here{}", where, organisation.value, near(organisation.value, names_.organisations)));
  }

  void organisation_ids() {
    std::unordered_map<std::string, Place> first;
    for (const Organisation& o : plans_.organisations) {
      if (o.id.value.empty()) continue;  // reported when read
      if (o.id.value == "system" || o.id.value == "any" || o.id.value == "all")
        error(Code::bad_id, o.id.place, fmt::format("'{}' cannot be an organisation's id (gates use the word)", o.id.value));
      const auto [at, fresh] = first.emplace(o.id.value, o.id.place);
      if (!fresh)
        error(Code::repeated_name, o.id.place, fmt::format("organisation '{}' is also in {}; give each its own id", o.id.value, to_text(at->second)));
    }
  }

  void years() {
    for (const Organisation& o : plans_.organisations) {
      const std::vector<Year>& shared = plans_.system.years;
      const auto first = [](const std::vector<Year>& years) { return first_month(years.front()); };
      if (o.years.empty() || shared.empty() || same_years(o.years, shared)) continue;
      if (o.years.front().label == shared.front().label && o.years.size() == shared.size())
        error(Code::bad_year, o.years_place,
              fmt::format("the years of '{}' start in {}, but the system's in {}; they must agree (year_starts)", o.id.value,
                          month_text(first(o.years)), month_text(first(shared))));
      else
        error(Code::bad_year, o.years_place,
              fmt::format("the years of '{}' are {} to {}, but the system's are {} to {}; they must agree", o.id.value, o.years.front().label,
                          o.years.back().label, shared.front().label, shared.back().label));
    }
  }

  // An earlier id is of one thing only, and of nothing that is still there.
  void earlier_organisations() {
    std::set<std::string> taken;
    for (const Organisation& o : plans_.organisations)
      for (const Id& was : o.was)
        if (organisations_.contains(was.value))
          error(Code::repeated_name, was.place,
                fmt::format("was: '{}' is still an organisation here; an organisation's earlier id is one that is gone", was.value));
        else if (!taken.insert(was.value).second)
          error(Code::repeated_name, was.place, fmt::format("two organisations were '{}'; only one of them can be", was.value));
  }

  void earlier_schemes(const Organisation& o) {
    for (const Scheme& s : o.schemes)
      for (const Id& was : s.was) {
        const auto [owner, name] = split_reference(was.value, o.id.value);
        if (paths_.empty()) paths_.insert(names_.schemes.begin(), names_.schemes.end());
        if (paths_.contains(owner + "/" + name))
          error(Code::repeated_name, was.place,
                fmt::format("was: '{}' is still a scheme of {}; a scheme's earlier id is one that is gone", was.value,
                            owner == o.id.value ? "this plan" : fmt::format("'{}'", owner)));
        else if (!earlier_.insert(owner + "/" + name).second)
          error(Code::repeated_name, was.place, fmt::format("two schemes were '{}'; only one of them can be", was.value));
      }
  }

  void schemes(const Organisation& o) {
    earlier_schemes(o);
    for (const Scheme& s : o.schemes) scheme(s);
    std::vector<std::string> teams = names_.system_teams;
    for (const Team& t : o.teams) teams.push_back(t.id.value);
    const std::set<std::string_view> known(teams.begin(), teams.end());
    for (const Scheme& s : o.schemes)
      for (const Effort& e : s.effort)
        if (!known.contains(e.team.value))
          error(Code::unknown_name, e.team.place,
                fmt::format("no team '{}' in '{}' or the system{}", e.team.value, o.id.value, near(e.team.value, teams)));
  }

  void scheme(const Scheme& s) {
    if (s.reference_class && plans_.reference.find(s.reference_class->value) == nullptr)
      error(Code::unknown_class, s.reference_class->place,
            fmt::format("no class '{}' in {}{}", s.reference_class->value, plans_.reference.name, near(s.reference_class->value, names_.classes)));
    const bool banked = s.stage.value == Stage::delivered;
    if (!s.says_how && !banked)
      error(Code::no_delivery, s.id.place,
            fmt::format("scheme '{}' says nothing of how such schemes deliver; give it a class: or a delivery:", s.id.value));
    for (const auto& [given, what] : {std::pair(&s.delivery, "delivery"), std::pair(&s.delay, "delay"), std::pair(&s.overrun, "overrun")})
      if (banked && *given)
        error(Code::contradiction, (*given)->place,
              fmt::format("scheme '{}' is delivered (its saving is banked), so {}: says nothing; leave one of them out", s.id.value, what));
    if (s.claims && !opportunities_.contains(s.claims->value))
      error(Code::unknown_name, s.claims->place,
            fmt::format("no opportunity '{}' in the system{}", s.claims->value, near(s.claims->value, names_.opportunities)));
    for (const Weight& w : s.lands) must_exist(w.organisation, "lands");
    for (const Weight& w : s.cost_falls) must_exist(w.organisation, "cost_falls");
    if (!s.cost_falls.empty() && s.cost.empty())
      error(Code::contradiction, s.cost_falls.front().organisation.place, fmt::format("scheme '{}' has cost_falls but no cost", s.id.value));
  }

  void needs() {
    struct Vertex {
      const Organisation* organisation;
      const Scheme* scheme;
      std::vector<std::pair<std::size_t, Place>> needs;
      enum { unseen, open, done } state = unseen;
    };
    std::vector<Vertex> graph;
    std::unordered_map<std::string, std::size_t> index;
    for (const Organisation& o : plans_.organisations)
      for (const Scheme& s : o.schemes) {
        index.emplace(path_of(o, s), graph.size());
        graph.push_back({&o, &s, {}});
      }
    const Organisation* own_schemes_of = nullptr;
    std::vector<std::string> own_schemes;
    for (Vertex& v : graph)
      for (const Id& need : v.scheme->needs) {
        const auto [organisation, scheme] = split_reference(need.value, v.organisation->id.value);
        const auto at = index.find(organisation + "/" + scheme);
        if (at == index.end()) {
          const bool own = need.value.find('/') == std::string::npos;
          if (own && own_schemes_of != v.organisation) {
            own_schemes_of = v.organisation;
            own_schemes.clear();
            for (const Scheme& s : v.organisation->schemes) own_schemes.push_back(s.id.value);
          }
          error(Code::unknown_name, need.place,
                fmt::format("needs '{}', which is no scheme here{}", need.value, near(need.value, own ? own_schemes : names_.schemes)));
        } else {
          v.needs.emplace_back(at->second, need.place);
        }
      }
    // Depth first, with the path kept by hand: a chain of needs may be as long as the plan.
    struct Step {
      std::size_t vertex;
      std::size_t next;
    };
    for (std::size_t start = 0; start < graph.size(); ++start) {
      if (graph[start].state != Vertex::unseen) continue;
      std::vector<Step> path{{start, 0}};
      graph[start].state = Vertex::open;
      while (!path.empty()) {
        Step& step = path.back();
        Vertex& v = graph[step.vertex];
        if (step.next == v.needs.size()) {
          v.state = Vertex::done;
          path.pop_back();
          continue;
        }
        const std::size_t to = v.needs[step.next++].first;
        if (graph[to].state == Vertex::unseen) {
          graph[to].state = Vertex::open;
          path.push_back({to, 0});
        } else if (graph[to].state == Vertex::open) {
          auto from = std::find_if(path.begin(), path.end(), [&](const Step& s) { return s.vertex == to; });
          std::string circle = path_of(*graph[to].organisation, *graph[to].scheme);
          const Place place = graph[to].needs[from->next - 1].second;
          for (; from != path.end(); ++from) {
            const auto& [needed, at] = graph[from->vertex].needs[from->next - 1];
            circle += fmt::format(" needs {} ({})", path_of(*graph[needed].organisation, *graph[needed].scheme), to_text(at));
            if (from + 1 != path.end()) circle += ", which";
          }
          error(Code::circular_needs, place, fmt::format("needs run in a circle, so none of them can start: {}", circle));
        }
      }
    }
  }

  // The share of a driver's variance that a set of factors takes, and the words that say so.
  struct Sum {
    double total = 0;
    std::vector<std::pair<std::string_view, double>> parts;
    void add(std::string_view name, double share) {
      if (share == 0) return;
      total += share;
      parts.emplace_back(name, share);
    }
    std::string words() const {
      std::string out;
      for (const auto& [name, share] : parts) out += fmt::format("{}{} {:.6g}%", out.empty() ? "" : " + ", name, 100 * share);
      return out;
    }
  };

  void add_named(Sum& sum, const std::string& organisation, const std::string* reference_class) const {
    for (const NamedFactor& f : plans_.system.dependence.factors) {
      const auto names = [](const std::vector<Id>& ids, const std::string& id) {
        return std::any_of(ids.begin(), ids.end(), [&](const Id& x) { return x.value == id; });
      };
      if (names(f.organisations, organisation) || (reference_class != nullptr && names(f.classes, *reference_class))) sum.add(f.name.value, f.share);
    }
  }

  void dependence() {
    const Dependence& d = plans_.system.dependence;
    static const std::set<std::string> built_in = {"system", "organisation", "class", "scheme", "year"};
    std::set<std::string> seen;
    for (const NamedFactor& f : d.factors) {
      if (built_in.contains(f.name.value))
        error(Code::repeated_name, f.name.place, fmt::format("'{}' is a built-in factor; give this one a name of its own", f.name.value));
      if (!seen.insert(f.name.value).second)
        error(Code::repeated_key, f.name.place, fmt::format("factor '{}' is given twice; keep one", f.name.value));
      for (const Id& o : f.organisations) must_exist(o, "the factor");
      for (const Id& c : f.classes)
        if (plans_.reference.find(c.value) == nullptr)
          error(Code::unknown_class, c.place,
                fmt::format("the factor names '{}', which is no class in {}{}", c.value, plans_.reference.name, near(c.value, names_.classes)));
    }
    // One message for the driver whose weights sum to most: the others are mended with it.
    Sum worst;
    std::string driver;
    const auto consider = [&](const Sum& sum, std::string name) {
      if (sum.total <= worst.total) return;
      worst = sum;
      driver = std::move(name);
    };
    const Shared& w = d.shared;
    for (const Organisation& o : plans_.organisations) {
      Sum own;
      own.add("system", w.system);
      own.add("organisation", w.organisation);
      Sum pressure = own;
      pressure.add("year", w.year);
      add_named(pressure, o.id.value, nullptr);
      consider(pressure, fmt::format("the pressure on '{}'", o.id.value));
      for (const Scheme& s : o.schemes) {
        Sum scheme = own;
        const std::string* reference_class = s.reference_class ? &s.reference_class->value : nullptr;
        if (reference_class != nullptr) scheme.add("class", w.reference_class);
        scheme.add("scheme", w.scheme);
        add_named(scheme, o.id.value, reference_class);
        if (scheme.total > worst.total) consider(scheme, fmt::format("the luck of scheme '{}'", path_of(o, s)));
      }
    }
    if (worst.total > 1 + 1e-9)
      error(Code::bad_shares, w.place,
            fmt::format("the shares of {} sum to {:.6g}%, over 100% ({}); lower one", driver, 100 * worst.total, worst.words()));
  }

  void pools() {
    if (!plans_.system.pools) return;
    std::unordered_map<std::string, Place> first;
    for (const Pool& pool : *plans_.system.pools)
      for (const Id& member : pool.members) {
        must_exist(member, "the pool");
        const auto [at, fresh] = first.emplace(member.value, member.place);
        if (!fresh)
          error(Code::repeated_name, member.place,
                fmt::format("'{}' is already in the pool at {}; an organisation is in one pool at most", member.value, to_text(at->second)));
      }
  }

  template <class Limit>
  void subject(const Limit& gate, std::string_view what) {
    if (gate.subject == "system" || gate.subject == "any" || gate.subject == "all" || organisations_.contains(gate.subject)) return;
    std::vector<std::string> subjects = names_.organisations;
    subjects.insert(subjects.end(), {"system", "any", "all"});
    error(Code::unknown_name, gate.place,
          fmt::format("{} '{}' is about '{}', which is no organisation here{}", what, gate.expression, gate.subject, near(gate.subject, subjects)));
  }

  void year(const Gate& gate) {
    std::vector<std::string> labels;
    for (const Year& y : plans_.system.years) labels.push_back(y.label);
    const std::string label = find_measure(gate.measure).year;
    if (label.empty() || std::find(labels.begin(), labels.end(), label) != labels.end()) return;
    error(Code::unknown_name, gate.place,
          fmt::format("gate '{}' is about '{}', which is no year of the plan (there are {})", gate.expression, label, fmt::join(labels, ", ")));
  }

  const Plans& plans_;
  Problems& problems_;
  Names names_;
  std::set<std::string> organisations_, opportunities_;
  std::unordered_set<std::string> paths_, earlier_;  // "organisation/scheme": all, once one is asked for; what some `was:` names
};

}  // namespace

void check(const Plans& plans, Problems& problems) { Checker(plans, problems).all(); }
void check_gate(const Plans& plans, const Gate& gate, Problems& problems) { Checker(plans, problems).gate(gate); }

Problems add_gates(const std::vector<std::string>& texts, Plans& plans) {
  Problems problems;
  for (const std::string& text : texts) {
    auto gate = parse_gate(text, whole_file("--gate"));
    if (!gate) {
      problems.insert(problems.end(), gate.error().begin(), gate.error().end());
      continue;
    }
    check_gate(plans, *gate, problems);
    plans.system.gates.push_back(std::move(*gate));
  }
  return problems;
}

}  // namespace shortfall
