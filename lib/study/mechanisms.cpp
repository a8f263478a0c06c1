#include "study/mechanisms.hpp"

#include <algorithm>
#include <cmath>

#include "model/compile.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

struct Mechanism {
  const char* name;
  const char* without;
  bool (*used)(const Model&);
  void (*switch_off)(Model&);
};

template <class Test>
bool any_scheme(const Model& m, Test test) {
  return std::any_of(m.schemes.begin(), m.schemes.end(), test);
}

// What is held at a quantile is a stress, not luck: it stays.
void make_independent(const Model& model, Luck& luck) {
  std::erase_if(luck.loadings, [&](const Loading& l) { return !model.factors[l.factor].held_at; });
  double held = 0;
  for (const Loading& l : luck.loadings) held += static_cast<double>(l.weight) * static_cast<double>(l.weight);
  luck.own_weight = static_cast<float>(std::sqrt(std::max(0.0, 1 - held)));
}

const Mechanism all_mechanisms[] = {
    {"needs", "were no scheme to wait for another", [](const Model& m) { return !m.needs_order.empty(); },
     [](Model& m) {
       for (SchemeModel& s : m.schemes) s.needs.clear();
       m.needs_order.clear();
     }},
    {"shared_staff", "were the teams never short of people",
     [](const Model& m) { return any_scheme(m, [](const SchemeModel& s) { return !s.effort.empty(); }); },
     [](Model& m) {
       for (SchemeModel& s : m.schemes) s.effort.clear();
     }},
    {"double_counting", "were every claim on an opportunity met in full",
     [](const Model& m) { return any_scheme(m, [](const SchemeModel& s) { return s.opportunity >= 0; }); },
     [](Model& m) {
       for (SchemeModel& s : m.schemes) s.opportunity = -1;
     }},
    {"blackouts", "could consultations begin at any time",
     [](const Model& m) { return !m.blackouts.empty() && any_scheme(m, [](const SchemeModel& s) { return s.consults; }); },
     [](Model& m) { m.blackouts.clear(); }},
    {"conditional_funding", "were conditional funding paid whatever happens",
     [](const Model& m) {
       return std::any_of(m.organisations.begin(), m.organisations.end(), [](const OrganisationModel& o) {
         return std::any_of(o.conditional_funding.begin(), o.conditional_funding.end(), [](double f) { return f > 0; });
       });
     },
     [](Model& m) {
       for (OrganisationModel& o : m.organisations)
         for (std::size_t y = 0; y < m.years.size(); ++y) o.before_pressure[y] += std::exchange(o.conditional_funding[y], 0.0);
     }},
    {"dependence", "were all luck independent",
     [](const Model& m) {
       const auto shares = [](const Luck& l) { return !l.loadings.empty(); };
       return m.student_t != nullptr || any_scheme(m, [&](const SchemeModel& s) { return shares(s.luck) || s.scheme_weight > 0; }) ||
              std::any_of(m.organisations.begin(), m.organisations.end(),
                          [&](const OrganisationModel& o) { return shares(o.pressure_luck.front()); });
     },
     [](Model& m) {
       for (SchemeModel& s : m.schemes) {
         make_independent(m, s.luck);
         if (s.scheme_held_at)
           s.luck.own_weight = std::sqrt(std::max(0.0f, s.luck.own_weight * s.luck.own_weight - s.scheme_weight * s.scheme_weight));
         else
           s.scheme_weight = 0;
       }
       for (OrganisationModel& o : m.organisations)
         for (Luck& l : o.pressure_luck) make_independent(m, l);
       for (TeamModel& t : m.teams) make_independent(m, t.luck);
       m.student_t = nullptr;
     }},
    {"agreement", "did each stand alone",
     [](const Model& m) { return std::any_of(m.pools.begin(), m.pools.end(), [](const PoolModel& p) { return p.members.size() > 1; }); },
     [](Model& m) { m.pools.clear(); }},
};

}  // namespace

std::vector<MechanismResult> mechanisms(const Plans& plans, const RunOptions& options) {
  const Model base = compile(plans, {.optimism = options.optimism, .given = options.given, .threads = options.threads});
  std::vector<Model> variants;
  std::vector<MechanismResult> out;
  for (const Mechanism& mechanism : all_mechanisms) {
    if (!mechanism.used(base)) continue;
    variants.push_back(base);
    mechanism.switch_off(variants.back());
    out.push_back({mechanism.name, mechanism.without, {}, {}, {}});
  }
  const std::vector<Variation> variations = simulate_together(base, variants, {.first = 0, .count = options.trials}, paired_options(options));
  for (std::size_t v = 0; v < out.size(); ++v) {
    const Variation& variation = variations[v];
    out[v].system = difference(variation.system, variation.trials);
    for (const Paired& p : variation.alone) out[v].alone.push_back(difference(p, variation.trials));
    for (const Paired& p : variation.together) out[v].together.push_back(difference(p, variation.trials));
  }
  return out;
}

}  // namespace shortfall
