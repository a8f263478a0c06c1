#include "study/attribute.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "model/compile.hpp"
#include "plan/check.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

// Edits that are made, and withheld, together.
struct Group {
  std::vector<std::size_t> changes;
  std::string name;
};

class Groups {
 public:
  Groups(const Difference& difference, const Plans& after) : difference_(difference), after_(after) {
    const std::vector<Change>& changes = difference.changes;
    for (std::size_t i = 0; i < changes.size(); ++i)
      if (changes[i].counts) groups.push_back({{i}, changes[i].path});
    if (groups.size() > most_by_edit) {
      grouped = "scheme";
      group([](const Change& c) { return c.scheme.empty() ? c.path : c.owner + ".schemes." + c.scheme; });
    }
    if (groups.size() > most_by_scheme) {
      grouped = "organisation";
      group([](const Change& c) { return c.owner.empty() ? c.path : c.owner; });
    }
    join_what_needs_another();
  }

  Plans made_alone(const std::vector<std::size_t>& changes) const { return moved(difference_.before, after_, changes); }
  Plans withheld_alone(const std::vector<std::size_t>& changes) const { return moved(after_, difference_.before, changes); }

  // Whether each group makes plans that stand by themselves, as only such may be simulated.
  bool sound() const {
    return std::all_of(groups.begin(), groups.end(), [&](const Group& g) { return faults(g.changes) == 0; });
  }

  std::vector<Group> groups;
  std::string grouped;

 private:
  template <class Name>
  void group(Name name) {
    std::map<std::string, std::vector<std::size_t>> named;
    std::vector<std::string> order;
    for (const Group& g : groups)
      for (const std::size_t i : g.changes) {
        std::string key = name(difference_.changes[i]);
        if (!named.contains(key)) order.push_back(key);
        named[key].push_back(i);
      }
    groups.clear();
    for (const std::string& key : order) groups.push_back({named[key], key});
  }

  Plans moved(const Plans& to, const Plans& from, const std::vector<std::size_t>& changes) const {
    Plans out = to;
    for (const std::size_t i : changes) difference_.changes[i].take(from, out);
    // A limit changes no chance, and may name an organisation that only the other revision has.
    out.system.gates.clear();
    out.system.changes.clear();
    return out;
  }

  // What stands in the way of making these edits without the others: a scheme that needs one that only another edit adds, say.
  std::size_t faults(const std::vector<std::size_t>& changes) const {
    Problems problems;
    check(made_alone(changes), problems);
    check(withheld_alone(changes), problems);
    return problems.size();
  }

  static std::vector<std::size_t> joined(const Group& a, const Group& b) {
    std::vector<std::size_t> out = a.changes;
    out.insert(out.end(), b.changes.begin(), b.changes.end());
    std::sort(out.begin(), out.end());
    return out;
  }

  // A group that cannot stand by itself is joined to the one that helps it most, until all can.
  void join_what_needs_another() {
    for (std::size_t g = 0; g < groups.size();) {
      const std::size_t here = faults(groups[g].changes);
      if (here == 0) {
        ++g;
        continue;
      }
      std::size_t best = groups.size(), fewest = here;
      for (std::size_t h = 0; h < groups.size(); ++h) {
        if (h == g) continue;
        const std::size_t left = faults(joined(groups[g], groups[h]));
        if (left < fewest) best = h, fewest = left;
      }
      if (best == groups.size()) best = g == 0 ? 1 : 0;  // it takes more than two: one at a time
      if (groups.size() == 1) return;
      groups[g].changes = joined(groups[g], groups[best]);
      groups[g].name = common_name(groups[g].changes);
      groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(best));
      g = 0;
    }
  }

  std::string common_name(const std::vector<std::size_t>& changes) const {
    std::string out;
    for (const std::size_t i : changes) out += (out.empty() ? "" : " with ") + difference_.changes[i].path;
    return out;
  }

  const Difference& difference_;
  const Plans& after_;
};

// Whole numbers from −2 to 2 (of each trial, for one edit: made alone or not, withheld or not) or of a larger size (what all edits leave over).
struct Halves {
  std::int64_t sum = 0;
  std::uint64_t squares = 0;
  void add(std::int64_t x) {
    sum += x;
    squares += static_cast<std::uint64_t>(x * x);
  }
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.sum), f(self.squares);
  }
  // Half their mean. A trial is added to the squares, as in cautious_difference, so that rare effects have an interval too.
  Estimate estimate(std::uint64_t trials) const {
    const double n = static_cast<double>(trials), mean = static_cast<double>(sum) / n;
    const double reach = score95 * std::sqrt(std::max(0.0, (static_cast<double>(squares) + 1) / n - mean * mean) / n);
    return {mean / 2, (mean - reach) / 2, (mean + reach) / 2, trials};
  }
};

// Whose failure an edit is measured on, model by model: an organisation's, or of any.
struct Owner {
  std::string id;                       // empty: any
  std::vector<std::size_t> place = {};  // [model]
};

// Each group's edits made and withheld. Models: the old plans, the new ones, then of each group the old with it and the new without it.
class Attribution {
 public:
  explicit Attribution(const std::vector<Owner>& owners) : system(owners.size()), alone(system), together(system), made(system), owners_(owners) {}

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    Integers left = Integers::Zero();
    for (std::size_t i = 0; i < rows; ++i) left[i] = 2 * (results[1]->system_fails[i] - results[0]->system_fails[i]);
    for (std::size_t i = 0; i < rows; ++i) total.add(left[i]);
    Flags flags[4];
    for (std::size_t g = 0; g < owners_.size(); ++g) {
      const std::size_t models[4] = {0, 1, 2 + 2 * g, 3 + 2 * g};
      const auto each = [&](Halves& halves, auto of) {
        for (std::size_t k = 0; k < 4; ++k) of(models[k], flags[k]);
        for (std::size_t i = 0; i < rows; ++i) halves.add(flags[2][i] - flags[0][i] + flags[1][i] - flags[3][i]);
      };
      each(system[g], [&](std::size_t m, Flags& f) { f = results[m]->system_fails; });
      for (std::size_t i = 0; i < rows; ++i) {
        left[i] -= flags[2][i] - flags[0][i] + flags[1][i] - flags[3][i];
        made[g].add(flags[2][i] - flags[0][i]);
      }
      each(alone[g], [&](std::size_t m, Flags& f) { f = fate(results[m]->alone_by_year, *results[m], owners_[g], m); });
      each(together[g], [&](std::size_t m, Flags& f) { f = fate(results[m]->together_by_year, *results[m], owners_[g], m); });
    }
    for (std::size_t i = 0; i < rows; ++i) interaction.add(left[i]);
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.system), f(self.alone), f(self.together), f(self.made), f(self.total), f(self.interaction);
  }

  std::vector<Halves> system, alone, together, made;  // [group]
  Halves total, interaction;

 private:
  static Flags fate(const std::vector<Flags>& by_year, const BlockResult& r, const Owner& owner, std::size_t model) {
    if (!owner.id.empty()) return by_year[(owner.place[model] + 1) * r.years - 1];
    Flags any = Flags::Zero();
    for (std::size_t o = 0; o < r.organisations; ++o)
      for (std::size_t i = 0; i < block_trials; ++i) any[i] |= by_year[(o + 1) * r.years - 1][i];
    return any;
  }

  const std::vector<Owner>& owners_;
};

}  // namespace

std::optional<Effects> attribute(const Difference& difference, const Plans& after, const RunOptions& options, std::uint64_t trials,
                                 const MaybeSeen& seen_before) {
  if (!difference.separable) return {};
  const Groups made(difference, after);
  if (!made.sound()) return {};
  const std::vector<Group>& groups = made.groups;
  Effects out;
  out.grouped = made.grouped;

  Tables tables;
  const auto compiled = [&](const Plans& plans) {
    CompileOptions how = compile_options(options);
    how.tables = &tables;
    return compile(plans, how);
  };
  std::vector<Model> models = {compiled(difference.before), compiled(after)};
  for (const Group& g : groups) {
    models.push_back(compiled(made.made_alone(g.changes)));
    models.push_back(compiled(made.withheld_alone(g.changes)));
  }
  std::vector<Owner> owners;
  for (const Group& g : groups) {
    Owner owner{difference.changes[g.changes.front()].owner};
    for (const std::size_t i : g.changes)
      if (difference.changes[i].owner != owner.id) owner.id.clear();
    for (const Model& m : models) {
      const auto at = std::find_if(m.organisations.begin(), m.organisations.end(), [&](const OrganisationModel& o) { return o.id == owner.id; });
      owner.place.push_back(static_cast<std::size_t>(at - m.organisations.begin()));
    }
    // An organisation that joins or leaves is in only some of the plans.
    for (std::size_t m = 0; m < models.size(); ++m)
      if (owner.place[m] == models[m].organisations.size()) owner.id.clear();
    owners.push_back(std::move(owner));
  }

  SimulateOptions simulate_options = paired_options(options);
  if (options.progress) simulate_options.progress = [&](std::uint64_t done) { options.progress(done, trials); };
  for (std::size_t m = 0; (options.seen || seen_before) && m < models.size(); ++m)
    simulate_options.updates.push_back(luck_of(m % 2 == 0 ? seen_before : options.seen));
  const Attribution total = record(pointers_to(models), {.first = 0, .count = trials}, simulate_options, Attribution(owners));

  for (std::size_t g = 0; g < groups.size(); ++g) {
    Effect e{groups[g].changes,
             groups[g].name,
             owners[g].id,
             total.system[g].estimate(trials),
             total.alone[g].estimate(trials),
             total.together[g].estimate(trials),
             static_cast<double>(total.made[g].sum) / static_cast<double>(trials),
             0};
    e.withheld_alone = 2 * e.system.value - e.made_alone;
    out.list.push_back(std::move(e));
  }
  out.interaction = total.interaction.estimate(trials);
  out.total = total.total.estimate(trials);
  // An agreement moves nobody's margins, and so not the system's chance, but who fails.
  const auto size = [](const Effect& e) {
    return std::pair(std::abs(e.system.value), std::max(std::abs(e.alone.value), std::abs(e.together.value)));
  };
  std::stable_sort(out.list.begin(), out.list.end(), [&](const Effect& a, const Effect& b) { return size(a) > size(b); });
  return out;
}

}  // namespace shortfall
